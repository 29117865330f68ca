//! Who is let in and what they may, over real sockets.

mod place;
mod restricted;

use proto::v1;
use tonic::{Code, metadata::MetadataValue};
use tonic_types::StatusExt as _;

use super::reason;
use crate::auth::jwt_tests::{Provider, payload};
use place::{Place, Told, crew};

#[tokio::test]
async fn without_a_credential_there_is_nothing_but_health() {
    let place = Place::start(crew()).await;
    let mut anybody = place.client("").await;
    for refused in [
        anybody.issues.list_issues(v1::ListIssuesRequest::default()).await.map(drop),
        anybody.events.publish_events(v1::PublishEventsRequest::default()).await.map(drop),
        anybody.operations.get_status(v1::GetStatusRequest::default()).await.map(drop),
        anybody.operations.who_am_i(v1::WhoAmIRequest {}).await.map(drop),
    ] {
        let status = refused.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::Unauthenticated, "NO_CREDENTIAL"));
    }
    // Not even what would say which RPCs there are.
    assert_eq!(
        place.raw("/davy.v1.IssueService/Nothing", "").await,
        Told::new(Code::Unauthenticated, "NO_CREDENTIAL")
    );
    anybody.health.check(tonic_health::pb::HealthCheckRequest::default()).await.unwrap();
}

#[tokio::test]
async fn every_wrong_credential_is_told_what_is_wrong_and_nothing_more() {
    let place = Place::start(crew()).await;
    let stranger = Provider::new("k1");
    let mut expired = payload();
    expired["exp"] = 1_772_440_000.into();
    let mut elsewhere = payload();
    elsewhere["aud"] = "other".into();
    let unsigned = place.provider.sign_as(&serde_json::json!({ "alg": "none" }), &payload());
    let sales = place.token("sales");
    for (sent, expected) in [
        (format!("Bearer {sales}x"), "BAD_CREDENTIAL"),
        (format!("Bearer {}", &sales[..sales.len() - 1]), "BAD_CREDENTIAL"),
        (format!("Basic {sales}"), "BAD_CREDENTIAL"),
        (sales.clone(), "BAD_CREDENTIAL"),
        ("Bearer ".to_owned(), "BAD_CREDENTIAL"),
        ("Bearer davy_".to_owned(), "BAD_CREDENTIAL"),
        (format!("Bearer {}", place.token("late")), "CREDENTIAL_EXPIRED"),
        (format!("Bearer {}", place.provider.sign(&expired)), "CREDENTIAL_EXPIRED"),
        (format!("Bearer {}", place.provider.sign(&elsewhere)), "BAD_CREDENTIAL"),
        (format!("Bearer {}", stranger.sign(&payload())), "BAD_CREDENTIAL"),
        (format!("Bearer {unsigned}"), "BAD_CREDENTIAL"),
        (format!("Bearer {}", "a.".repeat(3_000)), "BAD_CREDENTIAL"),
    ] {
        let mut client = place.client(&sent).await;
        let status = client.operations.who_am_i(v1::WhoAmIRequest {}).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::Unauthenticated, expected), "{sent}");
        let secret = sales.rsplit_once('_').unwrap().1;
        assert!(!format!("{status:?}").contains(&secret[..8]), "{status:?}");
    }
}

#[tokio::test]
async fn a_token_and_a_jwt_are_somebody() {
    let place = Place::start(crew()).await;
    let who = async |sent: String| {
        let mut client = place.client(&sent).await;
        client.operations.who_am_i(v1::WhoAmIRequest {}).await.unwrap().into_inner()
    };
    let sales = who(format!("Bearer {}", place.token("sales"))).await;
    assert_eq!((sales.principal.as_str(), sales.department.as_str()), ("token/sales", "sales"));
    assert_eq!((sales.roles, sales.credential.as_str()), (vec!["publisher".to_owned()], "token"));
    let ana = who(format!("bearer {}", place.provider.sign(&payload()))).await;
    assert_eq!((ana.principal.as_str(), ana.credential.as_str()), ("jwt/ana", "jwt"));
    assert_eq!(ana.person.unwrap().id, "ana");
    assert!(ana.expires_at.is_some());
}

