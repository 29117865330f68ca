//! What pagers do: they hear of what is owed, claim it, send it, and say what came of it; and what an answer link does.

use proto::v1::{
    self, PingExplanation as Why, acknowledge_ping_request::Which, watch_owed_pings_response::Frame,
};
use tonic::Code;

use super::{
    oncall::desk::{Desk, by, guarded, has, id, named},
    reason,
};
use crate::{Access, AccessOptions, Drawn, TokenEntry, TokenFile};

fn claim(ping: &v1::Ping, pager: &str) -> v1::ClaimPingRequest {
    v1::ClaimPingRequest { ping: ping.ping.clone(), by: pager.to_owned(), attempt: 1 }
}

fn outcome(ping: &v1::Ping, outcome: v1::PingOutcomeKind) -> v1::RecordPingOutcomeRequest {
    v1::RecordPingOutcomeRequest {
        ping: ping.ping.clone(),
        by: "one".to_owned(),
        attempt: 1,
        outcome: outcome.into(),
        ..Default::default()
    }
}

/// A desk where Mia was pinged for an issue that nobody took.
async fn pinged() -> (Desk, String, v1::Ping) {
    let desk = Desk::start().await;
    let pump = desk.report("Pump resets", v1::Severity::Severity1).await;
    desk.now("2026-03-02T10:10:00Z");
    let ping = desk.pinged(&pump, 1).await;
    (desk, pump, ping)
}

#[tokio::test]
async fn what_is_owed_is_watched_until_it_is_settled() {
    let (desk, pump, ping) = pinged().await;
    let mut frames =
        desk.pager().watch_owed_pings(v1::WatchOwedPingsRequest::default()).await.unwrap().into_inner();
    let mut next = async || loop {
        match frames.message().await.unwrap().unwrap().frame.unwrap() {
            Frame::Progress(_) | Frame::SnapshotComplete(_) => {}
            frame @ (Frame::Snapshot(_) | Frame::Upsert(_) | Frame::Remove(_)) => return frame,
        }
    };
    let Frame::Snapshot(snapshot) = next().await else { panic!("no snapshot") };
    assert_eq!((snapshot.issues.len(), snapshot.issues[0].issue.as_str()), (1, pump.as_str()));
    let owed = &snapshot.issues[0].pings[0];
    assert_eq!((owed.ping.as_ref(), owed.attempt, owed.claimed_until), (Some(&ping), 1, None));

    assert!(desk.pager().claim_ping(claim(&ping, "one")).await.unwrap().into_inner().claimed);
    let Frame::Upsert(row) = next().await else { panic!("no upsert") };
    assert_eq!((row.pings[0].attempt, row.pings[0].claimed_until.is_some()), (2, true));
    desk.pager().record_ping_outcome(outcome(&ping, v1::PingOutcomeKind::Delivered)).await.unwrap();
    let Frame::Remove(key) = next().await else { panic!("no remove") };
    assert_eq!(key.issue, pump);
    has(&desk.why_ping(&ping.ping).await, Why::Delivered);
}

#[tokio::test]
async fn one_of_two_pagers_gets_a_claim_and_what_to_send() {
    let (desk, _, ping) = pinged().await;
    let (mut one, mut two) = (desk.pager(), desk.pager());
    let (one, two) = tokio::join!(one.claim_ping(claim(&ping, "one")), two.claim_ping(claim(&ping, "two")));
    let (one, two) = (one.unwrap().into_inner(), two.unwrap().into_inner());
    assert_ne!(one.claimed, two.claimed);
    let (won, lost) = if one.claimed { (one, two) } else { (two, one) };
    assert!(!lost.why_not.is_empty() && lost.content.is_none());
    let content = won.content.unwrap();
    assert_eq!((content.contact_kind.as_str(), content.contact_address.as_str()), ("ntfy", "mia-phone"));
    assert_eq!((content.title.as_str(), content.customer.as_str()), ("Pump resets", "crm:4711"));
    assert_eq!((content.recipient_name.as_str(), content.times), ("Mia", 1));
    assert_eq!(content.what, "nobody took it (own, due 2026-03-02 10:10 UTC, 0 s ago)");
    assert_eq!((content.step.as_str(), content.next_who.as_str()), ("step 1 of 2", "Ben (step 2)"));
    assert!(content.answer_url.starts_with("https://davy.example.com/answer/"), "{}", content.answer_url);
    assert_eq!(content.answer_command, format!("davy pings ack {}", ping.ping));

    let late =
        desk.pager().claim_ping(v1::ClaimPingRequest { attempt: 2, ..claim(&ping, "two") }).await.unwrap();
    assert!(late.into_inner().why_not.starts_with("not before"));
    let nothing = v1::RecordPingOutcomeRequest::default();
    assert_eq!(reason(&desk.pager().record_ping_outcome(nothing).await.unwrap_err()), "INVALID_REQUEST");
    let nowhere =
        v1::ClaimPingRequest { ping: "03ef809f-94b2-5eee-9bd2-9c2a8198024c".to_owned(), ..claim(&ping, "x") };
    assert_eq!(reason(&desk.pager().claim_ping(nowhere).await.unwrap_err()), "UNKNOWN_PING");
}

