//! Messages that must be read the same way for ever: what each of them is read as, to the letter.
//!
//! A line changes only where the domain has learned something new about an event; `UPDATE_EXPECT=1` writes it then.

use std::{fmt::Write as _, fs, path::Path};

use davy_wire::{Message, decode};
use domain::{Arrived, Position};
use expect_test::expect_file;

#[test]
fn a_message_of_every_type_is_read_as_ever() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/events/v1");
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut read = String::new();
    for file in files {
        let fixture: serde_json::Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let body = fixture["body"].to_string();
        let arrival = decode(&Message {
            position: Position::new(7),
            stored_at: "2026-03-02T10:00:01Z".parse().unwrap(),
            subject: fixture["subject"].as_str().unwrap(),
            headers: &[],
            body: body.as_bytes(),
        });
        if let Arrived::Quarantined(quarantined) = &arrival.content {
            panic!("{}: {}", file.display(), quarantined.detail);
        }
        let name = file.file_stem().unwrap().to_str().unwrap();
        writeln!(read, "{name} {:?}", arrival.content).unwrap();
    }
    expect_file!["../../../tests/fixtures/events/v1.txt"].assert_eq(&read);
}
