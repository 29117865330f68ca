//! One round: the issues whose time has come, and what follows from it, home by home.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use domain::{
    AsReported, CustomerId, Department, Draft, EventKey, Identity, Issue, IssueId, IssueName, Moment,
    Payload, Position, escalate, escalate_orphan, escalate_unseen, escalator_event_id, limits,
    silence_event_id, tell_outage, unattended_since,
};
use jiff::{SignedDuration, Timestamp};

use super::{
    outage::{Outage, Told},
    patience::Patience,
    walk::Walked,
};
use crate::{
    NewMessage, Row, RowRange, StoreError, View,
    command::{Composer, Envelope, SOURCE, Speaker},
    query::{QueryError, Reader},
};

/// Issues of one round.
const ISSUES: usize = 500;
/// Timers looked at in one round.
const LOOKS: usize = 2_000;

/// What is due of the issues of one home.
#[derive(Clone, Debug)]
pub(super) struct HomeDue {
    pub(super) home: String,
    /// The last message of an escalator there that it was decided on.
    pub(super) last: Position,
    /// In order.
    pub(super) messages: Vec<NewMessage>,
}

/// What is due.
#[derive(Debug, Default)]
pub(super) struct Round {
    pub(super) homes: Vec<HomeDue>,
    /// How late the latest is.
    pub(super) late_by: Duration,
    /// Issues that no timer told of.
    pub(super) repaired: usize,
    /// Who is told of an outage by now; `None` if there was none, or nothing waits any longer.
    pub(super) told: Option<Told>,
    /// Something waited since the outage.
    waited: bool,
    /// With their homes.
    fired: BTreeMap<IssueId, String>,
    /// Deciding them panicked.
    failed: BTreeSet<IssueId>,
}

/// A home in the making.
struct Home {
    last: Position,
    last_time: Option<Timestamp>,
    messages: Vec<NewMessage>,
}

/// Why an issue is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// Its time has come.
    Due,
    /// Its owner is gone.
    Orphan,
    /// What no timer tells.
    Unseen,
}

/// What a round is made from.
struct Maker<'a> {
    view: &'a View<'a>,
    composer: &'a dyn Composer,
    patience: &'a Patience,
    now: Timestamp,
    round: Round,
    homes: BTreeMap<String, Home>,
}

impl Round {
    /// Reads what is due at `now`, but for the issues that are left alone.
    ///
    /// # Errors
    /// While the log is being folded, or if the store cannot be read.
    pub(super) fn read(
        reader: &Reader,
        composer: &dyn Composer,
        now: Timestamp,
        walked: &Walked,
        patience: &Patience,
        outage: &Outage,
    ) -> Result<Self, QueryError> {
        reader.view(|view| {
            let round = Self { told: outage.told().cloned(), ..Self::default() };
            let mut maker = Maker { view, composer, patience, now, round, homes: BTreeMap::new() };
            let due = due(view, now, patience)?;
            maker.round.late_by = late(due.first().map(|(at, _)| *at), now);
            for (_, id) in due {
                maker.escalate(id, Found::Due)?;
            }
            for id in walked.untimed.iter().filter(|id| !patience.rests(**id, now)) {
                maker.round.repaired += usize::from(!maker.round.fired.contains_key(id));
                maker.escalate(*id, Found::Due)?;
            }
            for id in walked.orphans.iter().filter(|id| !patience.rests(**id, now)) {
                maker.escalate(*id, Found::Orphan)?;
            }
            for id in walked.unseen.iter().filter(|id| !patience.rests(**id, now)) {
                maker.escalate(*id, Found::Unseen)?;
            }
            for id in &walked.silent {
                maker.announce(*id)?;
            }
            Ok(maker.finish())
        })
    }

    /// Issues that had something due.
    pub(super) fn issues(&self) -> usize {
        self.fired.len()
    }

    /// All that came up: which, of which home, and whether deciding failed.
    pub(super) fn tired(&self) -> Vec<(IssueId, String, bool)> {
        let fired = self.fired.iter().map(|(id, home)| (*id, home.clone(), false));
        fired.chain(self.failed.iter().map(|id| (*id, String::new(), true))).collect()
    }
}

