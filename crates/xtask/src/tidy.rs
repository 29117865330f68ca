//! `cargo xtask tidy`: the rules of the house that the compiler does not know, all findings in one run.

mod invariants;
mod layers;
mod manifests;
mod sources;
mod table;
mod top_level;

use std::fmt;

use anyhow::ensure;

use crate::workspace::Workspace;

/// Something that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    /// The file or crate, below the root of the workspace.
    at: String,
    what: String,
}

impl Finding {
    fn new(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self { at: at.into(), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.what)
    }
}

/// Prints every finding and fails if there is one.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let mut findings = layers::check(workspace);
    findings.extend(manifests::check(workspace)?);
    findings.extend(top_level::check(workspace)?);
    findings.extend(sources::check(workspace)?);
    findings.extend(invariants::check(workspace)?);
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    ensure!(findings.is_empty(), "the house is untidy in {} places", findings.len());
    Ok(())
}
