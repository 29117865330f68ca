//! Who may do what: nobody does what is not theirs, and no secret is told.

use std::{fs, path::Path, time::Duration};

use serde_json::{Value, json};
use testkit::{Davy, DavyOptions, Provider, RawRpc, eventually, rpcs, unsigned};

use super::office::{Office, TOKENS};
use crate::{DAVY, block_on};

const UNAUTHENTICATED: i32 = 16;

#[test]
fn without_a_credential_nothing_is_answered() {
    let mut office = Office::open();
    office.reported("mia", "zendesk:1");
    let address = office.davy().addresses().clone();
    let rpc = block_on(RawRpc::connect(&address.grpc)).unwrap();
    let wrong = format!("Bearer {}x", TOKENS.1["mia"]);
    let paths = rpcs().unwrap();
    assert!(paths.len() > 60, "{}", paths.len());
    for path in &paths {
        for metadata in [&[][..], &[("authorization", wrong.as_str())], &[("davy-as", "operations")]] {
            let answer = block_on(rpc.call(path, metadata, Vec::new())).unwrap();
            let (code, message) = answer.expect_err(path);
            assert_eq!(code, UNAUTHENTICATED, "{path}: {message}");
            assert!(!message.contains("Pump") && !message.contains(&wrong[10..]), "{message}");
        }
    }
    // Whether it serves may be asked by anybody.
    let health = block_on(rpc.call("/grpc.health.v1.Health/Check", &[], Vec::new())).unwrap();
    assert!(health.is_ok(), "{health:?}");
    let ready = block_on(testkit::get(&format!("http://{}/readyz", address.http))).unwrap();
    assert_eq!(ready.status, 200);
}

#[test]
fn sales_does_not_take_what_was_offered_to_engineering() {
    let office = Office::open();
    office.reported("mia", "zendesk:1");
    office.does("mia", &["take", "zendesk:1"]);
    let offer =
        ["hand-off", "zendesk:1", "--to", "engineering", "--summary", "s", "--done", "d", "--next", "n"];
    office.does("mia", &[&offer[..], &["--field", "asset=P", "--field", "revision=C"]].concat());
    for words in [
        &["accept", "zendesk:1", "I take it and call them by Friday"][..],
        &["decline", "zendesk:1", "--code", "no-capacity", "--reason", "busy"],
        &["take", "zendesk:1"],
        &["hand-off", "zendesk:1", "--withdraw", "wrong"],
        &["assign", "zendesk:1", "--person", "crm:kim", "--reason", "mine"],
        &["resolve", "zendesk:1", "--summary", "done"],
    ] {
        let refused = office.refused("kim", words);
        let names = ["support", "engineering"].iter().any(|department| refused.contains(department));
        assert!(names, "{words:?}: {refused}");
    }
    assert_eq!(office.owner("zendesk:1"), "support zendesk:mia accepted");
    // Neither by saying to be another one.
    let disguised =
        office.run("kim", &["accept", "zendesk:1", "I take it and call them", "--as", "engineering/jira:bo"]);
    assert_ne!(disguised.code, 0);
    let who = office.does("kim", &["whoami"]);
    assert_eq!((&who["department"], &who["person"]["id"]), (&"sales".into(), &"kim".into()));
    let mut names = office.does("root", &["directory", "list", "people"]);
    assert_eq!(names["documents"].as_array_mut().unwrap().len(), 9);
}

#[test]
fn a_token_is_made_listed_and_taken_away_while_it_runs() {
    let mut office = Office::open();
    let file = office.tokens();
    let make = [
        "token",
        "create",
        "--name",
        "new",
        "--department",
        "sales",
        "--person",
        "crm:new",
        "--role",
        "responder",
    ];
    let made = office.davy().run([&make[..], &["--file", &file]].concat()).unwrap();
    assert_eq!(made.code, 0, "{}", made.stderr);
    let secret = made.stdout.trim().to_owned();
    let listed = office.davy().run(["token", "list", "--file", &file]).unwrap().stdout;
    assert!(listed.contains("new") && !listed.contains(&secret), "{listed}");
    assert!(!fs::read_to_string(&file).unwrap().contains(&secret));
    let who = |davy: &Davy| davy.run(["whoami", "--token", &secret]).unwrap().code;
    until(|| who(office.davy()) == 0, "the token to be known");
    let revoked = office.davy().run(["token", "revoke", "new", "--file", &file]).unwrap();
    assert_eq!(revoked.code, 0, "{}", revoked.stderr);
    until(|| who(office.davy()) == 5, "the token to be refused");
    assert_eq!(office.does("mia", &["whoami"])["department"], "support", "the others are known as before");
    silent(office.davy(), &[secret.as_str()]);
}

