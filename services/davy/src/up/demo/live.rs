//! The present: one event every few seconds, for as long as anybody looks.

use std::{collections::VecDeque, time::Duration};

use app::SystemClock;
use client::{EventError, PublishError, Publisher, v1::EventMessage};
use jiff::Timestamp;
use serde_json::json;
use tokio::time::sleep;

use super::{
    history,
    script::{Matter, Script, house, person},
};

/// Issues that the departments still work on; the oldest are forgotten, as happens.
const AT_WORK: usize = 24;
/// Each so many events one is broken on its way, one comes twice.
const BROKEN_EVERY: u64 = 90;
const TWICE_EVERY: u64 = 25;

/// How far the departments are with an issue.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Acknowledged,
    Offered,
    InHand,
}

/// Goes on from the history.
pub(super) struct Live {
    script: Script,
    at_work: VecDeque<(Matter, State)>,
}

impl Live {
    pub(super) fn new(script: Script) -> Self {
        Self { script, at_work: VecDeque::new() }
    }

    /// Publishes until it is dropped. What cannot be sent now is sent later.
    pub(super) async fn go_on(mut self, publisher: &Publisher) -> anyhow::Result<()> {
        self.script.end_history();
        send(publisher, self.forgotten(SystemClock::now())?).await?;
        for count in 1_u64.. {
            sleep(Duration::from_millis(1_000 + self.script.random.below(2_000))).await;
            let message = if count.is_multiple_of(BROKEN_EVERY) {
                history::broken(&mut self.script)?
            } else {
                self.next(SystemClock::now())?
            };
            let again = message.clone();
            send(publisher, message).await?;
            if count.is_multiple_of(TWICE_EVERY) {
                send(publisher, again).await?;
            }
        }
        Ok(())
    }

    fn next(&mut self, now: Timestamp) -> Result<EventMessage, EventError> {
        let fresh = self.at_work.len() < 4 || self.script.random.below(10) < 3;
        let choice = self.script.random.below(u64::try_from(self.at_work.len()).unwrap_or(1).max(1));
        let chosen = usize::try_from(choice).ok().and_then(|choice| self.at_work.remove(choice));
        match chosen {
            Some((matter, state)) if !fresh => self.step(matter, state, now),
            chosen => {
                self.at_work.extend(chosen);
                self.report(now)
            }
        }
    }

    /// The one that nobody answers.
    fn forgotten(&mut self, now: Timestamp) -> Result<EventMessage, EventError> {
        let matter = self.script.forgotten();
        let data = json!({
            "text": "Pump stands still again, and nobody calls back", "severity": "2",
            "heard_by": person(matter.house, matter.heard_by), "channel": "phone",
        });
        self.script.event(&matter, matter.house, "issue.reported", now, data)
    }

    fn report(&mut self, now: Timestamp) -> Result<EventMessage, EventError> {
        let matter = self.script.matter();
        let message = self.script.report(&matter, now)?;
        self.at_work.push_back((matter, State::New));
        if self.at_work.len() > AT_WORK {
            self.at_work.pop_front();
        }
        Ok(message)
    }

    /// What happens next to an issue.
    fn step(&mut self, matter: Matter, state: State, now: Timestamp) -> Result<EventMessage, EventError> {
        let by = matter.house;
        let (next, message) = match state {
            // Some customers ask again before anybody answers.
            State::New if self.script.random.below(4) == 0 => {
                let asked = json!({ "channel": "phone", "words": "Is anybody there?" });
                (Some(State::New), self.script.event(&matter, by, "issue.customer_chased", now, asked))
            }
            State::New => (Some(State::Acknowledged), self.script.acknowledge(&matter, matter.heard_by, now)),
            State::Acknowledged if self.script.random.below(3) == 0 && by.department != "engineering" => {
                let offer = json!({ "to_department": "engineering", "to_team": "Platform" });
                (Some(State::Offered), self.script.event(&matter, by, "handoff.offered", now, offer))
            }
            State::Acknowledged => {
                let taken = json!({ "person": person(by, matter.heard_by) });
                (Some(State::InHand), self.script.event(&matter, by, "owner.accepted", now, taken))
            }
            State::Offered => {
                let engineering = house("engineering");
                let taken = json!({ "person": person(engineering, "ada") });
                (Some(State::InHand), self.script.event(&matter, engineering, "handoff.accepted", now, taken))
            }
            State::InHand => {
                let fixed = json!({ "res_kind": "fixed", "summary": "Mended and tested" });
                (None, self.script.event(&matter, by, "issue.resolved", now, fixed))
            }
        };
        self.at_work.extend(next.map(|state| (matter, state)));
        message
    }
}

/// Tries on while NATS is away, as a tool with a spool would.
async fn send(publisher: &Publisher, message: EventMessage) -> Result<(), PublishError> {
    loop {
        match publisher.publish(message.clone()).await {
            Ok(_) => return Ok(()),
            Err(error) if error.is_transient() => sleep(Duration::from_secs(1)).await,
            Err(error) => return Err(error),
        }
    }
}
