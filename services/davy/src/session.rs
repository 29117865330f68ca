//! What every subcommand that asks Davy something works with.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use client::{Api, ApiOptions, OnWait};
use jiff::{Timestamp, tz::TimeZone};
use proto::v1::Operator;

use crate::{
    cli::Global,
    connection,
    exit::Failure,
    operator::Speaker,
    output::{self, Out},
};

/// The API, the terminal, and the instant at which the run began.
pub(crate) struct Session {
    pub(crate) api: Api,
    pub(crate) out: Out,
    /// How long to wait for Davy or NATS.
    pub(crate) timeout: Duration,
    pub(crate) now: Timestamp,
    /// What goes on from `now`, for what goes on.
    pub(crate) clock: fn() -> Timestamp,
    pub(crate) zone: TimeZone,
    speaker: Option<Speaker>,
}

impl Session {
    pub(crate) fn new(global: Global, clock: fn() -> Timestamp) -> anyhow::Result<Self> {
        let now = clock();
        let zone = TimeZone::system();
        let options = ApiOptions {
            deadline: global.timeout,
            on_wait: tell_once(),
            acting_as: global.speaker.as_ref().map(|speaker| speaker.text.clone()),
            ..connection::options(&global)?
        };
        let api = Api::connect(options).map_err(|error| Failure::usage(error.to_string()))?;
        let out = Out::new(global.output, global.no_color, now, zone.clone());
        Ok(Self { api, out, timeout: global.timeout, now, clock, zone, speaker: global.speaker })
    }

    /// In whose name something is done, if anybody said; otherwise Davy knows who calls.
    pub(crate) fn by(&self) -> Option<Operator> {
        self.speaker.as_ref().map(|speaker| speaker.by.clone())
    }
}

/// Says once per run why it waits.
fn tell_once() -> OnWait {
    let said = Arc::new(AtomicBool::new(false));
    OnWait::new(move |error| {
        if !said.swap(true, Ordering::Relaxed) {
            output::say(&format!("waiting: {error}"));
        }
    })
}
