//! Tables that are printed page by page: the first page decides the widths, so that the next ones stand below it.

use comfy_table::{Cell, ColumnConstraint, ContentArrangement, Row, TableStyle, Width};

/// A column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    /// How narrow it may be made.
    pub(crate) least: usize,
    /// How wide its longest cell may make it.
    pub(crate) most: usize,
}

impl Column {
    pub(crate) const fn new(name: &'static str, least: usize, most: usize) -> Self {
        Self { name, least, most }
    }
}

/// How a row stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    Plain,
    /// A person must look.
    Alarm,
    /// Of little weight.
    Faint,
}

/// A row.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) cells: Vec<String>,
    pub(crate) look: Look,
}

impl Line {
    pub(crate) const fn plain(cells: Vec<String>) -> Self {
        Self { cells, look: Look::Plain }
    }
}

/// A table whose rows come in pages.
#[derive(Debug)]
pub(crate) struct Table {
    columns: &'static [Column],
    terminal: Option<usize>,
    color: bool,
    /// Decided by the first page.
    widths: Option<Vec<usize>>,
}

impl Table {
    /// Without a terminal nothing is cut.
    pub(crate) const fn new(columns: &'static [Column], terminal: Option<usize>, color: bool) -> Self {
        Self { columns, terminal, color, widths: None }
    }

    /// The lines of a page; the first has the header.
    pub(crate) fn page(&mut self, rows: &[Line]) -> Vec<String> {
        if rows.is_empty() {
            return Vec::new();
        }
        let first = self.widths.is_none();
        let mut table = comfy_table::Table::new();
        table.load_style(TableStyle::new());
        table.set_header(self.columns.iter().map(|column| Cell::new(column.name)).collect::<Vec<_>>());
        table.set_truncation_indicator("…");
        for row in rows {
            let mut cells = Row::from(row.cells.iter().map(|cell| Cell::new(clean(cell))).collect::<Vec<_>>());
            cells.max_height(1);
            table.add_row(cells);
        }
        let gap = self.gap();
        let natural: Vec<_> = table.column_max_content_widths().into_iter().map(usize::from).collect();
        let widths = self.widths.get_or_insert_with(|| widths(self.columns, &natural, self.terminal, gap)).clone();
        for (column, (cut, natural)) in table.column_iter_mut().zip(widths.into_iter().zip(natural)) {
            let width = if self.terminal.is_some() { cut } else { cut.max(natural) };
            let padded = u16::try_from(width + gap).unwrap_or(u16::MAX);
            column.set_padding((0, u16::try_from(gap).unwrap_or(1)));
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(padded)));
        }
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::MAX);
        let looks = [Look::Plain].into_iter().chain(rows.iter().map(|row| row.look));
        let lines = table.lines().zip(looks).enumerate();
        lines.filter(|(number, _)| first || *number > 0).map(|(number, (line, look))| self.painted(&line, look, number == 0)).collect()
    }

    /// Between columns.
    fn gap(&self) -> usize {
        if self.terminal.is_some_and(|width| width < 100) { 1 } else { 2 }
    }

    fn painted(&self, line: &str, look: Look, header: bool) -> String {
        let line = line.trim_end();
        let code = match (header, look) {
            (true, _) => "1",
            (false, Look::Alarm) => "31",
            (false, Look::Faint) => "2",
            (false, Look::Plain) => return line.to_owned(),
        };
        if self.color { format!("\u{1b}[{code}m{line}\u{1b}[0m") } else { line.to_owned() }
    }
}

/// As wide as the cells are, then narrowed, always the widest that may be, until the terminal holds them.
fn widths(columns: &[Column], natural: &[usize], terminal: Option<usize>, gap: usize) -> Vec<usize> {
    let Some(terminal) = terminal else { return natural.to_vec() };
    let mut widths: Vec<_> = columns.iter().zip(natural).map(|(column, natural)| (*natural).min(column.most)).collect();
    let room = terminal.saturating_sub(gap * columns.len().saturating_sub(1));
    while widths.iter().sum::<usize>() > room {
        let spare = columns.iter().zip(widths.iter_mut()).filter(|(column, width)| **width > column.least);
        let Some((_, widest)) = spare.max_by_key(|(_, width)| **width) else { break };
        *widest -= 1;
    }
    widths
}

/// A cell's text on one line, with nothing in it that a terminal would obey.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// The same for a message, which may have several lines.
pub(crate) fn clean_lines(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() && letter != '\n' { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[Column::new("AGE", 4, 4), Column::new("TITLE", 8, 200), Column::new("ID", 36, 36)];

    fn row(title: &str) -> Line {
        Line::plain(vec!["4h".into(), title.into(), "03ef809f-94b2-5eee-9bd2-9c2a8198024c".into()])
    }

    #[test]
    fn a_narrow_terminal_cuts_the_title_and_later_pages_keep_the_columns() {
        let mut table = Table::new(COLUMNS, Some(60), true);
        let long = row(&"Pump resets every two hours ".repeat(4));
        let first = table.page(std::slice::from_ref(&long));
        assert_eq!(first.len(), 2);
        assert!(first[0].starts_with("\u{1b}[1mAGE"));
        assert!(first[1].contains('…') && first[1].ends_with("8024c"), "{first:?}");
        assert!(first[1].chars().count() <= 60, "{first:?}");
        let next = table.page(&[row("short")]);
        assert_eq!(next.len(), 1);
        assert_eq!(next[0].find("03ef"), Some(first[1].chars().position(|c| c == '…').unwrap() + 2), "{first:?} {next:?}");
    }

    #[test]
    fn a_pipe_gets_everything_on_one_line_and_nothing_that_a_terminal_obeys() {
        let title = format!("{}\u{1b}[31m\nsecond line, ünï 泵", "word ".repeat(60));
        let lines = Table::new(COLUMNS, None, false).page(&[row(&title)]);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[1].contains("second line, ünï 泵") && !lines[1].contains('\u{1b}'), "{lines:?}");
        assert!(Table::new(COLUMNS, None, false).page(&[]).is_empty());
    }
}
