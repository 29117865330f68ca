//! One attempt: from what is so to the messages that may be appended.

use std::borrow::Cow;

use domain::{
    Arrived, AsReported, Context, Decision, Defaulted, Event, Issue, IssueName, Position, Refusal,
    RefusalCode, Target, decide, limits,
};
use jiff::{SignedDuration, Timestamp};

use super::{CommandError, Commands, Envelope, Order, Outcome, Refused, Speaker, event_id, kind, outcome};
use crate::{
    Expected, NewMessage, RawMessage,
    query::{ShownIssue, Situation},
};

/// What is to be appended, and what must hold then.
pub(super) struct Plan {
    pub(super) messages: Vec<NewMessage>,
    pub(super) expected: Expected,
    pub(super) defaulted: Vec<Defaulted>,
    /// As they will be read, but for where they stand.
    pub(super) events: Vec<Event>,
}

impl Commands {
    pub(super) fn plan(&self, order: &Order, situation: &Situation) -> Result<Plan, CommandError> {
        check_version(order, situation)?;
        let now = self.next_time(situation);
        let Decision { drafts, defaulted } = decided(order, situation, now)?;
        debug_assert!(
            drafts.first().is_some_and(|draft| kind::begins_with(&order.command, draft.type_name)),
            "{:?} made {:?}",
            order.command,
            drafts.first()
        );
        let issue = order.issue().map(|name| standing(name, situation));
        let customer = customer(order, situation);
        let (mut messages, mut events) = (Vec::with_capacity(drafts.len()), Vec::with_capacity(drafts.len()));
        if drafts.is_empty() || drafts.len() > limits::COMMAND_EVENTS {
            return Err(CommandError::Malformed(format!("{} events were decided on", drafts.len())));
        }
        for (draft, id) in drafts.iter().zip((0..).map_while(|number| event_id(order, number))) {
            let envelope = Envelope {
                home: &situation.home,
                id: &id,
                time: now,
                issue: issue.as_ref(),
                customer,
                speaker: Speaker::Command(&order.principal),
            };
            let message = self.composer.compose(draft, &envelope);
            events.push(self.read(issue.as_ref(), situation, &message)?);
            messages.push(message);
        }
        let filter = format!("davy.events.command.{}.>", situation.home);
        let expected = Expected { filter, last: situation.record.last_command };
        Ok(Plan { messages, expected, defaulted, events })
    }

    /// Times of Davy's own events never run backwards within a home, and none lies before what it was decided on: facts may
    /// be a little ahead of the clock.
    fn next_time(&self, situation: &Situation) -> Timestamp {
        let now = self.reader.now();
        let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        let known = situation.issue().map(|issue| issue.last_event_at);
        let last = situation.record.last_own_time.max(known);
        let after = last.and_then(|last| last.checked_add(SignedDuration::from_micros(1)).ok());
        after.map_or(now, |after| now.max(after))
    }

    /// The event as the pipeline will read it: what cannot be read is not appended.
    fn read(
        &self,
        issue: Option<&IssueName>,
        situation: &Situation,
        message: &NewMessage,
    ) -> Result<Event, CommandError> {
        let NewMessage { subject, headers, body } = message.clone();
        if body.len() > limits::MESSAGE_BYTES {
            return Err(CommandError::TooLarge { found: body.len(), most: limits::MESSAGE_BYTES });
        }
        let (position, stored_at) = (situation.position.next(), self.reader.now());
        let raw = RawMessage { position, stored_at, subject, headers, body };
        match self.projection().codec().decode(&raw).content {
            Arrived::Event(event)
                if event.issue.as_ref().map(|name| name.id) == issue.map(|name| name.id) =>
            {
                Ok(*event)
            }
            Arrived::Quarantined(message) => Err(CommandError::Malformed(message.detail)),
            Arrived::Event(_)
            | Arrived::Directory(_)
            | Arrived::UnknownDocument { .. }
            | Arrived::Operation(_) => Err(CommandError::Malformed("it is about something else".to_owned())),
        }
    }

