//! `cargo xtask ci`: everything a change must pass, the same here as on the server that checks it.

use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::workspace::Workspace;
use crate::{run, tidy};

/// A step: its name and what it does.
type Step = (&'static str, fn(&Workspace) -> anyhow::Result<()>);

const STEPS: [Step; 4] = [
    ("format", |workspace| cargo(workspace, &["fmt", "--all", "--", "--check"])),
    ("clippy", |workspace| {
        cargo(workspace, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
    }),
    ("tidy", tidy::run),
    // Word for word the command that README.md tells a newcomer.
    ("test", |workspace| cargo(workspace, &["test", "--workspace"])),
];

/// Runs every step, also after one has failed: one run shows all there is to mend.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let outcomes = STEPS.map(|(name, step)| {
        println!("=== {name}");
        let started = Instant::now();
        let outcome = step(workspace);
        let took = started.elapsed();
        if let Err(error) = &outcome {
            eprintln!("error: {error:#}");
        }
        println!("=== {name}: {} in {}", verdict(&outcome), seconds(took));
        (name, outcome, took)
    });
    println!();
    for (name, outcome, took) in &outcomes {
        println!("{name:8} {:6} {:>8}", verdict(outcome), seconds(*took));
    }
    let failed: Vec<&str> =
        outcomes.iter().filter(|(_, outcome, _)| outcome.is_err()).map(|(name, _, _)| *name).collect();
    ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> anyhow::Result<()> {
    let mut command = run::cargo(workspace);
    command.args(arguments);
    run::to_success(command)
}

fn verdict(outcome: &anyhow::Result<()>) -> &'static str {
    if outcome.is_ok() { "ok" } else { "FAILED" }
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}
