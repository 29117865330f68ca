//! `davy up`: every role in one process.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct UpArgs {}

pub(crate) async fn run(args: UpArgs) -> anyhow::Result<()> {
    let UpArgs {} = args;
    anyhow::bail!("start Davy: this build has no server in it")
}