#[test]
fn only_a_jwt_of_the_provider_for_davy_and_in_its_time_is_believed() {
    let dir = tempfile::tempdir().unwrap();
    let (provider, stranger) = (Provider::new("k1").unwrap(), Provider::new("k1").unwrap());
    let keys = dir.path().join("keys.json");
    fs::write(&keys, provider.keys()).unwrap();
    let env = [
        ("ISSUER", "https://id.example"),
        ("AUDIENCE", "davy"),
        ("JWKS", keys.to_str().unwrap()),
        ("PERSON_SYSTEM", "crm"),
    ];
    let env = env.map(|(name, value)| (format!("DAVY_AUTH__JWT__{name}"), value.to_owned())).to_vec();
    let davy = Davy::start_with(DAVY, DavyOptions { env, ..DavyOptions::default() }).unwrap();

    #[expect(clippy::disallowed_methods, reason = "a JWT ends by the clock on the wall")]
    let now = jiff::Timestamp::now().as_second();
    let claims = |member: &str, value: Value| {
        let mut claims = json!({"iss": "https://id.example", "aud": "davy", "sub": "kim", "davy_department": "sales",
            "davy_roles": ["responder"], "exp": now + 3_600});
        claims[member] = value;
        claims
    };
    let good = claims("iat", (now - 5).into());
    let bad = [
        ("expired", provider.sign(&claims("exp", (now - 600).into()))),
        ("another's audience", provider.sign(&claims("aud", "elsewhere".into()))),
        ("another issuer", provider.sign(&claims("iss", "https://evil.example".into()))),
        ("not yet", provider.sign(&claims("nbf", (now + 3_600).into()))),
        ("unsigned", unsigned(&good)),
        ("another key", stranger.sign(&good)),
        ("cut short", provider.sign(&good)[..60].to_owned()),
        ("nothing", String::from("..")),
    ];
    let taken = provider.sign(&good);
    let ran = davy.run(["report", "crm:4711", "Pump resets", "--token", &taken]).unwrap();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let rpc = block_on(RawRpc::connect(&davy.addresses().grpc)).unwrap();
    for (what, token) in &bad {
        let bearer = format!("Bearer {token}");
        let metadata = [("authorization", bearer.as_str())];
        let answer = block_on(rpc.call("/davy.v1.IssueService/ListIssues", &metadata, Vec::new())).unwrap();
        let (code, message) = answer.expect_err(what);
        assert_eq!(code, UNAUTHENTICATED, "{what}: {message}");
        assert!(token.len() < 10 || !message.contains(token), "{message}");
    }
    let secrets: Vec<_> =
        bad.iter().map(|(_, token)| token.as_str()).filter(|token| token.len() > 10).collect();
    silent(&davy, &[&secrets[..], &[&taken]].concat());
}

/// What Davy logged and stored holds none of these, and none of the tokens of the tests.
#[track_caller]
pub(super) fn silent(davy: &Davy, secrets: &[&str]) {
    let all: Vec<_> = secrets.iter().copied().chain(TOKENS.1.values().map(String::as_str)).collect();
    let log = davy.log();
    assert!(all.iter().all(|secret| !log.contains(secret)), "{log}");
    let mut read = 0;
    search(&davy.data_dir(), &all, &mut read);
    assert!(read > 0);
}

fn search(dir: &Path, secrets: &[&str], read: &mut usize) {
    for entry in fs::read_dir(dir).unwrap().filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            search(&path, secrets, read);
            continue;
        }
        // A store that is at work takes files away.
        let Ok(bytes) = fs::read(&path) else { continue };
        *read += 1;
        let text = String::from_utf8_lossy(&bytes);
        assert!(secrets.iter().all(|secret| !text.contains(secret)), "a secret stands in {}", path.display());
    }
}

fn until(mut holds: impl FnMut() -> bool, what: &str) {
    let pause = || tokio::time::sleep(Duration::from_millis(100));
    block_on(eventually(what, || {
        let held = holds();
        async move {
            pause().await;
            held.then_some(())
        }
    }))
    .unwrap();
}
