//! Links to other issues (`domain.md` 4.10), and other references of this one.

use crate::{
    Anomalies, Anomaly, Directory, Event, Issue, IssueId, Link, LinkKind, Reference, limits::ISSUE_LIST,
};

impl Issue {
    /// `link.added`: `duplicate_of` changes where the issue stands, and only this one; the others are shown.
    pub(super) fn link(
        &mut self,
        link: Link,
        event: &Event,
        directory: &Directory,
        doubts: &mut Anomalies,
    ) -> bool {
        if link.other == self.id {
            doubts.insert(Anomaly::SelfLink);
            return false;
        }
        match link.kind {
            LinkKind::DuplicateOf => {
                self.may_judge(event, directory, doubts) && self.become_duplicate(link.other, event, doubts)
            }
            LinkKind::RecurrenceOf | LinkKind::Related | LinkKind::Distinct | LinkKind::BlockedBy => {
                self.note_link(link, doubts)
            }
        }
    }

    fn become_duplicate(&mut self, of: IssueId, event: &Event, doubts: &mut Anomalies) -> bool {
        if self.duplicate_of == Some(of) {
            doubts.insert(Anomaly::Already);
            return false;
        }
        self.duplicate_of = Some(of);
        self.settle_deferrals(event);
        true
    }

    fn note_link(&mut self, link: Link, doubts: &mut Anomalies) -> bool {
        let doubt = if self.links.contains(&link) {
            Anomaly::Already
        } else if self.links.len() >= ISSUE_LIST {
            Anomaly::TooMany
        } else {
            self.links.push(link);
            return true;
        };
        doubts.insert(doubt);
        false
    }

    /// `link.removed`: the issue stands again where its own events put it.
    pub(super) fn unlink(
        &mut self,
        link: Link,
        event: &Event,
        directory: &Directory,
        doubts: &mut Anomalies,
    ) -> bool {
        match link.kind {
            LinkKind::DuplicateOf => {
                self.may_judge(event, directory, doubts) && self.stop_being_duplicate(link.other, doubts)
            }
            LinkKind::RecurrenceOf | LinkKind::Related | LinkKind::Distinct | LinkKind::BlockedBy => {
                self.forget_link(link, doubts)
            }
        }
    }

    fn forget_link(&mut self, link: Link, doubts: &mut Anomalies) -> bool {
        let before = self.links.len();
        self.links.retain(|known| *known != link);
        let removed = self.links.len() < before;
        if !removed {
            doubts.insert(Anomaly::Already);
        }
        removed
    }

    fn stop_being_duplicate(&mut self, of: IssueId, doubts: &mut Anomalies) -> bool {
        let linked = self.duplicate_of.take_if(|known| *known == of).is_some();
        if !linked {
            doubts.insert(Anomaly::BadTransition);
        }
        linked
    }

    /// `issue.known_as`: what another tool knows by that reference is this issue too. Which of several such events counts is
    /// for [`crate::Kinship`], which sees all of them.
    pub(super) fn know_as(&mut self, reference: &Reference, doubts: &mut Anomalies) -> bool {
        if IssueId::of(reference) == self.id {
            doubts.insert(Anomaly::SelfLink);
            return false;
        }
        if !self.references.contains(reference) {
            self.references.push(reference.clone());
        }
        true
    }
}
