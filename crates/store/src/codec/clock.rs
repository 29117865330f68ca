//! The clocks of an issue.

use domain::{
    Announced, ClockKind, ClockName, Clocks, ItemClock, ItemId, Mark, Pause, Position, Running, Started,
};
use serde::{Deserialize, Serialize};

use super::{
    Malformed,
    parts::{Time, department, whole},
};

#[derive(Serialize, Deserialize)]
pub(super) struct ClocksParts<'a> {
    /// `own`, `ack`, `update`, `resolve` and `orphan`.
    #[serde(borrow)]
    whole: [Option<RunningParts<'a>>; 5],
    #[serde(borrow)]
    items: Vec<ItemClockParts<'a>>,
    pauses: Vec<PauseParts>,
    announced: Vec<AnnouncedParts>,
    began: [u32; 5],
    unanswered: bool,
}

impl<'a> ClocksParts<'a> {
    /// `None` where there is nothing to say.
    pub(super) fn of(clocks: &'a Clocks) -> Option<Self> {
        (*clocks != Clocks::default()).then(|| clocks.into())
    }
}

impl<'a> From<&'a Clocks> for ClocksParts<'a> {
    fn from(clocks: &'a Clocks) -> Self {
        let Clocks { own, ack, update, resolve, orphan, items, pauses, announced, began, unanswered } =
            clocks;
        Self {
            whole: [own, ack, update, resolve, orphan].map(|running| running.as_ref().map(Into::into)),
            items: items.iter().map(Into::into).collect(),
            pauses: pauses.iter().map(Into::into).collect(),
            announced: announced.iter().map(Into::into).collect(),
            began: *began,
            unanswered: *unanswered,
        }
    }
}

impl TryFrom<ClocksParts<'_>> for Clocks {
    type Error = Malformed;

    fn try_from(parts: ClocksParts<'_>) -> Result<Self, Malformed> {
        let ClocksParts {
            whole: [own, ack, update, resolve, orphan],
            items,
            pauses,
            announced,
            began,
            unanswered,
        } = parts;
        let running = |parts: Option<RunningParts<'_>>| parts.map(TryInto::try_into).transpose();
        Ok(Self {
            own: running(own)?,
            ack: running(ack)?,
            update: running(update)?,
            resolve: running(resolve)?,
            orphan: running(orphan)?,
            items: whole(items)?,
            pauses: whole(pauses)?,
            announced: whole(announced)?,
            began,
            unanswered,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct StartedParts<'a> {
    at: Time,
    position: u64,
    department: &'a str,
    calendar: Option<&'a str>,
    silent: bool,
}

impl<'a> From<&'a Started> for StartedParts<'a> {
    fn from(Started { at, position, department, calendar, silent }: &'a Started) -> Self {
        Self {
            at: (*at).into(),
            position: position.sequence(),
            department: department.as_str(),
            calendar: calendar.as_deref(),
            silent: *silent,
        }
    }
}

impl TryFrom<StartedParts<'_>> for Started {
    type Error = Malformed;

    fn try_from(parts: StartedParts<'_>) -> Result<Self, Malformed> {
        let StartedParts { at, position, department: slug, calendar, silent } = parts;
        let (at, position) = (at.try_into()?, Position::new(position));
        let calendar = calendar.map(str::to_owned);
        Ok(Self { at, position, department: department(slug)?, calendar, silent })
    }
}

#[derive(Serialize, Deserialize)]
struct RunningParts<'a> {
    cycle: u32,
    #[serde(borrow)]
    since: StartedParts<'a>,
    halved: bool,
}

impl<'a> From<&'a Running> for RunningParts<'a> {
    fn from(Running { cycle, since, halved }: &'a Running) -> Self {
        Self { cycle: *cycle, since: since.into(), halved: *halved }
    }
}

impl TryFrom<RunningParts<'_>> for Running {
    type Error = Malformed;

    fn try_from(RunningParts { cycle, since, halved }: RunningParts<'_>) -> Result<Self, Malformed> {
        Ok(Self { cycle, since: since.try_into()?, halved })
    }
}

