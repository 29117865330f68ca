//! A mail server that takes everything, over SMTP and sockets.

use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader, Write as _},
    mem,
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// What comes before a ping's id, wherever a mail says how to answer.
const ANSWER: &str = "davy pings ack ";
/// Characters of an id.
const ID: usize = 36;

pub(super) struct Mailbox {
    port: u16,
    arrived: Arc<Mutex<Vec<Mail>>>,
}

/// A mail, as far as it is looked at.
#[derive(Clone, Debug)]
struct Mail {
    to: String,
    pings: BTreeSet<String>,
}

impl Mailbox {
    /// Takes whatever is sent until the test ends.
    pub(super) fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let arrived = Arc::new(Mutex::default());
        let into = Arc::clone(&arrived);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let into = Arc::clone(&into);
                // Whoever sends may be killed in the middle; then nothing has come.
                thread::spawn(move || serve(stream, &into));
            }
        });
        Self { port, arrived }
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// The pings that came, each with the address it came to.
    pub(super) fn pings(&self) -> Vec<(String, String)> {
        let arrived = self.arrived.lock().unwrap();
        let pings = arrived.iter().flat_map(|mail| mail.pings.iter().map(|ping| (ping, &mail.to)));
        pings.map(|(ping, to)| (ping.clone(), to.clone())).collect()
    }
}

/// One connection, as many mails as it sends; `None` at its end.
fn serve(stream: TcpStream, into: &Mutex<Vec<Mail>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    stream.get_mut().write_all(b"220 mail\r\n").ok()?;
    let (mut to, mut text, mut in_data) = (String::new(), String::new(), false);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let answer = match line.get(..4) {
            _ if in_data && line == ".\r\n" => {
                let mail = Mail { to: mem::take(&mut to), pings: pings(&mem::take(&mut text)) };
                into.lock().unwrap().push(mail);
                in_data = false;
                "250 taken\r\n"
            }
            _ if in_data => {
                text.push_str(&line);
                continue;
            }
            Some("RCPT") => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                "250 ok\r\n"
            }
            Some("DATA") => {
                in_data = true;
                "354 go on\r\n"
            }
            _ => "250 ok\r\n",
        };
        stream.get_mut().write_all(answer.as_bytes()).ok()?;
    }
}

/// The ids in a mail; its lines may be broken (quoted-printable).
fn pings(text: &str) -> BTreeSet<String> {
    let whole = text.replace("=\r\n", "");
    whole.split(ANSWER).skip(1).filter_map(|rest| rest.get(..ID)).map(ToOwned::to_owned).collect()
}
