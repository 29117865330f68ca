//! On call: a clock runs out, somebody is pinged until somebody answers, and it is told why.

mod mailbox;
pub(crate) mod receiver;
mod scenario;
mod site;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{Davy, DavyOptions, nats_server};

use crate::{DAVY, block_on};
use receiver::Receiver;

/// What webhooks are signed with.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n";

/// How long anything may take that takes seconds; a pager that is killed with a claim in its hands holds a ping for a minute.
const SOON: Duration = Duration::from_secs(240);

/// A customer hears within two seconds, or the channel is pinged, once in an hour: on no machine twice. An answer holds it for
/// four seconds; where it is of severity 1, for as long as a test may take.
const ORGANISATION: &str = "
departments: [{department: support, policy: quick}]
policies:
  - id: quick
    clocks: [own 2h, ack 2s, update 2h, resolve 2d]
    plans:
      - {severities: 1, steps: [{ping: ['channel:hook'], wait: 1h}], repeat: forever, lease: 1h}
      - {steps: [{ping: ['channel:hook'], wait: 1h}], repeat: forever, lease: 4s}
    fallback: channel:hook
";

/// A Davy with a pager, and what receives its pings.
struct Duty {
    davy: Davy,
    receiver: Receiver,
    dir: TempDir,
}

/// A pager whose channel goes to the receiver.
fn pager(receiver: &Receiver, dir: &Path) -> Vec<(String, String)> {
    let secret = dir.join("secret");
    fs::write(&secret, SECRET).unwrap();
    let set = |key: &str, value: &str| (format!("DAVY_PAGER__CHANNELS__HOOK__{key}"), value.to_owned());
    vec![
        // However many messages one contact gets.
        ("DAVY_PAGER__BURST".to_owned(), "1000".to_owned()),
        set("KIND", "webhook"),
        set("URL", receiver.url()),
        set("SECRET__FILE", secret.to_str().unwrap()),
        set("ALLOW_PRIVATE", "true"),
    ]
}

impl Duty {
    fn begin() -> Self {
        Self::begin_on(None)
    }

    /// On a NATS that runs already, if one is named.
    fn begin_on(nats_url: Option<String>) -> Self {
        let (receiver, dir) = (Receiver::listen(), tempfile::tempdir().unwrap());
        let options = DavyOptions { nats_url, env: pager(&receiver, dir.path()), ..DavyOptions::default() };
        let davy = Davy::start_with(DAVY, options).unwrap();
        let duty = Self { davy, receiver, dir };
        let org = duty.davy.write("org.yaml", ORGANISATION).unwrap();
        duty.run(&["apply", "--yes", "-f", org.to_str().unwrap()]);
        duty
    }

    /// What a subcommand prints.
    fn run(&self, words: &[&str]) -> String {
        let ran = self.davy.run(words.iter().copied()).unwrap();
        assert_eq!(ran.code, 0, "{words:?}: {}", ran.stderr);
        ran.stdout
    }

    fn report(&self, id: &str) {
        self.report_as(id, "");
    }

    /// Of a severity; empty: nobody assessed it.
    fn report_as(&self, id: &str, severity: &str) {
        let issue = json!({ "system": "zendesk", "id": id });
        let data = json!({ "issue": issue, "text": format!("Pump {id} resets"), "severity": severity });
        let data = data.to_string();
        self.run(&["publish", "davy.events.support.crm:4711.issue.reported", "--data", &data]);
    }