#[tokio::test]
async fn what_a_receiver_said_stands_in_the_explanation() {
    let (desk, pump, ping) = pinged().await;
    desk.pager().claim_ping(claim(&ping, "one")).await.unwrap();
    let detail = "410 Gone".to_owned();
    let failed =
        v1::RecordPingOutcomeRequest { detail, ..outcome(&ping, v1::PingOutcomeKind::FailedForGood) };
    desk.pager().record_ping_outcome(failed).await.unwrap();
    let told = desk.why_ping(&ping.ping).await;
    assert!(has(&told, Why::SendFailed).contains("410 Gone"), "{told:#?}");
    // Mia has no other contact, so that the next step is asked at once. What is said of a ping comes after its claim, by a
    // microsecond where the clock stands still.
    desk.now("2026-03-02T10:10:01Z");
    assert_eq!(desk.pinged(&pump, 2).await.to.unwrap().person, "ben");
}

#[tokio::test]
async fn a_link_answers_its_ping_in_the_name_of_whom_it_went_to() {
    let (desk, pump, ping) = pinged().await;
    let content = desk.pager().claim_ping(claim(&ping, "one")).await.unwrap().into_inner().content.unwrap();
    let token = content.answer_url.rsplit('/').next().unwrap().to_owned();
    let link = || Which::AnswerToken(token.clone());
    let mut forged = token.clone();
    forged.replace_range(..1, if token.starts_with('A') { "B" } else { "A" });
    for forged in [forged, "x".to_owned(), String::new()] {
        let refused = desk.answer("support", Which::AnswerToken(forged), "").await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::Unauthenticated, "ANSWER_TOKEN_INVALID")
        );
    }
    let answered = desk.answer("support", link(), "").await.unwrap();
    assert!(answered.now.starts_with("quiet until 2026-03-02 10:40 UTC"), "{}", answered.now);
    assert_eq!(answered.run.unwrap().answers[0].by.as_ref().unwrap().id, "mia");
    let again = desk.answer("support", link(), "").await.unwrap();
    assert!(again.result.unwrap().repeated);

    // Somebody did not want to wait for the end of that: the same link is another answer.
    let now = v1::EscalateNowRequest { issue: named(&pump), options: id("now"), ..Default::default() };
    desk.on_call().escalate_now(by("support/zendesk:ben", now)).await.unwrap();
    desk.now("2026-03-02T10:10:01Z");
    desk.pinged(&pump, 2).await;
    let again = desk.answer("support", link(), "").await.unwrap();
    assert!(!again.result.unwrap().repeated);
    assert_eq!(again.run.unwrap().phase(), v1::RunPhase::Answered);

    let take = v1::AcceptIssueRequest { issue: named(&pump), options: id("take") };
    desk.system.issues().accept_issue(by("support/zendesk:mia", take)).await.unwrap();
    let stale = desk.answer("support", link(), "later").await.unwrap_err();
    assert_eq!(reason(&stale), "E_ALREADY");
    assert!(stale.message().contains("nothing is overdue"), "{}", stale.message());
}

/// As a pager whose clock is elsewhere says it.
fn later(ping: &v1::Ping, retry_at: &str) -> v1::RecordPingOutcomeRequest {
    let at: jiff::Timestamp = retry_at.parse().unwrap();
    let retry_at = Some(wire::proto::timestamp(at));
    v1::RecordPingOutcomeRequest { retry_at, ..outcome(ping, v1::PingOutcomeKind::FailedForNow) }
}

#[tokio::test]
async fn a_retry_is_soon_whatever_the_pagers_clock_says() {
    for (said, comes) in
        [("2026-03-02T05:00:00Z", "2026-03-02T10:10:01Z"), ("2026-03-03T10:00:00Z", "2026-03-02T10:25:01Z")]
    {
        let (desk, _, ping) = pinged().await;
        desk.pager().claim_ping(claim(&ping, "one")).await.unwrap();
        desk.pager().record_ping_outcome(later(&ping, said)).await.unwrap();
        desk.now(comes);
        let again = v1::ClaimPingRequest { attempt: 2, ..claim(&ping, "one") };
        let again = desk.pager().claim_ping(again).await.unwrap().into_inner();
        assert!(again.claimed, "{said}: {}", again.why_not);
    }
}

