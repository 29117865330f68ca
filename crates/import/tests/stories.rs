//! Small logs of other tools, and the events that come of them.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::io::Write;

use common::{bodies, mapping, read, told, try_read};
use davy_import::{Import, Options};
use expect_test::{Expect, expect};

/// A help desk where people take tickets and there are no teams.
const DESK: &str = r#"
version = 1
system = "desk"
department = "support"
key = "ticket"
duplicates = "drop_identical"
[time]
column = "at"
format = "iso8601"
zone = "UTC"
[customer]
column = "who"
[report]
title = "Ticket {ticket}"
text = "{subject}"
[person]
column = "agent"
missing = ["", "nobody"]
[severity]
column = "priority"
values = { "High" = 2, "P*" = 3 }
[phase]
column = "status"
values = { "Queued" = "new", "In progress" = "working", "Wait*" = "working", "Solved" = "resolved", "Closed" = "closed", "-" = "same" }
"#;

fn check(import: &Import, expected: &Expect) {
    expected.assert_eq(&told(import));
}

#[test]
fn a_ticket_is_queued_taken_raised_solved_and_comes_back() {
    let log = "ticket,at,who,agent,priority,status,subject\n\
        7,2026-03-02T10:00:00Z,c 1,nobody,Normal,Queued,Pump resets\n\
        7,2026-03-02T10:05:00Z,c 1,mia,Normal,In progress,Pump resets\n\
        7,2026-03-02T10:06:00Z,c 1,mia,High,Waiting for parts,Pump resets\n\
        7,2026-03-02T10:07:00Z,c 1,mia,High,-,Pump resets\n\
        7,2026-03-02T10:08:00Z,c 1,mia,High,Solved,Pump resets\n\
        7,2026-03-02T10:09:00Z,c 1,,High,Queued,Pump resets\n\
        7,2026-03-02T10:10:00Z,c 1,bo,High,Closed,Pump resets\n";
    check(
        &read(DESK, "log.csv", log),
        &expect![[r#"
        7 2026-03-02T10:00:00Z 17 support.desk:c%201.issue.reported {"source_severity":"Normal","text":"Pump resets","title":"Ticket 7"}
        7 2026-03-02T10:00:00Z 18 support.desk:c%201.owner.assigned {"department":"support"}
        7 2026-03-02T10:05:00Z 33 support.desk:c%201.owner.assigned {"department":"support","person":{"id":"mia","system":"desk"}}
        7 2026-03-02T10:05:00Z 34 support.desk:c%201.issue.acknowledged {"actor":{"kind":"human"}}
        7 2026-03-02T10:06:00Z 49 support.desk:c%201.issue.severity_changed {"source_severity":"High","to":"2"}
        7 2026-03-02T10:07:00Z 65 support.desk:c%201.issue.progress_noted {"summary":"-"}
        7 2026-03-02T10:08:00Z 81 support.desk:c%201.issue.resolved {}
        7 2026-03-02T10:09:00Z 97 support.desk:c%201.owner.assigned {"department":"support"}
        7 2026-03-02T10:09:00Z 98 support.desk:c%201.issue.reopened {}
        7 2026-03-02T10:10:00Z 113 support.desk:c%201.owner.assigned {"department":"support","person":{"id":"bo","system":"desk"}}
        7 2026-03-02T10:10:00Z 114 support.desk:c%201.issue.closed {"basis":"source"}
    "#]],
    );
}

#[test]
fn repeated_rows_count_once_and_those_that_differ_anywhere_count() {
    let log = "ticket,at,who,agent,priority,status,subject,views\n\
        7,2026-03-02T10:00:00Z,c,mia,P1,Queued,x,1\n\
        8,2026-03-02T10:00:00Z,c,mia,P1,Queued,x,1\n\
        7,2026-03-02T10:00:00Z,c,mia,P1,Queued,x,1\n\
        7,2026-03-02T10:00:00Z,c,mia,P1,Queued,x,2\n";
    check(
        &read(DESK, "log.csv", log),
        &expect![[r#"
        7 2026-03-02T10:00:00Z 17 support.desk:c.issue.reported {"severity":"3","source_severity":"P1","text":"x","title":"Ticket 7"}
        7 2026-03-02T10:00:00Z 18 support.desk:c.owner.assigned {"department":"support","person":{"id":"mia","system":"desk"}}
        7 2026-03-02T10:00:00Z 33 support.desk:c.issue.progress_noted {"summary":"Queued"}
        8 2026-03-02T10:00:00Z 17 support.desk:c.issue.reported {"severity":"3","source_severity":"P1","text":"x","title":"Ticket 8"}
        8 2026-03-02T10:00:00Z 18 support.desk:c.owner.assigned {"department":"support","person":{"id":"mia","system":"desk"}}
        dropped 1 identical, 0 late
    "#]],
    );
}

#[test]
fn bad_rows_are_rejected_with_line_and_reason_and_keep_their_place() {
    let log = "\u{feff}ticket;at;who;agent;priority;status;subject\r\n\
        7;2026-03-02T10:00:00Z;c;mia;;Queued;\"two\r\nlines\"\r\n\
        7;yesterday;c;mia;;Queued;x\r\n\
        ;2026-03-02T10:00:00Z;c;mia;;Queued;x\r\n\
        \r\n\
        7;2026-03-02T10:02:00Z;c\r\n\
        7;2026-03-02T10:03:00Z;c;mia;;Lost;x\r\n\
        7;2026-03-02T10:04:00Z;c;mia;;Solved;x";
    check(
        &read(DESK, "log.csv", log),
        &expect![[r#"
        7 2026-03-02T10:00:00Z 17 support.desk:c.issue.reported {"text":"two\r\nlines","title":"Ticket 7"}
        7 2026-03-02T10:00:00Z 18 support.desk:c.owner.assigned {"department":"support","person":{"id":"mia","system":"desk"}}
        7 2026-03-02T10:04:00Z 65 support.desk:c.issue.acknowledged {"actor":{"kind":"human"}}
        7 2026-03-02T10:04:00Z 66 support.desk:c.issue.resolved {}
        rejected log.csv:4 time `yesterday` cannot be read as iso8601
        rejected log.csv:5 names no record: `ticket` is empty
        rejected log.csv:7 has 3 fields where the header has 7
        rejected log.csv:8 status `Lost` is not in `phase.values`; say what it means, or what every other status means with "*"
    "#]],
    );
}

#[test]
fn a_file_out_of_order_is_sorted_by_time_or_its_stray_rows_are_dropped() {
    let log = "ticket,at,who,agent,priority,status,subject\n\
        7,2026-03-02T10:09:00Z,c,bo,,In progress,x\n\
        7,2026-03-02T10:00:00Z,c,mia,,Queued,x\n\
        7,2026-03-02T10:10:00Z,c,bo,,Solved,x\n";
    check(
        &read(&format!("order = 'time'\n{DESK}"), "log.csv", log),
        &expect![[r#"
        7 2026-03-02T10:00:00Z 17 support.desk:c.issue.reported {"text":"x","title":"Ticket 7"}
        7 2026-03-02T10:00:00Z 18 support.desk:c.owner.assigned {"department":"support","person":{"id":"mia","system":"desk"}}
        7 2026-03-02T10:09:00Z 33 support.desk:c.owner.assigned {"department":"support","person":{"id":"bo","system":"desk"}}
        7 2026-03-02T10:09:00Z 34 support.desk:c.issue.acknowledged {"actor":{"kind":"human"}}
        7 2026-03-02T10:10:00Z 49 support.desk:c.issue.resolved {}
    "#]],
    );
    check(
        &read(&format!("drop = 'later_than_next'\n{DESK}"), "log.csv", log),
        &expect![[r#"
        7 2026-03-02T10:00:00Z 17 support.desk:c.issue.reported {"text":"x","title":"Ticket 7"}
        7 2026-03-02T10:00:00Z 18 support.desk:c.owner.assigned {"department":"support","person":{"id":"mia","system":"desk"}}
        7 2026-03-02T10:10:00Z 33 support.desk:c.owner.assigned {"department":"support","person":{"id":"bo","system":"desk"}}
        7 2026-03-02T10:10:00Z 34 support.desk:c.issue.acknowledged {"actor":{"kind":"human"}}
        7 2026-03-02T10:10:00Z 35 support.desk:c.issue.resolved {}
        dropped 0 identical, 1 late
    "#]],
    );
}

#[test]
fn teams_departments_and_systems_come_from_columns_too() {
    let rules = r#"
        version = 1
        system = { column = "tool", values = { "JIRA Cloud" = "jira" } }
        department = { column = "unit", values = { "R&D" = "engineering" } }
        key = { columns = ["project", "no"], join = "-" }
        [time]
        columns = ["day", "hour"]
        format = ["%d.%m.%Y %H:%M", "%d.%m.%Y"]
        zone = "Europe/Berlin"
        [report]
        title = "{project}-{no}"
        [team]
        column = "squad"
        [person]
        column = "dev"
        system = "ldap"
    "#;
    let log = "tool|project|no|unit|day|hour|squad|dev\n\
        JIRA Cloud|FW|1|R&D|2.3.2026|09:00|Core|ann\n\
        JIRA Cloud|FW|1|R&D|3.3.2026||Core|bob\n\
        JIRA Cloud|FW|1|R&D|4.3.2026|09:00||bob\n\
        JIRA Cloud|FW|1|support|5.3.2026|09:00|L2|\n\
        Lotus Notes|FW|1|support|5.3.2026|09:00|L2|\n";
    check(
        &read(rules, "log", log),
        &expect![[r#"
        FW-1 2026-03-02T08:00:00Z 17 engineering._.issue.reported {"title":"FW-1"}
        FW-1 2026-03-02T08:00:00Z 18 engineering._.owner.assigned {"department":"engineering","person":{"id":"ann","system":"ldap"},"team":"Core"}
        FW-1 2026-03-02T23:00:00Z 33 engineering._.owner.assigned {"department":"engineering","person":{"id":"bob","system":"ldap"},"team":"Core"}
        FW-1 2026-03-04T08:00:00Z 49 engineering._.owner.assigned {"department":"engineering"}
        FW-1 2026-03-04T08:00:00Z 50 engineering._.owner.assigned {"department":"engineering","person":{"id":"bob","system":"ldap"}}
        FW-1 2026-03-05T08:00:00Z 65 support._.owner.assigned {"department":"support","team":"L2"}
        rejected log:6 system `Lotus Notes` is not possible; use 1 to 32 of a-z, 0-9 and -; a table `system.values` can give other words
    "#]],
    );
}

#[test]
fn nested_ndjson_with_changed_fields_only_and_rules() {
    let rules = r#"
        version = 1
        system = "jira"
        department = "engineering"
        key = "issue.id"
        [time]
        column = "timestamp"
        format = "epoch_ms"
        [customer]
        system = "crm"
        column = "/issue/fields/org/0"
        [report]
        title = "{issue.fields.summary}"
        [note]
        summary = "{kind}: {comment.body}"
        [person]
        column = "issue.fields.assignee.id"
        name = "{issue.fields.assignee.name}"
        when_missing = "same"
        [actor]
        column = "user"
        bots = ["automation-*"]
        [phase]
        column = "issue.fields.status"
        values = { "To Do" = "new", "Done" = "resolved", "*" = "working" }
        [[event]]
        name = "comment"
        type = "issue.update_sent"
        when = [{ column = "kind", is = "comment" }, { column = "comment.public", is = "true" }]
        data = { summary = "{comment.body}", channel = "portal", person = { system = "jira", id = "{comment.author}" } }
        [[event]]
        name = "asked"
        type = "issue.detail_added"
        data = { note = "asked: {issue.fields.status}" }
        when = { column = "issue.fields.status", is = "Waiting*", was = ["In Progress", "To Do"], changed = true, when_missing = "same" }
    "#;
    let log = r#"{"timestamp":1772445600000,"kind":"created","user":"ann","comment":null,"issue":{"id":10,"fields":{"summary":"Pump\nresets","status":"To Do","assignee":null,"org":["4711"]}}}

{"timestamp":1772445660000,"kind":"updated","user":"automation-7","issue":{"id":"10","fields":{"status":"In Progress","assignee":{"id":"u-1","name":"Bo"}}}}
{"timestamp":1772445720000,"kind":"comment","user":"bo","comment":{"body":"We look","public":true},"issue":{"id":"10"}}
{"timestamp":1772445780000,"kind":"comment","user":"bo","comment":{"body":"hm","public":false,"author":"bo"},"issue":{"id":"10"}}
{"timestamp":1772445840000,"kind":"updated","user":"bo","issue":{"id":"10","fields":{"status":"Waiting for customer"}}}
[1]
{"broken
"#;
    check(
        &read(rules, "log.ndjson", log),
        &expect![[r#"
        10 2026-03-02T10:00:00Z 17 engineering.crm:4711.issue.reported {"actor":{"kind":"human","person":{"id":"ann","system":"jira"}},"title":"Pump"}
        10 2026-03-02T10:00:00Z 18 engineering.crm:4711.owner.assigned {"actor":{"kind":"human","person":{"id":"ann","system":"jira"}},"department":"engineering"}
        10 2026-03-02T10:01:00Z 33 engineering.crm:4711.owner.assigned {"actor":{"kind":"bot","person":{"id":"automation-7","system":"jira"}},"department":"engineering","person":{"id":"u-1","name":"Bo","system":"jira"}}
        10 2026-03-02T10:02:00Z 49 engineering.crm:4711.issue.acknowledged {"actor":{"kind":"human","person":{"id":"bo","system":"jira"}}}
        10 2026-03-02T10:02:00Z 50 engineering.crm:4711.issue.update_sent {"actor":{"kind":"human","person":{"id":"bo","system":"jira"}},"channel":"portal","summary":"We look"}
        10 2026-03-02T10:03:00Z 65 engineering.crm:4711.issue.progress_noted {"actor":{"kind":"human","person":{"id":"bo","system":"jira"}},"summary":"comment: hm"}
        10 2026-03-02T10:04:00Z 81 engineering.crm:4711.issue.detail_added {"actor":{"kind":"human","person":{"id":"bo","system":"jira"}},"note":"asked: Waiting for customer"}
        rejected log.ndjson:7 is not a JSON object
        rejected log.ndjson:8 is not JSON: EOF while parsing a string at column 8
    "#]],
    );
}

#[test]
fn envelope_of_an_event() {
    let log = "ticket,at,who,agent,priority,status,subject\n7,2026-03-02T10:00:00+01:00,anna@example.org,mia,High,Queued,Pump resets\n";
    let import = read(DESK, "log.csv", log);
    let text = serde_json::to_string_pretty(&bodies(&import)[0]).unwrap();
    expect![[r#"
        {
          "backfill": true,
          "data": {
            "customer": {
              "id": "anna@example.org",
              "system": "desk"
            },
            "issue": {
              "id": "7",
              "system": "desk"
            },
            "severity": "2",
            "source_severity": "High",
            "text": "Pump resets",
            "title": "Ticket 7"
          },
          "id": "a016ce26-4872-55f5-89a6-acac5156e80f",
          "sequence": "17",
          "source": "/import/desk",
          "specversion": "1.0",
          "time": "2026-03-02T09:00:00Z",
          "type": "issue.reported"
        }"#]]
    .assert_eq(&text);
    let live = Import::read(
        &mapping(DESK),
        Options { backfill: false },
        [("log.csv".to_owned(), log.as_bytes())],
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(bodies(&live)[0].get("backfill"), None);
    let moved = mapping(DESK).with_department("sales").unwrap();
    let moved = try_read(&moved, &[("log.csv", log.as_bytes())]).unwrap();
    assert!(moved.events().all(|event| event.subject.starts_with("davy.events.sales.")));
    assert!(mapping(DESK).with_department("pager").is_err());
}

#[test]
fn gzip_and_several_files_are_one_log_and_progress_counts_stored_bytes() {
    let header = "ticket,at,who,agent,priority,status,subject\n";
    let (first, second) = (
        format!("{header}7,2026-03-02T10:00:00Z,c,mia,,Queued,x\n"),
        "subject,at,who,agent,priority,status,ticket\nx,2026-03-02T10:00:00Z,c,mia,,Queued,7\nx,2026-03-02T10:01:00Z,c,mia,,Solved,7\n",
    );
    let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    zip.write_all(first.as_bytes()).unwrap();
    let zipped = zip.finish().unwrap();
    let inputs = [("a.csv.gz".to_owned(), zipped.as_slice()), ("b.csv".to_owned(), second.as_bytes())];
    let mut bytes = 0;
    let import = Import::read(&mapping(DESK), Options::default(), inputs, &mut |more| bytes += more).unwrap();
    assert_eq!(
        (import.rows(), import.keys(), import.dropped_identical(), import.event_count()),
        (3, 1, 1, 4)
    );
    assert_eq!(bytes, u64::try_from(zipped.len() + second.len()).unwrap());
    let broken = try_read(&mapping(DESK), &[("a.csv.gz", &zipped[..zipped.len() - 12])]).unwrap_err();
    assert!(broken.to_string().starts_with("read a.csv.gz after line"), "{broken}");
}

#[test]
fn an_input_that_the_mapping_does_not_describe_is_refused() {
    let refused =
        |name: &str, input: &[u8]| try_read(&mapping(DESK), &[(name, input)]).unwrap_err().to_string();
    expect![[r#"
        read log.csv: the mapping names columns that it lacks: `agent`, `priority`; it has: `ticket`, `at`, `who`, `Agent`, `status`, `subject`
        read log.csv: its header has `at` more than once; give the columns names of their own in `input.header`
        read log.csv: it is empty; a CSV export begins with its header, or the mapping names the columns in `input.header`
        read log.json: it is a JSON array; make it one object a line, for example with `jq -c '.[]'`
        read log.csv: it is UTF-16; convert it to UTF-8 first, for example with iconv
        read log.ndjson: the mapping names columns that it lacks: `who`, `subject`, `agent`, `priority`, `status`; it has: `a.b`, `at`, `ticket`
        read log.csv: the row after line 1 is over 1048576 bytes; is a quote left open there?"#]].assert_eq(&[
        refused("log.csv", b"ticket,at,who,Agent,status,subject\n"),
        refused("log.csv", b"ticket,at,who,agent,priority,status,subject,at\n"),
        refused("log.csv", b""),
        refused("log.json", b" [{\"ticket\": 1}]"),
        refused("log.csv", b"\xff\xfet\0i\0"),
        refused("log.ndjson", b"{\"ticket\": 1, \"at\": null, \"a\": {\"b\": 1}}\n"),
        refused("log.csv", &[b"ticket,at,who,agent,priority,status,subject\n7,\"".as_slice(), &b"x,\n".repeat(500_000)].concat()),
    ].join("\n"));
}

#[test]
fn every_mistake_in_a_mapping_is_reported_at_once() {
    let text = r#"
        system = "Zen desk"
        departement = "support"
        order = "random"
        [time]
        column = "at"
        format = "%d/%m/%Y %H:%M"
        [report]
        title = "Ticket {ticket"
        [severity]
        column = "priority"
        values = { "High" = 5 }
        [phase]
        column = "status"
        values = { "New" = "newish" }
        [team]
        columns = 3
        [[event]]
        type = "issue.exploded"
        when = { column = "x" }
        data = { issue = 1 }
    "#;
    let errors = davy_import::Mapping::parse(text).unwrap_err();
    expect![[r#"
        version: must be 1, the version of the format of mappings
        system: `Zen desk` is not possible; use 1 to 32 of a-z, 0-9 and -
        department: must be a word such as "support", or a table such as { column = "…" }
        key: must name the column that says to which record a row belongs, such as `number`
        order: `random` is not known; allowed: file, time
        time.zone: is missing, and the format names none; for example UTC or Europe/Berlin
        report.title: `Ticket {ticket` has a brace without its partner; write {column}, and {{ or }} for a brace itself
        team.columns: must be a string or a list of strings, not an integer
        team.column: must name a column, or `columns` must name several, not both
        severity.values.High: must be a number from 1 (worst) to 4
        phase.values.New: must be one of "new" (waits to be taken), "working", "resolved", "closed", "same" (as before)
        event[1].name: is missing; it becomes part of the events' ids: 1 to 32 of a-z, 0-9 and -, and never changed again
        event[1].type: must be one of issue.reported, issue.detail_added, issue.severity_changed, issue.acknowledged, issue.customer_chased, issue.customer_replied, issue.customer_input_requested, issue.external_wait_started, issue.external_wait_ended, issue.update_sent, issue.progress_noted, autoreply.sent, owner.assigned, owner.accepted, owner.declined, handoff.offered, handoff.accepted, handoff.declined, handoff.withdrawn, assist.requested, assist.accepted, assist.answered, assist.declined, assist.cancelled, deferral.requested, deferral.approved, deferral.denied, deferral.cancelled, deferral.ended, promise.made, promise.kept, promise.renegotiated, promise.broken, workaround.applied, workaround.reviewed, issue.resolved, issue.closed, issue.reopened, issue.withdrawn, issue.reinstated, link.added, link.removed, issue.known_as, issue.customer_corrected, customer.alias_asserted, customer.alias_retracted, customers.merged, customers.unmerged, customer.profile_set, contract.upserted, contact.missed, contact.logged, signal.observed, signal.dispositioned, invoice.withheld, invoice.released, event.retracted, clock.warned, clock.breached, run.stepped, run.escalated, run.snoozed, run.migrated, ping.requested, ping.attempted, ping.delivered, ping.failed, ping.throttled, ping.acknowledged, handoff.timed_out, handoff.due, assist.timed_out, issue.customer_wait_lapsed, owner.orphaned
        event[1].when.is: or `is_not`, `was`, `changed` or `is_missing` must say what the column is compared with
        event[1].data.issue: is filled in from the key and the customer of the row; leave it out
        departement: is not a key of a mapping here; allowed: version, missing, system, department, key, order, drop, duplicates, input, time, customer, report, note, team, person, severity, phase, actor, event"#]].assert_eq(&errors.to_string());
    let syntax = davy_import::Mapping::parse("version = 1\nsystem = \n").unwrap_err();
    expect![[r#"
        TOML parse error at line 2, column 10
          |
        2 | system = 
          |          ^
        string values must be quoted, expected literal string
    "#]]
    .assert_eq(&syntax.to_string());
}

#[test]
fn more_events_than_a_row_has_numbers_is_a_mistake_of_the_mapping() {
    let rule = |place: usize| {
        format!(
            "[[event]]\nname = 'r{place}'\ntype = 'contact.logged'\nwhen = {{ column = 'who', is = 'c' }}\n"
        )
    };
    let many = format!("{DESK}{}", (0..14).map(rule).collect::<String>());
    let log = b"ticket,at,who,agent,priority,status,subject\n7,2026-03-02T10:00:00Z,c,mia,,Queued,x\n";
    let error = try_read(&mapping(&many), &[("log.csv", log)]).unwrap_err();
    expect!["map log.csv:2: the mapping gives 16 events for this row, 15 are possible; make its [[event]] rules exclude each other"].assert_eq(&error.to_string());
    let fits = format!("{DESK}{}", (0..13).map(rule).collect::<String>());
    let import = try_read(&mapping(&fits), &[("log.csv", log)]).unwrap();
    assert_eq!(import.counts().get("contact.logged"), Some(&13));
    assert_eq!(bodies(&import).last().unwrap()["sequence"], "31");
}

#[test]
fn the_examples_of_the_documentation_are_mappings() {
    let page = include_str!("../../../deploy/mappings/README.md");
    let examples: Vec<&str> =
        page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [whole, rules] = examples.as_slice() else { panic!("{} examples", examples.len()) };
    let log = "Ticket,Changed at,Agent,Status,action,public,body,status,assigned_to\n\
        7,2026-03-02 10:00:00,Unassigned,Queued,create,,,Active,\n\
        7,2026-03-02 10:01:00,mia,Wait,comment,true,We look,Awaiting parts,mia\n";
    check(
        &read(&format!("{whole}{rules}"), "log.csv", log),
        &expect![[r#"
        7 2026-03-02T09:00:00Z 17 support._.issue.reported {"title":"Ticket 7"}
        7 2026-03-02T09:00:00Z 18 support._.owner.assigned {"department":"support"}
        7 2026-03-02T09:01:00Z 33 support._.owner.assigned {"department":"support","person":{"id":"mia","system":"helpdesk"}}
        7 2026-03-02T09:01:00Z 34 support._.issue.acknowledged {"actor":{"kind":"human"}}
        7 2026-03-02T09:01:00Z 35 support._.issue.update_sent {"channel":"portal","summary":"We look"}
        7 2026-03-02T09:01:00Z 36 support._.issue.progress_noted {"summary":"waits: Awaiting parts"}
    "#]],
    );
}
