//! Receivers over real sockets: each behaves in its own way, and one beside them is healthy.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::sleep,
};

use super::world::{Api, clock, config, ping, start, until};
use crate::{ChannelConfig, ChannelKind, Http, Outcome, Pager, Secret, Webhook};

/// What a receiver got: the head of the request, and its body.
pub(super) type Got = Arc<Mutex<Vec<(String, String)>>>;

/// How a receiver behaves.
#[derive(Clone, Copy)]
pub(super) enum Manner {
    Answers(&'static str),
    Hangs,
    Resets,
    /// A byte now and then, for ever.
    Trickles,
    /// Never ends its answer.
    Floods,
}

/// A receiver; its address, and what it got.
pub(super) async fn receiver(manner: Manner) -> (String, Got) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let got = Got::default();
    let noted = Arc::clone(&got);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(receive(stream, manner, Arc::clone(&noted)));
        }
    });
    (address, got)
}

async fn receive(mut stream: TcpStream, manner: Manner, got: Got) {
    if let Some(request) = read(&mut stream).await {
        got.lock().unwrap().push(request);
    }
    match manner {
        Manner::Answers(head) => {
            stream.write_all(format!("HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n").as_bytes()).await.ok();
        }
        Manner::Hangs => std::future::pending().await,
        Manner::Resets => stream.set_zero_linger().unwrap(),
        Manner::Trickles => {
            for byte in b"HTTP/1.1 200 OK\r\nX-Long: ".iter().chain(std::iter::repeat(&b'x')) {
                if stream.write_all(&[*byte]).await.is_err() {
                    return;
                }
                sleep(Duration::from_millis(200)).await;
            }
        }
        Manner::Floods => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await.ok();
            while stream.write_all(b"5\r\nxxxxx\r\n").await.is_ok() {}
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Some((head.to_owned(), body.to_owned()));
            }
        }
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&part[..count]);
    }
}

pub(super) fn webhooks(allow_private: bool) -> ChannelConfig {
    let webhook = Webhook {
        url: None,
        secret: Secret::new("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
        http: Http { allow_private, ca: None },
    };
    ChannelConfig { name: "webhook".to_owned(), kind: ChannelKind::Webhook(webhook) }
}

#[tokio::test]
async fn whatever_the_others_do_the_healthy_one_gets_its_ping_at_once() {
    let manners = [
        ("hangs", Manner::Hangs),
        ("slow", Manner::Trickles),
        ("resets", Manner::Resets),
        ("500", Manner::Answers("500 Oh")),
        ("429", Manner::Answers("429 Busy\r\nRetry-After: 120")),
        ("410", Manner::Answers("410 Gone")),
        ("302", Manner::Answers("302 Found\r\nLocation: http://127.0.0.1:1/")),
        ("floods", Manner::Floods),
    ];
    let clock = clock();
    let api = Api::new(&clock);
    for (name, manner) in manners {
        let (address, _) = receiver(manner).await;
        for n in 0..20 {
            api.owe(ping(&format!("{name}-{n}"), &format!("{name}-{n}"), ("webhook", &address)));
        }
    }
    let pager_config = crate::Config { channels: vec![webhooks(true)], ..config("one") };
    let began = Instant::now();
    let _running = start(Pager::new(pager_config, api.clone(), clock.clone()).unwrap());
    sleep(Duration::from_millis(500)).await;
    let (address, got) = receiver(Manner::Answers("204 No Content")).await;
    let owed_at = Instant::now();
    api.owe(ping("healthy", "ana", ("webhook", &address)));
    until("the healthy one got it", || !got.lock().unwrap().is_empty()).await;
    assert!(owed_at.elapsed() < Duration::from_secs(2), "{:?}", owed_at.elapsed());
    for gone in ["410-0", "302-0"] {
        until("it is given up", || !api.outcomes(gone).is_empty()).await;
        assert_eq!(api.outcomes(gone), ["1 failed for good"], "{gone}");
    }
    for later in ["resets-0", "500-0", "429-0"] {
        until("it is tried later", || !api.outcomes(later).is_empty()).await;
        assert_eq!(api.outcomes(later)[0], "1 failed for now", "{later}");
    }
    let records = api.records();
    let busy = records.iter().find(|record| record.claim.ping.as_str() == "429-0").unwrap();
    let Outcome::FailedForNow { retry_at } = busy.outcome else { panic!("{busy:?}") };
    assert!(retry_at.duration_since(clock()).as_secs() > 100, "it is asked again when it wants to be");
    until("one that floods is taken at its word", || api.outcomes("floods-0") == ["1 delivered"]).await;
    until("one that hangs is given up for now", || {
        api.records()
            .iter()
            .any(|record| record.claim.ping.as_str().starts_with("hangs") && record.detail.contains("longer"))
    })
    .await;
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
    assert!(api.records().iter().all(|record| !record.detail.contains("127.0.0.1")));
}
