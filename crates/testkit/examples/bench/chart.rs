//! Lines over a logarithmic axis, as SVG that is legible on light and on dark ground.

use std::fmt::Write as _;

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 300.0;
/// Room around the plot for labels.
const LEFT: f64 = 64.0;
const RIGHT: f64 = 12.0;
/// Between the edges of the plot and its first and last point, for the figures beside them.
const INSET: f64 = 24.0;
const TOP: f64 = 58.0;
const BOTTOM: f64 = 52.0;
/// Of the lines; each stands out from white and from black.
const COLOURS: [&str; 3] = ["#2f81f7", "#d9730d", "#2da44e"];
const STYLE: &str = "text{font:12px system-ui,sans-serif;fill:#57606a}.title{font-size:14px;font-weight:600}\
    .grid{stroke:#8c959f;stroke-opacity:.35}.axis{stroke:#8c959f}\
    @media(prefers-color-scheme:dark){text{fill:#9da7b3}}";

/// What is drawn; from zero upwards.
#[derive(Debug)]
pub(crate) struct Chart {
    pub(crate) title: String,
    /// What is counted along the axis, whose steps are tenfold.
    pub(crate) x: &'static str,
    pub(crate) y: &'static str,
    pub(crate) series: Vec<Series>,
}

#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    /// Positive.
    pub(crate) points: Vec<(f64, f64)>,
}

/// Where values stand on the page.
struct Scale {
    /// Decades.
    x: [f64; 2],
    top: f64,
    step: f64,
}

impl Scale {
    fn of(series: &[Series]) -> Self {
        let points = || series.iter().flat_map(|series| &series.points);
        let decades = |pick: fn(f64, f64) -> f64, start| points().map(|(x, _)| x.log10()).fold(start, pick);
        let highest = points().map(|(_, y)| *y).fold(f64::MIN_POSITIVE, f64::max);
        let step = round_step(highest / 4.0);
        let x = [decades(f64::min, f64::INFINITY).floor(), decades(f64::max, f64::NEG_INFINITY).ceil()];
        Self { x, top: (highest / step).ceil() * step, step }
    }

    fn x(&self, value: f64) -> f64 {
        let [first, last] = self.x;
        let wide = WIDTH - LEFT - RIGHT - 2.0 * INSET;
        LEFT + INSET + (value.log10() - first) / (last - first).max(1.0) * wide
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM)
    }
}

/// 1, 2 or 5 of some power of ten, and not less.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|times| times * power).into_iter().find(|step| *step >= least).unwrap_or(least)
}

impl Chart {
    pub(crate) fn svg(&self) -> String {
        let Self { title, x, y, series } = self;
        let scale = Scale::of(series);
        let mut svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{title}"><style>{STYLE}</style>"#
        );
        text(&mut svg, (LEFT, 20.0), r#"class="title""#, title);
        grid(&mut svg, &scale);
        let middle = (LEFT + WIDTH - RIGHT) / 2.0;
        text(&mut svg, (middle, HEIGHT - 12.0), r#"text-anchor="middle""#, x);
        let middle = (TOP + HEIGHT - BOTTOM) / 2.0;
        let turned = format!(r#"text-anchor="middle" transform="rotate(-90 16 {middle})""#);
        text(&mut svg, (16.0, middle), &turned, y);
        let mut legend = LEFT;
        for (Series { name, points }, colour) in series.iter().zip(COLOURS.iter().cycle()) {
            line(&mut svg, &scale, points, colour);
            if series.len() > 1 {
                put(
                    &mut svg,
                    format_args!(r#"<circle cx="{}" cy="38" r="4" fill="{colour}"/>"#, legend + 4.0),
                );
                text(&mut svg, (legend + 12.0, 42.0), "", name);
                // Wide enough for letters of that size.
                legend += 32.0 + 6.0 * name.chars().count() as f64;
            }
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn grid(svg: &mut String, scale: &Scale) {
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    let mut value = 0.0;
    while value <= scale.top * 1.001 {
        let y = scale.y(value);
        let class = if value == 0.0 { "axis" } else { "grid" };
        put(svg, format_args!(r#"<path class="{class}" d="M{LEFT} {y:.1}H{right}"/>"#));
        text(svg, (LEFT - 6.0, y + 4.0), r#"text-anchor="end""#, &short(value));
        value += scale.step;
    }
    let [mut decade, last] = scale.x;
    while decade <= last {
        let value = 10_f64.powf(decade);
        let x = scale.x(value);
        put(svg, format_args!(r#"<path class="axis" d="M{x:.1} {bottom}v5"/>"#));
        text(svg, (x, bottom + 18.0), r#"text-anchor="middle""#, &short(value));
        decade += 1.0;
    }
}

fn line(svg: &mut String, scale: &Scale, points: &[(f64, f64)], colour: &str) {
    let path: Vec<_> = points.iter().map(|(x, y)| format!("{:.1} {:.1}", scale.x(*x), scale.y(*y))).collect();
    let path = path.join("L");
    put(svg, format_args!(r#"<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>"#));
    for (x, y) in points {
        let (cx, cy) = (scale.x(*x), scale.y(*y));
        put(svg, format_args!(r#"<circle cx="{cx:.1}" cy="{cy:.1}" r="3.5" fill="{colour}"/>"#));
        text(svg, (cx, cy - 8.0), r#"text-anchor="middle""#, &short(*y));
    }
}

fn text(svg: &mut String, (x, y): (f64, f64), attributes: &str, words: &str) {
    put(svg, format_args!(r#"<text x="{x:.1}" y="{y:.1}" {attributes}>{words}</text>"#));
}

fn put(svg: &mut String, element: std::fmt::Arguments<'_>) {
    svg.write_fmt(element).expect("a string takes everything");
}

/// `1k` for a thousand, with as many digits as there is room for.
fn short(value: f64) -> String {
    let (value, unit) = match value {
        value if value >= 1e6 => (value / 1e6, "M"),
        value if value >= 1e3 => (value / 1e3, "k"),
        value => (value, ""),
    };
    let digits = if value >= 10.0 || value.fract() < 0.05 { 0 } else { 1 };
    format!("{value:.digits$}{unit}")
}

#[cfg(test)]
#[path = "chart/tests.rs"]
mod tests;
