//! MigrateOpen: the running runs of a department go by the present version of its policy, some at a time.

use std::sync::Arc;

use domain::{Command, Department, IssueId, IssueName};
use engine::command::{About, Order};
use proto::v1;
use tokio::task::JoinSet;
use tonic::{Request, Status};

use super::{answer::Failure, check_request_id};
use crate::{auth, check::Check, deadline::patience, shared::Shared, status, token::Binding};

/// Runs of one page, all under way at once.
const AT_ONCE: usize = 32;

impl Shared {
    pub(crate) async fn migrate_open(
        self: &Arc<Self>,
        request: Request<v1::MigrateOpenRequest>,
    ) -> Result<v1::MigrateOpenResponse, Status> {
        let (patience, principal) = (patience(request.metadata()), auth::principal(&request)?);
        let mut request = request.into_inner();
        let page_token = std::mem::take(&mut request.page_token);
        let options = request.options.take().unwrap_or_default();
        let mut check = Check::default();
        let department = check.migration(&request, &options);
        let department = check.done(department)?;
        let binding = Binding::new("MigrateOpen", &request);
        let after = self.tokens.open::<(i64, IssueId)>(binding, &page_token)?;
        let whose = department.clone();
        let found = self.ask(false, move |reader| reader.old_runs(&whose, after, AT_ONCE)).await?;
        let mut running = JoinSet::new();
        for id in &found.value.issues {
            let order = Order {
                principal: principal.clone(),
                request_id: options.request_id.clone(),
                about: About::Issue(IssueName { id: *id, reference: None }),
                command: Command::Migrate { department: department.clone(), reason: request.reason.clone() },
                expected_version: None,
                validate_only: options.validate_only,
            };
            let (shared, id) = (Arc::clone(self), *id);
            running.spawn(async move { (id, shared.commands.give(&order, patience).await) });
        }
        let mut runs = Vec::new();
        while let Some(ended) = running.join_next().await {
            let (id, given) = ended.map_err(|error| status::thread(&error))?;
            let mut run = v1::MigratedRun { issue: id.to_string(), ..v1::MigratedRun::default() };
            match given {
                Ok(outcome) => {
                    run.position = outcome.position.map(|position| position.to_string()).unwrap_or_default();
                }
                Err(error) => run.refusal = Some(Failure::from(error).into()),
            }
            runs.push(run);
        }
        runs.sort_by(|one, other| one.issue.cmp(&other.issue));
        Ok(v1::MigrateOpenResponse {
            runs,
            next_page_token: self.tokens.seal(binding, found.value.next.as_ref()),
            read_state: self.read_state(found.position),
        })
    }
}

impl Check {
    /// Whose runs.
    fn migration(
        &mut self,
        request: &v1::MigrateOpenRequest,
        options: &v1::CommandOptions,
    ) -> Option<Department> {
        check_request_id(self, &options.request_id);
        if !options.expected_version.is_empty() {
            self.refuse("options.expected_version", "is of an issue, and none is named; leave it out");
        }
        if request.department.is_empty() {
            self.refuse("department", "is missing; name the department whose policy changed");
        }
        self.department("department", &request.department)
    }
}
