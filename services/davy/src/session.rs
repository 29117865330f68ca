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

use crate::{
    cli::Global,
    exit::Failure,
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
}

impl Session {
    pub(crate) fn new(global: Global, clock: fn() -> Timestamp) -> anyhow::Result<Self> {
        let now = clock();
        let zone = TimeZone::system();
        let options =
            ApiOptions { deadline: global.timeout, on_wait: tell_once(), ..ApiOptions::new(global.server) };
        let api = Api::connect(options).map_err(|error| Failure::usage(error.to_string()))?;
        let out = Out::new(global.output, global.no_color, now, zone.clone());
        Ok(Self { api, out, timeout: global.timeout, now, clock, zone })
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
