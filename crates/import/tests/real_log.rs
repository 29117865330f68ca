//! A real incident log against its canonical events, where the reference data lies beside the project.
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test fails by panicking")]

mod common;

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use common::mapping;
use davy_import::{Import, Mapping, Options};
use domain::{Arrived, Issue, Standing};
use flate2::read::GzDecoder;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Digest;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder of the reference data; says so where it is absent.
fn reference() -> Option<PathBuf> {
    let folder = root().join("../shared/data/uci");
    if !folder.is_dir() {
        eprintln!("skipped: ../shared is absent");
        return None;
    }
    Some(folder)
}

fn shipped() -> Mapping {
    mapping(&std::fs::read_to_string(root().join("deploy/mappings/servicenow-incident-log.toml")).unwrap())
}

fn unzipped(path: &Path) -> String {
    let mut text = String::new();
    GzDecoder::new(File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}

fn import(text: &str) -> Import {
    let inputs = [("log.csv".to_owned(), text.as_bytes())];
    Import::read(&shipped(), Options::default(), inputs, &mut |_bytes| {}).unwrap()
}

/// The log itself, read once for all tests.
fn log(folder: &Path) -> &'static (String, Import) {
    static LOG: OnceLock<(String, Import)> = OnceLock::new();
    LOG.get_or_init(|| {
        let text = unzipped(&folder.join("incident_event_log.csv.gz"));
        let import = import(&text);
        (text, import)
    })
}

/// What the fixed table of the reference makes of a canonical event.
fn expected(canonical: &Value) -> (String, Value) {
    let text = |name: &str| canonical[name].as_str();
    let assigned = |team: &str| {
        let mut data = json!({ "department": "support", "team": text(team) });
        if let Some(person) = text("assignee") {
            data["person"] = json!({ "system": "servicenow", "id": person });
        }
        data
    };
    let digit = |word: &str| canonical[word].as_str().map(|word| word[..1].to_owned());
    let (type_name, mut data) = match text("type").unwrap() {
        "reported" => {
            let title = format!("Incident {}", text("issue").unwrap());
            (
                "issue.reported",
                json!({ "title": title, "severity": digit("severity"), "source_severity": text("severity") }),
            )
        }
        "ownership_assigned" => ("owner.assigned", assigned("owner")),
        "handed_off" => ("owner.assigned", assigned("to")),
        "severity_changed" => {
            ("issue.severity_changed", json!({ "to": digit("to"), "source_severity": text("to") }))
        }
        "acknowledged" => ("issue.acknowledged", json!({ "actor": { "kind": "human" } })),
        "noted" => ("issue.progress_noted", json!({ "summary": text("text") })),
        "reopened" => ("issue.reopened", json!({})),
        "resolved" => ("issue.resolved", json!({})),
        "closed" => ("issue.closed", json!({ "basis": "source" })),
        other => panic!("unknown canonical type {other}"),
    };
    data["issue"] = json!({ "system": "servicenow", "id": text("issue") });
    data["customer"] = json!({ "system": "servicenow", "id": text("customer") });
    (type_name.to_owned(), data)
}

#[test]
fn the_events_of_the_log_are_the_canonical_ones() {
    let Some(folder) = reference() else { return };
    let (_, import) = log(&folder);
    assert_eq!((import.rows(), import.keys(), import.dropped_late()), (141_712, 24_918, 1));
    assert!(import.rejected().is_empty(), "{:?}", import.rejected().first());
    let canonical =
        BufReader::new(GzDecoder::new(File::open(folder.join("canonical_events.jsonl.gz")).unwrap()));
    let mut canonical = canonical.lines().map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let (mut last, mut order) = ((String::new(), 0), 0);
    for event in import.events() {
        let canonical = canonical.next().unwrap();
        let row = (canonical["issue"].to_string(), canonical["row"].as_u64().unwrap());
        order = if row == last { order + 1 } else { 1 };
        last = row;
        let mut body: Value = serde_json::from_slice(&event.body).unwrap();
        let (type_name, mut data) = expected(&canonical);
        if canonical["type"] == "handed_off" {
            // The reference leaves out who has it after a hand-off.
            body["data"].as_object_mut().unwrap().remove("person");
            data.as_object_mut().unwrap().remove("person");
        }
        assert_eq!(
            (&body["type"], &body["data"], &body["time"]),
            (&json!(type_name), &data, &canonical["occurred_at"]),
            "{canonical}"
        );
        assert_eq!(body["sequence"], (last.1 * 16 + order).to_string());
    }
    assert_eq!(canonical.next(), None);
}