#[tokio::test]
async fn what_a_pager_says_twice_or_with_its_clock_set_back_ends_well() {
    let (desk, pump, ping) = pinged().await;
    for _ in 0..2 {
        assert!(desk.pager().claim_ping(claim(&ping, "one")).await.unwrap().into_inner().claimed);
    }
    // What comes of a claim sorts behind it, or it would be void.
    desk.now("2026-03-02T10:09:00Z");
    for _ in 0..2 {
        desk.pager().record_ping_outcome(outcome(&ping, v1::PingOutcomeKind::Delivered)).await.unwrap();
    }
    has(&desk.why_ping(&ping.ping).await, Why::Delivered);
    assert_eq!(desk.pings(&pump).await.len(), 1);
    let refused = desk.pager().claim_ping(v1::ClaimPingRequest { attempt: 2, ..claim(&ping, "two") }).await;
    assert_eq!(refused.unwrap().into_inner().why_not, "it is owed no more");
    assert_eq!(desk.system.projection.published().cursor.counts.quarantined, 0);
}

#[tokio::test]
async fn a_link_of_a_ping_that_is_kept_no_more_tells_what_is_true_now() {
    let (desk, pump, ping) = pinged().await;
    // As it would be with a ping of before the last 64 of this issue.
    let tokens = crate::answers::AnswerTokens::new(b"key");
    let old = domain::PingId::from_bytes([7; 16]);
    let link = || Which::AnswerToken(tokens.seal(old, pump.parse().unwrap()));
    let stale = desk.answer("support", link(), "").await.unwrap_err();
    assert_eq!((stale.code(), reason(&stale).as_str()), (Code::FailedPrecondition, "PING_FORGOTTEN"));
    assert!(stale.message().contains("support is still being pinged"), "{}", stale.message());
    desk.answer("support", Which::Ping(ping.ping), "seen").await.unwrap();
    let stale = desk.answer("support", link(), "").await.unwrap_err();
    assert!(stale.message().contains("left in peace until"), "{}", stale.message());
    let nowhere = Which::AnswerToken(tokens.seal(old, domain::IssueId::from_bytes([9; 16])));
    assert_eq!(reason(&desk.answer("support", nowhere, "").await.unwrap_err()), "UNKNOWN_PING");
}

#[tokio::test]
async fn only_pagers_page_and_only_links_need_no_credential() {
    let (token, token_id, sha256) = Drawn { id: [1; 10], secret: [2; 32] }.into_token();
    let entry = TokenEntry {
        name: "clerk".to_owned(),
        id: token_id,
        sha256,
        department: "support".to_owned(),
        person: None,
        roles: vec!["responder".to_owned()],
        created: "2026-03-01T00:00:00Z".parse().unwrap(),
        expires: None,
    };
    let tokens = TokenFile { tokens: vec![entry] };
    let access = AccessOptions { tokens: Some(tokens), requests_per_second: 2, ..AccessOptions::default() };
    let desk = guarded(Access::new(access).unwrap()).await;
    let ping = "03ef809f-94b2-5eee-9bd2-9c2a8198024c".to_owned();
    let mut request =
        tonic::Request::new(v1::ClaimPingRequest { ping: ping.clone(), by: "x".to_owned(), attempt: 1 });
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    assert_eq!(reason(&desk.pager().claim_ping(request).await.unwrap_err()), "ROLE_MISSING");
    let anonymous = async |which| {
        let request = v1::AcknowledgePingRequest { which: Some(which), options: id("one") };
        reason(&desk.on_call().acknowledge_ping(request).await.unwrap_err())
    };
    assert_eq!(anonymous(Which::Ping(ping)).await, "NO_CREDENTIAL");
    for _ in 0..4 {
        assert_eq!(anonymous(Which::AnswerToken("forged".to_owned())).await, "ANSWER_TOKEN_INVALID");
    }
    assert_eq!(anonymous(Which::AnswerToken("forged".to_owned())).await, "TOO_MANY_REQUESTS");
    let snooze = desk.on_call().snooze(v1::SnoozeRequest::default()).await.unwrap_err();
    assert_eq!(reason(&snooze), "NO_CREDENTIAL");
}
