//! Appending: all or nothing, and what failures are called.

use std::time::Duration;

use davy_jetstream::{ConnectionEvent, Credentials, Options, connect};
use domain::{Position, limits::MESSAGE_BYTES};
use engine::{EventLog as _, Expected, LogError, NewMessage, testing::log_contract};
use tokio::time::sleep;

use crate::harness::{Server, insist, listen, now, report};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_stored_whole_or_not_at_all() {
    let server = Server::start();
    let log = server.log().await;
    let positions = log.append((0..1_000).map(report).collect(), Vec::new()).await.unwrap();
    assert_eq!(positions, (1..=1_000).map(Position::new).collect::<Vec<_>>());

    let mut batch: Vec<_> = (0..5).map(report).collect();
    batch[2].body = vec![b'x'; MESSAGE_BYTES + 64 * 1024];
    let refused = log.append(batch, Vec::new()).await;

    assert!(matches!(&refused, Err(LogError::Refused { detail }) if detail.contains("size")), "{refused:?}");
    assert_eq!(log.state().await.unwrap().tail, Position::new(1_000));
    assert_eq!(
        log.append(vec![report(1), report(2)], Vec::new()).await.unwrap(),
        [1_001, 1_002].map(Position::new)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_and_single_messages_may_race() {
    let server = Server::start();
    let log = server.log().await;
    let mut tasks = Vec::new();
    for size in [1, 2, 7, 1, 40].repeat(20) {
        let log = log.clone();
        tasks.push(tokio::spawn(async move {
            log.append((0..size).map(report).collect(), Vec::new()).await.unwrap()
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        let positions = task.await.unwrap();
        assert!(positions.windows(2).all(|pair| pair[0].next() == pair[1]));
        all.extend(positions);
    }
    all.sort();
    assert_eq!(all, (1..=51 * 20).map(Position::new).collect::<Vec<_>>());
}

/// What was sent of a batch before the connection broke is forgotten, and the rest is not sent on the next one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_whose_connection_breaks_is_stored_once_or_not_at_all() {
    let mut server = Server::start();
    let log = server.log().await;
    let batch = || -> Vec<_> {
        let large = |number| NewMessage { body: vec![b'x'; 32 * 1024], ..report(number) };
        (0..500).map(large).collect()
    };
    let (mut stored, mut unknown) = (0, 0);
    for delay in [1, 5, 10, 20, 40] {
        let appending = tokio::spawn({
            let (log, batch) = (log.clone(), batch());
            async move { log.append(batch, Vec::new()).await }
        });
        sleep(Duration::from_millis(delay)).await;
        server.nats.kill9().unwrap();
        server.nats.restart().unwrap();
        match appending.await.unwrap() {
            Ok(_) => stored += 500,
            Err(LogError::Unreachable { .. }) => unknown += 500,
            Err(error) => panic!("{error}"),
        }
        let tail = insist(&log, 1).await.sequence();
        // `insist` may have had to say it more than once.
        assert!(tail % 500 < 100, "a part of a batch was stored: {tail}");
        assert!(
            (stored..=stored + unknown + 99).contains(&tail),
            "{tail}: {stored} stored, {unknown} unknown"
        );
    }
    assert!(unknown > 0, "no batch was under way when the server died");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_expected_holds_as_the_port_says() {
    let server = Server::start();
    let log = server.log().await;
    log_contract(&*log).await;
    let beyond = Expected { filter: "davy.events.sales.>".to_owned(), last: Position::START };
    let refused = log.append(vec![report(1)], vec![beyond]).await;
    assert!(matches!(&refused, Err(LogError::Refused { detail }) if detail.contains("sales")), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_sent_is_refused_before_it_is() {
    let server = Server::start();
    let log = server.log().await;
    let with_header = |name: &str, value: &str| NewMessage {
        headers: vec![(name.to_owned(), value.to_owned())],
        ..report(1)
    };
    for messages in [
        vec![with_header("a", "1\r\n2")],
        vec![with_header("nats-msg-id", "1"), report(2)],
        vec![NewMessage { subject: "davy.events. x".to_owned(), ..report(1) }],
        (0..1_001).map(report).collect(),
    ] {
        assert!(matches!(log.append(messages, Vec::new()).await, Err(LogError::Refused { .. })));
    }
    assert_eq!(log.state().await.unwrap().tail, Position::START);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_stream_nobody_is_reached() {
    let server = Server::start();
    let log = connect(server.options()).await.unwrap();
    for messages in [vec![report(1)], vec![report(1), report(2)]] {
        let error = log.append(messages, Vec::new()).await.unwrap_err();
        assert!(matches!(&error, LogError::Unreachable { detail } if detail.contains("503")), "{error}");
    }
    assert!(matches!(log.state().await, Err(LogError::Missing)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subject_that_is_not_ours_is_refused_at_once_and_told() {
    let server = Server::start_with(
        true,
        Some(
            "authorization { users = [ { user: davy, password: lamp, permissions: { publish: { deny: \
             [\"davy.events.sales.>\"] } } } ] }",
        ),
    );
    let (on_event, mut told) = listen();
    let credentials = Credentials::Password { user: "davy".to_owned(), password: "lamp".to_owned() };
    let log = connect(Options { credentials, on_event, ..server.options() }).await.unwrap();
    log.provision(now()).await.unwrap();

    let message = NewMessage { subject: "davy.events.sales.crm:1.issue.reported".to_owned(), ..report(1) };
    let refused = log.append(vec![message], Vec::new()).await;

    assert!(matches!(&refused, Err(LogError::Refused { detail }) if detail.contains("sales")), "{refused:?}");
    loop {
        if let ConnectionEvent::PermissionViolation { detail } = told.recv().await.unwrap() {
            assert!(detail.contains("davy.events.sales.crm:1.issue.reported"), "{detail}");
            break;
        }
    }
    assert!(connect(server.options()).await.unwrap_err().to_string().starts_with("log in to NATS"));
}

/// What comes at once goes in one batch; what is wrong with one of them is told to that one alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_once_each_has_its_own_answer() {
    let server = Server::start();
    let log = server.log().await;
    let append = |number: usize, last: u64| {
        let home = format!("davy.events.command.crm:{number}");
        let subject = format!("{home}.issue.acknowledged");
        let message = NewMessage { subject, headers: Vec::new(), body: number.to_string().into_bytes() };
        let expected = Expected { filter: format!("{home}.>"), last: Position::new(last) };
        let log = log.clone();
        tokio::spawn(async move { log.append(vec![message], vec![expected]).await })
    };
    // Two for each home, of which the log can take one; and none of the homes that expect what is not so.
    let sent: Vec<_> = (0..200)
        .flat_map(|number| [0, 0].map(|_| number))
        .map(|number| (number, append(number, 0)))
        .collect();
    let wrong: Vec<_> = (200..220).map(|number| append(number, 7)).collect();
    let mut stored = vec![0; 200];
    for (number, answer) in sent {
        match answer.await.unwrap() {
            Ok(at) => {
                let message = log.message(at[0]).await.unwrap().unwrap();
                assert_eq!(message.body, number.to_string().into_bytes(), "told the position of another one");
                stored[number] += 1;
            }
            Err(error) => assert!(matches!(error, LogError::Conflict), "{error}"),
        }
    }
    for answer in wrong {
        assert!(matches!(answer.await.unwrap(), Err(LogError::Conflict)));
    }
    assert_eq!(stored, vec![1; 200]);
    assert_eq!(log.state().await.unwrap().tail, Position::new(200));
}
