//! One event, as arguments: a subject, or the department, customer and type that make one.

use std::io::Read as _;

use anyhow::Context as _;
use clap::Args;
use client::{Event, customer_token};
use jiff::{Timestamp, tz::TimeZone};
use proto::v1::EventMessage;
use serde_json::Value;

use crate::{
    exit::Failure,
    time::{self, Edge},
};

/// More than a message can hold is not read.
const DATA_BYTES: u64 = 1024 * 1024;

#[derive(Debug, Default, Args)]
pub(super) struct EventArgs {
    /// davy.events.<department>.<customer>.<entity>.<verb> or davy.directory.<kind>.<id>
    #[arg(conflicts_with_all = ["department", "customer", "customer_id", "type_name"])]
    subject: Option<String>,
    /// Whose event it is
    #[arg(long, value_name = "NAME", requires = "type_name", value_parser = department)]
    department: Option<String>,
    /// The customer's token such as crm:4711, or _ (unknown, the default); a raw id after the colon is encoded
    #[arg(long, value_name = "TOKEN", conflicts_with = "customer_id")]
    customer: Option<String>,
    /// The customer's id as --system writes it
    #[arg(long, value_name = "ID", requires = "system")]
    customer_id: Option<String>,
    /// The system of --customer-id
    #[arg(long, value_name = "NAME", requires = "customer_id")]
    system: Option<String>,
    /// Such as issue.reported
    #[arg(long = "type", value_name = "TYPE", id = "type_name", requires = "department")]
    type_name: Option<String>,
    /// The event's data: JSON, @FILE, or - for stdin
    #[arg(long, value_name = "JSON|@FILE|-")]
    data: Option<String>,
    /// Unique within the source; the same event sent again has the same id
    #[arg(long)]
    id: Option<String>,
    /// The tool that tells of it, such as /zendesk
    #[arg(long, value_name = "URI")]
    source: Option<String>,
    /// When it happened: RFC 3339, local "2026-03-02 10:04", or 4h (ago)
    #[arg(long)]
    time: Option<String>,
    /// Orders events of equal time
    #[arg(long, value_name = "TEXT")]
    sequence: Option<String>,
    /// History: folded, never pinged
    #[arg(long)]
    backfill: bool,
}

impl EventArgs {
    pub(super) fn message(&self, now: Timestamp, zone: &TimeZone) -> anyhow::Result<EventMessage> {
        let data = self.data()?;
        let mut event = match (&self.subject, &self.department, &self.type_name) {
            (Some(subject), _, _) => Event::on_subject(subject, data),
            (None, Some(department), Some(type_name)) => {
                Event::new(department, type_name, data).customer_token(self.customer_token()?)
            }
            (None, _, _) => {
                return Err(Failure::usage(
                    "say what to publish: a SUBJECT, --department and --type, or --file",
                ));
            }
        };
        if let Some(text) = &self.time {
            event =
                event.time(time::instant(text, Edge::Begins, now, zone).map_err(Failure::usage)?.to_string());
        }
        event = if let Some(id) = &self.id { event.id(id) } else { event };
        event = if let Some(source) = &self.source { event.source(source) } else { event };
        event = if let Some(sequence) = &self.sequence { event.sequence(sequence) } else { event };
        event.backfill(self.backfill).build().map_err(|error| Failure::usage(error.to_string()))
    }

    fn customer_token(&self) -> anyhow::Result<String> {
        let token = match (&self.customer, &self.customer_id, &self.system) {
            (_, Some(id), Some(system)) => customer_token(system, id),
            (Some(token), _, _) => return crate::read::customer(token),
            (None, _, _) => Ok("_".to_owned()),
        };
        token.map_err(|error| Failure::usage(error.to_string()))
    }

