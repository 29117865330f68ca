//! The form of the messages that commands make: `wire`'s.

use domain::{Digest, Draft, Identity};
use engine::{
    NewMessage,
    command::{Composer, Envelope},
};
use wire::{About, Composed};

/// Puts messages together as `wire` reads them.
pub(crate) struct WireComposer;

impl Composer for WireComposer {
    fn compose(&self, draft: &Draft, envelope: &Envelope<'_>) -> NewMessage {
        let Envelope { home, id, time, issue, customer, principal } = *envelope;
        let about = About { home, id, time, issue, customer, principal };
        let Composed { subject, body, identity: _ } = wire::compose(draft, &about);
        NewMessage { subject, headers: Vec::new(), body }
    }

    fn digest(&self, identity: &Identity) -> Digest {
        wire::identity_digest(&identity.source, &identity.id)
    }
}
