//! YAML, and JSON, which is YAML. Of the parser only events and their places are taken, so that nothing is made of a text but
//! a text. Aliases are not followed: what a file says stands where it says it.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::node::{Broken, DEPTH, Key, Node, Value};

/// Something that is not closed yet.
enum Open {
    List(usize, Vec<Node>),
    /// The key that waits for its value.
    Map(usize, Vec<(Key, Node)>, Option<Key>),
}

/// Reads the one document of a text; `None` if it holds none.
pub(super) fn read(text: &str) -> Result<Option<Node>, Broken> {
    let mut parser = Parser::new_from_str(text);
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| {
            let what = error.info().to_owned();
            Broken { line: error.marker().line(), what }
        })?;
        let line = span.start.line();
        let broken = |what: &str| Broken { line, what: what.to_owned() };
        let closed = match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => None,
            Event::DocumentStart(_) if root.is_some() => {
                return Err(broken("a second document begins here; put all of it into one"));
            }
            Event::DocumentStart(_) => None,
            Event::Alias(_) => return Err(broken("an alias; write out what it stands for")),
            Event::Scalar(text, style, _, _) => Some(scalar(text.into_owned(), style, line)),
            Event::SequenceStart(..) => {
                open.push(Open::List(line, Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                open.push(Open::Map(line, Vec::new(), None));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(close),
        };
        if open.len() > DEPTH {
            return Err(broken("it is nested too deep"));
        }
        if let Some(node) = closed {
            match open.last_mut() {
                Some(parent) => put(parent, node)?,
                None => root = Some(node),
            }
        }
    }
    Ok(root)
}

fn scalar(text: String, style: ScalarStyle, line: usize) -> Node {
    let quoted = style != ScalarStyle::Plain;
    let nothing = !quoted && matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL");
    Node { line, value: if nothing { Value::Null } else { Value::Text { text, quoted } } }
}

fn close(open: Open) -> Node {
    match open {
        Open::List(line, items) => Node { line, value: Value::List(items) },
        Open::Map(line, members, _) => Node { line, value: Value::Map(members) },
    }
}

/// A map gets keys and values in turn.
fn put(parent: &mut Open, node: Node) -> Result<(), Broken> {
    match parent {
        Open::List(_, items) => items.push(node),
        Open::Map(_, members, waiting) => match (waiting.take(), node) {
            (Some(key), node) => members.push((key, node)),
            (None, Node { line, value: Value::Text { text, .. } }) => *waiting = Some(Key { line, text }),
            (None, other) => {
                let what = format!("{} as the name of a member; use a text", other.kind());
                return Err(Broken { line: other.line, what });
            }
        },
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_known_and_texts_are_as_written() {
        let text =
            "people:\n  - id: 0042\n    accounts:\n      - zendesk:mia\n      - {system: jira, id: \"7\"}\n";
        let node = read(text).unwrap().unwrap();
        let lines =
            ["people[0].id", "people[0].accounts[1].id", "people[0].accounts[7]", "people[0].manager"]
                .map(|path| node.line_of(path));
        assert_eq!(lines, [2, 5, 3, 2]);
        assert!(format!("{node:?}").contains("\"0042\""));
        assert_eq!(read(r#"{"people": [{"id": "a"}]}"#).unwrap().unwrap().line_of("people[0]"), 1);
        assert!(read("# nothing\n").unwrap().is_none());
    }

    #[test]
    fn what_is_no_yaml_is_told_with_its_line() {
        let deep = "[".repeat(40);
        for (text, line) in [
            ("a: 1\nb: [1\n", 3),
            ("a: &x 1\nb: *x\n", 2),
            ("a: 1\n---\nb: 2\n", 2),
            ("? [1]\n: 2\n", 1),
            (&deep, 1),
        ] {
            assert_eq!(read(text).unwrap_err().line, line, "{text}");
        }
    }
}