    fn data(&self) -> anyhow::Result<Value> {
        let text = match self.data.as_deref() {
            None => return Ok(Value::Object(serde_json::Map::new())),
            Some("-") => read(std::io::stdin().lock()).context("read the data from stdin")?,
            Some(text) => match text.strip_prefix('@') {
                Some(path) => std::fs::File::open(path)
                    .and_then(read)
                    .with_context(|| format!("read the data in {path}"))?,
                None => text.to_owned(),
            },
        };
        serde_json::from_str(&text).map_err(|error| Failure::usage(format!("the data is not JSON: {error}")))
    }
}

fn read(from: impl std::io::Read) -> std::io::Result<String> {
    let mut text = String::new();
    from.take(DATA_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

/// What no department can be called is a slip of the fingers, not an event for the quarantine.
fn department(text: &str) -> Result<String, String> {
    let slug = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if slug && (1..=32).contains(&text.len()) {
        Ok(text.to_owned())
    } else {
        Err("a department is 1 to 32 of a-z, 0-9 and -".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command};

    fn message(args: &[&str]) -> Result<EventMessage, String> {
        let args = ["davy", "publish"].iter().chain(args);
        let cli = Cli::try_parse_from(args).map_err(|error| error.kind().to_string())?;
        let Some(Command::Publish(args)) = cli.command else { panic!("not publish") };
        let now = "2026-03-02T12:00:00Z".parse().unwrap();
        args.event.message(now, &TimeZone::UTC).map_err(|error| error.to_string())
    }

    #[test]
    fn a_subject_and_its_parts_make_the_same_message() {
        let data = r#"{"text":"Pump"}"#;
        let whole = message(&["davy.events.sales.crm:4711.issue.reported", "--data", data]).unwrap();
        let parts = message(&[
            "--department",
            "sales",
            "--customer",
            "crm:4711",
            "--type",
            "issue.reported",
            "--data",
            data,
        ]);
        assert_eq!(Ok(&whole), parts.as_ref());
        assert_eq!(whole.body, data);
    }

    #[test]
    fn raw_ids_of_customers_are_encoded() {
        let subject = |args: &[&str]| {
            message(&[&["--department", "support", "--type", "contact.logged"], args].concat())
                .unwrap()
                .subject
        };
        let encoded = "davy.events.support.servicenow:Caller%202403.contact.logged";
        assert_eq!(subject(&["--customer-id", "Caller 2403", "--system", "servicenow"]), encoded);
        assert_eq!(subject(&["--customer", "servicenow:Caller 2403"]), encoded);
        assert_eq!(subject(&["--customer", "servicenow:Caller%202403"]), encoded);
        assert_eq!(subject(&[]), "davy.events.support._.contact.logged");
        assert!(subject(&["--customer", "crm:ana@example.org"]).starts_with("davy.events.support.crm:~"));
    }

    #[test]
    fn times_are_sent_in_utc_and_history_is_marked() {
        let message = message(&[
            "davy.events.sales._.issue.reported",
            "--time",
            "2026-03-02T11:00:00+01:00",
            "--backfill",
            "--id",
            "7",
        ]);
        let body: Value = serde_json::from_slice(&message.unwrap().body).unwrap();
        assert_eq!(
            (body["time"].as_str(), body["backfill"].as_bool(), body["id"].as_str()),
            (Some("2026-03-02T10:00:00Z"), Some(true), Some("7"))
        );
    }

    #[test]
    fn forms_that_do_not_go_together_are_refused() {
        for args in [
            &["davy.events.a._.b.c", "--department", "sales"][..],
            &["--department", "sales"],
            &["--type", "issue.reported"],
            &["--department", "a", "--type", "b.c", "--customer-id", "1"],
            &["--file", "x", "--id", "1"],
            &["davy.events.a._.b.c", "--nats-user", "sales"],
            &["davy.events.a._.b.c", "--nats-creds", "a", "--nats-nkey", "b"],
            &["davy.events.a._.b.c", "--data", "{"],
            &["davy.events.a._.b.c", "--data", "[]"],
            &["davy.events.a._.b.c", "--time", "soon"],
            &["davy.events.*._.b.c"],
            &[],
        ] {
            assert!(message(args).is_err(), "{args:?}");
        }
    }
}
