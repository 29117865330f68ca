//! Commands about customers as such: who is whom. They take the way that commands about issues take, but are decided on
//! customers, and make one event each.

use std::{collections::BTreeSet, time::Duration};

use domain::{
    AsReported, CustomerId, Digest, Draft, EventKey, Identity, Payload, Position, Principal, Refusal,
    RefusalCode, Words, command_event_id,
    identity::{
        AliasAssertion, Confidence, CustomerFact, CustomerName, Edge, LeafKind, MergeSides, Then, Tie,
        TieKind, check_alias, check_merge, check_withdrawal,
    },
    limits,
};
use jiff::{SignedDuration, Timestamp};

use super::{CommandError, Commands, Envelope, Refused, SOURCE, Speaker, Stage, TRIES, in_doubt};
use crate::{
    Expected, HomeRecord, LogError, StoreError, View,
    query::{QueryError, WholeCustomer},
};

/// A command about customers, who gives it, and on which terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerOrder {
    /// Who gives it.
    pub principal: Principal,
    /// The same for the same intent, at most [`limits::REQUEST_ID_BYTES`].
    pub request_id: String,
    /// What is to be done.
    pub wish: CustomerWish,
    /// Why, or how one can tell; may be empty.
    pub reason: String,
    /// Say what would happen, and do nothing.
    pub validate_only: bool,
}

/// What is to be done about customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CustomerWish {
    /// An id is a customer's.
    AssertAlias {
        /// Whose.
        to: CustomerId,
        /// The id.
        leaf: AsReported,
        /// What sort of id.
        kind: LeafKind,
        /// How sure that is.
        confidence: Confidence,
    },
    /// Two customers are one.
    Merge {
        /// Who is none of their own afterwards.
        from: CustomerId,
        /// Whom they are then.
        into: CustomerId,
    },
    /// An assertion or a merge is taken back.
    Withdraw {
        /// About this customer.
        customer: CustomerId,
        /// A merge; otherwise an assertion.
        merge: bool,
        /// Which event said it; the only one there is, if none is named.
        said_by: Option<Identity>,
    },
}

/// What came of it, or would.
#[derive(Clone, Debug)]
pub struct CustomerOutcome {
    /// As they are now.
    pub customer: WholeCustomer,
    /// Of the event.
    pub position: Option<Position>,
    /// It was done before, under the same request id.
    pub repeated: bool,
    /// The event.
    pub event: Option<Identity>,
    /// The customer is as of here.
    pub read: Position,
}

/// What is to be appended.
struct Plan {
    draft: Draft,
    home: AsReported,
    record: HomeRecord,
}

/// What a command is decided on leads to.
enum Step {
    /// It was done, by the event at this position.
    Done(Position),
    /// It is to be done.
    Do(Box<Plan>),
}

impl Commands {
    /// Gives a command about customers and waits for what it led to, at most as long as `patience`.
    ///
    /// # Errors
    /// As [`Commands::give`].
    pub async fn give_customer(
        &self,
        order: &CustomerOrder,
        patience: Duration,
    ) -> Result<CustomerOutcome, CommandError> {
        let mut stage = Stage::Deciding;
        match tokio::time::timeout(patience, self.go_customer(order, &mut stage)).await {
            Ok(outcome) => outcome.map_err(|error| in_doubt(error, stage)),
            Err(_) => Err(self.late(stage)),
        }
    }

