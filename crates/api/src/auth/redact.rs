//! What is hidden of restricted issues: their text, from whoever is of none of the departments that may read it.
//!
//! Existence, age, severity and owner stay open to all (`design.md` 7), and whom to ask stands where the title did. An
//! answer is blanked as it leaves, so that nothing before it need know who asks.

use std::collections::HashMap;

use domain::{Issue, IssueId, Principal, Role, ShownOwner};
use engine::query::{ReadAt, Reader};
use proto::v1;

/// Who an answer is for.
pub(crate) struct Viewer {
    principal: Principal,
    reader: Reader,
    /// Whom to ask about an issue; `None` where the viewer may see it. Of one answer.
    known: HashMap<String, Option<String>>,
}

/// An answer that may tell of restricted issues.
pub(crate) trait Restricted {
    /// Blanks what the viewer may not see.
    fn redact(&mut self, viewer: &mut Viewer);
}

impl Viewer {
    pub(crate) fn new(principal: Principal, reader: Reader) -> Self {
        Self { principal, reader, known: HashMap::new() }
    }

    /// The answer as this viewer may see it.
    pub(crate) fn shown<T: Restricted>(&mut self, mut answer: T) -> T {
        let sees_all = [Role::Auditor, Role::Admin].iter().any(|role| self.principal.roles.has(*role));
        if !sees_all {
            // Owners change, and with them who may see what.
            self.known.clear();
            answer.redact(self);
        }
        answer
    }

    /// Whom to ask about an issue that the viewer may not see.
    fn hidden(&mut self, issue_id: &str) -> Option<String> {
        if let Some(known) = self.known.get(issue_id) {
            return known.clone();
        }
        let hidden = self.look(issue_id);
        self.known.insert(issue_id.to_owned(), hidden.clone());
        hidden
    }

    /// Where it cannot be told whether an issue may be seen, it may not.
    fn look(&self, issue_id: &str) -> Option<String> {
        let id: IssueId = issue_id.parse().ok()?;
        match self.reader.issue(id, ReadAt::default()) {
            Ok(answer) => {
                let shown = answer.value;
                hidden(&self.principal, &shown.issue, &shown.owner)
            }
            Err(_) => Some("again".to_owned()),
        }
    }
}

/// Whom to ask: the owner, or where they may not read it themselves, the department that restricted it. `None` where the
/// principal may read it, for its own department or as the successor of one that is closed.
fn hidden(principal: &Principal, issue: &Issue, shown: &ShownOwner) -> Option<String> {
    let readers = &issue.restricted.as_ref()?.departments;
    let named = shown.was.as_ref().unwrap_or(&shown.owner);
    let owner_may = readers.contains(&named.department);
    let own = &principal.department;
    if readers.contains(own) || owner_may && shown.owner.department == *own {
        return None;
    }
    Some(if owner_may { whom(shown) } else { readers.first().map(ToString::to_string).unwrap_or_default() })
}

/// The owner as one line.
fn whom(owner: &ShownOwner) -> String {
    let v1::Owner { department, team, person, .. } = wire::proto::owner(owner);
    let person = person.map(|person| if person.name.is_empty() { person.id } else { person.name });
    let parts = [Some(department), Some(team), person].into_iter().flatten().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("/")
}

impl Restricted for v1::Issue {
    fn redact(&mut self, viewer: &mut Viewer) {
        if self.restricted
            && let Some(whom) = viewer.hidden(&self.id)
        {
            self.title = format!("(restricted, ask {whom})");
        }
    }
}

impl Restricted for v1::IssueDetail {
    fn redact(&mut self, viewer: &mut Viewer) {
        let Self { issue, body, heard_by, duplicate_of: _, work, clocks: _, runs: _ } = self;
        if blank(issue.as_mut(), viewer) {
            body.clear();
            (*heard_by, *work) = (None, None);
        }
    }
}

impl Restricted for v1::GetIssueResponse {
    fn redact(&mut self, viewer: &mut Viewer) {
        let Self {
            issue,
            body,
            heard_by,
            duplicate_of: _,
            read_state: _,
            work,
            redirected_from: _,
            clocks: _,
            runs: _,
        } = self;
        if blank(issue.as_mut(), viewer) {
            body.clear();
            (*heard_by, *work) = (None, None);
        }
    }
}

