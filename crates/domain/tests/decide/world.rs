//! An issue, the time, and people who give commands about it. What is not refused is folded at once.

use std::{fmt::Write as _, sync::Arc};

use domain::{
    Actor, ActorKind, Anomalies, Command, Context, Decision, Department, Digest, Directory, DirectoryChange,
    Document, Effect, Event, Holding, Identity, Issue, IssueId, IssueName, Ordinal, Origin, Payload,
    Position, Principal, Refusal, RefusalCode, Target, decide,
};
use jiff::{SignedDuration, Timestamp, civil::Date};

use crate::{
    order::{customer, report},
    people::{MIDNIGHT, directory, mia, person, reference},
};

/// Where the directory's documents end.
const FIRST: u64 = 100;

pub(crate) struct World {
    pub(crate) directory: Directory,
    pub(crate) now: Timestamp,
    pub(crate) renewal: Option<Date>,
    pub(crate) chain: Vec<Issue>,
    issue: Option<Issue>,
    id: IssueId,
    sequence: u64,
}

impl World {
    /// Nothing is known.
    pub(crate) fn new() -> Self {
        Self::of("55")
    }

    /// Nothing is known of the issue of this id in Zendesk.
    pub(crate) fn of(id: &str) -> Self {
        Self {
            directory: directory(),
            now: MIDNIGHT,
            renewal: None,
            chain: Vec::new(),
            issue: None,
            id: IssueId::of(&reference("zendesk", id)),
            sequence: FIRST,
        }
    }

    /// Mia of support heard it.
    pub(crate) fn reported() -> Self {
        let mut world = Self::new();
        world.does(&mia(), &report());
        world
    }

    /// Mia took it and told the customer.
    pub(crate) fn answered() -> Self {
        let mut world = Self::reported();
        world.does(&mia(), &Command::Accept);
        world.does(&mia(), &crate::order::acknowledge());
        world
    }

    /// Beside these issues, which a link leads to one after the other.
    pub(crate) fn beside(mut self, chain: Vec<Issue>) -> Self {
        self.chain = chain;
        self
    }

    pub(crate) fn issue(&self) -> &Issue {
        self.issue.as_ref().unwrap()
    }

    /// If anything is known of it.
    pub(crate) const fn known(&self) -> Option<&Issue> {
        self.issue.as_ref()
    }

    pub(crate) fn pass(&mut self, hours: i64) {
        self.now += SignedDuration::from_hours(hours);
    }

    pub(crate) fn decide(&self, who: &Principal, command: &Command) -> Result<Decision, Refusal> {
        let target = self.issue.as_ref().map_or(Target::NewIssue, Target::Issue);
        self.decide_on(&target, who, command)
    }

    pub(crate) fn decide_on(
        &self,
        target: &Target<'_>,
        who: &Principal,
        command: &Command,
    ) -> Result<Decision, Refusal> {
        let context = Context {
            principal: who,
            now: self.now,
            directory: &self.directory,
            at: Position::new(self.sequence),
            renewal: self.renewal,
            chain: &self.chain,
        };
        decide(target, command, &context)
    }

    /// A version of a document, from now on.
    pub(crate) fn set(&mut self, document: Document) {
        self.sequence += 1;
        let identity = Identity { source: "/directory".to_owned(), id: self.sequence.to_string() };
        let position = Position::new(self.sequence);
        let (stored_at, content) = (self.now, Digest::default());
        self.directory.record(&DirectoryChange { position, stored_at, identity, content, document });
    }

    /// The command is not refused, and all that it leads to fits.
    pub(crate) fn does(&mut self, who: &Principal, command: &Command) -> Decision {
        let decision = self.decide(who, command);
        let decision = decision.unwrap_or_else(|refusal| panic!("{} {command:?}: {refusal}", who.name));
        if let Err(misfit) = self.fold(who, &decision) {
            panic!("{} {command:?}: {misfit}", who.name);
        }
        decision
    }

    pub(crate) fn refused(&self, who: &Principal, command: &Command) -> Refusal {
        self.decide(who, command).expect_err("is refused")
    }