    async fn go_customer(
        &self,
        order: &CustomerOrder,
        stage: &mut Stage,
    ) -> Result<CustomerOutcome, CommandError> {
        let _place = self.places.acquire().await.map_err(|_closed| CommandError::Late)?;
        let mut sent = false;
        for _ in 0..TRIES {
            self.check_writable()?;
            let made = self.composer.digest(&self.made_by(order));
            let plan = match self.reader.customer_step(order, made)?? {
                Step::Done(position) => return self.customer_outcome(order, Some(position), !sent),
                Step::Do(_) if order.validate_only => return self.customer_outcome(order, None, false),
                Step::Do(plan) => plan,
            };
            self.check_connected()?;
            *stage = Stage::Sent;
            match self.append_about(order, &plan).await {
                Ok(position) => {
                    *stage = Stage::Stored(position);
                    self.projection().saw_tail(position);
                    self.projection().reach(position).await;
                    return self.customer_outcome(order, Some(position), false);
                }
                Err(LogError::Conflict) => {
                    stage.nothing_came(sent);
                    self.fold_to_the_tail().await?;
                }
                // It may be stored, or come to be: what expects the same of the log finds out.
                Err(LogError::Unreachable { .. }) => {
                    sent = true;
                    self.fold_to_the_tail_when_back().await?;
                }
                Err(error) => {
                    stage.nothing_came(sent);
                    return Err(error.into());
                }
            }
        }
        Err(LogError::Conflict.into())
    }

    /// The identity of the event that the command makes.
    fn made_by(&self, order: &CustomerOrder) -> Identity {
        let id = command_event_id(&order.principal.name, &order.request_id, 0);
        Identity { source: SOURCE.to_owned(), id }
    }

    async fn append_about(&self, order: &CustomerOrder, plan: &Plan) -> Result<Position, LogError> {
        let Plan { draft, home, record } = plan;
        let token = home.leaf.to_string();
        let envelope = Envelope {
            home: &token,
            id: &self.made_by(order).id,
            time: next_time(self.reader.now(), record),
            issue: None,
            customer: Some(home),
            speaker: Speaker::Command(&order.principal),
        };
        let message = self.composer.compose(draft, &envelope);
        let expected =
            Expected { filter: format!("davy.events.command.{token}.>"), last: record.last_command };
        let positions = self.log.append(vec![message], vec![expected]).await?;
        Ok(positions.last().copied().unwrap_or_default())
    }

    fn customer_outcome(
        &self,
        order: &CustomerOrder,
        position: Option<Position>,
        repeated: bool,
    ) -> Result<CustomerOutcome, CommandError> {
        let answer = self.reader.customer(Some(order.wish.shown()))?;
        let event = position.map(|_| self.made_by(order));
        Ok(CustomerOutcome { customer: answer.value, position, repeated, event, read: answer.position })
    }
}

/// Times of Davy's own events never run backwards within a home.
fn next_time(now: Timestamp, record: &HomeRecord) -> Timestamp {
    let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
    let after = record.last_own_time.and_then(|last| last.checked_add(SignedDuration::from_micros(1)).ok());
    after.map_or(now, |after| now.max(after))
}

impl CustomerWish {
    /// The customer that the caller is told about afterwards.
    const fn shown(&self) -> CustomerId {
        match self {
            Self::AssertAlias { to, .. } => *to,
            Self::Merge { into, .. } => *into,
            Self::Withdraw { customer, .. } => *customer,
        }
    }

    /// Every leaf that it names.
    fn named(&self) -> Vec<CustomerId> {
        match self {
            Self::AssertAlias { to, leaf, .. } => vec![*to, leaf.leaf.id()],
            Self::Merge { from, into } => vec![*from, *into],
            Self::Withdraw { customer, .. } => vec![*customer],
        }
    }

    const fn type_name(&self) -> &'static str {
        match self {
            Self::AssertAlias { .. } => "customer.alias_asserted",
            Self::Merge { .. } => "customers.merged",
            Self::Withdraw { merge: false, .. } => "customer.alias_retracted",
            Self::Withdraw { merge: true, .. } => "customers.unmerged",
        }
    }
}

