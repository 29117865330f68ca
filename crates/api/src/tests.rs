//! Stories over the services as clients reach them: requests in, a log in memory, the real pipeline, answers out.

mod publishing;
mod reading;
mod served;
mod system;

use system::{System, bare, event, reason};
