//! The SDK: how a department's tool publishes events to Davy, and how anybody asks it questions.
//!
//! - [`Publisher`] sends events over NATS, as department tools do, and awaits their acks.
//! - [`Api`] calls the four gRPC services; what cannot be answered yet is asked again within a deadline.
//! - [`Event`] builds a message: its subject and its body.
//! - [`json`] is the one JSON form of every answer.
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

mod api;
mod event;
pub mod json;
mod name;
mod publisher;

pub use api::{Api, ApiError, ApiOptions, Code, ConfigError, FieldViolation, OnWait, Paged, Pages};
pub use event::{Event, EventError, parse_event};
pub use name::{NameError, issue_name, reference, shown_reference};
pub use proto::v1;
pub use publisher::{Credentials, Pending, PublishError, Published, Publisher, PublisherOptions};
pub use wire::{TokenError, customer_token};
