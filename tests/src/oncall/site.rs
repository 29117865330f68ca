//! Aggregators and pagers as processes of their own, on one NATS, and what receives their pings.

use std::fs;

use tempfile::TempDir;
use testkit::{
    NatsServer, PATIENCE, Service,
    client::{Api, ApiOptions, v1},
    eventually, local_address, nats_server,
};

use super::{SECRET, mailbox::Mailbox, receiver::Receiver};
use crate::{DAVY, block_on};

const AGGREGATOR: &str = env!("CARGO_BIN_EXE_davy-aggregator-under-test");
const PAGER: &str = env!("CARGO_BIN_EXE_davy-pager-under-test");

/// As many aggregators as pagers; each pager asks an aggregator of its own.
pub(super) struct Site {
    pub(super) hook: Receiver,
    pub(super) mailbox: Mailbox,
    pub(super) aggregators: Vec<Service>,
    pub(super) pagers: Vec<Service>,
    pub(super) nats: NatsServer,
    /// Where the aggregators answer.
    servers: Vec<String>,
    dir: TempDir,
}

impl Site {
    pub(super) fn open(count: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let nats = block_on(nats_server(&dir.path().join("nats"))).unwrap();
        fs::write(dir.path().join("secret"), SECRET).unwrap();
        let (aggregators, pagers, servers) = Default::default();
        let (hook, mailbox) = (Receiver::listen(), Mailbox::listen());
        let mut site = Self { hook, mailbox, aggregators, pagers, nats, servers, dir };
        for number in 0..count {
            site.add(number);
        }
        site
    }

    /// The first aggregator makes the stream: each is up before the next starts.
    fn add(&mut self, number: usize) {
        let grpc = local_address().unwrap();
        let (server, at) =
            (format!("http://{grpc}"), |name: &str| self.dir.path().join(format!("{name}-{number}")));
        let settings = [
            format!("nats.url={}", self.nats.url()),
            format!("store.directory={}", at("store").display()),
            format!("api.listen={grpc}"),
            format!("web.listen={}", local_address().unwrap()),
        ];
        self.aggregators.push(Service::start(AGGREGATOR, settings.into(), at("aggregator.log")).unwrap());
        let pager = Service::start(PAGER, self.channels(&server), at("pager.log")).unwrap();
        self.pagers.push(pager);
        self.servers.push(server);
        self.await_up(number);
    }

    fn channels(&self, server: &str) -> Vec<String> {
        let secret = self.dir.path().join("secret");
        vec![
            format!("pager.api={server}"),
            // What is told apart here would be told together.
            "pager.burst=1000".to_owned(),
            "pager.channels.alarm.kind=webhook".to_owned(),
            format!("pager.channels.alarm.url={}", self.hook.url()),
            format!("pager.channels.alarm.secret.file={}", secret.display()),
            "pager.channels.alarm.allow_private=true".to_owned(),
            "pager.channels.post.kind=email".to_owned(),
            "pager.channels.post.host=127.0.0.1".to_owned(),
            format!("pager.channels.post.port={}", self.mailbox.port()),
            "pager.channels.post.tls=none".to_owned(),
            "pager.channels.post.from=Davy <davy@davy.example>".to_owned(),
        ]
    }

    /// Waits until an aggregator has folded the log.
    pub(super) fn await_up(&self, number: usize) {
        let api = self.api(number, None);
        let is_live = || async {
            let status = api.get_status(v1::GetStatusRequest::default()).await.ok()?;
            (status.phase() == v1::Phase::Live).then_some(())
        };
        let came = block_on(eventually("an aggregator to answer", is_live));
        came.unwrap_or_else(|error| panic!("{error}: {}", self.logs()));
    }

    pub(super) fn api(&self, number: usize, acting_as: Option<&str>) -> Api {
        let (server, acting_as) = (self.servers[number].clone(), acting_as.map(ToOwned::to_owned));
        let options = ApiOptions { acting_as, deadline: PATIENCE, ..ApiOptions::new(server) };
        block_on(async { Api::connect(options) }).unwrap()
    }

    /// Applies documents of the directory.
    pub(super) fn apply(&self, documents: &str) {
        let path = self.dir.path().join("org.yaml");
        fs::write(&path, documents).unwrap();
        let mut davy = std::process::Command::new(DAVY);
        let ran = davy.args(["apply", "--yes", "-f"]).arg(path).env("DAVY_SERVER", &self.servers[0]).output();
        let ran = ran.unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }

    /// Pings that arrived, each with whom it was for.
    pub(super) fn arrived(&self) -> Vec<(String, String)> {
        let mailed = self.mailbox.pings().into_iter();
        let mailed = mailed.map(|(ping, to)| (ping, to.split('@').next().unwrap_or_default().to_owned()));
        self.hook.pings().into_iter().chain(mailed).collect()
    }

    /// What all of them said.
    pub(super) fn logs(&self) -> String {
        self.aggregators.iter().chain(&self.pagers).map(Service::log).collect()
    }
}
