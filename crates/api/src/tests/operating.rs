//! What operators do: Skip, Redrive, RetractEvents, AcceptLoss, VerifyCustomer.

use domain::Position;
use engine::{NewMessage, Phase};
use proto::v1::{self, event_ref::Event as Named, retract_outcome::Outcome};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{System, bare, event, reason};

const REPORT: &str = r#""text":"Pump resets","severity":"2","reporter":"mia""#;

fn by(department: &str) -> Option<v1::Operator> {
    let person = v1::Person { system: "zendesk".to_owned(), id: "mia".to_owned(), name: String::new() };
    Some(v1::Operator { department: department.to_owned(), person: Some(person) })
}

fn why() -> String {
    "A test of the gateway".to_owned()
}

/// As a department's tool would, whatever it says.
fn append(system: &System, message: v1::EventMessage) -> String {
    let v1::EventMessage { subject, body, headers } = message;
    let body = body.to_vec();
    system.log.append_now(NewMessage { subject, headers: headers.into_iter().collect(), body }).to_string()
}

async fn skip(system: &System, position: &str) -> Result<v1::SkipResponse, Status> {
    let request = v1::SkipRequest { position: position.to_owned(), reason: why(), by: by("support") };
    system.operations().skip(request).await.map(tonic::Response::into_inner)
}

fn redrive_of(position: &str, body: &str) -> v1::RedriveRequest {
    let corrected = v1::EventMessage { body: body.as_bytes().to_vec().into(), ..Default::default() };
    v1::RedriveRequest {
        position: position.to_owned(),
        corrected: (!body.is_empty()).then_some(corrected),
        reason: why(),
        by: by("support"),
        validate_only: false,
    }
}

async fn redrive(system: &System, request: v1::RedriveRequest) -> Result<v1::RedriveResponse, Status> {
    system.operations().redrive(request).await.map(tonic::Response::into_inner)
}

async fn retract(system: &System, department: &str, events: &[Named]) -> Vec<String> {
    let named = |event: &Named| v1::EventRef { event: Some(event.clone()) };
    let request = v1::RetractEventsRequest {
        events: events.iter().map(named).collect(),
        reason: why(),
        by: by(department),
        as_admin: department == "it",
    };
    let response = system.operations().retract_events(request).await.unwrap().into_inner();
    let said = |outcome: v1::RetractOutcome| match outcome.outcome.unwrap() {
        Outcome::Position(position) => position,
        Outcome::AlreadyRetractedBy(position) => format!("= {position}"),
        Outcome::Rejected(rejection) => rejection.reason,
    };
    response.outcomes.into_iter().map(said).collect()
}

async fn quarantine(system: &System, include_settled: bool) -> (Vec<v1::QuarantinedEvent>, i64) {
    let request = v1::ListQuarantineRequest { include_settled, ..Default::default() };
    let page = system.operations().list_quarantine(request).await.unwrap().into_inner();
    (page.events, page.quarantined_total)
}

async fn outcome_of(system: &System, position: &str) -> v1::EventOutcome {
    let event = Some(v1::trace_event_request::Event::Position(position.to_owned()));
    let traced = system.events().trace_event(v1::TraceEventRequest { event }).await.unwrap();
    traced.into_inner().outcome()
}

