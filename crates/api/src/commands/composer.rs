//! The form of the messages that commands make: `wire`'s.

use domain::{Digest, Draft, Identity};
use engine::{
    NewMessage,
    command::{Composer, Envelope, Speaker},
};
use wire::{About, Composed, Voice};

/// Puts messages together as `wire` reads them.
#[derive(Debug)]
pub struct WireComposer;

impl Composer for WireComposer {
    fn compose(&self, draft: &Draft, envelope: &Envelope<'_>) -> NewMessage {
        let Envelope { home, id, time, issue, customer, speaker } = *envelope;
        let voice = match speaker {
            Speaker::Command(principal) => Voice::Command(principal),
            Speaker::Escalator(department) => Voice::Escalator(department),
            Speaker::Pager(department) => Voice::Pager(department),
        };
        let about = About { home, id, time, issue, customer, voice };
        let Composed { subject, body, identity: _ } = wire::compose(draft, &about);
        NewMessage { subject, headers: Vec::new(), body }
    }

    fn digest(&self, identity: &Identity) -> Digest {
        wire::identity_digest(&identity.source, &identity.id)
    }
}
