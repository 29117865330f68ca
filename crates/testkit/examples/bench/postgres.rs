//! The same job as a team would do it by hand in PostgreSQL: a table of events, a table of issues kept by upserts, and
//! queries by key and by a partial index. It is done well, and only as much of it as these lines need: prepared
//! statements, arrays instead of rows, the next batch read while one is committed, memory as a server of this size would
//! be given. What Davy does besides is left out in its favour: timelines, quarantine, clocks, ties beyond one
//! tool's own order.

#[path = "postgres/batch.rs"]
mod batch;
#[path = "postgres/cluster.rs"]
mod cluster;
#[path = "postgres/event.rs"]
mod event;
#[path = "postgres/query.rs"]
mod query;
#[path = "postgres/write.rs"]
mod write;

use std::{fs, time::Instant};

use futures_util::StreamExt as _;
use proto::v1::GetStatusRequest;
use tokio::sync::mpsc;

use crate::{
    Size, fold, question,
    report::Report,
    served::{self, Clients},
    stream::{Folded, Stream, rate},
};
use batch::Batch;
use cluster::Cluster;
use query::Queries;
use write::Writer;

/// Batches that were read and are not committed yet.
const AHEAD: usize = 4;
const BY_HAND: &str = "PostgreSQL by hand";

pub(crate) async fn measure(size: Size, stream: &Stream, report: &mut Report) -> anyhow::Result<()> {
    let Some(binaries) = cluster::find() else {
        report.remark(
            "PostgreSQL is not measured: no `initdb` and `postgres` on the PATH or in /usr/lib/postgresql.",
        );
        return Ok(());
    };
    let cluster = Cluster::start(&binaries)?;
    let connection = cluster.connect().await?;
    let settings = write::settings(&connection).await?;
    report.remark(format!(
        "{} has {settings}; one transaction for {} events. It syncs each of them; Davy's store is a cache that rereads from the log \
         what a crash took.",
        binaries.version()?,
        batch::SIZE,
    ));
    let (mut davy, mut by_hand) = (Vec::new(), Vec::new());
    let mut last: Option<(Folded, String)> = None;
    for round in 0..size.fold_rounds {
        if let Some((before, _)) = last.take() {
            before.stop().await?;
        }
        by_hand.push(ingest(stream, Writer::on_empty_tables(&connection).await?).await?);
        let store = format!("postgres-{round}");
        let folded = stream.fold(&store).await?;
        davy.push(folded.rate);
        eprintln!("round {round}: PostgreSQL {:.0}/s, davy {:.0}/s", by_hand[round], davy[round]);
        last = Some((folded, store));
    }
    let work = format!("ingest and fold of {} events", stream.events);
    report.add(work, "events", davy, (BY_HAND, by_hand), 1.0);
    let (folded, store) = last.ok_or_else(|| anyhow::anyhow!("no round"))?;
    // What autovacuum would have done a minute later.
    connection.batch_execute("VACUUM ANALYZE").await?;
    queries(size, (stream, &folded), &Queries::prepare(connection).await?, report).await?;
    folded.stop().await?;
    fs::remove_dir_all(stream.place.dir.path().join(store))?;
    Ok(())
}

/// Events a second from the stream to the committed tables.
async fn ingest(stream: &Stream, writer: Writer<'_>) -> anyhow::Result<f64> {
    let (batches_in, mut batches) = mpsc::channel(AHEAD);
    let (url, events) = (stream.place.server.url().to_owned(), stream.events);
    let started = Instant::now();
    let reading = tokio::spawn(async move {
        let mut messages = fold::messages(&url).await?;
        let mut batch = Batch::default();
        for number in 1..=events {
            let message = messages.next().await.ok_or_else(|| anyhow::anyhow!("the stream ended"))??;
            batch.add(&message)?;
            if batch.len() == batch::SIZE || number == events {
                batches_in.send(std::mem::take(&mut batch)).await?;
            }
        }
        anyhow::Ok(())
    });
    while let Some(batch) = batches.recv().await {
        writer.write(batch).await?;
    }
    reading.await??;
    Ok(rate(events, started))
}

async fn queries(
    size: Size,
    (stream, folded): (&Stream, &Folded),
    by_hand: &Queries,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut davy = served::serve(stream, folded).await?;
    let issues = compare(&mut davy, by_hand).await?;
    let (mut lists, mut other_lists, mut owners, mut other_owners) = (vec![], vec![], vec![], vec![]);
    for _ in 0..size.query_rounds {
        // A prime, so that successive calls ask for issues far apart; the reports of the newest may be late.
        let asked = |call: u64| 1 + call * 7_919 % issues.saturating_sub(500).max(1);
        other_lists.push(question::rate(size.calls, async |_| by_hand.list().await).await?);
        lists.push(question::rate(size.calls, async |_| davy.list().await).await?);
        other_owners.push(question::rate(size.calls, async |call| by_hand.owner(asked(call)).await).await?);
        owners.push(question::rate(size.calls, async |call| davy.owner(asked(call)).await).await?);
    }
    report.add("the 50 longest unacknowledged", "calls", lists, (BY_HAND, other_lists), 1.0);
    report.add("who owns an issue", "calls", owners, (BY_HAND, other_owners), 1.0);
    report.remark(
        "Queries: one call at a time; PostgreSQL over its Unix socket, prepared; Davy over gRPC on TCP.",
    );
    Ok(())
}

/// Both must have come to the same; how many issues there are.
async fn compare(davy: &mut Clients, by_hand: &Queries) -> anyhow::Result<u64> {
    let status = davy.operations.get_status(GetStatusRequest::default()).await?.into_inner();
    let mine = (status.issues, status.unacknowledged_issues);
    let other = by_hand.counts().await?;
    anyhow::ensure!(
        mine == other,
        "Davy counts {mine:?} issues and unacknowledged ones, PostgreSQL {other:?}"
    );
    for issue in 1..=100 {
        let owner = davy.owner(issue).await?.owner.unwrap_or_default();
        let mine = (owner.department, owner.team);
        let other = by_hand.owner(issue).await?;
        anyhow::ensure!(mine == other, "Davy says {mine:?} own INC{issue:07}, PostgreSQL {other:?}");
    }
    Ok(u64::try_from(status.issues)?)
}
