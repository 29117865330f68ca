//! One customer out of many ids, over a real connection.

use proto::v1::{self, customer_service_client::CustomerServiceClient, suggestion::Suggestion as What};
use tokio::{net::TcpListener, sync::oneshot};
use tonic::{Code, Status, transport::Channel};

use super::{System, bare, reason};

fn event(token: &str, verb: &str, data: &str) -> v1::EventMessage {
    let mut event = bare(verb, data);
    event.subject = format!("davy.events.sales.{token}.{verb}");
    event
}

/// Two customers with an issue each, over a socket.
struct Scene {
    _system: System,
    customers: CustomerServiceClient<Channel>,
    _stop: oneshot::Sender<()>,
}

impl Scene {
    async fn open() -> Self {
        let system = System::start().await;
        let reports =
            ["crm:4711", "sap:99"].map(|token| event(token, "issue.reported", r#"{"text":"Pump resets"}"#));
        let outcomes = system.publish(reports.to_vec()).await.unwrap();
        assert_eq!(outcomes, ["0-1", "0-2"]);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(crate::serve(listener, None, system.services.clone(), async { drop(stopped.await) }));
        let channel = Channel::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();
        let mut scene = Self { _system: system, customers: CustomerServiceClient::new(channel), _stop: stop };
        scene.get("sap:99", "0-2").await;
        scene
    }

    async fn get(&mut self, customer: &str, min_position: &str) -> v1::GetCustomerResponse {
        let read = v1::ReadOptions { min_position: min_position.to_owned(), ..Default::default() };
        let request = v1::GetCustomerRequest { customer: customer.to_owned(), read: Some(read) };
        self.customers.get_customer(request).await.unwrap().into_inner()
    }

    async fn merge(&mut self, from: &str, into: &str, id: &str) -> Result<v1::CustomerCommandResult, Status> {
        let options = v1::CommandOptions { request_id: id.to_owned(), ..Default::default() };
        let request = v1::MergeCustomersRequest {
            from: from.to_owned(),
            into: into.to_owned(),
            reason: "entered twice".to_owned(),
            options: Some(options),
        };
        Ok(self.customers.merge_customers(request).await?.into_inner().result.unwrap())
    }

    async fn unmerge(&mut self, customer: &str, id: &str) -> Result<v1::CustomerCommandResult, Status> {
        let options = v1::CommandOptions { request_id: id.to_owned(), ..Default::default() };
        let request = v1::UnmergeCustomersRequest {
            customer: customer.to_owned(),
            options: Some(options),
            ..Default::default()
        };
        Ok(self.customers.unmerge_customers(request).await?.into_inner().result.unwrap())
    }

    async fn timeline(&mut self, customer: &str) -> v1::GetTimelineResponse {
        let request = v1::GetTimelineRequest { customer: customer.to_owned(), ..Default::default() };
        self.customers.get_timeline(request).await.unwrap().into_inner()
    }

    async fn tokens(&mut self) -> Vec<String> {
        let all = self.customers.list_customers(v1::ListCustomersRequest::default()).await.unwrap();
        all.into_inner().customers.into_iter().map(|customer| customer.token).collect()
    }
}

#[tokio::test]
async fn merged_ids_lead_to_one_customer_and_part_again() {
    let mut scene = Scene::open().await;
    let before = [scene.get("crm:4711", "").await, scene.get("sap:99", "").await];
    let result = scene.merge("sap:99", "crm:4711", "m").await.unwrap();
    assert_eq!((result.repeated, result.position.as_str()), (false, "0-3"));
    let whole = scene.get("sap:99", &result.position).await;
    let customer = whole.customer.unwrap();
    assert_eq!((customer.token.as_str(), customer.issues), ("crm:4711", 2));
    assert_eq!(customer.ties[0].event_id, result.event_id);
    assert_eq!(whole.redirected_from, before[1].customer.as_ref().unwrap().id);
    assert_eq!(scene.tokens().await, ["crm:4711"]);
    let timeline = scene.timeline("sap:99").await;
    assert_eq!(timeline.entries.len(), 3);
    assert_eq!((timeline.customer_id, timeline.redirected_from), (customer.id, whole.redirected_from));

    let again = scene.merge("sap:99", "crm:4711", "m").await.unwrap();
    assert!(again.repeated);
    assert_eq!(again.event_id, result.event_id);

    let undone = scene.unmerge("sap:99", "u").await.unwrap();
    let mut after = [scene.get("crm:4711", &undone.position).await, scene.get("sap:99", "").await];
    for (before, after) in before.iter().zip(&mut after) {
        assert_eq!(before.customer, after.customer);
        assert_eq!(after.redirected_from, "");
    }
    assert_eq!(scene.tokens().await, ["crm:4711", "sap:99"]);
    assert!(scene.unmerge("sap:99", "u").await.unwrap().repeated, "an hour later too");
}

#[tokio::test]
async fn what_cannot_be_merged_is_refused_with_its_rule() {
    let mut scene = Scene::open().await;
    let refused = async |scene: &mut Scene, from: &str, into: &str| {
        let status = scene.merge(from, into, &format!("{from}-{into}")).await.unwrap_err();
        (status.code(), reason(&status))
    };
    let precondition = |code: &str| (Code::FailedPrecondition, code.to_owned());
    assert_eq!(refused(&mut scene, "crm:4711", "crm:4711").await, precondition("E_SELF_LINK"));
    let unknown = (Code::NotFound, "UNKNOWN_CUSTOMER".to_owned());
    assert_eq!(refused(&mut scene, "crm:1", "crm:4711").await, unknown);
    scene.merge("sap:99", "crm:4711", "m").await.unwrap();
    assert_eq!(refused(&mut scene, "crm:4711", "sap:99").await, precondition("E_ALREADY"), "a cycle");
    assert_eq!(refused(&mut scene, "sap:99", "crm:4711").await, precondition("E_ALREADY"), "twice");
    let status = scene.unmerge("crm:4711", "u").await.map(drop);
    assert!(status.is_ok());
    let status = scene.unmerge("crm:4711", "u2").await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), precondition("E_UNKNOWN_REF"));
}

