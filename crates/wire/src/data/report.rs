//! `issue.reported`: a complaint, as somebody heard it.

use domain::{Payload, Report, Restriction, cut, limits};
use serde::{Deserialize, Deserializer, Serialize, de::IgnoredAny};

use super::{
    Context, Data,
    common::{Id, List, PersonForm, SeverityForm, Text, Word, own_word, word},
};

/// A complaint. `text` and `reporter` are enough.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Reported {
    /// One line; by default the first line of the text. Cut at 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<Text>,
    /// What the customer said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<Text>,
    /// The same as `text`, which wins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<Text>,
    /// Who heard it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) heard_by: Option<PersonForm>,
    /// The same as `heard_by`, which wins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reporter: Option<PersonForm>,
    /// Assessed harm, 1 (worst) to 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) severity: Option<SeverityForm>,
    /// The tool's own word for it; by default `severity`. Empty: there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source_severity: Option<Word>,
    /// As the customer sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) customer_severity: Option<SeverityForm>,
    /// complaint, defect, discrepancy, billing, delivery, safety or other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) issue_kind: Option<Word>,
    /// Such as `phone` or `mail`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<Word>,
    /// customer, employee, survey, monitoring or audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) found_via: Option<Word>,
    /// What the customer asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) remedy_sought: Option<Text>,
    /// Equipment concerned.
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub(crate) assets: List<Id>,
    /// Somebody may come to harm: severity 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) safety: Option<bool>,
    /// Only some may read what was said; absent: everybody.
    #[serde(default, deserialize_with = "RestrictedForm::read", skip_serializing_if = "Option::is_none")]
    pub(crate) restricted: Option<RestrictedForm>,
}

/// Who may read the body, beside the department that heard it; and whom one of them gives the issue to or offers it to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct RestrictedForm {
    /// Such as legal, HR, security or health.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Word>,
    /// What is no department's slug names nobody.
    #[serde(default, skip_serializing_if = "List::is_empty")]
    pub(crate) departments: List<Word>,
}

impl RestrictedForm {
    /// What cannot be read restricts to nobody else: it never lets more people read than was meant.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Sent {
            Form(RestrictedForm),
            Flag(bool),
            Absent(()),
            Other(IgnoredAny),
        }
        Ok(match Sent::deserialize(deserializer)? {
            Sent::Form(form) => Some(form),
            Sent::Flag(false) | Sent::Absent(()) => None,
            Sent::Flag(true) | Sent::Other(IgnoredAny) => Some(Self::default()),
        })
    }

    fn restriction(&self) -> Restriction {
        Restriction {
            reason: word(self.reason.as_ref()).unwrap_or_default(),
            departments: self.departments.0.iter().filter_map(|slug| slug.0.parse().ok()).collect(),
        }
    }
}

const NO_TEXT: &str = "(no text)";

impl Data for Reported {
    fn payload(&self, context: &Context<'_>) -> Result<Payload, String> {
        let texts = [&self.title, &self.text, &self.body];
        let line = texts
            .into_iter()
            .flatten()
            .find_map(|text| text.0.lines().map(str::trim).find(|line| !line.is_empty()));
        Ok(Payload::Reported(Report {
            title: title(line.unwrap_or(NO_TEXT)),
            severity: self.severity.as_ref().and_then(SeverityForm::assessed).unwrap_or_default(),
            severity_word: own_word(self.source_severity.as_ref(), self.severity.as_ref()),
            heard_by: self
                .heard_by
                .as_ref()
                .or(self.reporter.as_ref())
                .map(|person| person.person(context.people_of)),
            safety: self.safety.unwrap_or_default(),
            restricted: self.restricted.as_ref().map(RestrictedForm::restriction),
            missed: None,
        }))
    }

    fn settle(&mut self, context: &Context<'_>) {
        let body = self.body.take();
        self.text = self.text.take().or(body);
        let reporter = self.reporter.take();
        self.heard_by = self.heard_by.take().or(reporter);
        if let Some(person) = &mut self.heard_by {
            person.settle(context.people_of);
        }
    }
}

/// At most 200 characters.
pub(super) fn title(line: &str) -> String {
    let end = line.char_indices().nth(limits::TITLE_CHARS).map_or(line.len(), |(end, _)| end);
    cut(line, end).into_owned()
}
