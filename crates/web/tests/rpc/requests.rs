//! What is refused before a service is asked, what is passed on to it, and how its refusals look.

use axum::http::HeaderMap;
use base64::prelude::{BASE64_STANDARD_NO_PAD, Engine as _};
use serde_json::{Value, json};

use super::{
    http::Server,
    stub::{answering, framed, headers, refusing, silent},
};

const WHO_OWNS: &str = "/davy.v1.IssueService/WhoOwns";

fn nobody() -> axum::Router {
    refusing(|_| HeaderMap::new())
}

fn reason(body: &Value) -> &str {
    body["details"][0]["reason"].as_str().unwrap()
}

#[tokio::test]
async fn an_answer_is_canonical_json_wherever_its_bytes_are_cut() {
    let state = proto::v1::ReadState { position: "0-7".to_owned(), lag: Some(0) };
    let answer = proto::v1::ListCustomersResponse { read_state: Some(state), ..Default::default() };
    let bytes = framed(&answer);
    let (pieces, routes) = answering(headers([("grpc-status", "0")]));
    let server = Server::start(routes).await;
    let (_, (status, body)) = tokio::join!(
        async {
            for byte in bytes {
                pieces.send(vec![byte]).await.unwrap();
            }
            drop(pieces);
        },
        // No body at all is the empty request.
        server.called("/davy.v1.CustomerService/ListCustomers", ""),
    );
    assert!(status.starts_with("200 ok"), "{status}");
    assert!(status.contains("content-type: application/json"), "{status}");
    // A field without presence is there, one with presence is not, and 64 bits are text.
    assert_eq!(body["readState"], json!({ "position": "0-7", "lag": "0" }));
    assert_eq!((&body["nextPageToken"], &body["customers"]), (&json!(""), &json!([])));
}

#[tokio::test]
async fn a_refusal_has_the_details_that_grpc_has() {
    // A google.rpc.Status with ErrorInfo{reason: "R", domain: "d"}, RetryInfo{0.5 s} and a type that nobody described.
    let info = b"\n\x01R\x12\x01d";
    let retry = b"\n\x06\x10\x80\xca\xb5\xee\x01";
    let detail = |name: &str, value: &[u8]| {
        let url = format!("type.googleapis.com/{name}");
        let lengths = (u8::try_from(url.len()).unwrap(), u8::try_from(value.len()).unwrap());
        let any = [b"\n", &[lengths.0][..], url.as_bytes(), b"\x12", &[lengths.1], value].concat();
        [b"\x1a", &[u8::try_from(any.len()).unwrap()][..], &any].concat()
    };
    let details = [
        b"\x08\x0e".to_vec(),
        detail("google.rpc.ErrorInfo", info),
        detail("google.rpc.RetryInfo", retry),
        detail("acme.Unheard", b""),
    ]
    .concat();
    let details = BASE64_STANDARD_NO_PAD.encode(details);
    let told = headers([
        ("grpc-status", "14"),
        ("grpc-message", "rebuilding 42%25: \u{fc}ber"),
        ("grpc-status-details-bin", &details),
    ]);
    let server = Server::start(refusing(move |_| told.clone())).await;
    for path in [WHO_OWNS, super::stub::WATCH] {
        let (status, body) = server.called(path, "{}").await;
        assert!(status.starts_with("503 service unavailable"), "{status}");
        assert!(status.contains("retry-after: 1"), "{status}");
        let info = json!({
            "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "R", "domain": "d", "metadata": {},
        });
        let retry = json!({ "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.500s" });
        let wanted = json!({
            "code": 14, "status": "UNAVAILABLE", "message": "rebuilding 42%: \u{fc}ber", "details": [info, retry],
        });
        assert_eq!(body, wanted);
    }
}

#[tokio::test]
async fn each_code_has_the_status_that_http_has_for_it() {
    let server =
        Server::start(refusing(|sent| headers([("grpc-status", sent["authorization"].to_str().unwrap())])))
            .await;
    for (code, name, http) in [
        ("3", "INVALID_ARGUMENT", "400"),
        ("5", "NOT_FOUND", "404"),
        ("6", "ALREADY_EXISTS", "409"),
        ("7", "PERMISSION_DENIED", "403"),
        ("8", "RESOURCE_EXHAUSTED", "429"),
        ("9", "FAILED_PRECONDITION", "400"),
        ("11", "OUT_OF_RANGE", "400"),
        ("12", "UNIMPLEMENTED", "501"),
        ("15", "DATA_LOSS", "500"),
        ("16", "UNAUTHENTICATED", "401"),
        ("99", "UNKNOWN", "500"),
    ] {
        let (status, body) = server.asked("POST", WHO_OWNS, &format!("authorization: {code}\r\n"), "").await;
        assert!(status.starts_with(http), "{code}: {status}");
        assert_eq!(body["status"], name);
    }
}

