//! A batch as columns: its events as they are, and what they make of the issues they name, each issue once.

use std::{collections::HashMap, time::SystemTime};

use anyhow::Context as _;
use async_nats::jetstream::Message;

use super::event::Event;

/// Events of a transaction.
pub(crate) const SIZE: usize = 1_000;

/// Rows of `events`, by column.
#[derive(Debug, Default)]
pub(crate) struct Events {
    pub(crate) position: Vec<i64>,
    pub(crate) source: Vec<String>,
    pub(crate) id: Vec<String>,
    pub(crate) subject: Vec<String>,
    pub(crate) issue: Vec<String>,
    pub(crate) time: Vec<SystemTime>,
    pub(crate) body: Vec<String>,
}

/// Changes of a row of `issues`; a version says how late what it stands beside is, and 0 that nothing is known.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) customer: String,
    pub(crate) title: Option<String>,
    pub(crate) reported_at: Option<SystemTime>,
    pub(crate) acknowledged_at: Option<SystemTime>,
    pub(crate) severity: Versioned<Option<i16>>,
    pub(crate) owner: Versioned<Owner>,
    /// Whether it is open.
    pub(crate) open: Versioned<bool>,
}

#[derive(Clone, Debug)]
pub(crate) struct Versioned<T> {
    pub(crate) value: T,
    pub(crate) version: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Owner {
    pub(crate) department: String,
    pub(crate) team: Option<String>,
    pub(crate) person: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) events: Events,
    pub(crate) changes: HashMap<String, Change>,
}

impl<T> Versioned<T> {
    const fn unknown(value: T) -> Self {
        Self { value, version: 0 }
    }

    fn set(&mut self, value: T, version: i64) {
        if version > self.version {
            *self = Self { value, version };
        }
    }
}

impl Batch {
    pub(crate) fn len(&self) -> usize {
        self.events.id.len()
    }

    /// Reads a message and adds it.
    pub(crate) fn add(&mut self, message: &Message) -> anyhow::Result<()> {
        let event: Event<'_> = serde_json::from_slice(&message.payload)?;
        let department = message.subject.split('.').nth(2).context("a department")?;
        let sequence = message.info().map_err(|error| anyhow::anyhow!("{error}"))?.stream_sequence;
        self.change(&event, department)?;
        let events = &mut self.events;
        events.position.push(i64::try_from(sequence)?);
        events.source.push(event.source.to_owned());
        events.id.push(event.id.to_owned());
        events.subject.push(message.subject.to_string());
        events.issue.push(event.data.issue.id.to_owned());
        events.time.push(event.time()?);
        events.body.push(std::str::from_utf8(&message.payload)?.to_owned());
        Ok(())
    }

    fn change(&mut self, event: &Event<'_>, department: &str) -> anyhow::Result<()> {
        let (time, version, data) = (event.time()?, event.version()?, &event.data);
        let change = self.changes.entry(data.issue.id.to_owned()).or_insert_with(|| Change {
            customer: data.customer.id.to_owned(),
            title: None,
            reported_at: None,
            acknowledged_at: None,
            severity: Versioned::unknown(None),
            owner: Versioned::unknown(Owner { department: department.to_owned(), team: None, person: None }),
            open: Versioned::unknown(true),
        });
        let owner = Owner {
            department: data.department.unwrap_or(department).to_owned(),
            team: data.team.map(str::to_owned),
            person: data.person.as_ref().map(|person| person.id.to_owned()),
        };
        match event.kind {
            "issue.reported" => {
                change.title = data.title.map(str::to_owned);
                change.reported_at = Some(time);
                change.severity.set(event.severity(), version);
                change.owner.set(owner, version);
            }
            "owner.assigned" => change.owner.set(owner, version),
            "issue.acknowledged" => {
                change.acknowledged_at = Some(change.acknowledged_at.map_or(time, |at| at.min(time)));
            }
            "issue.severity_changed" => change.severity.set(event.severity(), version),
            "issue.resolved" | "issue.closed" => change.open.set(false, version),
            _ => {}
        }
        Ok(())
    }
}
