//! A log, an escalator and a pager under a clock that jumps to the next thing that is due. Every ping that arrives is
//! written down, so that one that nobody expects fails a test.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    Actor, ActorKind, Anomalies, Applied, Assignment, Command, Context, Decision, Digest, Directory,
    DirectoryChange, Document, Draft, Effect, Event, Identity, Issue, IssueId, IssueName, Moment, Ordinal,
    Origin, Payload, Person, Ping, PingCase, PingId, PingOutcome, PolicyDocument, PolicyVersion, Position,
    Principal, Recipient, Reference, Refusal, Report, Role, Run, Severity, Stepped, Target, decide, escalate,
    escalate_orphan, escalate_unseen, explain_issue, fold, forecast_reachability, next_due, pings_owed,
    unseen,
};
use jiff::{SignedDuration, Timestamp};

pub(crate) use crate::documents::{
    department, following, person, policy, schedule, somebody, step, to, with,
};

/// When the complaint of most tests is overdue: Monday, 2026-03-02, 09:00 UTC.
pub(crate) const T0: Timestamp = Timestamp::constant(1_772_442_000, 0);
/// How many rounds something may take at one instant.
const ROUNDS: usize = 8;

pub(crate) struct World {
    pub(crate) directory: Directory,
    pub(crate) events: Vec<Event>,
    pub(crate) issue: Option<Issue>,
    pub(crate) now: Timestamp,
    /// Pings that arrived: after how long, and at whom.
    pub(crate) arrived: Vec<String>,
    ids: Vec<PingId>,
    /// Contacts that are gone for good.
    pub(crate) broken: BTreeSet<String>,
    /// What is told now is history.
    pub(crate) backfill: bool,
    /// The pager does not run.
    pub(crate) silent: bool,
    pub(crate) account_owner: Option<String>,
    position: u64,
}

pub(crate) fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

impl World {
    pub(crate) fn new(documents: impl IntoIterator<Item = Document>) -> Self {
        let mut world = Self {
            directory: Directory::default(),
            events: Vec::new(),
            issue: None,
            now: T0 - minutes(1),
            arrived: Vec::new(),
            ids: Vec::new(),
            broken: BTreeSet::new(),
            backfill: false,
            silent: false,
            account_owner: None,
            position: 0,
        };
        documents.into_iter().for_each(|document| world.set(document));
        world
    }

    /// With support and its policy, the people P1 to P4 with a contact each, and an issue overdue at T0.
    pub(crate) fn of(policy: PolicyDocument) -> Self {
        let people = ["p1", "p2", "p3", "p4"].map(|id| Document::Person(somebody(id, &["c"], &[])));
        let support = Document::Department(following("support", &policy.id));
        Self::new([support, Document::Policy(policy)].into_iter().chain(people)).heard()
    }

    /// Support heard of an issue.
    pub(crate) fn heard(mut self) -> Self {
        self.tell("support", "issue.reported", reported());
        self
    }

    pub(crate) fn set(&mut self, document: Document) {
        self.position += 1;
        self.directory.record(&DirectoryChange {
            position: Position::new(self.position),
            stored_at: self.now,
            identity: Identity { source: "/directory".to_owned(), id: self.position.to_string() },
            content: Digest::default(),
            document,
        });
    }

    pub(crate) fn issue(&self) -> &Issue {
        self.issue.as_ref().unwrap()
    }

    pub(crate) fn run(&self, slug: &str) -> &Run {
        self.issue().run(&department(slug)).unwrap()
    }

    /// What was said of runs.
    pub(crate) fn steps(&self) -> impl Iterator<Item = &Stepped> {
        self.events.iter().filter_map(|event| {
            let Payload::RunStepped(stepped) = &event.payload else { return None };
            Some(&**stepped)
        })
    }

    /// A fact of a department's tool.
    pub(crate) fn tell(&mut self, slug: &str, type_name: &'static str, payload: Payload) -> Applied {
        self.append(Origin::Department(department(slug)), None, Draft::new(type_name, payload))
    }

    /// A fact of a department's tool that is heard of now and happened so many minutes after T0: the issue is folded again.
    pub(crate) fn tell_late(&mut self, slug: &str, happened: i64, type_name: &'static str, payload: Payload) {
        self.tell(slug, type_name, payload);
        self.events.last_mut().unwrap().time = T0 + minutes(happened);
        self.events.sort_by(|one, other| one.order().cmp(&other.order()));
        self.issue = fold(&self.events, &self.directory);
        self.settle();
    }

    /// A command of a person's.
    pub(crate) fn command(&mut self, slug: &str, by: Option<&str>, draft: Draft) -> Applied {
        self.append(Origin::Command(department(slug)), by.map(person), draft)
    }

