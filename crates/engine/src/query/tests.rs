//! Stories and laws of the queries, over the real fold and the store in memory.

mod identity;
mod kin;
mod laws;
mod lists;
mod past;
mod recent;
mod silence;
mod timelines;
mod town;
mod watches;

use town::{Say, Town, at, issue};
