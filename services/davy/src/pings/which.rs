//! Which ping an argument means: a ping by its id or the beginning of it, or an issue, and then its unanswered pings.

use std::collections::BTreeSet;

use anyhow::Context as _;
use client::{Api, issue_name};
use proto::v1::{IssueName, ListPingsRequest, ListedPing};
use uuid::Uuid;

use super::{short, standing::is_pinging};
use crate::exit::{Exit, Failure};

/// Letters of an id that are enough to look for one.
const LEAST: usize = 6;
/// Rows that are asked for at once.
const PAGE: i32 = 500;
/// Rows that the beginning of an id is looked for in.
const MOST: usize = 10_000;

/// What an argument means.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Which {
    /// An id, of a ping or of an issue.
    Id(String),
    /// A ping by the beginning of its id.
    Beginning(String),
    Issue(IssueName),
}

impl Which {
    pub(super) fn read(text: &str) -> anyhow::Result<Self> {
        let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        if let Ok(id) = Uuid::try_parse(text) {
            Ok(Self::Id(id.to_string()))
        } else if hex && text.len() >= LEAST {
            Ok(Self::Beginning(text.to_ascii_lowercase()))
        } else {
            issue_name(text).map(Self::Issue).map_err(|_| {
                Failure::usage(format!(
                    "`{text}` names no ping and no issue; give an id, {LEAST} letters of a ping's id, or <system>:<id>"
                ))
            })
        }
    }
}

/// The one ping whose id begins so.
pub(super) async fn begins(beginning: &str, api: &Api) -> anyhow::Result<String> {
    let mut pages = api.pages(ListPingsRequest { page_size: PAGE, ..ListPingsRequest::default() });
    let (mut found, mut seen) = (BTreeSet::new(), 0);
    while let Some(page) = pages.next().await.context("look for the ping")? {
        seen += page.pings.len();
        let ids = page.pings.into_iter().filter_map(|listed| listed.ping).map(|ping| ping.ping);
        found.extend(ids.filter(|id| id.starts_with(beginning)));
        if seen >= MOST {
            break;
        }
    }
    let several = found.len() > 1;
    match found.pop_first() {
        Some(id) if !several => Ok(id),
        Some(_) => Err(Failure::usage(format!("several pings begin with {beginning}; give more of its id"))),
        None => {
            let text = format!(
                "no ping of an issue that somebody is pinged for begins with {beginning}; `davy pings list` has them"
            );
            Err(Failure::new(Exit::NotFound, text).into())
        }
    }
}

/// The newest ping of each run of an issue that nobody answered.
pub(super) async fn unanswered(issue: IssueName, shown: &str, api: &Api) -> anyhow::Result<Vec<String>> {
    let request = ListPingsRequest { issue: Some(issue), page_size: PAGE, ..ListPingsRequest::default() };
    let page = api.list_pings(request).await.with_context(|| format!("list the pings of {shown}"))?;
    let mut runs = BTreeSet::new();
    let newest = page.pings.into_iter().filter(|listed| listed.run.as_ref().is_some_and(is_pinging));
    let newest = newest.filter_map(|listed| listed.ping).filter(|ping| runs.insert(ping.department.clone()));
    let newest: Vec<_> = newest.map(|ping| ping.ping).collect();
    if newest.is_empty() {
        let text = format!(
            "nobody is pinged for {shown} now, or somebody answered; `davy pings explain {shown}` says why"
        );
        return Err(Failure::new(Exit::NotFound, text).into());
    }
    Ok(newest)
}

/// The ids of the issues of a department that somebody is pinged for and nobody answered.
pub(crate) async fn open_of_department(department: &str, api: &Api) -> Option<BTreeSet<String>> {
    let request = ListPingsRequest {
        department: department.to_owned(),
        open_only: true,
        page_size: PAGE,
        ..ListPingsRequest::default()
    };
    let page = api.list_pings(request).await.ok()?;
    let pinging = |listed: &ListedPing| listed.run.as_ref().is_some_and(is_pinging);
    let pinged = page.pings.into_iter().filter(pinging).filter_map(|listed| listed.ping);
    Some(pinged.map(|ping| ping.issue).collect())
}

/// For messages.
pub(super) fn shown(text: &str) -> String {
    if Uuid::try_parse(text).is_ok() { short(text) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_beginnings_and_issues_are_told_apart() {
        let id = "03ef809f-94b2-5eee-9bd2-9c2a8198024c";
        assert_eq!(Which::read(&id.to_uppercase()).unwrap(), Which::Id(id.to_owned()));
        assert_eq!(Which::read("03EF809F").unwrap(), Which::Beginning("03ef809f".to_owned()));
        assert!(matches!(Which::read("zendesk:55").unwrap(), Which::Issue(_)));
        for text in ["", "55", "03ef", "mia"] {
            assert!(Which::read(text).is_err(), "{text}");
        }
    }
}
