//! The message of a call, made of the request's body when the service asks for it. Whoever is not let in, and whoever is too
//! fast, is told so by then, and of what they send nothing is kept.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use axum::body::Body;
use futures_util::stream;
use prost_reflect::MethodDescriptor;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{body, call::framed, message};
use crate::fault::Fault;

/// How the body of a request is read.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) method: MethodDescriptor,
    /// The client waits to be told whether to send it.
    pub(super) asks: bool,
    pub(super) room: Arc<Semaphore>,
    pub(super) stopping: CancellationToken,
}

/// A body on its way to a service.
#[derive(Clone, Debug)]
pub(super) struct Sending {
    reading: Reading,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
enum State {
    /// Nobody asked for it.
    Waiting(Body),
    /// The service has the message, or is about to.
    Taken,
    /// It is no message.
    Failed(Fault),
}

impl Sending {
    pub(super) fn new(body: Body, reading: Reading) -> Self {
        Self { reading, state: Arc::new(Mutex::new(State::Waiting(body))) }
    }

    /// What the service reads: one frame, of which nothing is there before it is asked for.
    pub(super) fn frame(&self) -> Body {
        let this = self.clone();
        Body::from_stream(stream::once(async move {
            let State::Waiting(body) = this.replace(State::Taken) else { return Err("the body was read") };
            let Reading { method, asks, room, stopping } = &this.reading;
            let read = body::read(body, *asks, room, stopping).await;
            let made = read.and_then(|received| message(method, received.bytes()));
            made.map(|message| framed(&message)).map_err(|fault| {
                this.replace(State::Failed(fault));
                "the body is no message"
            })
        }))
    }

    /// What a call came to. That the body is no message goes before what the service made of there being none.
    pub(super) async fn settle<T>(&self, called: Result<T, Fault>) -> Result<T, Fault> {
        match self.replace(State::Taken) {
            State::Failed(fault) => Err(fault),
            State::Waiting(unread) if called.is_err() && !self.reading.asks => {
                body::forget(unread).await;
                called
            }
            State::Waiting(_) | State::Taken => called,
        }
    }

    fn replace(&self, state: State) -> State {
        mem::replace(&mut *self.state.lock().unwrap_or_else(PoisonError::into_inner), state)
    }
}
