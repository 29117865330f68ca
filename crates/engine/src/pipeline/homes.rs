//! How far Davy's own events got in each home: what the next command there expects of the log, and which time it may
//! carry (`design.md` 4).

use std::collections::{BTreeMap, btree_map};

use domain::{Arrived, Position};
use jiff::Timestamp;

use crate::{Change, HomeRecord, RawMessage, Store, StoreError};

/// What every subject of an event begins with.
const EVENTS: &str = "davy.events.";
/// Bytes of a home at most: a slug, a colon and an encoded id. Nothing stands in a longer one.
const HOME_BYTES: usize = 32 + 1 + domain::limits::TOKEN_BYTES;

/// The homes that changed in the last two batches; the others are in the store.
#[derive(Debug, Default)]
pub(crate) struct Homes {
    /// In the batch in the making.
    changed: BTreeMap<String, HomeRecord>,
    /// In the batch before, which may not be in the store yet.
    handed_over: BTreeMap<String, HomeRecord>,
}

/// Which of Davy's own origins speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaker {
    Command,
    Escalator,
    Pager,
}

impl Homes {
    /// Notes a message, whatever becomes of it: the log counts all that match a home's subjects.
    pub(crate) fn note(
        &mut self,
        store: &dyn Store,
        raw: &RawMessage,
        content: &Arrived,
    ) -> Result<(), StoreError> {
        let Some((speaker, home)) = own(&raw.subject) else { return Ok(()) };
        let record = match self.changed.entry(home.to_owned()) {
            btree_map::Entry::Occupied(known) => known.into_mut(),
            btree_map::Entry::Vacant(place) => {
                let known = self
                    .handed_over
                    .get(home)
                    .copied()
                    .map_or_else(|| store.home(home), |known| Ok(Some(known)));
                place.insert(known?.unwrap_or_default())
            }
        };
        record.see(speaker, raw.position, time(content));
        Ok(())
    }

    /// What is not in a batch yet. Every batch before is in the store by now.
    pub(crate) fn drain(&mut self, changes: &mut Vec<Change>) {
        self.handed_over = std::mem::take(&mut self.changed);
        changes.extend(self.handed_over.iter().map(|(home, record)| Change::Home(home.clone(), *record)));
    }
}

impl HomeRecord {
    fn see(&mut self, speaker: Speaker, position: Position, time: Option<Timestamp>) {
        match speaker {
            Speaker::Command => self.last_command = position,
            Speaker::Escalator => self.last_escalator = position,
            Speaker::Pager => {}
        }
        self.last_own_time = self.last_own_time.max(time);
    }
}

/// Who of Davy speaks in which home, by a subject such as `davy.events.command.crm:4711.issue.acknowledged`.
fn own(subject: &str) -> Option<(Speaker, &str)> {
    let (origin, rest) = subject.strip_prefix(EVENTS)?.split_once('.')?;
    let speaker = match origin {
        "command" => Speaker::Command,
        "escalator" => Speaker::Escalator,
        "pager" => Speaker::Pager,
        _ => return None,
    };
    let (home, verb) = rest.split_once('.')?;
    (!verb.is_empty() && home.len() <= HOME_BYTES).then_some((speaker, home))
}

/// When one of Davy's own events happened.
fn time(content: &Arrived) -> Option<Timestamp> {
    match content {
        Arrived::Event(event) => event.origin.is_own().then_some(event.time),
        Arrived::Directory(_)
        | Arrived::UnknownDocument { .. }
        | Arrived::Operation(_)
        | Arrived::Quarantined(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::Origin;

    use super::*;

    /// The build stops here for an origin that is new.
    fn speaker(origin: &Origin) -> (&'static str, Option<Speaker>) {
        match origin {
            Origin::Department(_) => ("support", None),
            Origin::Command(_) => ("command", Some(Speaker::Command)),
            Origin::Escalator(_) => ("escalator", Some(Speaker::Escalator)),
            Origin::Pager(_) => ("pager", Some(Speaker::Pager)),
        }
    }

    #[test]
    fn every_origin_of_davys_own_is_known_by_its_word() {
        let made = [Origin::Department, Origin::Command, Origin::Escalator, Origin::Pager];
        for origin in made.map(|origin| origin("support".parse().unwrap())) {
            let (word, speaker) = speaker(&origin);
            assert_eq!(speaker.is_some(), origin.is_own(), "{word}");
            let found = own(&format!("davy.events.{word}.crm:1.issue.closed")).map(|(speaker, _)| speaker);
            assert_eq!(found, speaker, "{word}");
        }
    }

    #[test]
    fn only_davys_own_events_move_a_home() {
        let own = |subject| own(subject);
        assert_eq!(own("davy.events.command.crm:1.issue.acknowledged"), Some((Speaker::Command, "crm:1")));
        assert_eq!(own("davy.events.escalator._.clock.breached"), Some((Speaker::Escalator, "_")));
        assert_eq!(own("davy.events.pager.crm:1.ping.attempted"), Some((Speaker::Pager, "crm:1")));
        let none = [
            "davy.events.support.crm:1.issue.reported",
            "davy.events.command.crm:1",
            "davy.events.command.crm:1.",
            "davy.directory.person.mia",
        ];
        none.iter().for_each(|subject| assert_eq!(own(subject), None, "{subject}"));
        let long = format!("davy.events.command.{}.issue.closed", "x".repeat(HOME_BYTES + 1));
        assert_eq!(own(&long), None);
    }
}
