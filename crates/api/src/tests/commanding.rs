//! Commands as clients give them: a day of an issue, refusals and what they say, several at once, and what is to be done.

use proto::v1::{self, command_outcome::Outcome, issue_service_client::IssueServiceClient};
use tokio::net::TcpListener;
use tonic::{Code, Request, Response, Status, transport::Channel};
use tonic_types::StatusExt as _;

use super::{System, reason};

type Issues = IssueServiceClient<Channel>;

const MIA: &str = "support/zendesk:mia";
const BO: &str = "engineering/jira:bo";

/// The client of a real connection.
async fn connect(system: &System) -> Issues {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(crate::serve(listener, None, system.services.clone(), std::future::pending()));
    IssueServiceClient::new(
        Channel::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap(),
    )
}

fn by<T>(who: &str, request: T) -> Request<T> {
    let mut request = Request::new(request);
    request.metadata_mut().insert("davy-as", who.parse().unwrap());
    request
}

fn id(request_id: &str) -> Option<v1::CommandOptions> {
    Some(v1::CommandOptions { request_id: request_id.to_owned(), ..Default::default() })
}

fn named(id: &str) -> Option<v1::IssueName> {
    Some(v1::IssueName { name: Some(v1::issue_name::Name::Id(id.to_owned())) })
}

fn at(text: &str) -> Option<prost_types::Timestamp> {
    Some(wire::proto::timestamp(text.parse().unwrap()))
}

/// Gives a command twice under one request id: the second time it is done already, and all is as it was.
macro_rules! give {
    ($issues:expr, $who:expr, $method:ident($request:expr)) => {{
        let request = $request;
        let first = $issues.$method(by($who, request.clone())).await.unwrap().into_inner().result.unwrap();
        let again = $issues.$method(by($who, request)).await.unwrap().into_inner().result.unwrap();
        assert!(!first.repeated && again.repeated);
        let told = |result: &v1::CommandResult| {
            (result.issue.clone(), result.events.clone(), result.items.clone(), result.position.clone())
        };
        assert_eq!(told(&first), told(&again));
        first
    }};
}

fn metadata(status: &Status, key: &str) -> String {
    let details = status.get_error_details();
    details.error_info().and_then(|info| info.metadata.get(key).cloned()).unwrap_or_default()
}

fn refused<T: std::fmt::Debug>(given: Result<Response<T>, Status>) -> Status {
    let status = given.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
    status
}

