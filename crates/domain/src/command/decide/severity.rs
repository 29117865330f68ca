//! Assessing the harm: anybody raises it, the owner lowers it and says why (`domain.md` 4.9).

use super::{
    super::{Decision, Draft, Words},
    case::Case,
    required,
};
use crate::{Payload, Refusal, RefusalCode, Severity};

pub(super) fn change(case: &Case<'_>, to: Severity, reason: &str) -> Result<Decision, Refusal> {
    case.require_alive("assess it")?;
    require_assessed(to)?;
    let known = case.issue.assessed;
    if to == known {
        let why = format!("it is assessed as {} already", to.rank());
        return Err(Refusal::new(RefusalCode::Already, why, "leave it, or name another severity"));
    }
    if to.rank() > known.rank() {
        case.require_owner("lower the severity")?;
        required::reason(reason)?;
    }
    let words = Words::none().text("basis", "assessed").text("reason", reason);
    let payload = Payload::SeverityChanged { to, word: None };
    Ok(Draft::new("issue.severity_changed", payload).saying(words).into())
}

fn require_assessed(to: Severity) -> Result<(), Refusal> {
    match to {
        Severity::One | Severity::Two | Severity::Three | Severity::Four => Ok(()),
        Severity::Unassessed => {
            let why = "it names no severity".to_owned();
            Err(required::out_of_range("severity", why, "name one from 1 to 4".to_owned()))
        }
    }
}
