//! A server's stream as a line each.

use serde_json::json;
use tokio::time::timeout;

use super::{
    http::{PATIENCE, Server, request},
    stub::{WATCH, answering, framed, headers, progress},
};

#[tokio::test]
async fn each_message_is_a_line_at_once_and_an_error_the_last() {
    let (pieces, routes) = answering(headers([("grpc-status", "8"), ("grpc-message", "too slow")]));
    let server = Server::start(routes).await;
    let mut connection = server.sent(&request("POST", WATCH, "", "{}")).await;
    for position in ["0-1", "0-2"] {
        pieces.send(framed(&progress(position))).await.unwrap();
        // Before the next one is sent.
        assert_eq!(
            connection.line().await,
            json!({ "progress": { "position": position, "resumeToken": "" } })
        );
    }
    // Two at once, and the half of a third.
    let (three, four) = (framed(&progress("0-3")), framed(&progress("0-4")));
    pieces.send([&three[..], &three, &four[..4]].concat()).await.unwrap();
    for _ in 0..2 {
        assert_eq!(connection.line().await["progress"]["position"], "0-3");
    }
    pieces.send(four[4..].to_vec()).await.unwrap();
    assert_eq!(connection.line().await["progress"]["position"], "0-4");
    drop(pieces);
    let last = json!({ "error": { "code": 8, "status": "RESOURCE_EXHAUSTED", "message": "too slow", "details": [] } });
    assert_eq!(connection.line().await, last);
    assert!(connection.rest().await.ends_with("0\r\n\r\n"), "the answer is whole");
}

#[tokio::test]
async fn a_stream_that_ends_well_has_no_last_line() {
    let (pieces, routes) = answering(headers([("grpc-status", "0")]));
    let server = Server::start(routes).await;
    let mut connection = server.sent(&request("POST", WATCH, "", "{}")).await;
    pieces.send(framed(&progress("0-1"))).await.unwrap();
    drop(pieces);
    let answer = connection.rest().await;
    assert!(answer.contains("content-type: application/x-ndjson"), "{answer}");
    assert!(!answer.contains("error"), "{answer}");
}

#[tokio::test]
async fn a_stream_that_breaks_off_says_so() {
    let (pieces, routes) = answering(headers([]));
    let server = Server::start(routes).await;
    let mut connection = server.sent(&request("POST", WATCH, "", "{}")).await;
    drop(pieces);
    assert_eq!(connection.line().await["error"]["details"][0]["reason"], "CUT_OFF");
}

#[tokio::test]
async fn a_watch_ends_with_its_deadline() {
    let (pieces, routes) = answering(headers([("grpc-status", "0")]));
    let server = Server::start(routes).await;
    let mut connection = server.sent(&request("POST", WATCH, "connect-timeout-ms: 50\r\n", "{}")).await;
    assert_eq!(connection.line().await["error"]["status"], "DEADLINE_EXCEEDED");
    timeout(PATIENCE, pieces.closed()).await.unwrap();
}

#[tokio::test]
async fn the_call_is_dropped_when_the_client_goes_away() {
    let (pieces, routes) = answering(headers([("grpc-status", "0")]));
    let server = Server::start(routes).await;
    let mut connection = server.sent(&request("POST", WATCH, "", "{}")).await;
    pieces.send(framed(&progress("0-1"))).await.unwrap();
    connection.line().await;
    drop(connection);
    // Nothing more is sent that could fail.
    timeout(PATIENCE, pieces.closed()).await.unwrap();
}

#[tokio::test]
async fn a_client_that_does_not_read_holds_the_service_back() {
    let (pieces, routes) = answering(headers([("grpc-status", "0")]));
    let server = Server::start(routes).await;
    let _connection = server.sent(&request("POST", WATCH, "", "{}")).await;
    let large = framed(&progress(&"0".repeat(256 * 1024)));
    let sending = async {
        // What the sockets hold, and no more.
        for _ in 0..400 {
            pieces.send(large.clone()).await.unwrap();
        }
    };
    timeout(std::time::Duration::from_secs(2), sending).await.unwrap_err();
}
