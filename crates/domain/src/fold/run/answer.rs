//! Answers to pings (`escalation.md` rules 3 and 5): any of them counts while something is overdue. It holds the run for the
//! length of a lease, and acknowledges nothing to the customer.

use crate::{
    Anomalies, Anomaly, Answer, Department, Directory, Event, Issue, ItemId, Person, PingId, PingOutcome,
    PingReason, Recipient, Reference, Run, limits::STEP_PEOPLE,
};

impl Issue {
    /// `ping.acknowledged`.
    pub(in crate::fold) fn answer_ping(
        &mut self,
        ping: PingId,
        event: &Event,
        directory: &Directory,
        doubts: &mut Anomalies,
    ) -> bool {
        let Some(ping) = self.escalation.ping_mut(ping) else {
            doubts.insert(Anomaly::UnknownRef);
            return false;
        };
        if ping.is_unsettled() {
            // Whoever answers it knows of it.
            ping.outcome = PingOutcome::Withdrawn { at: event.time };
        }
        let (department, is_notice) = (ping.terms.department.clone(), ping.terms.cycle == 0);
        let by = event.actor.person.clone().or_else(|| recipient(&ping.terms.to));
        let reason = ping.terms.reason;
        let reminds = matches!(self.first_reason(&reason), Some(PingReason::Reminder(_)));
        let (is_open, answer) = (self.lifecycle().is_open(), self.item_id(event));
        match self.escalation.runs.iter_mut().find(|run| run.department == department && run.is_active()) {
            Some(run) => {
                // Whoever is reminded and says that they are at it is.
                let renewed = reminds && run.renew(answer, event, directory);
                let mut known = Anomalies::default();
                let doubts = if renewed { &mut known } else { doubts };
                let counts = run.answer(by.clone(), answer, event, directory, doubts) || renewed;
                if renewed {
                    run.answered_anew(by.as_ref(), event, directory);
                }
                self.spare(&department, by.as_ref(), event, directory);
                counts
            }
            None => is_open && is_notice,
        }
    }

    /// Who answered is not pinged any more, also while others still have to answer.
    fn spare(&mut self, department: &Department, by: Option<&Person>, event: &Event, directory: &Directory) {
        let Some(by) = by.and_then(|by| directory.person(&by.account, event.position)) else { return };
        for run in self.escalation.runs.iter_mut().filter(|run| run.department == *department) {
            run.personal.retain(|cycle| cycle.person != by.id);
        }
        let pings = self.escalation.pings.iter_mut().filter(|ping| {
            ping.is_unsettled() && ping.terms.cycle > 0 && ping.terms.department == *department
        });
        for ping in pings {
            if matches!(&ping.terms.to, Recipient::Person { person, .. } if *person == by.id) {
                ping.outcome = PingOutcome::Withdrawn { at: event.time };
            }
        }
    }
}

/// Who was pinged, where it was a person.
fn recipient(to: &Recipient) -> Option<Person> {
    match to {
        Recipient::Person { person, .. } => {
            let account = Reference { system: "directory".to_owned(), id: person.clone() };
            Some(Person { account, name: None })
        }
        Recipient::Channel(_) => None,
    }
}

impl Run {
    fn answer(
        &mut self,
        by: Option<Person>,
        answer: ItemId,
        event: &Event,
        directory: &Directory,
        doubts: &mut Anomalies,
    ) -> bool {
        // It counts once, but a later step may be content with fewer.
        let again = self.has_answer_of(by.as_ref(), event, directory);
        if !again && self.answers.len() < STEP_PEOPLE {
            self.answers.push(Answer { by, at: event.time });
        }
        if self.is_stepping() && self.answers.len() >= self.answers_needed(directory) {
            self.lease_to(answer, event, directory);
            return true;
        }
        if again {
            doubts.insert(Anomaly::Already);
        }
        !again
    }

    /// Whoever said once more that they are at it answered then.
    fn answered_anew(&mut self, by: Option<&Person>, event: &Event, directory: &Directory) {
        let same = |answer: &&mut Answer| is_of(answer, by, event, directory);
        self.answers.iter_mut().filter(same).for_each(|answer| answer.at = event.time);
    }

    fn has_answer_of(&self, by: Option<&Person>, event: &Event, directory: &Directory) -> bool {
        self.answers.iter().any(|answer| is_of(answer, by, event, directory))
    }
}

fn is_of(answer: &Answer, by: Option<&Person>, event: &Event, directory: &Directory) -> bool {
    match (&answer.by, by) {
        (Some(one), Some(other)) => one.is(other) || are_one(one, other, event, directory),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn are_one(one: &Person, other: &Person, event: &Event, directory: &Directory) -> bool {
    let known = |person: &Person| directory.person(&person.account, event.position).map(|known| &known.id);
    known(one).is_some_and(|id| known(other) == Some(id))
}
