//! `davy pings`: who is pinged for what, answers to pings, and why a ping was or was not sent.

mod answer;
mod explain;
mod list;
pub(crate) mod standing;
mod which;

use clap::Subcommand;
use jiff::Timestamp;
use proto::v1::{Ping, PingCause, PingRecipient, PingState};

use crate::{cli::examples, session::Session, time};

pub(crate) use answer::{AckArgs, EscalateArgs, ResendArgs, SnoozeArgs};
pub(crate) use explain::ExplainArgs;
pub(crate) use list::ListArgs;
pub(crate) use which::open_of_department;

#[derive(Debug, Subcommand)]
pub(crate) enum PingsCommand {
    /// Pings of issues that somebody is still pinged for, newest first; with --issue all that are kept of it
    #[command(after_help = examples("  davy pings list --open\n  davy pings list --department support --person mia\n  davy pings list --issue zendesk:55 -o json"))]
    List(ListArgs),
    /// Answer pings: you have seen it, and nobody is pinged again while you look at it. The customer is told nothing
    #[command(after_help = examples("  davy pings ack zendesk:55\n  davy pings ack 03ef809f zendesk:56\n  davy pings ack zendesk:55 --as support/zendesk:mia"))]
    Ack(AckArgs),
    /// Say why a ping was sent, or why nobody is pinged for an issue
    #[command(after_help = examples("  davy pings explain zendesk:55\n  davy pings explain 03ef809f -o json"))]
    Explain(ExplainArgs),
    /// Ask again for what a ping asked: the next step of its run, at once
    #[command(after_help = answer::resend_help())]
    Resend(ResendArgs),
    /// Do not wait for the next step: ping whoever comes next, also where somebody answered
    #[command(after_help = examples("  davy pings escalate zendesk:55\n  davy pings escalate zendesk:55 --department engineering --cycle 2 --step 0"))]
    Escalate(EscalateArgs),
    /// Silence for an issue until an instant
    #[command(after_help = examples("  davy pings snooze zendesk:55 --for 2h --reason \"the technician is on the way\"\n  davy pings snooze zendesk:55 --until 09:00"))]
    Snooze(SnoozeArgs),
}

/// `davy pings`
pub(crate) async fn run(command: PingsCommand, session: &mut Session) -> anyhow::Result<()> {
    match command {
        PingsCommand::List(args) => list::run(args, session).await,
        PingsCommand::Ack(args) => answer::acknowledge(args, session).await,
        PingsCommand::Explain(args) => explain::run(args, session).await,
        PingsCommand::Resend(args) => answer::resend(args, session).await,
        PingsCommand::Escalate(args) => answer::escalate(args, session).await,
        PingsCommand::Snooze(args) => answer::snooze(args, session).await,
    }
}

/// Letters of a ping's id in tables; so many are enough to name one.
const SHORT: usize = 8;

/// Enough of an id to name it.
fn short(id: &str) -> String {
    id.chars().take(SHORT).collect()
}

/// Whom a ping goes to: `mia (mail)`, or `channel:room`.
fn whom(to: Option<&PingRecipient>) -> String {
    let Some(PingRecipient { person, contact, channel }) = to else { return "?".to_owned() };
    match (channel.is_empty(), contact.is_empty()) {
        (false, _) => format!("channel:{channel}"),
        (true, true) => person.clone(),
        (true, false) => format!("{person} ({contact})"),
    }
}

/// Why there is a ping: `step 1`, `step 1, again`, `fallback`, `warning: ack`.
fn cause(ping: &Ping) -> String {
    let clock = if ping.clock.is_empty() { String::new() } else { format!(": {}", ping.clock) };
    match PingCause::try_from(ping.cause).unwrap_or_default() {
        PingCause::Unspecified => "?".to_owned(),
        PingCause::Step if ping.pass > 0 => format!("step {}, again", ping.step.saturating_add(1)),
        PingCause::Step => format!("step {}", ping.step.saturating_add(1)),
        PingCause::Fallback => "fallback".to_owned(),
        PingCause::Warning => format!("warning{clock}"),
        PingCause::Notice => format!("notice{clock}"),
        PingCause::Reminder => "reminder".to_owned(),
        PingCause::Given => "given".to_owned(),
        PingCause::HandOver => "hand-over".to_owned(),
        PingCause::Outage => "outage".to_owned(),
        PingCause::Digest => "digest".to_owned(),
        PingCause::Instead => format!("instead of {}", short(&ping.instead_of)),
    }
}

/// How far a ping is.
fn state(ping: &Ping, now: Timestamp) -> String {
    let held = ping.not_before.as_ref().and_then(time::from_proto).is_some_and(|until| until > now);
    match PingState::try_from(ping.state).unwrap_or_default() {
        PingState::Unspecified => "?".to_owned(),
        PingState::Pending if held => format!("held for {}", ahead(ping.not_before.as_ref(), now)),
        PingState::Pending => "pending".to_owned(),
        PingState::Throttled => "throttled".to_owned(),
        PingState::Attempted => "being sent".to_owned(),
        PingState::Retrying => format!("failed {} times, tried again", ping.attempts),
        PingState::Delivered => "delivered".to_owned(),
        PingState::Failed => "FAILED".to_owned(),
        PingState::Withdrawn => "withdrawn".to_owned(),
    }
}

/// How long after `now`, in its largest unit: `45s`, `12m`, `3h`, `9d`. What is past is `0s`.
pub(crate) fn ahead(instant: Option<&prost_types::Timestamp>, now: Timestamp) -> String {
    let Some(instant) = instant.and_then(time::from_proto) else { return "-".to_owned() };
    time::age(Some(&time::to_proto(now)), instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pings_are_told_in_words() {
        let now = Timestamp::new(1_772_445_600, 0).unwrap();
        let at = |seconds: i64| Some(prost_types::Timestamp { seconds: 1_772_445_600 + seconds, nanos: 0 });
        let step = Ping { cause: PingCause::Step.into(), pass: 1, ..Ping::default() };
        let warning = Ping { cause: PingCause::Warning.into(), clock: "ack".into(), ..Ping::default() };
        assert_eq!([cause(&step), cause(&warning)], ["step 1, again", "warning: ack"]);
        let pending = Ping { state: PingState::Pending.into(), ..Ping::default() };
        let held = Ping { not_before: at(7_300), ..pending.clone() };
        let late = Ping { not_before: at(-5), ..pending.clone() };
        assert_eq!(
            [state(&pending, now), state(&held, now), state(&late, now)],
            ["pending", "held for 2h", "pending"]
        );
        let to = PingRecipient { person: "mia".into(), contact: "mail".into(), channel: String::new() };
        let room = PingRecipient { channel: "room".into(), ..PingRecipient::default() };
        assert_eq!([whom(Some(&to)), whom(Some(&room)), whom(None)], ["mia (mail)", "channel:room", "?"]);
        assert_eq!([ahead(at(90).as_ref(), now), ahead(at(-90).as_ref(), now)], ["1m", "0s"]);
    }
}