    pub(crate) fn code(&self, who: &Principal, command: &Command) -> RefusalCode {
        self.refused(who, command).code
    }

    /// Folds what a command made; what does not fit is told.
    pub(crate) fn fold(&mut self, who: &Principal, decision: &Decision) -> Result<(), String> {
        for draft in &decision.drafts {
            let origin = Origin::Command(who.department.clone());
            let actor = Actor { kind: kind(who), person: who.person.clone() };
            let (effect, anomalies) = self.append(draft.type_name, draft.payload.clone(), origin, actor);
            if effect != Effect::Applied || !anomalies.is_empty() {
                let codes: Vec<_> = anomalies.iter().map(|anomaly| anomaly.code()).collect();
                return Err(format!("{} is {effect:?} {codes:?}", draft.type_name));
            }
        }
        Ok(())
    }

    /// A department's tool publishes it, whatever comes of it.
    pub(crate) fn fact(&mut self, department: Department, name: &str, payload: Payload) {
        let actor = Actor { kind: ActorKind::Human, person: Some(person(name)) };
        self.append("fact", payload, Origin::Department(department), actor);
    }

    fn append(
        &mut self,
        type_name: &str,
        payload: Payload,
        origin: Origin,
        actor: Actor,
    ) -> (Effect, Anomalies) {
        self.sequence += 1;
        self.now += SignedDuration::from_micros(1);
        let identity = Identity { source: "/davy".to_owned(), id: format!("e{}", self.sequence) };
        let event = Event {
            position: Position::new(self.sequence),
            stored_at: self.now,
            time: self.now,
            ordinal: Ordinal::Absent,
            identity,
            identity_digest: Digest::default(),
            content: Digest::default(),
            origin,
            token: None,
            issue: Some(IssueName { id: self.id, reference: None }),
            customer: self.issue.is_none().then(|| customer("crm:4711")),
            actor,
            backfill: false,
            anomalies: Anomalies::default(),
            type_name: Arc::from(type_name),
            payload,
            data: Arc::from(*b"{}"),
            traceparent: None,
            tracestate: None,
        };
        let issue =
            self.issue.get_or_insert_with(|| Issue::named_by(event.issue.clone().unwrap().id, &event));
        let applied = issue.apply(&event, &self.directory);
        (applied.effect, applied.anomalies)
    }
}

fn kind(who: &Principal) -> ActorKind {
    if who.person.is_some() { ActorKind::Human } else { ActorKind::Bot }
}

/// A line a command: who, what became of the issue, or the refusal.
#[derive(Default)]
pub(crate) struct Told(pub(crate) String);

impl Told {
    pub(crate) fn tries(&mut self, world: &mut World, who: &Principal, command: &Command) {
        let name = who.name.trim_start_matches("token/");
        let line = match world.decide(who, command) {
            Ok(decision) => {
                world.fold(who, &decision).unwrap();
                let types: Vec<_> = decision.drafts.iter().map(|draft| draft.type_name).collect();
                format!("{} => {}", types.join(" + "), line(world.issue()))
            }
            Err(refusal) => format!("{refusal}"),
        };
        writeln!(self.0, "{name}: {line}").unwrap();
    }
}

/// Where it stands, whose it is, to whom it is offered.
fn line(issue: &Issue) -> String {
    let owner = &issue.custody.owner;
    let team = owner.holding.team().map(|team| format!("/{team}")).unwrap_or_default();
    let person = owner.holding.person().map(|person| format!("/{}", person.account.id)).unwrap_or_default();
    let kind = match owner.holding {
        Holding::Desk => "desk",
        Holding::Provisional(_) => "provisional",
        Holding::Accepted { .. } => "accepted",
    };
    let lifecycle = format!("{:?}", issue.lifecycle()).to_lowercase();
    let mut line = format!("{lifecycle}, {}{team}{person} {kind}", owner.department);
    if let Some(offer) = &issue.custody.offer {
        write!(line, ", offered to {}", offer.department).unwrap();
    }
    if issue.custody.bounces > 0 {
        write!(line, ", bounced {}", issue.custody.bounces).unwrap();
    }
    line
}
