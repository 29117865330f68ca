//! JSON Schemas of the catalogue, from the types that read it; written to `proto/schemas` by `cargo xtask schemas`.

use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde_json::{Value, json};

use super::Common;
use crate::{EventType, Scope, catalogue};

/// The schema of one form.
pub(crate) fn of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>()
}

/// File names and contents: a schema a type, and `asyncapi.json`.
pub fn documents() -> Vec<(String, Value)> {
    let mut documents: Vec<_> =
        catalogue().filter_map(|known| Some((format!("{}.json", known.name), schema(known)?))).collect();
    documents.push(("asyncapi.json".to_owned(), asyncapi()));
    documents
}

/// Where a type's schema is published, and what `dataschema` may say.
fn schema_id(known: &EventType) -> String {
    format!("https://davy.dev/schemas/{}/v{}", known.name, known.version)
}

fn schema(known: &EventType) -> Option<Value> {
    let mut schema = (known.schema_of_data)().to_value();
    if known.scope != Scope::Directory {
        merge(&mut schema, common());
    }
    let members = schema.as_object_mut()?;
    members.insert("$id".to_owned(), schema_id(known).into());
    members.insert("title".to_owned(), format!("data of {}", known.name).into());
    members.insert("description".to_owned(), known.about.into());
    members.insert("examples".to_owned(), json!([serde_json::from_str::<Value>(known.example).ok()?]));
    if known.scope == Scope::Issue {
        let required = members.entry("required").or_insert_with(|| json!([]));
        required.as_array_mut()?.push("issue".into());
    }
    Some(schema)
}

/// Adds the properties and definitions of `common`.
fn merge(schema: &mut Value, common: Value) {
    for part in ["properties", "$defs"] {
        let Some(Value::Object(more)) = common.get(part) else { continue };
        let Some(members) = schema.as_object_mut() else { continue };
        if let Value::Object(known) = members.entry(part).or_insert_with(|| json!({})) {
            known.extend(more.clone());
        }
    }
}

fn common() -> Value {
    of::<Common>().to_value()
}

/// The AsyncAPI 3 document: a channel a type, with its subject as the address.
fn asyncapi() -> Value {
    let mut channels = serde_json::Map::new();
    let mut operations = serde_json::Map::new();
    for known in catalogue() {
        let name = known.name.replace('.', "-");
        channels.insert(name.clone(), channel(known));
        operations.insert(
            format!("publish-{name}"),
            json!({
                "action": "send",
                "channel": {"$ref": format!("#/channels/{name}")},
                "summary": known.about,
                "bindings": {"nats": {"bindingVersion": "0.1.0"}},
            }),
        );
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Davy events",
            "version": "1",
            "description": "What departments publish to NATS JetStream. A message is a CloudEvent, structured or \
                            binary, or bare data as JSON.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {"nats": {"host": "127.0.0.1:4222", "protocol": "nats"}},
        "channels": channels,
        "operations": operations,
    })
}

fn channel(known: &EventType) -> Value {
    let address = known.subject().replace('<', "{").replace('>', "}");
    let described = |name: &str| {
        let about = match name {
            "department" => "Slug of the department that publishes, 1 to 32 of a-z, 0-9 and -.",
            "customer" => {
                "`<system>:<id>` with the id percent-encoded, or `_` where the customer is not known."
            }
            "home" => "Where Davy's own events about the issue go; only Davy publishes them.",
            _ => "Id of the document, percent-encoded.",
        };
        (name.to_owned(), json!({"description": about}))
    };
    let names = ["department", "customer", "home", "id"]
        .into_iter()
        .filter(|name| address.contains(&format!("{{{name}}}")));
    let parameters: serde_json::Map<_, _> = names.map(described).collect();
    json!({
        "address": address,
        "parameters": parameters,
        "messages": {"event": {
            "name": known.name,
            "summary": known.about,
            "payload": {
                "type": "object",
                "required": ["specversion", "id", "source", "type"],
                "properties": {
                    "specversion": {"const": "1.0"},
                    "id": {"type": "string", "minLength": 1},
                    "source": {"type": "string", "minLength": 1},
                    "type": {"const": known.name},
                    "time": {"type": "string", "format": "date-time"},
                    "sequence": {"type": "string"},
                    "backfill": {"type": "boolean"},
                    "data": {"$ref": format!("./{}.json", known.name)},
                },
            },
        }},
    })
}
