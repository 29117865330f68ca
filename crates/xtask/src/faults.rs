//! `cargo xtask faults`: the longer form of the fault tests, with what each of them prints.

use anyhow::Context as _;

use crate::run;
use crate::workspace::Workspace;

/// Runs those whose names contain `filter`.
pub(crate) fn run(workspace: &Workspace, filter: Option<&str>) -> anyhow::Result<()> {
    let filter = filter.map_or_else(|| "faults::".to_owned(), |word| format!("faults::{word}"));
    let mut command = run::cargo(workspace);
    command.args(["test", "-p", "davy-tests", "--test", "system", &filter, "--", "--nocapture"]);
    command.env("DAVY_FAULTS", "long");
    run::to_success(command).context("run the fault tests")
}
