//! `davy oncall forecast`: what would reach nobody, before it has to.

use anyhow::Context as _;
use clap::Args;
use client::json;
use proto::v1::{ForecastReachabilityRequest, ReachabilityProblem};

use super::length;
use crate::{
    cli::Format,
    output::{Column, Line, Look, Table},
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct ForecastArgs {
    /// Only of this department
    #[arg(long, value_name = "SLUG")]
    department: Option<String>,
    /// How many days ahead
    #[arg(long, value_name = "N", default_value = "14", value_parser = clap::value_parser!(i32).range(1..=60))]
    days: i32,
}

const COLUMNS: &[Column] = &[
    Column::new("DEPARTMENT", 8, 32),
    Column::new("FROM", 25, 25),
    Column::new("UNTIL", 25, 25),
    Column::new("LENGTH", 4, 8),
    Column::new("PROBLEM", 20, 300),
];

pub(super) async fn run(args: ForecastArgs, session: &mut Session) -> anyhow::Result<()> {
    let ForecastArgs { department, days } = args;
    let request = ForecastReachabilityRequest { department: department.unwrap_or_default(), days };
    let found = session.api.forecast_reachability(request).await.context("look ahead")?;
    let out = &mut session.out;
    match out.format {
        Format::Table => {
            let line = |problem: &ReachabilityProblem| {
                let ReachabilityProblem { department, from, until, problem } = problem;
                let (from, until) = (from.as_ref(), until.as_ref());
                let ends = [out.time(from), out.time(until), length(from, until)];
                let cells = [department.clone()].into_iter().chain(ends).chain([problem.clone()]).collect();
                Line { cells, look: Look::Alarm }
            };
            let lines: Vec<_> = found.problems.iter().map(line).collect();
            for line in Table::new(COLUMNS, out.width, out.color).page(&lines) {
                out.line(&line)?;
            }
        }
        Format::Json => out.line(&json::to_string(&found)?)?,
        Format::Ndjson => {
            for problem in &found.problems {
                out.line(&json::to_string(problem)?)?;
            }
        }
    }
    let count = found.problems.len();
    let count = match count {
        0 => format!("every step reaches somebody for {days} days; "),
        1 => "1 problem; ".to_owned(),
        more => format!("{more} problems; "),
    };
    Ok(out.state(found.read_state.as_ref(), &count)?)
}
