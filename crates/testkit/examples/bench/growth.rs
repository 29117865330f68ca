//! How the rate of the fold and the latency of queries change as the number of issues grows, and as a customer's
//! events do.

use std::{fs, path::Path, time::Duration};

use crate::{
    Size,
    chart::{Chart, Series},
    load::{Customers, Load},
    question::times,
    report::{Report, median},
    served::{self, Clients},
    stream::{Folded, Stream},
};

const BATCH: usize = 1_000;
/// Events of a stream on which customers grow.
const EVENTS: usize = 200_000;
/// Rounds of a fold; one of a large one, which lasts.
const ROUNDS: usize = 3;
const LARGE: usize = 1_000_000;
/// Issues that are not asked for, as their reports may be late.
const NEWEST: usize = 500;
/// Issues of a customer, and what they come to in events.
const CUSTOMERS: [(u32, f64); 3] = [(1, 1.0), (13, 100.0), (1_290, 10_000.0)];

/// What was measured at one size.
#[derive(Debug)]
struct Point {
    at: f64,
    /// Events a second.
    fold: f64,
    /// Microseconds of half of the calls at most: WhoOwns, ListUnacknowledged, GetTimeline.
    queries: [f64; 3],
}

const QUERIES: [&str; 3] = ["WhoOwns", "ListUnacknowledged, 50", "GetTimeline, up to 100"];

pub(crate) async fn measure(size: Size, report: &mut Report, svg: Option<&Path>) -> anyhow::Result<()> {
    let (mut by_issues, mut by_customer) = (Vec::new(), Vec::new());
    for issues in size.growth {
        let mut load = Load::new(false);
        let mut stream = Stream::empty().await?;
        eprintln!("publishing the events of {issues} issues");
        while load.heard().len() < issues {
            stream.publish(load.take(BATCH)).await?;
        }
        by_issues.push(point(size, &stream, (issues as f64, &load)).await?);
    }
    for (issues, events) in CUSTOMERS {
        // An issue has 7.75 events.
        let customers = u64::try_from(size.events.min(EVENTS))? * 4 / (u64::from(issues) * 31);
        let mut load = Load::of(issues == 1, Customers::Each { customers, issues });
        let stream = Stream::with(&mut load, size.events.min(EVENTS)).await?;
        by_customer.push(point(size, &stream, (events, &load)).await?);
    }
    tell(report, "issues", &by_issues);
    tell(report, "events a customer", &by_customer);
    report.remark("Queries of the lines of growth: half of the calls, one at a time, take at most so long.");
    let Some(dir) = svg else { return Ok(()) };
    fs::create_dir_all(dir)?;
    draw(dir, ("issues", "issues"), &by_issues)?;
    draw(dir, ("customer", "events of each customer"), &by_customer)
}

async fn point(size: Size, stream: &Stream, (at, load): (f64, &Load)) -> anyhow::Result<Point> {
    let rounds = if stream.events > LARGE { 1 } else { ROUNDS };
    let mut rates = Vec::new();
    let mut last: Option<Folded> = None;
    for round in 0..rounds {
        if let Some(before) = last.take() {
            before.stop().await?;
        }
        let folded = stream.fold(&format!("growth-{round}")).await?;
        rates.push(folded.rate);
        last = Some(folded);
    }
    let folded = last.ok_or_else(|| anyhow::anyhow!("no round"))?;
    let mut davy = served::serve(stream, &folded).await?;
    let queries = queries(size.calls, &mut davy, load).await?;
    folded.stop().await?;
    let point = Point { at, fold: median(rates), queries };
    eprintln!("at {at}: {point:.0?}");
    Ok(point)
}

/// Each of another issue, or of its customer, than the call before.
async fn queries(calls: usize, davy: &mut Clients, load: &Load) -> anyhow::Result<[f64; 3]> {
    let heard = load.heard();
    let heard = &heard[..heard.len().saturating_sub(NEWEST)];
    let among = |call: u64| usize::try_from(call * 7_919).map(|number| number % heard.len());
    let owners = times(calls, async |call| davy.owner(1 + u64::try_from(among(call)?)?).await).await?;
    let lists = times(calls, async |_| davy.list().await).await?;
    let timelines = times(calls, async |call| davy.timeline(heard[among(call)?]).await).await?;
    Ok([owners, lists, timelines].map(|times| micros(&times)))
}

fn micros(times: &[Duration]) -> f64 {
    median(times.iter().map(|time| time.as_secs_f64() * 1e6).collect())
}

fn tell(report: &mut Report, what: &str, points: &[Point]) {
    for Point { at, fold, queries } in points {
        report.tell(format!("at {at:.0} {what}: fold"), vec![*fold], "events/s");
        for (name, micros) in QUERIES.iter().zip(queries) {
            report.tell(format!("  {name}"), vec![*micros], "us");
        }
    }
}

/// Two files: the fold and the queries.
fn draw(dir: &Path, (name, axis): (&str, &'static str), points: &[Point]) -> anyhow::Result<()> {
    let along = |y: &dyn Fn(&Point) -> f64| points.iter().map(|point| (point.at, y(point))).collect();
    let fold = Chart {
        title: format!("Fold rate by {axis}"),
        x: axis,
        y: "events/s",
        series: vec![Series { name: "fold", points: along(&|point| point.fold) }],
    };
    let names = QUERIES.iter().enumerate();
    let queries = Chart {
        title: format!("Query latency by {axis}"),
        x: axis,
        y: "microseconds, median",
        series: names.map(|(at, name)| Series { name, points: along(&|point| point.queries[at]) }).collect(),
    };
    fs::write(dir.join(format!("fold-by-{name}.svg")), fold.svg())?;
    fs::write(dir.join(format!("queries-by-{name}.svg")), queries.svg())?;
    Ok(())
}