impl crate::query::Reader {
    fn customer_step(
        &self,
        order: &CustomerOrder,
        made: Digest,
    ) -> Result<Result<Step, CommandError>, QueryError> {
        self.view(|view| {
            let desk = Desk { view, order };
            if let Some((position, type_name)) = desk.made(made)? {
                let other = type_name != order.wish.type_name();
                let recorded = type_name;
                return Ok(if other {
                    Err(CommandError::OtherCommand { recorded })
                } else {
                    Ok(Step::Done(position))
                });
            }
            desk.decide()
        })
    }
}

/// Where a command is decided.
struct Desk<'a> {
    view: &'a View<'a>,
    order: &'a CustomerOrder,
}

type Decided = Result<Step, CommandError>;

impl Desk<'_> {
    /// The event that the same request made before: among those of every leaf that it may have been about. What is taken
    /// back by now is looked at too: an unmerge parts the leaf that was named from the one that the merge was about.
    fn made(&self, identity: Digest) -> Result<Option<(Position, String)>, QueryError> {
        let mut leaves = BTreeSet::new();
        for leaf in self.order.wish.named() {
            leaves.extend(self.view.connected(leaf, Then::default())?.leaves().iter().copied());
        }
        for leaf in leaves.clone() {
            let edges = self.view.store.edges(leaf, limits::LEAF_EDGES)?;
            leaves.extend(edges.iter().map(|edge| edge.home));
        }
        for leaf in leaves {
            let key = EventKey::Customer(leaf);
            let Some(position) = self.stands(key, identity)? else { continue };
            let events = self.view.events_at(key, &BTreeSet::from([position]))?;
            if let Some(event) = events.first() {
                return Ok(Some((position, event.type_name.to_string())));
            }
        }
        Ok(None)
    }

    /// Where an event stands among those of a file. Nearly every command is new, so it is looked for by its digest.
    fn stands(&self, key: EventKey, identity: Digest) -> Result<Option<Position>, StoreError> {
        let Some(file) = self.view.store.file(key)? else { return Ok(None) };
        match file.tail.find(identity) {
            Some(entry) => Ok(Some(entry.position)),
            None if file.chunks == 0 => Ok(None),
            None => Ok(self.view.store.spilled(key, identity)?.map(|spilled| spilled.position)),
        }
    }

    fn decide(&self) -> Result<Decided, QueryError> {
        match &self.order.wish {
            CustomerWish::AssertAlias { to, leaf, kind, confidence } => {
                self.assert(*to, leaf, *kind, *confidence)
            }
            CustomerWish::Merge { from, into } => self.merge(*from, *into),
            CustomerWish::Withdraw { customer, merge, said_by } => {
                self.withdraw(*customer, *merge, said_by.as_ref())
            }
        }
    }

    fn assert(
        &self,
        to: CustomerId,
        leaf: &AsReported,
        kind: LeafKind,
        confidence: Confidence,
    ) -> Result<Decided, QueryError> {
        let home = self.named(to)?;
        let of_to = self.view.connected(to, Then::default())?;
        let of_leaf = self.view.connected(leaf.leaf.id(), Then::default())?;
        let strong = confidence == Confidence::Strong;
        if let Err(refusal) = check_alias((leaf, &of_leaf), kind, strong, (to, &of_to)) {
            return Ok(Err(self.refused(refusal)));
        }
        let to = CustomerName::Leaf(home.clone());
        let assertion = AliasAssertion { leaf: leaf.clone(), kind, to, confidence };
        let words = Words::none().text("evidence", &self.order.reason);
        self.plan(home, CustomerFact::AliasAsserted(assertion), words)
    }

    /// Who was merged before goes by another id by now; that one is merged.
    fn merge(&self, from: CustomerId, into: CustomerId) -> Result<Decided, QueryError> {
        let (_, _) = (self.named(from)?, self.named(into)?);
        let of_from = self.view.connected(from, Then::default())?;
        let of_into = self.view.connected(into, Then::default())?;
        let sides = MergeSides { from: (from, &of_from), into: (into, &of_into) };
        if let Err(refusal) = check_merge(sides) {
            return Ok(Err(self.refused(refusal)));
        }
        let canonical =
            |leaf| Ok::<_, QueryError>(self.view.canonical(leaf, Then::default())?.map(|other| other.named));
        let from = canonical(from)?.map_or_else(|| self.named(from), Ok)?;
        let into = canonical(into)?.map_or_else(|| self.named(into), Ok)?;
        let fact =
            CustomerFact::Merged { from: CustomerName::Leaf(from), into: CustomerName::Leaf(into.clone()) };
        self.plan(into, fact, Words::none().text("reason", &self.order.reason))
    }

    fn withdraw(
        &self,
        customer: CustomerId,
        merge: bool,
        said_by: Option<&Identity>,
    ) -> Result<Decided, QueryError> {
        self.named(customer)?;
        let mut meant = self.ties(customer, merge)?;
        meant.retain(|tie| said_by.is_none_or(|identity| tie.identity == *identity));
        if let (None, [_, _, ..]) = (said_by, meant.as_slice()) {
            return Ok(Err(self.refused(several(&meant))));
        }
        let Some(tie) = meant.first() else {
            let refusal = check_withdrawal(false, merge).err().unwrap_or_else(|| several(&meant));
            return Ok(Err(self.refused(refusal)));
        };
        let identity = tie.identity.clone();
        let fact = if merge {
            CustomerFact::Unmerged { merge: identity }
        } else {
            CustomerFact::AliasRetracted { assertion: identity }
        };
        self.plan(self.named(tie.home)?, fact, Words::none().text("reason", &self.order.reason))
    }

    /// Every assertion or merge in force that names a leaf of the customer.
    fn ties(&self, customer: CustomerId, merge: bool) -> Result<Vec<Tie>, QueryError> {
        let connected = self.view.connected(customer, Then::default())?;
        let mut found: Vec<Edge> = Vec::new();
        for leaf in connected.leaves() {
            let edges = self.view.store.edges(*leaf, limits::LEAF_EDGES)?;
            found.extend(edges.into_iter().filter(|edge| edge.in_force(Then::default()).is_some()));
        }
        found.sort_by_key(|edge| edge.id);
        found.dedup_by_key(|edge| edge.id);
        let ties = found.into_iter().filter_map(|edge| edge.tie);
        Ok(ties.filter(|tie| matches!(tie.kind, TieKind::Merge) == merge).collect())
    }

    /// The leaf of an id that some event named.
    fn named(&self, id: CustomerId) -> Result<AsReported, QueryError> {
        let record = self.view.store.customer(Some(id))?;
        let named = record.and_then(|record| Some(AsReported { leaf: record.leaf?, raw: record.raw }));
        named.ok_or(QueryError::UnknownCustomer(id))
    }

    fn plan(&self, home: AsReported, fact: CustomerFact, words: Words) -> Result<Decided, QueryError> {
        let record = self.home_of(&home)?;
        let draft = Draft { type_name: self.order.wish.type_name(), payload: Payload::Customer(fact), words };
        Ok(Ok(Step::Do(Box::new(Plan { draft, home, record }))))
    }

    fn home_of(&self, home: &AsReported) -> Result<HomeRecord, StoreError> {
        Ok(self.view.store.home(&home.leaf.to_string())?.unwrap_or_default())
    }

    fn refused(&self, refusal: Refusal) -> CommandError {
        CommandError::Refused(Box::new(Refused { refusal, owner: None, position: self.view.position() }))
    }
}

/// More than one may be meant.
fn several(ties: &[Tie]) -> Refusal {
    let ids: Vec<_> = ties.iter().take(5).map(|tie| tie.identity.id.as_str()).collect();
    Refusal {
        code: RefusalCode::UnknownRef,
        why: format!("there are {} of them", ties.len()),
        who_could: Vec::new(),
        next: format!("name one by the id of its event: {}", ids.join(", ")),
        fields: vec!["event_id".to_owned()],
    }
}
