//! Clients that are no help: watchers that never read, a thousand that do, connections with half a request. Others are answered all
//! the same, memory stays bounded, and SIGTERM ends it in time with all of them open.

use std::{
    collections::BTreeSet,
    io::Write as _,
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use testkit::client::{
    Api, ApiOptions, Code, Rows, UnacknowledgedId, Update, Watch,
    v1::{self, unacknowledged_entry::Entry},
};
use tokio::sync::watch;

use super::scene::{Scene, alone, form, say};
use crate::{block_on, spawn};

const WATCHERS: usize = 1_000;
/// Watches on one connection.
const ON_ONE: usize = 50;
const SILENT: usize = 20;
const HALF: usize = 40;

pub(super) type Ids = BTreeSet<UnacknowledgedId>;

#[test]
fn a_thousand_watchers_and_some_that_never_read() {
    let _alone = alone();
    let mut scene = Scene::start("watched");
    scene.publish(400);
    scene.pause();
    scene.catch_up();
    let server = format!("http://{}", scene.davy.addresses().grpc);
    let (target_in, target) = watch::channel(None);
    let opened = Arc::new(AtomicUsize::new(0));
    let connect = || block_on(async { Api::connect(ApiOptions::new(server.clone())) }).unwrap();
    let connections: Vec<Api> = (0..WATCHERS / ON_ONE).map(|_| connect()).collect();
    let reading: Vec<_> = (0..WATCHERS)
        .map(|number| spawn(read(connections[number / ON_ONE].clone(), target.clone(), Arc::clone(&opened))))
        .collect();
    let silent: Vec<_> = (0..SILENT).map(|_| block_on(open(&connect()))).collect();
    let _half = half_requests(&scene);
    while opened.load(Ordering::Relaxed) < WATCHERS {
        scene.answer(1);
    }
    // Each event is a frame to each of them, and one process reads them all.
    scene.rate = form(5, 20);
    scene.go_on("seen");
    scene.publish(form(50, 5_000));
    scene.answer(50);

    scene.pause();
    scene.catch_up();
    let last = scene.confirmed.last();
    target_in.send_replace(Some(last));
    let expected = block_on(listed(&connections[0]));
    for watcher in reading {
        assert_eq!(block_on(watcher).unwrap(), expected, "a watcher has another list");
    }
    let mut cut_off = 0;
    for (watch, rows) in silent {
        let (ids, was_cut_off) = block_on(follow(watch, rows, last));
        assert_eq!(ids, expected, "one that read nothing for long has another list");
        cut_off += usize::from(was_cut_off);
    }
    say(&format!("{cut_off} of {SILENT} watchers that did not read were told where to go on"));
    // Open to the end.
    let open: Vec<_> = connections.iter().map(|api| block_on(open(api))).collect();
    scene.finish(&format!(
        "{WATCHERS} watchers, {SILENT} that never read, {HALF} half requests on each listener"
    ));
    drop(open);
}

type Watching = Watch<v1::WatchUnacknowledgedRequest>;
type Shown = Rows<UnacknowledgedId, v1::UnacknowledgedEntry>;

/// Opens a watch, however often that takes on a busy machine, and reads no more of it.
async fn open(api: &Api) -> (Watching, Shown) {
    let mut watch = api.watch_unacknowledged(v1::WatchUnacknowledgedRequest::default());
    while !matches!(watch.next().await.unwrap(), Update::Open) {}
    (watch, Rows::new())
}

/// Reads until the list is that of the position, once that is known.
pub(super) async fn read(
    api: Api,
    mut target: watch::Receiver<Option<u64>>,
    opened: Arc<AtomicUsize>,
) -> Ids {
    let (mut watch, mut rows) = open(&api).await;
    opened.fetch_add(1, Ordering::Relaxed);
    let last = loop {
        tokio::select! {
            update = watch.next() => {
                if let Update::Frame(frame) = update.unwrap() {
                    rows.apply(frame);
                }
            }
            known = target.wait_for(Option::is_some) => break known.unwrap().unwrap(),
        }
    };
    follow(watch, rows, last).await.0
}

/// Reads until the list is that of the position; and whether it was told to go on elsewhere on the way.
async fn follow(mut watch: Watching, mut rows: Shown, last: u64) -> (Ids, bool) {
    let mut cut_off = false;
    while !rows.is_complete()
        || rows.position().strip_prefix("0-").is_none_or(|at| at.parse::<u64>().unwrap() < last)
    {
        match watch.next().await.unwrap() {
            Update::Frame(frame) => rows.apply(frame),
            Update::Lost(reason) => cut_off |= reason.code == Code::ResourceExhausted,
            Update::Open => {}
        }
    }
    (rows.iter().map(|(id, _)| id.clone()).collect(), cut_off)
}

pub(super) async fn listed(api: &Api) -> Ids {
    let request = v1::ListUnacknowledgedRequest { page_size: 500, ..Default::default() };
    let (mut pages, mut entries) = (api.pages(request), Vec::new());
    while let Some(page) = pages.next().await.unwrap() {
        entries.extend(page.entries);
    }
    let ids = entries.into_iter().filter_map(|entry| entry.entry).map(|entry| match entry {
        Entry::Issue(issue) => UnacknowledgedId::Issue(issue.id),
        Entry::Quarantined(event) => UnacknowledgedId::Quarantined(event.position),
    });
    ids.collect()
}

/// Connections on which a request was begun and never ended.
fn half_requests(scene: &Scene) -> Vec<TcpStream> {
    let testkit::Addresses { grpc, http, .. } = scene.davy.addresses();
    let halves: [(&str, &[u8]); 4] = [
        (grpc, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x12\x04\0\0"),
        (grpc, b"PRI * HT"),
        (http, b"POST /davy.v1.IssueService/WhoOwns HTTP/1.1\r\nhost: davy\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{\"issue\""),
        (http, b"GET /readyz HTTP/1.1\r\nhos"),
    ];
    let begun = halves.iter().flat_map(|half| std::iter::repeat_n(half, HALF / 2));
    begun
        .map(|(address, half)| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(half).unwrap();
            stream
        })
        .collect()
}
