//! What a person says about being pinged: their own rules and their quiet hours.

use domain::{PingRule, QuietHours, TimeLimit, limits};
use serde::{Deserialize, Serialize};

use super::{Flaws, days, text};
use crate::data::common::{SeverityForm, Word, word};

/// When a contact is pinged after a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct RuleForm {
    /// Which contact, by its name.
    pub(crate) contact: Word,
    /// How long after the step, such as `5m`; absent: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<Word>,
    /// Only for these severities, such as `1-2`; absent: for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) severities: Option<SeverityForm>,
}

/// When only what is critical may reach somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct QuietForm {
    /// Of the IANA database, such as `Europe/Berlin`.
    pub(crate) zone: Word,
    /// Windows, such as `daily 22:00-07:00`.
    pub(crate) hours: Vec<Word>,
    /// Of this calendar every holiday is quiet for the whole day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) calendar: Option<Word>,
}

/// Reads a person's rules.
pub(crate) fn read_rules(sent: &[RuleForm], flaws: &mut Flaws) -> Vec<PingRule> {
    let mut rules = Vec::with_capacity(sent.len());
    for (index, RuleForm { contact, after, severities }) in sent.iter().enumerate() {
        let after = match after.as_ref().map(|after| after.0.as_str()) {
            None | Some("" | "0" | "0s" | "0m") => Some(0),
            Some(after) => flaws.keep(&format!("rules[{index}].after"), seconds(after)),
        };
        let severities = match severities.as_ref().map(|it| it.0.as_str()) {
            None | Some("") => Some(Vec::new()),
            Some(sent) => flaws.keep(&format!("rules[{index}].severities"), text::severities(sent)),
        };
        if let (Some(after_seconds), Some(severities)) = (after, severities) {
            rules.push(PingRule { contact: contact.0.clone(), after_seconds, severities });
        }
    }
    if rules.len() > limits::PERSON_RULES {
        flaws.add("rules", format!("has more than {} items", limits::PERSON_RULES));
        rules.truncate(limits::PERSON_RULES);
    }
    rules
}

fn seconds(text: &str) -> Result<u32, String> {
    match text.parse::<TimeLimit>() {
        Ok(TimeLimit::Wall(seconds)) => Ok(seconds),
        Ok(TimeLimit::Hours(_) | TimeLimit::Days(_)) => {
            Err("is wall time, such as 5m; no calendar counts here".to_owned())
        }
        Err(error) => Err(error.to_string()),
    }
}

/// As [`read_rules`] reads them.
pub(crate) fn rules(rules: &[PingRule]) -> Vec<RuleForm> {
    let form = |PingRule { contact, after_seconds, severities }: &PingRule| RuleForm {
        contact: Word(contact.clone()),
        after: (*after_seconds > 0).then(|| Word(TimeLimit::Wall(*after_seconds).to_string())),
        severities: (!severities.is_empty()).then(|| SeverityForm(text::severities_text(severities))),
    };
    rules.iter().map(form).collect()
}

impl QuietForm {
    pub(crate) fn read(&self, flaws: &mut Flaws) -> Option<QuietHours> {
        let zone = flaws.keep("quiet.zone", text::zone(&self.zone.0));
        let week = days::week(self.hours.iter().map(|hours| hours.0.as_str()))
            .map_err(|(index, what)| flaws.add(format!("quiet.hours[{index}]"), what));
        let quiet = flaws.keep("quiet.hours", QuietHours::new(zone?, week.ok()?))?;
        Some(quiet.with_holidays_of(word(self.calendar.as_ref())))
    }
}

impl From<&QuietHours> for QuietForm {
    fn from(quiet: &QuietHours) -> Self {
        let hours = days::week_texts(quiet.week()).into_iter().map(Word).collect();
        let calendar = quiet.calendar().map(|id| Word(id.to_owned()));
        Self { zone: Word(quiet.zone_name().to_owned()), hours, calendar }
    }
}
