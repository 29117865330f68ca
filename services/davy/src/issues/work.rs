//! What goes on within an issue beside its owner, one line each.

use std::io;

use proto::v1::{
    Assist, Deferral, IssueWork, LinkKind, Promise, Workaround, WorkaroundVerdict, assist, deferral, promise,
};

use crate::{output::Out, words};

/// Prints it below the issue's fields; nothing where there is nothing.
pub(super) fn show(work: &IssueWork, out: &mut Out) -> io::Result<()> {
    let mut lines = Vec::new();
    if let Some(offer) = &work.hand_off
        && !offer.missing.is_empty()
    {
        lines.push(("hand-off", format!("incomplete: {}", offer.missing.join(", "))));
    }
    if work.bounces > 0 {
        lines.push(("hand-off", format!("declined {} times", work.bounces)));
    }
    lines.extend(work.assists.iter().map(|assist| ("assist", of_assist(assist, out))));
    lines.extend(work.deferrals.iter().map(|deferral| ("deferral", of_deferral(deferral, out))));
    lines.extend(work.promises.iter().map(|promise| ("promise", of_promise(promise, out))));
    lines.extend(work.workarounds.iter().map(|workaround| ("workaround", of_workaround(workaround))));
    if !work.severity_floors.is_empty() {
        let assessed = words::severity(work.assessed_severity);
        lines.push((
            "severity",
            format!("assessed {assessed}, raised by {}", work.severity_floors.join(", ")),
        ));
    }
    lines.extend(
        work.links.iter().map(|link| ("link", format!("{} {}", link_word(link.kind), link.issue_id))),
    );
    if lines.is_empty() {
        return Ok(());
    }
    out.line("")?;
    out.fields(&lines)
}

fn of_assist(assist: &Assist, out: &Out) -> String {
    let state = match assist::State::try_from(assist.state).unwrap_or_default() {
        assist::State::Unspecified => "?",
        assist::State::Requested => "asked of",
        assist::State::Accepted => "taken by",
        assist::State::Answered if assist.unrequested => "helped by",
        assist::State::Answered => "answered by",
        assist::State::Declined => "declined by",
        assist::State::Cancelled => "no longer asked of",
    };
    let whom = words::place(&assist.department, "", assist.person.as_ref());
    let due = assist.due.as_ref().map(|due| format!(", due {}", out.time(Some(due)))).unwrap_or_default();
    let blocking = if assist.blocking { ", blocking" } else { "" };
    format!("{state} {whom}{due}{blocking}: {} [{}]", assist.question, assist.id)
}

fn of_deferral(deferral: &Deferral, out: &Out) -> String {
    let until = out.time(deferral.until.as_ref());
    let state = match deferral::State::try_from(deferral.state).unwrap_or_default() {
        deferral::State::Unspecified => "?".to_owned(),
        deferral::State::Requested => format!("asked for until {until}"),
        deferral::State::Approved => format!("until {until}"),
        deferral::State::Denied => format!("denied (until {until})"),
        deferral::State::Ended => format!("ended: {} (until {until})", end_cause(deferral.end_cause)),
    };
    let told = if deferral.told_at.is_some() { "" } else { ", customer not told" };
    format!("{state}{told}: {} [{}]", deferral.reason, deferral.id)
}

fn end_cause(number: i32) -> &'static str {
    match deferral::EndCause::try_from(number).unwrap_or_default() {
        deferral::EndCause::Unspecified => "?",
        deferral::EndCause::Expired => "expired",
        deferral::EndCause::Broken => "broken",
        deferral::EndCause::Cancelled => "cancelled",
        deferral::EndCause::Settled => "settled",
    }
}

fn of_promise(promise: &Promise, out: &Out) -> String {
    let state = match promise::State::try_from(promise.state).unwrap_or_default() {
        promise::State::Unspecified => "?",
        promise::State::Open => "due",
        promise::State::Kept => "kept, was due",
        promise::State::KeptLate => "kept late, was due",
        promise::State::Broken => "BROKEN, was due",
    };
    let by = promise.by.as_ref().map(|by| format!(" by {}", words::person(by))).unwrap_or_default();
    format!("{state} {}{by}: {} [{}]", out.time(promise.due.as_ref()), promise.what, promise.id)
}

fn of_workaround(workaround: &Workaround) -> String {
    let verdict = match WorkaroundVerdict::try_from(workaround.verdict).unwrap_or_default() {
        WorkaroundVerdict::Unspecified => "not reviewed",
        WorkaroundVerdict::Safe => "safe",
        WorkaroundVerdict::NeedsFix => "needs a fix",
        WorkaroundVerdict::Unsafe => "UNSAFE",
    };
    format!("{verdict}, by {}: {} [{}]", workaround.from_department, workaround.description, workaround.id)
}

fn link_word(number: i32) -> &'static str {
    match LinkKind::try_from(number).unwrap_or_default() {
        LinkKind::Unspecified => "?",
        LinkKind::DuplicateOf => "duplicate of",
        LinkKind::RecurrenceOf => "recurrence of",
        LinkKind::Related => "related to",
        LinkKind::Distinct => "distinct from",
        LinkKind::BlockedBy => "blocked by",
    }
}
