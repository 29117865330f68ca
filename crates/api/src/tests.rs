//! Stories over the services as clients reach them: requests in, a log in memory, the real pipeline, answers out.

mod access;
mod commanding;
mod directory;
mod merging;
mod oncall;
mod operating;
mod paging;
mod publishing;
mod reading;
mod served;
mod silence;
mod system;
mod watching;

use system::{System, bare, event, reason};
