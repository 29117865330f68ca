//! `calendar.set`, `rotation.set`, `schedule.set`, `override.set`, `policy.set`: who works and who is on call when, and who is
//! pinged. Limits, windows, targets and times are short texts, the same in events, in the API and in files.
//!
//! Reading tells everything that cannot be meant, each with its member; `domain` judges what is left.

mod calendar;
mod days;
mod exception;
mod person;
mod policy;
mod rotation;
mod schedule;
mod text;

use std::fmt::Display;

use domain::{Document, DocumentKey, check_alone};

pub(crate) use calendar::CalendarSet;
pub(crate) use exception::OverrideSet;
pub(crate) use person::{QuietForm, RuleForm, read_rules, rules};
pub(crate) use policy::{PlanForm, PolicySet, StepForm};
pub(crate) use rotation::RotationSet;
pub(crate) use schedule::{LayerForm, ScheduleSet, ShiftForm, TemporaryForm};

/// Something in a document that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Such as `plans[0].steps[1].wait`.
    pub member: String,
    /// What is wrong with it.
    pub what: String,
}

/// What is wrong so far.
#[derive(Debug, Default)]
pub struct Flaws(pub Vec<Flaw>);

impl Flaws {
    pub(crate) fn add(&mut self, member: impl Into<String>, what: impl Display) {
        self.0.push(Flaw { member: member.into(), what: what.to_string() });
    }

    /// The value, unless there is something wrong with it.
    pub(crate) fn keep<T, E: Display>(&mut self, member: &str, read: Result<T, E>) -> Option<T> {
        read.map_err(|what| self.add(member, what)).ok()
    }
}

/// The first thing that is wrong, if there is any: with the form, or with the document by itself.
fn whole(document: Option<Document>, flaws: Flaws) -> Result<Document, String> {
    if let Some(Flaw { member, what }) = flaws.0.into_iter().next() {
        return Err(format!("`{member}`: {what}"));
    }
    let document = document.ok_or("the document says nothing")?;
    match check_alone(&document).into_iter().next() {
        Some(mistake) => Err(format!("`{}`: {}", mistake.member, mistake.kind)),
        None => Ok(document),
    }
}

const OTHER_KIND: &str = "the subject names another kind of document";

/// Reads the form of one kind.
macro_rules! set {
    ($form:ty, $kind:ident) => {
        impl super::directory::DocumentData for $form {
            fn document(self, key: DocumentKey) -> Result<Document, String> {
                let DocumentKey::$kind(id) = key else { return Err(OTHER_KIND.to_owned()) };
                let mut flaws = Flaws::default();
                let document = self.read(id, &mut flaws).map(Document::$kind);
                whole(document, flaws)
            }
        }
    };
}

set!(CalendarSet, Calendar);
set!(RotationSet, Rotation);
set!(ScheduleSet, Schedule);
set!(OverrideSet, Override);
set!(PolicySet, Policy);
