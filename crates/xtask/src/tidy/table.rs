//! The layer table (design.md 3) as data: which crate may depend on which, and why.
//!
//! This is the one place to change when a boundary is to move. A place that is not listed may not exist.

/// What one crate may depend on. What stands for the crate itself holds for its tests too.
pub(super) struct Layer {
    pub(super) place: &'static str,
    /// Places of our crates it may use.
    pub(super) ours: &'static [&'static str],
    pub(super) vendors: Vendors,
    /// Places of our crates and names of others that only its tests, examples and benchmarks may use.
    pub(super) dev: &'static [&'static str],
    /// What the boundary is for; shown with a finding.
    pub(super) reason: &'static str,
}

/// Which crates of others a crate of ours may name.
pub(super) enum Vendors {
    /// These and no other.
    Only(&'static [&'static str]),
    /// Any that is not behind a wall (see [`WALLS`]).
    Unwalled,
}

/// A crate of others that only some places may name, so that it can be replaced there.
pub(super) struct Wall {
    /// Its name; one that ends in `*` stands for all that begin so.
    pub(super) vendor: &'static str,
    pub(super) places: &'static [&'static str],
    pub(super) reason: &'static str,
}

const DOMAIN: &str = "crates/domain";
const WIRE: &str = "crates/wire";
const ENGINE: &str = "crates/engine";
const JETSTREAM: &str = "crates/jetstream";
const STORE: &str = "crates/store";
const API: &str = "crates/api";
const WEB: &str = "crates/web";
const CLIENT: &str = "crates/client";
const APP: &str = "crates/app";
const DEVKIT: &str = "crates/devkit";
const IMPORT: &str = "crates/import";
const PAGER: &str = "crates/pager";
const TESTKIT: &str = "crates/testkit";
const FUZZ: &str = "crates/fuzz";
const XTASK: &str = "crates/xtask";
const PROTO: &str = "proto";
const TESTS: &str = "tests";
const DAVY: &str = "services/davy";
const AGGREGATOR: &str = "services/aggregator";
const PAGER_SERVICE: &str = "services/pager";

