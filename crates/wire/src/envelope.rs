//! The three forms of a message (`contract.md` 1), brought to one.

use domain::Reason;
use serde_json::{Map, Value};

use crate::token::percent_decoded;

/// A message's members, whichever form it has.
#[derive(Debug, Default)]
pub(crate) struct Envelope {
    /// The CloudEvents `type`; absent in bare messages.
    pub(crate) type_name: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) id: Option<String>,
    /// As sent.
    pub(crate) time: Option<String>,
    pub(crate) sequence: Option<String>,
    /// As sent.
    pub(crate) backfill: Option<bool>,
    pub(crate) dataschema: Option<String>,
    pub(crate) traceparent: Option<String>,
    pub(crate) tracestate: Option<String>,
    pub(crate) data: Map<String, Value>,
    /// A bare message: id, source and time come from the message around it.
    pub(crate) is_bare: bool,
}

/// Why a message has no envelope.
pub(crate) type Unfit = (Reason, String);

const NOT_JSON: &str = "the body is not JSON";

/// Reads a message's form.
pub(crate) fn read(headers: &[(String, String)], body: &[u8]) -> Result<Envelope, Unfit> {
    let declared = header(headers, "content-type").is_some_and(is_cloudevents);
    let binary =
        headers.iter().any(|(name, _)| name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("ce-")));
    let value: Value =
        serde_json::from_slice(body).map_err(|error| (Reason::Unreadable, format!("{NOT_JSON}: {error}")))?;
    match value {
        Value::Object(members) if declared || members.contains_key("specversion") => structured(members),
        value if binary => from_headers(headers, value),
        Value::Object(data) => Ok(Envelope { data, is_bare: true, ..Envelope::default() }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err((Reason::Unreadable, "the body is not a JSON object".to_owned()))
        }
    }
}

/// A header's value, by its name in any case.
pub(crate) fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

fn is_cloudevents(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/cloudevents+json")
}

fn structured(mut members: Map<String, Value>) -> Result<Envelope, Unfit> {
    if let Some(version) = text(&mut members, "specversion")? {
        check_version(&version)?;
    }
    let data = match members.remove("data") {
        None | Some(Value::Null) => Map::new(),
        Some(data) => object(data)?,
    };
    Ok(Envelope {
        type_name: text(&mut members, "type")?,
        source: required(text(&mut members, "source")?, "source")?,
        id: required(text(&mut members, "id")?, "id")?,
        time: lenient_text(&mut members, "time"),
        sequence: text(&mut members, "sequence")?,
        backfill: boolean(&mut members, "backfill")?,
        dataschema: text(&mut members, "dataschema")?,
        traceparent: lenient_text(&mut members, "traceparent"),
        tracestate: lenient_text(&mut members, "tracestate"),
        data,
        is_bare: false,
    })
}

fn from_headers(headers: &[(String, String)], data: Value) -> Result<Envelope, Unfit> {
    let attribute = |name: &str| match header(headers, &format!("ce-{name}")) {
        None => Ok(None),
        Some(value) => match percent_decoded(value) {
            Some(value) => Ok(Some(value)),
            None => Err(wrong(format!("header `ce-{name}` is not percent-encoded UTF-8"))),
        },
    };
    if let Some(version) = attribute("specversion")? {
        check_version(&version)?;
    }
    // Neither an odd time nor an odd trace is worth a complaint: as it stands, to be doubted later.
    let lenient = |name: &str| {
        header(headers, &format!("ce-{name}"))
            .map(|value| percent_decoded(value).unwrap_or_else(|| value.to_owned()))
    };
    let trace = |name: &str| lenient(name).or_else(|| header(headers, name).map(ToOwned::to_owned));
    Ok(Envelope {
        type_name: attribute("type")?,
        source: required(attribute("source")?, "source")?,
        id: required(attribute("id")?, "id")?,
        time: lenient("time"),
        sequence: attribute("sequence")?,
        backfill: attribute("backfill")?.map(|text| boolean_text("backfill", &text)).transpose()?,
        dataschema: attribute("dataschema")?,
        traceparent: trace("traceparent"),
        tracestate: trace("tracestate"),
        data: object(data)?,
        is_bare: false,
    })
}

fn check_version(version: &str) -> Result<(), Unfit> {
    if version.starts_with("1.") {
        Ok(())
    } else {
        Err(wrong(format!("`specversion` is `{version}`; 1.0 is read")))
    }
}

fn required(value: Option<String>, name: &str) -> Result<Option<String>, Unfit> {
    match value {
        Some(text) if !text.is_empty() => Ok(Some(text)),
        Some(_) | None => Err(wrong(format!("`{name}` is missing; CloudEvents need one"))),
    }
}

fn object(data: Value) -> Result<Map<String, Value>, Unfit> {
    match data {
        Value::Object(data) => Ok(data),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(wrong("`data` is not an object".to_owned()))
        }
    }
}

/// A text; an integer counts as its decimal text.
fn text(members: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Unfit> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Number(number)) if !number.is_f64() => Ok(Some(number.to_string())),
        Some(_) => Err(wrong(format!("`{name}` is not a string"))),
    }
}

/// A text; anything else as it prints, to be doubted later.
fn lenient_text(members: &mut Map<String, Value>, name: &str) -> Option<String> {
    match members.remove(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text),
        Some(other) => Some(other.to_string()),
    }
}

fn boolean(members: &mut Map<String, Value>, name: &str) -> Result<Option<bool>, Unfit> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(value)) => Ok(Some(value)),
        Some(Value::String(text)) => boolean_text(name, &text).map(Some),
        Some(_) => Err(wrong(format!("`{name}` is neither true nor false"))),
    }
}

fn boolean_text(name: &str, text: &str) -> Result<bool, Unfit> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(wrong(format!("`{name}` is neither true nor false"))),
    }
}

pub(crate) fn wrong(detail: String) -> Unfit {
    (Reason::WrongTypes, detail)
}
