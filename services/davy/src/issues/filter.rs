//! Which issues: the filters that lists, watches and the board share.

use std::time::Duration;

use clap::{Args, ValueEnum, builder::NonEmptyStringValueParser};
use client::reference;
use proto::v1::{IssueFilter, Lifecycle};

use crate::{exit::Failure, read::customer};

/// Everything that is given must hold.
#[derive(Debug, Args)]
pub(crate) struct FilterArgs {
    /// Only with this owner's department
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    department: Option<String>,
    /// Only with this owner's team; "" for none
    #[arg(long, value_name = "NAME")]
    team: Option<String>,
    /// Only with this owner: their id, or <system>:<id>
    #[arg(long, value_name = "ID|SYSTEM:ID", value_parser = NonEmptyStringValueParser::new())]
    owner: Option<String>,
    /// Only of this severity or worse: 1 is the worst, what nobody assessed counts as 3
    #[arg(long, value_name = "1..4", value_parser = clap::value_parser!(i32).range(1..=4))]
    severity_at_least: Option<i32>,
    /// Only of this customer: a token such as crm:4711, or _ where no customer is known
    #[arg(long, value_name = "TOKEN", value_parser = NonEmptyStringValueParser::new())]
    customer: Option<String>,
    /// Only of these lifecycles
    #[arg(long, value_delimiter = ',', value_enum)]
    lifecycle: Vec<LifecycleWord>,
    /// Only where the owner is gone: a person who left or is on leave, or a department that closed
    #[arg(long)]
    orphaned: bool,
    /// Only what departments declined, or what came back to one that had it before
    #[arg(long)]
    bounced: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LifecycleWord {
    Unreported,
    Open,
    WaitingCustomer,
    WaitingExternal,
    Deferred,
    Resolved,
    Closed,
    Withdrawn,
    Duplicate,
}

impl From<LifecycleWord> for Lifecycle {
    fn from(word: LifecycleWord) -> Self {
        match word {
            LifecycleWord::Unreported => Self::Unreported,
            LifecycleWord::Open => Self::Open,
            LifecycleWord::WaitingCustomer => Self::WaitingCustomer,
            LifecycleWord::WaitingExternal => Self::WaitingExternal,
            LifecycleWord::Deferred => Self::Deferred,
            LifecycleWord::Resolved => Self::Resolved,
            LifecycleWord::Closed => Self::Closed,
            LifecycleWord::Withdrawn => Self::Withdrawn,
            LifecycleWord::Duplicate => Self::Duplicate,
        }
    }
}

impl FilterArgs {
    pub(crate) fn filter(&self, older_than: Option<Duration>) -> anyhow::Result<IssueFilter> {
        let (owner_system, owner) = match &self.owner {
            None => Default::default(),
            Some(text) if text.contains(':') => {
                let owner = reference(text).map_err(|error| Failure::usage(error.to_string()))?;
                (owner.system, owner.id)
            }
            Some(id) => (String::new(), id.clone()),
        };
        let older_than = older_than.map(prost_types::Duration::try_from).transpose();
        let lifecycles = self.lifecycle.iter().map(|word| Lifecycle::from(*word).into()).collect();
        Ok(IssueFilter {
            department: self.department.clone().unwrap_or_default(),
            team: self.team.clone(),
            owner,
            owner_system,
            severity_at_least: self.severity_at_least.unwrap_or_default(),
            customer: self.customer.as_deref().map(customer).transpose()?.unwrap_or_default(),
            lifecycles,
            older_than: older_than.map_err(|_| Failure::usage("--older-than is too long"))?,
            orphaned: self.orphaned,
            bounced: self.bounced,
        })
    }
}
