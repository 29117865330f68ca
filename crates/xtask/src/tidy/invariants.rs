//! Every test that `crates/README.md` names as the guard of an invariant exists.
//!
//! A guard is written as `test: crates/domain/src/fold.rs::name_of_test`, with or without backticks.

use std::fs;

use anyhow::Context as _;

use super::Finding;
use crate::workspace::Workspace;

const PAGE: &str = "crates/README.md";
const MARK: &str = "test:";

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<Vec<Finding>> {
    let path = workspace.root.join(PAGE);
    if !path.exists() {
        return Ok(vec![Finding::new(PAGE, "is missing: the invariants and their tests stand there")]);
    }
    let text = fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
    let guards = guards(&text);
    if guards.is_empty() {
        return Ok(vec![Finding::new(PAGE, "names no test (`test: FILE::NAME`) for any invariant")]);
    }
    let missing = guards.into_iter().filter(|guard| {
        let file = fs::read_to_string(workspace.root.join(&guard.file)).unwrap_or_default();
        !has_test(&file, &guard.name)
    });
    Ok(missing
        .map(|Guard { line, file, name }| {
            Finding::new(format!("{PAGE}:{line}"), format!("{file} has no test {name}"))
        })
        .collect())
}

#[derive(Debug, PartialEq, Eq)]
struct Guard {
    /// Counted from 1.
    line: usize,
    file: String,
    name: String,
}

/// All guards of the page; several may stand in one line.
fn guards(text: &str) -> Vec<Guard> {
    let marked = text.lines().enumerate().flat_map(|(index, line)| {
        let mentions = line.split(MARK).skip(1);
        mentions.map(move |mention| (index + 1, mention))
    });
    marked.filter_map(|(line, mention)| guard(line, mention)).collect()
}

fn guard(line: usize, mention: &str) -> Option<Guard> {
    let end_of_name = |c: char| c.is_whitespace() || "`,;)".contains(c);
    let reference = mention.trim_start_matches([' ', '`']).split(end_of_name).next()?;
    let (file, name) = reference.split_once("::")?;
    // `module::name` is read as the name alone: a file is searched, not a path of modules.
    let name = name.rsplit("::").next()?.trim_end_matches('.');
    Some(Guard { line, file: file.to_owned(), name: name.to_owned() })
}

fn has_test(file: &str, name: &str) -> bool {
    let after_names = file.split("fn ").skip(1);
    after_names.filter_map(|rest| rest.strip_prefix(name)).any(|rest| rest.trim_start().starts_with('('))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guards_are_read_with_and_without_backticks() {
        let page = "1. One.\n   test: crates/a/src/x.rs::it_holds\n2. Two (test: `tests/src/y.rs::tests::it_too`).\n\
                    3. A test: this is prose.";
        let guard =
            |line, file: &str, name: &str| Guard { line, file: file.to_owned(), name: name.to_owned() };
        assert_eq!(
            guards(page),
            [guard(2, "crates/a/src/x.rs", "it_holds"), guard(3, "tests/src/y.rs", "it_too")]
        );
    }

    #[test]
    fn a_test_is_found_by_its_whole_name() {
        let file = "#[test]\nfn it_holds_always() {}\nasync fn it_waits() {}";
        assert!(has_test(file, "it_holds_always") && has_test(file, "it_waits"));
        assert!(!has_test(file, "it_holds"));
    }
}
