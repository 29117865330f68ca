//! `davy nats config`: the text of `nats-server.conf`, of which `deploy/nats/nats-server.conf` is the example.
//!
//! Two things keep departments apart. A user's permissions: what they do not allow, the server refuses and says so. And
//! an account for each: nothing crosses from one into another but what is exported and imported by name.

use std::str::FromStr;

use clap::Args;
use nkeys::{KeyPair, KeyPairType};

use super::name::Name;
use crate::{exit::Failure, session::Session};

/// Of the example that is shipped.
const EXAMPLE: [&str; 4] = ["sales", "support", "engineering", "field-service"];

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    /// Departments, and davy, each with the public key of its user
    #[arg(value_name = "NAME[=PUBLIC_KEY]")]
    users: Vec<User>,
}

/// A user of the server.
#[derive(Clone, Debug)]
struct User {
    name: Name,
    key: Option<String>,
}

impl FromStr for User {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, key) = text.split_once('=').map_or((text, None), |(name, key)| (name, Some(key)));
        let is_user = |key: &str| {
            KeyPair::from_public_key(key).is_ok_and(|pair| pair.key_pair_type() == KeyPairType::User)
        };
        match key {
            Some(key) if !is_user(key) => {
                Err("a user's public key is expected behind =, U and 55 more letters and digits".to_owned())
            }
            Some(_) | None => Ok(Self { name: name.parse()?, key: key.map(str::to_owned) }),
        }
    }
}

pub(super) fn run(args: ConfigArgs, session: &mut Session) -> anyhow::Result<()> {
    let ConfigArgs { users } = args;
    let mut davy = None;
    let mut departments: Vec<(String, Option<String>)> = Vec::new();
    for User { name, key } in users {
        match name {
            Name::Davy => davy = key,
            Name::Department(name) if departments.iter().any(|(other, _)| *other == name) => {
                return Err(Failure::usage(format!("{name} is given twice")));
            }
            Name::Department(name) => departments.push((name, key)),
        }
    }
    if departments.is_empty() {
        departments.extend(EXAMPLE.map(|name| (name.to_owned(), None)));
    }
    session.out.part(&config(davy.as_deref(), &departments))?;
    Ok(())
}

fn config(davy: Option<&str>, departments: &[(String, Option<String>)]) -> String {
    let mut text = SERVER.to_owned();
    let names: Vec<_> = departments.iter().map(|(name, _)| name.as_str()).collect();
    text.push_str(&service(&names, davy));
    for (name, key) in departments {
        text.push_str(&department(name, key.as_deref()));
    }
    text.push_str(END);
    text
}

/// One department's account.
pub(super) fn department(name: &str, key: Option<&str>) -> String {
    let key = key_of(name, key);
    format!(
        r#"
    {name} {{
        users: [
            {{
                nkey: "{key}"
                permissions: {{
                    publish: {{ allow: ["davy.events.{name}.>"] }}
                    subscribe: {{ allow: ["_INBOX_{name}.>"] }}
                }}
            }}
        ]
        imports: [ {{ service: {{ account: DAVY, subject: "davy.events.{name}.>" }} }} ]
    }}
"#
    )
}

