//! An aggregator and its pager as processes of their own, and the lines to them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use testkit::{Service, local_address};

use super::{plan::Node, proxy::Proxy};
use crate::oncall::receiver::Receiver;

const AGGREGATOR: &str = env!("CARGO_BIN_EXE_davy-skewed-aggregator");
const PAGER: &str = env!("CARGO_BIN_EXE_davy-pager-under-test");
/// What webhooks are signed with.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n";

/// An aggregator and its pager.
pub(super) struct Pair {
    pub(super) aggregator: Service,
    pub(super) pager: Service,
    pub(super) to_log: Proxy,
    /// Of whoever orders.
    pub(super) to_api: Proxy,
    /// Of the pager.
    pub(super) to_owed: Proxy,
    pub(super) grpc: String,
    pub(super) dir: PathBuf,
}

impl Pair {
    /// On a NATS, with pings to a receiver.
    pub(super) fn start(dir: &Path, node: Node, nats: &str, hook: &Receiver) -> Self {
        let secret = dir.join("secret");
        let dir = dir.join(node.to_string());
        fs::create_dir(&dir).unwrap();
        fs::write(&secret, SECRET).unwrap();
        let grpc = local_address().unwrap();
        let (to_log, to_api, to_owed) = (Proxy::to(bare(nats)), Proxy::to(&grpc), Proxy::to(&grpc));
        let channels = set([
            format!("pager.api=http://{}", to_owed.address()),
            "pager.burst=1000".to_owned(),
            "pager.channels.alarm.kind=webhook".to_owned(),
            format!("pager.channels.alarm.url={}", hook.url()),
            format!("pager.channels.alarm.secret.file={}", secret.display()),
            "pager.channels.alarm.allow_private=true".to_owned(),
        ]);
        let web = local_address().unwrap();
        fs::write(dir.join("web"), &web).unwrap();
        let arguments = arguments(&dir, &to_log, &grpc, &web);
        let aggregator = Service::run(AGGREGATOR, arguments, dir.join("aggregator.log")).unwrap();
        let pager = Service::run(PAGER, channels, dir.join("pager.log")).unwrap();
        Self { aggregator, pager, to_log, to_api, to_owed, grpc, dir }
    }

    /// The same store under an aggregator that appends nothing by itself.
    pub(super) fn calm(&mut self) {
        let arguments = [self.arguments(), set(["escalator.enabled=false".to_owned()])].concat();
        self.aggregator = Service::run(AGGREGATOR, arguments, self.dir.join("aggregator.log")).unwrap();
    }

    fn arguments(&self) -> Vec<String> {
        let web = fs::read_to_string(self.dir.join("web")).unwrap();
        arguments(&self.dir, &self.to_log, &self.grpc, &web)
    }
}

fn arguments(dir: &Path, to_log: &Proxy, grpc: &str, web: &str) -> Vec<String> {
    let settings = set([
        format!("nats.url=nats://{}", to_log.address()),
        format!("store.directory={}", dir.join("store").display()),
        format!("api.listen={grpc}"),
        format!("web.listen={web}"),
    ]);
    [vec!["--skew".to_owned(), dir.join("skew").display().to_string()], settings].concat()
}

fn set<const N: usize>(settings: [String; N]) -> Vec<String> {
    settings.into_iter().flat_map(|setting| ["--set".to_owned(), setting]).collect()
}

/// Without the scheme.
pub(super) fn bare(url: &str) -> &str {
    url.trim_start_matches("nats://")
}
