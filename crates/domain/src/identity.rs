//! One customer out of many ids (`domain.md` 4.3): what is said about leaves, which of them are one customer, and by what
//! name that customer goes.
//!
//! Nothing here is remembered as a whole. An [`Edge`] is one saying about two leaves and whatever took it back; the customer
//! is worked out from the edges whenever somebody asks ([`Connected`]), as of any instant and position. Deliberately absent:
//! where edges are kept (the engine's store), and events, which stay with the leaf that they came with.

mod blocked;
mod check;
mod connect;
mod doors;
mod edge;
mod fact;
mod graph;
mod profile;
mod then;

pub use blocked::is_blocked;
pub use check::{MergeSides, check_alias, check_merge, check_withdrawal};
pub use connect::{Conflict, Connected, Hint, HintKind};
pub use doors::{Doors, NotCompared, OpenIssue, doors, not_compared};
pub use edge::{Edge, EdgeState, Tie, TieKind, Withdrawal};
pub use fact::{AliasAssertion, Confidence, CustomerFact, CustomerName, LeafKind, doubts};
pub use profile::{Contract, Kept, Money, Profile, ProfileChange, is_about_customer};
pub use then::{Moment, Moments, Then};
