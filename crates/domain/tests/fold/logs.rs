//! Any log: many departments, equal times, late events, and a directory that changes in between.

use domain::{
    ActorKind, Directory, DirectoryChange, Document, EndCause, Event, LinkKind, PersonStatus, Severity,
    Verdict,
};
use proptest::{collection::vec, option, prelude::*, sample::select, strategy::Union};

use crate::{
    deeds,
    draft::{
        self, Deed, Draft, asking_department, closed_department, from, open_department, person_document, set,
        system_of,
    },
};

const DEPARTMENTS: [&str; 3] = ["support", "engineering", "sales"];
const STATUSES: [PersonStatus; 3] =
    [PersonStatus::Active, PersonStatus::OnLeave { until: None }, PersonStatus::Left];
const PEOPLE: [&str; 3] = ["mia", "ana", "kim"];
const TEAMS: [&str; 3] = ["L1", "L2", "?"];
const TOKENS: [&str; 3] = ["crm:1", "crm:2", "erp:1"];
/// Few, so that there are ties.
pub(crate) const MINUTES: i64 = 8;
const ORDINALS: [&str; 4] = ["", "2", "10", "x"];

fn place() -> impl Strategy<Value = String> {
    let part =
        |names: [&'static str; 3]| option::of(select(names.to_vec())).prop_map(|name| name.unwrap_or("-"));
    (part(DEPARTMENTS), part(TEAMS), part(PEOPLE))
        .prop_map(|(slug, team, name)| format!("{slug}/{team}/{name}"))
}

fn ownership() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => place().prop_map(|to| draft::assigned(&to)),
        2 => select(&PEOPLE).prop_map(draft::accepted),
        1 => (select(&DEPARTMENTS), select(&PEOPLE)).prop_map(|(slug, name)| draft::accepted_in(slug, name)),
        1 => Just(draft::declined()),
        3 => (select(&DEPARTMENTS), option::of(select(&TEAMS))).prop_map(|(slug, team)| {
            draft::offered(&format!("{slug}/{}/-", team.unwrap_or("-")))
        }),
        1 => select(&DEPARTMENTS).prop_map(|slug| draft::offered(&format!("{slug}/-/-")).giving(["summary"])),
        2 => select(&PEOPLE).prop_map(draft::offer_accepted),
        1 => select(&PEOPLE).prop_map(|name| draft::offer_accepted(name).without_read_back()),
        1 => Just(draft::offer_declined()),
        1 => Just(draft::offer_withdrawn()),
    ]
}

fn matter() -> impl Strategy<Value = Deed> {
    let links = || (select(vec![LinkKind::DuplicateOf, LinkKind::Related]), select(vec!["55", "56", "57"]));
    let deeds = [
        draft::acknowledged(),
        draft::resolved(),
        draft::closed(),
        draft::reopened(),
        draft::withdrawn(),
        draft::reinstated(),
        draft::noted("issue.progress_noted"),
        draft::severity_changed(Severity::One),
        draft::severity_changed(Severity::Four),
        draft::unheard_of(),
    ];
    let report = option::of(select(&PEOPLE));
    prop_oneof![
        10 => Union::new(deeds.map(Just)),
        2 => report.prop_map(|name| name.into_iter().fold(draft::reported(), |deed, name| deed.heard_by(name))),
        1 => links().prop_map(|(kind, other)| draft::linked(kind, other)),
        1 => links().prop_map(|(kind, other)| draft::unlinked(kind, other)),
        1 => Just(draft::reported().unsafe_for_people()),
        1 => select(&TOKENS).prop_map(draft::corrected),
    ]
}

/// An item by a word that may name none, or whichever fits.
fn item() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just("-".to_owned()),
        1 => (1..15).prop_map(|number: i32| number.to_string()),
        1 => (0..15).prop_map(|number| format!("e{number}")),
    ]
}

fn due() -> impl Strategy<Value = String> {
    (0..70, 0..10).prop_map(|(days, minute)| format!("{days}d 09:{minute:02}"))
}

fn work() -> impl Strategy<Value = Deed> {
    let verdicts = vec![Verdict::Safe, Verdict::NeedsFix, Verdict::Unsafe];
    prop_oneof![
        2 => select(&DEPARTMENTS).prop_map(deeds::assist_requested),
        1 => (item(), select(&PEOPLE)).prop_map(|(item, name)| deeds::assist_accepted(&item, name)),
        1 => item().prop_map(|item| deeds::assist_answered(&item)),
        1 => Just(deeds::helped()),
        1 => item().prop_map(|item| deeds::assist_declined(&item)),
        1 => item().prop_map(|item| deeds::assist_cancelled(&item)),
        2 => due().prop_map(|until| deeds::promised("Call back", &until)),
        1 => item().prop_map(|item| deeds::promise_kept(&item)),
        1 => (item(), due()).prop_map(|(item, until)| deeds::promise_renegotiated(&item, &until)),
        1 => item().prop_map(|item| deeds::promise_broken(&item)),
        1 => Just(deeds::patched()),
        1 => (item(), select(verdicts)).prop_map(|(item, verdict)| deeds::reviewed(&item, verdict)),
    ]
}

