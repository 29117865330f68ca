//! A day in the life, as the README types it.

use std::{fs, os::unix, process::Command};

use testkit::{Davy, DavyOptions, client::v1};

use super::office::words;
use crate::{DAVY, block_on};

const README: &str = include_str!("../../../README.md");

#[test]
fn a_day_in_the_life_goes_as_the_readme_types_it() {
    let section = README.split("\n## ").find(|section| section.starts_with("Work a complaint\n")).unwrap();
    let blocks = section.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
    let script = format!("set -euo pipefail\nPATH=\"$BIN:$PATH\"\n{}", blocks.collect::<String>());

    let davy = Davy::start_with(DAVY, DavyOptions::default()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    unix::fs::symlink(DAVY, dir.path().join("davy")).unwrap();
    let file = dir.path().join("day.sh");
    fs::write(&file, &script).unwrap();
    let mut command = Command::new("bash");
    command.arg(&file).env("BIN", dir.path()).env("DAVY_SERVER", format!("http://{}", davy.addresses().grpc));
    let ran = command.env("DAVY_NATS_URL", &davy.addresses().nats).output().unwrap();
    let told = String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned();
    assert!(ran.status.success(), "{told}");
    for refused in ["done_so_far", "said back", "7 days at most", "approve", "bo took it on"] {
        assert!(told.contains(refused), "{refused}: {told}");
    }
    assert!(told.contains("done before"), "{told}");

    let issue = Some(testkit::client::issue_name("zendesk:70").unwrap());
    let api = block_on(davy.api()).unwrap();
    let answer = block_on(api.get_issue(v1::GetIssueRequest { issue, read: None })).unwrap();
    let issue = answer.issue.unwrap();
    assert_eq!(words(issue.owner.as_ref().unwrap()), "engineering jira:bo accepted");
    assert!(issue.acknowledged.is_some());
    assert_eq!((issue.lifecycle(), issue.hand_offs), (v1::Lifecycle::Deferred, 1));
    let work = answer.work.unwrap();
    assert_eq!((work.assists.len(), work.deferrals.len()), (1, 1));
}
