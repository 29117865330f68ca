//! A message that tells of nothing, to try a channel. Nothing is claimed and nothing recorded.

use jiff::Timestamp;
use tokio::time::timeout;

use crate::{
    Clock, Config, PagerError, Secret,
    channel::{Channels, News, Receipt, SendError},
    message::{Destination, Item, Message},
    ping::{Content, PingId, Recipient, Severity},
};

/// The issue that it tells of.
const ISSUE: &str = "davy-channel-test";

/// Where a trial goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// A channel, to its own receiver; or a person, at a contact.
    pub recipient: Recipient,
    /// The person's name, or empty.
    pub name: String,
    /// The kind of the contact; empty for a channel.
    pub kind: String,
    /// The address of the contact; empty for a channel.
    pub address: Secret,
}

/// Why a trial did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The channels cannot be used.
    #[error(transparent)]
    Pager(#[from] PagerError),
    /// There is none for it.
    #[error("find a channel of that name or kind; there are {known}")]
    NoChannel {
        /// Those that are configured.
        known: String,
    },
    /// Its receiver did not take it.
    #[error("send a test through {channel}")]
    Send {
        /// By its name.
        channel: String,
        /// Why.
        #[source]
        source: SendError,
    },
}

/// Sends one message that says it is a test. Answers with the name of the channel and with what its receiver said.
///
/// # Errors
/// Why it did not arrive.
pub async fn send_trial(config: &Config, to: Trial, clock: Clock) -> Result<(String, Receipt), TrialError> {
    let channels =
        Channels::open(&config.channels, &clock).map_err(|error| PagerError::Channel(Box::new(error)))?;
    let message = message(to, clock());
    let channel = channels.for_destination(&message.to).ok_or_else(|| {
        let names: Vec<_> = config.channels.iter().map(|channel| channel.name.as_str()).collect();
        TrialError::NoChannel { known: if names.is_empty() { "none".to_owned() } else { names.join(", ") } }
    })?;
    let told = async {
        let receipt = channel.send(&message).await?;
        if channel.follows_up() {
            // Nobody is to be paged by a test for longer than that.
            channel.follow_up(ISSUE, News::Over).await?;
        }
        Ok(receipt)
    };
    let patience = channel.patience();
    let told = timeout(patience, told).await.unwrap_or_else(|_| Err(SendError::too_slow(patience)));
    let name = channel.name().to_owned();
    match told {
        Ok(receipt) => Ok((name, receipt)),
        Err(source) => Err(TrialError::Send { channel: name, source }),
    }
}

fn message(to: Trial, at: Timestamp) -> Message {
    let Trial { recipient, name, kind, address } = to;
    let content = content(&recipient, at);
    let to = Destination { recipient, kind, address, name };
    Message { to, items: vec![Item { attempt: 1, content }], late: false, at }
}

/// Each has an id of its own, so that no receiver passes the second over.
fn content(recipient: &Recipient, at: Timestamp) -> Content {
    Content {
        ping: PingId::new(&format!("test-{}", at.as_millisecond())),
        issue: ISSUE.to_owned(),
        department: String::new(),
        recipient: recipient.clone(),
        kind: String::new(),
        address: Secret::default(),
        recipient_name: String::new(),
        title: "Test of this channel".to_owned(),
        customer: String::new(),
        severity: Severity::Four,
        since: None,
        what: "somebody tries whether pings arrive here; nothing is to be done".to_owned(),
        owner: String::new(),
        times: 1,
        step: String::new(),
        next_who: String::new(),
        next_at: None,
        answer_url: String::new(),
        answer_command: String::new(),
        restricted: false,
    }
}
