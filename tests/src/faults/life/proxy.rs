//! A line between two programs that can be cut, held up, slowed, or made to lose what is answered.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    time::sleep,
};

use crate::{block_on, spawn};

/// By which whatever passes is late on a slow line.
const DELAY: Duration = Duration::from_millis(40);
const BUFFER: usize = 32 * 1024;

/// How a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Open,
    /// All passes, late.
    Slow,
    /// Connections stand, and nothing passes until the line is better.
    Held,
    /// Questions pass, answers are lost; the connections end when the line is better.
    Deaf,
    /// Nobody gets through.
    Shut,
}

#[derive(Clone, Copy, Debug)]
struct State {
    way: Way,
    /// How often all connections were cut.
    cuts: usize,
}

/// Listens in place of a server, whatever its state.
#[derive(Debug)]
pub(crate) struct Proxy {
    address: String,
    state: watch::Sender<State>,
}

impl Proxy {
    /// To a server such as `127.0.0.1:4222`. Dropped, the line is gone.
    pub(crate) fn to(server: &str) -> Self {
        let (state, seen) = watch::channel(State { way: Way::Open, cuts: 0 });
        let listener = block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        spawn(listen(listener, server.to_owned(), seen));
        Self { address, state }
    }

    /// Such as `127.0.0.1:39175`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn set(&self, way: Way) {
        self.state.send_modify(|state| {
            // What a deaf line lost is missing in the middle of what is said.
            state.cuts += usize::from(state.way == Way::Deaf || way == Way::Shut);
            state.way = way;
        });
    }

    /// Ends all connections; new ones are taken.
    pub(crate) fn cut(&self) {
        self.state.send_modify(|state| state.cuts += 1);
    }
}

async fn listen(listener: TcpListener, server: String, mut state: watch::Receiver<State>) {
    loop {
        let near = tokio::select! {
            taken = listener.accept() => taken,
            _dropped = state.wait_for(|_| false) => return,
        };
        if let Ok((near, _)) = near {
            spawn(join(near, server.clone(), state.clone()));
        }
    }
}

/// One connection, until it is cut or either side ends it.
async fn join(near: TcpStream, server: String, mut state: watch::Receiver<State>) -> Option<()> {
    let cuts = state.borrow().cuts;
    let is_over = move |state: &State| state.cuts != cuts || state.way == Way::Shut;
    if is_over(&state.borrow()) {
        return None;
    }
    let far = TcpStream::connect(server).await.ok()?;
    near.set_nodelay(true).ok()?;
    far.set_nodelay(true).ok()?;
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    let (there, back) = (state.clone(), state.clone());
    tokio::select! {
        _ended = pass(near_in, far_out, there, false) => {}
        _ended = pass(far_in, near_out, back, true) => {}
        _over = state.wait_for(is_over) => {}
    }
    Some(())
}

async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut state: watch::Receiver<State>,
    is_answer: bool,
) -> io::Result<()> {
    let mut bytes = vec![0; BUFFER];
    loop {
        let read = from.read(&mut bytes).await?;
        if read == 0 {
            return Ok(());
        }
        let way = state.wait_for(|state| state.way != Way::Held).await.map(|state| state.way);
        match way {
            Ok(Way::Deaf) if is_answer => continue,
            Ok(Way::Slow) => sleep(DELAY).await,
            Ok(Way::Open | Way::Held | Way::Deaf | Way::Shut) => {}
            Err(_dropped) => return Ok(()),
        }
        to.write_all(&bytes[..read]).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that says everything back, and a connection to it.
    async fn echo() -> (Proxy, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = listener.local_addr().unwrap().to_string();
        spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                spawn(async move {
                    let (mut from, mut to) = stream.split();
                    tokio::io::copy(&mut from, &mut to).await
                });
            }
        });
        let proxy = tokio::task::spawn_blocking(move || Proxy::to(&server)).await.unwrap();
        let stream = TcpStream::connect(proxy.address()).await.unwrap();
        (proxy, stream)
    }

    async fn said(stream: &mut TcpStream, text: &str) -> String {
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut back = vec![0; 16];
        let read = stream.read(&mut back).await.unwrap_or(0);
        String::from_utf8(back[..read].to_vec()).unwrap()
    }

    #[test]
    fn a_line_passes_holds_back_loses_answers_and_is_cut() {
        block_on(async {
            let (proxy, mut stream) = echo().await;
            assert_eq!(said(&mut stream, "open").await, "open");
            proxy.set(Way::Held);
            let mut held = Box::pin(said(&mut stream, "held"));
            let early = tokio::time::timeout(Duration::from_millis(50), &mut held).await;
            assert!(early.is_err(), "nothing passes a line that is held");
            proxy.set(Way::Open);
            assert_eq!(held.await, "held", "and nothing is lost on it");
            proxy.set(Way::Deaf);
            let mut lost = Box::pin(said(&mut stream, "lost"));
            let early = tokio::time::timeout(Duration::from_millis(50), &mut lost).await;
            assert!(early.is_err(), "no answer comes back");
            proxy.set(Way::Open);
            assert_eq!(lost.await, "", "the connection ends where an answer was lost");
            let mut again = TcpStream::connect(proxy.address()).await.unwrap();
            assert_eq!(said(&mut again, "again").await, "again");
            proxy.cut();
            assert_eq!(said(&mut again, "cut").await, "");
        });
    }
}
