//! `davy channel`: does a channel of the pager's work? The message is sent from here, as the pager would, with its configuration.

use std::path::PathBuf;

use anyhow::Context as _;
use app::{
    Config, TestOf,
    config::{ProcessEnv, Sources},
};
use clap::{Args, Subcommand};
use proto::v1::{DocumentKind, DocumentName, GetDocumentRequest, document::Document as Kind};

use crate::{
    cli::{Format, examples},
    exit::{Exit, Failure},
    output::clean,
    session::Session,
};

#[derive(Debug, Subcommand)]
pub(crate) enum ChannelCommand {
    /// Send one message that says it is a test
    #[command(after_help = test_help())]
    Test(TestArgs),
}

#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// A channel, by its name in the configuration: the message goes where its own pings go
    #[arg(value_name = "NAME", required_unless_present = "contact")]
    channel: Option<String>,
    /// A contact of a person, as the directory has them
    #[arg(long, value_name = "PERSON/CONTACT", conflicts_with = "channel")]
    contact: Option<String>,
    /// The pager's configuration; deploy/example.toml shows every option
    #[arg(long, value_name = "FILE", env = "DAVY_CONFIG")]
    config: Option<PathBuf>,
}

fn test_help() -> String {
    examples(
        "  davy channel test room --config /etc/davy/davy.toml
  davy channel test --contact mia/mail

The message is sent from this machine, by the [pager.channels] of the configuration; nothing is written to the log. Exit code 1:
the receiver did not take it, and what it said.",
    )
}

/// `davy channel`
pub(crate) async fn run(command: ChannelCommand, session: &mut Session) -> anyhow::Result<()> {
    let ChannelCommand::Test(TestArgs { channel, contact, config }) = command;
    let sources = Sources { file: config.as_deref(), env: &ProcessEnv, flags: &[] };
    let config = Config::load(&sources)
        .map_err(|error| anyhow::Error::new(Failure::new(Exit::BadConfig, error.to_string())))?;
    let to = match contact {
        Some(contact) => of_contact(&contact, session).await?,
        None => TestOf::Channel(channel.unwrap_or_default()),
    };
    let (channel, said) = app::test_channel(&config, to).await.context("send a test")?;
    let out = &mut session.out;
    match out.format {
        Format::Table => out.line(&clean(&format!("the channel {channel} took a test: {said}")))?,
        Format::Json | Format::Ndjson => {
            out.line(&serde_json::json!({ "channel": channel, "detail": said }).to_string())?;
        }
    }
    Ok(())
}

/// A contact with its address, as whoever may see it does.
async fn of_contact(text: &str, session: &Session) -> anyhow::Result<TestOf> {
    let named = text.split_once('/').filter(|(person, contact)| !person.is_empty() && !contact.is_empty());
    let (person, contact) =
        named.ok_or_else(|| Failure::usage(format!("`{text}` is no <person>/<contact>")))?;
    let name = Some(DocumentName { kind: DocumentKind::Person.into(), id: person.to_owned() });
    let found = session.api.get_document(GetDocumentRequest { name, read: None }).await;
    let found = found.with_context(|| format!("find the person {person}"))?;
    let Some(Kind::Person(document)) = found.document.and_then(|document| document.document) else {
        return Err(Failure::new(Exit::NotFound, format!("there is no person {person}")).into());
    };
    let Some(point) = document.contacts.into_iter().find(|point| point.name == contact) else {
        return Err(Failure::new(Exit::NotFound, format!("{person} has no contact {contact}")).into());
    };
    if point.address.is_empty() {
        let text = format!("the address of {person}/{contact} is hidden from you; an admin sees it");
        return Err(Failure::new(Exit::Denied, text).into());
    }
    Ok(TestOf::Contact {
        person: person.to_owned(),
        name: document.name,
        contact: point.name,
        kind: point.kind,
        address: point.address,
    })
}
