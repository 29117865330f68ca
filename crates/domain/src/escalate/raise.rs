//! An issue that comes back again and again climbs (`domain.md` 4.8, "reopen"): from the second time on every reopening has its
//! runs begin one level higher. Nobody is spared by that: the step with which they begin asks those of the steps before it too.

use crate::{Issue, PingTarget, Plan};

/// Reopenings that raise nothing.
const FREE: u32 = 1;

/// The step with which a run begins, from 0.
pub(super) fn first_step(issue: &Issue, plan: &Plan) -> u32 {
    first_after(issue.reopens, plan)
}

/// As [`first_step`], of an issue that came back so often.
pub(super) fn first_after(reopens: u32, plan: &Plan) -> u32 {
    plan.step_of_level(usize::try_from(reopens.saturating_sub(FREE)).unwrap_or(usize::MAX))
}

/// Whom the steps up to this one ask, the first ones first.
pub(super) fn targets_up_to(plan: &Plan, step: u32) -> impl Iterator<Item = &PingTarget> {
    let count = usize::try_from(step).unwrap_or(usize::MAX).saturating_add(1);
    plan.steps.iter().take(count).flat_map(|step| &step.targets)
}
