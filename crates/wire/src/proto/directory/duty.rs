//! Calendars, rotations, schedules, overrides and policies, both ways, by way of the form that events have too.

use domain::{
    CalendarDocument, Document, OverrideDocument, PingRule, PolicyDocument, QuietHours, RotationDocument,
    ScheduleDocument,
};
use proto::v1::{self, document::Document as Kind};

use crate::data::{
    common::{SeverityForm, Text, Word},
    duty::{
        CalendarSet, Flaws, LayerForm, OverrideSet, PlanForm, PolicySet, QuietForm, RotationSet, RuleForm,
        ScheduleSet, ShiftForm, StepForm, TemporaryForm, read_rules, rules,
    },
};

/// Reads a calendar, rotation, schedule, override or policy of a request; what cannot be meant goes into `flaws`. `None` for
/// the other kinds too.
pub fn read_duty(sent: Kind, flaws: &mut Flaws) -> Option<Document> {
    match sent {
        Kind::Department(_) | Kind::System(_) | Kind::Person(_) => None,
        Kind::Calendar(mut sent) => {
            let id = std::mem::take(&mut sent.id);
            CalendarSet::from(sent).read(id, flaws).map(Document::Calendar)
        }
        Kind::Rotation(mut sent) => {
            let id = std::mem::take(&mut sent.id);
            RotationSet::from(sent).read(id, flaws).map(Document::Rotation)
        }
        Kind::Schedule(mut sent) => {
            let id = std::mem::take(&mut sent.id);
            ScheduleSet::from(sent).read(id, flaws).map(Document::Schedule)
        }
        Kind::Override(mut sent) => {
            let id = std::mem::take(&mut sent.id);
            OverrideSet::from(sent).read(id, flaws).map(Document::Override)
        }
        Kind::Policy(mut sent) => {
            let id = std::mem::take(&mut sent.id);
            PolicySet::from(sent).read(id, flaws).map(Document::Policy)
        }
    }
}

/// Reads a person's own rules.
pub fn read_person_rules(sent: Vec<v1::PersonalRule>, flaws: &mut Flaws) -> Vec<PingRule> {
    let form = |v1::PersonalRule { contact, after, severities }| RuleForm {
        contact: Word(contact),
        after: word(after),
        severities: either(severities),
    };
    read_rules(&sent.into_iter().map(form).collect::<Vec<_>>(), flaws)
}

/// Reads somebody's quiet hours.
pub fn read_quiet(sent: v1::QuietHours, flaws: &mut Flaws) -> Option<QuietHours> {
    let v1::QuietHours { zone, hours, calendar } = sent;
    QuietForm { zone: Word(zone), hours: words(hours), calendar: word(calendar) }.read(flaws)
}

pub(super) fn person_rules(own: &[PingRule]) -> Vec<v1::PersonalRule> {
    let rule = |RuleForm { contact, after, severities }| v1::PersonalRule {
        contact: unwrapped(contact),
        after: text(after),
        severities: either_text(severities),
    };
    rules(own).into_iter().map(rule).collect()
}

pub(super) fn quiet(quiet: &QuietHours) -> v1::QuietHours {
    let QuietForm { zone, hours, calendar } = quiet.into();
    v1::QuietHours { zone: zone.0, hours: texts(hours), calendar: text(calendar) }
}

pub(super) fn calendar(document: &CalendarDocument) -> v1::CalendarDocument {
    let CalendarSet { name, zone, open, holidays } = document.into();
    let (open, holidays) = (texts(open), texts(holidays));
    v1::CalendarDocument { id: document.id.clone(), name: text(name), zone: zone.0, open, holidays }
}

impl From<v1::CalendarDocument> for CalendarSet {
    fn from(sent: v1::CalendarDocument) -> Self {
        let v1::CalendarDocument { id: _, name, zone, open, holidays } = sent;
        Self { name: word(name), zone: Word(zone), open: words(open), holidays: words(holidays) }
    }
}

pub(super) fn rotation(document: &RotationDocument) -> v1::RotationDocument {
    let RotationSet { name, zone, members, every, from } = document.into();
    let (zone, members) = (zone.0, texts(members));
    v1::RotationDocument {
        id: document.id.clone(),
        name: text(name),
        zone,
        members,
        every: every.0,
        from: from.0,
    }
}

impl From<v1::RotationDocument> for RotationSet {
    fn from(sent: v1::RotationDocument) -> Self {
        let v1::RotationDocument { id: _, name, zone, members, every, from } = sent;
        let (every, from) = (Word(every), Word(from));
        Self { name: word(name), zone: Word(zone), members: words(members), every, from }
    }
}

pub(super) fn schedule(document: &ScheduleDocument) -> v1::ScheduleDocument {
    let ScheduleSet { name, zone, layers, temporary, gaps_wanted } = document.into();
    let layer = |LayerForm { name, rotation, people, windows, from, until }| v1::ScheduleLayer {
        name: text(name),
        rotation: text(rotation),
        people: texts(people),
        windows: texts(windows),
        from: text(from),
        until: text(until),
    };
    let shift = |ShiftForm { person, from, until }: ShiftForm| v1::TemporaryShift {
        person: person.0,
        from: text(from),
        until: text(until),
    };
    let instead = |TemporaryForm { from, until, shifts }: TemporaryForm| v1::TemporarySchedule {
        from: from.0,
        until: until.0,
        shifts: shifts.into_iter().map(shift).collect(),
    };
    v1::ScheduleDocument {
        id: document.id.clone(),
        name: text(name),
        zone: zone.0,
        layers: layers.into_iter().map(layer).collect(),
        temporary: temporary.into_iter().map(instead).collect(),
        gaps_wanted,
    }
}

