//! The directory over a real connection: applied, applied again, wrong, and what it does to who is shown as owner.

use domain::Position;
use engine::NewMessage;
use proto::v1::{
    self, applied_document::Change, directory_service_client::DirectoryServiceClient,
    document::Document as Kind,
};
use tokio::net::TcpListener;
use tonic::{Code, Status, transport::Channel};
use tonic_types::StatusExt as _;

use super::{System, event, reason};

type Client = DirectoryServiceClient<Channel>;

/// A listener of the system, and a client of it.
async fn connect(system: &System) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(crate::serve(listener, None, system.services.clone(), std::future::pending()));
    let endpoint = Channel::from_shared(format!("http://{address}")).unwrap();
    DirectoryServiceClient::new(endpoint.connect().await.unwrap())
}

fn department(slug: &str, head: &str) -> v1::Document {
    let document = v1::DepartmentDocument {
        department: slug.to_owned(),
        head: head.to_owned(),
        hand_off_template: vec!["asset".to_owned()],
        ..Default::default()
    };
    v1::Document { document: Some(Kind::Department(document)) }
}

fn person(id: &str, change: impl FnOnce(&mut v1::PersonDocument)) -> v1::Document {
    let account = v1::Reference { system: "zendesk".to_owned(), id: id.to_owned() };
    let mut document = v1::PersonDocument {
        id: id.to_owned(),
        departments: vec!["support".to_owned()],
        accounts: vec![account],
        ..Default::default()
    };
    change(&mut document);
    v1::Document { document: Some(Kind::Person(document)) }
}

fn phone(address: &str) -> v1::ContactPoint {
    v1::ContactPoint { name: "desk".to_owned(), kind: "phone".to_owned(), address: address.to_owned() }
}

fn org() -> Vec<v1::Document> {
    let mia = person("mia", |mia| {
        mia.manager = "tom".to_owned();
        mia.contacts = vec![phone("+49 30 5550100")];
    });
    vec![department("support", "tom"), person("tom", |_| {}), mia]
}

fn request(documents: Vec<v1::Document>, request_id: &str) -> v1::ApplyRequest {
    let request_id = request_id.to_owned();
    let options = Some(v1::CommandOptions { request_id, ..Default::default() });
    v1::ApplyRequest { documents, options }
}

async fn apply(client: &Client, request: v1::ApplyRequest) -> Result<v1::ApplyResponse, Status> {
    client.clone().apply(request).await.map(tonic::Response::into_inner)
}

/// Each document's change and position, and which members differ.
fn said(answer: &v1::ApplyResponse) -> Vec<String> {
    let outcome = |it: &v1::AppliedDocument| {
        let sign = match it.change() {
            Change::Created => "+",
            Change::Changed => "~",
            Change::Unchanged => "=",
            Change::Unspecified => "?",
        };
        let member = |it: &v1::MemberChange| format!(" {}: {} -> {}", it.member, it.before, it.after);
        let members: String = it.members.iter().map(member).collect();
        format!("{sign}{}@{}{members}", it.name.as_ref().unwrap().id, it.position)
    };
    answer.documents.iter().map(outcome).collect()
}

