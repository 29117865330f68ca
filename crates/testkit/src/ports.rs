//! Ports for a program that is started again and again under the same address.

use std::{
    net::{Ipv4Addr, TcpListener},
    process,
    sync::atomic::{AtomicU16, Ordering},
};

use anyhow::bail;

/// Below the ports that operating systems lend to outgoing connections, of which one could be in the way at a restart.
const FIRST: u16 = 10_240;
const PORTS: u16 = 20_000;

/// `127.0.0.1:port` with such a port.
///
/// # Errors
/// If there is none.
pub fn local_address() -> anyhow::Result<String> {
    Ok(format!("127.0.0.1:{}", free_port()?))
}

/// A port of 127.0.0.1 that nobody listens on, and that this process has not given out before.
///
/// # Errors
/// If there is none.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    // Another process of tests begins elsewhere.
    let start = u16::try_from(process::id() % 200)? * 100;
    for _ in 0..PORTS {
        let number = start.wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed)) % PORTS;
        let port = FIRST + number;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("find a free port: there is none from {FIRST} on")
}
