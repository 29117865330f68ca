//! What each watch looks like on the wire.

use domain::IssueId;
use engine::{
    Entry,
    query::{
        Frame, IssueDetail, OneIssue, Owed, ResumePoint, Shown, Timeline, TimelineKey, Unacknowledged,
        Watched,
    },
};
use proto::v1;

use crate::{auth::Restricted, customers::timeline_entry, issues, pager::owed_issue};

/// What a watch looks like on the wire.
pub(crate) trait Shape: Watched {
    /// A frame.
    type Message: prost::Message + Restricted + Unpin + 'static;

    /// Of what the engine says.
    fn message(frame: Frame<Self>) -> Self::Message
    where
        Self: Sized;

    /// Of where the watch stands.
    fn progress(progress: v1::Progress) -> Self::Message;
}

fn complete(point: ResumePoint) -> v1::SnapshotComplete {
    v1::SnapshotComplete { position: point.position.to_string(), resume_token: point.to_string() }
}

impl Shape for Unacknowledged {
    type Message = v1::WatchUnacknowledgedResponse;

    fn message(frame: Frame<Self>) -> Self::Message {
        use v1::watch_unacknowledged_response::Frame as Sent;

        let entry = |row: Shown| v1::UnacknowledgedEntry { entry: Some(issues::entry(&row)) };
        let frame = match frame {
            Frame::Snapshot { reset, rows } => {
                let entries = rows.into_iter().map(entry).collect();
                Sent::Snapshot(v1::UnacknowledgedSnapshot { reset, entries })
            }
            Frame::Complete(point) => Sent::SnapshotComplete(complete(point)),
            Frame::Upsert(row) => Sent::Upsert(entry(row)),
            Frame::Remove(key) => Sent::Remove(unacknowledged_key(key)),
        };
        Self::Message { frame: Some(frame) }
    }

    fn progress(progress: v1::Progress) -> Self::Message {
        Self::Message { frame: Some(v1::watch_unacknowledged_response::Frame::Progress(progress)) }
    }
}

fn unacknowledged_key(key: Entry) -> v1::UnacknowledgedKey {
    use v1::unacknowledged_key::Key;

    let key = match key {
        Entry::Issue(id) => Key::IssueId(id.to_string()),
        Entry::Quarantined(position) => Key::QuarantinedPosition(position.to_string()),
    };
    v1::UnacknowledgedKey { key: Some(key) }
}

impl Shape for OneIssue {
    type Message = v1::WatchIssueResponse;

    fn message(frame: Frame<Self>) -> Self::Message {
        use v1::watch_issue_response::Frame as Sent;

        let frame = match frame {
            Frame::Snapshot { reset, rows } => {
                let issue = rows.first().map(|row: &IssueDetail| issues::detail(row));
                Sent::Snapshot(v1::IssueSnapshot { reset, issue })
            }
            Frame::Complete(point) => Sent::SnapshotComplete(complete(point)),
            Frame::Upsert(row) => Sent::Upsert(issues::detail(&row)),
            Frame::Remove(id) => Sent::Remove(issue_key(id)),
        };
        Self::Message { frame: Some(frame) }
    }

    fn progress(progress: v1::Progress) -> Self::Message {
        Self::Message { frame: Some(v1::watch_issue_response::Frame::Progress(progress)) }
    }
}

fn issue_key(id: IssueId) -> v1::IssueKey {
    v1::IssueKey { issue_id: id.to_string() }
}

impl Shape for Timeline {
    type Message = v1::WatchTimelineResponse;

    fn message(frame: Frame<Self>) -> Self::Message {
        use v1::watch_timeline_response::Frame as Sent;

        let frame = match frame {
            Frame::Snapshot { reset, rows } => {
                let entries = rows.iter().map(|item| timeline_entry(item)).collect();
                Sent::Snapshot(v1::TimelineSnapshot { reset, entries })
            }
            Frame::Complete(point) => Sent::SnapshotComplete(complete(point)),
            Frame::Upsert(row) => Sent::Upsert(timeline_entry(&row)),
            Frame::Remove(TimelineKey { issue: _, position }) => {
                Sent::Remove(v1::TimelineKey { position: position.to_string() })
            }
        };
        Self::Message { frame: Some(frame) }
    }

    fn progress(progress: v1::Progress) -> Self::Message {
        Self::Message { frame: Some(v1::watch_timeline_response::Frame::Progress(progress)) }
    }
}

impl Shape for Owed {
    type Message = v1::WatchOwedPingsResponse;

    fn message(frame: Frame<Self>) -> Self::Message {
        use v1::watch_owed_pings_response::Frame as Sent;

        let frame = match frame {
            Frame::Snapshot { reset, rows } => {
                let issues = rows.iter().map(owed_issue).collect();
                Sent::Snapshot(v1::OwedSnapshot { reset, issues })
            }
            Frame::Complete(point) => Sent::SnapshotComplete(complete(point)),
            Frame::Upsert(row) => Sent::Upsert(owed_issue(&row)),
            Frame::Remove(id) => Sent::Remove(v1::OwedKey { issue: id.to_string() }),
        };
        Self::Message { frame: Some(frame) }
    }

    fn progress(progress: v1::Progress) -> Self::Message {
        Self::Message { frame: Some(v1::watch_owed_pings_response::Frame::Progress(progress)) }
    }
}
