//! What is expected of the log, as headers of the messages that depend on it.
//!
//! The server judges each with the message that carries it, and not at all behind a message of the same subject: so each
//! goes onto the first message that its filter matches.

use engine::{Expected, LogError, NewMessage};

const LAST: &str = "Nats-Expected-Last-Subject-Sequence";
const OF: &str = "Nats-Expected-Last-Subject-Sequence-Subject";

/// Adds the headers. A message can carry one expectation.
pub(crate) fn attach(messages: &mut [NewMessage], expected: Vec<Expected>) -> Result<(), LogError> {
    for Expected { filter, last } in expected {
        let Some(first) = messages.iter_mut().find(|message| matches(&filter, &message.subject)) else {
            return Err(refused(format!("no message is about {filter}, of which something is expected")));
        };
        if first.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(LAST)) {
            return Err(refused(format!(
                "two things are expected at {}, the second of {filter}",
                first.subject
            )));
        }
        first.headers.push((LAST.to_owned(), last.sequence().to_string()));
        first.headers.push((OF.to_owned(), filter));
    }
    Ok(())
}

fn refused(detail: String) -> LogError {
    LogError::Refused { detail }
}

/// Whether a subject matches a filter with NATS wildcards.
fn matches(filter: &str, subject: &str) -> bool {
    let mut tokens = subject.split('.');
    for wanted in filter.split('.') {
        match (wanted, tokens.next()) {
            (">", Some(_)) => return true,
            ("*", Some(_)) => {}
            (wanted, Some(token)) if wanted == token => {}
            (_, Some(_) | None) => return false,
        }
    }
    tokens.next().is_none()
}

#[cfg(test)]
mod tests {
    use domain::Position;

    use super::*;

    #[test]
    fn each_stands_on_the_first_message_it_is_about() {
        let message =
            |subject: &str| NewMessage { subject: subject.to_owned(), headers: Vec::new(), body: Vec::new() };
        let mut batch = ["e.command.a:1.x.y", "e.command.b:2.x.y", "e.command.b:2.x.y"].map(message);
        let of = |filter: &str, last| Expected { filter: filter.to_owned(), last: Position::new(last) };
        attach(&mut batch, vec![of("e.command.b:2.>", 7), of("e.*.a:1.x.y", 0)]).unwrap();
        let carried: Vec<_> =
            batch.iter().map(|message| message.headers.first().map(|h| h.1.as_str())).collect();
        assert_eq!(carried, [Some("0"), Some("7"), None]);
        assert!(attach(&mut batch, vec![of("e.command.a:1", 0)]).is_err());
        assert!(attach(&mut batch, vec![of("e.command.>", 0)]).is_err(), "a message carries one");
    }
}