async fn reported(issues: &mut Issues, text: &str) -> String {
    let report = v1::ReportIssueRequest {
        customer: "crm:4711".to_owned(),
        text: text.to_owned(),
        severity: v1::Severity::Severity2.into(),
        options: id(text),
        ..Default::default()
    };
    give!(issues, MIA, report_issue(report)).issue.unwrap().id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_issue_goes_from_hand_to_hand_until_it_is_resolved() {
    let system = System::start().await;
    let mut issues = connect(&system).await;
    let pump = reported(&mut issues, "Pump resets").await;
    let issue = || named(&pump);
    let acknowledge = v1::AcknowledgeIssueRequest {
        issue: issue(),
        channel: "mail".to_owned(),
        next_update_due: at("2026-03-05T10:00:00Z"),
        options: id("ack"),
        ..Default::default()
    };
    let result = give!(issues, MIA, acknowledge_issue(acknowledge));
    assert_eq!((result.events.len(), result.items.len()), (2, 1));
    assert_eq!(result.issue.unwrap().acknowledged.unwrap().by.unwrap().id, "mia");
    give!(issues, MIA, accept_issue(v1::AcceptIssueRequest { issue: issue(), options: id("take") }));
    let offer = v1::OfferHandOffRequest {
        issue: issue(),
        to_department: "engineering".to_owned(),
        summary: "Resets every two hours".to_owned(),
        done_so_far: "Firmware reloaded".to_owned(),
        next_actions: vec![v1::NextAction { what: "Read the log".to_owned(), due: None }],
        options: id("offer"),
        ..Default::default()
    };
    let offered = give!(issues, MIA, offer_hand_off(offer));
    assert_eq!(offered.work.unwrap().hand_off.unwrap().id, offered.items[0]);
    let read_back = "It resets every two hours; I read its log next".to_owned();
    let accept = v1::AcceptHandOffRequest { issue: issue(), read_back, options: id("accept") };
    let owner = give!(issues, BO, accept_hand_off(accept)).issue.unwrap().owner.unwrap();
    assert_eq!((owner.department.as_str(), owner.person.unwrap().id.as_str()), ("engineering", "bo"));
    let assist = v1::RequestAssistRequest {
        issue: issue(),
        department: "field-service".to_owned(),
        question: "Which firmware is on it?".to_owned(),
        blocking: true,
        options: id("assist"),
        ..Default::default()
    };
    let asked = give!(issues, BO, request_assist(assist));
    let resolve = v1::ResolveIssueRequest {
        issue: issue(),
        summary: "New firmware".to_owned(),
        options: id("resolve"),
        ..Default::default()
    };
    let open = refused(issues.resolve_issue(by(BO, resolve.clone())).await);
    assert_eq!(reason(&open), "E_ASSIST_OPEN");
    let answer = v1::AnswerAssistRequest {
        issue: issue(),
        assist: asked.items[0].clone(),
        answer: "2.1".to_owned(),
        options: id("answer"),
        ..Default::default()
    };
    give!(issues, "field-service/fsm:kim", answer_assist(answer));
    let text = "Reads 2.1".to_owned();
    give!(
        issues,
        BO,
        add_note(v1::AddNoteRequest { issue: issue(), text, internal: true, options: id("note") })
    );
    // What was refused under a request id may be asked again.
    let resolved = give!(issues, BO, resolve_issue(resolve)).issue.unwrap();
    assert_eq!(resolved.lifecycle(), v1::Lifecycle::Resolved);
    let got =
        issues.get_issue(v1::GetIssueRequest { issue: issue(), read: None }).await.unwrap().into_inner();
    assert_eq!(got.issue.unwrap(), resolved);
    assert_eq!(got.work.unwrap().assists[0].state(), v1::assist::State::Answered);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_names_the_rule_who_could_and_what_to_do() {
    let system = System::start().await;
    let mut issues = connect(&system).await;
    let pump = reported(&mut issues, "Pump resets").await;
    let take = |who: &str, options| by(who, v1::AcceptIssueRequest { issue: named(&pump), options });
    issues.accept_issue(take(MIA, id("take"))).await.unwrap();
    let before = system.log.all().len();
    let taken = refused(issues.accept_issue(take("support/zendesk:ann", id("take"))).await);
    assert_eq!(
        (reason(&taken).as_str(), metadata(&taken, "owner").as_str()),
        ("E_TAKEN", "support zendesk:mia")
    );
    assert!(!metadata(&taken, "next").is_empty() && !metadata(&taken, "who_could").is_empty(), "{taken:?}");
    let stale = v1::CommandOptions {
        request_id: "stale".to_owned(),
        expected_version: "0-1".to_owned(),
        validate_only: false,
    };
    assert_eq!(reason(&refused(issues.accept_issue(take(MIA, Some(stale))).await)), "E_STALE");
    let bare = v1::OfferHandOffRequest {
        issue: named(&pump),
        to_department: "engineering".to_owned(),
        options: id("offer"),
        ..Default::default()
    };
    let bare = refused(issues.offer_hand_off(by(MIA, bare)).await);
    assert_eq!(reason(&bare), "E_MISSING_HANDOFF_FIELDS");
    assert!(metadata(&bare, "fields").contains("done_so_far"), "{bare:?}");
    assert_eq!(system.log.all().len(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_cannot_be_meant_is_told_all_its_mistakes() {
    let system = System::start().await;
    let mut issues = connect(&system).await;
    let options = v1::CommandOptions { expected_version: "x".to_owned(), ..Default::default() };
    let nothing = v1::RequestAssistRequest {
        department: "En Gin".to_owned(),
        options: Some(options),
        ..Default::default()
    };
    let status = issues.request_assist(by(MIA, nothing)).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let details = status.get_error_details();
    let fields: Vec<_> =
        details.bad_request().unwrap().field_violations.iter().map(|bad| bad.field.as_str()).collect();
    for field in ["options.request_id", "options.expected_version", "issue", "department"] {
        assert!(fields.contains(&field), "{field} is not in {fields:?}");
    }
    let pump = reported(&mut issues, "Pump resets").await;
    let text = "More".to_owned();
    let note = v1::AddNoteRequest { issue: named(&pump), text, internal: false, options: id("one") };
    issues.add_note(by(MIA, note)).await.unwrap();
    let take = v1::AcceptIssueRequest { issue: named(&pump), options: id("one") };
    let used = issues.accept_issue(by(MIA, take)).await.unwrap_err();
    assert_eq!((used.code(), reason(&used).as_str()), (Code::InvalidArgument, "REQUEST_ID_USED"));
    assert_eq!(metadata(&used, "recorded"), "issue.detail_added");
    let nowhere =
        v1::AcceptIssueRequest { issue: named("d9006f3f-40bf-5434-9bfa-62766932408d"), options: id("2") };
    assert_eq!(issues.accept_issue(by(MIA, nowhere)).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_commands_have_an_outcome_each() {
    let system = System::start().await;
    let mut issues = connect(&system).await;
    let (pump, valve) =
        (reported(&mut issues, "Pump resets").await, reported(&mut issues, "Valve leaks").await);
    let take = |issue: &str| v1::AcceptIssueRequest { issue: named(issue), options: id("all") };
    let nowhere = "d9006f3f-40bf-5434-9bfa-62766932408d";
    let requests = vec![take(&pump), take(nowhere), take(&valve), take(&pump)];
    let batch = v1::BatchAcceptIssuesRequest { requests };
    let before = system.log.all().len();
    let outcomes = issues.batch_accept_issues(by(MIA, batch)).await.unwrap().into_inner().outcomes;
    let said = |outcome: &v1::CommandOutcome| match outcome.outcome.as_ref().unwrap() {
        Outcome::Result(result) => result.issue.as_ref().unwrap().title.clone(),
        Outcome::Refusal(refusal) => refusal.code.clone(),
    };
    let told: Vec<_> = outcomes.iter().map(said).collect();
    assert_eq!(told, ["Pump resets", "UNKNOWN_ISSUE", "Valve leaks", "Pump resets"]);
    assert_eq!(outcomes[0], outcomes[3]);
    assert_eq!(system.log.all().len(), before + 2);
    let late = v1::AcceptIssueRequest { issue: named(&pump), options: id("late") };
    let batch = v1::BatchAcceptIssuesRequest { requests: vec![late] };
    let outcomes =
        issues.batch_accept_issues(by("support/zendesk:ann", batch)).await.unwrap().into_inner().outcomes;
    let Some(Outcome::Refusal(refusal)) = &outcomes[0].outcome else { panic!("{outcomes:?}") };
    assert_eq!((refusal.code.as_str(), refusal.retry), ("E_TAKEN", false));
    assert!(!refusal.next.is_empty() && !refusal.who_could.is_empty(), "{refusal:?}");
    let none = issues.batch_accept_issues(v1::BatchAcceptIssuesRequest::default()).await.unwrap_err();
    assert_eq!(none.code(), Code::InvalidArgument);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_has_to_do_is_listed() {
    let system = System::start().await;
    let mut issues = connect(&system).await;
    let pump = reported(&mut issues, "Pump resets").await;
    reported(&mut issues, "Valve leaks").await;
    give!(issues, MIA, accept_issue(v1::AcceptIssueRequest { issue: named(&pump), options: id("take") }));
    let assist = v1::RequestAssistRequest {
        issue: named(&pump),
        department: "engineering".to_owned(),
        question: "Which firmware?".to_owned(),
        options: id("assist"),
        ..Default::default()
    };
    give!(issues, MIA, request_assist(assist));
    let mut work = async |department: &str, person: Option<(&str, &str)>, page_size| {
        let person = person.map(|(system, id)| v1::Person {
            system: system.to_owned(),
            id: id.to_owned(),
            name: String::new(),
        });
        let mut request = v1::ListWorkRequest {
            department: department.to_owned(),
            person,
            page_size,
            ..Default::default()
        };
        let mut lines = Vec::new();
        loop {
            let page = issues.list_work(request.clone()).await.unwrap().into_inner();
            lines.extend(page.entries.iter().map(|entry| {
                format!("{:?} {}: {}", entry.kind(), entry.issue.as_ref().unwrap().title, entry.summary)
            }));
            if page.next_page_token.is_empty() {
                return lines;
            }
            request.page_token = page.next_page_token;
        }
    };
    let both = ["Owned Pump resets: Pump resets", "Owned Valve leaks: Valve leaks"];
    assert_eq!(work("support", None, 0).await, both);
    assert_eq!(work("support", None, 1).await, both);
    assert_eq!(work("support", Some(("zendesk", "ann")), 0).await, Vec::<String>::new());
    assert_eq!(work("engineering", Some(("jira", "bo")), 0).await, ["Assist Pump resets: Which firmware?"]);
}
