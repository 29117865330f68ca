//! The queries as clients see them, over an in-memory log.

use proto::v1::{self, trace_event_request::Event as Traced};
use tonic::{Code, Request};

use super::{System, bare, event, reason};

const REPORT: &str = r#""text":"Pump resets\nEvery two hours","severity":"2","reporter":"mia""#;

fn zendesk() -> Option<v1::IssueName> {
    let reference = v1::Reference { system: "zendesk".to_owned(), id: "55".to_owned() };
    Some(v1::IssueName { name: Some(v1::issue_name::Name::Reference(reference)) })
}

fn at_least(position: &str) -> Option<v1::ReadOptions> {
    Some(v1::ReadOptions { min_position: position.to_owned(), ..Default::default() })
}

#[tokio::test]
async fn an_issue_is_read_right_after_it_was_written() {
    let system = System::start().await;
    system.publish(vec![event("z-1", "issue.reported", REPORT)]).await.unwrap();
    let request = v1::GetIssueRequest { issue: zendesk(), read: at_least("0-1") };
    let answer = system.issues().get_issue(request).await.unwrap().into_inner();
    assert_eq!(answer.body, "Pump resets\nEvery two hours");
    assert_eq!(
        answer.heard_by.map(|person| (person.system, person.id)),
        Some(("zendesk".to_owned(), "mia".to_owned()))
    );
    let issue = answer.issue.unwrap();
    assert_eq!((issue.title.as_str(), issue.severity), ("Pump resets", v1::Severity::Severity2.into()));
    assert_eq!(issue.customer.unwrap().display_name, "4711");
    let owner = issue.owner.unwrap();
    assert_eq!((owner.department.as_str(), owner.by_event.as_str()), ("support", "/zendesk/z-1"));
    let state = answer.read_state.unwrap();
    assert_eq!((state.position.as_str(), state.lag), ("0-1", Some(0)));
}

#[tokio::test]
async fn a_position_that_nothing_has_is_refused_at_once() {
    let system = System::start().await;
    let request = v1::WhoOwnsRequest { issue: zendesk(), read: at_least("0-1") };
    let status = system.issues().who_owns(request.clone()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::OutOfRange, "POSITION_BEYOND_LOG"));
    let status = system.issues().who_owns(v1::WhoOwnsRequest { read: None, ..request }).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "UNKNOWN_ISSUE"));
}

#[tokio::test]
async fn waiting_ends_before_the_caller_gives_up() {
    let system = System::start().await;
    system.log.reachable.send_replace(false);
    let mut request = Request::new(v1::WhoOwnsRequest { issue: zendesk(), read: at_least("0-1") });
    request.set_timeout(std::time::Duration::from_millis(50));
    let status = system.issues().who_owns(request).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "POSITION_NOT_REACHED"));
}

