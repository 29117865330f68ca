//! The small forms that many types share, lenient as `contract.md` 1 asks.

use std::{borrow::Cow, fmt};

use domain::{Department, IssueId, IssueName, ItemRef, Person, Reference, Severity, cut, limits};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::time;

/// An id: a string, or an integer that counts as its decimal text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct Id(#[cfg_attr(feature = "schema", schemars(with = "TextOrInteger"))] pub(crate) String);

/// A severity: `1` (worst) to `4` as a string or a number, also `S1` to `S4`; any other word is the tool's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct SeverityForm(
    #[cfg_attr(feature = "schema", schemars(with = "TextOrInteger"))] pub(crate) String,
);

#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes the schema of what `TextOrIntegerVisitor` reads")]
enum TextOrInteger {
    Text(String),
    Integer(i64),
}

impl SeverityForm {
    /// The assessed severity, if the word is one.
    pub(crate) fn assessed(&self) -> Option<Severity> {
        Severity::parse(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer.deserialize_any(TextOrIntegerVisitor)?;
        if text.is_empty() {
            return Err(de::Error::custom("an id is empty"));
        }
        if text.len() > limits::ID_BYTES {
            return Err(de::Error::custom(format!("an id is longer than {} bytes", limits::ID_BYTES)));
        }
        Ok(Self(text))
    }
}

impl<'de> Deserialize<'de> for SeverityForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = deserializer.deserialize_any(TextOrIntegerVisitor)?;
        Ok(Self(cut(&word, limits::WORD_BYTES).into_owned()))
    }
}

struct TextOrIntegerVisitor;

impl de::Visitor<'_> for TextOrIntegerVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or an integer")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }
}

macro_rules! limited_text {
    ($(#[$doc:meta])* $name:ident, $limit:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub(crate) struct $name(pub(crate) String);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                Ok(Self(cut(&text, $limit).into_owned()))
            }
        }
    };
}

limited_text! {
    /// A text; what is over 4 KiB stays in the log alone.
    Text, limits::TEXT_BYTES
}
limited_text! {
    /// A word or a name, cut at 1 KiB.
    Word, limits::WORD_BYTES
}

/// At most [`limits::LIST_ITEMS`] items; the rest stays in the log alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut items = Vec::<T>::deserialize(deserializer)?;
        items.truncate(limits::LIST_ITEMS);
        Ok(Self(items))
    }
}

impl<T> List<T> {
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A member that came to a type after events of it were published: what has another form than expected is shown in the log
/// alone, as it was before.
pub(crate) fn lenient<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Read<T> {
        Fits(T),
        Other(de::IgnoredAny),
    }
    Ok(match Read::deserialize(deserializer)? {
        Read::Fits(value) => Some(value),
        Read::Other(de::IgnoredAny) => None,
    })
}

/// A person: `{system, id, name?}`, or their id as a text in the issue's system, else the department's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "a person is `{system, id, name?}` or an id")]
pub(crate) enum PersonForm {
    Full {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        system: Option<Id>,
        id: Id,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Word>,
    },
    Text(Id),
}

impl PersonForm {
    pub(crate) fn person(&self, people_of: &str) -> Person {
        match self {
            Self::Full { system, id, name } => Person {
                account: Reference {
                    system: system.as_ref().map_or_else(|| people_of.to_owned(), |system| system.0.clone()),
                    id: id.0.clone(),
                },
                name: name.as_ref().map(|name| name.0.clone()).filter(|name| !name.is_empty()),
            },
            Self::Text(id) => {
                Person { account: Reference { system: people_of.to_owned(), id: id.0.clone() }, name: None }
            }
        }
    }

    /// Writes the person out in full.
    pub(crate) fn settle(&mut self, people_of: &str) {
        *self = Self::from(&self.person(people_of));
    }
}

impl From<&Person> for PersonForm {
    fn from(person: &Person) -> Self {
        let Person { account: Reference { system, id }, name } = person.clone();
        Self::Full { system: Some(Id(system)), id: Id(id), name: name.map(Word) }
    }
}

/// The issue that an event names: `{system, id, label?}`, or a Davy id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "an issue is `{system, id}` or the id that Davy gave it")]
pub(crate) enum IssueForm {
    /// By its id in a tool; one that never changes.
    Reference {
        system: Id,
        id: Id,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<Word>,
    },
    /// By its Davy id.
    Davy { id: Id },
    /// By its Davy id.
    Text(Id),
}