#[tokio::test]
async fn documents_are_applied_once_and_what_differs_is_told() {
    let system = System::start().await;
    let client = connect(&system).await;
    let first = apply(&client, request(org(), "one")).await.unwrap();
    let created = [
        "+support@0-1 hand_off_template:  -> asset head:  -> tom",
        "+tom@0-2 accounts:  -> zendesk:tom departments:  -> support",
        "+mia@0-3 accounts:  -> zendesk:mia contacts:  -> desk (phone) departments:  -> support manager:  -> tom",
    ];
    assert_eq!(said(&first), created);
    assert_eq!((first.position.as_str(), first.directory_position.as_str()), ("0-3", "0-3"));

    // Asked again, after its answer was lost or by somebody else.
    assert_eq!(said(&apply(&client, request(org(), "one")).await.unwrap()), created);
    let other = apply(&client, request(org(), "two")).await.unwrap();
    assert_eq!(said(&other), ["=support@0-1", "=tom@0-2", "=mia@0-3"]);
    assert_eq!((other.position.as_str(), system.log.all().len()), ("", 3));

    let other = person("mia", |mia| {
        mia.status = v1::PersonStatus::OnLeave.into();
        mia.on_leave_until = "2026-03-20".to_owned();
        mia.contacts = vec![phone("+49 30 5550199")];
    });
    let changed = apply(&client, request(vec![other], "three")).await.unwrap();
    let members = "contacts: desk (phone) -> desk (phone), with another address manager: tom ->  on_leave_until:  -> \
                   2026-03-20 status: active -> on_leave";
    assert_eq!(said(&changed), [format!("~mia@0-4 {members}")]);
    let names: Vec<_> = changed.not_named.iter().map(|name| name.id.as_str()).collect();
    assert_eq!((names, changed.not_named_total), (vec!["support", "tom"], 2));

    // Back to what it was: another event than the first.
    let back = apply(&client, request(org(), "one")).await.unwrap();
    assert!(said(&back)[2].starts_with("~mia@0-5"), "{back:?}");
}

#[tokio::test]
async fn what_is_only_looked_at_changes_nothing_and_what_changed_since_is_not_overwritten() {
    let system = System::start().await;
    let client = connect(&system).await;
    let look = |documents| {
        let options = v1::CommandOptions { validate_only: true, ..Default::default() };
        v1::ApplyRequest { documents, options: Some(options) }
    };
    let foreseen = apply(&client, look(org())).await.unwrap();
    assert_eq!(
        (said(&foreseen)[1].as_str(), system.log.all().len()),
        ("+tom@ accounts:  -> zendesk:tom departments:  -> support", 0)
    );
    let on_top = |documents, id: &str| {
        let mut request = request(documents, id);
        request.options.as_mut().unwrap().expected_version = foreseen.directory_position.clone();
        request
    };
    apply(&client, on_top(org(), "one")).await.unwrap();
    // The same request again is no conflict, as nothing is left to do.
    assert!(said(&apply(&client, on_top(org(), "one")).await.unwrap())[0].starts_with("+support@0-1"));
    let stale = apply(&client, on_top(vec![department("sales", "tom")], "two")).await.unwrap_err();
    assert_eq!((stale.code(), reason(&stale).as_str()), (Code::FailedPrecondition, "E_STALE"));
    assert_eq!(system.log.all().len(), 3);
}

#[tokio::test]
async fn any_mistake_changes_nothing_and_all_are_told() {
    let system = System::start().await;
    let client = connect(&system).await;
    let documents = vec![
        department("Support", "tom"),
        person("mia", |mia| {
            mia.departments.push("No slug".to_owned());
            mia.manager = "mia".to_owned();
            mia.on_leave_until = "soon".to_owned();
        }),
        v1::Document::default(),
    ];
    let mut looked = request(documents.clone(), "");
    looked.options.as_mut().unwrap().validate_only = true;
    let mistakes = apply(&client, looked).await.unwrap().mistakes;
    let told: Vec<_> = mistakes.iter().map(|it| format!("{} {}", it.document, it.member)).collect();
    let expected = [
        "0 department",
        "1 on_leave_until",
        "1 on_leave_until",
        "1 departments[1]",
        "1 departments[0]",
        "1 manager",
        "2 ",
    ];
    assert_eq!(told, expected);
    let refused = apply(&client, request(documents, "one")).await.unwrap_err();
    let details = refused.get_error_details();
    let fields: Vec<_> = details.bad_request().unwrap().field_violations.iter().map(|it| &it.field).collect();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(
        (fields.len(), fields[0].as_str(), fields[6].as_str()),
        (7, "documents[0].department", "documents[2]")
    );
    assert_eq!(system.log.all().len(), 0);

    let nothing = apply(&client, v1::ApplyRequest::default()).await.unwrap_err();
    assert!(nothing.message().contains("documents") && nothing.message().contains("request_id"), "{nothing}");
}

