//! Ending while clients are in the middle of something.

use std::time::Duration;

use tokio::time::timeout;

use super::{
    http::{PATIENCE, Server, request},
    stub::{WATCH, answering, framed, headers, progress},
};

#[tokio::test]
async fn open_streams_are_ended_and_told_why() {
    let (pieces, routes) = answering(headers([("grpc-status", "0")]));
    let server = Server::start(routes).await;
    let mut connection = server.sent(&request("POST", WATCH, "", "{}")).await;
    pieces.send(framed(&progress("0-1"))).await.unwrap();
    connection.line().await;
    server.shutdown.cancel();
    // What it still has to say comes first.
    pieces.send(framed(&progress("0-2"))).await.unwrap();
    assert_eq!(connection.line().await["progress"]["position"], "0-2");
    let last = connection.line().await;
    assert_eq!(last["error"]["status"], "UNAVAILABLE");
    assert_eq!(last["error"]["details"][0]["reason"], "SHUTTING_DOWN");
    timeout(PATIENCE, server.serving).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn half_a_request_holds_up_nobody() {
    let (pieces, routes) = answering(headers([("grpc-status", "0")]));
    let server = Server::start(routes).await;
    let half_a_head = server.sent("POST /davy.v1.IssueService/WatchIssue HTTP/1.1\r\nho").await;
    let mut half_a_body = server
        .sent(&format!("POST {WATCH} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{{\"issue\""))
        .await;
    let idle = server.sent("").await;

    let mut other = server.sent(&request("POST", WATCH, "", "{}")).await;
    pieces.send(framed(&progress("0-1"))).await.unwrap();
    assert_eq!(other.line().await["progress"]["position"], "0-1");
    drop(other);

    server.shutdown.cancel();
    let answer = half_a_body.rest().await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("SHUTTING_DOWN"), "{answer}");
    timeout(Duration::from_secs(5), server.serving).await.unwrap().unwrap().unwrap();
    drop((half_a_head, idle));
}
