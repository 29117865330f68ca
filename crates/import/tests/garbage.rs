//! Laws over input that nobody would send on purpose.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeSet;

use common::{bodies, mapping, try_read};
use davy_import::Mapping;
use proptest::prelude::*;

const RULES: &str = r#"
version = 1
system = "s"
department = { column = "d", values = { "x*" = "a", "*" = "b" } }
key = "k"
order = "time"
drop = "later_than_next"
duplicates = "drop_identical"
missing = ["", "?"]
[time]
column = "t"
format = ["epoch_s", "%d/%m/%Y", "iso8601"]
zone = "UTC"
[customer]
column = "c"
[report]
title = "{k} {t}"
[team]
column = "g"
when_missing = "same"
[person]
column = "p"
[phase]
column = "f"
values = { "n" = "new", "w" = "working", "r" = "resolved", "*" = "same" }
[[event]]
name = "e"
type = "contact.logged"
when = { column = "f", changed = true, was = "*w*" }
data = { a = ["{c}", 1], b = { c = "{p}" } }
"#;

/// Mostly cells that mean something, so that rows get past the first check.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof!["[kdtcgpfnwr?]?", "[0-9]{1,3}", "[0-3]?[0-9]/[01]?[0-9]/20[0-9]{2}", "\\PC{0,6}"]
}

fn log() -> impl Strategy<Value = String> {
    let row = prop::collection::vec(cell(), 7);
    prop::collection::vec(row, 0..30).prop_map(|rows| {
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let lines = rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(","));
        std::iter::once("k,d,t,c,g,p,f".to_owned()).chain(lines).map(|line| line + "\n").collect()
    })
}

proptest! {
    #[test]
    fn no_mapping_panics(text in "\\PC{0,200}", key in "[a-z]{1,9}", value in "\\PC{0,20}") {
        let _read = Mapping::parse(&text);
        let quoted = toml::Value::String(value);
        let _read = Mapping::parse(&format!("{key} = {quoted}\n{RULES}"));
        let _read = Mapping::parse(&RULES.replace("\"{k} {t}\"", &quoted.to_string()));
        let _read = Mapping::parse(&RULES.replace("\"epoch_s\"", &quoted.to_string()));
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), name in "log(\\.csv|\\.ndjson|)(\\.gz)?") {
        let _read = try_read(&mapping(RULES), &[(&name, &bytes)]);
        let _read = try_read(&mapping(RULES), &[(&name, &[b"k,d,t,c,g,p,f\n".as_slice(), &bytes].concat())]);
    }

    #[test]
    fn every_row_is_counted_and_a_repeated_log_gives_the_same_events(log in log()) {
        let rules = mapping(RULES);
        let once = try_read(&rules, &[("log.csv", log.as_bytes())]).unwrap();
        let ids: Vec<String> = bodies(&once).iter().map(|body| body["id"].to_string()).collect();
        let distinct: BTreeSet<_> = ids.iter().collect();
        prop_assert_eq!(distinct.len(), ids.len());
        prop_assert_eq!(once.event_count(), u64::try_from(ids.len()).unwrap());
        let twice = try_read(&rules, &[("a.csv", log.as_bytes()), ("b.csv", log.as_bytes())]).unwrap();
        prop_assert_eq!(bodies(&twice), bodies(&once));
    }
}
