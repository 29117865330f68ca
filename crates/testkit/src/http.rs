//! One HTTP request, without a client library.

use anyhow::Context as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::PATIENCE;

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Such as 200.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// As text.
    pub body: String,
}

/// Gets a URL such as `http://127.0.0.1:8080/readyz`.
///
/// # Errors
/// If nothing answers.
pub async fn get(url: &str) -> anyhow::Result<Answer> {
    let rest = url.strip_prefix("http://").context("only http:// is known")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let text = timeout(PATIENCE, ask(host, path)).await.with_context(|| format!("get {url}"))??;
    parse(&text).with_context(|| format!("read the answer of {url}"))
}

async fn ask(host: &str, path: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(host).await.with_context(|| format!("connect to {host}"))?;
    // HTTP/1.0: the body is not chunked and ends with the connection.
    let request = format!("GET /{path} HTTP/1.0\r\nhost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    Ok(text)
}

fn parse(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    Some(Answer { status, headers, body: body.to_owned() })
}
