//! What a draft says beside its payload.

use domain::{Said, Words};
use serde_json::{Map, Value, map::Entry};

/// Adds words to the members of a payload, which no word replaces.
pub(super) fn add(data: &mut Map<String, Value>, Words(words): &Words) {
    for (name, said) in words {
        merge(data, name, value(said));
    }
}

fn merge(data: &mut Map<String, Value>, name: &str, said: Value) {
    match (data.entry(name), said) {
        (Entry::Vacant(place), said) => drop(place.insert(said)),
        (Entry::Occupied(mut known), Value::Object(more)) => {
            let Value::Object(known) = known.get_mut() else { return };
            more.into_iter().for_each(|(name, said)| merge(known, &name, said));
        }
        (Entry::Occupied(_), _) => {}
    }
}

fn value(said: &Said) -> Value {
    match said {
        Said::Text(text) => text.as_str().into(),
        Said::Flag(flag) => (*flag).into(),
        Said::Number(number) => (*number).into(),
        Said::Time(time) => time.to_string().into(),
        Said::List(items) => items.iter().map(value).collect::<Vec<_>>().into(),
        Said::Members(members) => {
            Value::Object(members.iter().map(|(name, said)| (name.clone(), value(said))).collect())
        }
    }
}