/// What lets a department's account publish into Davy's.
pub(super) fn export(name: &str) -> String {
    format!(r#"            {{ service: "davy.events.{name}.>", accounts: ["{name}"] }}"#)
}

/// What lets Davy carry what a department says through its API.
pub(super) fn carried(name: &str) -> String {
    format!(r#"                        "davy.events.{name}.>""#)
}

fn lines(names: &[&str], line: fn(&str) -> String) -> String {
    names.iter().map(|name| line(name) + "\n").collect()
}

fn service(departments: &[&str], key: Option<&str>) -> String {
    let key = key_of("davy", key);
    let carried = lines(departments, carried);
    let exports = lines(departments, export);
    format!(
        r#"    # Davy itself: davy.toml has inbox_prefix = "_INBOX_davy" and the seed of this key.
    DAVY {{
        jetstream: enabled
        users: [
            {{
                nkey: "{key}"
                permissions: {{
                    publish: {{ allow: [
                        # The stream, which Davy makes once and never changes, and its own way of reading it.
                        "$JS.API.STREAM.CREATE.DAVY"
                        "$JS.API.STREAM.INFO.DAVY"
                        "$JS.API.STREAM.MSG.GET.DAVY"
                        "$JS.API.CONSUMER.CREATE.DAVY.>"
                        "$JS.API.CONSUMER.DELETE.DAVY.>"
                        "$JS.API.CONSUMER.MSG.NEXT.DAVY.>"
                        # What Davy itself says, and nobody else may.
                        "davy.events.command.>"
                        "davy.events.escalator.>"
                        "davy.events.pager.>"
                        "davy.directory.>"
                        # What departments say through Davy's API (PublishEvents, HTTP, davy import), which asks who they
                        # are. Without these lines each department publishes over NATS only.
{carried}                    ] }}
                    subscribe: {{ allow: ["_INBOX_davy.>"] }}
                }}
            }}
            # `davy log restore` makes a stream anew and needs more than Davy: a user for that day, taken out afterwards.
            # {{
            #     nkey: "PUBLIC KEY OF restore"
            #     permissions: {{
            #         publish: {{ allow: ["$JS.API.STREAM.*.DAVY", "$JS.API.CONSUMER.>", "$JS.API.STREAM.MSG.GET.DAVY", "davy.>"] }}
            #         subscribe: {{ allow: ["_INBOX_restore.>"] }}
            #     }}
            # }}
        ]
        exports: [
{exports}        ]
    }}
"#
    )
}

/// A server does not start with what stands here for a key that is missing.
fn key_of(name: &str, key: Option<&str>) -> String {
    key.map_or_else(|| format!("PUBLIC KEY OF {name}"), ToOwned::to_owned)
}

const SERVER: &str = r#"# A nats-server for Davy, with a user for each department. nats-server 2.12 or newer: nats-server -c nats-server.conf
#
# Each department may publish as itself and hear the acks, and nothing else: not read the stream, not listen to others, not
# speak for them or for Davy. The department in an event's subject is therefore who sent it.
#
# Keys: `davy nats user support` writes the seed into support.nk, for support alone, and prints the public key for here. The
# server does not start before every PUBLIC KEY OF ... is filled in. `davy nats config` prints this file for other departments.
#
# One more department: `davy nats user billing` prints its account and its two lines of Davy's; then
# `nats-server --signal reload`, twice: the first makes the account, the second connects it. Nobody else notices. To shut a
# department out, delete its account and its export and reload.

listen: "127.0.0.1:4222"

# Davy asks here (nats.monitor_url) whether what was stored survives a power cut.
http: "127.0.0.1:8222"

# Room for an event's body and its headers.
max_payload: 1MB

jetstream {
    store_dir: "/var/lib/nats"
    # A publish is confirmed only when it is on disk. Without this line up to two minutes of complaints are lost in a power cut.
    sync_interval: always
}

# Wherever `listen` is more than this machine: everything is sealed, and a client without TLS is refused. Davy and
# departments get ca.pem (nats.tls.ca, --nats-ca). With verify each client needs a certificate from that CA as well.
#tls {
#    cert_file: "/etc/nats/server-cert.pem"
#    key_file: "/etc/nats/server-key.pem"
#    ca_file: "/etc/nats/ca.pem"
#    verify: false
#    timeout: 5
#}

# Seconds for a client to say who it is.
authorization { timeout: 5 }

# An account is a world of its own. In one account the server would deliver an ack to whatever subject its publisher names as
# the place for it, another department's too: permissions do not bind the server. So each department has its own.
accounts {
"#;

const END: &str = "}\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_that_is_shipped_is_what_is_printed() {
        let shipped = std::fs::read_to_string(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../deploy/nats/nats-server.conf"
        ));
        let departments = EXAMPLE.map(|name| (name.to_owned(), None));
        assert_eq!(shipped.unwrap(), config(None, &departments), "write it with `davy nats config`");
    }

    #[test]
    fn only_names_and_keys_of_users_are_taken() {
        let key = KeyPair::new_user().public_key();
        let account = KeyPair::new_account().public_key();
        let taken = |text: &str| text.parse::<User>().is_ok();
        assert!(taken("davy") && taken("field-service") && taken(&format!("sales={key}")));
        for wrong in
            ["Sales", "a.b", "a>", "command", "escalator", "pager", "", "sales=", &format!("sales={account}")]
        {
            assert!(!taken(wrong), "{wrong}");
        }
    }
}
