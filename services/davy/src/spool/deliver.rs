//! Delivering a spool, and saying what came of it.

use std::time::Duration;

use client::{Delivered, Publisher, Spool, SpoolError};
use tokio::time::{Instant, sleep};

use crate::{exit, output::say};

/// Between looks whether another process is done with it.
const PAUSE: Duration = Duration::from_millis(100);

/// Delivers what is kept; waits a while for another process that does it already.
pub(crate) async fn deliver(
    spool: &Spool,
    publisher: &Publisher,
    patience: Duration,
) -> anyhow::Result<Delivered> {
    let deadline = Instant::now() + patience;
    let delivered = loop {
        match spool.deliver(publisher).await {
            Err(SpoolError::Busy { .. }) if Instant::now() + PAUSE < deadline => sleep(PAUSE).await,
            Err(error @ SpoolError::Busy { .. }) => {
                say(&error.to_string());
                break Delivered { left: spool.waiting().max(1), ..Delivered::default() };
            }
            other => break other?,
        }
    };
    tell(spool, &delivered);
    Ok(delivered)
}

fn tell(spool: &Spool, delivered: &Delivered) {
    let Delivered { stored, duplicates, position, refused, unreadable, left: _, stopped } = delivered;
    let dir = spool.dir().display();
    if stored + duplicates > 0 {
        let there =
            if *duplicates > 0 { format!(", {duplicates} of them there already") } else { String::new() };
        let delivered = super::events(stored + duplicates);
        say(&format!("delivered {delivered} kept in {dir}{there}; the last at {position}"));
    }
    for refusal in refused {
        say(&format!("set aside {}: {}", refusal.name, exit::sources(&refusal.error)));
    }
    for name in unreadable {
        say(&format!("set aside {name}: the file is damaged; it is {dir}/{name}.event.bad now"));
    }
    if let Some(error) = stopped {
        say(&format!("not all kept events are delivered: {}", exit::sources(error)));
    }
}