    /// What would come of it.
    pub(super) fn supposed(
        &self,
        order: &Order,
        situation: Situation,
        plan: Plan,
    ) -> Result<Outcome, CommandError> {
        let Plan { events, defaulted, .. } = plan;
        let seen = situation.issue().map_or(Position::START, |issue| issue.position);
        let mut state = situation.issue().cloned();
        for event in &events {
            if let Some(name) = order.issue() {
                let issue = state.get_or_insert_with(|| Issue::named_by(name.id, event));
                issue.apply(event, &situation.directory);
            }
        }
        let issue = state.map(|issue| self.reader.show(Issue { position: seen, ..issue })).transpose()?;
        Ok(Outcome {
            items: issue.as_ref().map(|shown| outcome::items(&shown.issue, &events)).unwrap_or_default(),
            issue,
            position: None,
            defaulted,
            repeated: false,
            events: events.into_iter().map(|event| event.identity).collect(),
            read: situation.position,
        })
    }
}

/// What the command's events name: the issue that the one asked for is part of, if it is part of another.
fn standing(name: IssueName, situation: &Situation) -> IssueName {
    match situation.issue() {
        Some(issue) if issue.id != name.id => IssueName { id: issue.id, reference: None },
        Some(_) | None => name,
    }
}

/// Whose it is: what is known of the issue, or, until it is reported, what the caller says (`contract.md` 2).
fn customer<'a>(order: &'a Order, situation: &'a Situation) -> Option<&'a AsReported> {
    let known = situation.issue().and_then(|issue| issue.customer.as_ref());
    match situation.issue() {
        Some(issue) if issue.reported.is_some() => known,
        Some(_) | None => order.customer().or(known),
    }
}

fn decided(order: &Order, situation: &Situation, now: Timestamp) -> Result<Decision, CommandError> {
    let Situation { shown, chain, renewal, directory, position, .. } = situation;
    let placed = shown.as_ref().map(|shown| place(shown, &order.command));
    let target = match (placed.as_deref(), order.issue()) {
        (Some(issue), _) => Target::Issue(issue),
        (None, Some(_)) => Target::NewIssue,
        (None, None) => Target::Customer,
    };
    let context =
        Context { principal: &order.principal, now, directory, at: *position, renewal: *renewal, chain };
    decide(&target, &order.command, &context).map_err(|refusal| refused(refusal, situation))
}

/// Where two issues are compared, they are by the leaves that their customers go by.
fn place<'a>(shown: &'a ShownIssue, command: &domain::Command) -> Cow<'a, Issue> {
    match (&shown.canonical, kind::other(command)) {
        (Some(canonical), Some(_)) => {
            Cow::Owned(Issue { customer: Some(canonical.named.clone()), ..shown.issue.clone() })
        }
        (Some(_), None) | (None, _) => Cow::Borrowed(&shown.issue),
    }
}

fn check_version(order: &Order, situation: &Situation) -> Result<(), CommandError> {
    let Some(expected) = order.expected_version else { return Ok(()) };
    let found = situation.issue().map(|issue| issue.position);
    if found == Some(expected) {
        return Ok(());
    }
    let why = match found {
        Some(found) => format!("the issue changed: it is at {found}, and {expected} was expected"),
        None => format!("there is no such issue yet, and {expected} was expected"),
    };
    let next =
        "look at the issue again, and send the command with its `position` if it is still wanted".to_owned();
    let refusal = Refusal { code: RefusalCode::Stale, why, who_could: Vec::new(), next, fields: Vec::new() };
    Err(refused(refusal, situation))
}

fn refused(refusal: Refusal, situation: &Situation) -> CommandError {
    let owner = situation.shown.as_ref().map(|shown| shown.owner.clone());
    CommandError::Refused(Box::new(Refused { refusal, owner, position: situation.position }))
}
