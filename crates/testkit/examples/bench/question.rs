//! The questions that are timed, the same to every server.

use std::time::{Duration, Instant};

use proto::v1::{
    GetTimelineRequest, GetTimelineResponse, IssueName, ListUnacknowledgedRequest,
    ListUnacknowledgedResponse, Reference, WhoOwnsRequest, WhoOwnsResponse, issue_name::Name,
};

use crate::served::Clients;

/// Entries of a page.
pub(crate) const LISTED: i32 = 50;
pub(crate) const ENTRIES: i32 = 100;

impl Clients {
    pub(crate) async fn list(&mut self) -> anyhow::Result<ListUnacknowledgedResponse> {
        let request = ListUnacknowledgedRequest { page_size: LISTED, ..ListUnacknowledgedRequest::default() };
        Ok(self.issues.list_unacknowledged(request).await?.into_inner())
    }

    pub(crate) async fn owner(&mut self, issue: u64) -> anyhow::Result<WhoOwnsResponse> {
        let reference = Reference { system: "servicenow".to_owned(), id: format!("INC{issue:07}") };
        let issue = Some(IssueName { name: Some(Name::Reference(reference)) });
        Ok(self.issues.who_owns(WhoOwnsRequest { issue, read: None }).await?.into_inner())
    }

    pub(crate) async fn timeline(&mut self, customer: u64) -> anyhow::Result<GetTimelineResponse> {
        let customer = format!("servicenow:Caller%20{customer}");
        let request = GetTimelineRequest { customer, page_size: ENTRIES, ..GetTimelineRequest::default() };
        Ok(self.customers.get_timeline(request).await?.into_inner())
    }
}

/// How long each of so many calls takes, one after the other.
pub(crate) async fn times<T>(
    calls: usize,
    mut call: impl AsyncFnMut(u64) -> anyhow::Result<T>,
) -> anyhow::Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(calls);
    for number in 0..calls {
        let started = Instant::now();
        call(u64::try_from(number)?).await?;
        times.push(started.elapsed());
    }
    Ok(times)
}

/// Calls a second, one after the other.
pub(crate) async fn rate<T>(
    calls: usize,
    call: impl AsyncFnMut(u64) -> anyhow::Result<T>,
) -> anyhow::Result<f64> {
    let times = times(calls, call).await?;
    Ok(calls as f64 / times.iter().sum::<Duration>().as_secs_f64())
}
