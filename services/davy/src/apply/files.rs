//! The files of one apply: what they say, and where a mistake that Davy tells stands in them.

use std::{fmt, fs, io, path::Path};

use anyhow::Context as _;
use proto::v1::{Document, DocumentMistake};

use super::{
    node::Broken,
    read::{self, Placed, Wrong},
    toml, yaml,
};

/// Bytes of a file at most; more documents than one call takes would not fit.
const MOST: u64 = 16 * 1024 * 1024;

/// Every document, in the order of the files, and what is wrong so far.
#[derive(Default)]
pub(super) struct Files {
    names: Vec<String>,
    /// With the index of their file.
    documents: Vec<(usize, Placed)>,
    mistakes: Vec<Mistake>,
}

/// A mistake in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mistake {
    /// Which file was given first, second, ...
    place: usize,
    pub(super) line: usize,
    pub(super) file: String,
    pub(super) path: String,
    pub(super) what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place: _, line, file, path, what } = self;
        let colon = if path.is_empty() { "" } else { ": " };
        write!(f, "{file}:{line}: {path}{colon}{what}")
    }
}

impl Files {
    /// Reads them; `-` is standard input.
    ///
    /// # Errors
    /// If one cannot be read at all. What is wrong in it is kept.
    pub(super) fn read(paths: &[String]) -> anyhow::Result<Self> {
        let mut files = Self::default();
        for path in paths {
            let name = if path == "-" { "<stdin>" } else { path };
            files.add(name, &contents(path).with_context(|| format!("read {name}"))?);
        }
        Ok(files)
    }

    pub(super) fn add(&mut self, name: &str, text: &str) {
        let place = self.names.len();
        self.names.push(name.to_owned());
        let is_toml = Path::new(name).extension().is_some_and(|extension| extension == "toml");
        let root = if is_toml {
            toml::read(text).map(Some)
        } else {
            yaml::read(text).map_err(|broken| vec![broken])
        };
        match root {
            Ok(None) => {}
            Ok(Some(root)) => {
                let (documents, wrong) = read::documents(&root);
                for Wrong { line, path, what } in wrong {
                    self.mistake(place, line, path, what);
                }
                self.documents.extend(documents.into_iter().map(|document| (place, document)));
            }
            Err(broken) => {
                for Broken { line, what } in broken {
                    self.mistake(place, line, String::new(), what);
                }
            }
        }
    }

    fn mistake(&mut self, place: usize, line: usize, path: String, what: String) {
        let file = self.names.get(place).cloned().unwrap_or_default();
        self.mistakes.push(Mistake { place, line, file, path, what });
    }

    pub(super) fn documents(&self) -> Vec<Document> {
        self.documents.iter().map(|(_, placed)| placed.document.clone()).collect()
    }

    /// What Davy found wrong, but for what follows from something that was told already.
    pub(super) fn told(&mut self, mistakes: &[DocumentMistake]) {
        let of_form = self.mistakes.len();
        for DocumentMistake { document, member, description } in mistakes {
            let index = usize::try_from(*document).unwrap_or(usize::MAX);
            let Some((place, placed)) = self.documents.get(index) else { continue };
            let dot = if member.is_empty() { "" } else { "." };
            let path = format!("{}{dot}{member}", placed.path);
            let known = |mistake: &Mistake| {
                let rest = (mistake.place == *place).then(|| path.strip_prefix(&mistake.path)).flatten();
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            };
            // Several things may be wrong with one member, unless it was its form.
            if !self.mistakes.iter().take(of_form).any(known) {
                let (place, line) = (*place, placed.node.line_of(member));
                self.mistake(place, line, path, description.clone());
            }
        }
    }

    /// All of them, in the order of the files.
    pub(super) fn mistakes(&self) -> Vec<Mistake> {
        let mut mistakes = self.mistakes.clone();
        mistakes.sort();
        mistakes
    }
}

fn contents(path: &str) -> io::Result<String> {
    let mut text = String::new();
    let read = if path == "-" {
        io::Read::read_to_string(&mut io::Read::take(io::stdin().lock(), MOST + 1), &mut text)?
    } else {
        io::Read::read_to_string(&mut io::Read::take(fs::File::open(path)?, MOST + 1), &mut text)?
    };
    if u64::try_from(read).unwrap_or(u64::MAX) > MOST {
        return Err(io::Error::other(format!("it is larger than {MOST} bytes")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let mut files = Files::default();
        files.add(
            "org.yaml",
            "\
departments:
  - department: support
    heda: tom
    active: maybe
systems: zendesk
people:
  - name: Nobody
  - id: mia
    status: gone
    departments: [support, [1]]
    accounts:
      - zendesk
      - zendesk:mia
    manager: tom
",
        );
        files.add("more.toml", "[[people]]\nid = 'bo'\nid = 'bo'\n");
        let mistake = |document, member: &str, description: &str| DocumentMistake {
            document,
            member: member.to_owned(),
            description: description.to_owned(),
        };
        files.told(&[
            mistake(1, "id", "is empty"),
            mistake(2, "manager", "no person `tom` is known"),
            mistake(2, "accounts[0].id", "is empty"),
            mistake(2, "accounts[1]", "the account zendesk:mia is `bo`'s already"),
            mistake(2, "accounts[1]", "`zendesk:mia` stands there twice"),
        ]);
        let lines: Vec<_> = files.mistakes().iter().map(ToString::to_string).collect();
        expect![[r#"
            org.yaml:3: departments[0].heda: is not known here; there are department, name, active, successor, head, arbiter, calendar, policy, schedule, hand_off_template
            org.yaml:4: departments[0].active: is neither true nor false
            org.yaml:5: systems: is a text, not a list
            org.yaml:7: people[0].id: is missing
            org.yaml:9: people[1].status: `gone` is none of active, on_leave, left
            org.yaml:10: people[1].departments[1]: is a list, not a text
            org.yaml:12: people[1].accounts[0]: is no account; write <system>:<id>, such as zendesk:mia
            org.yaml:13: people[1].accounts[1]: `zendesk:mia` stands there twice
            org.yaml:13: people[1].accounts[1]: the account zendesk:mia is `bo`'s already
            org.yaml:14: people[1].manager: no person `tom` is known
            more.toml:3: duplicate key
        "#]].assert_eq(&format!("{}\n", lines.join("\n")));
    }
}
