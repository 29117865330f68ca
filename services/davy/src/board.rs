//! `davy board`: what nobody has answered, on the whole terminal, as it changes.
//!
//! Owns the loop: what wakes it, and when it draws. What a screen looks like is [`view`]; raw mode and keys are
//! [`terminal`]. Where stdout is no terminal it is `davy issues watch`.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context as _;
use app::Signals;
use clap::{Args, ValueEnum};
use client::{Rows, UnacknowledgedId, Update, Watch};
use proto::v1::{UnacknowledgedEntry, WatchUnacknowledgedRequest};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use crate::{
    cli::{Format, examples},
    issues::{self, FilterArgs},
    session::Session,
};

mod terminal;
mod view;

use terminal::{Key, Keys, Terminal};
use view::{Screen, Standing};

/// Ages grow.
const TICK: Duration = Duration::from_secs(1);
/// Changes that come closer together than this are drawn together.
const FRAME: Duration = Duration::from_millis(50);

#[derive(Debug, Args)]
pub(crate) struct BoardArgs {
    #[command(flatten)]
    filter: FilterArgs,
    /// What stands first
    #[arg(long, value_enum, default_value = "severity")]
    order: OrderWord,
}

/// How the rows are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OrderWord {
    /// The worst, then the oldest
    Severity,
    /// The oldest
    Age,
    /// By department, in it the worst, then the oldest
    Department,
}

pub(crate) fn help() -> String {
    examples(
        "  davy board
  davy board --department support --order age
  davy board --severity-at-least 2

Keys: s, a and d sort by severity, age and department; the arrows and Page keys scroll; q, Esc and Ctrl-C end it.
Where stdout is no terminal, or with -o json or ndjson, it prints what `davy issues watch` prints.",
    )
}

/// `davy board`
pub(crate) async fn run(args: BoardArgs, session: &mut Session) -> anyhow::Result<()> {
    if session.out.width.is_none() || session.out.format != Format::Table {
        return issues::watch_list(&args.filter, String::new(), session).await;
    }
    let filter = Some(args.filter.filter(None)?);
    let request = WatchUnacknowledgedRequest { filter, resume_token: String::new() };
    let watch = session.api.watch_unacknowledged(request);
    let signals = Signals::listen().context("listen for signals")?;
    let mut terminal = Terminal::open(&mut session.out).context("take over the terminal")?;
    let keys = Keys::listen();
    let shown = Board::new(watch, args.order).show(session, &terminal, keys, signals).await;
    let closed = terminal.close(&mut session.out).context("give the terminal back");
    shown.and(closed)
}

struct Board {
    watch: Watch<WatchUnacknowledgedRequest>,
    rows: Rows<UnacknowledgedId, UnacknowledgedEntry>,
    order: OrderWord,
    /// Rows that are scrolled past.
    offset: usize,
    standing: Standing,
}

/// What becomes of the board after a key.
enum Next {
    Draw,
    End,
}

impl Board {
    fn new(watch: Watch<WatchUnacknowledgedRequest>, order: OrderWord) -> Self {
        Self { watch, rows: Rows::new(), order, offset: 0, standing: Standing::Connecting }
    }

    async fn show(
        mut self,
        session: &mut Session,
        terminal: &Terminal,
        mut keys: Keys,
        mut signals: Signals,
    ) -> anyhow::Result<()> {
        let mut clock = interval(TICK);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut soonest = Instant::now();
        let mut due = Some(soonest);
        loop {
            tokio::select! {
                () = signals.next() => return Ok(()),
                key = keys.next() => match self.press(key) {
                    Next::Draw => due = Some(Instant::now()),
                    Next::End => return Ok(()),
                },
                _ = clock.tick() => due = due.or_else(|| Some(Instant::now())),
                () = sleep_until(due.unwrap_or(soonest)), if due.is_some() => {
                    let began = Instant::now();
                    self.draw(session, terminal)?;
                    // A long list takes long to draw: most of the time is for reading.
                    soonest = Instant::now() + FRAME.max(began.elapsed() * 4);
                    due = None;
                }
                update = self.watch.next() => {
                    self.take(update.context("watch what is unacknowledged")?);
                    due = due.or(Some(soonest));
                }
            }
        }
    }

    fn take(&mut self, update: Update<proto::v1::WatchUnacknowledgedResponse>) {
        match update {
            Update::Frame(frame) => self.rows.apply(frame),
            Update::Open => self.standing = Standing::Connected,
            Update::Lost(error) => self.standing = Standing::Lost(error.to_string()),
        }
    }

    fn press(&mut self, key: Key) -> Next {
        let last = self.rows.len().saturating_sub(1);
        match key {
            Key::Quit => return Next::End,
            Key::Severity => (self.order, self.offset) = (OrderWord::Severity, 0),
            Key::Age => (self.order, self.offset) = (OrderWord::Age, 0),
            Key::Department => (self.order, self.offset) = (OrderWord::Department, 0),
            Key::Up(rows) => self.offset = self.offset.saturating_sub(rows),
            Key::Down(rows) => self.offset = self.offset.saturating_add(rows).min(last),
            Key::Resized => {}
        }
        Next::Draw
    }

    fn draw(&mut self, session: &mut Session, terminal: &Terminal) -> anyhow::Result<()> {
        let (width, height) = Terminal::size();
        let screen = Screen {
            rows: self.rows.iter().map(|(_, row)| row).collect(),
            order: self.order,
            offset: self.offset,
            standing: &self.standing,
            complete: self.rows.is_complete(),
            position: self.rows.position(),
            lag: self.rows.lag(),
        };
        let lines = view::render(screen, width, height, (session.clock)());
        Ok(terminal.draw(&lines, &mut session.out)?)
    }
}

/// How many there are in each department.
type Totals<'a> = BTreeMap<&'a str, usize>;
