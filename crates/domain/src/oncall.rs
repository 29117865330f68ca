//! Who is on duty, and when: rotations, layers, overrides and temporary schedules.
//!
//! A schedule is read as PagerDuty and GoAlert read it. Its layers lie over each other: a later one covers an earlier one
//! wherever it has somebody on duty. A temporary schedule stands in for all layers in its interval. Overrides come on top.
//!
//! All times of day are wall-clock times of a named zone, never an offset; all intervals are `[from, until)`. Everything
//! here is computed from the wall clock in closed form, so that a year-old rotation costs no more than one of today.
//!
//! Deliberately absent: the clock, who may change a schedule, what is sent to whom, and calendars as text.

mod duty;
mod edges;
mod error;
mod overrides;
mod rotation;
mod schedule;
mod shifts;
mod window;

pub use error::OnCallError;
pub use overrides::Override;
pub use rotation::{Rotation, RotationUnit, Shift};
pub use schedule::{Layer, Schedule, Temporary, Who};
pub use shifts::{Gap, OnDuty, Shifts, Source, next_change, on_call_at, people_on_call, shifts};
pub use window::ShiftWindow;
