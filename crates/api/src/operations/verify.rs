//! VerifyCustomer: a customer's messages are read from the log again.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{Arrival, Arrived, Event, IssueId, LeafId, OperationKind, Position, limits};
use engine::query::{Answer, Difference, QueryError, Verified};
use proto::v1;
use tokio::sync::mpsc;
use tonic::Status;

use crate::{check::Check, shared::Shared, status};

impl Shared {
    pub(super) async fn verify_customer(
        self: &Arc<Self>,
        request: v1::VerifyCustomerRequest,
    ) -> Result<v1::VerifyCustomerResponse, Status> {
        let mut check = Check::default();
        let customer = check.customer("customer", &request.customer);
        let customer = check.done(customer)?;
        let token = match wire::proto::customer_leaf(&request.customer) {
            Some(leaf) => leaf.to_string(),
            None => self.token_of(customer).await?,
        };
        let mut messages = self.bearing(&token).await?;
        messages.retain(|_, message| names(message, customer));
        if messages.is_empty() {
            // Neither the log nor the store knows them, or else there is more to compare.
            self.token_of(customer).await?;
        }
        let also: BTreeSet<_> = messages.values().filter_map(issue_of).collect();
        let held = self.ask(false, move |reader| reader.held(customer, &also)).await?.value;
        for position in held {
            if !messages.contains_key(&position) {
                let message = self.log.message(position).await.map_err(|error| status::log(&error))?;
                messages.extend(message.map(|message| (position, self.decode(&message))));
            }
        }
        let messages: Vec<_> = messages.into_values().collect();
        let Answer { value: Verified { differences, issues, events }, position } =
            self.ask(false, move |reader| reader.verify(customer, &messages)).await?;
        let count = |counted: usize| i64::try_from(counted).unwrap_or(i64::MAX);
        Ok(v1::VerifyCustomerResponse {
            matches: differences.is_empty(),
            differences: differences.into_iter().map(shown).collect(),
            issues: count(issues),
            events: count(events),
            read_state: self.read_state(position),
        })
    }

    /// As it stands in subjects.
    async fn token_of(self: &Arc<Self>, customer: LeafId) -> Result<String, Status> {
        let record = self.ask(true, move |reader| reader.leaf(customer)).await?.value;
        Ok(record.leaf.map_or_else(|| "_".to_owned(), |leaf| leaf.to_string()))
    }

    /// The messages of the log whose subject bears the customer's token, and those that were read again.
    async fn bearing(&self, token: &str) -> Result<BTreeMap<Position, Arrival>, Status> {
        let mut found = BTreeMap::new();
        for filter in
            [format!("davy.events.*.{token}.*.*"), "davy.events.command.*.event.redriven".to_owned()]
        {
            let (into, mut chunks) = mpsc::channel(4);
            let read = self.log.matching(filter, Position::START, into);
            let gather = async {
                let mut too_many = false;
                while let Some(chunk) = chunks.recv().await {
                    found.extend(chunk.iter().map(|message| (message.position, self.decode(message))));
                    too_many = found.len() > limits::VERIFIED_EVENTS;
                    if too_many {
                        break;
                    }
                }
                // The log stops where nobody listens.
                drop(chunks);
                too_many
            };
            let (read, too_many) = tokio::join!(read, gather);
            if too_many {
                let (limit, instead) = (limits::VERIFIED_EVENTS, "rebuild the projection instead");
                let found = found.len();
                return Err(status::query(QueryError::TooMany { found, what: "events", limit, instead }));
            }
            read.map_err(|error| status::log(&error))?;
        }
        Ok(found)
    }
}

/// Whether a message that was read again holds an event of the customer; others bear the customer's token.
fn names(message: &Arrival, customer: LeafId) -> bool {
    match (&message.content, event_in(&message.content)) {
        (Arrived::Operation(_), event) => {
            event.is_some_and(|event| event.customer.as_ref().map(|customer| customer.leaf.id()) == customer)
        }
        (
            Arrived::Event(_)
            | Arrived::Directory(_)
            | Arrived::UnknownDocument { .. }
            | Arrived::Quarantined(_),
            _,
        ) => true,
    }
}

/// The issue that a message names.
fn issue_of(message: &Arrival) -> Option<IssueId> {
    event_in(&message.content)?.issue.as_ref().map(|name| name.id)
}

/// The event that a message is or holds.
fn event_in(content: &Arrived) -> Option<&Event> {
    match content {
        Arrived::Event(event) => Some(event),
        Arrived::Operation(operation) => match &operation.kind {
            OperationKind::Redriven { of: _, arrived } => event_in(arrived),
            OperationKind::Skipped { .. } | OperationKind::LossAccepted(_) => None,
        },
        Arrived::Directory(_) | Arrived::UnknownDocument { .. } | Arrived::Quarantined(_) => None,
    }
}

fn shown(difference: Difference) -> v1::VerifyDifference {
    let Difference { what, stored, folded } = difference;
    v1::VerifyDifference { what, stored, folded }
}
