//! Queries over gRPC, beside a bare tonic server that returns the same messages.

use crate::{
    Size,
    bare::Bare,
    load::{Customers, Load},
    question::{ENTRIES, LISTED, rate},
    report::Report,
    served::{self, Clients},
    stream::Stream,
};

/// Events of the customer whose timeline is asked for.
const EVENTS: usize = 1_000;
/// Issues that are asked for in turn.
const ASKED: u64 = 10_000;

pub(crate) async fn measure(size: Size, report: &mut Report) -> anyhow::Result<()> {
    let mut stream = Stream::with(&mut Load::new(true), size.open).await?;
    let one = Customers::Each { customers: 1, issues: 1_000 };
    stream.publish(Load::of(false, one).with_prefix("REQ").take(EVENTS)).await?;
    let folded = stream.fold("store").await?;
    let mut davy = served::serve(&stream, &folded).await?;
    let mut bare = beside(&mut davy).await?;

    let (mut lists, mut bare_lists, mut owners, mut bare_owners) = (vec![], vec![], vec![], vec![]);
    let (mut timelines, mut bare_timelines) = (vec![], vec![]);
    for _ in 0..size.query_rounds {
        bare_lists.push(rate(size.calls, async |_| bare.list().await).await?);
        lists.push(rate(size.calls, async |_| davy.list().await).await?);
        bare_owners.push(rate(size.calls * 2, async |call| bare.owner(1 + call % ASKED).await).await?);
        owners.push(rate(size.calls * 2, async |call| davy.owner(1 + call % ASKED).await).await?);
        bare_timelines.push(rate(size.calls, async |_| bare.timeline(1).await).await?);
        timelines.push(rate(size.calls, async |_| davy.timeline(1).await).await?);
    }
    let (unit, beside) = ("calls", "bare tonic with the same bytes, one call at a time");
    let list = format!("ListUnacknowledged, {LISTED} of {}", size.open);
    report.add(list, unit, lists, (beside, bare_lists), 0.7);
    report.add("WhoOwns", unit, owners, (beside, bare_owners), 0.8);
    let timeline = format!("GetTimeline, {ENTRIES} of {EVENTS} entries");
    report.add(timeline, unit, timelines, (beside, bare_timelines), 0.6);
    folded.stop().await
}

/// What answers the same without looking anything up.
async fn beside(davy: &mut Clients) -> anyhow::Result<Clients> {
    let list = davy.list().await?;
    anyhow::ensure!(list.entries.len() == usize::try_from(LISTED)?, "a page of {}", list.entries.len());
    let timeline = davy.timeline(1).await?;
    let entries = timeline.entries.len();
    anyhow::ensure!(entries == usize::try_from(ENTRIES)?, "a timeline of {entries}");
    let bare = Bare { list, owner: davy.owner(7).await?, timeline };
    Clients::connect(bare.serve().await?).await
}
