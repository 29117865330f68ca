//! Nothing that the fold knows of an issue's work is left out of what is shown.

use std::collections::BTreeMap;

use domain::{
    Arrived, DeferralTerms, Department, Event, Identity, IssueId, ItemId, PromiseTerms, Reference,
    WorkaroundTerms,
};

use super::*;
use crate::{Message, decode};

const AT: &str = "2026-03-02T10:00:00.5Z";

fn at() -> Timestamp {
    AT.parse().unwrap()
}

fn identity() -> Identity {
    Identity { source: "/zendesk".to_owned(), id: "z-1".to_owned() }
}

fn since() -> Since {
    Since { at: at(), by: identity() }
}

fn somebody() -> domain::Person {
    let account = Reference { system: "zendesk".to_owned(), id: "mia".to_owned() };
    domain::Person { account, name: Some("Mia".to_owned()) }
}

fn sales() -> Department {
    "sales".parse().unwrap()
}

fn reported() -> Event {
    let subject = "davy.events.support.crm:4711.issue.reported";
    let message = Message {
        position: "0-1".parse().unwrap(),
        stored_at: at(),
        subject,
        headers: &[],
        body: br#"{"text":"Pump resets","issue":{"system":"zendesk","id":"55"}}"#,
    };
    let Arrived::Event(event) = decode(&message).content else { panic!("the report is an event") };
    *event
}

/// With something of every sort, in each state that shows more.
fn busy() -> Issue {
    let id = IssueId::of(&Reference { system: "zendesk".to_owned(), id: "55".to_owned() });
    let item = ItemId::of(id, &identity());
    let mut issue = Issue::named_by(id, &reported());
    issue.assessed = Severity::Four;
    issue.floors = Floors { safety: true, withheld: vec!["R-1".to_owned()], chasers: 3 };
    issue.waiting = Waiting { customer: Some(since()), external: Some(since()) };
    issue.links = vec![Link { kind: LinkKind::Related, other: id }];
    issue.custody.bounces = 1;
    issue.custody.offer = Some(Offer {
        id: item,
        department: sales(),
        team: Some("L2".to_owned()),
        person: Some(somebody()),
        missing: vec!["asset".to_owned()],
        since: since(),
    });
    let assist = |state| Assist {
        id: item,
        terms: domain::AssistTerms {
            department: sales(),
            person: None,
            question: "Which firmware?".to_owned(),
            due: Some(at()),
            blocking: true,
        },
        from: sales(),
        state,
        since: since(),
    };
    let deferral = |state| Deferral {
        id: item,
        terms: DeferralTerms { until: at(), reason: "spring release".to_owned(), told_at: Some(at()) },
        from: sales(),
        by: Some(somebody()),
        state,
        since: since(),
    };
    issue.work = Work {
        assists: vec![
            assist(AssistState::Accepted { by: somebody() }),
            assist(AssistState::Answered { at: at(), unrequested: true }),
        ],
        deferrals: vec![
            deferral(DeferralState::Approved { by: Some(somebody()), at: at() }),
            deferral(DeferralState::Ended { cause: EndCause::Broken, at: at() }),
        ],
        promises: vec![Promise {
            id: item,
            terms: PromiseTerms {
                what: "Call back".to_owned(),
                to: Some("Mr Chen".to_owned()),
                by: Some(somebody()),
                due: at(),
                origin: PromiseOrigin::Sale,
            },
            renegotiated: 1,
            state: PromiseState::Kept { at: at() },
            since: since(),
        }],
        workarounds: vec![Workaround {
            id: item,
            terms: WorkaroundTerms { description: "Restart".to_owned(), done_at: Some(at()) },
            from: sales(),
            verdict: Some(Verdict::Safe),
            since: since(),
        }],
    };
    issue
}

/// Whether each field of each message in a printed one says something anywhere.
fn said(printed: &str) -> BTreeMap<String, bool> {
    const NOTHING: [&str; 6] = ["0,", "\"\",", "None,", "[],", "false,", "Unspecified,"];
    let (mut messages, mut said): (Vec<(usize, &str)>, _) = (Vec::new(), BTreeMap::new());
    for line in printed.lines() {
        let text = line.trim_start();
        let depth = line.len() - text.len();
        messages.retain(|(outer, _)| *outer < depth);
        if let (Some((field, value)), Some((_, message))) = (text.split_once(": "), messages.last()) {
            *said.entry(format!("{message}.{field}")).or_default() |= !NOTHING.contains(&value);
        }
        if let Some(opened) = text.strip_suffix(" {") {
            messages.push((depth, opened.rsplit(' ').next().unwrap_or(opened)));
        }
    }
    said
}

#[test]
fn every_field_of_every_sort_of_work_is_filled() {
    let said = said(&format!("{:#?}", work(&busy())));
    let empty: Vec<_> = said.iter().filter(|(_, filled)| !**filled).map(|(field, _)| field).collect();
    assert_eq!(empty, [""; 0]);
    // Were the form of what is printed another one, nothing would be found empty.
    for field in ["IssueWork.chasers", "Assist.ended_at", "Deferral.approved_by", "Workaround.verdict"] {
        assert_eq!(said.get(field), Some(&true), "{field}: {said:?}");
    }
}
