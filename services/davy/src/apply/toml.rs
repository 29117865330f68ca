//! TOML, with the lines of its values. Every mistake in its syntax is told.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::node::{Broken, DEPTH, Key, Node, Value};

/// Reads a text.
pub(super) fn read(text: &str) -> Result<Node, Vec<Broken>> {
    let lines = Lines(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let broken = |error: &toml::de::Error| Broken {
            line: error.span().map_or(1, |span| lines.of(span.start)),
            what: error.message().to_owned(),
        };
        return Err(errors.iter().map(broken).collect());
    }
    map(table.get_ref(), 1, &lines, DEPTH).map_err(|broken| vec![broken])
}

struct Lines<'a>(&'a str);

impl Lines<'_> {
    fn of(&self, byte: usize) -> usize {
        self.0.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1
    }
}

fn node(value: &Spanned<DeValue<'_>>, lines: &Lines<'_>, depth: usize) -> Result<Node, Broken> {
    let line = lines.of(value.span().start);
    let depth =
        depth.checked_sub(1).ok_or_else(|| Broken { line, what: "it is nested too deep".to_owned() })?;
    let plain = |text: String| Node { line, value: Value::Text { text, quoted: false } };
    Ok(match value.get_ref() {
        DeValue::String(text) => Node { line, value: Value::Text { text: text.to_string(), quoted: true } },
        DeValue::Integer(number) => plain(number.to_string()),
        DeValue::Float(number) => plain(number.to_string()),
        DeValue::Boolean(value) => plain(value.to_string()),
        DeValue::Datetime(time) => plain(time.to_string()),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| node(item, lines, depth)).collect::<Result<_, _>>()?;
            Node { line, value: Value::List(items) }
        }
        DeValue::Table(table) => map(table, line, lines, depth)?,
    })
}

fn map(table: &DeTable<'_>, line: usize, lines: &Lines<'_>, depth: usize) -> Result<Node, Broken> {
    let mut members = Vec::with_capacity(table.len());
    for (key, value) in table {
        let line = lines.of(key.span().start);
        members.push((Key { line, text: key.get_ref().to_string() }, node(value, lines, depth)?));
    }
    // In the order of the file.
    members.sort_by_key(|(key, _): &(Key, Node)| key.line);
    Ok(Node { line, value: Value::Map(members) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_known_and_every_mistake_is_told() {
        let node = read("[[people]]\nid = 'mia'\n\n[[people]]\nid = 'bo'\nmanager = 'mia'\n").unwrap();
        assert_eq!([node.line_of("people[1].manager"), node.line_of("people[0].id")], [6, 2]);
        let broken = read("a = \nb = 1\nb = 2\n").unwrap_err();
        assert_eq!(broken.iter().map(|broken| broken.line).collect::<Vec<_>>(), [1, 3]);
    }
}
