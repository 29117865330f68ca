//! Stores and logs that Davys of before have left (`fixtures/stores`): whichever Davy comes after them reads the store as its log
//! says, or sees that it is of another version and folds the log anew. Nothing of the log is lost either way.

use std::{
    fs,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use testkit::{
    Davy, DavyOptions, Rows, client::v1::EventMessage, fold_into, messages, nats_server, restore,
    store_version,
};

use crate::{
    DAVY, block_on,
    faults::{await_status, files},
    generated::Numbers,
};

/// When every kept stream was made: what the store has folded is told from another stream by this.
const MADE: &str = "2026-03-02T08:00:00Z";
const LOG: &str = "log.jsonl.gz";
const STORE: &str = "data";

fn stores() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/stores")
}

/// `format 5, fold 5` as a name.
fn ours() -> String {
    store_version().replace(", ", "-").replace(' ', "")
}

#[test]
fn a_store_of_before_is_read_as_its_log_says_or_made_anew() {
    if std::env::var_os("DAVY_KEEP_STORE").is_some() {
        let kept = stores().join(ours());
        assert!(!kept.exists(), "{} is there; delete it if no release has written it", kept.display());
        keep(&kept);
    }
    let mut versions: Vec<_> = fs::read_dir(stores()).unwrap().map(|it| it.unwrap().file_name()).collect();
    versions.sort();
    assert!(
        versions.iter().any(|version| *version == *ours()),
        "there is no store of {}: keep one, as tests/README.md says",
        ours()
    );
    for version in versions {
        let version = version.to_str().unwrap();
        let found = judge(&stores().join(version), version == ours());
        println!("{version}: {found}");
    }
}

/// `is_ours`: it is of the version that this Davy writes, so that nothing excuses it from reading it.
fn judge(kept: &Path, is_ours: bool) -> &'static str {
    let dir = tempfile::tempdir().unwrap();
    let nats = block_on(nats_server(&dir.path().join("nats"))).unwrap();
    block_on(restore(nats.url(), &kept.join(LOG), MADE.parse().unwrap())).unwrap();
    let before = block_on(messages(nats.url())).unwrap();
    let (seen, started) = (dir.path().join("seen"), dir.path().join("started"));
    for data_dir in [&seen, &started] {
        unpack(&kept.join(STORE), data_dir);
    }

    // What this Davy would answer from.
    // sled may take what it does not know for an empty store, which is folded from the start.
    let trusted = Rows::trusted(&seen).unwrap().filter(|(sequence, _)| *sequence > 0);
    if let Some((sequence, rows)) = &trusted {
        assert_eq!(*sequence, before.len() as u64);
        rows.compare(&block_on(Rows::folded(nats.url())).unwrap()).unwrap();
    }
    assert!(
        trusted.is_some() || !is_ours,
        "a store of this version is not read: raise FORMAT or FOLD_VERSION"
    );

    // What it does. It may append: what was due long ago is due now.
    let (nats_url, data_dir) = (Some(nats.url().to_owned()), Some(started.clone()));
    let mut davy =
        Davy::start_with(DAVY, DavyOptions { nats_url, data_dir, ..DavyOptions::default() }).unwrap();
    let last = before.len() as u64;
    await_status(&mut davy, "it to be whole", |status| {
        status.verified && status.position.strip_prefix("0-").and_then(|it| it.parse().ok()) >= Some(last)
    });
    assert_eq!(davy.interrupt().unwrap(), Some(0));
    let after = block_on(messages(nats.url())).unwrap();
    assert_eq!(after[..before.len()], before, "the log was changed");
    let end = Rows::trusted(&started).unwrap().map(|(sequence, rows)| {
        rows.compare(&block_on(Rows::folded_to(nats.url(), sequence)).unwrap()).unwrap();
        sequence
    });
    assert!(end >= Some(last), "it ends at {end:?}, its log at {last}");
    if trusted.is_some() { "read" } else { "made anew" }
}

/// Keeps a log with an event of every type, a few hundred more, and some that nobody can read; and a store of this version.
fn keep(kept: &Path) {
    let dir = tempfile::tempdir().unwrap();
    let davy = Davy::start(DAVY).unwrap();
    let publisher = block_on(davy.publisher()).unwrap();
    let mut last = String::new();
    for event in fixtures().into_iter().chain(crate::faults::traffic(400)) {
        last = block_on(publisher.publish(event)).unwrap().position;
    }
    crate::issues(&davy, &["--min-position", &last]);
    drop(publisher);
    let log = kept.join(LOG);
    fs::create_dir_all(kept).unwrap();
    let exported = davy.run(["log", "export", log.to_str().unwrap()]).unwrap();
    assert_eq!(exported.code, 0, "{}", exported.stderr);

    let nats = block_on(nats_server(&dir.path().join("nats"))).unwrap();
    block_on(restore(nats.url(), &log, MADE.parse().unwrap())).unwrap();
    let data_dir = dir.path().join("data");
    block_on(fold_into(nats.url(), &data_dir)).unwrap();
    pack(&data_dir, &kept.join(STORE));
}

/// Those of every type, in any order.
fn fixtures() -> Vec<EventMessage> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/events/v1");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    Numbers::new(5).shuffle(&mut paths);
    let event = |path: PathBuf| {
        let fixture: serde_json::Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        EventMessage {
            subject: fixture["subject"].as_str().unwrap().to_owned(),
            body: fixture["body"].to_string().into(),
            headers: [].into(),
        }
    };
    paths.into_iter().map(event).collect()
}

/// Every file of a directory, gzipped, at the same place in another.
fn pack(from: &Path, to: &Path) {
    for path in files(from) {
        let to = to.join(path.strip_prefix(from).unwrap()).with_added_extension("gz");
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        let mut packed = GzEncoder::new(fs::File::create(to).unwrap(), Compression::best());
        packed.write_all(&fs::read(path).unwrap()).unwrap();
        packed.finish().unwrap();
    }
}

fn unpack(from: &Path, to: &Path) {
    for path in files(from) {
        let to = to.join(path.strip_prefix(from).unwrap()).with_extension("");
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        let mut bytes = Vec::new();
        GzDecoder::new(fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
        fs::write(to, bytes).unwrap();
    }
}
