//! Quick fixes and their reviews (F04).

use crate::{Anomalies, Event, Issue, ItemRef, Severity, Verdict, Workaround, WorkaroundTerms, work::brief};

use super::{item::answered, since};

impl Issue {
    /// `workaround.applied`.
    pub(super) fn apply_workaround(
        &mut self,
        terms: &WorkaroundTerms,
        event: &Event,
        doubts: &mut Anomalies,
    ) -> bool {
        let workaround = Workaround {
            id: self.item_id(event),
            terms: WorkaroundTerms { description: brief(&terms.description), done_at: terms.done_at },
            from: event.origin.department().clone(),
            verdict: None,
            since: since(event),
        };
        let admitted = self.admits(&workaround, doubts);
        if admitted {
            self.work.workarounds.push(workaround);
        }
        admitted
    }

    /// `workaround.reviewed`, by whomever. Named, it may be reviewed again. What is unsafe makes the issue one of severity 1.
    pub(super) fn review_workaround(
        &mut self,
        item: &ItemRef,
        verdict: Verdict,
        event: &Event,
        doubts: &mut Anomalies,
    ) -> bool {
        let fits = |workaround: &Workaround| match item {
            ItemRef::Named(_) => true,
            ItemRef::Open => workaround.verdict.is_none(),
        };
        let found = answered(&mut self.work.workarounds, item, event, doubts, fits);
        let reviewed = found.map(|workaround| workaround.verdict = Some(verdict)).is_some();
        if reviewed {
            self.heed(verdict);
        }
        reviewed
    }

    const fn heed(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Unsafe => self.assessed = Severity::One,
            Verdict::Safe | Verdict::NeedsFix => {}
        }
    }
}
