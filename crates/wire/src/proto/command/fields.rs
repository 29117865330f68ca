//! The members that many requests share, read one by one while mistakes are noted.

use domain::{AsReported, Department, IssueId, IssueName, Item, Person, Reference, Severity, limits};
use jiff::Timestamp;
use proto::v1::{self, issue_name::Name};

use super::{Asked, Violation};
use crate::{
    data::{IssueForm, says},
    token,
};

/// The mistakes found so far.
///
/// Each reader answers `None` for what is not there or noted as a mistake; only [`Fields::done`] tells the two apart.
#[derive(Default)]
pub(super) struct Fields {
    violations: Vec<Violation>,
    /// Before the names of fields, for a request inside another.
    pub(super) prefix: &'static str,
}

impl Fields {
    pub(super) fn done(self, asked: Option<Asked>) -> Result<Asked, Vec<Violation>> {
        match asked {
            Some(asked) if self.violations.is_empty() => Ok(asked),
            Some(_) | None => Err(self.violations),
        }
    }

    pub(super) fn refuse(&mut self, field: &str, problem: impl Into<String>) {
        let field = format!("{}{field}", self.prefix);
        self.violations.push(Violation { field, problem: problem.into() });
    }

    fn found<T, E: ToString>(&mut self, field: &str, read: Result<T, E>) -> Option<T> {
        read.map_err(|error| self.refuse(field, error.to_string())).ok()
    }

    fn limited(&mut self, field: &str, sent: &str, most: usize) {
        if sent.len() > most {
            self.refuse(field, format!("is {} bytes long; at most {most} are taken", sent.len()));
        }
    }

    /// What may say nothing.
    pub(super) fn text(&mut self, field: &str, sent: &str) -> String {
        self.limited(field, sent, limits::TEXT_BYTES);
        sent.to_owned()
    }

    pub(super) fn maybe_text(&mut self, field: &str, sent: &str) -> Option<String> {
        Some(self.text(field, sent)).filter(|text| says(text))
    }

    /// Without it the event would say nothing.
    pub(super) fn needed_text(&mut self, field: &str, sent: &str) -> Option<String> {
        let text = self.maybe_text(field, sent);
        if text.is_none() {
            self.refuse(field, "is missing");
        }
        text
    }

    /// A word or a name; empty: none.
    pub(super) fn word(&mut self, field: &str, sent: &str) -> Option<String> {
        self.limited(field, sent, limits::WORD_BYTES);
        says(sent).then(|| sent.to_owned())
    }

    /// One of a few words.
    pub(super) fn one_of(&mut self, field: &str, sent: &str, words: &[&str]) -> Option<String> {
        if words.contains(&sent) {
            return Some(sent.to_owned());
        }
        self.refuse(field, format!("is none of {}", words.join(", ")));
        None
    }

    pub(super) fn list<T>(&mut self, field: &str, sent: &[T]) {
        if sent.len() > limits::LIST_ITEMS {
            self.refuse(field, format!("has {} items; at most {} are taken", sent.len(), limits::LIST_ITEMS));
        }
    }

    pub(super) fn texts(&mut self, field: &str, sent: &[String]) -> Vec<String> {
        self.list(field, sent);
        sent.iter().enumerate().map(|(index, text)| self.text(&format!("{field}[{index}]"), text)).collect()
    }

    pub(super) fn id(&mut self, field: &str, sent: &str) -> Option<String> {
        if sent.is_empty() {
            self.refuse(field, "is missing");
            return None;
        }
        self.limited(field, sent, limits::ID_BYTES);
        Some(sent.to_owned())
    }

    /// Empty: none.
    pub(super) fn department(&mut self, field: &str, sent: &str) -> Option<Department> {
        if sent.is_empty() { None } else { self.found(field, sent.parse::<Department>()) }
    }

    pub(super) fn needed_department(&mut self, field: &str, sent: &str) -> Option<Department> {
        if sent.is_empty() {
            self.refuse(field, "is missing");
        }
        self.department(field, sent)
    }

    pub(super) fn departments(&mut self, field: &str, sent: &[String]) -> Vec<Department> {
        self.list(field, sent);
        let slug =
            |(index, slug): (usize, &String)| self.needed_department(&format!("{field}[{index}]"), slug);
        sent.iter().enumerate().filter_map(slug).collect()
    }

    pub(super) fn instant(
        &mut self,
        field: &str,
        sent: Option<&prost_types::Timestamp>,
    ) -> Option<Timestamp> {
        let instant = crate::proto::instant(sent?);
        if instant.is_none() {
            self.refuse(field, "is no instant between the years 1 and 9999");
        }
        instant
    }

    pub(super) fn needed_instant(
        &mut self,
        field: &str,
        sent: Option<&prost_types::Timestamp>,
    ) -> Option<Timestamp> {
        if sent.is_none() {
            self.refuse(field, "is missing");
        }
        self.instant(field, sent)
    }

    pub(super) fn enumeration<T: TryFrom<i32>>(&mut self, field: &str, sent: i32) -> Option<T> {
        self.found(field, T::try_from(sent).map_err(|_| format!("{sent} is none of its values")))
    }

