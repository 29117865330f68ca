//! The page that answers a ping.

use prost_reflect::prost_types::Timestamp;
use proto::v1::{
    self, AcknowledgePingRequest, AcknowledgePingResponse, CommandOptions, CommandResult,
    acknowledge_ping_request::Which,
};
use tonic::Status;

use super::{
    http::{NOW, Server},
    oncall::OnCall,
};

const LINK: &str = "/answer/AbC-_1";
const BROWSER: &str = "accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n";

fn at(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp { seconds, nanos: 0 })
}

/// As the API answers: quiet for a while.
fn quiet(_: AcknowledgePingRequest) -> Result<AcknowledgePingResponse, Status> {
    let issue = v1::Issue {
        title: "Pump <stands> & \"drips\"".to_owned(),
        customer: Some(v1::CustomerRef { display_name: "Wien & Söhne".to_owned(), ..Default::default() }),
        owner: Some(v1::Owner {
            department: "support".to_owned(),
            team: "L2".to_owned(),
            ..Default::default()
        }),
        severity: v1::Severity::Severity1.into(),
        reported_at: at(NOW - 3_600),
        ..Default::default()
    };
    let run = v1::Run {
        department: "support".to_owned(),
        policy: "night".to_owned(),
        phase: v1::RunPhase::Answered.into(),
        started_at: at(NOW - 600),
        until: at(NOW + 1_800),
        clocks: vec!["ack".to_owned(), "polish".to_owned()],
        ..Default::default()
    };
    let now = "Mia <mia> answered already; quiet until 2026-03-02 10:30 UTC; then step 1 again".to_owned();
    let result = CommandResult { issue: Some(issue), ..Default::default() };
    Ok(AcknowledgePingResponse { result: Some(result), now, run: Some(run) })
}

async fn told(server: &Server, method: &str, accept: &str) -> (String, String) {
    let (head, body) = server.asked(method, LINK, accept, "").await;
    (head, body.as_str().map_or_else(|| body.to_string(), str::to_owned))
}

fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[tokio::test]
async fn a_link_that_is_only_looked_at_answers_nothing() {
    let service = OnCall::answering(quiet);
    let server = Server::start(service.routes()).await;
    let (head, page) = told(&server, "GET", BROWSER).await;
    assert!(head.starts_with("200"), "{head}");
    has(
        &page,
        &[
            "<h1>Pump &lt;stands&gt; &amp; &quot;drips&quot;</h1>",
            "<dd>Wien &amp; Söhne</dd>",
            "<dd>1, the worst</dd>",
            "<dd>for 1 h 0 min, since 2026-03-02 09:00 UTC</dd>",
            "<dd>nobody told the customer who owns it; polish</dd>",
            "<dd>2026-03-02 09:50 UTC</dd>",
            "<dd>L2, support</dd>",
            "<dd>Mia &lt;mia&gt; answered already; quiet until 2026-03-02 10:30 UTC; then step 1 again.</dd>",
            "the policy night",
            "<form method=\"post\"><button>I have seen it</button></form>",
        ],
    );
    assert!(!page.contains("<script") && !page.contains("AbC-_1"), "{page}");
    told(&server, "HEAD", BROWSER).await;
    let presses = service.presses.lock().unwrap();
    assert_eq!(presses.len(), 2);
    for press in presses.iter() {
        let options = CommandOptions { validate_only: true, ..Default::default() };
        let which = Some(Which::AnswerToken("AbC-_1".to_owned()));
        assert_eq!(press.question, AcknowledgePingRequest { which, options: Some(options) });
    }
}

#[tokio::test]
async fn the_button_answers_and_says_what_is_true_now_in_the_form_that_is_liked() {
    let service = OnCall::answering(quiet);
    let server = Server::start(service.routes()).await;
    // What else the browser could prove is not passed on.
    let others = "authorization: Basic bTp0\r\ndavy-as: support/mia\r\n";
    let (head, page) = told(&server, "POST", &format!("{BROWSER}{others}")).await;
    assert!(head.starts_with("200") && head.contains("content-type: text/html; charset=utf-8"), "{head}");
    has(
        &page,
        &["<strong>Mia &lt;mia&gt; answered already; quiet until 2026-03-02 10:30 UTC", "Wien &amp; Söhne"],
    );
    assert!(!page.contains("<form"), "{page}");
    // As the button of a push message asks: no body, no wish.
    let (head, text) = told(&server, "POST", "").await;
    assert!(head.contains("content-type: text/plain; charset=utf-8"), "{head}");
    assert_eq!(text, "Mia <mia> answered already; quiet until 2026-03-02 10:30 UTC; then step 1 again.\n");
    let (head, json) = server.asked("POST", LINK, "accept: application/json\r\n", "").await;
    assert!(head.contains("content-type: application/json"), "{head}");
    assert_eq!(
        (&json["run"]["phase"], &json["run"]["policy"]),
        (&"RUN_PHASE_ANSWERED".into(), &"night".into())
    );
    let presses = service.presses.lock().unwrap();
    assert_eq!(presses.len(), 3);
    for press in presses.iter() {
        assert_eq!((&press.authorization, &press.acting_as), (&None, &None));
        assert_eq!(press.question.options, Some(CommandOptions::default()));
    }
}

