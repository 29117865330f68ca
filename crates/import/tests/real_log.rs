//! A real incident log against its canonical events, where the reference data lies beside the project.

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use common::{bodies, mapping};
use davy_import::{Import, Mapping, Options};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

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
    Import::read(&shipped(), Options::default(), [("log.csv".to_owned(), text.as_bytes())], &mut |_bytes| {}).unwrap()
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
            ("issue.reported", json!({ "title": title, "severity": digit("severity"), "source_severity": text("severity") }))
        }
        "ownership_assigned" => ("owner.assigned", assigned("owner")),
        "handed_off" => ("owner.assigned", assigned("to")),
        "severity_changed" => ("issue.severity_changed", json!({ "to": digit("to"), "source_severity": text("to") })),
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
    let import = import(&unzipped(&folder.join("incident_event_log.csv.gz")));
    assert_eq!((import.rows(), import.keys(), import.dropped_late()), (141_712, 24_918, 1));
    assert!(import.rejected().is_empty(), "{:?}", import.rejected().first());
    let canonical = BufReader::new(GzDecoder::new(File::open(folder.join("canonical_events.jsonl.gz")).unwrap()));
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
        assert_eq!((&body["type"], &body["data"], &body["time"]), (&json!(type_name), &data, &canonical["occurred_at"]), "{canonical}");
        assert_eq!(body["sequence"], (last.1 * 16 + order).to_string());
    }
    assert_eq!(canonical.next(), None);
}

#[test]
fn counts_as_of_a_time_are_those_of_the_table() {
    let Some(folder) = reference() else { return };
    let import = import(&unzipped(&folder.join("incident_event_log.csv.gz")));
    let answers: Value = serde_json::from_reader(File::open(folder.join("expected_2016-03-10T093030Z.json")).unwrap()).unwrap();
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
    let log = unzipped(&folder.join("incident_event_log.csv.gz"));
    let (plain, mixed) = (import(&log), import(&repeated_and_mixed(&log)));
    assert!(mixed.dropped_identical() >= 141_712, "{}", mixed.dropped_identical());
    assert_eq!(mixed.counts(), plain.counts());
    let events = |import: &Import| bodies(import).into_iter().map(|body| body.to_string()).collect::<BTreeSet<_>>();
    assert!(events(&plain) == events(&mixed));
}
