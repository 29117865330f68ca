//! What a report says, and who answered it: title, severity, restriction, acknowledgement (`contract.md` 3 and 5).

use crate::{
    Acknowledgement, ActorKind, Anomalies, Anomaly, Event, Issue, Report, Reported, Restriction, Severity,
};

impl Issue {
    /// `issue.reported`: the first one counts, later ones are details.
    pub(super) fn report(&mut self, report: &Report, event: &Event, doubts: &mut Anomalies) -> bool {
        self.restrict(report, event);
        if self.reported.is_some() {
            doubts.insert(Anomaly::ReportedAgain);
            return false;
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

    /// The first report in order that restricts the body does, whichever is the report: another department's cannot open
    /// it by coming earlier. Who restricts it may read it.
    pub(super) fn restrict(&mut self, report: &Report, event: &Event) {
        let Some(Restriction { reason, departments }) = &report.restricted else { return };
        if self.restricted.is_none() {
            let heard = event.origin.department();
            let others = departments.iter().filter(|department| *department != heard);
            let departments = others.chain([heard]).cloned().collect();
            self.restricted = Some(Restriction { reason: reason.clone(), departments });
        }
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
