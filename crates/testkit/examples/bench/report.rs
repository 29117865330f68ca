//! The table of figures.

use std::fmt;

/// What was measured, line by line.
#[derive(Debug, Default)]
pub(crate) struct Report {
    lines: Vec<Line>,
    bounds: Vec<Bound>,
}

/// A figure that has to stay under a bound.
#[derive(Debug)]
struct Bound {
    work: String,
    value: f64,
    unit: &'static str,
    bound: f64,
}

#[derive(Debug)]
struct Line {
    work: String,
    rate: f64,
    unit: &'static str,
    beside: &'static str,
    limit: f64,
    target: f64,
}

impl Report {
    /// Adds medians of one work and of its limit.
    pub(crate) fn add(
        &mut self,
        work: impl Into<String>,
        unit: &'static str,
        rates: Vec<f64>,
        (beside, limits): (&'static str, Vec<f64>),
        target: f64,
    ) {
        let (rate, limit) = (median(rates), median(limits));
        self.lines.push(Line { work: work.into(), rate, unit, beside, limit, target });
    }

    /// Adds the median of figures that are to stay under a bound.
    pub(crate) fn bound(
        &mut self,
        work: impl Into<String>,
        values: Vec<f64>,
        unit: &'static str,
        bound: f64,
    ) {
        self.bounds.push(Bound { work: work.into(), value: median(values), unit, bound });
    }

    /// The same for programs.
    pub(crate) fn json(&self) -> String {
        let lines = self.lines.iter().map(|line| {
            let Line { work, rate, unit, beside, limit, target } = line;
            serde_json::json!({"work": work, "rate": rate, "unit": unit, "beside": beside, "limit": limit,
                "ratio": rate / limit, "target": target})
        });
        let bounds = self.bounds.iter().map(|bound| {
            let Bound { work, value, unit, bound } = bound;
            serde_json::json!({"work": work, "value": value, "unit": unit, "bound": bound})
        });
        let lines: Vec<_> = lines.chain(bounds).collect();
        format!("{:#}\n", serde_json::Value::from(lines))
    }
}

/// The middle one.
fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or(f64::NAN)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<52} {:>12} {:>12} {:>6} {:>7}", "work", "rate", "limit", "ratio", "target")?;
        for Line { work, rate, unit, beside, limit, target } in &self.lines {
            let ratio = rate / limit;
            writeln!(f, "{work:<52} {rate:>10.0}/s {limit:>10.0}/s {ratio:>6.2} {target:>7.2}")?;
            writeln!(f, "  {unit}, beside {beside}")?;
        }
        for Bound { work, value, unit, bound } in &self.bounds {
            let kept = if value <= bound { "" } else { "  MISSED" };
            writeln!(f, "{work:<52} {value:>10.2} {unit:<3} at most {bound:.2} {unit}{kept}")?;
        }
        Ok(())
    }
}