#[derive(Serialize, Deserialize)]
struct ItemClockParts<'a> {
    kind: u8,
    item: [u8; 16],
    cycle: u32,
    #[serde(borrow)]
    since: StartedParts<'a>,
    due: Option<Time>,
    timed_out: bool,
}

impl<'a> From<&'a ItemClock> for ItemClockParts<'a> {
    fn from(ItemClock { kind, item, cycle, since, due, timed_out }: &'a ItemClock) -> Self {
        Self {
            kind: number(*kind),
            item: item.to_bytes(),
            cycle: *cycle,
            since: since.into(),
            due: due.map(Into::into),
            timed_out: *timed_out,
        }
    }
}

impl TryFrom<ItemClockParts<'_>> for ItemClock {
    type Error = Malformed;

    fn try_from(parts: ItemClockParts<'_>) -> Result<Self, Malformed> {
        let ItemClockParts { kind, item, cycle, since, due, timed_out } = parts;
        let since = since.try_into()?;
        let due = due.map(TryInto::try_into).transpose()?;
        Ok(Self { kind: self::kind(kind)?, item: ItemId::from_bytes(item), cycle, since, due, timed_out })
    }
}

/// From when, until when.
#[derive(Serialize, Deserialize)]
struct PauseParts(Time, Option<Time>);

impl From<&Pause> for PauseParts {
    fn from(Pause { from, until }: &Pause) -> Self {
        Self((*from).into(), until.map(Into::into))
    }
}

impl TryFrom<PauseParts> for Pause {
    type Error = Malformed;

    fn try_from(PauseParts(from, until): PauseParts) -> Result<Self, Malformed> {
        Ok(Self { from: from.try_into()?, until: until.map(TryInto::try_into).transpose()? })
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct ClockNameParts {
    kind: u8,
    item: Option<[u8; 16]>,
    cycle: u32,
}

impl From<&ClockName> for ClockNameParts {
    fn from(ClockName { kind, item, cycle }: &ClockName) -> Self {
        Self { kind: number(*kind), item: item.map(ItemId::to_bytes), cycle: *cycle }
    }
}

impl TryFrom<ClockNameParts> for ClockName {
    type Error = Malformed;

    fn try_from(ClockNameParts { kind, item, cycle }: ClockNameParts) -> Result<Self, Malformed> {
        Ok(Self { kind: self::kind(kind)?, item: item.map(ItemId::from_bytes), cycle })
    }
}

#[derive(Serialize, Deserialize)]
struct AnnouncedParts {
    clock: ClockNameParts,
    breached: bool,
    deadline: Time,
    at: Time,
}

impl From<&Announced> for AnnouncedParts {
    fn from(Announced { clock, mark, deadline, at }: &Announced) -> Self {
        let breached = match mark {
            Mark::Warned => false,
            Mark::Breached => true,
        };
        Self { clock: clock.into(), breached, deadline: (*deadline).into(), at: (*at).into() }
    }
}

impl TryFrom<AnnouncedParts> for Announced {
    type Error = Malformed;

    fn try_from(parts: AnnouncedParts) -> Result<Self, Malformed> {
        let AnnouncedParts { clock, breached, deadline, at } = parts;
        let mark = if breached { Mark::Breached } else { Mark::Warned };
        Ok(Self { clock: clock.try_into()?, mark, deadline: deadline.try_into()?, at: at.try_into()? })
    }
}

pub(super) const fn number(kind: ClockKind) -> u8 {
    match kind {
        ClockKind::Own => 0,
        ClockKind::Ack => 1,
        ClockKind::Update => 2,
        ClockKind::Resolve => 3,
        ClockKind::HandOffAccept => 4,
        ClockKind::AssistAnswer => 5,
        ClockKind::Promise => 6,
        ClockKind::Deferral => 7,
        ClockKind::Orphan => 8,
    }
}

pub(super) fn kind(stored: u8) -> Result<ClockKind, Malformed> {
    ClockKind::ALL.into_iter().find(|kind| number(*kind) == stored).ok_or(Malformed("clock"))
}
