//! AcknowledgePing: by whoever may give commands, or by the bearer of an answer link.
//!
//! A link is a credential of its own: it answers its one ping, in the name of whom it went to. Who sends forged ones, or one
//! over and over, is slowed down; the answers of others are not.

use std::{sync::Arc, time::Duration};

use domain::{
    Command, Department, Fired, IssueName, Person, PingId, PingTerms, Principal, Recipient, Reference, Role,
    Run,
};
use engine::{
    command::{About, Order, Outcome},
    query::{PingAt, ReadAt},
};
use proto::v1::{self, acknowledge_ping_request::Which};
use tonic::{Request, Status};

use super::now;
use crate::{
    answers::Link,
    auth::{self, Viewer},
    check::Check,
    commands::check_request_id,
    deadline::patience,
    shared::Shared,
    status,
};

/// The system of ids of the directory.
const DIRECTORY: &str = "directory";
/// Under which forged tokens are counted.
const FORGED: &str = "answer-links";

/// Whose answer it is.
enum By {
    /// Of a caller who is known.
    Caller(Principal),
    /// Of whom the link went to.
    Link,
}

impl Shared {
    pub(super) async fn acknowledge_ping(
        self: &Arc<Self>,
        request: Request<v1::AcknowledgePingRequest>,
    ) -> Result<v1::AcknowledgePingResponse, Status> {
        let patience = patience(request.metadata());
        let caller = auth::principal(&request);
        let v1::AcknowledgePingRequest { which, options } = request.into_inner();
        let (link, by) = self.answered(which, caller)?;
        let Some(found) = self.reader.ping(link.ping).map_err(status::query)? else {
            return Err(self.forgotten(link).await);
        };
        let by_link = matches!(by, By::Link);
        let order = order(by, &found, options.unwrap_or_default())?;
        self.reach(order.expected_version, patience).await?;
        self.give_answer(order, &found, by_link, patience).await
    }

    /// Which ping is answered, and by whom.
    fn answered(
        &self,
        which: Option<Which>,
        caller: Result<Principal, Status>,
    ) -> Result<(Link, By), Status> {
        let mut check = Check::default();
        match which {
            None => {
                caller?;
                check.refuse("which", "name a `ping`, or send an `answer_token`");
                check.done(None)
            }
            Some(Which::Ping(id)) => {
                let caller = caller?;
                let ping = check.ping("ping", &id);
                Ok((Link { ping: check.done(ping)?, issue: None }, By::Caller(caller)))
            }
            Some(Which::AnswerToken(token)) => {
                let now = self.clock.now();
                let Some(link) = self.answers.open(&token) else {
                    self.access.count(FORGED, now)?;
                    return Err(status::forged_answer());
                };
                self.access.count(&name(link.ping), now)?;
                Ok((link, By::Link))
            }
        }
    }

    /// An issue keeps its last pings. Whoever answers one of before is told what is true of the issue.
    async fn forgotten(self: &Arc<Self>, Link { ping, issue }: Link) -> Status {
        let Some(id) = issue else { return status::unknown_ping(ping) };
        match self.ask(true, move |reader| reader.issue(id, ReadAt::default())).await {
            Ok(found) => status::forgotten_ping(ping, &now::stands(&found.value.issue)),
            Err(_) => status::unknown_ping(ping),
        }
    }

    async fn give_answer(
        self: &Arc<Self>,
        order: Order,
        found: &PingAt,
        by_link: bool,
        patience: Duration,
    ) -> Result<v1::AcknowledgePingResponse, Status> {
        let department = &found.ping.terms.department;
        let outcome = self.commands.give(&order, patience).await.map_err(status::command)?;
        let directory = self.ask(true, |reader| reader.directory()).await?;
        let after = outcome.issue.as_ref().map(|shown| &shown.issue);
        let before = found.issue.issue.run(department).filter(|_| !outcome.repeated);
        let told = now::told(department, before, after, &directory);
        let run = after.and_then(|issue| issue.run(department).map(|run| wire::proto::run(issue, run)));
        let viewer = Viewer::new(order.principal, self.reader.clone());
        Ok(v1::AcknowledgePingResponse {
            result: Some(self.answer_result(outcome, by_link, viewer)),
            now: told,
            run,
        })
    }

    /// A link may be read by others than whom it went to, so it never tells of a restricted issue.
    fn answer_result(&self, outcome: Outcome, by_link: bool, mut viewer: Viewer) -> v1::CommandResult {
        let mut result = viewer.shown(self.result(outcome));
        if let Some(issue) = result.issue.as_mut().filter(|issue| by_link && issue.restricted) {
            "(restricted)".clone_into(&mut issue.title);
            result.work = None;
        }
        result
    }
}

fn order(by: By, found: &PingAt, options: v1::CommandOptions) -> Result<Order, Status> {
    let v1::CommandOptions { request_id, expected_version, validate_only } = options;
    let terms = &found.ping.terms;
    let mut check = Check::default();
    let run = found.issue.issue.run(&terms.department);
    let (principal, request_id) = match by {
        By::Caller(principal) => (principal, request_id),
        By::Link if request_id.is_empty() => (bearer(terms), once_a_firing(run)),
        By::Link => (bearer(terms), request_id),
    };
    check_request_id(&mut check, &request_id);
    let expected_version = check.position("options.expected_version", &expected_version);
    check.done(Some(()))?;
    let about = About::Issue(IssueName { id: found.issue.issue.id, reference: None });
    let command = Command::AnswerPing { ping: terms.id };
    Ok(Order { principal, request_id, about, command, expected_version, validate_only })
}

/// Pressing the button twice is one answer; after the run went on, as somebody did not want to wait, it is another one.
fn once_a_firing(run: Option<&Run>) -> String {
    match run.map(|run| (run.cycle, run.fired)) {
        Some((cycle, Fired::Step { step, pass })) => format!("cycle-{cycle}-pass-{pass}-step-{step}"),
        Some((cycle, Fired::Fallback { times })) => format!("cycle-{cycle}-fallback-{times}"),
        Some((cycle, Fired::Digest | Fired::Meanwhile)) => format!("cycle-{cycle}"),
        None => "cycle-0".to_owned(),
    }
}

/// Whom the link went to; of a channel nobody is known by name.
fn bearer(terms: &PingTerms) -> Principal {
    let person = match &terms.to {
        Recipient::Person { person, contact: _ } => {
            let account = Reference { system: DIRECTORY.to_owned(), id: person.clone() };
            Some(Person { account, name: None })
        }
        Recipient::Channel(_) => None,
    };
    let department: Department = terms.department.clone();
    Principal { name: name(terms.id), department, person, roles: [Role::Responder].into_iter().collect() }
}

fn name(ping: PingId) -> String {
    format!("answer/{ping}")
}
