//! A store is a cache: deleted, it is rebuilt from the log to the same answers.

use std::fs;

use testkit::Davy;

use crate::{DAVY, block_on, issues};

/// Deletes the projection of a Davy that is not running; the log stays.
pub(crate) fn delete_store(davy: &Davy) {
    fs::remove_dir_all(davy.data_dir().join("projection")).unwrap();
}

#[test]
fn a_deleted_store_is_rebuilt_to_the_same_answers() {
    let mut davy = Davy::start(DAVY).unwrap();
    let mut position = String::new();
    for number in 0..50 {
        let subject = format!("davy.events.support.crm:{}.issue.reported", number % 7);
        let body = format!(r#"{{"text":"Complaint {number}","severity":{}}}"#, 1 + number % 4);
        position = block_on(davy.publish(&subject, &[], body.as_bytes())).unwrap();
    }
    let answers = |davy: &Davy| {
        let ask = |arguments: &[&str]| davy.run(arguments.iter().copied()).unwrap().stdout;
        [
            issues(davy, &["--min-position", &position]),
            issues(davy, &["--unacknowledged", "--order", "severity"]),
            ask(&["customers", "list", "-o", "ndjson"]),
            ask(&["timeline", "crm:3", "-o", "ndjson"]),
        ]
    };
    let before = answers(&davy);
    assert_eq!(before[0].lines().count(), 50);
    assert_eq!(davy.interrupt().unwrap(), Some(0));
    delete_store(&davy);
    davy.restart().unwrap();
    assert_eq!(answers(&davy), before);
}
