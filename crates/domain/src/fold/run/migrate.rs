//! A run that goes by a newer version of its policy (`escalation.md` rule 8): at the same step, or the last one where there are
//! fewer by now.

use crate::{Anomalies, Anomaly, Department, Directory, Fired, Issue, PolicyVersion};

impl Issue {
    /// `run.migrated`: void if it goes by that version, or a newer one, already.
    pub(in crate::fold) fn migrate_run(
        &mut self,
        department: &Department,
        policy: &PolicyVersion,
        directory: &Directory,
        doubts: &mut Anomalies,
    ) -> bool {
        let Some(run) = self.active_run(department, doubts) else { return false };
        if run.policy.position >= policy.position {
            doubts.insert(Anomaly::Already);
            return false;
        }
        run.policy = policy.clone();
        let last = u32::try_from(run.plan(directory).steps.len()).unwrap_or(u32::MAX).saturating_sub(1);
        // Of fewer steps the last waits. That is another pass of them, since no step fires twice in one.
        if let Fired::Step { step, pass } = run.fired
            && step > last
        {
            run.fired = Fired::Step { step: last, pass: pass.saturating_add(1) };
        }
        run.migrated = run.is_stepping();
        true
    }
}
