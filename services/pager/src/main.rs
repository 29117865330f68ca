//! `davy-pager`: asks which pings are owed and sends them. Arguments in, exit code out; the rest is `app`.

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use app::{Config, ConfigError, Signals, config, telemetry};
use clap::Parser;
use mimalloc::MiMalloc;
use tokio_util::sync::CancellationToken;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Sends the pings that are owed. Exit codes: 0 stopped, 1 failed, 2 usage, 64 bad configuration, 130 two signals.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// The configuration; deploy/example.toml shows every option.
    #[arg(long, env = "DAVY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Sets one option, e.g. --set pager.api=https://davy.example:50051; over the environment and the file.
    #[arg(long, value_name = "KEY=VALUE", value_parser = config::Flag::parse)]
    set: Vec<config::Flag>,
    /// Prints every option in force and where it came from, and ends.
    #[arg(long)]
    print_config: bool,
}

fn main() -> ExitCode {
    let started = tokio::runtime::Runtime::new();
    let outcome = started.context("start the runtime").and_then(|runtime| {
        let outcome = runtime.block_on(run(Args::parse()));
        // A read of the disk that hangs must not keep a process that has ended.
        runtime.shutdown_background();
        outcome
    });
    outcome.unwrap_or_else(|error| {
        writeln!(std::io::stderr(), "davy-pager: {error:#}").ok();
        ExitCode::from(if error.is::<ConfigError>() || error.is::<app::BuildPagerError>() { 64 } else { 1 })
    })
}

async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let sources =
        config::Sources { file: args.config.as_deref(), env: &config::ProcessEnv, flags: &args.set };
    let config = Config::load(&sources)?;
    if args.print_config {
        return Ok(config.write_settings(std::io::stdout().lock()).map(|()| ExitCode::SUCCESS)?);
    }
    telemetry::init(&config.log, telemetry::Sink::Stderr)?;
    let mut signals = Signals::listen()?;
    let (pager, shutdown) = (app::build_pager(&config)?, CancellationToken::new());
    tokio::select! {
        () = pager.run(shutdown.clone()) => Ok(ExitCode::SUCCESS),
        () = signals.ask_twice(&shutdown) => Ok(ExitCode::from(130)),
    }
}