fn hold() -> impl Strategy<Value = Deed> {
    let deeds = [
        deeds::asked_customer(),
        deeds::asked_customer_somehow(),
        deeds::replied(),
        deeds::replied_by_machine(),
        deeds::chased(),
        deeds::wait_started(),
        deeds::wait_ended(),
        deeds::withheld("R-1"),
        deeds::withheld("R-2"),
        deeds::released("R-1"),
    ];
    let ends = |item: String| deeds::deferral_ended(&item, EndCause::Expired);
    prop_oneof![
        5 => Union::new(deeds.map(Just)),
        3 => due().prop_map(|until| deeds::deferral_requested(&until)),
        4 => item().prop_map(|item| deeds::deferral_approved(&item)),
        1 => item().prop_map(|item| deeds::deferral_denied(&item)),
        1 => item().prop_map(|item| deeds::deferral_cancelled(&item)),
        1 => item().prop_map(ends),
    ]
}

prop_compose! {
    fn event()(
        slug in select(&DEPARTMENTS),
        deed in prop_oneof![2 => ownership(), 2 => matter(), 3 => work(), 2 => hold()],
        (minute, ordinal) in (0..MINUTES, select(&ORDINALS)),
        (who, own) in (option::of(select(&PEOPLE)), prop::bool::weighted(0.15)),
        bot in prop::bool::weighted(0.1),
        token in option::of(select(&TOKENS)),
    ) -> Draft {
        let mut draft = from(slug, &format!("09:{minute:02}"), deed).ordinal(ordinal);
        if let Some(name) = who {
            draft = draft.by(ActorKind::Human, name);
        }
        if bot {
            draft = draft.by(ActorKind::Bot, "eve");
        }
        if own {
            draft = draft.commanded();
        }
        token.into_iter().fold(draft, Draft::of)
    }
}

fn document() -> impl Strategy<Value = Document> {
    prop_oneof![
        select(&DEPARTMENTS).prop_map(|slug| system_of("zendesk", slug)),
        select(&DEPARTMENTS).prop_map(open_department),
        select(&DEPARTMENTS).prop_map(|slug| asking_department(slug, ["site", "access"])),
        (select(&DEPARTMENTS), option::of(select(&DEPARTMENTS)))
            .prop_map(|(slug, successor)| closed_department(slug, successor)),
        (select(&PEOPLE), select(&STATUSES)).prop_map(|(name, status)| person_document(name, status)),
    ]
}

#[derive(Clone, Debug)]
pub(crate) enum Message {
    Event(Box<Draft>),
    Document(Box<Document>),
}

pub(crate) fn log() -> impl Strategy<Value = Vec<Message>> {
    vec(
        prop_oneof![6 => event().prop_map(|draft| Message::Event(Box::new(draft))), 1 => document().prop_map(|document| Message::Document(Box::new(document)))],
        1..30,
    )
}

prop_compose! {
    /// Of an event that may be there, by whoever.
    fn retraction()(
        (by, of) in (select(&DEPARTMENTS), select(&DEPARTMENTS)),
        (number, minute) in (0..20, 0..MINUTES),
        own in prop::bool::weighted(0.3),
    ) -> Draft {
        let draft = from(by, &format!("09:{minute:02}"), draft::retracted(of, &format!("e{number}")));
        if own { draft.commanded() } else { draft }
    }
}

prop_compose! {
    /// Of which only one counts.
    fn another_reference()(
        (slug, id) in (select(&DEPARTMENTS), select(vec!["1", "2"])),
        minute in 0..MINUTES,
        own in prop::bool::weighted(0.3),
    ) -> Draft {
        let draft = from(slug, &format!("09:{minute:02}"), deeds::known_as("jira", id));
        if own { draft.commanded() } else { draft }
    }
}

/// In which what becomes of an event may lie in later ones: some are struck out, and some say again what was said.
pub(crate) fn retracting_log() -> impl Strategy<Value = Vec<Message>> {
    let events = prop_oneof![6 => event(), 4 => retraction(), 1 => another_reference()]
        .prop_map(|draft| Message::Event(Box::new(draft)));
    vec(
        prop_oneof![6 => events, 1 => document().prop_map(|document| Message::Document(Box::new(document)))],
        1..30,
    )
}

/// The events and the directory of a log.
pub(crate) fn read(log: &[Message]) -> (Vec<Event>, Directory) {
    let mut events = Vec::new();
    let mut changes = Vec::new();
    for (message, sequence) in log.iter().cloned().zip(1..) {
        match message {
            Message::Event(draft) => events.push(draft.at(sequence)),
            Message::Document(document) => changes.push(set(sequence, *document)),
        }
    }
    (events, draft::directory(changes))
}

/// The documents first, then the events as they come.
pub(crate) fn directory_first(log: Vec<Message>) -> (Vec<DirectoryChange>, Vec<Draft>) {
    let mut changes = Vec::new();
    let mut drafts = Vec::new();
    for message in log {
        match message {
            Message::Document(document) => {
                let sequence = u64::try_from(changes.len()).unwrap() + 1;
                changes.push(set(sequence, *document));
            }
            Message::Event(mut draft) => {
                draft.0.identity.id = format!("e{}", drafts.len());
                drafts.push(*draft);
            }
        }
    }
    (changes, drafts)
}