impl IssueForm {
    /// The system that Davy's own ids belong to.
    pub(crate) const OWN_SYSTEM: &str = "davy";

    /// The system of the reference, where there is one.
    pub(crate) fn system(&self) -> Option<&str> {
        match self {
            Self::Reference { system, .. } if system.0 != Self::OWN_SYSTEM => Some(&system.0),
            Self::Reference { .. } | Self::Davy { .. } | Self::Text(_) => None,
        }
    }

    /// # Errors
    /// If an id that should be Davy's is none.
    pub(crate) fn name(&self) -> Result<IssueName, String> {
        match self {
            Self::Reference { system, id, label: _ } if system.0 != Self::OWN_SYSTEM => {
                let reference = Reference { system: system.0.clone(), id: id.0.clone() };
                Ok(IssueName { id: IssueId::of(&reference), reference: Some(reference) })
            }
            Self::Reference { id, .. } | Self::Davy { id } | Self::Text(id) => {
                let id = id
                    .0
                    .parse()
                    .map_err(|_| "`issue` is neither {system, id} nor the id that Davy gave it".to_owned())?;
                Ok(IssueName { id, reference: None })
            }
        }
    }
}

/// The customer as the payload gives it: the whole id, also where the subject holds its hash.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct CustomerForm {
    /// A slug such as `crm`.
    pub(crate) system: Id,
    /// As that system writes it.
    pub(crate) id: Id,
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ActorForm {
    #[serde(default)]
    pub(crate) kind: ActorKindForm,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<PersonForm>,
    /// Never trusted: the department is the subject's. Davy's own events carry the one they speak for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) department: Option<Word>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum ActorKindForm {
    #[default]
    Human,
    Bot,
    System,
}

/// The members that every type's data may have.
#[derive(Debug, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Common {
    /// The issue that the event is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) issue: Option<IssueForm>,
    /// Used where the subject has `_`; carries the whole id where the subject holds its hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) customer: Option<CustomerForm>,
    /// Who did it; a human unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) actor: Option<ActorForm>,
}

/// A department slug.
pub(crate) fn department(word: &Word, member: &str) -> Result<Department, String> {
    word.0.parse().map_err(|error| format!("`{member}`: {error}"))
}

/// A text that says something.
pub(crate) fn word(word: Option<&Word>) -> Option<String> {
    word.map(|word| word.0.clone()).filter(|word| !word.is_empty())
}

/// The tool's own word for a severity: as it is given, else the severity as it is written. Given and empty, as Davy's own
/// events have it: no tool said any.
pub(crate) fn own_word(given: Option<&Word>, severity: Option<&SeverityForm>) -> Option<String> {
    match given {
        Some(_) => word(given),
        None => severity.map(|severity| severity.0.clone()),
    }
}

/// Whether a text is more than blanks.
pub(crate) fn says(text: &str) -> bool {
    !text.trim().is_empty()
}

/// An instant without which the event says nothing.
pub(crate) fn date(sent: Option<&Word>, member: &str) -> Result<Timestamp, String> {
    let Some(Word(sent)) = sent else {
        return Err(format!("`{member}` is missing: an RFC 3339 time with a zone"));
    };
    time::parse(sent).ok_or_else(|| {
        let sent = cut(sent, 60);
        format!(
            "`{member}` is `{sent}`, which is no RFC 3339 time with a zone, such as 2026-03-02T17:00:00+01:00"
        )
    })
}

/// An instant that may be missing; one that cannot be read is shown in timelines alone.
pub(crate) fn any_date(sent: Option<&Word>) -> Option<Timestamp> {
    sent.and_then(|Word(sent)| time::parse(sent))
}

/// An id that Davy gave.
pub(crate) fn uuid<T: std::str::FromStr>(Word(sent): &Word, member: &str) -> Result<T, String> {
    sent.parse().map_err(|_| format!("`{member}` is no id of Davy's"))
}

/// What an event answers.
pub(crate) fn item(sent: Option<&Id>) -> ItemRef {
    sent.map_or(ItemRef::Open, |Id(id)| ItemRef::Named(id.clone()))
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Money {
    /// In the smallest unit, such as cents.
    pub(crate) amount_minor: i64,
    /// ISO 4217, such as `EUR`.
    pub(crate) currency: Word,
}