#[tokio::test]
async fn nobody_publishes_for_another_department_or_operates_without_the_role() {
    let place = Place::start(crew()).await;
    let mut sales = place.client(&format!("Bearer {}", place.token("sales"))).await;
    let publish = |subject: &str| v1::PublishEventsRequest {
        events: vec![v1::EventMessage {
            subject: subject.to_owned(),
            body: br#"{"text":"Pump resets"}"#.to_vec().into(),
            headers: Default::default(),
        }],
    };
    sales.events.publish_events(publish("davy.events.sales.crm:1.issue.reported")).await.unwrap();
    for foreign in [
        "davy.events.engineering.crm:1.issue.reported",
        "davy.events.salesx.crm:1.issue.reported",
        "davy.events.command.crm:1.issue.reported",
        "davy.directory.department.sales",
        "other.events.sales.crm:1.issue.reported",
    ] {
        let status = sales.events.publish_events(publish(foreign)).await.unwrap_err();
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::PermissionDenied, "NOT_OWN_SUBJECT"),
            "{foreign}"
        );
    }
    let skip = v1::SkipRequest { position: "0-1".to_owned(), reason: "noise".to_owned(), by: None };
    let status = sales.operations.skip(skip.clone()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::PermissionDenied, "ROLE_MISSING"));
    assert_eq!(status.message(), "this takes the role admin; ask token/ops");
    let mut ops = place.client(&format!("Bearer {}", place.token("ops"))).await;
    let status = ops.operations.skip(skip).await.unwrap_err();
    assert_eq!(reason(&status), "NOT_QUARANTINED");
}

#[tokio::test]
async fn nobody_speaks_in_anothers_name() {
    let place = Place::start(crew()).await;
    let mut sales = place.client(&format!("Bearer {}", place.token("sales"))).await;
    let retract = |department: &str, as_admin: bool| v1::RetractEventsRequest {
        events: vec![v1::EventRef { event: Some(v1::event_ref::Event::Position("0-9".to_owned())) }],
        reason: "wrong customer".to_owned(),
        by: Some(v1::Operator { department: department.to_owned(), person: None }),
        as_admin,
    };
    let status = sales.operations.retract_events(retract("engineering", false)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::PermissionDenied, "NOT_OWN_NAME"));
    let status = sales.operations.retract_events(retract("sales", true)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::PermissionDenied, "ROLE_MISSING"));
    let answer = sales.operations.retract_events(retract("sales", false)).await;
    assert!(answer.is_ok() || reason(&answer.unwrap_err()) != "NOT_OWN_NAME");
}

#[tokio::test]
async fn a_principal_that_is_too_fast_is_told_when_to_go_on() {
    let place = Place::start_with_rate(crew(), 5).await;
    let mut sales = place.client(&format!("Bearer {}", place.token("sales"))).await;
    for _ in 0..10 {
        sales.operations.who_am_i(v1::WhoAmIRequest {}).await.unwrap();
    }
    let status = sales.operations.who_am_i(v1::WhoAmIRequest {}).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::ResourceExhausted, "TOO_MANY_REQUESTS"));
    assert!(status.get_details_retry_info().is_some());
    let mut ops = place.client(&format!("Bearer {}", place.token("ops"))).await;
    ops.operations.who_am_i(v1::WhoAmIRequest {}).await.unwrap();
}

#[tokio::test]
async fn hostile_metadata_ends_in_errors() {
    let place = Place::start(crew()).await;
    let token = format!("Bearer {}", place.token("sales"));
    let with = |name: &'static str, value: &str| {
        let mut request = tonic::Request::new(v1::WhoAmIRequest {});
        request.metadata_mut().insert(name, MetadataValue::try_from(value).unwrap());
        request
    };
    let mut sales = place.client(&token).await;
    let long = "x".repeat(20 * 1024);
    let status = sales.operations.who_am_i(with("x-long", &long)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::ResourceExhausted, "HEADERS_TOO_LARGE"));
    let longer = "x".repeat(200 * 1024);
    assert!(sales.operations.who_am_i(with("x-long", &longer)).await.is_err());
    let mut twice = tonic::Request::new(v1::WhoAmIRequest {});
    twice.metadata_mut().append("authorization", MetadataValue::from_static("Bearer davy_00_00"));
    twice.metadata_mut().append("authorization", MetadataValue::from_static("Bearer davy_00_00"));
    let mut anybody = place.client("").await;
    assert_eq!(reason(&anybody.operations.who_am_i(twice).await.unwrap_err()), "BAD_CREDENTIAL");
    // Whoever is known says nothing about itself in davy-as.
    let mut sales = place.client(&token).await;
    let who = sales.operations.who_am_i(with("davy-as", "engineering")).await.unwrap().into_inner();
    assert_eq!(who.department, "sales");
    assert_eq!(
        place.raw("/davy.v1.IssueService/Nothing", &token).await,
        Told::new(Code::Unimplemented, "UNKNOWN_RPC")
    );
}

