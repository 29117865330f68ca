//! The top level holds what design.md 3 names, dotfiles, and nothing else.

use anyhow::Context as _;

use super::Finding;
use crate::workspace::Workspace;

const NAMED: [&str; 10] = [
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "proto",
    "services",
    "crates",
    "deploy",
    "tests",
];
/// Made by building, never committed.
const BUILT: &str = "target";

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for entry in workspace.root.read_dir_utf8().context("read the root of the workspace")? {
        let entry = entry.context("read the root of the workspace")?;
        let name = entry.file_name();
        if !name.starts_with('.') && name != BUILT && !NAMED.contains(&name) {
            findings
                .push(Finding::new(name, "does not belong at the top level; see design.md 3 for what does"));
        }
    }
    Ok(findings)
}
