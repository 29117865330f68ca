//! A file as a tree that knows its lines, whichever format it was written in. Texts are as written: `0042` stays `0042`.

/// A value and where it begins.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// From 1 on.
    pub(super) line: usize,
    pub(super) value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Nothing was written.
    Null,
    Text {
        text: String,
        /// What is quoted is a text; what is not may be meant as something else.
        quoted: bool,
    },
    List(Vec<Node>),
    /// In the order of the file; a key may stand there twice.
    Map(Vec<(Key, Node)>),
}

#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) line: usize,
    pub(super) text: String,
}

/// A file that is not of its format, at a line.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    pub(super) line: usize,
    pub(super) what: String,
}

/// How deep a file may nest.
pub(super) const DEPTH: usize = 16;

impl Node {
    /// The line of what a path such as `accounts[1].id` names below this, or of the innermost part of it that is there.
    pub(super) fn line_of(&self, path: &str) -> usize {
        let mut node = self;
        let mut line = self.line;
        for part in path.split(['.', '[']).filter(|part| !part.is_empty()) {
            let next = match &node.value {
                Value::Map(members) => members.iter().find(|(key, _)| key.text == part).map(|(key, node)| {
                    line = key.line;
                    node
                }),
                Value::List(items) => {
                    let index = part.trim_end_matches(']').parse::<usize>().ok();
                    let item = index.and_then(|index| items.get(index));
                    line = item.map_or(line, |item| item.line);
                    item
                }
                Value::Null | Value::Text { .. } => None,
            };
            let Some(next) = next else { break };
            node = next;
        }
        line
    }

    pub(super) const fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Text { .. } => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}
