//! What is asked about an issue's escalation: what its rules look at, why somebody is pinged or nobody is, and what its
//! clocks did.
//!
//! Deliberately absent: the reasons themselves (`domain`), and who may read them.

use std::sync::Arc;

use domain::{
    Applied, ClockHistory, Directory, Event, Issue, IssueId, Moment, PingCase, PingExplained, PingId,
    Position, explain_issue, explain_ping, identity::Profile,
};
use jiff::Timestamp;

use super::{Answer, QueryError, Reader, ShownIssue, kin::Whole, past::Past};
use crate::{StoreError, View};

/// An issue with all that the rules of escalation look at.
#[derive(Clone, Debug)]
pub struct Escalating {
    /// The issue.
    pub shown: ShownIssue,
    /// The directory up to `at`.
    pub directory: Arc<Directory>,
    /// Who is accountable for the customer, by their id in the directory.
    pub account_owner: Option<String>,
    /// What the customer is called, where somebody said so.
    pub customer_name: Option<String>,
    /// Where it stands.
    pub at: Position,
}

impl Escalating {
    /// As the rules look at it at an instant.
    pub fn moment(&self, now: Timestamp) -> Moment<'_> {
        Moment { now, directory: &self.directory, at: self.at, account_owner: self.account_owner.clone() }
    }
}

/// Why somebody is pinged for an issue, or nobody is.
#[derive(Clone, Debug)]
pub struct ExplainedPings {
    /// In the order in which they hold.
    pub explanations: Vec<PingExplained>,
    /// The issue.
    pub about: Escalating,
}

impl Reader {
    /// An issue with all that the rules of escalation look at.
    ///
    /// # Errors
    /// If no event names it, while the log is being folded, or if the store cannot be read.
    pub fn escalating(&self, id: IssueId) -> Result<Answer<Escalating>, QueryError> {
        self.view(|view| Ok(Answer { value: escalating(view, id)?, position: view.position() }))
    }

    /// Why an issue's ping was sent, or not; without a ping, why somebody is or is not pinged for the issue now.
    ///
    /// # Errors
    /// As [`Reader::escalating`]; [`QueryError::UnknownEvent`] if the issue does not keep the ping.
    pub fn explain_pings(
        &self,
        id: IssueId,
        ping: Option<PingId>,
    ) -> Result<Answer<ExplainedPings>, QueryError> {
        let now = self.now();
        self.view(|view| {
            let about = escalating(view, id)?;
            let events = history(view.whole(id, None)?, view);
            let moment = about.moment(now);
            let case = PingCase { issue: &about.shown.issue, events: &events, moment: &moment };
            let explanations = match ping {
                None => explain_issue(case),
                Some(ping) => {
                    let ping = about.shown.issue.escalation.ping(ping).ok_or(QueryError::UnknownEvent)?;
                    explain_ping(case, ping)
                }
            };
            Ok(Answer { value: ExplainedPings { explanations, about }, position: view.position() })
        })
    }

    /// Every clock that an issue ever had, in the order in which they began.
    ///
    /// # Errors
    /// As [`Reader::escalating`].
    pub fn clock_histories(&self, id: IssueId) -> Result<Answer<Vec<ClockHistory>>, QueryError> {
        self.view(|view| {
            let whole = view.whole(id, None)?;
            if whole.events.is_empty() {
                return Err(QueryError::UnknownIssue(id));
            }
            Ok(Answer { value: whole.clock_histories(view.directory()), position: view.position() })
        })
    }
}

fn escalating(view: &View<'_>, id: IssueId) -> Result<Escalating, QueryError> {
    let issue = view.store.issue(view.standing(id)?)?.ok_or(QueryError::UnknownIssue(id))?;
    let (at, directory) = (view.position(), Arc::clone(&view.published.directory));
    let profile = profile(view, &issue)?;
    let owner = profile.account_owner.as_ref().map(|kept| &kept.value);
    let account_owner =
        owner.and_then(|owner| directory.person(&owner.account, at)).map(|person| person.id.clone());
    let customer_name = profile.name.map(|kept| kept.value);
    let shown = ShownIssue::new(view, issue, Past { as_of: None, position: at })?;
    Ok(Escalating { shown, directory, account_owner, customer_name, at })
}

/// What is known of the customer.
fn profile(view: &View<'_>, issue: &Issue) -> Result<Profile, StoreError> {
    let Some(leaf) = issue.customer_id() else { return Ok(Profile::default()) };
    Ok(view.store.customer(Some(leaf))?.map(|record| record.profile).unwrap_or_default())
}

/// The events of an issue in order, and what became of each.
fn history(whole: Whole, view: &View<'_>) -> Vec<(Event, Applied)> {
    let mut became = Vec::with_capacity(whole.events.len());
    whole.replay(view.directory(), |_, applied| became.push(applied));
    whole.events.into_iter().zip(became).collect()
}