/// Tags in order, `/` before those that close; what is not closed as it was opened fails.
fn tags(page: &str) -> Vec<String> {
    let (mut all, mut open) = (Vec::new(), Vec::new());
    for part in page.split('<').skip(1) {
        let tag = part.split('>').next().unwrap();
        let name = tag.split(' ').next().unwrap().to_owned();
        match name.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop().as_deref(), Some(closed), "{page}"),
            None if !["!doctype", "meta"].contains(&name.as_str()) => open.push(name.clone()),
            None => {}
        }
        all.push(name);
    }
    assert!(open.is_empty(), "{open:?} stay open in {page}");
    all
}

/// Of the contrast that WCAG asks for: at least 4.5 for text.
fn luminance(colour: [u8; 3]) -> f64 {
    let linear = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.039_28 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

#[tokio::test]
async fn whoever_is_woken_sees_what_it_is_and_one_big_button_on_any_phone_at_night() {
    let server = Server::start(OnCall::answering(quiet).routes()).await;
    let (_, question) = told(&server, "GET", BROWSER).await;
    let (_, answered) = told(&server, "POST", BROWSER).await;
    for page in [&question, &answered] {
        let tags = tags(page);
        let count = |name: &str| tags.iter().filter(|tag| *tag == name).count();
        assert_eq!(
            (count("h1"), count("title"), count("main"), count("script"), count("a")),
            (1, 1, 1, 0, 0)
        );
        has(page, &["<html lang=\"en\">", "width=device-width, initial-scale=1", "color-scheme:light dark"]);
        assert!(!page.contains("user-scalable") && !page.contains("http"), "{page}");
    }
    assert_eq!(question.matches("<button>").count(), 1);
    has(&question, &["min-height:4rem", "position:sticky", "width:100%", "background:#1a5fb4", "color:#fff"]);
    let contrast = 1.05 / (luminance([0x1a, 0x5f, 0xb4]) + 0.05);
    assert!(contrast >= 4.5, "{contrast}");
    // What, who and for how long come first, then the button, then what happens.
    let at = |text: &str| question.rfind(text).unwrap_or_else(|| panic!("{text} is not in {question}"));
    let order = [
        "<h1>",
        "Wien",
        "1, the worst",
        "for 1 h",
        "<button>",
        "If nobody does",
        "It tells the customer nothing",
    ];
    assert!(order.map(at).is_sorted(), "{question}");
}

#[tokio::test]
async fn nothing_keeps_frames_follows_or_learns_of_the_link() {
    let refusing = |_| Err(Status::unauthenticated("no"));
    let servers = [
        Server::start(OnCall::answering(quiet).routes()).await,
        Server::start(OnCall::answering(refusing).routes()).await,
    ];
    for server in &servers {
        for (method, accept) in [
            ("GET", BROWSER),
            ("POST", BROWSER),
            ("POST", ""),
            ("POST", "accept: application/json\r\n"),
            ("PUT", ""),
        ] {
            let (head, _) = told(server, method, accept).await;
            has(
                &head,
                &[
                    "cache-control: no-store",
                    "referrer-policy: no-referrer",
                    "x-robots-tag: noindex, nofollow",
                    "x-frame-options: deny",
                    "x-content-type-options: nosniff",
                    "content-security-policy: default-src 'none'; style-src 'sha256-",
                    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
                ],
            );
            assert!(!head.contains("set-cookie") && !head.contains("www-authenticate"), "{head}");
            assert_eq!(head.matches("cache-control").count(), 1, "{head}");
        }
    }
}

#[tokio::test]
async fn what_is_stale_forged_or_of_the_moment_has_a_status_and_words_of_its_own() {
    let refused = |status: Status| async move {
        let server = Server::start(OnCall::answering(move |_| Err(status.clone())).routes()).await;
        let (head, page) = told(&server, "POST", BROWSER).await;
        let (shown, _) = told(&server, "GET", BROWSER).await;
        let (plain, text) = told(&server, "POST", "").await;
        let (coded, json) = server.asked("POST", LINK, "accept: application/json\r\n", "").await;
        let status = head[..3].to_owned();
        assert!([shown, plain, coded].iter().all(|head| head.starts_with(&status)), "{status}");
        (status, page, text, json)
    };
    let over = Status::failed_precondition(
        "nothing is overdue for <support> since 10:05; nothing is left to answer",
    );
    let (status, page, text, json) = refused(over).await;
    assert_eq!(status, "409");
    has(
        &page,
        &["This ping cannot be answered any more", "Nothing is overdue for &lt;support&gt; since 10:05"],
    );
    assert!(!page.contains("<form"), "{page}");
    assert_eq!(text, "Nothing is overdue for <support> since 10:05; nothing is left to answer.\n");
    assert_eq!(json["status"], "FAILED_PRECONDITION");
    for (forged, code) in [(Status::unauthenticated("cut off"), "403"), (Status::not_found("no ping"), "404")]
    {
        let (status, page, ..) = refused(forged).await;
        assert_eq!(status, code);
        assert!(page.contains("This link answers no ping") && !page.contains("<form"), "{page}");
    }
    let (status, page, ..) = refused(Status::unavailable("the log cannot be reached")).await;
    assert_eq!(status, "503");
    has(&page, &["Nothing was answered", "The log cannot be reached.", "<form method=\"post\">"]);
}
