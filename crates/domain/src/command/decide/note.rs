//! Notes: anybody's, about any issue.

use super::{
    super::{Decision, Draft, Words},
    required,
};
use crate::{Payload, Refusal};

pub(super) fn add(text: &str, internal: bool) -> Result<Decision, Refusal> {
    required::text("text", "what is to be noted", text)?;
    let words = Words::none().text("note", text).flag("internal", internal);
    Ok(Draft::new("issue.detail_added", Payload::Noted).saying(words).into())
}
