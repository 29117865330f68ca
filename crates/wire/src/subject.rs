//! Subjects: where an event comes from, whose customer it is about, and of which type it is.

use domain::{Department, DocumentKey, Leaf, limits};

use crate::token;

/// Before `<department>.<customer>.<entity>.<verb>`.
pub const EVENTS_PREFIX: &str = "davy.events.";
/// Before `<kind>.<id>`.
pub const DIRECTORY_PREFIX: &str = "davy.directory.";

/// A well-formed subject.
#[derive(Debug)]
pub(crate) enum Subject<'a> {
    Event(EventSubject<'a>),
    Document(DocumentSubject<'a>),
}

#[derive(Debug)]
pub(crate) struct EventSubject<'a> {
    pub(crate) speaker: Speaker,
    pub(crate) token: &'a str,
    pub(crate) customer: CustomerToken,
    /// `entity.verb`.
    pub(crate) type_name: &'a str,
}

/// The department token.
#[derive(Debug)]
pub(crate) enum Speaker {
    Department(Department),
    Command,
    Escalator,
    Pager,
}

impl Speaker {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Department(department) => department.as_str(),
            Self::Command => "command",
            Self::Escalator => "escalator",
            Self::Pager => "pager",
        }
    }
}

/// The customer token.
#[derive(Debug)]
pub(crate) enum CustomerToken {
    /// `_`: the sender does not know the customer.
    Unknown,
    /// For Davy's own origins the token is the home and says nothing about the customer.
    Home,
    Known {
        leaf: Leaf,
        sent_raw: bool,
    },
}

#[derive(Debug)]
pub(crate) struct DocumentSubject<'a> {
    pub(crate) kind: &'a str,
    /// As in the subject.
    pub(crate) token: &'a str,
    /// Decoded.
    pub(crate) id: String,
}

/// Reads a subject.
///
/// # Errors
/// What is wrong with it, for the quarantine.
pub(crate) fn read(subject: &str) -> Result<Subject<'_>, String> {
    if subject.len() > limits::SUBJECT_BYTES {
        return Err(format!(
            "the subject is {} bytes long; at most {} are read",
            subject.len(),
            limits::SUBJECT_BYTES
        ));
    }
    if let Some(rest) = subject.strip_prefix(EVENTS_PREFIX) {
        event(rest).map(Subject::Event)
    } else if let Some(rest) = subject.strip_prefix(DIRECTORY_PREFIX) {
        document(rest).map(Subject::Document)
    } else {
        Err(format!("the subject begins with neither `{EVENTS_PREFIX}` nor `{DIRECTORY_PREFIX}`"))
    }
}

fn event(rest: &str) -> Result<EventSubject<'_>, String> {
    let mut tokens = rest.splitn(3, '.');
    let (Some(department), Some(customer), Some(type_name)) = (tokens.next(), tokens.next(), tokens.next())
    else {
        return Err(DEPTH.to_owned());
    };
    if type_name.split('.').count() != 2 || type_name.split('.').any(str::is_empty) {
        return Err(DEPTH.to_owned());
    }
    let speaker = match department {
        "command" => Speaker::Command,
        "escalator" => Speaker::Escalator,
        "pager" => Speaker::Pager,
        other => Speaker::Department(
            other.parse().map_err(|error: domain::ParseDepartmentError| error.to_string())?,
        ),
    };
    let customer_token = match (customer, &speaker) {
        ("_", _) => CustomerToken::Unknown,
        (_, Speaker::Command | Speaker::Escalator | Speaker::Pager) => CustomerToken::Home,
        (token, Speaker::Department(_)) => {
            let read = token::read(token).ok_or_else(|| malformed(token))?;
            CustomerToken::Known { leaf: read.leaf, sent_raw: read.sent_raw }
        }
    };
    Ok(EventSubject { speaker, token: customer, customer: customer_token, type_name })
}

const DEPTH: &str = "the subject is not `davy.events.<department>.<customer>.<entity>.<verb>`";

fn malformed(token: &str) -> String {
    let token: String = token.chars().take(60).collect();
    format!(
        "the customer token `{token}` is not `<system>:<id>` with everything in the id outside A-Z, a-z, 0-9, _ and - \
         percent-encoded in upper-case hex, and not `_`"
    )
}

fn document(rest: &str) -> Result<DocumentSubject<'_>, String> {
    let (kind, token) = rest
        .split_once('.')
        .filter(|(kind, token)| !kind.is_empty() && !token.is_empty() && !token.contains('.'))
        .ok_or("the subject is not `davy.directory.<kind>.<id>`")?;
    let id = token::read_document_id(token)
        .ok_or_else(|| format!("the id `{token}` is not percent-encoded as a customer id is"))?;
    Ok(DocumentSubject { kind, token, id })
}

impl DocumentSubject<'_> {
    /// Which document, for the kinds that this Davy knows.
    pub(crate) fn key(&self) -> Option<Result<DocumentKey, String>> {
        match self.kind {
            "department" => {
                Some(self.id.parse().map(DocumentKey::Department).map_err(|error| format!("{error}")))
            }
            "system" => Some(Ok(DocumentKey::System(self.id.clone()))),
            "person" => Some(Ok(DocumentKey::Person(self.id.clone()))),
            "calendar" => Some(Ok(DocumentKey::Calendar(self.id.clone()))),
            "rotation" => Some(Ok(DocumentKey::Rotation(self.id.clone()))),
            "schedule" => Some(Ok(DocumentKey::Schedule(self.id.clone()))),
            "override" => Some(Ok(DocumentKey::Override(self.id.clone()))),
            "policy" => Some(Ok(DocumentKey::Policy(self.id.clone()))),
            _ => None,
        }
    }
}

/// The department and customer tokens of a subject that is not well-formed, as far as they are.
pub(crate) fn salvage(subject: &str) -> (Option<String>, Option<String>) {
    let Some(rest) = subject.strip_prefix(EVENTS_PREFIX) else { return (None, None) };
    let mut tokens = rest.split('.');
    let department = tokens.next().filter(|token| token.parse::<Department>().is_ok()).map(ToOwned::to_owned);
    let customer = tokens.next().and_then(|token| match token {
        "_" => Some("_".to_owned()),
        token => token::read(token).map(|read| read.leaf.to_string()),
    });
    (department, customer)
}
