//! Requests for commands: what they ask, and every mistake of one at once.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it must be")]

use davy_wire::proto::command::{Asked, AskedTarget, CommandRequest};
use domain::{Command, IssueId, Item, Reference, Severity, limits};
use proto::v1;

fn on_55() -> Option<v1::IssueName> {
    let reference = v1::Reference { system: "zendesk".to_owned(), id: "55".to_owned() };
    Some(v1::IssueName { name: Some(v1::issue_name::Name::Reference(reference)) })
}

#[track_caller]
fn asked(request: &impl CommandRequest) -> Asked {
    request.asked().unwrap()
}

#[track_caller]
fn mistakes(request: &impl CommandRequest) -> Vec<String> {
    let violations = request.asked().unwrap_err();
    assert!(violations.iter().all(|violation| !violation.problem.is_empty()));
    violations.into_iter().map(|violation| violation.field).collect()
}

#[test]
fn three_fields_make_a_report() {
    let request = v1::ReportIssueRequest {
        customer: "crm:ana@example.org".to_owned(),
        text: "Pump resets".to_owned(),
        ..Default::default()
    };
    let Asked { target: AskedTarget::NewIssue { reference: None, customer: Some(customer) }, command } =
        asked(&request)
    else {
        panic!()
    };
    // An e-mail address stands in no subject; the event keeps the whole.
    assert!(customer.leaf.encoded().starts_with('~'));
    assert_eq!(customer.id(), "ana@example.org");
    let Command::Report(terms) = command else { panic!() };
    assert_eq!((terms.text.as_str(), terms.severity), ("Pump resets", Severity::Unassessed));

    let hashed = v1::ReportIssueRequest { customer: customer.leaf.to_string(), ..request.clone() };
    let whole = v1::Reference { system: "crm".to_owned(), id: "ana@example.org".to_owned() };
    let named = v1::ReportIssueRequest { customer_as_reported: Some(whole), ..hashed };
    assert_eq!(asked(&named), asked(&request));
    let nobodys = v1::ReportIssueRequest { customer: "_".to_owned(), ..request };
    assert!(matches!(asked(&nobodys).target, AskedTarget::NewIssue { customer: None, .. }));
}

#[test]
fn every_mistake_of_a_report_is_told_at_once() {
    let reference =
        |system: &str, id: &str| Some(v1::Reference { system: system.to_owned(), id: id.to_owned() });
    let request = v1::ReportIssueRequest {
        customer: "crm:4711".to_owned(),
        customer_as_reported: reference("crm", "4712"),
        text: " ".to_owned(),
        severity: 9,
        heard_by: Some(v1::Person { id: "mia".to_owned(), ..Default::default() }),
        channel: "x".repeat(limits::WORD_BYTES + 1),
        reference: reference("davy", "55"),
        restricted: Some(v1::BodyRestriction { reason: String::new(), departments: vec!["HR".to_owned()] }),
        ..Default::default()
    };
    let fields = [
        "customer_as_reported",
        "reference",
        "text",
        "severity",
        "heard_by.system",
        "channel",
        "restricted.reason",
        "restricted.departments[0]",
    ];
    assert_eq!(mistakes(&request), fields);
    let patch = v1::ReportWorkaroundRequest { report: Some(request), ..Default::default() };
    let fields: Vec<_> =
        fields.iter().map(|field| format!("report.{field}")).chain(["description".to_owned()]).collect();
    assert_eq!(mistakes(&patch), fields);
}

#[test]
fn an_issue_is_named_by_its_id_or_by_a_tools() {
    let request = v1::AcceptIssueRequest { issue: on_55(), options: None };
    let Asked { target: AskedTarget::Issue(name), command: Command::Accept } = asked(&request) else {
        panic!()
    };
    let zendesk = Reference { system: "zendesk".to_owned(), id: "55".to_owned() };
    assert_eq!((name.id, name.reference), (IssueId::of(&zendesk), Some(zendesk)));
    let by_id = |id: &str| v1::AcceptIssueRequest {
        issue: Some(v1::IssueName { name: Some(v1::issue_name::Name::Id(id.to_owned())) }),
        options: None,
    };
    assert!(matches!(
        asked(&by_id(&name.id.to_string())).target,
        AskedTarget::Issue(found) if found.id == name.id && found.reference.is_none()
    ));
    assert_eq!(mistakes(&by_id("55")), ["issue.id"]);
}

