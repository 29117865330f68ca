//! A receiver of webhooks, and a caller of links: plain HTTP over sockets.

use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

pub(crate) struct Receiver {
    url: String,
    arrived: Arc<Mutex<Vec<Value>>>,
}

impl Receiver {
    /// Takes whatever is posted until the test ends.
    pub(crate) fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/pings", listener.local_addr().unwrap());
        let arrived = Arc::new(Mutex::default());
        let into = Arc::clone(&arrived);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let into = Arc::clone(&into);
                thread::spawn(move || serve(stream, &into));
            }
        });
        Self { url, arrived }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The ids of the pings, as they came.
    pub(crate) fn ids(&self) -> Vec<String> {
        let arrived = self.arrived.lock().unwrap();
        let ids = arrived.iter().flat_map(pings).filter_map(|ping| ping["ping"].as_str());
        ids.map(ToOwned::to_owned).collect()
    }

    /// The ids of those about an issue of this title, each once.
    pub(super) fn ids_of(&self, title: &str) -> BTreeSet<String> {
        let arrived = self.arrived.lock().unwrap();
        let about = arrived.iter().flat_map(pings).filter(|ping| ping["title"] == title);
        about.filter_map(|ping| ping["ping"].as_str()).map(ToOwned::to_owned).collect()
    }

    /// The pings that came, each with the person or channel that it was for.
    pub(super) fn pings(&self) -> Vec<(String, String)> {
        let arrived = self.arrived.lock().unwrap();
        let told = arrived.iter().flat_map(|body| pings(body).map(move |ping| (ping, recipient(body))));
        told.map(|(ping, to)| (ping["ping"].as_str().unwrap().to_owned(), to)).collect()
    }

    /// Links to answer by.
    pub(super) fn links(&self) -> Vec<String> {
        let arrived = self.arrived.lock().unwrap();
        let links = arrived.iter().flat_map(pings).filter_map(|ping| ping["answer"]["url"].as_str());
        links.map(ToOwned::to_owned).collect()
    }
}

fn pings(body: &Value) -> impl Iterator<Item = &Value> {
    body["data"]["pings"].as_array().into_iter().flatten()
}

fn recipient(body: &Value) -> String {
    let to = &body["data"]["to"];
    to["person"].as_str().or_else(|| to["channel"].as_str()).unwrap().to_owned()
}

/// One connection, as many requests as it sends.
fn serve(stream: TcpStream, into: &Mutex<Vec<Value>>) {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut length, mut first) = (0, true);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() && !first {
                break;
            }
            first = false;
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        into.lock().unwrap().push(serde_json::from_slice(&body).unwrap_or_default());
        if reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").is_err() {
            return;
        }
    }
}

/// Asks a link; status and body.
pub(super) async fn ask(method: &str, link: &str) -> (u16, String) {
    let rest = link.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!(
        "{method} /{path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer)
}
