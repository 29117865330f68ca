//! Commands about customers: requests to orders, and what came of them.

use std::{sync::Arc, time::Duration};

use domain::{AsReported, CustomerId, Identity, Principal, limits};
use engine::command::{CustomerOrder, CustomerOutcome, CustomerWish, SOURCE};
use proto::v1;
use tonic::Status;

use super::shown;
use crate::{check::Check, shared::Shared, status};

impl Shared {
    pub(super) async fn assert_alias(
        self: &Arc<Self>,
        request: v1::AssertAliasRequest,
        principal: Principal,
        patience: Duration,
    ) -> Result<v1::AssertAliasResponse, Status> {
        let v1::AssertAliasRequest { customer, leaf, kind, confidence, evidence, options } = request;
        let mut check = Check::default();
        let to = check.one_customer("customer", &customer);
        let leaf = check.leaf(leaf.as_ref());
        let kind = check.enumeration::<v1::LeafKind>("kind", kind);
        let confidence = check.enumeration::<v1::AliasConfidence>("confidence", confidence);
        let reason = check.short_text("evidence", evidence);
        let options = check.customer_options(options.as_ref());
        let wish = to.zip(leaf).zip(kind).zip(confidence).map(|(((to, leaf), kind), confidence)| {
            let kind = wire::proto::leaf_kind_from(kind);
            CustomerWish::AssertAlias { to, leaf, kind, confidence: wire::proto::confidence_from(confidence) }
        });
        let order = check.done(order(principal, wish, reason, options))?;
        Ok(v1::AssertAliasResponse { result: Some(self.give_customer(order, patience).await?) })
    }

    pub(super) async fn retract_alias(
        self: &Arc<Self>,
        request: v1::RetractAliasRequest,
        principal: Principal,
        patience: Duration,
    ) -> Result<v1::RetractAliasResponse, Status> {
        let v1::RetractAliasRequest { customer, event_id, source, reason, options } = request;
        let withdrawn = Withdrawn { customer, event_id, source, reason, options, merge: false };
        let order = withdrawn.order(principal)?;
        Ok(v1::RetractAliasResponse { result: Some(self.give_customer(order, patience).await?) })
    }

    pub(super) async fn merge_customers(
        self: &Arc<Self>,
        request: v1::MergeCustomersRequest,
        principal: Principal,
        patience: Duration,
    ) -> Result<v1::MergeCustomersResponse, Status> {
        let v1::MergeCustomersRequest { from, into, reason, options } = request;
        let mut check = Check::default();
        let from = check.one_customer("from", &from);
        let into = check.one_customer("into", &into);
        let reason = check.short_text("reason", reason);
        let options = check.customer_options(options.as_ref());
        let wish = from.zip(into).map(|(from, into)| CustomerWish::Merge { from, into });
        let order = check.done(order(principal, wish, reason, options))?;
        Ok(v1::MergeCustomersResponse { result: Some(self.give_customer(order, patience).await?) })
    }

    pub(super) async fn unmerge_customers(
        self: &Arc<Self>,
        request: v1::UnmergeCustomersRequest,
        principal: Principal,
        patience: Duration,
    ) -> Result<v1::UnmergeCustomersResponse, Status> {
        let v1::UnmergeCustomersRequest { customer, event_id, source, reason, options } = request;
        let withdrawn = Withdrawn { customer, event_id, source, reason, options, merge: true };
        let order = withdrawn.order(principal)?;
        Ok(v1::UnmergeCustomersResponse { result: Some(self.give_customer(order, patience).await?) })
    }

    async fn give_customer(
        self: &Arc<Self>,
        order: CustomerOrder,
        patience: Duration,
    ) -> Result<v1::CustomerCommandResult, Status> {
        let outcome = self.commands.give_customer(&order, patience).await.map_err(status::command)?;
        let CustomerOutcome { customer, position, repeated, event, read } = outcome;
        let Identity { source, id: event_id } =
            event.unwrap_or(Identity { source: String::new(), id: String::new() });
        Ok(v1::CustomerCommandResult {
            customer: Some(shown::customer(&customer)),
            position: position.map(|position| position.to_string()).unwrap_or_default(),
            repeated,
            source,
            event_id,
            read_state: self.read_state(read),
        })
    }
}

/// What takes an assertion or a merge back.
struct Withdrawn {
    customer: String,
    event_id: String,
    source: String,
    reason: String,
    options: Option<v1::CommandOptions>,
    merge: bool,
}

impl Withdrawn {
    fn order(self, principal: Principal) -> Result<CustomerOrder, Status> {
        let Self { customer, event_id, source, reason, options, merge } = self;
        let mut check = Check::default();
        let customer = check.one_customer("customer", &customer);
        if event_id.is_empty() && !source.is_empty() {
            check.refuse("event_id", "is missing; `source` alone names no event");
        }
        let source = if source.is_empty() { SOURCE.to_owned() } else { source };
        let said_by = (!event_id.is_empty()).then_some(Identity { source, id: event_id });
        let reason = check.short_text("reason", reason);
        let options = check.customer_options(options.as_ref());
        let wish = customer.map(|customer| CustomerWish::Withdraw { customer, merge, said_by });
        check.done(order(principal, wish, reason, options))
    }
}

/// The request id, and whether it is only asked what would happen.
type Options = (String, bool);

fn order(
    principal: Principal,
    wish: Option<CustomerWish>,
    reason: String,
    options: Option<Options>,
) -> Option<CustomerOrder> {
    let (request_id, validate_only) = options?;
    Some(CustomerOrder { principal, request_id, wish: wish?, reason, validate_only })
}

impl Check {
    /// A customer who can be named: `_` is nobody.
    fn one_customer(&mut self, field: &str, sent: &str) -> Option<CustomerId> {
        if sent == "_" {
            self.refuse(field, "`_` is no customer");
            return None;
        }
        self.customer(field, sent).flatten()
    }

    fn leaf(&mut self, sent: Option<&v1::Reference>) -> Option<AsReported> {
        let Some(v1::Reference { system, id }) = sent else {
            self.refuse("leaf", "is missing: an id in a system");
            return None;
        };
        if id.len() > limits::ID_BYTES {
            self.refuse("leaf.id", format!("is longer than {} bytes", limits::ID_BYTES));
        }
        let read = wire::proto::named_leaf(system, id);
        read.map_err(|error| self.refuse("leaf", error.to_string())).ok()
    }

    fn short_text(&mut self, field: &str, sent: String) -> String {
        if sent.len() > limits::TEXT_BYTES {
            self.refuse(field, format!("is longer than {} bytes", limits::TEXT_BYTES));
        }
        sent
    }

    fn customer_options(&mut self, sent: Option<&v1::CommandOptions>) -> Option<Options> {
        let Some(v1::CommandOptions { request_id, expected_version, validate_only }) = sent else {
            self.refuse("options", "is missing: `request_id` is needed, so that nothing is done twice");
            return None;
        };
        if request_id.is_empty() || request_id.len() > limits::REQUEST_ID_BYTES {
            let most = limits::REQUEST_ID_BYTES;
            self.refuse("options.request_id", format!("give 1 to {most} bytes, such as a UUID"));
        }
        if !expected_version.is_empty() {
            self.refuse("options.expected_version", "is of issues; leave it out");
        }
        Some((request_id.clone(), *validate_only))
    }
}