#[tokio::test]
async fn who_asks_where_from_and_how_long_is_passed_on_and_nothing_else() {
    let server = Server::start(refusing(|sent| {
        let mut names: Vec<_> = sent.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        names.sort();
        headers([("grpc-status", "5"), ("grpc-message", &names.join(" "))])
    }))
    .await;
    let sent = "authorization: Bearer t\r\ntraceparent: 00-a-b-01\r\ntracestate: x=1\r\nConnect-Timeout-Ms: 1500\r\ncookie: c\r\n";
    let (_, body) = server.asked("POST", WHO_OWNS, sent, "").await;
    let passed = r#"authorization="Bearer t" content-type="application/grpc" grpc-timeout="1500m" te="trailers" traceparent="00-a-b-01" tracestate="x=1""#;
    assert_eq!(body["message"], passed);
}

#[tokio::test]
async fn what_is_no_request_is_refused_with_where_and_why() {
    let server = Server::start(silent()).await;
    for (body, place, why) in [
        (r#"{"issue": {"#, "line 1 column 11", "EOF"),
        (r#"{"issues": {}}"#, "line 1 column", "'issues'"),
        ("{\n  \"read\": {\"asOff\": \"\"}}", "line 2 column", "'asOff'"),
        (r#"{"read": {"asOf": "yesterday"}}"#, "line 1 column", ""),
        ("[]", "line 1 column", "expected"),
        ("{} {}", "line 1 column 4", "trailing"),
    ] {
        let (status, told) = server.called(WHO_OWNS, body).await;
        assert!(status.starts_with("400 bad request"), "{body}: {status}");
        assert_eq!((told["code"].as_i64(), reason(&told)), (Some(3), "INVALID_JSON"));
        let violation = &told["details"][1]["fieldViolations"][0];
        assert!(violation["field"].as_str().unwrap().starts_with(place), "{body}: {told}");
        assert!(violation["description"].as_str().unwrap().contains(why), "{body}: {told}");
        assert!(told["message"].as_str().unwrap().contains("davy.v1.WhoOwnsRequest"), "{told}");
    }
    let (status, told) = server.asked("POST", WHO_OWNS, "grpc-timeout: soon\r\n", "{}").await;
    assert!(status.starts_with("400"), "{status}");
    assert_eq!(reason(&told), "INVALID_TIMEOUT");
}

#[tokio::test]
async fn whoever_may_not_call_is_told_so_before_the_body_has_come() {
    let server = Server::start(refusing(|_| headers([("grpc-status", "16")]))).await;
    let head = format!(
        "POST {WHO_OWNS} HTTP/1.1\r\nhost: davy.example\r\nconnection: close\r\ncontent-length: 4000000\r\n\r\n"
    );
    let mut connection = server.sent(&format!("{head}{{\"issue\":")).await;
    let answer = connection.rest().await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

#[tokio::test]
async fn only_json_is_taken_and_from_no_page_that_hides_it() {
    let server = Server::start(refusing(|_| headers([("grpc-status", "5")]))).await;
    for (sent, status) in [
        ("", "404"),
        ("content-type: Application/JSON; charset=utf-8\r\n", "404"),
        ("content-type: application/x-www-form-urlencoded\r\n", "415"),
        ("content-type: application/json\r\ncontent-encoding: gzip\r\n", "415"),
        ("origin: https://elsewhere.example\r\n", "415"),
    ] {
        let (found, told) = server.asked("POST", WHO_OWNS, sent, "{}").await;
        assert!(found.starts_with(status), "{sent}: {found} {told}");
    }
}

#[tokio::test]
async fn a_wrong_path_or_method_is_told_the_right_one() {
    let server = Server::start(nobody()).await;
    let (status, told) = server.called("/davy.v1.IssueService/WhoOwnz", "{}").await;
    assert!(status.starts_with("404 not found"), "{status}");
    assert_eq!(reason(&told), "UNKNOWN_METHOD");
    assert!(told["message"].as_str().unwrap().contains("ListIssues, GetIssue, WhoOwns"), "{told}");
    for path in ["/davy.v1.TicketService/Get", "/google.rpc.Status/x", "/nowhere", "//"] {
        let (status, told) = server.called(path, "{}").await;
        assert!(status.starts_with("404 not found"), "{path}: {status}");
        assert!(told["message"].as_str().unwrap().contains("/davy.v1.IssueService/"), "{path}: {told}");
    }
    let (status, told) = server.asked("GET", WHO_OWNS, "", "").await;
    assert!(status.starts_with("405 method not allowed") && status.contains("allow: post"), "{status}");
    let line = format!("curl -H 'content-type: application/json' -d '{{}}' http://davy.example{WHO_OWNS}");
    assert!(told["message"].as_str().unwrap().contains(&line), "{told}");
    let (_, index) = server.asked("GET", "/", "", "").await;
    let index = index.as_str().unwrap();
    assert!(index.contains("curl -N ") && index.contains("davy.v1.IssueService: List"), "{index}");
}

#[tokio::test]
async fn a_request_has_an_end_in_size_and_time() {
    let server = Server::start(silent()).await;
    let large = "x".repeat(4 * 1024 * 1024 + 1);
    let (status, told) = server.called(WHO_OWNS, &large).await;
    assert!(status.starts_with("413 payload too large"), "{status}");
    assert_eq!(reason(&told), "BODY_TOO_LARGE");
    let (status, told) = server.asked("POST", WHO_OWNS, "connect-timeout-ms: 20\r\n", "{}").await;
    assert!(status.starts_with("504 gateway timeout"), "{status}");
    assert_eq!(told["status"], "DEADLINE_EXCEEDED");
}
