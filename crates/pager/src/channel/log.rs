//! The built-in receiver: a ping becomes a line of the pager's log, at `info`, with its words. For a machine of one's own, a
//! first look, and tests; elsewhere customers' names would stand in a log.

use super::{Channel, Receipt, Sending};
use crate::{Message, ping::Recipient, text};

/// The log.
#[derive(Debug)]
pub(super) struct LogChannel {
    name: String,
}

impl LogChannel {
    pub(super) fn open(name: &str) -> Self {
        Self { name: name.to_owned() }
    }
}

impl Channel for LogChannel {
    fn name(&self) -> &str {
        &self.name
    }

    fn server(&self, _: &Message) -> Option<String> {
        None
    }

    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        let to = match &message.to.recipient {
            Recipient::Person { person, contact: _ } => person,
            Recipient::Channel(name) => name,
        };
        let (id, subject) = (message.id(), text::subject(message));
        let command = message.items.first().map_or("", |item| item.content.answer_command.as_str());
        tracing::info!(ping = %id, %to, pings = message.items.len(), answer = %command, "ping: {subject}");
        Box::pin(async { Ok(Receipt::new("written to the log")) })
    }
}
