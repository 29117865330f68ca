//! Over a real connection: what every gRPC server is expected to ship.

use engine::Phase;
use proto::v1;
use tokio::{net::TcpListener, sync::oneshot};
use tonic::{codec::CompressionEncoding::Gzip, transport::Channel};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use super::System;

#[tokio::test]
async fn a_listener_serves_compressed_answers_and_says_how_it_is() {
    let system = System::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving =
        tokio::spawn(crate::serve(listener, None, system.services.clone(), async { drop(stopped.await) }));
    let channel = Channel::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();

    let mut issues = v1::issue_service_client::IssueServiceClient::new(channel.clone())
        .send_compressed(Gzip)
        .accept_compressed(Gzip);
    let answer = issues.list_issues(v1::ListIssuesRequest::default()).await.unwrap();
    assert_eq!(
        answer.metadata().get("grpc-encoding").map(|value| value.as_bytes()),
        Some(b"gzip".as_slice())
    );

    let mut health = HealthClient::new(channel);
    let service = "davy.v1.IssueService".to_owned();
    let mut watched = health.watch(HealthCheckRequest { service }).await.unwrap().into_inner();
    let mut expect = async |status: ServingStatus| {
        while watched.message().await.unwrap().unwrap().status() != status {}
    };
    expect(ServingStatus::Serving).await;
    system.projection.set_phase(Phase::Diverged { problem: "the stream was replaced".to_owned() });
    expect(ServingStatus::NotServing).await;
    system.projection.set_phase(Phase::Live);
    expect(ServingStatus::Serving).await;
    stop.send(()).unwrap();
    expect(ServingStatus::NotServing).await;
    drop((watched, health, issues));
    serving.await.unwrap().unwrap();
}
