//! A channel that does as it is told, and notes what it was given.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::Timestamp;

use crate::{Channel, Clock, Message, News, Receipt, SendError, Sending};

/// What a scripted channel does with a message.
#[derive(Clone, Copy, Debug)]
pub(super) enum Does {
    Take,
    Slowly(Duration),
    Hang,
    Fail,
    Busy(Duration),
    Refuse,
}

type Script = dyn Fn(&Message, usize) -> Does + Send + Sync;

/// A channel that does as `script` says, given the message and how many came before it.
#[derive(Clone)]
pub(super) struct Scripted {
    script: Arc<Script>,
    clock: Clock,
    patience: Duration,
    one_by_one: bool,
    given: Arc<Mutex<Vec<(Timestamp, Message)>>>,
    pub(super) news: Arc<Mutex<Vec<(String, News)>>>,
}

impl std::fmt::Debug for Scripted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scripted")
    }
}

impl Scripted {
    pub(super) fn new(
        clock: &Clock,
        script: impl Fn(&Message, usize) -> Does + Send + Sync + 'static,
    ) -> Self {
        Self {
            script: Arc::new(script),
            clock: clock.clone(),
            patience: Duration::from_secs(10),
            one_by_one: false,
            given: Arc::default(),
            news: Arc::default(),
        }
    }

    pub(super) fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    pub(super) fn one_by_one(mut self) -> Self {
        self.one_by_one = true;
        self
    }

    /// The pings of each message, and how many seconds after noon it came.
    pub(super) fn given(&self) -> Vec<(i64, String)> {
        let noon: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        let told = |(at, message): &(Timestamp, Message)| {
            let pings: Vec<_> = message.items.iter().map(|item| item.content.ping.as_str()).collect();
            (at.duration_since(noon).as_secs(), pings.join(" "))
        };
        self.given.lock().unwrap().iter().map(told).collect()
    }

    /// The ids of the pings that came, in order.
    pub(super) fn pings(&self) -> Vec<String> {
        self.given().into_iter().map(|(_, pings)| pings).collect()
    }
}

impl Channel for Scripted {
    fn name(&self) -> &str {
        "scripted"
    }

    fn server(&self, message: &Message) -> Option<String> {
        Some(message.to.address.reveal().to_owned())
    }

    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        let mut given = self.given.lock().unwrap();
        let does = (self.script)(message, given.len());
        given.push(((self.clock)(), message.clone()));
        Box::pin(async move {
            match does {
                Does::Take => Ok(Receipt::default()),
                Does::Slowly(long) => {
                    tokio::time::sleep(long).await;
                    Ok(Receipt::default())
                }
                Does::Hang => std::future::pending().await,
                Does::Fail => Err(SendError::temporary("it answered 500")),
                Does::Busy(after) => {
                    Err(SendError::Temporary { why: "it answered 429".into(), retry_after: Some(after) })
                }
                Does::Refuse => Err(SendError::permanent("it answered 410")),
            }
        })
    }

    fn patience(&self) -> Duration {
        self.patience
    }

    fn tells_one_by_one(&self) -> bool {
        self.one_by_one
    }

    fn follows_up(&self) -> bool {
        true
    }

    fn follow_up<'a>(&'a self, issue: &'a str, news: News) -> Sending<'a> {
        self.news.lock().unwrap().push((issue.to_owned(), news));
        Box::pin(async { Ok(Receipt::default()) })
    }
}
