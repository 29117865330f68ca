//! `cargo xtask bench`: the measurements of design.md 10, which `davy-testkit` makes.

use std::ffi::OsString;

use crate::run;
use crate::workspace::Workspace;

/// Builds the benchmark for release, as only that tells anything, and hands `arguments` to it.
pub(crate) fn run(workspace: &Workspace, arguments: Vec<OsString>) -> anyhow::Result<()> {
    let mut command = run::cargo(workspace);
    command.args(["run", "--release", "-p", "davy-testkit", "--example", "bench", "--"]).args(arguments);
    run::to_success(command)
}
