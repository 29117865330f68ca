//! The stream `DAVY`: what it must look like (`design.md` 4), making it, and saying how another one differs.
//!
//! A stream that differs is never changed: whoever changed it may have meant it, and a wrong guess could lose events.

use std::{collections::BTreeSet, fmt};

use domain::Position;
use engine::LogError;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    link::{Failure, Link, Refusal},
    version::{TooOld, Version},
};

/// Its name.
pub(crate) const STREAM: &str = "DAVY";
const INCARNATION: &str = "davy.incarnation";
/// The last position of the backup that the stream was restored from. Up to it, messages have the form of `restored`.
const RESTORED: &str = "davy.restored_through";
/// Room for the headers of a message whose body is as large as it may be.
const HEADER_BYTES: usize = 16 * 1024;
/// While a backup is restored: its messages carry more than they did, up to three bytes for one of their headers.
const RESTORING_BYTES: usize = 1024 * 1024;
/// In nanoseconds, as the server counts: 2 minutes.
const DUPLICATE_WINDOW: u64 = 120 * 1_000_000_000;
/// What an operator may choose, or a backup: it loses and hides no event.
const FREE: [&str; 5] = ["compression", "description", "first_seq", "max_bytes", "placement"];

pub(crate) const STREAM_NOT_FOUND: u64 = 10059;
const NAME_IN_USE: u64 = 10058;

/// What [`crate::JetStreamLog::provision`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provisioned {
    /// There was none; it was made.
    Created,
    /// It was there and is as it must be.
    Found,
}

/// Why the stream cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// The server is older than 2.12.
    #[error(transparent)]
    TooOld(#[from] TooOld),
    /// It cannot be asked. Worth trying again.
    #[error("ask for stream DAVY: {detail}")]
    Unreachable {
        /// What the connection said.
        detail: String,
    },
    /// The server does not make it.
    #[error("create stream DAVY: {detail}")]
    Create {
        /// What the server said.
        detail: String,
    },
    /// The server does not change it.
    #[error("update stream DAVY: {detail}")]
    Update {
        /// What the server said.
        detail: String,
    },
    /// It is there, but not as it must be.
    #[error("{}", told(differences))]
    Different {
        /// Every setting that differs.
        differences: Vec<Difference>,
    },
    /// It is as it must be, but was not made by Davy.
    #[error(
        "use stream DAVY: it has no `davy.incarnation` in its metadata, so a stream made anew could not be told from it; \
         if it is Davy's, restore its metadata, otherwise give Davy a NATS account of its own"
    )]
    NoIncarnation,
}

/// A setting of the stream that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The server's name of it, e.g. `deny_delete`.
    pub setting: String,
    /// As JSON; `-` where it must not be set.
    pub expected: String,
    /// As JSON; `-` where it is not set.
    pub found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, found {}", self.setting, self.expected, self.found)
    }
}

fn told(differences: &[Difference]) -> String {
    let lines: String = differences.iter().map(|difference| format!("\n  {difference}")).collect();
    format!(
        "use stream DAVY: it differs from what Davy needs in {} of its settings:{lines}\n\
         set them back with `nats stream edit DAVY`; if the stream is somebody else's, give Davy a NATS account of its own",
        differences.len()
    )
}

/// Makes the stream, or compares the one that is there.
pub(crate) async fn provision(
    link: &Link,
    replicas: u8,
    now: Timestamp,
) -> Result<Provisioned, ProvisionError> {
    if found(link, replicas).await?.is_some() {
        return Ok(Provisioned::Found);
    }
    match create(link, new(replicas, now)).await {
        Err(CreateError::Exists) => match info(link).await {
            Ok(found) => compared(&expected(replicas), &found).map(|()| Provisioned::Found),
            Err(failure) => Err(ProvisionError::Unreachable { detail: failure.to_string() }),
        },
        Err(CreateError::Provision(error)) => Err(error),
        Ok(()) => Ok(Provisioned::Created),
    }
}

/// What the server says of the stream, if it is there and as it must be.
pub(crate) async fn found(link: &Link, replicas: u8) -> Result<Option<Value>, ProvisionError> {
    Version::check(&link.client().server_info().version)?;
    match info(link).await {
        Ok(found) => compared(&expected(replicas), &found).map(|()| Some(found)),
        Err(Failure::Refused(Refusal { code: STREAM_NOT_FOUND, .. })) => Ok(None),
        Err(failure) => Err(ProvisionError::Unreachable { detail: failure.to_string() }),
    }
}

/// Makes the stream for the messages of a backup.
pub(crate) async fn create_for_backup(
    link: &Link,
    replicas: u8,
    first: Position,
    last: Position,
    now: Timestamp,
) -> Result<(), ProvisionError> {
    let mut config = for_backup(&new(replicas, now), last);
    config["first_seq"] = first.sequence().into();
    match create(link, config).await {
        Ok(()) => Ok(()),
        Err(CreateError::Exists) => Err(ProvisionError::Create {
            detail: "somebody else made it just now; stop what uses it, and try again".to_owned(),
        }),
        Err(CreateError::Provision(error)) => Err(error),
    }
}

