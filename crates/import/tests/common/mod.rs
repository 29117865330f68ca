//! How the stories speak to the library.
#![allow(dead_code, reason = "each test binary uses its own part")]

use davy_import::{Error, Import, Mapping, Options};
use serde_json::Value;

pub(crate) fn mapping(text: &str) -> Mapping {
    Mapping::parse(text).unwrap_or_else(|errors| panic!("{errors}"))
}

/// One input after the other, each with its name.
pub(crate) fn try_read(mapping: &Mapping, inputs: &[(&str, &[u8])]) -> Result<Import, Error> {
    let inputs = inputs.iter().map(|(name, bytes)| ((*name).to_owned(), *bytes));
    Import::read(mapping, Options::default(), inputs, &mut |_bytes| {})
}

pub(crate) fn read(mapping_text: &str, name: &str, input: &str) -> Import {
    try_read(&mapping(mapping_text), &[(name, input.as_bytes())]).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn bodies(import: &Import) -> Vec<Value> {
    import.events().map(|event| serde_json::from_slice(&event.body).unwrap()).collect()
}

/// Davy reads each event as a fact, without a doubt about it.
fn assert_readable(import: &Import) {
    for event in import.events() {
        let message = wire::Message {
            position: domain::Position::new(1),
            stored_at: "2026-06-01T00:00:00Z".parse().unwrap(),
            subject: &event.subject,
            headers: &[],
            body: &event.body,
        };
        let arrived = wire::decode(&message).content;
        let domain::Arrived::Event(read) = arrived else { panic!("{arrived:?} {}", event.subject) };
        assert!(read.anomalies.is_empty(), "{:?} {}", read.anomalies, event.subject);
    }
}

/// Each event on a line: record, time, sequence, subject, and what the data says besides issue and customer.
pub(crate) fn told(import: &Import) -> String {
    assert_readable(import);
    let mut out = String::new();
    for (event, mut body) in import.events().zip(bodies(import)) {
        let data = body["data"].as_object_mut().unwrap();
        let issue = data.remove("issue").unwrap();
        data.remove("customer");
        let line = [
            issue["id"].as_str().unwrap(),
            body["time"].as_str().unwrap(),
            body["sequence"].as_str().unwrap(),
            event.subject.strip_prefix("davy.events.").unwrap(),
            &body["data"].to_string(),
        ];
        out.push_str(&line.join(" "));
        out.push('\n');
    }
    for row in import.rejected() {
        out.push_str(&format!("rejected {}:{} {}\n", row.file, row.line, row.reason));
    }
    if import.dropped_identical() + import.dropped_late() > 0 {
        out.push_str(&format!(
            "dropped {} identical, {} late\n",
            import.dropped_identical(),
            import.dropped_late()
        ));
    }
    out
}