/// As a tool of the company might, or a newer Davy.
fn append(system: &System, subject: &str, body: &str) -> Position {
    let message =
        NewMessage { subject: subject.to_owned(), headers: Vec::new(), body: body.as_bytes().to_vec() };
    system.log.append_now(message)
}

#[tokio::test]
async fn messages_of_the_directory_that_change_nothing_are_in_nobodys_way() {
    let system = System::start().await;
    let client = connect(&system).await;
    append(&system, "davy.directory.office.berlin", "{}");
    append(&system, "davy.directory.person.mia", "not JSON");
    apply(&client, request(org(), "one")).await.unwrap();
    let twin = system.log.all().pop().unwrap();
    append(&system, &twin.subject, str::from_utf8(&twin.body).unwrap());
    // A fact of another tool is a version too.
    append(&system, "davy.directory.person.bo", r#"{"name":"Bo","active":false,"shoe_size":43}"#);
    let done = apply(&client, request(vec![department("sales", "mia")], "two")).await.unwrap();
    assert_eq!(said(&done), ["+sales@0-8 hand_off_template:  -> asset head:  -> mia"]);
    let name = v1::DocumentName { kind: v1::DocumentKind::Person.into(), id: "bo".to_owned() };
    let request = v1::GetDocumentRequest { name: Some(name), read: None };
    let got = client.clone().get_document(request).await.unwrap().into_inner();
    let Some(Kind::Person(bo)) = got.document.unwrap().document else { panic!("no person") };
    assert_eq!((bo.name.as_str(), bo.status(), got.position.as_str()), ("Bo", v1::PersonStatus::Left, "0-7"));
}

#[tokio::test]
async fn documents_are_listed_by_page_as_of_a_position_and_without_addresses() {
    let system = System::start().await;
    let mut client = connect(&system).await;
    apply(&client, request(org(), "one")).await.unwrap();
    let left = person("tom", |tom| tom.status = v1::PersonStatus::Left.into());
    let headless = department("support", "");
    let mia = person("mia", |mia| mia.contacts = vec![phone("+49 30 5550100")]);
    apply(&client, request(vec![headless, left, mia], "two")).await.unwrap();
    let mut seen = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = v1::ListDocumentsRequest { page_size: 2, page_token, ..Default::default() };
        let page = client.list_documents(request).await.unwrap().into_inner();
        seen.push(page.documents.len());
        page_token = page.next_page_token;
        if page_token.is_empty() {
            assert_eq!(page.directory_position, "0-6");
            break;
        }
    }
    assert_eq!(seen, [2, 1]);
    let request = |known_at: &str| v1::ListDocumentsRequest {
        kind: v1::DocumentKind::Person.into(),
        active_only: true,
        department: "support".to_owned(),
        read: Some(v1::ReadOptions { known_at: known_at.to_owned(), ..Default::default() }),
        ..Default::default()
    };
    let then = client.list_documents(request("0-3")).await.unwrap().into_inner().documents;
    let now = client.list_documents(request("")).await.unwrap().into_inner().documents;
    assert_eq!((then.len(), now.len()), (2, 1));
    let Some(Kind::Person(mia)) = &now[0].document else { panic!("no person") };
    assert_eq!(mia.contacts[0].address, "+49 30 5550100", "everybody is an admin without authentication");

    let name = v1::DocumentName { kind: v1::DocumentKind::System.into(), id: "zendesk".to_owned() };
    let unknown = v1::GetDocumentRequest { name: Some(name), read: None };
    assert_eq!(reason(&client.get_document(unknown).await.unwrap_err()), "UNKNOWN_DOCUMENT");
}

