//! PagerDuty's Events v2. An incident there is an issue here (`dedup_key`), so that several pings of one issue are one
//! incident; it is acknowledged when somebody answers, and resolved when nothing is overdue any more.

use serde_json::{Value, json};

use super::{
    Channel, News, OpenChannelError, Receipt, SendError, Sending,
    channels::http::{client, url},
};
use crate::{
    Message, Secret,
    config::PagerDuty,
    net::{HttpClient, Post, Url, judge},
    pager::Clock,
    ping::{Content, Severity},
    text,
};

/// Bytes of a `dedup_key`.
const KEY: usize = 255;

/// PagerDuty.
pub(super) struct PagerDutyChannel {
    name: String,
    url: Url,
    routing_key: Secret,
    http: HttpClient,
    clock: Clock,
}

impl std::fmt::Debug for PagerDutyChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PagerDutyChannel").field("name", &self.name).finish_non_exhaustive()
    }
}

impl PagerDutyChannel {
    pub(super) fn open(name: &str, config: &PagerDuty, clock: &Clock) -> Result<Self, OpenChannelError> {
        if config.routing_key.is_empty() {
            return Err(OpenChannelError::Unusable { name: name.to_owned(), why: "it has no routing key" });
        }
        Ok(Self {
            name: name.to_owned(),
            url: url(name, &config.url)?,
            routing_key: config.routing_key.clone(),
            http: client(name, &config.http)?,
            clock: clock.clone(),
        })
    }

    /// An incident for each issue, which is one: its messages are of a ping each.
    async fn trigger(&self, message: &Message) -> Result<Receipt, SendError> {
        for content in message.issues() {
            let mut event = self.event("trigger", &content.issue);
            event["payload"] = payload(message, content);
            event["links"] = links(content);
            self.post(&event).await?;
        }
        Ok(Receipt::new("PagerDuty took it"))
    }

    async fn tell(&self, issue: &str, news: News) -> Result<Receipt, SendError> {
        let action = match news {
            News::Answered => "acknowledge",
            News::Over => "resolve",
        };
        self.post(&self.event(action, issue)).await?;
        Ok(Receipt::new("PagerDuty took it"))
    }

    fn event(&self, action: &str, issue: &str) -> Value {
        let key: String = issue.chars().take(KEY).collect();
        json!({ "routing_key": self.routing_key.reveal(), "event_action": action, "dedup_key": key })
    }

    async fn post(&self, event: &Value) -> Result<(), SendError> {
        let body = event.to_string().into_bytes();
        let post = Post { url: &self.url, headers: Vec::new(), content_type: "application/json", body };
        judge(&self.http.post(post, (self.clock)()).await?)
    }
}

fn payload(message: &Message, content: &Content) -> Value {
    let customer = text::line(&content.customer, 200);
    let summary = if customer.is_empty() {
        text::title(content)
    } else {
        format!("{customer}: {}", text::title(content))
    };
    json!({
        "summary": summary,
        "source": "davy",
        "severity": severity(content.severity),
        "timestamp": message.at.to_string(),
        "group": content.department,
        "class": "davy.ping",
        "custom_details": { "text": text::block(content, message.at).join("\n"), "ping": content.ping.as_str() },
    })
}

fn links(content: &Content) -> Value {
    let link = text::link(content).map(|url| json!({ "href": url, "text": "Answer this ping" }));
    Value::Array(link.into_iter().collect())
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::One => "critical",
        Severity::Two => "error",
        Severity::Three | Severity::Unassessed => "warning",
        Severity::Four => "info",
    }
}

impl Channel for PagerDutyChannel {
    fn name(&self) -> &str {
        &self.name
    }

    fn server(&self, _: &Message) -> Option<String> {
        Some(self.url.server())
    }

    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(self.trigger(message))
    }

    fn tells_one_by_one(&self) -> bool {
        true
    }

    fn follows_up(&self) -> bool {
        true
    }

    fn follow_up<'a>(&'a self, issue: &'a str, news: News) -> Sending<'a> {
        Box::pin(self.tell(issue, news))
    }
}