    pub(crate) fn append(&mut self, origin: Origin, by: Option<Person>, draft: Draft) -> Applied {
        self.position += 1;
        let reference = Reference { system: "zendesk".to_owned(), id: "55".to_owned() };
        let event = Event {
            position: Position::new(self.position),
            stored_at: self.now,
            time: self.now,
            ordinal: Ordinal::Absent,
            identity: Identity { source: "/test".to_owned(), id: self.position.to_string() },
            identity_digest: Digest::default(),
            content: Digest::default(),
            origin,
            token: None,
            issue: Some(IssueName { id: IssueId::of(&reference), reference: Some(reference) }),
            customer: None,
            actor: Actor { kind: ActorKind::Human, person: by },
            backfill: self.backfill,
            anomalies: Anomalies::default(),
            type_name: Arc::from(draft.type_name),
            payload: draft.payload,
            data: Arc::from([]),
            traceparent: None,
            tracestate: None,
        };
        let issue =
            self.issue.get_or_insert_with(|| Issue::named_by(event.issue.as_ref().unwrap().id, &event));
        let applied = issue.apply(&event, &self.directory);
        self.events.push(event);
        applied
    }

    /// Somebody answers the last ping that arrived.
    pub(crate) fn answer(&mut self, by: &str) -> Effect {
        let ping = *self.ids.last().unwrap();
        self.answer_to(ping, by)
    }

    pub(crate) fn answer_to(&mut self, ping: PingId, by: &str) -> Effect {
        let answer = Draft::new("ping.acknowledged", Payload::PingAnswered { ping });
        self.command("support", Some(by), answer).effect
    }

    pub(crate) fn pinged(&self) -> &[PingId] {
        &self.ids
    }

    pub(crate) fn escalate_now(&mut self) {
        let payload = Payload::RunEscalated { department: department("support") };
        let applied = self.command("support", Some("boss"), Draft::new("run.escalated", payload));
        assert_eq!(applied.effect, Effect::Applied);
    }

    pub(crate) fn due(&self) -> Option<Timestamp> {
        next_due(self.issue(), &self.directory)
    }

    /// What no timer tells is looked for: whether there was any. Said once, it is said.
    pub(crate) fn look(&mut self) -> bool {
        let found = unseen(self.issue(), &self.moment());
        let drafts = escalate_unseen(self.issue(), &self.moment());
        assert_eq!(found, !drafts.is_empty());
        self.escalator(drafts);
        assert!(!unseen(self.issue(), &self.moment()));
        found
    }

    /// What somebody who may give commands is answered.
    pub(crate) fn decide(&self, command: &Command) -> Result<Decision, Refusal> {
        let principal = Principal {
            name: "boss".to_owned(),
            department: department("support"),
            person: Some(person("boss")),
            roles: [Role::Responder].into_iter().collect(),
        };
        let Moment { now, directory, at, .. } = self.moment();
        let context = Context { principal: &principal, now, directory, at, renewal: None, chain: &[] };
        decide(&Target::Issue(self.issue()), command, &context)
    }

    /// Why somebody is pinged, or nobody is: each reason and its sentence.
    pub(crate) fn explained(&self) -> String {
        let first = self.events.first().unwrap();
        let mut issue = Issue::named_by(self.issue().id, first);
        let events = self.events.iter().map(|event| (event.clone(), issue.apply(event, &self.directory)));
        let events: Vec<_> = events.collect();
        let case = PingCase { issue: self.issue(), events: &events, moment: &self.moment() };
        explain_issue(case).into_iter().map(|told| format!("{:?}: {}\n", told.why, told.text)).collect()
    }

    /// Steps that would reach nobody, or somebody without a contact, within a day.
    pub(crate) fn forecast(&self, slug: &str) -> Vec<String> {
        let found =
            forecast_reachability(&[department(slug)], SignedDuration::from_hours(24), &self.moment());
        found.into_iter().map(|it| it.problem).collect()
    }

    /// The walk over open issues found that its owner is gone.
    pub(crate) fn find_orphan(&mut self) {
        self.escalator(escalate_orphan(self.issue(), &self.moment()));
    }

    /// By the present version of a department's policy from now on.
    pub(crate) fn migrate(&mut self, slug: &str) -> Effect {
        let id = self.directory.policy(&department(slug), Position::new(self.position)).id.clone();
        let policy = PolicyVersion { id, position: Position::new(self.position) };
        let payload = Payload::RunMigrated { department: department(slug), policy };
        self.command(slug, Some("boss"), Draft::new("run.migrated", payload)).effect
    }

    pub(crate) fn drafts(&self) -> Vec<Draft> {
        escalate(self.issue(), &self.moment())
    }

    /// An escalator says what it was told to.
    pub(crate) fn escalator(&mut self, drafts: impl IntoIterator<Item = Draft>) {
        for draft in drafts {
            let name = draft.type_name;
            let applied = self.append(Origin::Escalator(department("support")), None, draft.clone());
            assert_eq!(applied.effect, Effect::Applied, "{name} {draft:?}");
        }
    }

