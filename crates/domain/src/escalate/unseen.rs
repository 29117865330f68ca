//! What no timer tells, since it goes by documents of the directory and not by events of the issue: found by looking at open
//! issues one after the other.

use super::{Moment, hand_over, round::Round, run};
use crate::{Draft, Issue};

/// Whether something of it goes by the directory as it stands now, and nobody was told: its owner's shift ended, or somebody
/// can be reached for it of whom nobody could (`escalation.md` rules 7 and 11).
pub fn unseen(issue: &Issue, moment: &Moment<'_>) -> bool {
    let mut round = Round::new(issue, moment);
    hand_over::is_due(&round) || run::is_mended(&mut round)
}

/// That, as events; once they are folded it is said. Beside what is due by a timer, which comes first.
pub fn escalate_unseen(issue: &Issue, moment: &Moment<'_>) -> Vec<Draft> {
    let mut round = Round::new(issue, moment);
    hand_over::tell(&mut round);
    run::mend(&mut round);
    round.finish()
}
