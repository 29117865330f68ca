//! A ping and what came of it.

use domain::{ItemId, Ping, PingId, PingOutcome, PingReason, PingTerms, Position, Recipient};
use serde::{Deserialize, Serialize};

use super::super::{
    Malformed,
    clock::ClockNameParts,
    parts::{Time, department},
};

#[derive(Serialize, Deserialize)]
pub(super) struct PingParts<'a> {
    id: [u8; 16],
    department: &'a str,
    cycle: u32,
    #[serde(borrow)]
    to: RecipientParts<'a>,
    reason: ReasonParts,
    not_before: Option<Time>,
    requested_at: Time,
    position: u64,
    #[serde(borrow)]
    outcome: OutcomeParts<'a>,
}

impl<'a> From<&'a Ping> for PingParts<'a> {
    fn from(Ping { terms, requested_at, position, outcome }: &'a Ping) -> Self {
        let PingTerms { id, department, cycle, to, reason, not_before } = terms;
        Self {
            id: id.to_bytes(),
            department: department.as_str(),
            cycle: *cycle,
            to: to.into(),
            reason: reason.into(),
            not_before: not_before.map(Into::into),
            requested_at: (*requested_at).into(),
            position: position.sequence(),
            outcome: outcome.into(),
        }
    }
}

impl TryFrom<PingParts<'_>> for Ping {
    type Error = Malformed;

    fn try_from(parts: PingParts<'_>) -> Result<Self, Malformed> {
        let PingParts {
            id,
            department: slug,
            cycle,
            to,
            reason,
            not_before,
            requested_at,
            position,
            outcome,
        } = parts;
        let terms = PingTerms {
            id: PingId::from_bytes(id),
            department: department(slug)?,
            cycle,
            to: to.into(),
            reason: reason.try_into()?,
            not_before: not_before.map(TryInto::try_into).transpose()?,
        };
        let requested_at = requested_at.try_into()?;
        Ok(Self { terms, requested_at, position: Position::new(position), outcome: outcome.try_into()? })
    }
}

#[derive(Serialize, Deserialize)]
enum RecipientParts<'a> {
    Person(&'a str, &'a str),
    Channel(&'a str),
}

impl<'a> From<&'a Recipient> for RecipientParts<'a> {
    fn from(to: &'a Recipient) -> Self {
        match to {
            Recipient::Person { person, contact } => Self::Person(person, contact),
            Recipient::Channel(channel) => Self::Channel(channel),
        }
    }
}

impl From<RecipientParts<'_>> for Recipient {
    fn from(parts: RecipientParts<'_>) -> Self {
        match parts {
            RecipientParts::Person(person, contact) => {
                Self::Person { person: person.to_owned(), contact: contact.to_owned() }
            }
            RecipientParts::Channel(channel) => Self::Channel(channel.to_owned()),
        }
    }
}

#[derive(Serialize, Deserialize)]
enum ReasonParts {
    Step(u32, u32, u32),
    Fallback(u32),
    Warning(ClockNameParts),
    Notice(ClockNameParts),
    Instead([u8; 16]),
    Reminder([u8; 16]),
    Given([u8; 16]),
    HandOver(Time),
    Outage(Time),
    Digest,
    Lapsed(Time),
    Retracted([u8; 16]),
}

impl From<&PingReason> for ReasonParts {
    fn from(reason: &PingReason) -> Self {
        match reason {
            PingReason::Step { step, pass, rule } => Self::Step(*step, *pass, *rule),
            PingReason::Fallback { times } => Self::Fallback(*times),
            PingReason::Warning(clock) => Self::Warning(clock.into()),
            PingReason::Notice(clock) => Self::Notice(clock.into()),
            PingReason::Instead(ping) => Self::Instead(ping.to_bytes()),
            PingReason::Reminder(lease) => Self::Reminder(lease.to_bytes()),
            PingReason::Given(by) => Self::Given(by.to_bytes()),
            PingReason::HandOver(ended) => Self::HandOver((*ended).into()),
            PingReason::Outage(since) => Self::Outage((*since).into()),
            PingReason::Digest => Self::Digest,
            PingReason::Lapsed(asked) => Self::Lapsed((*asked).into()),
            PingReason::Retracted(ping) => Self::Retracted(ping.to_bytes()),
        }
    }
}

impl TryFrom<ReasonParts> for PingReason {
    type Error = Malformed;

    fn try_from(parts: ReasonParts) -> Result<Self, Malformed> {
        Ok(match parts {
            ReasonParts::Step(step, pass, rule) => Self::Step { step, pass, rule },
            ReasonParts::Fallback(times) => Self::Fallback { times },
            ReasonParts::Warning(clock) => Self::Warning(clock.try_into()?),
            ReasonParts::Notice(clock) => Self::Notice(clock.try_into()?),
            ReasonParts::Instead(ping) => Self::Instead(PingId::from_bytes(ping)),
            ReasonParts::Reminder(lease) => Self::Reminder(ItemId::from_bytes(lease)),
            ReasonParts::Given(by) => Self::Given(ItemId::from_bytes(by)),
            ReasonParts::HandOver(ended) => Self::HandOver(ended.try_into()?),
            ReasonParts::Outage(since) => Self::Outage(since.try_into()?),
            ReasonParts::Digest => Self::Digest,
            ReasonParts::Lapsed(asked) => Self::Lapsed(asked.try_into()?),
            ReasonParts::Retracted(ping) => Self::Retracted(PingId::from_bytes(ping)),
        })
    }
}

#[derive(Serialize, Deserialize)]
enum OutcomeParts<'a> {
    Pending,
    Attempted(u32, &'a str, Time, u64),
    Retrying(u32, Time),
    Delivered(Time),
    Failed(Time, bool),
    Withdrawn(Time),
    Throttled(Time),
}

impl<'a> From<&'a PingOutcome> for OutcomeParts<'a> {
    fn from(outcome: &'a PingOutcome) -> Self {
        match outcome {
            PingOutcome::Pending => Self::Pending,
            PingOutcome::Throttled { until } => Self::Throttled((*until).into()),
            PingOutcome::Attempted { attempt, by, at, position } => {
                Self::Attempted(*attempt, by, (*at).into(), position.sequence())
            }
            PingOutcome::Retrying { attempt, not_before } => Self::Retrying(*attempt, (*not_before).into()),
            PingOutcome::Delivered { at } => Self::Delivered((*at).into()),
            PingOutcome::Failed { at, handled } => Self::Failed((*at).into(), *handled),
            PingOutcome::Withdrawn { at } => Self::Withdrawn((*at).into()),
        }
    }
}

impl TryFrom<OutcomeParts<'_>> for PingOutcome {
    type Error = Malformed;

    fn try_from(parts: OutcomeParts<'_>) -> Result<Self, Malformed> {
        Ok(match parts {
            OutcomeParts::Pending => Self::Pending,
            OutcomeParts::Throttled(until) => Self::Throttled { until: until.try_into()? },
            OutcomeParts::Attempted(attempt, by, at, position) => {
                let (by, at, position) = (by.to_owned(), at.try_into()?, Position::new(position));
                Self::Attempted { attempt, by, at, position }
            }
            OutcomeParts::Retrying(attempt, not_before) => {
                Self::Retrying { attempt, not_before: not_before.try_into()? }
            }
            OutcomeParts::Delivered(at) => Self::Delivered { at: at.try_into()? },
            OutcomeParts::Failed(at, handled) => Self::Failed { at: at.try_into()?, handled },
            OutcomeParts::Withdrawn(at) => Self::Withdrawn { at: at.try_into()? },
        })
    }
}