#[tokio::test]
async fn pages_hold_every_issue_once_and_their_tokens_fit_no_other_question() {
    let system = System::start().await;
    let reports =
        (0..25).map(|number| bare("issue.reported", &format!(r#"{{"text":"{number}"}}"#))).collect();
    system.publish(reports).await.unwrap();
    let mut request = v1::ListIssuesRequest { page_size: 10, read: at_least("0-25"), ..Default::default() };
    let mut titles = Vec::new();
    loop {
        let page = system.issues().list_issues(request.clone()).await.unwrap().into_inner();
        titles.extend(page.issues.into_iter().map(|issue| issue.title));
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
        // Where a page stands and how long it is may change on the way.
        request.read = None;
        request.page_size = 7;
    }
    titles.sort_by_key(|title| title.parse::<u8>().unwrap());
    assert_eq!(titles, (0..25).map(|number| number.to_string()).collect::<Vec<_>>());

    let first = v1::ListIssuesRequest { page_size: 10, ..Default::default() };
    let page_token = system.issues().list_issues(first).await.unwrap().into_inner().next_page_token;
    let filter = Some(v1::IssueFilter { department: "support".to_owned(), ..Default::default() });
    let other = v1::ListIssuesRequest { filter, page_token: page_token.clone(), ..Default::default() };
    let status = system.issues().list_issues(other).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "PAGE_TOKEN_INVALID"));
    let unacknowledged = v1::ListUnacknowledgedRequest { page_token, ..Default::default() };
    assert!(system.issues().list_unacknowledged(unacknowledged).await.is_err());
}

#[tokio::test]
async fn customers_and_their_timelines() {
    let system = System::start().await;
    let called = bare("contact.logged", r#"{"channel":"phone","summary":"Asked how she is"}"#);
    system.publish(vec![event("z-1", "issue.reported", REPORT), called]).await.unwrap();
    let request = v1::GetCustomerRequest { customer: "crm:4711".to_owned(), read: at_least("0-2") };
    let customer = system.customers().get_customer(request).await.unwrap().into_inner().customer.unwrap();
    assert_eq!((customer.issues, customer.open_issues, customer.unacknowledged_issues), (1, 1, 1));
    let all =
        system.customers().list_customers(v1::ListCustomersRequest::default()).await.unwrap().into_inner();
    assert_eq!(all.customers, std::slice::from_ref(&customer));
    let request = v1::GetTimelineRequest { customer: customer.id, ..Default::default() };
    let entries = system.customers().get_timeline(request).await.unwrap().into_inner().entries;
    let lines: Vec<_> =
        entries.iter().map(|entry| (entry.position.as_str(), entry.summary.as_str())).collect();
    assert_eq!(lines, [("0-2", "Asked how she is"), ("0-1", "Pump resets")]);
    assert!(entries.iter().all(|entry| entry.outcome() == v1::EventOutcome::Applied));
    let unknown = v1::GetTimelineRequest { customer: "crm:1".to_owned(), ..Default::default() };
    assert_eq!(reason(&system.customers().get_timeline(unknown).await.unwrap_err()), "UNKNOWN_CUSTOMER");
}

#[tokio::test]
async fn every_message_of_the_log_can_be_traced() {
    use v1::EventOutcome::{Applied, Duplicate, NotApplied, Quarantined, Unfolded};

    let system = System::start().await;
    let append = |event: v1::EventMessage| {
        system.log.append_now(engine::NewMessage {
            subject: event.subject,
            headers: Vec::new(),
            body: event.body.to_vec(),
        });
    };
    let money = || bare("issue.reported", r#"{"text":"Wants her money back"}"#);
    append(event("z-1", "issue.reported", REPORT));
    append(event("z-1", "issue.reported", REPORT));
    append(event("z-1", "issue.reported", r#""text":"Pump dead""#));
    append(event("z-2", "issue.reported", r#""text":"Pump dead""#));
    append(event("z-3", "invoice.sent", r#""total":3"#));
    append(money());
    append(money());
    let document = r#"{"name":"Sales"}"#.as_bytes().to_vec().into();
    append(v1::EventMessage {
        subject: "davy.directory.department.sales".to_owned(),
        body: document,
        ..Default::default()
    });
    let mut traced = Vec::new();
    for sequence in 1..=8 {
        let request = v1::TraceEventRequest { event: Some(Traced::Position(format!("0-{sequence}"))) };
        traced.push(system.events().trace_event(request).await.unwrap().into_inner());
    }
    let outcomes: Vec<_> = traced.iter().map(v1::TraceEventResponse::outcome).collect();
    assert_eq!(
        outcomes,
        [Applied, Duplicate, Quarantined, NotApplied, Unfolded, Applied, Duplicate, Applied]
    );
    let firsts: Vec<_> = traced.iter().map(|traced| traced.duplicate_of.as_str()).collect();
    assert_eq!(firsts, ["", "0-1", "", "", "", "", "0-6", ""]);
    assert_eq!(traced[7].entry.as_ref().unwrap().r#type, "department.set");

    let scope = zendesk().map(v1::event_identity::Scope::Issue);
    let identity = v1::EventIdentity { source: "/zendesk".to_owned(), id: "z-2".to_owned(), scope };
    let request = v1::TraceEventRequest { event: Some(Traced::Identity(identity)) };
    let found = system.events().trace_event(request).await.unwrap().into_inner();
    assert_eq!(found.entry.unwrap().position, "0-4");
}

#[tokio::test]
async fn the_status_counts_and_quarantine_lists() {
    let system = System::start().await;
    system.publish(vec![event("z-1", "issue.reported", REPORT)]).await.unwrap();
    for body in ["{", "["] {
        let subject = "davy.events.field-service.crm:4711.issue.reported".to_owned();
        system.log.append_now(engine::NewMessage {
            subject,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        });
    }
    assert_eq!(system.unacknowledged("0-3").await, ["Pump resets", "unreadable", "unreadable"]);
    let position_at = system.log.all().last().map(|message| wire::proto::timestamp(message.stored_at));
    let status =
        system.operations().get_status(v1::GetStatusRequest { position_at }).await.unwrap().into_inner();
    assert_eq!((status.phase(), status.durability()), (v1::Phase::Live, v1::Durability::Durable));
    assert_eq!((status.position.as_str(), status.tail.as_str(), status.lag), ("0-3", "0-3", Some(0)));
    assert_eq!((status.issues, status.quarantined_total, status.position_at.as_str()), (1, 2, "0-3"));
    assert_eq!(status.departments.iter().map(|known| known.unacknowledged_issues).collect::<Vec<_>>(), [1]);
    let mut request = v1::ListQuarantineRequest { page_size: 1, ..Default::default() };
    let first = system.operations().list_quarantine(request.clone()).await.unwrap().into_inner();
    request.page_token = first.next_page_token;
    let second = system.operations().list_quarantine(request).await.unwrap().into_inner();
    assert_eq!((first.events[0].position.as_str(), second.events[0].position.as_str()), ("0-3", "0-2"));
    assert_eq!((second.next_page_token.as_str(), second.quarantined_total), ("", 2));
}

#[tokio::test]
async fn the_catalogue_names_every_type_and_its_subject() {
    let system = System::start().await;
    let all = system
        .events()
        .describe_catalogue(v1::DescribeCatalogueRequest::default())
        .await
        .unwrap()
        .into_inner();
    let report = all.types.iter().find(|known| known.r#type == "issue.reported").unwrap();
    assert_eq!(report.subject, "davy.events.<department>.<customer>.issue.reported");
    let other = v1::DescribeCatalogueRequest { r#type: "pizza.ordered".to_owned() };
    assert_eq!(system.events().describe_catalogue(other).await.unwrap_err().code(), Code::NotFound);
}