/// The configuration while a backup up to `last` is restored.
pub(crate) fn for_backup(config: &Value, last: Position) -> Value {
    let mut config = config.clone();
    config["metadata"][RESTORED] = last.to_string().into();
    config["max_msg_size"] = RESTORING_BYTES.into();
    config
}

/// The configuration after it, if that is another one.
pub(crate) fn after_backup(config: &Value) -> Option<Value> {
    let restoring = config["max_msg_size"] == RESTORING_BYTES;
    restoring.then(|| {
        let mut config = config.clone();
        config["max_msg_size"] = (domain::limits::MESSAGE_BYTES + HEADER_BYTES).into();
        config
    })
}

/// Up to where the stream was restored from a backup; the start if it was not.
pub(crate) fn restored_through(info: &Value) -> Position {
    let through = info["config"]["metadata"][RESTORED].as_str();
    through.and_then(|text| text.parse().ok()).unwrap_or(Position::START)
}

enum CreateError {
    /// Somebody else made it just now.
    Exists,
    Provision(ProvisionError),
}

async fn create(link: &Link, config: Value) -> Result<(), CreateError> {
    let error = match link.ask(&format!("STREAM.CREATE.{STREAM}"), &config).await {
        Ok(_) => return Ok(()),
        Err(Failure::Refused(Refusal { code: NAME_IN_USE, .. })) => return Err(CreateError::Exists),
        Err(Failure::Refused(Refusal { text, .. })) => ProvisionError::Create { detail: text },
        Err(Failure::Unreachable(detail)) => ProvisionError::Unreachable { detail },
    };
    Err(CreateError::Provision(error))
}

/// The stream's configuration, state and place, from its leader.
pub(crate) async fn info(link: &Link) -> Result<Value, Failure> {
    link.ask(&format!("STREAM.INFO.{STREAM}"), &json!({})).await
}

/// Which life of the stream this is.
pub(crate) fn incarnation_in(info: &Value) -> Result<String, LogError> {
    let found = info["config"]["metadata"][INCARNATION].as_str();
    found
        .map(str::to_owned)
        .ok_or_else(|| LogError::Unreachable { detail: ProvisionError::NoIncarnation.to_string() })
}

fn incarnation(now: Timestamp) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("davy:incarnation/{now}").as_bytes()).to_string()
}

fn new(replicas: u8, now: Timestamp) -> Value {
    let mut config = expected(replicas);
    config["metadata"][INCARNATION] = incarnation(now).into();
    config
}

fn expected(replicas: u8) -> Value {
    json!({
        "name": STREAM,
        "subjects": ["davy.events.>", "davy.directory.>"],
        "storage": "file",
        "retention": "limits",
        "discard": "new",
        "num_replicas": replicas,
        "max_age": 0,
        "max_msgs": -1,
        "max_msgs_per_subject": -1,
        "max_bytes": -1,
        "max_consumers": -1,
        "max_msg_size": domain::limits::MESSAGE_BYTES + HEADER_BYTES,
        "duplicate_window": DUPLICATE_WINDOW,
        "deny_delete": true,
        "deny_purge": true,
        "allow_direct": true,
        "allow_atomic": true,
        "metadata": { "davy.format": "1" },
    })
}

fn compared(expected: &Value, info: &Value) -> Result<(), ProvisionError> {
    let found = &info["config"];
    // A restore that is under way, or was interrupted, is no reason not to read.
    let restoring = if restored_through(info) > Position::START { after_backup(found) } else { None };
    let differences = differences(&settings(expected), &settings(restoring.as_ref().unwrap_or(found)));
    if !differences.is_empty() {
        Err(ProvisionError::Different { differences })
    } else if found["metadata"][INCARNATION].is_string() {
        Ok(())
    } else {
        Err(ProvisionError::NoIncarnation)
    }
}

/// Every setting that says something, by name. The server leaves out some settings that are off and not others, and a
/// newer one has settings that we do not know: off and absent are the same.
fn settings(config: &Value) -> Map<String, Value> {
    let mut settings = config.as_object().cloned().unwrap_or_default();
    let metadata = settings.remove("metadata");
    settings.retain(|name, value| !FREE.contains(&name.as_str()) && !is_off(value));
    for (name, value) in metadata.iter().filter_map(Value::as_object).flatten() {
        if ![INCARNATION, RESTORED].contains(&name.as_str()) && !name.starts_with("_nats.") {
            settings.insert(format!("metadata {name}"), value.clone());
        }
    }
    if let Some(Value::Array(subjects)) = settings.get_mut("subjects") {
        subjects.sort_by_key(Value::to_string);
    }
    settings
}

fn is_off(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(on) => !on,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.values().all(is_off),
    }
}

fn differences(expected: &Map<String, Value>, found: &Map<String, Value>) -> Vec<Difference> {
    let text = |value: Option<&Value>| value.map_or_else(|| "-".to_owned(), Value::to_string);
    let names: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    let differing = names.into_iter().filter(|name| expected.get(*name) != found.get(*name));
    differing
        .map(|name| Difference {
            setting: name.clone(),
            expected: text(expected.get(name)),
            found: text(found.get(name)),
        })
        .collect()
}
