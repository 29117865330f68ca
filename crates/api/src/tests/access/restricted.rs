//! What is hidden of a restricted issue, and from whom.

use proto::v1::{self, unacknowledged_entry::Entry};

use super::place::{Client, Place, crew};

const SECRET: &str = "lawyer";

fn issue() -> Option<v1::IssueName> {
    let id = v1::Reference { system: "zendesk".to_owned(), id: "55".to_owned() };
    Some(v1::IssueName { name: Some(v1::issue_name::Name::Reference(id)) })
}

/// Publishes as an admin may: for any department.
async fn published(place: &Place, subject: &str, data: &str) -> String {
    let mut ops = place.client(&format!("Bearer {}", place.token("ops"))).await;
    let body = format!(r#"{{"issue":{{"system":"zendesk","id":"55"}},{data}}}"#);
    let event = v1::EventMessage {
        subject: format!("davy.events.{subject}"),
        body: body.into(),
        headers: Default::default(),
    };
    let request = v1::PublishEventsRequest { events: vec![event] };
    ops.events.publish_events(request).await.unwrap().into_inner().position
}

/// Support heard it, and sales may read it.
async fn reported(place: &Place) -> String {
    let data = r#""text":"Her lawyer called","reporter":"mia",
        "restricted":{"reason":"legal","departments":["sales"]}"#;
    published(place, "support.crm:4711.issue.reported", data).await
}

/// Everything that an answer says, as it is printed.
async fn told(client: &mut Client, min_position: &str) -> Vec<(&'static str, String)> {
    let read = || Some(v1::ReadOptions { min_position: min_position.to_owned(), ..Default::default() });
    let list = v1::ListUnacknowledgedRequest { read: read(), ..Default::default() };
    let list = client.issues.list_unacknowledged(list).await.unwrap().into_inner();
    let issues = v1::ListIssuesRequest { read: read(), ..Default::default() };
    let issues = client.issues.list_issues(issues).await.unwrap().into_inner();
    let get = v1::GetIssueRequest { issue: issue(), read: read() };
    let get = client.issues.get_issue(get).await.unwrap().into_inner();
    let watch = v1::WatchIssueRequest { issue: issue(), ..Default::default() };
    let mut watch = client.issues.watch_issue(watch).await.unwrap().into_inner();
    let frame = watch.message().await.unwrap().unwrap();
    vec![
        ("list", format!("{list:?}")),
        ("issues", format!("{issues:?}")),
        ("get", format!("{get:?}")),
        ("watch", format!("{frame:?}")),
    ]
}

#[tokio::test]
async fn its_text_is_for_its_departments_and_everything_else_for_all() {
    let place = Place::start(crew()).await;
    let position = reported(&place).await;

    for may in ["sales", "ops", "audit"] {
        let mut client = place.client(&format!("Bearer {}", place.token(may))).await;
        for (what, answer) in told(&mut client, &position).await {
            assert!(answer.contains(SECRET), "{may} {what}: {answer}");
        }
    }
    let mut engineering = place.client(&format!("Bearer {}", place.token("engineering"))).await;
    for (what, answer) in told(&mut engineering, &position).await {
        assert!(!answer.contains(SECRET), "{what}: {answer}");
        assert!(answer.contains("(restricted, ask support/mia)"), "{what}: {answer}");
    }
    let list = engineering.issues.list_unacknowledged(v1::ListUnacknowledgedRequest::default()).await;
    let entry = list.unwrap().into_inner().entries.remove(0).entry;
    let Some(Entry::Issue(issue)) = entry else { panic!("{entry:?}") };
    assert_eq!(issue.owner.unwrap().department, "support");
    assert!(issue.reported_at.is_some());
}

#[tokio::test]
async fn whoever_makes_itself_the_owner_reads_no_more_and_whom_it_is_given_to_does() {
    let place = Place::start(crew()).await;
    reported(&place).await;
    let taken = published(&place, "engineering._.owner.assigned", r#""department":"engineering""#).await;
    let mut person = crate::auth::jwt_tests::payload();
    person["davy_department"] = "engineering".into();
    let mut engineering = place.client(&format!("Bearer {}", place.provider.sign(&person))).await;
    let hidden = |answers: Vec<(&str, String)>| {
        for (what, answer) in answers {
            assert!(!answer.contains(SECRET), "{what}: {answer}");
            assert!(answer.contains("(restricted, ask support)"), "{what}: {answer}");
        }
    };
    hidden(told(&mut engineering, &taken).await);
    let take = |request_id: &str| {
        let options = v1::CommandOptions { request_id: request_id.to_owned(), ..Default::default() };
        let requests = vec![v1::AcceptIssueRequest { issue: issue(), options: Some(options) }];
        v1::BatchAcceptIssuesRequest { requests }
    };
    let outcomes = engineering.issues.batch_accept_issues(take("1")).await.unwrap().into_inner().outcomes;
    let Some(v1::command_outcome::Outcome::Result(result)) = &outcomes[0].outcome else {
        panic!("{outcomes:?}")
    };
    assert_eq!(result.issue.as_ref().unwrap().owner.as_ref().unwrap().department, "engineering");
    hidden(vec![("batch", format!("{outcomes:?}"))]);
    // Sales may read it, and so may whom sales gives it to.
    let given = published(&place, "sales._.owner.assigned", r#""department":"engineering""#).await;
    for (what, answer) in told(&mut engineering, &given).await {
        assert!(answer.contains(SECRET), "{what}: {answer}");
    }
}
