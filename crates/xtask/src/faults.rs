//! `cargo xtask faults`: the longer form of the fault tests, with what each of them prints.

use anyhow::Context as _;

use crate::run;
use crate::workspace::Workspace;

/// The test that only runs where it is asked for by name.
const SOAK: &str = "soak";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only those of a file under tests/src/faults, such as `nats`; `life` for random lives, `soak` for an hour of ordinary work
    /// with a kill a minute.
    filter: Option<String>,
    /// For how long lives are tried (20) or the soak runs (60).
    #[arg(long)]
    minutes: Option<u64>,
    /// Only the life of this seed, as a failure names it.
    #[arg(long)]
    seed: Option<u64>,
    /// How many steps a life has.
    #[arg(long)]
    steps: Option<u64>,
}

/// Runs those whose names contain the filter.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> anyhow::Result<()> {
    let Arguments { filter, minutes, seed, steps } = arguments;
    let name = filter.as_ref().map_or_else(|| "faults::".to_owned(), |word| format!("faults::{word}"));
    let mut command = run::cargo(workspace);
    command.args(["test", "-p", "davy-tests", "--test", "system", &name]);
    if filter.as_deref() == Some(SOAK) {
        // At the rate that it is to keep up, only this tells anything.
        command.args(["--release", "--", "--ignored"]);
    } else {
        command.arg("--");
    }
    command.arg("--nocapture");
    command.env("DAVY_FAULTS", "long");
    for (key, value) in [("DAVY_MINUTES", minutes), ("DAVY_SEED", seed), ("DAVY_STEPS", steps)] {
        if let Some(value) = value {
            command.env(key, value.to_string());
        }
    }
    run::to_success(command).context("run the fault tests")
}
