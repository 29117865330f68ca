//! `davy policy`: whom a department has pinged when it takes too long: as it is set, as a file would set it, and as it would go.

mod migrate;
mod show;
mod simulate;

use clap::{Args, Subcommand};

use crate::{
    apply::{self, ApplyArgs},
    cli::examples,
    session::Session,
};

pub(crate) use migrate::MigrateArgs;
pub(crate) use show::ShowArgs;
pub(crate) use simulate::SimulateArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Show the policy of a department: its clocks, its steps, and who is asked last
    #[command(after_help = examples("  davy policy show support\n  davy policy show --id default -o json"))]
    Show(ShowArgs),
    /// Say what is wrong in files of policies, and what they would change; nothing is changed
    #[command(after_help = check_help())]
    Check(CheckArgs),
    /// Say who would be pinged when, if a clock ran out
    #[command(after_help = examples("  davy policy simulate --department support --severity 1\n  davy policy simulate --department support --severity 2 --at \"2026-12-25 03:00\"\n  davy policy simulate --department support --severity 1 --issue zendesk:55 -o json"))]
    Simulate(SimulateArgs),
    /// Let what is escalated already go by the present version of a department's policy, each from the step that it is at
    #[command(after_help = examples("  davy policy migrate support --dry-run\n  davy policy migrate support --reason \"the night shift has a step of its own now\""))]
    Migrate(MigrateArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Files as `davy apply` takes them; `-` is YAML or JSON on stdin
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
}

fn check_help() -> String {
    examples(
        "  davy policy check oncall.yaml
  davy policy check org.yaml oncall.yaml -o json

Every mistake is told with its line (exit code 64). It is the same as `davy apply --dry-run`.",
    )
}

/// `davy policy`
pub(crate) async fn run(command: PolicyCommand, session: &mut Session) -> anyhow::Result<()> {
    match command {
        PolicyCommand::Show(args) => show::run(args, session).await,
        PolicyCommand::Check(CheckArgs { files }) => {
            Box::pin(apply::run(ApplyArgs::for_show(files), session)).await
        }
        PolicyCommand::Simulate(args) => simulate::run(args, session).await,
        PolicyCommand::Migrate(args) => migrate::run(args, session).await,
    }
}