impl Restricted for v1::CommandResult {
    fn redact(&mut self, viewer: &mut Viewer) {
        if blank(self.issue.as_mut(), viewer) {
            self.work = None;
            self.defaulted.clear();
        }
    }
}

impl Restricted for Vec<v1::CommandOutcome> {
    fn redact(&mut self, viewer: &mut Viewer) {
        use v1::command_outcome::Outcome;

        for outcome in self {
            match &mut outcome.outcome {
                Some(Outcome::Result(result)) => result.redact(viewer),
                Some(Outcome::Refusal(_)) | None => {}
            }
        }
    }
}

impl Restricted for v1::WorkEntry {
    fn redact(&mut self, viewer: &mut Viewer) {
        if blank(self.issue.as_mut(), viewer) {
            self.summary.clear();
        }
    }
}

/// Whether the issue is hidden; its title is blanked then.
fn blank(issue: Option<&mut v1::Issue>, viewer: &mut Viewer) -> bool {
    let Some(issue) = issue else { return false };
    issue.redact(viewer);
    issue.restricted && viewer.hidden(&issue.id).is_some()
}

impl Restricted for v1::TimelineEntry {
    fn redact(&mut self, viewer: &mut Viewer) {
        if self.issue_id.is_empty() {
            return;
        }
        if let Some(whom) = viewer.hidden(&self.issue_id) {
            self.summary = format!("(restricted, ask {whom})");
            self.data.clear();
        }
    }
}

impl Restricted for v1::UnacknowledgedEntry {
    fn redact(&mut self, viewer: &mut Viewer) {
        use v1::unacknowledged_entry::Entry;

        match &mut self.entry {
            Some(Entry::Issue(issue)) => issue.redact(viewer),
            Some(Entry::Quarantined(_)) | None => {}
        }
    }
}

impl Restricted for v1::NotCompared {
    fn redact(&mut self, viewer: &mut Viewer) {
        let Self { customer: _, token: _, issue, other } = self;
        [issue, other].into_iter().flatten().for_each(|issue| issue.redact(viewer));
    }
}

/// Those whose members may tell of restricted issues, all of them.
macro_rules! all_of {
    ($($answer:ident: $member:ident,)*) => {$(
        impl Restricted for v1::$answer {
            fn redact(&mut self, viewer: &mut Viewer) {
                self.$member.iter_mut().for_each(|member| member.redact(viewer));
            }
        }
    )*};
}

impl Restricted for v1::ListedPing {
    fn redact(&mut self, viewer: &mut Viewer) {
        let issue = self.ping.as_ref().map(|ping| ping.issue.clone()).unwrap_or_default();
        if let Some(whom) = viewer.hidden(&issue) {
            self.title = format!("(restricted, ask {whom})");
        }
    }
}

/// What is owed tells no words of an issue.
impl Restricted for v1::WatchOwedPingsResponse {
    fn redact(&mut self, _viewer: &mut Viewer) {}
}

all_of! {
    ListUnacknowledgedResponse: entries,
    UnacknowledgedSnapshot: entries,
    ListIssuesResponse: issues,
    ListWorkResponse: entries,
    ListPingsResponse: pings,
    ListNotComparedResponse: pairs,
    GetTimelineResponse: entries,
    TimelineSnapshot: entries,
    TraceEventResponse: entry,
    IssueSnapshot: issue,
}

/// Frames of a watch: snapshots and upserts tell of issues.
macro_rules! frames {
    ($($answer:ident: $module:ident,)*) => {$(
        impl Restricted for v1::$answer {
            fn redact(&mut self, viewer: &mut Viewer) {
                use v1::$module::Frame;

                match &mut self.frame {
                    Some(Frame::Snapshot(snapshot)) => snapshot.redact(viewer),
                    Some(Frame::Upsert(row)) => row.redact(viewer),
                    Some(Frame::SnapshotComplete(_) | Frame::Remove(_) | Frame::Progress(_)) | None => {}
                }
            }
        }
    )*};
}

frames! {
    WatchUnacknowledgedResponse: watch_unacknowledged_response,
    WatchIssueResponse: watch_issue_response,
    WatchTimelineResponse: watch_timeline_response,
}
