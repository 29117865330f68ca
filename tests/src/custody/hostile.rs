//! Whatever is sent, by whomever: an error comes back, and Davy goes on.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use testkit::{RawRpc, rpcs};
use tokio::time::timeout;

use super::{
    access::silent,
    office::{Office, TOKENS},
};
use crate::block_on;

/// A watch answers for ever; so long is waited for its first answer.
const FIRST: Duration = Duration::from_secs(5);

#[test]
fn random_bytes_end_in_errors() {
    let mut office = Office::open();
    office.reported("mia", "zendesk:1");
    let grpc = office.davy().addresses().grpc.clone();
    let rpc = block_on(RawRpc::connect(&grpc)).unwrap();
    let bearers = ["mia", "root"].map(|who| format!("Bearer {}", TOKENS.1[who]));
    let mut random = Random(0x5eed);
    for path in rpcs().unwrap() {
        for round in 0..12 {
            let bytes = if round < 6 { random.bytes(round * 40) } else { random.fields() };
            let metadata = [("authorization", bearers[round % 2].as_str())];
            let called = async { timeout(FIRST, rpc.call(&path, &metadata, bytes.clone())).await };
            let Ok(answer) = block_on(called) else { continue };
            if let Err((code, message)) = answer.unwrap() {
                // INTERNAL is gRPC's own word for what is no protobuf.
                let undecodable = message.contains("failed to decode Protobuf message");
                assert!(undecodable || ![2, 13].contains(&code), "{path} {bytes:?}: {code} {message}");
                // `fold_panic` is a reason for quarantine.
                assert!(!message.replace("fold_panic", "").contains("panic"), "{path}: {message}");
            }
        }
    }
    alive(&mut office);
}

#[test]
fn broken_connections_and_swollen_headers_end_in_errors() {
    let mut office = Office::open();
    let addresses = office.davy().addresses().clone();
    let mut random = Random(7);
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    for round in 0..40 {
        for address in [&addresses.grpc, &addresses.http] {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
            // It may hang up before all is sent.
            let _sent = stream.write_all(&preface[..preface.len().min(round * 2)]);
            let frame = [&[0, 1, 0, 1, 4, 0, 0, 0, 1][..], &random.bytes(round * 7)].concat();
            let _sent = stream.write_all(&frame);
            let _answered = stream.read(&mut [0; 256]);
        }
    }
    let rpc = block_on(RawRpc::connect(&addresses.grpc)).unwrap();
    let bearer = format!("Bearer {}", TOKENS.1["mia"]);
    for size in [1_000, 20_000, 200_000] {
        let swollen = "x".repeat(size);
        for metadata in [
            [("authorization", bearer.as_str()), ("x-swollen", swollen.as_str())],
            [("authorization", swollen.as_str()), ("x-nothing", "")],
        ] {
            let called = rpc.call("/davy.v1.OperationsService/WhoAmI", &metadata, Vec::new());
            let answer = block_on(called).unwrap();
            assert!(size == 1_000 && metadata[0].1 == bearer || answer.is_err(), "{size}: {answer:?}");
        }
    }
    // More than a message may be.
    let called = block_on(rpc.call(
        "/davy.v1.IssueService/AddNote",
        &[("authorization", &bearer)],
        vec![b' '; 5 << 20],
    ));
    assert!(called.unwrap().is_err());
    alive(&mut office);
}

/// It runs, has panicked nowhere, and does its work.
#[track_caller]
fn alive(office: &mut Office) {
    assert_eq!(office.davy().ended(), None, "{}", office.davy().log());
    office.does("mia", &["report", "crm:4711", "Still there", "--ref", "zendesk:after"]);
    office.does("mia", &["take", "zendesk:after"]);
    let log = office.davy().log();
    assert!(!log.contains("panicked"), "{log}");
    silent(office.davy(), &[]);
}

/// A generator of numbers that is the same at every run (SplitMix64).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn byte(&mut self) -> u8 {
        self.below(256) as u8
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.byte()).collect()
    }

    /// Fields as a message has them, of random numbers, types and contents.
    fn fields(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for _ in 0..=self.below(6) {
            let (field, length) = (self.below(15) as u8 + 1, self.below(60) as usize);
            if self.below(3) == 0 {
                bytes.extend([field << 3, self.byte() & 0x7f]);
            } else {
                bytes.extend([(field << 3) | 2, length as u8]);
                bytes.extend((0..length).map(|_| b' ' + self.below(90) as u8).collect::<Vec<_>>());
            }
        }
        bytes
    }
}
