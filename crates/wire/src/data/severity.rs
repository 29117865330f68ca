//! `issue.severity_changed`.

use domain::Payload;
use serde::{Deserialize, Serialize};

use super::{
    Context, Data,
    common::{SeverityForm, Text, Word, own_word, word},
};

/// The harm was assessed anew. `to` or `source_severity` must be given.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct SeverityChanged {
    /// 1 (worst) to 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<SeverityForm>,
    /// The tool's own word for it; by default `to`. Empty: there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source_severity: Option<Word>,
    /// assessed, customer or floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) basis: Option<Word>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Text>,
}

impl Data for SeverityChanged {
    fn payload(&self, _context: &Context<'_>) -> Result<Payload, String> {
        if self.to.is_none() && word(self.source_severity.as_ref()).is_none() {
            return Err("`to` is missing: the severity, 1 to 4".to_owned());
        }
        Ok(Payload::SeverityChanged {
            to: self.to.as_ref().and_then(SeverityForm::assessed).unwrap_or_default(),
            word: own_word(self.source_severity.as_ref(), self.to.as_ref()),
        })
    }
}
