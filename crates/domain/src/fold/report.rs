//! What a report says, and who answered it: title, severity, acknowledgement (`contract.md` 3 and 5).

use crate::{Acknowledgement, ActorKind, Anomalies, Anomaly, Event, Issue, Report, Reported, Severity};

impl Issue {
    /// `issue.reported`: the first one counts, later ones are details. A later one that is a missed contact is a chaser too:
    /// the customer asked again, at whichever door (`domain.md` 1b, F08).
    pub(super) fn report(&mut self, report: &Report, event: &Event, doubts: &mut Anomalies) -> bool {
        self.restrict(report, event);
        if self.reported.is_some() {
            doubts.insert(Anomaly::ReportedAgain);
            self.hear_live(event);
            return report.missed.is_some() && self.hear_chaser(event);
        }
        self.reported =
            Some(Reported { at: event.time, title: report.title.clone(), heard_by: report.heard_by.clone() });
        self.assess(report.severity, report.severity_word.as_deref());
        self.floors.safety = report.safety;
        if let Some(person) = &report.heard_by {
            self.name_who_heard(person, event);
        }
        true
    }

    /// `issue.severity_changed`.
    pub(super) fn assess(&mut self, severity: Severity, word: Option<&str>) -> bool {
        self.assessed = severity;
        self.severity_word = word.map(ToOwned::to_owned);
        true
    }

    /// `issue.acknowledged`: only a human acknowledges; the first one counts, and not before the report.
    pub(super) fn acknowledge(
        &mut self,
        event: &Event,
        channel: Option<&str>,
        doubts: &mut Anomalies,
    ) -> bool {
        match event.actor.kind {
            ActorKind::Bot | ActorKind::System => {
                doubts.insert(Anomaly::NotHuman);
                return false;
            }
            ActorKind::Human => {}
        }
        let mut at = event.time;
        if let Some(reported) = &self.reported
            && at < reported.at
        {
            doubts.insert(Anomaly::BeforeReport);
            at = reported.at;
        }
        if self.acknowledged.is_none() {
            self.acknowledged = Some(Acknowledgement {
                at,
                by: event.actor.person.clone(),
                channel: channel.map(ToOwned::to_owned),
            });
        }
        true
    }
}
