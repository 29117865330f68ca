//! What a test does to a process from outside, and what it sees of it.

use std::{fs, process::Command};

use anyhow::{Context as _, ensure};

/// Sends a signal, such as `STOP`.
///
/// # Errors
/// If there is no such process.
pub fn send_signal(pid: u32, signal: &str) -> anyhow::Result<()> {
    let sent = Command::new("kill").args([&format!("-{signal}"), &pid.to_string()]).status();
    ensure!(sent.context("run kill")?.success(), "send SIG{signal} to {pid}");
    Ok(())
}

/// The most memory in bytes that a process ever had, where the operating system tells (Linux does).
pub fn peak_memory(pid: u32) -> Option<u64> {
    told(pid, "VmHWM:")
}

/// The memory in bytes that a process has, where the operating system tells.
pub fn memory(pid: u32) -> Option<u64> {
    told(pid, "VmRSS:")
}

/// How many files and connections a process has open, where the operating system tells.
pub fn handles(pid: u32) -> Option<usize> {
    Some(fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count())
}

fn told(pid: u32, what: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(what))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