impl From<v1::ScheduleDocument> for ScheduleSet {
    fn from(sent: v1::ScheduleDocument) -> Self {
        let v1::ScheduleDocument { id: _, name, zone, layers, temporary, gaps_wanted } = sent;
        let layer = |v1::ScheduleLayer { name, rotation, people, windows, from, until }| LayerForm {
            name: word(name),
            rotation: word(rotation),
            people: words(people),
            windows: words(windows),
            from: word(from),
            until: word(until),
        };
        let shift = |v1::TemporaryShift { person, from, until }| ShiftForm {
            person: Word(person),
            from: word(from),
            until: word(until),
        };
        let instead = |v1::TemporarySchedule { from, until, shifts }| TemporaryForm {
            from: Word(from),
            until: Word(until),
            shifts: shifts.into_iter().map(shift).collect(),
        };
        Self {
            name: word(name),
            zone: Word(zone),
            layers: layers.into_iter().map(layer).collect(),
            temporary: temporary.into_iter().map(instead).collect(),
            gaps_wanted,
        }
    }
}

pub(super) fn exception(document: &OverrideDocument) -> v1::OverrideDocument {
    let OverrideSet { schedule, from, until, removes, adds, reason, active } = document.into();
    v1::OverrideDocument {
        id: document.id.clone(),
        schedule: schedule.0,
        from: from.0,
        until: until.0,
        removes: text(removes),
        adds: text(adds),
        reason: reason.map(|reason| reason.0).unwrap_or_default(),
        active: Some(active),
    }
}

impl From<v1::OverrideDocument> for OverrideSet {
    fn from(sent: v1::OverrideDocument) -> Self {
        let v1::OverrideDocument { id: _, schedule, from, until, removes, adds, reason, active } = sent;
        Self {
            schedule: Word(schedule),
            from: Word(from),
            until: Word(until),
            removes: word(removes),
            adds: word(adds),
            reason: Some(Text(reason)).filter(|reason| !reason.0.is_empty()),
            active: active.unwrap_or(true),
        }
    }
}

pub(super) fn policy(document: &PolicyDocument) -> v1::PolicyDocument {
    let PolicySet { name, clocks, plans, fallback } = document.into();
    let step = |StepForm { ping, wait, answers }: StepForm| v1::PolicyStep {
        ping: texts(ping),
        wait: wait.0,
        answers: crate::proto::count(answers.unwrap_or(1)),
    };
    let plan = |PlanForm { severities, steps, repeat, lease, working_time, holds }| v1::PolicyPlan {
        severities: either_text(severities),
        steps: steps.into_iter().map(step).collect(),
        repeat: either_text(repeat),
        lease: text(lease),
        working_time,
        holds,
    };
    v1::PolicyDocument {
        id: document.id.clone(),
        name: text(name),
        clocks: texts(clocks),
        plans: plans.into_iter().map(plan).collect(),
        fallback: fallback.0,
    }
}

impl From<v1::PolicyDocument> for PolicySet {
    fn from(sent: v1::PolicyDocument) -> Self {
        let v1::PolicyDocument { id: _, name, clocks, plans, fallback } = sent;
        let step = |v1::PolicyStep { ping, wait, answers }| StepForm {
            ping: words(ping),
            wait: Word(wait),
            // What is no number of people is told by the judge: more than there can be.
            answers: (answers != 0).then(|| u32::try_from(answers).unwrap_or(u32::MAX)),
        };
        let plan = |v1::PolicyPlan { severities, steps, repeat, lease, working_time, holds }| PlanForm {
            severities: either(severities),
            steps: steps.into_iter().map(step).collect(),
            repeat: either(repeat),
            lease: word(lease),
            working_time,
            holds,
        };
        Self {
            name: word(name),
            clocks: words(clocks),
            plans: plans.into_iter().map(plan).collect(),
            fallback: Word(fallback),
        }
    }
}

fn word(text: String) -> Option<Word> {
    Some(Word(text)).filter(|word| !word.0.is_empty())
}

fn words(texts: Vec<String>) -> Vec<Word> {
    texts.into_iter().map(Word).collect()
}

fn either(text: String) -> Option<SeverityForm> {
    Some(SeverityForm(text)).filter(|form| !form.0.is_empty())
}

fn text(word: Option<Word>) -> String {
    word.map(unwrapped).unwrap_or_default()
}

fn unwrapped(Word(text): Word) -> String {
    text
}

fn texts(words: Vec<Word>) -> Vec<String> {
    words.into_iter().map(unwrapped).collect()
}

fn either_text(form: Option<SeverityForm>) -> String {
    form.map(|form| form.0).unwrap_or_default()
}
