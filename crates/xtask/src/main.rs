//! Maintainers' commands (`cargo xtask --help`). Nothing that builds or runs Davy needs them.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to its terminal")]

mod bench;
mod ci;
mod faults;
mod readme;
mod run;
mod schemas;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// Maintainers' commands of Davy.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Format, lint, tidy and test: what every change must pass.
    Ci,
    /// Hold the sources against the layer table and the rules of the house; takes seconds.
    Tidy,
    /// Write the JSON Schemas and the AsyncAPI document of the events into proto/schemas.
    Schemas {
        /// Only say what is out of date.
        #[arg(long)]
        check: bool,
    },
    /// Run the `sh` blocks of README.md in order, as a reader would.
    Readme,
    /// Run the longer form of the fault tests, about an hour and a half.
    Faults(faults::Arguments),
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    match perform(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(command: Command) -> anyhow::Result<()> {
    let workspace = Workspace::load()?;
    match command {
        Command::Ci => ci::run(&workspace),
        Command::Tidy => tidy::run(&workspace),
        Command::Schemas { check } => schemas::run(&workspace, check),
        Command::Readme => readme::run(&workspace),
        Command::Faults(arguments) => faults::run(&workspace, &arguments),
        Command::Bench(arguments) => bench::run(&workspace, arguments),
    }
}
