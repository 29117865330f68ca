//! Over a service as tonic makes it, with the traits that are generated.

use std::pin::Pin;

use futures_util::{Stream, stream};
use proto::v1::{
    self,
    customer_service_server::{CustomerService, CustomerServiceServer},
    watch_timeline_response::Frame,
};
use serde_json::json;
use tonic::{Code, Request, Response, Status, service::Routes};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::http::{Server, request};

struct Acme;

fn unknown(customer: &str) -> Status {
    let mut details =
        ErrorDetails::with_error_info("UNKNOWN_CUSTOMER", "davy.dev", [("customer".into(), customer.into())]);
    details.add_bad_request_violation("customer", "is unknown: \u{201c}100%\u{201d}");
    Status::with_error_details(Code::NotFound, format!("no customer {customer}\nat all, 100%"), details)
}

/// Methods that nobody asks for here, in the form that `async_trait` gives to the others: it does not look into macros.
macro_rules! unasked {
    ($($method:ident: $request:ident => $response:ident,)+) => {$(
        fn $method<'life0, 'async_trait>(
            &'life0 self,
            _: Request<v1::$request>,
        ) -> Pin<Box<dyn Future<Output = Result<Response<v1::$response>, Status>> + Send + 'async_trait>>
        where
            'life0: 'async_trait,
            Self: 'async_trait,
        {
            Box::pin(std::future::ready(Err(Status::unimplemented(""))))
        }
    )+};
}

pub(crate) use unasked;

#[tonic::async_trait]
impl CustomerService for Acme {
    unasked! {
        assert_alias: AssertAliasRequest => AssertAliasResponse,
        retract_alias: RetractAliasRequest => RetractAliasResponse,
        merge_customers: MergeCustomersRequest => MergeCustomersResponse,
        unmerge_customers: UnmergeCustomersRequest => UnmergeCustomersResponse,
        list_suggestions: ListSuggestionsRequest => ListSuggestionsResponse,
        list_identity_conflicts: ListIdentityConflictsRequest => ListIdentityConflictsResponse,
        list_not_compared: ListNotComparedRequest => ListNotComparedResponse,
        list_silent: ListSilentRequest => ListSilentResponse,
    }

    async fn get_customer(
        &self,
        request: Request<v1::GetCustomerRequest>,
    ) -> Result<Response<v1::GetCustomerResponse>, Status> {
        let token = request.into_inner().customer;
        if token != "crm:4711" {
            return Err(unknown(&token));
        }
        let leaf = v1::Reference { system: "crm".to_owned(), id: "4711".to_owned() };
        let customer = v1::Customer { token, leaves: vec![leaf], open_issues: 3, ..Default::default() };
        Ok(Response::new(v1::GetCustomerResponse { customer: Some(customer), ..Default::default() }))
    }

    type WatchTimelineStream = Pin<Box<dyn Stream<Item = Result<v1::WatchTimelineResponse, Status>> + Send>>;

    async fn watch_timeline(
        &self,
        request: Request<v1::WatchTimelineRequest>,
    ) -> Result<Response<Self::WatchTimelineStream>, Status> {
        let customer = request.into_inner().customer;
        if customer.is_empty() {
            return Err(unknown(&customer));
        }
        let frame = |position: usize| {
            let progress = v1::Progress { position: format!("0-{position}"), ..Default::default() };
            Ok(v1::WatchTimelineResponse { frame: Some(Frame::Progress(progress)) })
        };
        let frames = (0..1_000).map(frame).chain([Err(unknown(&customer))]);
        Ok(Response::new(Box::pin(stream::iter(frames))))
    }

    async fn list_customers(
        &self,
        _: Request<v1::ListCustomersRequest>,
    ) -> Result<Response<v1::ListCustomersResponse>, Status> {
        Err(Status::unimplemented("not here"))
    }

    async fn get_timeline(
        &self,
        _: Request<v1::GetTimelineRequest>,
    ) -> Result<Response<v1::GetTimelineResponse>, Status> {
        Err(Status::unimplemented("not here"))
    }
}

async fn acme() -> Server {
    Server::start(Routes::new(CustomerServiceServer::new(Acme)).into_axum_router()).await
}

fn refusal(customer: &str) -> serde_json::Value {
    json!({
        "code": 5,
        "status": "NOT_FOUND",
        "message": format!("no customer {customer}\nat all, 100%"),
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "UNKNOWN_CUSTOMER",
                "domain": "davy.dev",
                "metadata": { "customer": customer },
            },
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [{
                    "field": "customer",
                    "description": "is unknown: \u{201c}100%\u{201d}",
                    "reason": "",
                }],
            },
        ],
    })
}

#[tokio::test]
async fn a_question_and_its_answer_or_refusal() {
    let server = acme().await;
    let path = "/davy.v1.CustomerService/GetCustomer";
    let (status, body) = server.called(path, r#"{"customer":"crm:4711"}"#).await;
    assert!(status.starts_with("200"), "{status}");
    let customer = json!({
        "id": "", "displayName": "", "leaves": [{ "system": "crm", "id": "4711" }], "token": "crm:4711",
        "openIssues": 3, "unacknowledgedIssues": 0, "issues": 0, "contracts": [], "ties": [],
    });
    assert_eq!(body, json!({ "customer": customer, "redirectedFrom": "" }));
    let (status, body) = server.called(path, r#"{"customer":"crm:1"}"#).await;
    assert!(status.starts_with("404"), "{status}");
    assert_eq!(body, refusal("crm:1"));
}

#[tokio::test]
async fn a_stream_and_how_it_ends() {
    let server = acme().await;
    let path = "/davy.v1.CustomerService/WatchTimeline";
    let mut connection = server.sent(&request("POST", path, "", r#"{"customer":"crm:1"}"#)).await;
    for position in 0..1_000 {
        assert_eq!(connection.line().await["progress"]["position"], format!("0-{position}"));
    }
    assert_eq!(connection.line().await, json!({ "error": refusal("crm:1") }));
    // One that never begins is an error like any other.
    let (status, body) = server.called(path, "").await;
    assert!(status.starts_with("404"), "{status}");
    assert_eq!(body, refusal(""));
}

#[tokio::test]
async fn a_method_that_is_described_but_not_served_says_so() {
    let server = acme().await;
    let (status, body) = server.called("/davy.v1.IssueService/WhoOwns", "{}").await;
    assert!(status.starts_with("501 not implemented"), "{status} {body}");
    assert_eq!(body["status"], "UNIMPLEMENTED");
}
