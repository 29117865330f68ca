//! `cargo xtask bench`: the measurements of design.md 10, which `davy-testkit` makes.

use std::ffi::OsString;

use clap::ValueEnum as _;

use crate::run;
use crate::workspace::Workspace;

#[path = "../../testkit/examples/bench/arguments.rs"]
mod arguments;

pub(crate) use arguments::Arguments;

/// How it is built: as what is shipped, as only that tells anything. `release` takes half as long to build.
const PROFILE: &str = "dist";

/// Builds the benchmark and runs it.
pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> anyhow::Result<()> {
    let mut command = run::cargo(workspace);
    command.args(["run", "--profile", PROFILE, "-p", "davy-testkit", "--example", "bench", "--"]);
    command.args(words(arguments));
    run::to_success(command)
}

/// As they were typed, about.
fn words(Arguments { quick, only, json, svg }: Arguments) -> Vec<OsString> {
    let sorts = only.iter().filter_map(|sort| Some(sort.to_possible_value()?.get_name().to_owned()));
    let files = [("--json", json), ("--svg", svg)];
    let files = files.into_iter().filter_map(|(name, file)| Some([name.into(), file?.into_os_string()]));
    quick
        .then(|| "--quick".into())
        .into_iter()
        .chain(sorts.flat_map(|sort| ["--only".into(), sort.into()]))
        .chain(files.flatten())
        .collect()
}
