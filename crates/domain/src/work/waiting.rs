//! What holds the work on an open issue up. Deferrals are [`super::Deferral`]s.

use crate::Since;

/// Both may be so at once; the customer's is shown then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// The customer was asked, and has not answered.
    pub customer: Option<Since>,
    /// Somebody outside is to deliver.
    pub external: Option<Since>,
}
