//! `davy owner`: one plain sentence.

use anyhow::Context as _;
use client::{issue_name, json};
use proto::v1::{Owner, OwnerKind, WhoOwnsRequest, WhoOwnsResponse};

use crate::{
    cli::{Format, OwnerArgs},
    exit::Failure,
    output::Out,
    session::Session,
    words,
};

pub(crate) async fn run(args: OwnerArgs, session: &mut Session) -> anyhow::Result<()> {
    let name = issue_name(&args.issue).map_err(|error| Failure::usage(error.to_string()))?;
    let read = args.read.options(session).await?;
    let request = WhoOwnsRequest { issue: Some(name), read: Some(read) };
    let found =
        session.api.who_owns(request).await.with_context(|| format!("find the owner of {}", args.issue))?;
    let out = &mut session.out;
    match out.format {
        Format::Table => {
            let sentence = sentence(&args.issue, &found, out);
            out.line(&crate::output::clean(&sentence))?;
        }
        Format::Json | Format::Ndjson => out.line(&json::to_string(&found)?)?,
    }
    Ok(out.state(found.read_state.as_ref(), "")?)
}

/// Who, since when and by which event; offered to whom; acknowledged or not.
fn sentence(issue: &str, found: &WhoOwnsResponse, out: &Out) -> String {
    let owner = found.owner.clone().unwrap_or_default();
    let mut text = format!(
        "{} owns {issue} ({}) since {}, by event {}",
        who(&owner),
        words::lifecycle(found.lifecycle),
        out.time(owner.since.as_ref()),
        owner.by_event
    );
    if let Some(was) = &owner.was {
        let place = words::place(&was.department, &was.team, was.person.as_ref());
        text.push_str(&format!(", in place of {place}, who is gone"));
    }
    if owner.closed {
        text.push_str(", though that department is closed and names no successor");
    }
    if let Some(offer) = &found.offered_to {
        let place = words::place(&offer.department, &offer.team, offer.person.as_ref());
        text.push_str(&format!("; it is offered to {place} since {}", out.time(offer.since.as_ref())));
    }
    match &found.acknowledged {
        None => text.push_str("; the customer has not been told who owns it"),
        Some(acknowledged) => {
            let by = acknowledged.by.as_ref().map_or("somebody", words::person);
            text.push_str(&format!(
                "; the customer was told by {by} at {}",
                out.time(acknowledged.at.as_ref())
            ));
            if !acknowledged.channel.is_empty() {
                text.push_str(&format!(" ({})", acknowledged.channel));
            }
        }
    }
    text.push('.');
    text
}

fn who(owner: &Owner) -> String {
    let place = words::place(&owner.department, &owner.team, owner.person.as_ref());
    match OwnerKind::try_from(owner.kind).unwrap_or_default() {
        OwnerKind::Desk => format!("The desk of {place} (nobody is named yet)"),
        OwnerKind::Provisional => format!("{place} (provisional: named, not accepted yet)"),
        OwnerKind::Accepted => format!("{place} (accepted)"),
        OwnerKind::Unspecified => place,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use proto::v1::{Acknowledgement, Lifecycle, Offer, Person};

    use super::*;

    fn at(minute: i64) -> Option<prost_types::Timestamp> {
        Some(prost_types::Timestamp { seconds: 1_772_445_600 + minute * 60, nanos: 0 })
    }

    #[test]
    fn everything_that_is_known_stands_in_one_sentence() {
        let out = Out::to(std::io::sink(), Format::Table, None);
        let bo = Person { system: "jira".into(), id: "bo".into(), name: String::new() };
        let owner = Owner {
            department: "engineering".into(),
            team: "Firmware".into(),
            person: Some(bo.clone()),
            kind: OwnerKind::Accepted.into(),
            since: at(7),
            by_event: "/jira/j-10".into(),
            ..Owner::default()
        };
        let mut found = WhoOwnsResponse {
            owner: Some(owner),
            lifecycle: Lifecycle::Open.into(),
            ..WhoOwnsResponse::default()
        };
        expect!["engineering/Firmware/bo (accepted) owns zendesk:55 (open) since 2026-03-02 10:07:00+00:00, by event /jira/j-10; the customer has not been told who owns it."]
            .assert_eq(&sentence("zendesk:55", &found, &out));
        found.owner = Some(Owner {
            department: "support".into(),
            kind: OwnerKind::Desk.into(),
            since: at(0),
            by_event: "/zendesk/z-1".into(),
            ..Owner::default()
        });
        found.offered_to = Some(Offer { department: "billing".into(), since: at(5), ..Offer::default() });
        found.acknowledged = Some(Acknowledgement { at: at(6), by: Some(bo), channel: "mail".into() });
        expect!["The desk of support (nobody is named yet) owns zendesk:55 (open) since 2026-03-02 10:00:00+00:00, by event /zendesk/z-1; it is offered to billing since 2026-03-02 10:05:00+00:00; the customer was told by bo at 2026-03-02 10:06:00+00:00 (mail)."]
            .assert_eq(&sentence("zendesk:55", &found, &out));
    }
}
