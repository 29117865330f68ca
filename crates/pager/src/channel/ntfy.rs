//! ntfy: a push message with a button that answers. The button posts to the same address as the page does; opening the
//! message shows the page.

use http::{HeaderValue, header};
use serde_json::{Value, json};

use super::{
    Channel, OpenChannelError, Receipt, SendError, Sending,
    channels::http::{client, url},
};
use crate::{
    Message, Secret,
    config::Ntfy,
    net::{HttpClient, Post, Url, judge},
    pager::Clock,
    ping::{Content, Severity},
    text,
};

/// ntfy cuts what is longer into an attachment.
const TEXT: usize = 3_500;
/// ntfy shows so many buttons.
const BUTTONS: usize = 3;

/// ntfy.
pub(super) struct NtfyChannel {
    name: String,
    server: Url,
    topic: Option<Secret>,
    token: Option<HeaderValue>,
    http: HttpClient,
    clock: Clock,
}

impl std::fmt::Debug for NtfyChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NtfyChannel").field("name", &self.name).finish_non_exhaustive()
    }
}

impl NtfyChannel {
    pub(super) fn open(name: &str, config: &Ntfy, clock: &Clock) -> Result<Self, OpenChannelError> {
        let token = config.token.as_ref().map(|token| bearer(name, token)).transpose()?;
        Ok(Self {
            name: name.to_owned(),
            server: url(name, &config.url)?,
            topic: config.topic.clone(),
            token,
            http: client(name, &config.http)?,
            clock: clock.clone(),
        })
    }

    /// The server and the topic.
    fn target(&self, address: &Secret) -> Result<(Url, String), SendError> {
        let address = if address.is_empty() { self.topic.as_ref() } else { Some(address) };
        let text = address.ok_or_else(|| SendError::permanent("there is no topic to send it to"))?.reveal();
        if !text.contains("://") {
            return topic(text).map(|topic| (self.server.clone(), topic));
        }
        let (server, name) = text.trim_end_matches('/').rsplit_once('/').unwrap_or_default();
        let wrong = "its address is neither a topic nor https://host/topic";
        let server = Url::parse(server).ok_or_else(|| SendError::permanent(wrong))?;
        topic(name).map(|topic| (server, topic))
    }

    async fn post(&self, message: &Message) -> Result<Receipt, SendError> {
        let (url, topic) = self.target(&message.to.address)?;
        let body = body(message, &topic).to_string().into_bytes();
        // The token belongs to one server, and the address may name another.
        let token = self.token.clone().filter(|_| url.authority() == self.server.authority());
        let headers = token.map(|token| (header::AUTHORIZATION, token)).into_iter().collect();
        let post = Post { url: &url, headers, content_type: "application/json", body };
        let answer = self.http.post(post, (self.clock)()).await?;
        judge(&answer).map(|()| Receipt::new("ntfy took it"))
    }
}

fn bearer(name: &str, token: &Secret) -> Result<HeaderValue, OpenChannelError> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.reveal())).map_err(|_| {
        OpenChannelError::Unusable { name: name.to_owned(), why: "its token cannot stand in a header" }
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// As ntfy names topics.
fn topic(text: &str) -> Result<String, SendError> {
    let is_topic = (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if is_topic { Ok(text.to_owned()) } else { Err(SendError::permanent("its address is no topic of ntfy")) }
}

fn body(message: &Message, topic: &str) -> Value {
    let issues = message.issues();
    let actions: Vec<_> =
        issues.iter().filter_map(|content| button(content, issues.len())).take(BUTTONS).collect();
    json!({
        "topic": topic,
        "title": text::subject(message),
        "message": text::plain(message).chars().take(TEXT).collect::<String>(),
        "priority": priority(message.severity()),
        "tags": ["bell"],
        "click": issues.first().and_then(|content| text::link(content)),
        "actions": actions,
    })
}

fn button(content: &Content, of: usize) -> Option<Value> {
    let label = if of == 1 {
        "Answer".to_owned()
    } else {
        format!("Answer: {}", text::line(&text::title(content), 30))
    };
    let url = text::link(content)?;
    Some(json!({ "action": "http", "label": label, "url": url, "method": "POST", "clear": true }))
}

const fn priority(severity: Severity) -> u8 {
    match severity {
        Severity::One => 5,
        Severity::Two => 4,
        Severity::Three | Severity::Unassessed => 3,
        Severity::Four => 2,
    }
}

impl Channel for NtfyChannel {
    fn name(&self) -> &str {
        &self.name
    }

    fn server(&self, message: &Message) -> Option<String> {
        self.target(&message.to.address).ok().map(|(url, _)| url.server())
    }

    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(self.post(message))
    }
}
