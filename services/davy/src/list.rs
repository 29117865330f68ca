//! Lists, in every form, printed as their pages come: no more than one page is ever held.

use anyhow::Context as _;
use client::{
    Paged,
    json::{self, Canonical},
};
use proto::v1::ReadState;

use crate::{
    cli::Format,
    output::{Column, Line, Out, Table, say},
    session::Session,
};

mod kinds;

/// The most rows that are asked for at once.
const PAGE: u64 = 500;

/// A list that can be printed.
pub(crate) trait Listing: Paged<Page: Canonical> {
    /// What one line of NDJSON holds.
    type Row: Canonical;

    /// The member of the page that holds the rows; the first one.
    const MEMBER: &'static str;
    /// What there may be none of.
    const NOUN: &'static str;
    const COLUMNS: &'static [Column];

    fn set_page_size(&mut self, rows: i32);
    fn take_rows(page: &mut Self::Page) -> Vec<Self::Row>;
    fn state(page: &Self::Page) -> Option<&ReadState>;
    fn line(row: &Self::Row, out: &Out) -> Line;
    /// What people should know besides the rows.
    fn note(page: &Self::Page) -> Option<String>;
}

/// Asks for all pages, or until the limit, and prints them.
pub(crate) async fn print<L: Listing>(
    session: &mut Session,
    request: L,
    limit: Option<u64>,
) -> anyhow::Result<()> {
    let mut pages = session.api.pages(request);
    let mut printer = Printer::<L>::new(&session.out);
    let mut left = limit.unwrap_or(u64::MAX);
    while left > 0 {
        if let Some(request) = pages.upcoming() {
            request.set_page_size(i32::try_from(left.min(PAGE)).unwrap_or(i32::MAX));
        }
        let page = pages.next().await.with_context(|| format!("list {}", L::NOUN))?;
        let Some(page) = page else { break };
        left = left.saturating_sub(printer.page(page, &mut session.out)?);
        // Readers see each page as it comes.
        session.out.flush()?;
    }
    printer.finish(&mut session.out)
}

/// Prints one list.
pub(crate) struct Printer<L: Listing> {
    table: Table,
    rows: u64,
    /// Without its rows.
    last: Option<L::Page>,
}

impl<L: Listing> Printer<L> {
    pub(crate) fn new(out: &Out) -> Self {
        Self { table: Table::new(L::COLUMNS, out.width, out.color), rows: 0, last: None }
    }

    /// How many rows it had.
    pub(crate) fn page(&mut self, mut page: L::Page, out: &mut Out) -> anyhow::Result<u64> {
        let rows = L::take_rows(&mut page);
        match out.format {
            Format::Table => {
                let lines: Vec<_> = rows.iter().map(|row| L::line(row, out)).collect();
                for line in self.table.page(&lines) {
                    out.line(&line)?;
                }
            }
            Format::Ndjson => {
                for row in &rows {
                    out.line(&json::to_string(row)?)?;
                }
            }
            Format::Json => self.json_rows(&rows, out)?,
        }
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        self.rows += count;
        self.last = Some(page);
        Ok(count)
    }

    /// The rows of all pages stand in one array, as if there had been one page.
    fn json_rows(&self, rows: &[L::Row], out: &mut Out) -> anyhow::Result<()> {
        if self.last.is_none() {
            out.part(&format!("{{\"{}\":[", L::MEMBER))?;
        }
        for (place, row) in (self.rows..).zip(rows) {
            if place > 0 {
                out.part(",")?;
            }
            out.part(&json::to_string(row)?)?;
        }
        Ok(())
    }

    /// What comes after the last page.
    pub(crate) fn finish(self, out: &mut Out) -> anyhow::Result<()> {
        let Some(last) = self.last else { return Ok(()) };
        if out.format == Format::Json {
            let whole = json::to_string(&last)?;
            let opened = format!("{{\"{}\":[", L::MEMBER);
            out.line(whole.strip_prefix(&opened).unwrap_or("]}"))?;
        }
        if out.format == Format::Table {
            out.flush()?;
            if let Some(note) = L::note(&last) {
                say(&note);
            }
        }
        let count =
            if self.rows == 0 { format!("no {}; ", L::NOUN) } else { format!("{} {}; ", self.rows, L::NOUN) };
        Ok(out.state(L::state(&last), &count)?)
    }
}

#[cfg(test)]
mod tests;