#[tokio::test]
async fn ids_are_asserted_suggested_and_retracted() {
    let mut scene = Scene::open().await;
    let assertion = |id: &str, strong: bool, request: &str| {
        let confidence = if strong { v1::AliasConfidence::Strong } else { v1::AliasConfidence::Weak };
        let system = if id.contains('@') { "mail" } else { "sap" };
        v1::AssertAliasRequest {
            customer: "crm:4711".to_owned(),
            leaf: Some(v1::Reference { system: system.to_owned(), id: id.to_owned() }),
            kind: v1::LeafKind::Unspecified.into(),
            confidence: confidence.into(),
            evidence: "contract V-7".to_owned(),
            options: Some(v1::CommandOptions { request_id: request.to_owned(), ..Default::default() }),
        }
    };
    let blocked = scene.customers.assert_alias(assertion("info@example.org", true, "b")).await.unwrap_err();
    assert_eq!(reason(&blocked), "E_BLOCKED_VALUE");
    scene.customers.assert_alias(assertion("99", false, "w")).await.unwrap();
    assert_eq!(scene.tokens().await, ["crm:4711", "sap:99"]);
    let suggestions = scene.customers.list_suggestions(v1::ListSuggestionsRequest::default()).await.unwrap();
    let suggestions = suggestions.into_inner().suggestions;
    let [v1::Suggestion { token, suggestion: Some(What::WeakAlias(tie)), .. }] = suggestions.as_slice()
    else {
        panic!("{suggestions:?}");
    };
    assert_eq!((token.as_str(), tie.from.as_ref().unwrap().id.as_str()), ("crm:4711", "99"));
    let result =
        scene.customers.assert_alias(assertion("99", true, "s")).await.unwrap().into_inner().result.unwrap();
    assert_eq!(scene.tokens().await, ["crm:4711"]);
    let retract = v1::RetractAliasRequest {
        customer: "sap:99".to_owned(),
        event_id: result.event_id,
        options: Some(v1::CommandOptions { request_id: "r".to_owned(), ..Default::default() }),
        ..Default::default()
    };
    scene.customers.retract_alias(retract).await.unwrap();
    assert_eq!(scene.tokens().await, ["crm:4711", "sap:99"]);
    let compared = v1::ListNotComparedRequest::default();
    assert!(scene.customers.list_not_compared(compared).await.unwrap().into_inner().pairs.is_empty());
}