    /// Pings that arrived, by their ids, once there are as many as that.
    fn pings(&self, count: usize) -> BTreeMap<String, usize> {
        let started = Instant::now();
        loop {
            let mut pings = BTreeMap::new();
            self.receiver.ids().into_iter().for_each(|id| *pings.entry(id).or_default() += 1);
            if pings.len() >= count {
                return pings;
            }
            assert!(started.elapsed() < SOON, "{} pings of {count}: {}", pings.len(), self.davy.log());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// The runs' phases, by `davy pings explain`.
    fn explained(&self, issue: &str) -> BTreeSet<String> {
        let told: Value =
            serde_json::from_str(&self.run(&["pings", "explain", issue, "-o", "json"])).unwrap();
        let explanations = told["explanations"].as_array().unwrap();
        explanations.iter().map(|why| why["why"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn a_complaint_that_nobody_acknowledges_pings_until_somebody_does() {
    let duty = Duty::begin();
    duty.report_as("54", "1");
    let first = duty.pings(1);
    assert_eq!(first.len(), 1, "{first:?}");
    let (id, _) = first.first_key_value().unwrap();
    duty.run(&["pings", "ack", id]);
    let why = duty.explained("zendesk:54");
    assert!(why.contains("PING_EXPLANATION_ANSWERED"), "{why:?}");

    duty.report("55");
    let second = duty.pings(2).into_keys().find(|ping| ping != id).unwrap();
    duty.run(&["pings", "ack", &second]);
    // F17: the lease ends, and nobody told the customer anything yet.
    let third = duty.pings(3);
    assert_eq!(third.len(), 3, "again under another id: {third:?}");

    duty.run(&["ack", "zendesk:55", "--by", "mail", "--as", "support/zendesk:mia"]);
    let why = duty.explained("zendesk:55");
    assert!(why.contains("PING_EXPLANATION_NOTHING_OVERDUE"), "{why:?}");
    // What comes for another one comes after what would have come for this one.
    duty.report("56");
    assert_eq!(duty.pings(4).len(), 4, "nobody is pinged for what is done");
    assert_eq!(duty.receiver.ids_of("Pump 55 resets").len(), 2, "nobody is pinged for what is done");
}

#[test]
fn killed_at_any_moment_it_pings_under_the_same_ids() {
    let mut duty = Duty::begin();
    for number in 0..4 {
        duty.report(&number.to_string());
        thread::sleep(Duration::from_millis(700));
        duty.davy.kill().unwrap();
        duty.davy.restart().unwrap();
    }
    let pings = duty.pings(4);
    assert_eq!(pings.len(), 4, "one an issue, whatever was killed when: {pings:?}");
    assert!(pings.values().all(|times| *times <= 3), "{pings:?}");
}

#[test]
fn a_link_answers_only_when_somebody_presses_it() {
    let duty = Duty::begin();
    duty.report_as("56", "1");
    duty.pings(1);
    let link = duty.receiver.links().into_iter().next().expect("a link");
    let get = block_on(receiver::ask("GET", &link));
    assert_eq!(get.0, 200, "{}", get.1);
    assert!(get.1.contains("Pump 56 resets"), "{}", get.1);
    assert!(!duty.explained("zendesk:56").contains("PING_EXPLANATION_ANSWERED"), "a look answers nothing");
    let post = block_on(receiver::ask("POST", &link));
    assert_eq!(post.0, 200, "{}", post.1);
    assert!(duty.explained("zendesk:56").contains("PING_EXPLANATION_ANSWERED"));
    let forged = format!("{}A", &link[..link.len() - 1]);
    assert_eq!(block_on(receiver::ask("POST", &forged)).0, 403, "a forged link");
}

#[test]
fn two_aggregators_and_two_pagers_send_each_ping_once() {
    let dir = tempfile::tempdir().unwrap();
    let nats = block_on(nats_server(&dir.path().join("nats"))).unwrap();
    let one = Duty::begin_on(Some(nats.url().to_owned()));
    let env = pager(&one.receiver, one.dir.path());
    let nats_url = Some(nats.url().to_owned());
    let other = Davy::start_with(DAVY, DavyOptions { nats_url, env, ..DavyOptions::default() }).unwrap();
    (0..8).for_each(|number| one.report(&number.to_string()));
    let pings = one.pings(8);
    assert_eq!(pings.len(), 8, "one an issue: {pings:?}");
    // What the other one sends of these comes before what is sent later.
    one.report("8");
    let pings = one.pings(9);
    assert!(pings.values().all(|times| *times == 1), "each by one of the two: {pings:?}");
    drop(other);
}

/// The listener has a certificate of its own and asks who calls; the pager of the same process needs to be told of neither.
#[test]
fn with_tls_and_authentication_it_pings_without_being_told_how_to_ask() {
    let (receiver, dir) = (Receiver::listen(), tempfile::tempdir().unwrap());
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let file = |name: &str, text: String| {
        let path = dir.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let cert = file("cert.pem", made.cert.pem());
    let key = file("key.pem", made.signing_key.serialize_pem());
    let tokens = dir.path().join("tokens.toml").to_str().unwrap().to_owned();
    let created = Command::new(DAVY)
        .args(["token", "create", "--name", "boss", "--department", "support"])
        .args(["--role", "admin", "--person", "zendesk:mia", "--file", &tokens])
        .output()
        .unwrap();
    let token = String::from_utf8(created.stdout).unwrap();
    let mut env = pager(&receiver, dir.path());
    env.extend(
        [("API__TLS__CERT", &cert), ("API__TLS__KEY", &key), ("AUTH__TOKENS", &tokens)]
            .map(|(key, value)| (format!("DAVY_{key}"), value.clone())),
    );
    let davy = Davy::start_with(DAVY, DavyOptions { env, ..DavyOptions::default() }).unwrap();
    let duty = Duty { davy, receiver, dir };
    let org = duty.davy.write("org.yaml", ORGANISATION).unwrap();
    let server = format!("https://{}", duty.davy.addresses().grpc);
    let asked = ["--server", &server, "--ca", &cert, "--token", token.trim()];
    duty.run(&[["apply", "--yes", "-f", org.to_str().unwrap()].as_slice(), &asked].concat());
    duty.report("57");
    assert_eq!(duty.pings(1).len(), 1);
    duty.run(&[["ack", "zendesk:57", "--by", "mail"].as_slice(), &asked].concat());
}
