//! Slack's incoming webhooks: blocks to show, and a line of text for notifications. A link instead of a button, because a
//! button of an incoming webhook shows a warning; and nothing can be changed later.

use serde_json::{Value, json};

use super::{
    Channel, OpenChannelError, Receipt, SendError, Sending,
    channels::http::{client, target, url},
};
use crate::{
    Message,
    config::Slack,
    net::{HttpClient, Post, Url, judge},
    pager::Clock,
    ping::Content,
    text,
};

/// Slack takes 50 blocks: one opens, one each for an issue.
const ISSUES: usize = 48;
/// Characters that Slack takes in a section.
const SECTION: usize = 2_900;

/// Slack.
pub(super) struct SlackChannel {
    name: String,
    own: Option<Url>,
    http: HttpClient,
    clock: Clock,
}

impl std::fmt::Debug for SlackChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlackChannel").field("name", &self.name).finish_non_exhaustive()
    }
}

impl SlackChannel {
    pub(super) fn open(name: &str, config: &Slack, clock: &Clock) -> Result<Self, OpenChannelError> {
        Ok(Self {
            name: name.to_owned(),
            own: config.url.as_ref().map(|own| url(name, own)).transpose()?,
            http: client(name, &config.http)?,
            clock: clock.clone(),
        })
    }

    async fn post(&self, message: &Message) -> Result<Receipt, SendError> {
        let url = target(&message.to.address, self.own.as_ref())?;
        let body = body(message).to_string().into_bytes();
        let post = Post { url: &url, headers: Vec::new(), content_type: "application/json", body };
        let answer = self.http.post(post, (self.clock)()).await?;
        judge(&answer).map(|()| Receipt::new("Slack took it"))
    }
}

fn body(message: &Message) -> Value {
    let issues = message.issues();
    let mut blocks = Vec::new();
    if issues.len() > 1 {
        blocks.push(section(&escaped(&text::opening(message, issues.len()))));
    }
    blocks.extend(issues.iter().take(ISSUES).map(|content| section(&told(message, content))));
    if let Some(more) = issues.len().checked_sub(ISSUES).filter(|more| *more > 0) {
        blocks.push(section(&format!("and {more} more: `davy pings list`")));
    }
    json!({ "text": escaped(&text::subject(message)), "blocks": blocks, "unfurl_links": false })
}

fn section(text: &str) -> Value {
    let text: String = text.chars().take(SECTION).collect();
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } })
}

fn told(message: &Message, content: &Content) -> String {
    let mut lines = text::block(content, message.at).into_iter().map(|line| escaped(&line));
    let title = lines.next().map(|title| format!("*{}*", title.replace('*', "∗"))).unwrap_or_default();
    let rest: Vec<_> = lines.collect();
    let link = text::link(content).map(|url| format!("\n<{}|*Answer this ping*>", escaped(url)));
    format!("{title}\n{}{}", rest.join("\n"), link.unwrap_or_default())
}

/// What Slack reads as markup, mentions (`<!channel>`) and links.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

impl Channel for SlackChannel {
    fn name(&self) -> &str {
        &self.name
    }

    fn server(&self, message: &Message) -> Option<String> {
        target(&message.to.address, self.own.as_ref()).ok().map(|url| url.server())
    }

    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(self.post(message))
    }
}
