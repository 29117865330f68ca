//! The first use: `davy up` with its four departments.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use crate::DAVY;

#[test]
fn the_demo_prints_addresses_and_fills_a_board() {
    let mut child = Command::new(DAVY)
        .args(["up", "--grpc-addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0", "--nats-port", "0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut seen = String::new();
    let wanted = ["gRPC", "NATS", "sales", "support", "davy issues list", "unacknowledged"];
    for line in lines {
        seen += &line.unwrap();
        seen.push('\n');
        if wanted.iter().all(|wanted| seen.contains(wanted)) {
            break;
        }
    }
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{seen}");
    assert!(wanted.iter().all(|wanted| seen.contains(wanted)), "{seen}");
}
