//! The stream `DAVY`: what it must look like (`design.md` 4), making it, and saying how another one differs.
//!
//! A stream that differs is never changed: whoever changed it may have meant it, and a wrong guess could lose events.

use std::{collections::BTreeSet, fmt};

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
/// Room for the headers of a message whose body is as large as it may be.
const HEADER_BYTES: usize = 16 * 1024;
/// In nanoseconds, as the server counts: 2 minutes.
const DUPLICATE_WINDOW: u64 = 120 * 1_000_000_000;
/// What an operator may choose: it loses and hides no event.
const FREE: [&str; 4] = ["compression", "description", "max_bytes", "placement"];

const STREAM_NOT_FOUND: u64 = 10059;
/// Somebody else made it just now.
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
    Version::check(&link.client().server_info().version)?;
    match info(link).await {
        Ok(found) => compared(&expected(replicas), &found),
        Err(Failure::Refused(Refusal { code: STREAM_NOT_FOUND, .. })) => create(link, replicas, now).await,
        Err(failure) => Err(ProvisionError::Unreachable { detail: failure.to_string() }),
    }
}

async fn create(link: &Link, replicas: u8, now: Timestamp) -> Result<Provisioned, ProvisionError> {
    let mut config = expected(replicas);
    config["metadata"][INCARNATION] = incarnation(now).into();
    match link.ask(&format!("STREAM.CREATE.{STREAM}"), &config).await {
        Ok(_) => Ok(Provisioned::Created),
        Err(Failure::Refused(Refusal { code: NAME_IN_USE, .. })) => match info(link).await {
            Ok(found) => compared(&expected(replicas), &found),
            Err(failure) => Err(ProvisionError::Unreachable { detail: failure.to_string() }),
        },
        Err(Failure::Refused(Refusal { text, .. })) => Err(ProvisionError::Create { detail: text }),
        Err(Failure::Unreachable(detail)) => Err(ProvisionError::Unreachable { detail }),
    }
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

fn compared(expected: &Value, info: &Value) -> Result<Provisioned, ProvisionError> {
    let found = &info["config"];
    let differences = differences(&settings(expected), &settings(found));
    if !differences.is_empty() {
        Err(ProvisionError::Different { differences })
    } else if found["metadata"][INCARNATION].is_string() {
        Ok(Provisioned::Found)
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
        if name != INCARNATION && !name.starts_with("_nats.") {
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
