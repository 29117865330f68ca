//! Running `cargo` as a step, with its output on the terminal.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::workspace::Workspace;

/// A `cargo` command in the root of the workspace: the very `cargo` that runs us, whatever `PATH` says.
pub(crate) fn cargo(workspace: &Workspace) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.current_dir(&workspace.root);
    command
}

/// Runs the command to its end and takes a status other than 0 for an error.
pub(crate) fn to_success(mut command: Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("run {}", command.get_program().display()))?;
    ensure!(status.success(), "{} ended with {status}", shown(&command));
    Ok(())
}

fn shown(command: &Command) -> String {
    let arguments = command.get_args().map(|argument| argument.to_string_lossy());
    ["cargo".into()].into_iter().chain(arguments).collect::<Vec<_>>().join(" ")
}
