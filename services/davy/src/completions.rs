//! `davy completions`: the script that a shell reads.

use std::io::Write as _;

use clap::CommandFactory as _;

use crate::{
    cli::{Cli, CompletionsArgs},
    output,
};

pub(crate) fn run(args: CompletionsArgs) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "davy", &mut script);
    let mut out = output::stdout();
    out.write_all(&script)?;
    Ok(out.flush()?)
}
