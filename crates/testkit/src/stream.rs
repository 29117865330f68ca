//! The stream as an operator reaches it: requests to the server's API, which no part of Davy makes.

use std::time::Duration;

use anyhow::{Context as _, bail};
use async_nats::{Client, Request};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// A server that is being restarted answers late, or not at all.
const ANSWER: Duration = Duration::from_secs(5);

/// Stream `DAVY`, under somebody's hands.
#[derive(Clone, Debug)]
pub struct Stream(Client);

impl Stream {
    /// Connects without credentials.
    ///
    /// # Errors
    /// If the server is not there.
    pub async fn connect(url: &str) -> anyhow::Result<Self> {
        Ok(Self(async_nats::connect(url).await.with_context(|| format!("connect to {url}"))?))
    }

    /// Its configuration, as the server gives it.
    ///
    /// # Errors
    /// If it is not there.
    pub async fn config(&self) -> anyhow::Result<Value> {
        Ok(self.ask("STREAM.INFO.DAVY", &json!({})).await?["config"].take())
    }

    /// The sequence of its last message.
    ///
    /// # Errors
    /// If it is not there.
    pub async fn last(&self) -> anyhow::Result<u64> {
        let info = self.ask("STREAM.INFO.DAVY", &json!({})).await?;
        info.pointer("/state/last_seq").and_then(Value::as_u64).context("the stream has no last sequence")
    }

    /// How many bytes it takes.
    ///
    /// # Errors
    /// If it is not there.
    pub async fn bytes(&self) -> anyhow::Result<u64> {
        let info = self.ask("STREAM.INFO.DAVY", &json!({})).await?;
        info.pointer("/state/bytes").and_then(Value::as_u64).context("the stream does not tell its size")
    }

    /// Changes its configuration.
    ///
    /// # Errors
    /// If the server does not.
    pub async fn update(&self, config: &Value) -> anyhow::Result<()> {
        self.ask("STREAM.UPDATE.DAVY", config).await.map(drop)
    }

    /// The subject of a message, and what it says.
    ///
    /// # Errors
    /// If there is none of that sequence.
    pub async fn message(&self, sequence: u64) -> anyhow::Result<(String, Vec<u8>)> {
        let found = self.ask("STREAM.MSG.GET.DAVY", &json!({ "seq": sequence })).await?;
        let text = |name: &str| found["message"][name].as_str().unwrap_or_default();
        let body = STANDARD.decode(text("data")).context("read the body of a message")?;
        Ok((text("subject").to_owned(), body))
    }

    /// Deletes it with everything in it.
    ///
    /// # Errors
    /// If the server does not.
    pub async fn delete(&self) -> anyhow::Result<()> {
        self.ask("STREAM.DELETE.DAVY", &json!({})).await.map(drop)
    }

    /// Makes it anew.
    ///
    /// # Errors
    /// If it is there already.
    pub async fn create(&self, config: &Value) -> anyhow::Result<()> {
        self.ask("STREAM.CREATE.DAVY", config).await.map(drop)
    }

    /// Deletes every consumer that it has at this moment; how many those were.
    ///
    /// # Errors
    /// If they cannot be listed.
    pub async fn delete_consumers(&self) -> anyhow::Result<usize> {
        let listed = self.ask("CONSUMER.NAMES.DAVY", &json!({})).await?;
        let names = listed["consumers"].as_array().cloned().unwrap_or_default();
        let mut deleted = 0;
        for name in names.iter().filter_map(Value::as_str) {
            // One that went by itself meanwhile is none that we took away.
            deleted +=
                usize::from(self.ask(&format!("CONSUMER.DELETE.DAVY.{name}"), &json!({})).await.is_ok());
        }
        Ok(deleted)
    }

    async fn ask(&self, what: &str, body: &Value) -> anyhow::Result<Value> {
        let request = Request::new().payload(body.to_string().into()).timeout(Some(ANSWER));
        let answer = self.0.send_request(format!("$JS.API.{what}"), request).await;
        let answer: Value =
            serde_json::from_slice(&answer.with_context(|| format!("ask for {what}"))?.payload)?;
        match answer.get("error") {
            Some(error) => bail!("{what}: {error}"),
            None => Ok(answer),
        }
    }
}
