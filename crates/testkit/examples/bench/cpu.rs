//! The processor's time that processes take: unlike a rate, it tells the same on a machine that has other work to do.

use std::{fmt, fs};

use anyhow::Context as _;

/// Of `/proc/<pid>/stat`, on every Linux that this runs on.
const TICKS_A_SECOND: u64 = 100;

/// Processes whose time is told, by name.
#[derive(Debug)]
pub(crate) struct Processes(Vec<(&'static str, u32)>);

/// Microseconds of one call, by process.
#[derive(Debug)]
pub(crate) struct Spent(Vec<(&'static str, u64)>);

impl Processes {
    /// This process, and others.
    pub(crate) fn with(others: &[(&'static str, u32)]) -> Self {
        Self([&[("callers", std::process::id())], others].concat())
    }

    /// Of all processes so far, in ticks.
    pub(crate) fn ticks(&self) -> anyhow::Result<Vec<u64>> {
        self.0.iter().map(|(_, pid)| ticks(*pid)).collect()
    }

    /// Since `before`, for each of so many calls.
    pub(crate) fn spent(&self, before: &[u64], calls: usize) -> anyhow::Result<Spent> {
        let calls = u64::try_from(calls)?.max(1);
        let after = self.ticks()?;
        let spent = self.0.iter().zip(before.iter().zip(after)).map(|((name, _), (before, after))| {
            (*name, (after - before) * (1_000_000 / TICKS_A_SECOND) / calls)
        });
        Ok(Spent(spent.collect()))
    }
}

/// User and system time, of ended threads too.
fn ticks(pid: u32) -> anyhow::Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name before may hold anything; fields 14 and 15 of the whole line.
    let (_, fields) = stat.rsplit_once(')').context("the name of a process")?;
    let times: Vec<u64> = fields.split_whitespace().skip(11).take(2).flat_map(str::parse).collect();
    Ok(times.iter().sum())
}

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} us", self.0.iter().map(|(_, spent)| spent).sum::<u64>())?;
        for (number, (name, spent)) in self.0.iter().enumerate() {
            write!(f, "{}{name} {spent}", if number == 0 { " (" } else { ", " })?;
        }
        f.write_str(")")
    }
}
