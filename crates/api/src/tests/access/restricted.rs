//! What is hidden of a restricted issue, and from whom.

use proto::v1::{self, unacknowledged_entry::Entry};

use super::place::{Client, Place, crew};

const SECRET: &str = "lawyer";

/// Everything that an answer says, as it is printed.
async fn told(client: &mut Client, min_position: &str) -> Vec<(&'static str, String)> {
    let read = || Some(v1::ReadOptions { min_position: min_position.to_owned(), ..Default::default() });
    let issue = || {
        let id = v1::Reference { system: "zendesk".to_owned(), id: "55".to_owned() };
        Some(v1::IssueName { name: Some(v1::issue_name::Name::Reference(id)) })
    };
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
    let mut ops = place.client(&format!("Bearer {}", place.token("ops"))).await;
    let body = r#"{"issue":{"system":"zendesk","id":"55"},"text":"Her lawyer called","reporter":"mia",
        "restricted":{"reason":"legal","departments":["sales"]}}"#;
    let event = v1::EventMessage {
        subject: "davy.events.support.crm:4711.issue.reported".to_owned(),
        body: body.as_bytes().to_vec().into(),
        headers: Default::default(),
    };
    let request = v1::PublishEventsRequest { events: vec![event] };
    let position = ops.events.publish_events(request).await.unwrap().into_inner().position;

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
