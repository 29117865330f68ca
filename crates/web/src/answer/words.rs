//! What a ping is about, in words. Everything that the API left out is left out here, or said to be unknown.

use prost_reflect::prost_types::Timestamp;
use proto::v1::{AcknowledgePingResponse, CustomerRef, Issue, Owner, Reference, Run, RunPhase, Severity};

/// What the issue is called.
pub(super) fn title(answer: &AcknowledgePingResponse) -> &str {
    let title = issue(answer).map(|issue| issue.title.trim()).filter(|title| !title.is_empty());
    title.unwrap_or("(no title)")
}

/// What is known of it: names and values, in the order in which they matter. `now`: in seconds of Unix time.
pub(super) fn facts(answer: &AcknowledgePingResponse, now: i64) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(issue) = issue(answer) {
        facts.push(("Customer", customer(issue)));
        facts.push(("Severity", severity(issue.severity())));
        let since = issue.reported_at.as_ref().or(issue.first_seen_at.as_ref());
        facts.extend(since.map(|since| ("Waiting", waiting(since, now))));
    }
    if let Some(run) = answer.run.as_ref().filter(|run| run.phase() != RunPhase::Ended) {
        facts.push(("Overdue", overdue(&run.clocks)));
        facts.extend(run.started_at.as_ref().map(|since| ("Pinged since", instant(since))));
    }
    facts.extend(issue(answer).and_then(|issue| issue.owner.as_ref()).map(|it| ("Owner", owner(it))));
    facts
}

/// What comes if nobody presses the button.
pub(super) fn otherwise(answer: &AcknowledgePingResponse) -> String {
    let Some(run) = &answer.run else {
        return "Whoever is on call is pinged once something is overdue.".to_owned();
    };
    let Run { department, policy, next_at, .. } = run;
    match (run.phase(), next_at) {
        (RunPhase::Ended, _) => "Nothing: nothing is overdue any more.".to_owned(),
        (RunPhase::Exhausted, Some(at)) => {
            format!("Every step has fired; the fallback is pinged again at {}.", instant(at))
        }
        (RunPhase::Digest, Some(at)) => format!("It is told of again, by day, at {}.", instant(at)),
        (_, Some(at)) => format!("The next step fires at {}.", instant(at)),
        (_, None) => format!(
            "The next step of the policy {policy} fires, and at last the fallback is pinged, until somebody answers for \
             {department}."
        ),
    }
}

fn issue(answer: &AcknowledgePingResponse) -> Option<&Issue> {
    answer.result.as_ref()?.issue.as_ref()
}

fn customer(issue: &Issue) -> String {
    let shown = issue.customer.as_ref().map(|CustomerRef { display_name, .. }| display_name.clone());
    let reported =
        || issue.customer_as_reported.as_ref().map(|Reference { system, id }| format!("{system}:{id}"));
    shown.filter(|name| !name.is_empty()).or_else(reported).unwrap_or_else(|| "not known".to_owned())
}

fn severity(severity: Severity) -> String {
    match severity {
        Severity::Unspecified => "not assessed",
        Severity::Severity1 => "1, the worst",
        Severity::Severity2 => "2",
        Severity::Severity3 => "3",
        Severity::Severity4 => "4, the mildest",
    }
    .to_owned()
}

fn owner(Owner { department, team, person, .. }: &Owner) -> String {
    let person = person.as_ref().map(|person| if person.name.is_empty() { &person.id } else { &person.name });
    let parts = [person.map_or("", String::as_str), team, department];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Clocks by what is not done. One that has no words here stands there as the API has it.
fn overdue(clocks: &[String]) -> String {
    let told: Vec<_> = clocks.iter().map(|clock| undone(clock).unwrap_or(clock)).collect();
    if told.is_empty() { "nothing yet".to_owned() } else { told.join("; ") }
}

fn undone(clock: &str) -> Option<&'static str> {
    Some(match clock {
        "own" => "nobody took it",
        "ack" => "nobody told the customer who owns it",
        "update" => "the customer was not told how it stands",
        "resolve" => "it is not resolved",
        "handoff_accept" => "the hand-off is not answered",
        "assist_answer" => "the assist is not answered",
        "promise" => "a promise to the customer is not kept",
        "deferral" => "its deferral is over",
        "orphan" => "its owner is gone, and nobody took it",
        _ => return None,
    })
}

/// With a capital and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.trim().chars();
    let Some(first) = chars.next() else { return "Noted.".to_owned() };
    let rest = chars.as_str();
    let stop = if rest.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{rest}{stop}", first.to_uppercase())
}

/// For how long, and since when.
fn waiting(since: &Timestamp, now: i64) -> String {
    let minutes = now.saturating_sub(since.seconds).max(0) / 60;
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    let long = match (days, hours) {
        (0, 0) => format!("{minutes} min"),
        (0, hours) => format!("{hours} h {minutes} min"),
        (days, hours) => format!("{days} d {hours} h"),
    };
    format!("for {long}, since {}", instant(since))
}

/// To the minute, in UTC: nothing here knows where the reader is.
fn instant(at: &Timestamp) -> String {
    let text = Timestamp { seconds: at.seconds, nanos: 0 }.to_string();
    match text.split_once('T') {
        Some((day, time)) => format!("{day} {} UTC", time.get(..5).unwrap_or(time)),
        None => text,
    }
}
