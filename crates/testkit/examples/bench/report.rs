//! The table of figures.

use std::fmt;

use serde_json::{Value, json};

/// What was measured, line by line.
#[derive(Debug, Default)]
pub(crate) struct Report {
    lines: Vec<Line>,
    remarks: Vec<String>,
}

#[derive(Debug)]
struct Line {
    work: String,
    measured: f64,
    unit: String,
    aim: Aim,
}

/// What a figure is held against.
#[derive(Debug)]
enum Aim {
    /// So much of the rate of what stands beside it, at least.
    Beside { what: &'static str, rate: f64, target: f64 },
    /// To stay under.
    Bound(f64),
    /// Nothing; it explains another line.
    Nothing,
}

impl Report {
    /// Adds medians of one work and of its limit, both a second.
    pub(crate) fn add(
        &mut self,
        work: impl Into<String>,
        unit: &'static str,
        rates: Vec<f64>,
        (what, limits): (&'static str, Vec<f64>),
        target: f64,
    ) {
        let aim = Aim::Beside { what, rate: median(limits), target };
        self.lines.push(Line { work: work.into(), measured: median(rates), unit: format!("{unit}/s"), aim });
    }

    /// Adds the median of figures that are to stay under a bound.
    pub(crate) fn bound(
        &mut self,
        work: impl Into<String>,
        values: Vec<f64>,
        unit: &'static str,
        bound: f64,
    ) {
        let aim = Aim::Bound(bound);
        self.lines.push(Line { work: work.into(), measured: median(values), unit: unit.to_owned(), aim });
    }

    /// Adds the median of figures that have no target of their own.
    pub(crate) fn tell(&mut self, work: impl Into<String>, values: Vec<f64>, unit: &'static str) {
        let aim = Aim::Nothing;
        self.lines.push(Line { work: work.into(), measured: median(values), unit: unit.to_owned(), aim });
    }

    /// Adds a sentence under the table: what was counted, or was not measured and why.
    pub(crate) fn remark(&mut self, sentence: impl Into<String>) {
        self.remarks.push(sentence.into());
    }

    /// The same for programs.
    pub(crate) fn json(&self) -> String {
        let lines: Vec<_> = self.lines.iter().map(Line::json).collect();
        format!("{:#}\n", Value::from(lines))
    }
}

impl Line {
    const fn is_kept(&self) -> bool {
        match self.aim {
            Aim::Beside { rate, target, .. } => self.measured >= rate * target,
            Aim::Bound(bound) => self.measured <= bound,
            Aim::Nothing => true,
        }
    }

    fn json(&self) -> Value {
        let Self { work, measured, unit, aim } = self;
        match aim {
            Aim::Beside { what, rate, target } => json!({
                "work": work, "rate": measured, "unit": unit, "beside": what, "limit": rate,
                "ratio": measured / rate, "target": target, "kept": self.is_kept(),
            }),
            Aim::Bound(bound) => json!({
                "work": work, "value": measured, "unit": unit, "bound": bound, "kept": self.is_kept(),
            }),
            Aim::Nothing => json!({ "work": work, "value": measured, "unit": unit }),
        }
    }

    /// The columns after the work: what was measured, what stands beside it, the ratio, the target, and what that is.
    fn cells(&self) -> [String; 5] {
        let measured = figure(self.measured);
        match self.aim {
            Aim::Beside { what, rate, target } => [
                measured,
                figure(rate),
                format!("{:.2}", self.measured / rate),
                format!(">= {target:.2}"),
                format!("{}, beside {what}", self.unit),
            ],
            Aim::Bound(bound) => {
                [measured, String::new(), String::new(), format!("<= {}", figure(bound)), self.unit.clone()]
            }
            Aim::Nothing => [measured, String::new(), String::new(), String::new(), self.unit.clone()],
        }
    }
}

/// As many digits as are worth reading.
fn figure(value: f64) -> String {
    match value {
        value if value >= 1_000.0 => format!("{value:.0}"),
        value if value >= 100.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

/// The middle one.
pub(crate) fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or(f64::NAN)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.lines.iter().map(|line| line.work.chars().count()).max().unwrap_or(0);
        let mut row = |work: &str, [measured, beside, ratio, target, what]: [&str; 5], mark: &str| {
            writeln!(f, "{mark:<5} {work:<width$} {measured:>10} {beside:>10} {ratio:>6} {target:>9}  {what}")
        };
        row("work", ["measured", "limit", "ratio", "target", "unit"], "")?;
        for line in &self.lines {
            let cells = line.cells();
            row(&line.work, cells.each_ref().map(String::as_str), if line.is_kept() { "" } else { "SHORT" })?;
        }
        let aimed = self.lines.iter().filter(|line| !matches!(line.aim, Aim::Nothing));
        let kept = aimed.clone().filter(|line| line.is_kept()).count();
        writeln!(f, "{kept} of {} targets are met; SHORT marks the others.", aimed.count())?;
        self.remarks.iter().try_for_each(|remark| writeln!(f, "- {remark}"))
    }
}

#[cfg(test)]
#[path = "report/tests.rs"]
mod tests;