#[test]
fn counts_as_of_a_time_are_those_of_the_table() {
    let Some(folder) = reference() else { return };
    let (_, import) = log(&folder);
    let answers: Value =
        serde_json::from_reader(File::open(folder.join("expected_2016-03-10T093030Z.json")).unwrap())
            .unwrap();
    let expected = &answers["stream_events_by_type_at_or_before"];
    let until = "2016-03-10T09:30:30Z".parse().unwrap();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for event in import.events().take_while(|event| event.time <= until) {
        *counts.entry(event.type_.to_string()).or_default() += 1;
    }
    let count = |name: &str| expected[name].as_u64().unwrap();
    assert_eq!(
        counts,
        BTreeMap::from([
            ("issue.reported".to_owned(), count("reported")),
            ("owner.assigned".to_owned(), count("ownership_assigned") + count("handed_off")),
            ("issue.severity_changed".to_owned(), count("severity_changed")),
            ("issue.reopened".to_owned(), count("reopened")),
            ("issue.acknowledged".to_owned(), count("acknowledged")),
            ("issue.resolved".to_owned(), count("resolved")),
            ("issue.closed".to_owned(), count("closed")),
            ("issue.progress_noted".to_owned(), count("noted")),
        ])
    );
}

/// The issues after the events up to a time, as Davy reads and folds them.
fn folded(import: &Import, until: Timestamp) -> Vec<Issue> {
    let directory = domain::Directory::default();
    let mut issues: BTreeMap<domain::IssueId, Issue> = BTreeMap::new();
    for (sequence, event) in (1..).zip(import.events().take_while(|event| event.time <= until)) {
        let position = domain::Position::new(sequence);
        let (subject, body) = (event.subject.as_str(), event.body.as_slice());
        let message = wire::Message { position, stored_at: until, subject, headers: &[], body };
        let Arrived::Event(read) = wire::decode(&message).content else { panic!("{subject} is no event") };
        let id = read.issue.clone().unwrap().id;
        issues.entry(id).or_insert_with(|| Issue::named_by(id, &read)).apply(&read, &directory);
    }
    issues.into_values().collect()
}

/// The line of an issue in the digest of the state (`contract.md` 7).
fn line(issue: &Issue) -> String {
    let status = match issue.standing {
        Standing::Open | Standing::Withdrawn { .. } => "open",
        Standing::Resolved { .. } => "resolved",
        Standing::Closed { .. } => "closed",
    };
    [
        issue.references[0].id.clone(),
        issue.customer.as_ref().unwrap().id(),
        status.to_owned(),
        issue.acknowledged.is_some().to_string(),
        issue.custody.owner.holding.team().unwrap().to_owned(),
        issue.severity_word.clone().unwrap(),
        issue.custody.hand_offs.to_string(),
        issue.reopens.to_string(),
        issue.reported.as_ref().unwrap().at.to_string(),
    ]
    .join("\t")
}

#[test]
fn the_state_that_the_events_give_has_the_digest_of_the_table() {
    let Some(folder) = reference() else { return };
    let (_, import) = log(&folder);
    let answers: Value =
        serde_json::from_reader(File::open(folder.join("expected_2016-03-10T093030Z.json")).unwrap())
            .unwrap();
    let issues = folded(import, "2016-03-10T09:30:30Z".parse().unwrap());
    let mut lines: Vec<String> = issues.iter().map(line).collect();
    lines.sort();
    let digest: [u8; 32] = sha2::Sha256::digest(lines.join("\n") + "\n").into();
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        answers["state_digest_sha256"],
        digest,
        "{} issues, the first {:?}",
        lines.len(),
        lines.first()
    );
}

/// A small generator of numbers that look random and are the same every time.
struct Shuffle(u64);

impl Shuffle {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// Every row once or twice (the second time anywhere after the first), records mixed at random.
fn repeated_and_mixed(log: &str) -> String {
    let (header, rows) = log.split_once('\n').unwrap();
    let mut records: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in rows.lines() {
        let of_record = records.entry(row.split_once(',').unwrap().0).or_default();
        of_record.push(row);
    }
    let mut shuffle = Shuffle(42);
    let mut left: Vec<Vec<&str>> = records.into_values().map(|rows| repeated(&rows, &mut shuffle)).collect();
    let mut mixed = format!("{header}\n");
    while !left.is_empty() {
        let place = shuffle.below(left.len());
        mixed.push_str(left[place].pop().unwrap());
        mixed.push('\n');
        if left[place].is_empty() {
            left.swap_remove(place);
        }
    }
    mixed
}

/// The rows from the last to the first, each twice.
fn repeated<'a>(rows: &[&'a str], shuffle: &mut Shuffle) -> Vec<&'a str> {
    let mut all: Vec<&str> = Vec::new();
    for row in rows.iter().rev() {
        let again = shuffle.below(all.len() + 1);
        all.insert(again, row);
        all.push(row);
    }
    all
}

#[test]
fn repeated_rows_and_mixed_records_give_the_same_events() {
    let Some(folder) = reference() else { return };
    let (text, plain) = log(&folder);
    let mixed = import(&repeated_and_mixed(text));
    assert!(mixed.dropped_identical() >= 141_712, "{}", mixed.dropped_identical());
    assert_eq!(mixed.counts(), plain.counts());
    // Both come in one order, which is total, so equal sets are equal sequences.
    assert!(
        plain
            .events()
            .map(|event| (event.subject, event.body))
            .eq(mixed.events().map(|event| (event.subject, event.body)))
    );
}