pub(super) const LAYERS: [Layer; 20] = [
    Layer {
        place: PROTO,
        ours: &[],
        vendors: Vendors::Only(&[
            "prost",
            "prost-types",
            "protox",
            "tonic",
            "tonic-prost",
            "tonic-prost-build",
            "tonic-types",
        ]),
        dev: &[],
        reason: "holds the .proto files and what is generated from them, and is rebuilt rarely",
    },
    Layer {
        place: DOMAIN,
        ours: &[],
        vendors: Vendors::Only(&["jiff", "thiserror", "uuid"]),
        dev: &["expect-test", "proptest"],
        reason: "is pure: no IO, async, clock, randomness, serialization, or crate of ours",
    },
    Layer {
        place: WIRE,
        ours: &[DOMAIN, PROTO],
        vendors: Vendors::Only(&[
            "base64",
            "jiff",
            "prost",
            "prost-types",
            "schemars",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "uuid",
        ]),
        dev: &["expect-test", "proptest", "tempfile"],
        reason: "translates, totally: no IO and no business rule",
    },
    Layer {
        place: IMPORT,
        ours: &[DOMAIN, WIRE],
        vendors: Vendors::Only(&[
            "csv",
            "flate2",
            "jiff",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "toml",
            "uuid",
        ]),
        dev: &["expect-test", "proptest", "tempfile"],
        reason: "maps rows of another tool's export to events: no network, no log, no store",
    },
    Layer {
        place: ENGINE,
        ours: &[DOMAIN],
        vendors: Vendors::Only(&["jiff", "thiserror", "tokio", "tokio-util", "tracing"]),
        dev: &["expect-test", "proptest"],
        reason: "is the one loop over ports: no vendor of a log or a store, and no wire format",
    },
    Layer {
        place: JETSTREAM,
        ours: &[DOMAIN, WIRE, ENGINE],
        vendors: Vendors::Unwalled,
        dev: &[DEVKIT],
        reason: "is the log and nothing else: no store, no rule",
    },
    Layer {
        place: STORE,
        ours: &[DOMAIN, ENGINE],
        vendors: Vendors::Unwalled,
        dev: &[],
        reason: "is the store and nothing else: no log, no wire format, no rule",
    },
    Layer {
        place: API,
        ours: &[DOMAIN, WIRE, ENGINE, PROTO],
        vendors: Vendors::Unwalled,
        dev: &[],
        reason: "serves gRPC over the engine and knows no log and no store",
    },
    Layer {
        place: WEB,
        ours: &[PROTO, API, WIRE],
        vendors: Vendors::Unwalled,
        // A service to be asked.
        dev: &["tonic", "tonic-types"],
        reason: "reaches the engine through the API alone, in process; calendar feeds are wire's",
    },
    Layer {
        place: CLIENT,
        ours: &[WIRE, PROTO],
        vendors: Vendors::Unwalled,
        dev: &[DEVKIT],
        reason: "is the public SDK and knows no server-side crate",
    },
    Layer {
        place: PAGER,
        ours: &[DOMAIN, CLIENT, PROTO],
        vendors: Vendors::Unwalled,
        dev: &[DEVKIT],
        reason: "asks what is owed and sends it: no log, no store, no rule about who is pinged",
    },
    Layer {
        place: APP,
        ours: &[DOMAIN, WIRE, ENGINE, JETSTREAM, STORE, API, WEB, CLIENT, PAGER, PROTO],
        vendors: Vendors::Unwalled,
        dev: &[DEVKIT],
        reason: "puts the parts together; arguments and exit codes belong to the services",
    },
    Layer {
        place: DEVKIT,
        ours: &[],
        vendors: Vendors::Only(&["serde_json", "thiserror"]),
        dev: &["tempfile"],
        reason: "starts a nats-server on little more than std, knows no client and no rule",
    },
    Layer {
        place: TESTKIT,
        ours: &[DOMAIN, WIRE, ENGINE, JETSTREAM, STORE, API, WEB, CLIENT, APP, DEVKIT, IMPORT, PROTO],
        vendors: Vendors::Unwalled,
        dev: &[],
        reason: "starts whole systems and is used by the tests alone",
    },
    Layer {
        place: FUZZ,
        ours: &[DOMAIN, ENGINE, IMPORT, API, APP, DAVY],
        vendors: Vendors::Only(&["jiff"]),
        dev: &[],
        reason: "feeds noise to the doors of strangers, and is used by nobody",
    },
    Layer {
        place: XTASK,
        ours: &[],
        vendors: Vendors::Unwalled,
        dev: &[],
        reason: "must build when everything else is broken",
    },
    Layer {
        place: AGGREGATOR,
        ours: &[APP],
        vendors: Vendors::Unwalled,
        dev: &[],
        reason: "parses arguments and runs the app",
    },
    Layer {
        place: PAGER_SERVICE,
        ours: &[APP],
        vendors: Vendors::Unwalled,
        dev: &[],
        reason: "parses arguments and runs the pager",
    },
    Layer {
        place: DAVY,
        ours: &[APP, CLIENT, DEVKIT, IMPORT, PROTO],
        vendors: Vendors::Unwalled,
        dev: &[],
        reason: "is a user of the public API and holds no rule",
    },
    Layer {
        place: TESTS,
        ours: &[DAVY, TESTKIT, APP],
        vendors: Vendors::Unwalled,
        dev: &[],
        reason: "tests the real system from outside, through testkit; app is what the programs under test name",
    },
];

pub(super) const WALLS: [Wall; 9] = [
    Wall {
        vendor: "async-nats",
        places: &[JETSTREAM, CLIENT, PAGER, TESTKIT],
        reason: "the log is a port; the pager sends pings over NATS; testkit measures against the bare client",
    },
    Wall { vendor: "sled", places: &[STORE], reason: "the store is a port" },
    Wall { vendor: "postcard", places: &[STORE], reason: "the form of a record is the store's own" },
    Wall {
        vendor: "tonic*",
        places: &[PROTO, API, CLIENT, PAGER, TESTKIT],
        reason: "gRPC stops at the edge; testkit measures against a bare call",
    },
    Wall { vendor: "protox", places: &[PROTO], reason: "only proto is generated" },
    Wall { vendor: "schemars", places: &[WIRE], reason: "the published schema is that of the wire types" },
    Wall {
        vendor: "axum",
        places: &[WEB, TESTKIT],
        reason: "HTTP is served in one place; testkit receives pings",
    },
    Wall {
        vendor: "clap*",
        places: &[AGGREGATOR, DAVY, PAGER_SERVICE, TESTKIT, TESTS, XTASK],
        reason: "arguments are parsed by services, whose main.rs the tests build too, and by the bench",
    },
    Wall {
        vendor: "anyhow",
        places: &[AGGREGATOR, DAVY, PAGER_SERVICE, TESTKIT, TESTS, XTASK],
        reason: "a library says which of its operations failed",
    },
];
