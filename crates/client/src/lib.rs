//! The SDK: how a department's tool publishes events to Davy, and how anybody asks it questions.
//!
//! - [`Publisher`] sends events over NATS, as department tools do, and awaits their acks.
//! - [`SpoolingPublisher`] keeps in a [`Spool`] what NATS does not confirm, and delivers it later, once.
//! - [`Api`] calls the gRPC services; what cannot be answered yet is asked again within a deadline.
//! - [`Watch`] tells of every change for as long as one listens, over lost connections; [`Rows`] keeps what it tells.
//! - [`Event`] builds a message: its subject and its body.
//! - [`json`] is the one JSON form of every answer; [`ical`] makes a calendar feed of shifts.
//!
//! Deliberately absent: any judgement about an event. Davy takes every fact; `ValidateEvent` says beforehand what it
//! would make of one.
//!
//! A complaint, published, and the answer to "who owns it?" that holds it:
//!
//! ```no_run
//! use davy_client::{Api, ApiOptions, Event, Publisher, PublisherOptions, issue_name};
//! use davy_client::v1::{ReadOptions, WhoOwnsRequest};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let publisher = Publisher::connect(PublisherOptions::new("nats://127.0.0.1:4222")).await?;
//! let data = serde_json::json!({
//!     "issue": { "system": "zendesk", "id": "55" },
//!     "text": "Pump resets every two hours since Friday",
//!     "reporter": "ana",
//! });
//! let event = Event::new("sales", "issue.reported", data).customer("crm", "4711")?.id("z-1").source("/zendesk");
//! let stored = publisher.publish(event.build()?).await?;
//!
//! let api = Api::connect(ApiOptions::new("http://127.0.0.1:50051"))?;
//! let read = ReadOptions { min_position: stored.position, ..ReadOptions::default() };
//! let request = WhoOwnsRequest { issue: Some(issue_name("zendesk:55")?), read: Some(read) };
//! let owner = api.who_owns(request).await?.owner;
//! # Ok(())
//! # }
//! ```
//!
//! What nobody has answered, worst first, page by page:
//!
//! ```no_run
//! use davy_client::v1::{IssueFilter, IssueOrder, ListUnacknowledgedRequest};
//!
//! # async fn example(api: davy_client::Api) -> Result<(), davy_client::ApiError> {
//! let filter = IssueFilter { department: "support".into(), ..IssueFilter::default() };
//! let order_by = IssueOrder::WorstFirst.into();
//! let mut pages = api.pages(ListUnacknowledgedRequest { filter: Some(filter), order_by, ..Default::default() });
//! while let Some(page) = pages.next().await? {
//!     println!("{} more", page.entries.len());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The same as it changes, gone on with where the last run ended:
//!
//! ```no_run
//! use davy_client::{Update, v1::WatchUnacknowledgedRequest, v1::watch_unacknowledged_response::Frame};
//!
//! # async fn example(api: davy_client::Api) -> Result<(), Box<dyn std::error::Error>> {
//! let resume_token = std::fs::read_to_string("davy.resume").unwrap_or_default();
//! let mut watch = api.watch_unacknowledged(WatchUnacknowledgedRequest { resume_token, ..Default::default() });
//! loop {
//!     let Update::Frame(frame) = watch.next().await? else { continue };
//!     match frame.frame {
//!         Some(Frame::Snapshot(rows)) if rows.reset => println!("all over again: {} rows", rows.entries.len()),
//!         Some(Frame::Snapshot(rows)) => println!("{} rows", rows.entries.len()),
//!         Some(Frame::Upsert(row)) => println!("new or changed: {row:?}"),
//!         Some(Frame::Remove(key)) => println!("answered, or done: {key:?}"),
//!         // What came before is dealt with: the next run begins here.
//!         Some(Frame::SnapshotComplete(_) | Frame::Progress(_)) => {
//!             std::fs::write("davy.resume", watch.resume_token())?;
//!         }
//!         None => {}
//!     }
//! }
//! # }
//! ```

mod api;
mod event;
pub mod json;
mod name;
mod publisher;
mod spool;
mod watch;

pub use api::{
    Api, ApiError, ApiIdentity, ApiOptions, ApiTls, Code, ConfigError, FieldViolation, OnWait, Paged, Pages,
    Token,
};
pub use event::{Event, EventError, parse_event};
pub use name::{NameError, issue_name, reference, shown_reference};
pub use proto::v1;
pub use publisher::{Credentials, Pending, PublishError, Published, Publisher, PublisherOptions, Tls};
pub use spool::{
    Clock, Delivered, Delivery, DeliveryError, Entry, KeptEvent, Refusal, Spool, SpoolError, SpoolOptions,
    SpoolingPublisher, Standing, StartError,
};
pub use watch::{Change, PositionKey, RowFrame, Rows, UnacknowledgedId, Update, Watch, Watched};
pub use wire::{TokenError, customer_token, first_at, ical, last_at};
