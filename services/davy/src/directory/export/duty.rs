//! Calendars, rotations, schedules, overrides and policies as `davy apply` takes them.

use proto::v1::{
    CalendarDocument, OverrideDocument, PersonalRule, PolicyDocument, PolicyPlan, PolicyStep, QuietHours,
    RotationDocument, ScheduleDocument, ScheduleLayer, TemporarySchedule, TemporaryShift,
};

use super::{Item, scalar};

pub(super) fn person(rules: &[PersonalRule], quiet: Option<&QuietHours>, item: &mut Item) {
    let rule = |PersonalRule { contact, after, severities }: &PersonalRule| {
        map(&[("contact", contact), ("after", after), ("severities", severities)], &[])
    };
    item.list("rules", rules.iter().map(rule));
    if let Some(QuietHours { zone, hours, calendar }) = quiet {
        let texts = [("zone", zone), ("calendar", calendar)];
        item.line(&format!("quiet: {}", map(&texts, &[("hours", list(hours))])));
    }
}

pub(super) fn calendar(document: &CalendarDocument, item: &mut Item) {
    let CalendarDocument { id, name, zone, open, holidays } = document;
    item.texts(&[("id", id), ("name", name), ("zone", zone)]);
    item.list("open", open.iter().map(|text| scalar(text)));
    item.list("holidays", holidays.iter().map(|text| scalar(text)));
}

pub(super) fn rotation(document: &RotationDocument, item: &mut Item) {
    let RotationDocument { id, name, zone, members, every, from } = document;
    item.texts(&[("id", id), ("name", name), ("zone", zone)]);
    item.list("members", members.iter().map(|text| scalar(text)));
    item.texts(&[("every", every), ("from", from)]);
}

pub(super) fn schedule(document: &ScheduleDocument, item: &mut Item) {
    let ScheduleDocument { id, name, zone, layers, temporary, gaps_wanted } = document;
    item.texts(&[("id", id), ("name", name), ("zone", zone)]);
    let layer = |ScheduleLayer { name, rotation, people, windows, from, until }: &ScheduleLayer| {
        let lists = [("people", list(people)), ("windows", list(windows))];
        map(&[("name", name), ("rotation", rotation), ("from", from), ("until", until)], &lists)
    };
    item.list("layers", layers.iter().map(layer));
    let shift = |TemporaryShift { person, from, until }: &TemporaryShift| {
        map(&[("person", person), ("from", from), ("until", until)], &[])
    };
    let instead = |TemporarySchedule { from, until, shifts }: &TemporarySchedule| {
        let shifts = brackets(shifts.iter().map(shift));
        map(&[("from", from), ("until", until)], &[("shifts", shifts)])
    };
    item.list("temporary", temporary.iter().map(instead));
    if *gaps_wanted {
        item.line("gaps_wanted: true");
    }
}

pub(super) fn exception(document: &OverrideDocument, item: &mut Item) {
    let OverrideDocument { id, schedule, from, until, removes, adds, reason, active } = document;
    item.texts(&[("id", id), ("schedule", schedule), ("from", from), ("until", until)]);
    item.texts(&[("removes", removes), ("adds", adds), ("reason", reason)]);
    if *active == Some(false) {
        item.line("active: false");
    }
}

pub(super) fn policy(document: &PolicyDocument, item: &mut Item) {
    let PolicyDocument { id, name, clocks, plans, fallback } = document;
    item.texts(&[("id", id), ("name", name), ("fallback", fallback)]);
    item.list("clocks", clocks.iter().map(|text| scalar(text)));
    item.list("plans", plans.iter().map(plan));
}

fn plan(plan: &PolicyPlan) -> String {
    let PolicyPlan { severities, steps, repeat, lease, working_time, holds } = plan;
    let step = |PolicyStep { ping, wait, answers }: &PolicyStep| {
        let answers = if *answers > 1 { answers.to_string() } else { String::new() };
        let more = [("ping", list(ping)), ("wait", scalar(wait)), ("answers", answers)];
        map(&[], &more)
    };
    let flag = |flag: Option<bool>| flag.map(|flag| flag.to_string()).unwrap_or_default();
    let more = [
        ("steps", brackets(steps.iter().map(step))),
        ("working_time", flag(working_time.then_some(true))),
        ("holds", flag(*holds)),
    ];
    map(&[("severities", severities), ("repeat", repeat), ("lease", lease)], &more)
}

/// A map on one line, of texts, and of what is written out already; what says nothing is left out.
fn map(texts: &[(&str, &String)], written: &[(&str, String)]) -> String {
    let texts = texts.iter().filter(|(_, text)| !text.is_empty());
    let texts = texts.map(|(name, text)| format!("{name}: {}", scalar(text)));
    let written = written.iter().filter(|(_, text)| !text.is_empty());
    let written = written.map(|(name, text)| format!("{name}: {text}"));
    format!("{{{}}}", texts.chain(written).collect::<Vec<_>>().join(", "))
}

/// Empty where there is none.
fn list(texts: &[String]) -> String {
    if texts.is_empty() { String::new() } else { brackets(texts.iter().map(|text| scalar(text))) }
}

fn brackets(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use proto::v1::{Document, document::Document as Kind};

    use crate::apply::documents_of;

    #[test]
    fn what_is_exported_is_read_as_it_was() {
        let file = "\
calendars:
  - id: office
    zone: Europe/Berlin
    open: [\"mon-fri 09:00-17:00\"]
    holidays: [\"2026-12-25\"]
rotations:
  - id: weekly
    zone: Europe/Berlin
    members: [mia, bo]
    every: \"1 week\"
    from: \"2026-01-05T09:00\"
schedules:
  - id: support
    zone: Europe/Berlin
    layers: [{rotation: weekly}, {name: nights, people: [tom], windows: [daily 22:00-06:00]}]
    temporary: [{from: \"2026-12-24T09:00\", until: \"2026-12-27T09:00\", shifts: [{person: bo}]}]
    gaps_wanted: true
overrides:
  - id: concert
    schedule: support
    from: \"2026-03-02T17:00:00Z\"
    until: \"2026-03-03T17:00:00Z\"
    removes: mia
    adds: bo
    active: false
policies:
  - id: default
    clocks: [ack 15m 1h 4bh 8bh]
    plans:
      - {severities: 1-2, steps: [{ping: [on-call], wait: 5m}, {ping: [head, \"head:sales\"], wait: 10m, answers: 2}], repeat: forever, lease: 0}
      - {steps: [{ping: [on-call], wait: 1h}], lease: 1bd, working_time: true, holds: false}
    fallback: channel:alarm
";
        let (documents, mistakes) = documents_of("duty.yaml", file);
        assert_eq!((documents.len(), mistakes), (5, 0));
        let mut written = String::new();
        for document in &documents {
            let kind = document.document.as_ref().unwrap();
            written.push_str(&format!("{}:\n{}", super::super::heading(kind), super::super::yaml(document)));
        }
        assert_eq!(documents_of("again.yaml", &written), (documents.clone(), 0), "{written}");
        let Document { document: Some(Kind::Policy(policy)) } = &documents[4] else { panic!() };
        assert_eq!(policy.plans[0].steps[1].answers, 2);
        assert_eq!(policy.plans[0].lease, "0");
    }
}