#[tokio::test]
async fn a_revoked_token_is_nobody_at_once() {
    let place = Place::start(crew()).await;
    let mut sales = place.client(&format!("Bearer {}", place.token("sales"))).await;
    sales.operations.who_am_i(v1::WhoAmIRequest {}).await.unwrap();
    place.revoke("sales");
    let status = sales.operations.who_am_i(v1::WhoAmIRequest {}).await.unwrap_err();
    assert_eq!(reason(&status), "BAD_CREDENTIAL");
}

#[tokio::test]
async fn a_watch_ends_with_what_its_caller_was_let_in_for() {
    let place = Place::start(crew()).await;
    let watch = async |authorization: String| {
        let request = v1::WatchUnacknowledgedRequest::default();
        place.client(&authorization).await.issues.watch_unacknowledged(request).await.unwrap().into_inner()
    };
    let mut watches = Vec::new();
    for name in ["sales", "engineering", "audit"] {
        watches.push(watch(format!("Bearer {}", place.token(name))).await);
    }
    watches.push(watch(format!("Bearer {}", place.provider.sign(&payload()))).await);
    place.alter("engineering", |entry| entry.expires = Some("2026-03-02T10:00:00Z".parse().unwrap()));
    place.alter("audit", |entry| entry.roles.push("head".to_owned()));
    place.revoke("sales");
    let mut ended = Vec::new();
    for frames in &mut watches[..3] {
        let status = loop {
            if let Err(status) = frames.message().await {
                break status;
            }
        };
        let details = status.get_error_details();
        assert!(details.error_info().unwrap().metadata.contains_key("resume_token"), "{status:?}");
        ended.push((status.code(), reason(&status)));
    }
    assert_eq!(
        ended,
        [
            (Code::Unauthenticated, "BAD_CREDENTIAL".to_owned()),
            (Code::Unauthenticated, "CREDENTIAL_EXPIRED".to_owned()),
            (Code::Unavailable, "CREDENTIAL_CHANGED".to_owned()),
        ]
    );
    // Others' go on: the snapshot, and where it stands.
    let mut others = watches.remove(3);
    place.access.refresh_keys().await;
    for _ in 0..3 {
        others.message().await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_client_certificate_is_somebody_and_a_foreign_one_is_cut_off() {
    let place = Place::start_tls(crew()).await;
    let who = async |mut client: place::Client| client.operations.who_am_i(v1::WhoAmIRequest {}).await;
    let crm = who(place.tls_client(Some("crm.sales.example")).await.unwrap()).await.unwrap().into_inner();
    assert_eq!((crm.principal.as_str(), crm.credential.as_str()), ("certificate/crm", "certificate"));
    let unknown = who(place.tls_client(Some("other.example")).await.unwrap()).await.unwrap_err();
    assert_eq!(reason(&unknown), "UNKNOWN_CERTIFICATE");
    let none = who(place.tls_client(None).await.unwrap()).await.unwrap_err();
    assert_eq!(reason(&none), "NO_CREDENTIAL");
    let foreign = match place.foreign_client().await {
        Ok(client) => who(client).await.map(drop).unwrap_err(),
        Err(_) => return,
    };
    // The connection ended before any RPC was answered.
    assert_eq!((reason(&foreign).as_str(), foreign.code() == Code::Unauthenticated), ("", false));
}

#[tokio::test]
async fn new_certificates_are_taken_and_bad_ones_are_not() {
    let place = Place::start_tls(crew()).await;
    place.renew_certificate();
    place.tls.as_ref().unwrap().reload().unwrap();
    assert!(place.tls_client(None).await.is_ok());
    place.break_certificate();
    place.tls.as_ref().unwrap().reload().unwrap_err();
    assert!(place.tls_client(None).await.is_ok());
}
