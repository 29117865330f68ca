//! What each channel over HTTP and NATS says to a real receiver, and whom it refuses.

use std::path::PathBuf;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use devkit::{Finder, NatsServer, Options};
use ring::hmac;
use serde_json::Value;

use super::{
    receivers::{Got, Manner, receiver, webhooks},
    world::{clock, ping},
};
use crate::{
    ChannelConfig, ChannelKind, Http, Item, Message, Nats, NatsLogin, News, Ntfy, PagerDuty, Recipient,
    Secret, SendError, Severity, Slack, channel::Channels,
};

const TOOK_IT: Manner = Manner::Answers("200 OK");

fn private() -> Http {
    Http { allow_private: true, ca: None }
}

fn message(kind: &str, address: &str) -> Message {
    let mut content = ping("p1", "ana", (kind, address)).severity(Severity::One).content;
    content.title = "Pump <!channel> & valve".to_owned();
    Message::new(vec![Item { attempt: 1, content }], false, clock()()).unwrap()
}

async fn send(config: ChannelConfig, message: &Message) -> Result<(), SendError> {
    let channels = Channels::open(&[config], &clock()).unwrap();
    channels.for_destination(&message.to).unwrap().send(message).await.map(|_| ())
}

fn channel(name: &str, kind: ChannelKind) -> ChannelConfig {
    ChannelConfig { name: name.to_owned(), kind }
}

fn only(got: &Got) -> (String, Value) {
    let got = got.lock().unwrap();
    assert_eq!(got.len(), 1);
    (got[0].0.clone(), serde_json::from_str(&got[0].1).unwrap())
}

#[tokio::test]
async fn a_webhook_can_be_verified() {
    let (address, got) = receiver(TOOK_IT).await;
    send(webhooks(true), &message("webhook", &address)).await.unwrap();
    let (head, body) = got.lock().unwrap()[0].clone();
    let header = |name: &str| {
        let line = head.lines().find(|line| line.to_lowercase().starts_with(name)).unwrap();
        line.split_once(": ").unwrap().1.to_owned()
    };
    let (id, at, signature) =
        (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
    assert_eq!(id, "p1");
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"01234567890123456789012345678901");
    let tag = STANDARD.decode(signature.strip_prefix("v1,").unwrap()).unwrap();
    hmac::verify(&key, format!("{id}.{at}.{body}").as_bytes(), &tag).unwrap();
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["type"], "davy.ping");
    assert_eq!(body["data"]["pings"][0]["ping"], "p1");
    assert_eq!(body["data"]["pings"][0]["answer"]["url"], "https://davy.example/answer/p1");
}

#[tokio::test]
async fn private_addresses_are_refused_whatever_they_are_called_and_redirects_are_not_followed() {
    let (address, got) = receiver(TOOK_IT).await;
    let port = address.rsplit_once(':').unwrap().1;
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::1]", "0x7f.1", "2130706433", "0.0.0.0"] {
        let refused = send(webhooks(false), &message("webhook", &format!("http://{host}:{port}/"))).await;
        let Err(SendError::Permanent { why }) = refused else { panic!("{host}: {refused:?}") };
        assert!(why.contains("private") && !why.contains(host), "{why}");
    }
    for address in ["ftp://example.com/", "example.com", "http://user@127.0.0.1/", "", "file:///etc/passwd"] {
        let refused = send(webhooks(true), &message("webhook", address)).await;
        assert!(matches!(refused, Err(SendError::Permanent { .. })), "{address}: {refused:?}");
    }
    assert!(got.lock().unwrap().is_empty());
    let location: &'static str = format!("302 Found\r\nLocation: {address}/").leak();
    let (redirects, _) = receiver(Manner::Answers(location)).await;
    let refused = send(webhooks(true), &message("webhook", &redirects)).await;
    assert!(matches!(refused, Err(SendError::Permanent { .. })), "{refused:?}");
    assert!(got.lock().unwrap().is_empty());
}

#[tokio::test]
async fn slack_shows_blocks_and_mentions_nobody() {
    let (address, got) = receiver(TOOK_IT).await;
    let slack = Slack { url: None, http: private() };
    send(channel("slack", ChannelKind::Slack(slack)), &message("slack", &address)).await.unwrap();
    let (_, body) = only(&got);
    let text = body["blocks"][0]["text"]["text"].as_str().unwrap();
    assert!(text.contains("*Pump &lt;!channel&gt; &amp; valve*"), "{text}");
    assert!(text.contains("<https://davy.example/answer/p1|*Answer this ping*>"), "{text}");
    assert!(!body.to_string().contains("<!channel>"), "{body}");
}

