//! `davy oncall ical`: shifts as a file for calendar programs. Those that subscribe to an address have it from the HTTP listener.

use anyhow::Context as _;
use clap::Args;
use client::ical;
use jiff::SignedDuration;
use proto::v1::ListShiftsRequest;

use super::Whose;
use crate::{exit::Failure, output::say, session::Session, time};

#[derive(Debug, Args)]
pub(crate) struct IcalArgs {
    #[command(flatten)]
    whose: Whose,
    /// How many days ahead
    #[arg(long, value_name = "N", default_value = "90", value_parser = clap::value_parser!(i64).range(1..=370))]
    days: i64,
}

/// Days that are past, so that who looks back finds somebody.
const PAST: i64 = 14;

pub(super) async fn run(args: IcalArgs, session: &mut Session) -> anyhow::Result<()> {
    let IcalArgs { whose: Whose { schedule, person }, days } = args;
    let (schedule, person) = (schedule.unwrap_or_default(), person.unwrap_or_default());
    if schedule.is_empty() && person.is_empty() {
        return Err(Failure::usage("whose shifts? Name a schedule or --person"));
    }
    let day = |count: i64| time::to_proto(session.now + SignedDuration::from_hours(24 * count));
    let (from, until) = (day(-PAST), day(days));
    let request = ListShiftsRequest {
        schedule: schedule.clone(),
        person: person.clone(),
        from: Some(from),
        until: Some(until),
    };
    let found = session.api.list_shifts(request).await.context("list the shifts")?;
    let named = [schedule, person].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let truncated = found.truncated;
    session.out.part(&ical::feed(found, &named, from, until))?;
    session.out.flush()?;
    if truncated {
        say("warning: there are more shifts than one file takes; ask for fewer --days");
    }
    Ok(())
}