async fn verify(system: &System, customer: &str) -> v1::VerifyCustomerResponse {
    let request = v1::VerifyCustomerRequest { customer: customer.to_owned() };
    system.operations().verify_customer(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn a_quarantined_message_is_skipped_once() {
    let system = System::start().await;
    let garbled = append(&system, bare("issue.reported", r#"{"text": "#));
    assert_eq!(system.unacknowledged(&garbled).await, ["unreadable"]);

    let skipped = skip(&system, &garbled).await.unwrap();
    assert_eq!(skipped.position, "0-2");
    assert_eq!(system.unacknowledged("0-2").await, [""; 0]);
    assert_eq!(quarantine(&system, false).await, (vec![], 0));
    let (all, _) = quarantine(&system, true).await;
    let settled = all[0].settled.clone().unwrap();
    assert_eq!(
        (settled.kind(), settled.position.as_str()),
        (v1::quarantine_settlement::Kind::Skipped, "0-2")
    );
    assert_eq!((settled.reason, settled.department.as_str()), (why(), "support"));

    let again = skip(&system, &garbled).await.unwrap_err();
    assert_eq!((again.code(), reason(&again).as_str()), (Code::FailedPrecondition, "ALREADY_SETTLED"));
    let info = again.get_error_details().error_info().cloned().unwrap();
    assert_eq!(info.metadata["position"], "0-2");
    assert_eq!(reason(&skip(&system, "0-2").await.unwrap_err()), "NOT_QUARANTINED");
    assert_eq!(outcome_of(&system, "0-2").await, v1::EventOutcome::Applied);
    assert_eq!(outcome_of(&system, &garbled).await, v1::EventOutcome::Quarantined);

    // Another node said the same meanwhile: recorded, and without effect.
    let twin = system.log.all()[1].clone();
    let late = NewMessage { subject: twin.subject, headers: twin.headers, body: twin.body };
    let late = system.log.append_now(late).to_string();
    assert_eq!(outcome_of(&system, &late).await, v1::EventOutcome::NotApplied);
}

#[tokio::test]
async fn a_message_is_read_again_as_corrected_and_refused_if_that_does_not_help() {
    let system = System::start().await;
    let garbled = append(&system, bare("issue.reported", r#"{"text": "#));
    system.unacknowledged(&garbled).await;
    let refused = redrive(&system, redrive_of(&garbled, "")).await.unwrap_err();
    assert_eq!(reason(&refused), "STILL_QUARANTINED");
    let info = refused.get_error_details().error_info().cloned().unwrap();
    assert_eq!(info.metadata["reason"], "unreadable");

    let corrected = redrive_of(&garbled, r#"{"text":"Wants her money back"}"#);
    let foreseen = redrive(&system, v1::RedriveRequest { validate_only: true, ..corrected.clone() }).await;
    let foreseen = foreseen.unwrap();
    assert_eq!((foreseen.outcome(), foreseen.position.as_str()), (v1::EventOutcome::Applied, ""));
    assert_eq!(system.log.all().len(), 1);

    let done = redrive(&system, corrected.clone()).await.unwrap();
    assert_eq!((done.outcome(), done.position.as_str()), (v1::EventOutcome::Applied, "0-2"));
    let id = domain::bare_event_id(
        "davy.events.sales.crm:4711.issue.reported",
        br#"{"text":"Wants her money back"}"#,
        Position::new(1),
    );
    assert_eq!(done.event.unwrap().id, id);
    assert_eq!(system.unacknowledged("0-2").await, ["Wants her money back"]);
    assert_eq!(quarantine(&system, false).await, (vec![], 0));
    assert_eq!(reason(&redrive(&system, corrected).await.unwrap_err()), "ALREADY_SETTLED");
    let found = verify(&system, "crm:4711").await;
    assert!(found.matches, "{found:?}");
    assert_eq!((found.issues, found.events), (1, 1));
}

#[tokio::test]
async fn a_conflict_as_it_stands_conflicts_again_and_a_copy_is_a_duplicate() {
    let system = System::start().await;
    system.publish(vec![event("z-1", "issue.reported", REPORT)]).await.unwrap();
    let conflict = append(&system, event("z-1", "issue.reported", r#""text":"Pump dead""#));
    system.unacknowledged(&conflict).await;
    let refused = redrive(&system, redrive_of(&conflict, "")).await.unwrap_err();
    assert_eq!(reason(&refused), "STILL_QUARANTINED");
    let first = system.log.all()[0].clone();
    let same = String::from_utf8(first.body).unwrap();
    let done = redrive(&system, redrive_of(&conflict, &same)).await.unwrap();
    assert_eq!((done.outcome(), done.duplicate_of.as_str()), (v1::EventOutcome::Duplicate, "0-1"));
    assert_eq!(system.unacknowledged(&done.position).await, ["Pump resets"]);
}

#[tokio::test]
async fn events_are_retracted_by_who_published_them_or_by_an_admin() {
    let system = System::start().await;
    let events = vec![
        event("z-1", "issue.reported", REPORT),
        event("z-2", "owner.accepted", r#""person":{"system":"zendesk","id":"bo"}"#),
    ];
    system.publish(events).await.unwrap();
    let garbled = append(&system, bare("issue.reported", r#"{"text": "#));
    system.unacknowledged(&garbled).await;
    let at = |position: &str| Named::Position(position.to_owned());
    let issue = v1::issue_name::Name::Reference(v1::Reference { system: "zendesk".into(), id: "55".into() });
    let identity = |id: &str| {
        let scope = v1::event_identity::Scope::Issue(v1::IssueName { name: Some(issue.clone()) });
        Named::Identity(v1::EventIdentity { source: "/zendesk".into(), id: id.into(), scope: Some(scope) })
    };
    assert_eq!(
        retract(&system, "sales", &[at("0-2"), at("0-3"), at("0-77"), identity("z-9")]).await,
        ["not_own_event", "quarantined", "not_found", "not_found"]
    );
    assert_eq!(retract(&system, "support", &[at("0-2"), identity("z-2")]).await, ["0-4", "0-4"]);
    assert_eq!(retract(&system, "support", &[identity("z-2"), at("0-4")]).await, ["= 0-4", "is_retraction"]);
    assert_eq!(outcome_of(&system, "0-2").await, v1::EventOutcome::Retracted);
    assert_eq!(outcome_of(&system, "0-4").await, v1::EventOutcome::Applied);

    let name = || Some(v1::IssueName { name: Some(issue.clone()) });
    let get = || v1::GetIssueRequest { issue: name(), ..Default::default() };
    let shown = system.issues().get_issue(get()).await.unwrap().into_inner().issue.unwrap();
    let owner = shown.owner.unwrap();
    assert_eq!((owner.person.unwrap().id.as_str(), shown.event_count), ("mia", 3));

    assert_eq!(retract(&system, "it", &[at("0-1")]).await, ["0-5"]);
    let gone = system.issues().get_issue(get()).await.unwrap_err();
    assert_eq!(gone.code(), Code::NotFound);
    let request = v1::GetTimelineRequest { customer: "crm:4711".to_owned(), ..Default::default() };
    let entries = system.customers().get_timeline(request).await.unwrap().into_inner().entries;
    let struck: Vec<_> = entries.iter().map(|entry| entry.retracted_by.as_str()).collect();
    assert_eq!(struck, ["", "", "0-4", "0-5"], "newest first");
    // What was known before is known still.
    let read = Some(v1::ReadOptions { known_at: "0-4".to_owned(), ..Default::default() });
    let then = system.issues().get_issue(v1::GetIssueRequest { read, ..get() }).await.unwrap();
    assert_eq!(then.into_inner().issue.unwrap().title, "Pump resets");
    let found = verify(&system, "crm:4711").await;
    assert!(found.matches, "{found:?}");
}

#[tokio::test]
async fn what_the_store_lacks_or_holds_too_much_of_is_told() {
    let system = System::start().await;
    system.publish(vec![event("z-1", "issue.reported", REPORT), bare("contact.logged", "{}")]).await.unwrap();
    assert_eq!(system.unacknowledged("0-2").await, ["Pump resets"]);
    let found = verify(&system, "crm:4711").await;
    assert!(found.matches, "{found:?}");
    assert_eq!((found.issues, found.events), (1, 2));
    // The log does not hold it any more, so it should not be in the store.
    system.log.lose(Position::new(1));
    let found = verify(&system, "crm:4711").await;
    let what: Vec<_> = found.differences.iter().map(|difference| difference.what.as_str()).collect();
    assert!(!found.matches && what.contains(&"event at 0-1"), "{what:?}");
    assert!(what.contains(&"count of issues"), "{what:?}");
}

#[tokio::test]
async fn what_is_missing_is_given_up_and_folding_goes_on() {
    let system = System::start().await;
    let report = |number: u8| bare("issue.reported", &format!(r#"{{"text":"Report {number}"}}"#));
    append(&system, report(1));
    system.unacknowledged("0-1").await;
    let v1::EventMessage { subject, body, .. } = report(3);
    let behind = NewMessage { subject, headers: Vec::new(), body: body.to_vec() };
    assert_eq!(system.log.append_after(1, behind), Position::new(3));
    system.projection.phase().wait_for(|phase| matches!(phase, Phase::Stalled { .. })).await.unwrap();

    let accept = async |from: &str, to: &str| {
        let (from, to) = (from.to_owned(), to.to_owned());
        let request = v1::AcceptLossRequest { from, to, reason: why(), by: by("it") };
        system.operations().accept_loss(request).await.map(|accepted| accepted.into_inner().position)
    };
    assert_eq!(reason(&accept("0-2", "0-3").await.unwrap_err()), "NOT_MISSING");
    assert_eq!(reason(&accept("0-2", "0-9").await.unwrap_err()), "POSITION_BEYOND_LOG");
    assert_eq!(accept("0-3", "0-2").await.unwrap_err().code(), Code::InvalidArgument);
    assert_eq!(accept("0-2", "0-2").await.unwrap(), "0-4");
    assert_eq!(accept("0-2", "0-2").await.unwrap(), "0-4", "it is the same event");
    system.fold_on();
    assert_eq!(system.unacknowledged("0-4").await, ["Report 1", "Report 3"]);
    let status = system.operations().get_status(v1::GetStatusRequest::default()).await.unwrap().into_inner();
    let told: Vec<_> = status.losses.iter().map(|loss| (loss.from.as_str(), loss.reason.as_str())).collect();
    assert_eq!(told, [("0-2", why().as_str())]);
}

#[tokio::test]
async fn every_mistake_of_a_request_is_told_at_once() {
    let system = System::start().await;
    let refused = system.operations().skip(v1::SkipRequest::default()).await.unwrap_err();
    let details = refused.get_error_details();
    let fields: Vec<_> =
        details.bad_request().unwrap().field_violations.iter().map(|bad| bad.field.clone()).collect();
    assert_eq!(fields, ["position", "reason"]);
}
