//! `davy oncall`: who is on call, when, instead of whom, and who will not be reached.

mod exception;
mod forecast;
mod ical;
mod now;
mod shifts;

use clap::{Args, Subcommand};
use proto::v1::{Shift, ShiftGap};

use crate::{
    cli::examples,
    exit::Failure,
    output::Out,
    session::Session,
    time::{self, Edge},
};

pub(crate) use exception::OverrideArgs;
pub(crate) use forecast::ForecastArgs;
pub(crate) use ical::IcalArgs;
pub(crate) use now::NowArgs;
pub(crate) use shifts::ShiftsArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum OnCallCommand {
    /// Who is on call, now or at an instant
    #[command(after_help = examples("  davy oncall now\n  davy oncall now support --at \"2026-12-24 20:00\"\n  davy oncall now support -o json | jq -r .shifts[].person"))]
    Now(NowArgs),
    /// The shifts of a schedule or a person, and the hours that nobody has
    #[command(after_help = examples("  davy oncall shifts support\n  davy oncall shifts --person mia --until 60d\n  davy oncall shifts support --from 2026-12-01 --until 2027-01-01 -o ndjson"))]
    Shifts(ShiftsArgs),
    /// Put somebody on call, take somebody off, or put one in the place of another
    #[command(after_help = exception::help())]
    Override(Box<OverrideArgs>),
    /// Steps and shifts of the next days that would reach nobody
    #[command(after_help = examples("  davy oncall forecast\n  davy oncall forecast --department support --days 30"))]
    Forecast(ForecastArgs),
    /// Print shifts as an iCalendar file, for a calendar program
    #[command(after_help = examples("  davy oncall ical support > support.ics\n  davy oncall ical --person mia > mia.ics"))]
    Ical(IcalArgs),
}

/// `davy oncall`
pub(crate) async fn run(command: OnCallCommand, session: &mut Session) -> anyhow::Result<()> {
    match command {
        OnCallCommand::Now(args) => now::run(args, session).await,
        OnCallCommand::Shifts(args) => shifts::run(args, session).await,
        OnCallCommand::Override(args) => exception::run(*args, session).await,
        OnCallCommand::Forecast(args) => forecast::run(args, session).await,
        OnCallCommand::Ical(args) => ical::run(args, session).await,
    }
}

/// Whose shifts.
#[derive(Clone, Debug, Args)]
pub(crate) struct Whose {
    /// By this schedule; by every one unless given
    #[arg(value_name = "SCHEDULE")]
    pub(crate) schedule: Option<String>,
    /// Only theirs: an id of the directory
    #[arg(long, value_name = "ID")]
    pub(crate) person: Option<String>,
}

/// An instant of an argument: relative ones such as 2d lie ahead.
fn to_come(text: &str, edge: Edge, session: &Session) -> anyhow::Result<prost_types::Timestamp> {
    time::to_come(text, edge, session.now, &session.zone).map(time::to_proto).map_err(Failure::usage)
}

/// Who has a shift, by name and id.
fn who(shift: &Shift) -> String {
    let Shift { person, name, .. } = shift;
    if name.is_empty() || name == person { person.clone() } else { format!("{name} ({person})") }
}

/// An end of a shift; shifts may have none.
fn end(instant: Option<&prost_types::Timestamp>, none: &str, out: &Out) -> String {
    instant.map_or_else(|| none.to_owned(), |instant| out.time(Some(instant)))
}

/// How long, such as `7d`, `7d 1h` or `8h 30m`.
fn length(from: Option<&prost_types::Timestamp>, until: Option<&prost_types::Timestamp>) -> String {
    let seconds = |at: &prost_types::Timestamp| at.seconds;
    let (Some(from), Some(until)) = (from.map(seconds), until.map(seconds)) else { return "-".to_owned() };
    let minutes = until.saturating_sub(from).max(0) / 60;
    let parts = [(minutes / 1_440, "d"), (minutes / 60 % 24, "h"), (minutes % 60, "m")];
    let said =
        parts.iter().filter(|(count, _)| *count > 0).take(2).map(|(count, unit)| format!("{count}{unit}"));
    let said = said.collect::<Vec<_>>().join(" ");
    if said.is_empty() { "0m".to_owned() } else { said }
}

/// What stands in a table of shifts.
enum Row<'a> {
    Shift(&'a Shift),
    Gap(&'a ShiftGap),
}

impl Row<'_> {
    /// Rows of one schedule stand in the order of time.
    fn begin(&self) -> Option<(i64, i32)> {
        let from = match self {
            Self::Shift(shift) => shift.from.as_ref(),
            Self::Gap(gap) => gap.from.as_ref(),
        };
        from.map(|from| (from.seconds, from.nanos))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_in_two_units() {
        let at = |seconds| prost_types::Timestamp { seconds, nanos: 0 };
        let told = |seconds| length(Some(&at(0)), Some(&at(seconds)));
        assert_eq!([told(0), told(30_600), told(604_800)], ["0m", "8h 30m", "7d"]);
        assert_eq!([told(608_400), told(-5)], ["7d 1h", "0m"]);
        assert_eq!(length(None, Some(&at(5))), "-");
    }
}