    pub(super) fn severity(&mut self, field: &str, sent: i32) -> Option<Severity> {
        self.enumeration(field, sent).map(crate::proto::severity_from)
    }

    /// An id of an assist, a deferral, a promise or a workaround; empty: the only one that can be meant.
    pub(super) fn item(&mut self, field: &str, sent: &str) -> Option<Item> {
        if sent.is_empty() {
            return Some(Item::Only);
        }
        let read =
            sent.parse().map(Item::Id).map_err(|_| "is no UUID; leave it out for the only one there is");
        self.found(field, read)
    }

    pub(super) fn reference(&mut self, field: &str, sent: &v1::Reference) -> Option<Reference> {
        let v1::Reference { system, id } = sent;
        let (system, id) = (self.id(&format!("{field}.system"), system), self.id(&format!("{field}.id"), id));
        Some(Reference { system: system?, id: id? })
    }

    /// What a tool calls an issue. Ids of Davy's own are none.
    pub(super) fn tools_reference(&mut self, field: &str, sent: &v1::Reference) -> Option<Reference> {
        let reference = self.reference(field, sent)?;
        if reference.system == IssueForm::OWN_SYSTEM {
            self.refuse(field, "is an id of Davy's own; give the one in a tool");
            return None;
        }
        Some(reference)
    }

    pub(super) fn person(&mut self, field: &str, sent: Option<&v1::Person>) -> Option<Person> {
        let v1::Person { system, id, name } = sent?;
        let (system, id) = (self.id(&format!("{field}.system"), system), self.id(&format!("{field}.id"), id));
        let name = self.word(&format!("{field}.name"), name);
        Some(Person { account: Reference { system: system?, id: id? }, name })
    }

    /// An issue that should be there.
    pub(super) fn issue(&mut self, field: &str, sent: Option<&v1::IssueName>) -> Option<IssueName> {
        match sent.and_then(|issue| issue.name.as_ref()) {
            None => {
                self.refuse(field, "name an issue, by `id` or by `reference`");
                None
            }
            Some(Name::Id(id)) => self.davy_id(&format!("{field}.id"), id),
            Some(Name::Reference(sent)) => {
                let field = format!("{field}.reference");
                let reference = self.reference(&field, sent)?;
                if reference.system == IssueForm::OWN_SYSTEM {
                    return self.davy_id(&format!("{field}.id"), &reference.id);
                }
                Some(IssueName { id: IssueId::of(&reference), reference: Some(reference) })
            }
        }
    }

    /// As [`Fields::issue`], where there may be none.
    pub(super) fn any_issue(
        &mut self,
        field: &str,
        sent: Option<&v1::IssueName>,
    ) -> Option<Option<IssueName>> {
        match sent {
            None => Some(None),
            Some(_) => self.issue(field, sent).map(Some),
        }
    }

    fn davy_id(&mut self, field: &str, sent: &str) -> Option<IssueName> {
        let read = sent.parse().map(|id| IssueName { id, reference: None });
        let excerpt: String = sent.chars().take(60).collect();
        self.found(
            field,
            read.map_err(|_| format!("`{excerpt}` is not a UUID; a tool's own id goes into `reference`")),
        )
    }

    /// A customer by their token, and their whole id where the token holds its hash. `_`, or nothing: not known.
    pub(super) fn customer(&mut self, sent: &str, whole: Option<&v1::Reference>) -> Option<AsReported> {
        let named = match sent {
            "" | "_" => None,
            token => Some(self.token("customer", token)?),
        };
        let whole = match whole {
            None => None,
            Some(whole) => Some(self.whole_id("customer_as_reported", whole)?),
        };
        match (named, whole) {
            (Some(named), Some(whole)) if named.leaf != whole.leaf => {
                self.refuse("customer_as_reported", "is another customer than `customer`");
                None
            }
            (_, Some(whole)) => Some(whole),
            (named, None) => named,
        }
    }

    fn token(&mut self, field: &str, sent: &str) -> Option<AsReported> {
        let Some(read) = token::read(sent) else {
            let sent: String = sent.chars().take(60).collect();
            self.refuse(
                field,
                format!(
                    "`{sent}` is not a token such as `crm:4711`, with everything in the id outside A-Z, a-z, 0-9, _ and - \
                     percent-encoded in upper-case hex"
                ),
            );
            return None;
        };
        // An e-mail address or a phone number as it is: the leaf holds its hash, the event the whole.
        let raw =
            sent.split_once(':').filter(|_| read.sent_raw).and_then(|(_, id)| token::percent_decoded(id));
        Some(AsReported { leaf: read.leaf, raw })
    }

    fn whole_id(&mut self, field: &str, sent: &v1::Reference) -> Option<AsReported> {
        let Reference { system, id } = self.reference(field, sent)?;
        let leaf = self.found(field, token::leaf(&system, &id))?;
        let raw = (leaf.decoded() != id).then_some(id);
        Some(AsReported { leaf, raw })
    }
}
