//! Tables that are printed page by page: the first page decides the widths, so that the next ones stand below it.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

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

    /// One that grows by single rows: widths that suit most of them, where the first row says little.
    pub(crate) fn growing(
        columns: &'static [Column],
        usual: &[usize],
        terminal: Option<usize>,
        color: bool,
    ) -> (Self, String) {
        let mut table = Self::new(columns, terminal, color);
        let widths = widths(columns, usual, terminal, table.gap());
        let names: Vec<_> = columns.iter().map(|column| column.name.to_owned()).collect();
        let header = paint(&table.row(&names, &widths, table.gap()), None, color);
        table.widths = Some(widths);
        (table, header)
    }

    /// The lines of a page; the first has the header.
    pub(crate) fn page(&mut self, rows: &[Line]) -> Vec<String> {
        if rows.is_empty() {
            return Vec::new();
        }
        let header: Vec<_> = self.columns.iter().map(|column| column.name.to_owned()).collect();
        let first = self.widths.is_none();
        let cleaned = rows
            .iter()
            .map(|row| (row.cells.iter().map(|cell| clean(cell)).collect::<Vec<_>>(), Some(row.look)));
        let lines: Vec<_> = first.then_some((header, None)).into_iter().chain(cleaned).collect();
        let gap = self.gap();
        let widths = self.widths.get_or_insert_with(|| {
            let natural: Vec<_> = (0..self.columns.len()).map(|place| widest(&lines, place)).collect();
            widths(self.columns, &natural, self.terminal, gap)
        });
        let widths = widths.clone();
        lines.iter().map(|(cells, look)| self.painted(&self.row(cells, &widths, gap), *look)).collect()
    }

    fn row(&self, cells: &[String], widths: &[usize], gap: usize) -> String {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            let cell = if self.terminal.is_some() { cut(cell, *width) } else { cell.clone() };
            let padding = width.saturating_sub(cell.width()) + gap;
            line.push_str(&cell);
            line.push_str(&" ".repeat(padding));
        }
        line.truncate(line.trim_end().len());
        line
    }

    /// Between columns.
    fn gap(&self) -> usize {
        if self.terminal.is_some_and(|width| width < 100) { 1 } else { 2 }
    }

    /// Without a look it is the header.
    fn painted(&self, line: &str, look: Option<Look>) -> String {
        paint(line, look, self.color)
    }
}

/// A line in its colour; without a look it is a header.
pub(crate) fn paint(line: &str, look: Option<Look>, color: bool) -> String {
    let code = match look {
        None => "1",
        Some(Look::Alarm) => "31",
        Some(Look::Faint) => "2",
        Some(Look::Plain) => return line.to_owned(),
    };
    if color { format!("\u{1b}[{code}m{line}\u{1b}[0m") } else { line.to_owned() }
}

fn widest(lines: &[(Vec<String>, Option<Look>)], place: usize) -> usize {
    lines.iter().filter_map(|(cells, _)| cells.get(place)).map(|cell| cell.width()).max().unwrap_or_default()
}

/// What fits; `…` stands for the rest.
pub(crate) fn cut(cell: &str, width: usize) -> String {
    if cell.width() <= width {
        return cell.to_owned();
    }
    if width == 0 {
        return String::new();
    }
    let mut out = String::new();
    let mut left = width.saturating_sub(1);
    for letter in cell.chars() {
        let Some(rest) = left.checked_sub(letter.width().unwrap_or_default()) else { break };
        left = rest;
        out.push(letter);
    }
    out.push('…');
    out
}

/// As wide as the cells are, then narrowed, always the widest that may be, until the terminal holds them.
fn widths(columns: &[Column], natural: &[usize], terminal: Option<usize>, gap: usize) -> Vec<usize> {
    let Some(terminal) = terminal else { return natural.to_vec() };
    let mut widths: Vec<_> =
        columns.iter().zip(natural).map(|(column, natural)| (*natural).min(column.most)).collect();
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
    use expect_test::expect;

    use super::*;

    const COLUMNS: &[Column] =
        &[Column::new("AGE", 4, 4), Column::new("TITLE", 8, 200), Column::new("ID", 36, 36)];

    fn row(title: &str) -> Line {
        Line::plain(vec!["4h".into(), title.into(), "03ef809f-94b2-5eee-9bd2-9c2a8198024c".into()])
    }

    #[test]
    fn a_narrow_terminal_cuts_the_title_and_later_pages_keep_the_columns() {
        let mut table = Table::new(COLUMNS, Some(60), false);
        let mut lines = table.page(&[row(&"Pump resets every two hours ".repeat(4))]);
        lines.extend(table.page(&[row("short")]));
        lines.extend(table.page(&[row("泵泵泵泵泵泵泵泵泵泵泵泵")]));
        expect![[r#"
            AGE TITLE               ID
            4h  Pump resets every … 03ef809f-94b2-5eee-9bd2-9c2a8198024c
            4h  short               03ef809f-94b2-5eee-9bd2-9c2a8198024c
            4h  泵泵泵泵泵泵泵泵泵… 03ef809f-94b2-5eee-9bd2-9c2a8198024c
        "#]]
        .assert_eq(&format!("{}\n", lines.join("\n")));
    }

    #[test]
    fn looks_colour_whole_lines_where_colours_are_wanted() {
        let alarm = Line { look: Look::Alarm, ..row("Pump") };
        let lines = Table::new(COLUMNS, Some(80), true).page(&[alarm]);
        assert!(lines[0].starts_with("\u{1b}[1mAGE") && lines[1].starts_with("\u{1b}[31m4h"), "{lines:?}");
        assert!(lines.iter().all(|line| line.ends_with("\u{1b}[0m")));
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
