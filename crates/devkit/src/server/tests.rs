//! A real `nats-server`, found or downloaded: started, killed, restarted, left behind.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};

use super::*;
use crate::Finder;

#[test]
fn a_restart_keeps_the_ports_and_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = NatsServer::start(options(dir.path())).unwrap();
    let (url, monitoring_url) = (server.url().to_owned(), server.monitoring_url().to_owned());
    let stream = r#"{"name":"KEPT","subjects":["kept"],"storage":"file","retention":"limits"}"#;
    request(&url, "$JS.API.STREAM.CREATE.KEPT", stream);
    assert_eq!(publish(&url, "a complaint"), 1);

    server.kill9().unwrap();
    assert_eq!(server.pid(), None);
    server.restart().unwrap();
    assert_eq!((server.url(), server.monitoring_url()), (url.as_str(), monitoring_url.as_str()));
    assert_eq!(publish(&url, "another"), 2);

    server.restart().unwrap();
    assert_eq!(publish(&url, "a third"), 3);
    server.stop().unwrap();
    assert!(TcpStream::connect(address(&url)).is_err());
}

#[test]
fn a_directory_belongs_to_one_server_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let server = NatsServer::start(options(dir.path())).unwrap();
    let second = NatsServer::start(options(dir.path()));
    assert!(matches!(second, Err(Error::InUse { .. })), "{second:?}");
    drop(server);
    NatsServer::start(options(dir.path())).unwrap();
}

#[test]
fn a_server_that_a_killed_process_left_behind_is_stopped_first() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = NatsServer::start(options(dir.path())).unwrap();
    let mut orphan = first.process.take().unwrap();
    drop(first);
    assert_eq!(orphan.ended(), None);
    let second = NatsServer::start(options(dir.path())).unwrap();
    assert_ne!(second.pid(), Some(orphan.id()));
    assert!(orphan.ended().is_some());
}

#[test]
fn a_server_that_does_not_come_up_shows_the_end_of_its_log() {
    let dir = tempfile::tempdir().unwrap();
    let extra_config = Some("authorization {".to_owned());
    let error = NatsServer::start(Options { extra_config, ..options(dir.path()) }).unwrap_err();
    assert!(error.to_string().contains("Parse error on line"), "{error}");

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = Some(taken.local_addr().unwrap().port());
    let error = NatsServer::start(Options { port, ..options(dir.path()) }).unwrap_err();
    assert!(port_is_taken(&error), "{error}");
}

#[test]
fn the_server_syncs_always_when_asked_to() {
    let dir = tempfile::tempdir().unwrap();
    let server = NatsServer::start(options(dir.path())).unwrap();
    let mut stream = TcpStream::connect(address(server.monitoring_url())).unwrap();
    stream.write_all(b"GET /varz HTTP/1.0\r\n\r\n").unwrap();
    let answer = std::io::read_to_string(stream).unwrap();
    assert!(answer.contains(r#""sync_always": true"#), "{answer}");
}

fn options(dir: &Path) -> Options {
    Options { binary: binary(), dir: dir.to_owned(), port: None, sync_always: true, extra_config: None }
}

/// Tests that run at once all come here first: one downloads, the others wait for it.
fn binary() -> PathBuf {
    let finder = Finder {
        explicit: std::env::var_os("NATS_SERVER_BIN").map(PathBuf::from),
        path_env: std::env::var_os("PATH"),
        tools_dir: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools"),
        allow_download: true,
        progress: |_| {},
    };
    finder.find().unwrap()
}

/// Publishes to the stream and gives the sequence it was stored at.
fn publish(url: &str, text: &str) -> u64 {
    let ack: serde_json::Value = serde_json::from_str(&request(url, "kept", text)).unwrap();
    ack["seq"].as_u64().unwrap_or_else(|| panic!("not stored: {ack}"))
}

/// One request and its answer in the text protocol of NATS.
fn request(url: &str, subject: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address(url)).unwrap();
    let connect = r#"CONNECT {"verbose":false,"pedantic":false}"#;
    let length = body.len();
    write!(stream, "{connect}\r\nSUB answer 1\r\nPUB {subject} answer {length}\r\n{body}\r\n").unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    lines.find(|line| line.starts_with("MSG answer")).unwrap();
    lines.next().unwrap()
}

fn address(url: &str) -> &str {
    url.split_once("://").unwrap().1
}
