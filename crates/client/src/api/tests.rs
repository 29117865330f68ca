//! The calls against a server that answers as Davy may: late, in pages, with details, or not at all.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use proto::v1::operations_service_server::{OperationsService, OperationsServiceServer};
use tokio::net::TcpListener;
use tonic::{Request, Response, Status, transport::Server};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::*;

/// Answers as if it were rebuilding, so often, and then pages of one event each.
struct Operations {
    unavailable: AtomicU32,
}

#[tonic::async_trait]
impl OperationsService for Operations {
    async fn get_status(
        &self,
        _: Request<v1::GetStatusRequest>,
    ) -> Result<Response<v1::GetStatusResponse>, Status> {
        let mut details =
            ErrorDetails::with_error_info("BAD", "davy", [("key".to_owned(), "value".to_owned())]);
        details.add_bad_request_violation("position_at", "is not an instant");
        Err(Status::with_error_details(tonic::Code::InvalidArgument, "look again", details))
    }

    async fn list_quarantine(
        &self,
        request: Request<v1::ListQuarantineRequest>,
    ) -> Result<Response<v1::ListQuarantineResponse>, Status> {
        let left =
            self.unavailable.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left.is_ok() {
            let details = ErrorDetails::with_retry_info(Some(Duration::from_millis(1)));
            return Err(Status::with_error_details(tonic::Code::Unavailable, "rebuilding 42%", details));
        }
        let token = request.into_inner().page_token;
        let next_page_token = if token == "aa" { String::new() } else { format!("{token}a") };
        Ok(Response::new(v1::ListQuarantineResponse { next_page_token, ..Default::default() }))
    }

    async fn redrive(&self, _: Request<v1::RedriveRequest>) -> Result<Response<v1::RedriveResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn who_am_i(
        &self,
        request: Request<v1::WhoAmIRequest>,
    ) -> Result<Response<v1::WhoAmIResponse>, Status> {
        let sent =
            |name| request.metadata().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (principal, department) = (sent("authorization").to_owned(), sent("davy-as").to_owned());
        Ok(Response::new(v1::WhoAmIResponse { principal, department, ..Default::default() }))
    }

    async fn skip(&self, _: Request<v1::SkipRequest>) -> Result<Response<v1::SkipResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn retract_events(
        &self,
        _: Request<v1::RetractEventsRequest>,
    ) -> Result<Response<v1::RetractEventsResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn verify_customer(
        &self,
        _: Request<v1::VerifyCustomerRequest>,
    ) -> Result<Response<v1::VerifyCustomerResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn accept_loss(
        &self,
        _: Request<v1::AcceptLossRequest>,
    ) -> Result<Response<v1::AcceptLossResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn rebuild(&self, _: Request<v1::RebuildRequest>) -> Result<Response<v1::RebuildResponse>, Status> {
        Err(Status::unimplemented(""))
    }
}

async fn api(unavailable: u32, deadline: Duration) -> (Api, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let service = OperationsServiceServer::new(Operations { unavailable: unavailable.into() })
        .accept_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Gzip);
    let incoming = tonic::transport::server::TcpIncoming::from(listener);
    tokio::spawn(Server::builder().add_service(service).serve_with_incoming(incoming));
    let heard = Arc::<Mutex<Vec<String>>>::default();
    let told = Arc::clone(&heard);
    let on_wait = OnWait::new(move |error| told.lock().unwrap().push(error.message.clone()));
    (Api::connect(ApiOptions { deadline, on_wait, ..ApiOptions::new(server) }).unwrap(), heard)
}

#[tokio::test]
async fn a_page_is_asked_for_again_until_davy_is_there() {
    let (api, heard) = api(2, Duration::from_secs(30)).await;
    let mut pages = api.pages(v1::ListQuarantineRequest::default());
    let mut tokens = Vec::new();
    while let Some(page) = pages.next().await.unwrap() {
        tokens.push(page.next_page_token);
    }
    assert_eq!(tokens, ["a", "aa", ""]);
    assert_eq!(*heard.lock().unwrap(), ["rebuilding 42%", "rebuilding 42%"]);
}

#[tokio::test]
async fn after_the_deadline_the_last_answer_is_the_error() {
    let (api, _) = api(u32::MAX, Duration::from_millis(60)).await;
    let error = api.list_quarantine(v1::ListQuarantineRequest::default()).await.unwrap_err();
    assert!(matches!(error.code, Code::Unavailable | Code::DeadlineExceeded), "{error:?}");
}

#[tokio::test]
async fn the_details_of_an_error_are_read() {
    let (api, _) = api(0, Duration::from_secs(30)).await;
    let error = api.get_status(v1::GetStatusRequest::default()).await.unwrap_err();
    assert_eq!((error.code, error.reason.as_str()), (Code::InvalidArgument, "BAD"));
    assert_eq!(error.details["key"], "value");
    assert_eq!(error.to_string(), "look again (BAD); position_at: is not an instant");
}

#[tokio::test]
async fn nobody_there_is_said_with_the_address() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let options =
        ApiOptions { deadline: Duration::from_millis(300), ..ApiOptions::new(format!("http://{free}")) };
    let error = Api::connect(options).unwrap().get_status(v1::GetStatusRequest::default()).await.unwrap_err();
    assert_eq!(error.code, Code::Unavailable, "{error}");
    assert!(error.message.starts_with(&format!("cannot reach Davy at http://{free}: ")), "{error}");
}

#[tokio::test]
async fn a_connection_that_breaks_under_the_call_is_made_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let service = OperationsServiceServer::new(Operations { unavailable: 0.into() });
    tokio::spawn(async move {
        for _ in 0..2 {
            let (mut broken, _) = listener.accept().await.unwrap();
            // Until the call is under way.
            tokio::io::AsyncReadExt::read(&mut broken, &mut [0; 1_024]).await.unwrap();
        }
        let incoming = tonic::transport::server::TcpIncoming::from(listener);
        Server::builder().add_service(service).serve_with_incoming(incoming).await
    });
    let api = Api::connect(ApiOptions { gzip: false, ..ApiOptions::new(server) }).unwrap();
    api.list_quarantine(v1::ListQuarantineRequest::default()).await.unwrap();
}

#[tokio::test]
async fn addresses_that_are_none_are_refused() {
    for server in ["", "ftp://host:1", "127.0.0.1:50051", "http://"] {
        assert!(Api::connect(ApiOptions::new(server)).is_err(), "{server}");
    }
}

#[tokio::test]
async fn every_request_says_who_calls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let service = OperationsServiceServer::new(Operations { unavailable: 0.into() });
    let incoming = tonic::transport::server::TcpIncoming::from(listener);
    tokio::spawn(Server::builder().add_service(service).serve_with_incoming(incoming));
    let (token, acting_as) = (Some(Token::new("davy_1_2")), Some("support/zendesk:mia".to_owned()));
    let options = ApiOptions { token, acting_as, gzip: false, ..ApiOptions::new(server) };
    let heard = Api::connect(options).unwrap().who_am_i(v1::WhoAmIRequest {}).await.unwrap();
    assert_eq!(heard.principal, "Bearer davy_1_2");
    assert_eq!(heard.department, "support/zendesk:mia");
}