#[tokio::test]
async fn who_left_or_is_on_leave_is_shown_as_the_desk_and_who_was_named_at_once() {
    let system = System::start().await;
    let client = connect(&system).await;
    apply(&client, request(org(), "one")).await.unwrap();
    let report = event("z-1", "issue.reported", r#""text":"Pump resets","reporter":"mia""#);
    let reported = system.publish(vec![report]).await.unwrap();
    system.unacknowledged(&reported[0]).await;
    let reference = v1::Reference { system: "zendesk".to_owned(), id: "55".to_owned() };
    let name = v1::IssueName { name: Some(v1::issue_name::Name::Reference(reference)) };
    let owners = async || {
        let ask = v1::GetIssueRequest { issue: Some(name.clone()), ..Default::default() };
        let got = system.issues().get_issue(ask).await.unwrap().into_inner().issue.unwrap().owner.unwrap();
        let ask = v1::WhoOwnsRequest { issue: Some(name.clone()), read: None };
        let owns = system.issues().who_owns(ask).await.unwrap().into_inner().owner.unwrap();
        let listed =
            system.issues().list_issues(v1::ListIssuesRequest::default()).await.unwrap().into_inner();
        let listed = listed.issues[0].owner.clone().unwrap();
        assert_eq!((&got, &got), (&owns, &listed));
        let person = |person: Option<v1::Person>| person.map(|person| person.id).unwrap_or_default();
        let was =
            got.was.map(|was| format!(", was {}/{}", was.department, person(was.person))).unwrap_or_default();
        format!("{}/{}{was}", got.department, person(got.person))
    };
    assert_eq!(owners().await, "support/mia");
    for (id, status) in [("two", v1::PersonStatus::OnLeave), ("three", v1::PersonStatus::Left)] {
        let gone = person("mia", |mia| mia.status = status.into());
        apply(&client, request(vec![gone], id)).await.unwrap();
        assert_eq!(owners().await, "support/, was support/mia");
    }
    apply(&client, request(vec![person("mia", |_| {})], "four")).await.unwrap();
    assert_eq!(owners().await, "support/mia");

    let sales = department("sales", "");
    let moved = |id: &str| person(id, |it| it.departments = vec!["sales".to_owned()]);
    let mut closed = department("support", "");
    if let Some(Kind::Department(support)) = &mut closed.document {
        support.active = Some(false);
        support.successor = "sales".to_owned();
    }
    apply(&client, request(vec![sales, closed, moved("mia"), moved("tom")], "five")).await.unwrap();
    assert_eq!(owners().await, "sales/, was support/mia");
}

#[tokio::test]
async fn addresses_are_for_admins_and_for_whose_they_are() {
    use domain::{Directory, Person, Principal, Reference, Role, Roles};

    let document = |id: &str| domain::PersonDocument {
        accounts: vec![Reference { system: "zendesk".to_owned(), id: id.to_owned() }],
        contacts: vec![domain::Contact {
            name: "desk".to_owned(),
            kind: "phone".to_owned(),
            address: "+49 30 5550100".to_owned(),
        }],
        ..domain::PersonDocument::new(id.to_owned())
    };
    let mut directory = Directory::default();
    directory.record(&domain::DirectoryChange {
        position: Position::new(1),
        stored_at: "2026-03-02T10:00:00Z".parse().unwrap(),
        identity: domain::Identity { source: "/directory".to_owned(), id: "1".to_owned() },
        content: domain::Digest::default(),
        document: domain::Document::Person(document("mia")),
    });
    let sees = |role: Role, id: &str| {
        let account = Reference { system: "zendesk".to_owned(), id: id.to_owned() };
        let principal = Principal {
            name: "token/x".to_owned(),
            department: "support".parse().unwrap(),
            person: Some(Person { account, name: None }),
            roles: Roles::from_iter([role]),
        };
        let seer = crate::directory::Seer::new(&principal, &directory, Position::new(1));
        let shown = seer.shown(&domain::Document::Person(document("mia")));
        let Some(Kind::Person(shown)) = shown.document else { panic!("no person") };
        !shown.contacts[0].address.is_empty()
    };
    assert_eq!(
        [
            sees(Role::Admin, "bo"),
            sees(Role::Pager, "bo"),
            sees(Role::Responder, "mia"),
            sees(Role::Head, "bo")
        ],
        [true, true, true, false]
    );
}
