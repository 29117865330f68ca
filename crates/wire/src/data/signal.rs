//! `signal.observed` and `signal.dispositioned`: what somebody noticed, and what became of it. Timelines show them.

use serde::{Deserialize, Serialize};

use super::common::{Id, Text, Word};

/// Something was noticed that may matter.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct SignalObserved {
    /// -1 bad, 0 or 1 good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) polarity: Option<i64>,
    /// What about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) theme: Option<Word>,
    /// What was noticed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<Text>,
    /// Such as `high`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) urgency: Option<Word>,
}

/// Somebody decided what becomes of it.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct SignalDispositioned {
    /// The id of the event that observed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) signal: Option<Id>,
    /// issue_opened, planned, noted or rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) action: Option<Word>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
    /// When the observer was told, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) told_observer_at: Option<Word>,
}

super::note::noted!(SignalObserved, SignalDispositioned);