    pub(crate) fn moment(&self) -> Moment<'_> {
        Moment {
            now: self.now,
            directory: &self.directory,
            at: Position::new(self.position),
            account_owner: self.account_owner.clone(),
        }
    }

    /// Whatever is due up to so many minutes after T0 happens when it is due.
    pub(crate) fn until(&mut self, end: i64) -> &mut Self {
        let end = T0 + minutes(end);
        self.settle();
        loop {
            let held = pings_owed(self.issue()).filter_map(Ping::not_before).filter(|at| *at > self.now);
            let wake = self.due().into_iter().chain(held.min().filter(|_| !self.silent)).min();
            let Some(wake) = wake.filter(|wake| *wake <= end) else { break };
            self.now = self.now.max(wake);
            self.settle();
        }
        self.now = self.now.max(end);
        self
    }

    /// As [`World::until`], but nothing happens before the end.
    pub(crate) fn skip_until(&mut self, end: i64) -> &mut Self {
        self.now = T0 + minutes(end);
        self.settle();
        self
    }

    /// What is due now, until nothing is.
    pub(crate) fn settle(&mut self) {
        for _ in 0..ROUNDS {
            let escalated = self.escalate();
            let sent = !self.silent && self.send();
            if !escalated && !sent {
                return;
            }
        }
        panic!("something is due at {} for ever: {:?}", self.now, self.drafts());
    }

    fn escalate(&mut self) -> bool {
        let drafts = self.drafts();
        let is_due = self.due().is_some_and(|due| due <= self.now);
        assert_eq!(is_due, !drafts.is_empty(), "due {:?} at {}: {drafts:?}", self.due(), self.now);
        self.escalator(drafts);
        is_due
    }

    fn send(&mut self) -> bool {
        let now = self.now;
        let owed = pings_owed(self.issue()).filter(|ping| ping.not_before().is_none_or(|at| at <= now));
        let owed: Vec<_> = owed.cloned().collect();
        for Ping { terms, outcome, .. } in &owed {
            let (ping, attempt) = (terms.id, next_attempt(outcome));
            let to = match &terms.to {
                Recipient::Person { person, contact } => format!("{person}/{contact}"),
                Recipient::Channel(name) => format!("#{name}"),
            };
            self.pager("ping.attempted", Payload::PingAttempted { ping, attempt, by: "a".to_owned() });
            if self.broken.contains(&to) {
                let payload = Payload::PingFailed { ping, attempt, retry_at: None };
                self.pager("ping.failed", payload);
            } else {
                self.pager("ping.delivered", Payload::PingDelivered { ping, attempt });
                // A clock may be announced again after what it was announced for is gone.
                assert!(terms.cycle == 0 || !self.ids.contains(&ping), "{to} was pinged twice by one id");
                self.ids.push(ping);
                self.arrived.push(format!("{} {to}", after(now)));
            }
        }
        !owed.is_empty()
    }

    pub(crate) fn pager(&mut self, type_name: &'static str, payload: Payload) {
        let applied = self.append(Origin::Pager(department("support")), None, Draft::new(type_name, payload));
        assert_eq!(applied.effect, Effect::Applied, "{type_name}");
    }

    /// What arrived since this was asked last. The whole log folds to the same state.
    #[track_caller]
    pub(crate) fn expect<const N: usize>(&mut self, expected: [&str; N]) -> &mut Self {
        assert_eq!(self.arrived, expected);
        self.arrived.clear();
        assert_eq!(fold(&self.events, &self.directory).as_ref(), self.issue.as_ref());
        self
    }
}

fn next_attempt(outcome: &PingOutcome) -> u32 {
    match outcome {
        PingOutcome::Attempted { attempt, .. } | PingOutcome::Retrying { attempt, .. } => attempt + 1,
        PingOutcome::Pending
        | PingOutcome::Throttled { .. }
        | PingOutcome::Delivered { .. }
        | PingOutcome::Failed { .. }
        | PingOutcome::Withdrawn { .. } => 1,
    }
}

/// Such as `+30` minutes, or `+2d 30`.
fn after(now: Timestamp) -> String {
    let (days, minutes) = {
        let all = now.duration_since(T0).as_mins();
        (all / 1440, all % 1440)
    };
    if days > 0 { format!("+{days}d {minutes}") } else { format!("+{minutes}") }
}

pub(crate) fn reported() -> Payload {
    Payload::Reported(Report {
        title: "Pump resets".to_owned(),
        severity: Severity::Unassessed,
        severity_word: None,
        heard_by: None,
        safety: false,
        restricted: None,
        missed: None,
    })
}

pub(crate) fn assigned(slug: &str) -> Payload {
    Payload::Assigned(Assignment { department: Some(department(slug)), team: None, person: None })
}
