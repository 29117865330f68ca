//! What the tables need of a message.

use std::time::SystemTime;

use jiff::Timestamp;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct Event<'a> {
    pub(crate) id: &'a str,
    pub(crate) source: &'a str,
    #[serde(rename = "type")]
    pub(crate) kind: &'a str,
    time: &'a str,
    sequence: &'a str,
    #[serde(borrow)]
    pub(crate) data: Data<'a>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Data<'a> {
    #[serde(borrow)]
    pub(crate) issue: Id<'a>,
    pub(crate) customer: Id<'a>,
    pub(crate) title: Option<&'a str>,
    severity: Option<&'a str>,
    /// Of `issue.severity_changed`.
    to: Option<&'a str>,
    pub(crate) department: Option<&'a str>,
    pub(crate) team: Option<&'a str>,
    pub(crate) person: Option<Id<'a>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Id<'a> {
    pub(crate) id: &'a str,
}

impl Event<'_> {
    pub(crate) fn time(&self) -> anyhow::Result<SystemTime> {
        Ok(self.time.parse::<Timestamp>()?.into())
    }

    /// Grows with the time and, within an instant, with the tool's own order: the later one holds.
    pub(crate) fn version(&self) -> anyhow::Result<i64> {
        Ok(self.time.parse::<Timestamp>()?.as_microsecond() + self.sequence.parse::<i64>()?)
    }

    pub(crate) fn severity(&self) -> Option<i16> {
        self.data.severity.or(self.data.to)?.parse().ok()
    }
}
