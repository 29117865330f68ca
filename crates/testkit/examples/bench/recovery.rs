//! How soon a killed aggregator answers again, and how much memory it takes.

use std::time::Duration;

use proto::v1;

use crate::{Size, child::Aggregator, load::Load, report::Report, stream::Stream};

const GIGABYTE: f64 = (1_u64 << 30) as f64;

pub(crate) async fn measure(size: Size, report: &mut Report) -> anyhow::Result<()> {
    first_answer(size.events, report).await?;
    memory(size.issues, report).await
}

/// From the start of the process after `kill -9` to the first answer to WhoOwns.
async fn first_answer(events: usize, report: &mut Report) -> anyhow::Result<()> {
    let Stream { place, .. } = Stream::with(&mut Load::new(false), events).await?;
    let dir = place.dir.path().join("recovery");
    let aggregator = Aggregator::start(place.server.url(), &dir)?;
    aggregator.folded(events).await?;
    // Its store writes through every 500 ms; a kill shortly after is the usual case.
    tokio::time::sleep(Duration::from_secs(2)).await;
    aggregator.kill()?;
    let mut seconds = Vec::new();
    for _ in 0..3 {
        let again = Aggregator::start(place.server.url(), &dir)?;
        let mut client = again.issues()?;
        let reference = v1::Reference { system: "servicenow".to_owned(), id: "INC0000001".to_owned() };
        let name = v1::IssueName { name: Some(v1::issue_name::Name::Reference(reference)) };
        let request = v1::WhoOwnsRequest { issue: Some(name), read: None };
        while client.who_owns(request.clone()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        seconds.push(again.started.elapsed().as_secs_f64());
        again.kill()?;
    }
    report.bound(format!("first answer after kill -9 at {events} events"), seconds, "s", 1.5);
    Ok(())
}

/// At its highest while a log of reports alone is folded, and once it is.
async fn memory(issues: usize, report: &mut Report) -> anyhow::Result<()> {
    let Stream { place, .. } = Stream::with(&mut Load::new(true), issues).await?;
    let aggregator = Aggregator::start(place.server.url(), &place.dir.path().join("memory"))?;
    let status = aggregator.folded(issues).await?;
    anyhow::ensure!(status.issues == i64::try_from(issues)?, "{} issues folded", status.issues);
    let [highest, now] = aggregator.memory()?;
    report.bound(format!("memory at {issues} issues, highest"), vec![highest as f64 / GIGABYTE], "GB", 1.0);
    report.bound(format!("memory at {issues} issues, afterwards"), vec![now as f64 / GIGABYTE], "GB", 1.0);
    Ok(())
}
