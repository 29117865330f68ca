//! How far a long job has come: a bar where stderr is a terminal, else a plain line now and then.

use std::{
    cell::Cell,
    io::IsTerminal as _,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::say;

/// Between plain lines.
const EVERY: Duration = Duration::from_secs(5);

/// One job, with a known amount of work.
pub(crate) struct Progress {
    verb: &'static str,
    unit: &'static str,
    bar: Option<ProgressBar>,
    total: Cell<u64>,
    done: Cell<u64>,
    began: Instant,
    told: Cell<Instant>,
}

impl Progress {
    pub(crate) fn bytes(verb: &'static str, total: u64) -> Self {
        Self::new(verb, "bytes", total, "{prefix} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta}")
    }

    pub(crate) fn events(verb: &'static str, total: u64) -> Self {
        Self::new(verb, "events", total, "{prefix} [{bar:30}] {pos}/{len} events {per_sec} {eta}")
    }

    pub(crate) fn messages(verb: &'static str, total: u64) -> Self {
        Self::new(verb, "messages", total, "{prefix} [{bar:30}] {pos}/{len} messages {per_sec} {eta}")
    }

    fn new(verb: &'static str, unit: &'static str, total: u64, template: &str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style =
                ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(total).with_style(style.progress_chars("=> ")).with_prefix(verb)
        });
        let now = Instant::now();
        Self {
            verb,
            unit,
            bar,
            total: Cell::new(total),
            done: Cell::new(0),
            began: now,
            told: Cell::new(now),
        }
    }

    /// So much more is done.
    pub(crate) fn add(&self, more: u64) {
        self.done.set(self.done.get().saturating_add(more));
        match &self.bar {
            Some(bar) => bar.inc(more),
            None if self.told.get().elapsed() >= EVERY => self.tell(),
            None => {}
        }
    }

    /// So much is done, of so much.
    pub(crate) fn reach(&self, done: u64, total: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
        }
        self.total.set(total);
        self.done.set(done);
        if self.bar.is_none() && self.told.get().elapsed() >= EVERY {
            self.tell();
        }
    }

    /// A message that leaves the bar whole.
    pub(crate) fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| say(text)),
            None => say(text),
        }
    }

    /// Takes the bar away.
    pub(crate) fn done(&self) {
        match &self.bar {
            Some(bar) => bar.finish_and_clear(),
            None if self.began.elapsed() >= EVERY => self.tell(),
            None => {}
        }
    }

    fn tell(&self) {
        self.told.set(Instant::now());
        let done = self.done.get();
        let milliseconds = self.began.elapsed().as_millis().max(1);
        let rate = u128::from(done) * 1_000 / milliseconds;
        say(&format!("{}: {done} of {} {}, {rate} a second", self.verb, self.total.get(), self.unit));
    }
}