/// The earliest timers that have come.
fn due(view: &View<'_>, now: Timestamp, patience: &Patience) -> Result<Vec<(i64, IssueId)>, StoreError> {
    let (mut due, mut looks) = (Vec::new(), 0);
    let range = RowRange::Timers { after: None, until: now.as_microsecond() };
    view.store.rows(range, &mut |row| {
        looks += 1;
        if let Row::Timer { at, id } = row
            && !patience.rests(id, now)
        {
            due.push((at, id));
        }
        if due.len() < ISSUES && looks < LOOKS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(due)
}

fn late(at: Option<i64>, now: Timestamp) -> Duration {
    let late = at.map(|at| now.as_microsecond().saturating_sub(at));
    Duration::from_micros(late.and_then(|late| u64::try_from(late).ok()).unwrap_or_default())
}

impl Maker<'_> {
    fn escalate(&mut self, id: IssueId, found: Found) -> Result<(), StoreError> {
        if self.round.fired.contains_key(&id) || self.round.failed.contains(&id) {
            return Ok(());
        }
        let Some(issue) = self.view.store.issue(id)? else { return Ok(()) };
        let account_owner = account_owner(self.view, &issue)?;
        let moment = Moment {
            now: self.now,
            directory: self.view.directory(),
            at: self.view.position(),
            account_owner,
        };
        // A defect in the rules, met by one issue, stops no other.
        let decided = catch_unwind(AssertUnwindSafe(|| match found {
            // What a timer tells comes first; the walk comes by again.
            Found::Unseen => Some(escalate(&issue, &moment))
                .filter(|drafts| !drafts.is_empty())
                .unwrap_or_else(|| escalate_unseen(&issue, &moment)),
            Found::Orphan => escalate_orphan(&issue, &moment),
            Found::Due => escalate(&issue, &moment),
        }));
        let Ok(mut drafts) = decided else {
            self.round.failed.insert(id);
            return Ok(());
        };
        let notices = self.outage_notices(&issue, &moment, &drafts);
        let told: Vec<_> =
            notices.iter().filter_map(Draft::requested).map(|terms| terms.to.clone()).collect();
        drafts.extend(notices);
        if drafts.len() > limits::PUBLISH_EVENTS {
            tracing::error!(issue = %id, events = drafts.len(), "too much is due of one issue at once");
            self.round.failed.insert(id);
            return Ok(());
        }
        self.round.fired.insert(id, issue.home.to_string());
        let is_taken = self.compose(&issue, &drafts)?;
        if let Some(all) = self.round.told.as_mut().filter(|_| is_taken) {
            all.to.extend(told);
        }
        Ok(())
    }

    /// What waited while nobody looked is told to who stands behind it, with the first issue of theirs.
    fn outage_notices(&mut self, issue: &Issue, moment: &Moment<'_>, drafts: &[Draft]) -> Vec<Draft> {
        let Some(told) = &mut self.round.told else { return Vec::new() };
        // What rested was looked at; it is the rest that made it late.
        if self.patience.rested(issue.id) {
            return Vec::new();
        }
        let Some(waited_since) = unattended_since(issue, moment, drafts) else { return Vec::new() };
        self.round.waited = true;
        let since = *told.since.get_or_insert(waited_since);
        tell_outage(issue, moment, drafts, since, &told.to)
    }

    /// The home of this name, with room for so many messages; none where the next round takes them up.
    fn home(&mut self, name: &str, messages: usize) -> Result<Option<&mut Home>, StoreError> {
        if !self.homes.contains_key(name) {
            let record = self.view.store.home(name)?.unwrap_or_default();
            let home =
                Home { last: record.last_escalator, last_time: record.last_own_time, messages: Vec::new() };
            self.homes.insert(name.to_owned(), home);
        }
        let home = self.homes.get_mut(name);
        Ok(home.filter(|home| home.messages.len() + messages <= limits::PUBLISH_EVENTS))
    }

    /// What is due of a customer's clock, said once: it stands in the timeline of the leaf by which they go.
    fn announce(&mut self, id: CustomerId) -> Result<(), QueryError> {
        let (now, composer) = (self.now, self.composer);
        let Some(silent) = self.view.silent(id)? else { return Ok(()) };
        let Some(mark) = silent.silence.due(now) else { return Ok(()) };
        let named = silent.customer.leaves.first().and_then(|record| {
            let (leaf, raw) = (record.leaf.clone()?, record.raw.clone());
            Some(AsReported { leaf, raw })
        });
        let Some(named) = named else { return Ok(()) };
        let (since, deadline) = (silent.silence.since(), silent.silence.deadline);
        let draft = Draft::new(mark.type_name(), Payload::SilenceMarked { since, mark, deadline });
        let (leaf, name) = (named.leaf.id(), named.leaf.to_string());
        let id = silence_event_id(leaf, since, draft.type_name);
        let identity = Identity { source: SOURCE.to_owned(), id: id.clone() };
        if self.view.has_said(EventKey::Customer(leaf), composer.digest(&identity))? {
            return Ok(());
        }
        let department = silent.department(self.view);
        let Some(home) = self.home(&name, 1)? else { return Ok(()) };
        let time = next_time(now, home.last_time);
        home.last_time = Some(time);
        let envelope = Envelope {
            home: &name,
            id: &id,
            time,
            issue: None,
            customer: Some(&named),
            speaker: Speaker::Escalator(&department),
        };
        home.messages.push(composer.compose(&draft, &envelope));
        Ok(())
    }

    /// `false` if the next round takes it up.
    fn compose(&mut self, issue: &Issue, drafts: &[Draft]) -> Result<bool, StoreError> {
        let (now, composer) = (self.now, self.composer);
        let name = issue.home.to_string();
        let Some(home) = self.home(&name, drafts.len())? else { return Ok(false) };
        let time = next_time(now, home.last_time.max(Some(issue.last_event_at)));
        home.last_time = Some(time);
        let about = IssueName { id: issue.id, reference: None };
        for (number, draft) in drafts.iter().enumerate() {
            let id = escalator_event_id(issue.id, home.last, number);
            let envelope = Envelope {
                home: &name,
                id: &id,
                time,
                issue: Some(&about),
                customer: issue.customer.as_ref(),
                speaker: Speaker::Escalator(on_behalf_of(draft, issue)),
            };
            home.messages.push(composer.compose(draft, &envelope));
        }
        Ok(true)
    }

    fn finish(self) -> Round {
        let homes = self.homes.into_iter().filter(|(_, home)| !home.messages.is_empty());
        let homes = homes.map(|(home, Home { last, messages, .. })| HomeDue { home, last, messages });
        let told = self.round.told.filter(|_| self.round.waited);
        Round { homes: homes.collect(), told, ..self.round }
    }
}

/// Who is accountable for the customer, by their id in the directory.
pub(super) fn account_owner(view: &View<'_>, issue: &Issue) -> Result<Option<String>, StoreError> {
    let Some(leaf) = issue.customer_id() else { return Ok(None) };
    let Some(record) = view.store.customer(Some(leaf))? else { return Ok(None) };
    let owner = record.profile.account_owner.as_ref().map(|kept| &kept.value);
    let known = owner.and_then(|owner| view.directory().person(&owner.account, view.position()));
    Ok(known.map(|person| person.id.clone()))
}

/// Times of Davy's own events never run backwards within a home, and none lies before what it was decided on.
fn next_time(now: Timestamp, last: Option<Timestamp>) -> Timestamp {
    let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
    let after = last.and_then(|last| last.checked_add(SignedDuration::from_micros(1)).ok());
    after.map_or(now, |after| now.max(after))
}

/// The department that owes the act, or whose matter it is.
fn on_behalf_of<'a>(draft: &'a Draft, issue: &'a Issue) -> &'a Department {
    let of_run = draft.stepped().map(|stepped| &stepped.department);
    let department = of_run.or_else(|| draft.requested().map(|terms| &terms.department));
    department.unwrap_or(&issue.custody.owner.department)
}