#[test]
fn a_command_about_a_customer_names_the_issue_or_the_customer() {
    let contact = v1::LogContactRequest {
        customer: "crm:4711".to_owned(),
        direction: "outbound".to_owned(),
        channel: "phone".to_owned(),
        purpose: "service".to_owned(),
        ..Default::default()
    };
    assert!(matches!(asked(&contact).target, AskedTarget::Customer(customer) if customer.id() == "4711"));
    let of_55 = v1::LogContactRequest { issue: on_55(), ..contact.clone() };
    assert_eq!(mistakes(&of_55), ["customer"]);
    let of_55 = v1::LogContactRequest { customer: String::new(), ..of_55 };
    assert!(matches!(asked(&of_55).target, AskedTarget::Issue(_)));
    let nobodys = v1::LogContactRequest { customer: "_".to_owned(), purpose: "fun".to_owned(), ..contact };
    assert_eq!(mistakes(&nobodys), ["customer", "purpose"]);

    let missed = v1::ReportMissedContactRequest { channel: "voicemail".to_owned(), ..Default::default() };
    assert!(matches!(asked(&missed).target, AskedTarget::NewIssue { reference: None, customer: None }));
}

#[test]
fn an_item_is_named_by_its_id_or_is_the_only_one() {
    let keep = |promise: &str| v1::KeepPromiseRequest {
        issue: on_55(),
        promise: promise.to_owned(),
        ..Default::default()
    };
    assert_eq!(asked(&keep("")).command, Command::KeepPromise { item: Item::Only, evidence: None });
    let id = "03ef809f-94b2-5eee-9bd2-9c2a8198024c";
    let item = Item::Id(id.parse().unwrap());
    assert_eq!(asked(&keep(id)).command, Command::KeepPromise { item, evidence: None });
    assert_eq!(mistakes(&keep("z-40")), ["promise"]);

    let answer = |assist: &str| v1::AnswerAssistRequest {
        issue: on_55(),
        assist: assist.to_owned(),
        answer: "Safe".to_owned(),
        unrequested: true,
        options: None,
    };
    let answer_to_nothing = Command::AnswerAssist { item: None, answer: "Safe".to_owned() };
    assert_eq!(asked(&answer("")).command, answer_to_nothing);
    assert_eq!(mistakes(&answer(id)), ["assist"]);
}

#[test]
fn equal_offers_are_equal_commands() {
    let fields: Vec<_> = ["site", "access", "contact"].map(|name| (name.to_owned(), "x".to_owned())).into();
    let offer = |fields: Vec<(String, String)>| v1::OfferHandOffRequest {
        issue: on_55(),
        to_department: "field".to_owned(),
        fields: fields.into_iter().collect(),
        ..Default::default()
    };
    let back = fields.iter().rev().cloned().collect();
    assert_eq!(asked(&offer(fields)), asked(&offer(back)));
    let many = (0..=limits::LIST_ITEMS).map(|n| (n.to_string(), String::new())).collect();
    assert_eq!(mistakes(&offer(many)), ["fields"]);
}

/// What a rule asks for is not asked for here, or the rule could never refuse.
#[test]
fn what_rules_ask_for_may_be_missing_and_what_nothing_can_be_done_without_may_not() {
    let decline = v1::DeclineIssueRequest { issue: on_55(), ..Default::default() };
    assert_eq!(asked(&decline).command, Command::Decline { reason: String::new() });
    let promise = v1::MakePromiseRequest { issue: on_55(), what: "Call".to_owned(), ..Default::default() };
    assert!(matches!(asked(&promise).command, Command::MakePromise { due: None, .. }));
    let close = v1::CloseIssueRequest { issue: on_55(), basis: 2, attempts: 1, ..Default::default() };
    assert!(matches!(asked(&close).command, Command::Close { attempts: 1, .. }));

    assert_eq!(mistakes(&v1::ReportIssueRequest::default()), ["text"]);
    assert_eq!(mistakes(&v1::AcceptIssueRequest::default()), ["issue"]);
    assert_eq!(mistakes(&v1::AssignIssueRequest::default()), ["issue", "person"]);
    assert_eq!(mistakes(&v1::OfferHandOffRequest::default()), ["issue", "to_department"]);
    assert_eq!(mistakes(&v1::DeclineHandOffRequest::default()), ["issue", "reason_code"]);
    assert_eq!(mistakes(&v1::RequestAssistRequest::default()), ["issue", "department", "question"]);
    assert_eq!(mistakes(&v1::RequestDeferralRequest::default()), ["issue", "until"]);
    assert_eq!(mistakes(&v1::ReviewWorkaroundRequest::default()), ["issue", "verdict"]);
    assert_eq!(mistakes(&v1::ChangeSeverityRequest::default()), ["issue", "severity"]);
    assert_eq!(
        mistakes(&v1::CloseIssueRequest { attempts: -1, ..Default::default() }),
        ["issue", "basis", "attempts"]
    );
    assert_eq!(mistakes(&v1::LinkIssuesRequest::default()), ["issue", "kind", "other"]);
    assert_eq!(mistakes(&v1::CorrectCustomerRequest::default()), ["issue", "customer"]);
    assert_eq!(mistakes(&v1::AddReferenceRequest::default()), ["issue", "reference"]);
    assert_eq!(mistakes(&v1::ObserveSignalRequest::default()), ["customer", "summary"]);
    assert_eq!(mistakes(&v1::DispositionSignalRequest::default()), ["customer", "signal", "action"]);
}
