//! Two aggregators on one log.

use tempfile::TempDir;
use testkit::{
    Davy, DavyOptions, NatsServer, PATIENCE,
    client::{Api, ApiOptions, v1},
    nats_server,
};

use crate::{DAVY, block_on};

/// Neither knows of the other; both ask for no credential.
pub(super) struct Pair {
    pub(super) nats: NatsServer,
    pub(super) davys: [Davy; 2],
    _dir: TempDir,
}

impl Pair {
    pub(super) fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let nats = block_on(nats_server(&dir.path().join("nats"))).unwrap();
        let start = || {
            let nats_url = Some(nats.url().to_owned());
            Davy::start_with(DAVY, DavyOptions { nats_url, ..DavyOptions::default() }).unwrap()
        };
        // The first one makes the stream.
        let davys = [start(), start()];
        Self { nats, davys, _dir: dir }
    }

    /// A client of one of them.
    pub(super) fn api(&self, number: usize, acting_as: &str) -> Api {
        let server = format!("http://{}", self.davys[number % 2].addresses().grpc);
        let acting_as = Some(acting_as.to_owned());
        block_on(async {
            Api::connect(ApiOptions { acting_as, deadline: PATIENCE, ..ApiOptions::new(server) })
        })
        .unwrap()
    }
}

pub(super) fn options(request_id: impl Into<String>) -> Option<v1::CommandOptions> {
    Some(v1::CommandOptions { request_id: request_id.into(), ..v1::CommandOptions::default() })
}

/// A complaint under a name in a tool.
pub(super) fn report(customer: &str, id: &str, request_id: &str) -> v1::ReportIssueRequest {
    v1::ReportIssueRequest {
        customer: customer.to_owned(),
        text: "Pump resets".to_owned(),
        reference: Some(v1::Reference { system: "zendesk".to_owned(), id: id.to_owned() }),
        options: options(request_id),
        ..v1::ReportIssueRequest::default()
    }
}
