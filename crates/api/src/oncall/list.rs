//! ListPings: who was pinged, and what came of it.

use std::{sync::Arc, time::Duration};

use domain::IssueId;
use engine::query::{Answer, PingAt, PingsQuery};
use proto::v1;
use tonic::Status;

use crate::{check::Check, shared::Shared, token::Binding};

impl Shared {
    pub(super) async fn list_pings(
        self: &Arc<Self>,
        mut request: v1::ListPingsRequest,
        patience: Duration,
    ) -> Result<v1::ListPingsResponse, Status> {
        let page_token = std::mem::take(&mut request.page_token);
        let min_position = std::mem::take(&mut request.min_position);
        let mut check = Check::default();
        let wait_for = check.position("min_position", &min_position);
        let query = check.pings(&request);
        request.page_size = 0;
        let binding = Binding::new("ListPings", &request);
        let mut query = check.done(query)?;
        query.after = self.tokens.open::<(i64, IssueId)>(binding, &page_token)?;
        self.reach(wait_for, patience).await?;
        let cheap = query.issue.is_some();
        let Answer { value: page, position } = self.ask(cheap, move |reader| reader.pings(&query)).await?;
        Ok(v1::ListPingsResponse {
            pings: page.pings.iter().map(listed).collect(),
            next_page_token: self.tokens.seal(binding, page.next.as_ref()),
            read_state: self.read_state(position),
        })
    }
}

impl Check {
    fn pings(&mut self, request: &v1::ListPingsRequest) -> Option<PingsQuery> {
        let v1::ListPingsRequest {
            issue,
            department,
            person,
            open_only,
            page_size,
            page_token: _,
            min_position: _,
        } = request;
        let asked = issue.as_ref().map(|issue| self.issue("issue", Some(issue)));
        let department = self.department("department", department);
        let person = Some(person.clone()).filter(|person| !person.is_empty());
        let page_size = self.page_size(*page_size);
        let issue = match asked {
            None => None,
            Some(asked) => Some(asked?),
        };
        Some(PingsQuery { issue, department, person, open_only: *open_only, page_size, after: None })
    }
}

fn listed(found: &PingAt) -> v1::ListedPing {
    let issue = &found.issue.issue;
    let run = issue.run(&found.ping.terms.department).filter(|_| found.ping.terms.cycle > 0);
    v1::ListedPing {
        ping: Some(wire::proto::ping(issue.id, &found.ping)),
        title: issue.title().to_owned(),
        severity: wire::proto::severity(issue.severity()).into(),
        run: run.map(|run| wire::proto::run(issue, run)),
    }
}
