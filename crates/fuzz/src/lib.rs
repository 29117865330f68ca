//! What strangers send and people write by hand, fed with noise: a function a target, each total over any bytes.
//!
//! A target panics where Davy breaks a promise. `corpus/<target>` holds small inputs, some made by hand and some found;
//! `cargo test -p davy-fuzz` replays them, and a change of each by every byte. `libfuzzer/` looks for more (`tests/README.md`).
//! Deliberately absent: libFuzzer, which the workspace is built without.

#![expect(clippy::panic, reason = "a broken promise is to be found")]

mod answer;
mod directory;
mod event;
mod mapping;
mod page;

pub use answer::answer_link;
pub use directory::directory_file;
pub use event::event;
pub use mapping::mapping;
pub use page::page_token;

/// A target: it returns, or finds a defect.
pub type Target = fn(&[u8]);

/// All of them, by the name of their corpus.
pub const TARGETS: [(&str, Target); 5] = [
    ("answer_link", answer_link),
    ("directory_file", directory_file),
    ("event", event),
    ("mapping", mapping),
    ("page_token", page_token),
];

/// What stands before and after the first line of that text; without one, all of it before.
fn split<'a>(data: &'a [u8], line: &[u8]) -> (&'a [u8], &'a [u8]) {
    let at = data.windows(line.len()).position(|window| window == line);
    let Some((before, rest)) = at.and_then(|at| data.split_at_checked(at)) else { return (data, &[]) };
    (before, rest.get(line.len()..).unwrap_or_default())
}