#[tokio::test]
async fn ntfy_has_a_button_that_answers_and_its_token_stays_with_its_server() {
    let (address, got) = receiver(TOOK_IT).await;
    let (other, elsewhere) = receiver(TOOK_IT).await;
    let ntfy = |url: &str| {
        let token = Some(Secret::new("tk_secret"));
        channel(
            "push",
            ChannelKind::Ntfy(Ntfy { url: Secret::new(url), topic: None, token, http: private() }),
        )
    };
    send(ntfy(&address), &message("ntfy", "ana-pings")).await.unwrap();
    send(ntfy(&address), &message("ntfy", &format!("{other}/her-own"))).await.unwrap();
    let (head, body) = only(&got);
    assert!(head.contains("Bearer tk_secret"), "{head}");
    assert_eq!((&body["topic"], &body["priority"]), (&Value::from("ana-pings"), &Value::from(5)));
    let action = &body["actions"][0];
    assert_eq!((&action["action"], &action["method"]), (&Value::from("http"), &Value::from("POST")));
    assert_eq!(action["url"], "https://davy.example/answer/p1");
    let (head, body) = only(&elsewhere);
    assert!(!head.contains("tk_secret"), "{head}");
    assert_eq!(body["topic"], "her-own");
}

#[tokio::test]
async fn pagerduty_is_triggered_acknowledged_and_resolved_under_one_key() {
    let (address, got) = receiver(Manner::Answers("202 Accepted")).await;
    let (url, routing_key) = (Secret::new(&*address), Secret::new("R0UT1NG"));
    let config = channel("pd", ChannelKind::PagerDuty(PagerDuty { url, routing_key, http: private() }));
    let mut message = message("", "");
    message.to.recipient = Recipient::Channel("pd".to_owned());
    let channels = Channels::open(&[config], &clock()).unwrap();
    let channel = channels.for_destination(&message.to).unwrap();
    assert!(channel.tells_one_by_one(), "a request makes one incident");
    channel.send(&message).await.unwrap();
    channel.follow_up("i-p1", News::Answered).await.unwrap();
    channel.follow_up("i-p1", News::Over).await.unwrap();
    let got = got.lock().unwrap();
    let told: Vec<Value> = got.iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
    let actions: Vec<_> = told.iter().map(|event| event["event_action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["trigger", "acknowledge", "resolve"]);
    assert!(told.iter().all(|event| event["dedup_key"] == "i-p1" && event["routing_key"] == "R0UT1NG"));
    assert_eq!(told[0]["payload"]["severity"], "critical");
}

#[tokio::test(flavor = "multi_thread")]
async fn nats_delivers_to_who_listens_and_says_when_nobody_does() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("nats");
    let nats = tokio::task::spawn_blocking(|| nats_server(place)).await.unwrap();
    let url = nats.url().to_owned();
    let config =
        Nats { url: Secret::new(&*url), login: NatsLogin::None, ca: None, inbox_prefix: "_INBOX".to_owned() };
    let channels = Channels::open(&[channel("bus", ChannelKind::Nats(config))], &clock()).unwrap();
    let mut message = message("nats", "");
    let Recipient::Person { person, .. } = &mut message.to.recipient else { panic!() };
    *person = "ana.b".to_owned();
    let bus = channels.for_destination(&message.to).unwrap();
    let nobody = bus.send(&message).await;
    assert!(matches!(nobody, Err(SendError::Temporary { .. })), "{nobody:?}");
    let listener = async_nats::connect(&url).await.unwrap();
    let mut pings = listener.subscribe("davy.pings.*").await.unwrap();
    listener.flush().await.unwrap();
    bus.send(&message).await.unwrap();
    let got = futures_util::StreamExt::next(&mut pings).await.unwrap();
    assert_eq!(got.subject.as_str(), "davy.pings.ana%2Eb");
    let body: Value = serde_json::from_slice(&got.payload).unwrap();
    assert_eq!(body["data"]["to"]["person"], "ana.b");
}

fn nats_server(dir: PathBuf) -> NatsServer {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let finder = Finder {
        explicit: None,
        path_env: std::env::var_os("PATH"),
        tools_dir: root.join("target/tools"),
        allow_download: true,
        progress: |_| {},
    };
    let binary = finder.find().unwrap();
    NatsServer::start(Options { binary, dir, port: None, sync_always: false, extra_config: None }).unwrap()
}
