//! The connections of a listener, each once its keys are agreed on.
//!
//! Agreeing is waited for beside the taking of others, so that a client that does not say its part holds nobody up.

use std::{io, sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::mpsc, task::JoinSet, time::sleep};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use super::{ConnectionAge, link::Link};
use crate::{Tls, tls};

/// Connections that agree on keys at once; those above wait in the operating system's queue.
const HANDSHAKES: usize = 512;
/// Connections that are ready and not yet served.
const READY: usize = 64;
/// After a connection could not be taken, for want of file descriptors most likely.
const PAUSE: Duration = Duration::from_millis(200);

/// Takes connections until nobody wants them.
pub(super) fn links(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    cut: CancellationToken,
) -> ReceiverStream<io::Result<Link>> {
    let (ready, links) = mpsc::channel(READY);
    tokio::spawn(async move {
        let mut agreeing = JoinSet::new();
        loop {
            tokio::select! {
                () = ready.closed() => return,
                Some(_) = agreeing.join_next() => {}
                taken = listener.accept(), if agreeing.len() < HANDSHAKES => match taken {
                    Ok((stream, _)) => {
                        let (tls, ready, cut) = (tls.clone(), ready.clone(), cut.clone());
                        agreeing.spawn(async move {
                            match tls::accept(tls.as_deref(), stream).await {
                                Ok(accepted) => {
                                    let age = ConnectionAge::beginning();
                                    // Fails when the listener ends, and the connection with it.
                                    ready.send(Ok(Link::new(accepted, age, cut))).await.ok();
                                }
                                // The client is gone, or speaks something else; neither is news.
                                Err(error) => tracing::debug!(%error, "a connection came to nothing"),
                            }
                        });
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection cannot be taken");
                        sleep(PAUSE).await;
                    }
                },
            }
        }
    });
    ReceiverStream::new(links)
}
