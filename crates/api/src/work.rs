//! ListWork: what a department, or somebody of it, has to do.

use std::{sync::Arc, time::Duration};

use domain::Person;
use engine::{
    WorkKind,
    query::{Answer, WorkCursor, WorkItem, WorkQuery},
};
use proto::v1;
use tonic::Status;

use crate::{
    check::{Check, unread},
    issues::shown_issue,
    shared::Shared,
    token::Binding,
};

impl Shared {
    pub(crate) async fn list_work(
        self: &Arc<Self>,
        mut request: v1::ListWorkRequest,
        patience: Duration,
    ) -> Result<v1::ListWorkResponse, Status> {
        let page_token = std::mem::take(&mut request.page_token);
        let mut check = Check::default();
        let wait_for = check.read_now(request.read.as_ref());
        let query = check.work(&request);
        request.page_size = 0;
        unread(&mut request.read);
        let binding = Binding::new("ListWork", &request);
        let mut query = check.done(query)?;
        query.after = self.tokens.open::<WorkCursor>(binding, &page_token)?;
        self.reach(wait_for, patience).await?;
        let Answer { value: page, position } = self.ask(false, move |reader| reader.work(&query)).await?;
        Ok(v1::ListWorkResponse {
            entries: page.items.into_iter().map(entry).collect(),
            next_page_token: self.tokens.seal(binding, page.next.as_ref()),
            read_state: self.read_state(position),
        })
    }
}

impl Check {
    fn work(&mut self, request: &v1::ListWorkRequest) -> Option<WorkQuery> {
        let v1::ListWorkRequest { department, person, kinds, orphaned, page_size, page_token: _, read: _ } =
            request;
        if department.is_empty() {
            self.refuse("department", "is missing; name the department whose work is wanted");
        }
        let department = self.department("department", department);
        let person = person.as_ref().map(|person| self.worker(person));
        let kinds = self.kinds(kinds);
        let page_size = self.page_size(*page_size);
        Some(WorkQuery {
            department: department?,
            person,
            kinds,
            orphaned: *orphaned,
            page_size,
            after: None,
        })
    }

    fn worker(&mut self, sent: &v1::Person) -> Person {
        let v1::Person { system, id, name: _ } = sent.clone();
        for (field, value) in [("person.system", &system), ("person.id", &id)] {
            if value.is_empty() {
                self.refuse(field, "is missing");
            }
        }
        Person { account: domain::Reference { system, id }, name: None }
    }

    fn kinds(&mut self, sent: &[i32]) -> Vec<WorkKind> {
        let mut kinds = Vec::new();
        for (index, kind) in sent.iter().enumerate() {
            let field = format!("kinds[{index}]");
            match self.enumeration(&field, *kind) {
                Some(v1::WorkKind::Unspecified) => {
                    self.refuse(&field, "name a kind, or leave all out for every one");
                }
                Some(v1::WorkKind::Owned) => kinds.push(WorkKind::Owned),
                Some(v1::WorkKind::Offered) => kinds.push(WorkKind::Offered),
                Some(v1::WorkKind::Assist) => kinds.push(WorkKind::Assist),
                Some(v1::WorkKind::Deferral) => kinds.push(WorkKind::Deferral),
                Some(v1::WorkKind::Promise) => kinds.push(WorkKind::Promise),
                Some(v1::WorkKind::Workaround) => kinds.push(WorkKind::Workaround),
                None => {}
            }
        }
        kinds
    }
}

fn entry(item: WorkItem) -> v1::WorkEntry {
    let WorkItem { kind, issue, item, text, due, since } = item;
    let kind = match kind {
        WorkKind::Owned => v1::WorkKind::Owned,
        WorkKind::Offered => v1::WorkKind::Offered,
        WorkKind::Assist => v1::WorkKind::Assist,
        WorkKind::Deferral => v1::WorkKind::Deferral,
        WorkKind::Promise => v1::WorkKind::Promise,
        WorkKind::Workaround => v1::WorkKind::Workaround,
    };
    v1::WorkEntry {
        kind: kind.into(),
        issue: Some(shown_issue(&issue)),
        item: item.map(|item| item.to_string()).unwrap_or_default(),
        summary: text,
        due: due.map(wire::proto::timestamp),
        since: Some(wire::proto::timestamp(since)),
    }
}
