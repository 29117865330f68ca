//! `davy token`: the file of bearer tokens. It is changed on the machine that holds it; no Davy needs to run.

use std::{path::PathBuf, time::Duration};

use anyhow::Context as _;
use app::{WantedToken, tokens};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use crate::{
    cli::{Format, examples},
    exit::{Exit, Failure},
    output::{Out, say},
    session::Session,
    time,
};

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token and print it, once
    #[command(after_help = examples("  davy token create --name crm-sales --department sales --role publisher\n  davy token create --name ana --department sales --person crm:ana --role responder --expires 90d"))]
    Create(Box<CreateArgs>),
    /// List the tokens; not their secrets, which nobody has
    #[command(after_help = examples("  davy token list\n  davy token list --file /etc/davy/tokens.toml -o json"))]
    List(FileArgs),
    /// Take a token away; a running Davy refuses it within 2 s
    #[command(after_help = examples("  davy token revoke crm-sales"))]
    Revoke(RevokeArgs),
}

/// Which file.
#[derive(Debug, Args)]
pub(crate) struct FileArgs {
    /// The file, as auth.tokens names it to Davy; the user that Davy runs as must be able to read it
    #[arg(long, value_name = "FILE", default_value = "tokens.toml")]
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// What people call it, such as crm-sales
    #[arg(long, value_name = "NAME")]
    name: String,
    /// For which department it speaks
    #[arg(long, value_name = "DEPARTMENT")]
    department: String,
    /// What it may do; as often as needed, none for reading only
    #[arg(long = "role", value_name = "ROLE", value_parser = ["publisher", "responder", "head", "arbiter", "pager", "admin", "auditor"])]
    roles: Vec<String>,
    /// For whom, as <system>:<id>; a tool's token is nobody's
    #[arg(long, value_name = "SYSTEM:ID")]
    person: Option<String>,
    /// After how long it is refused, such as 90d
    #[arg(long, value_name = "DURATION", value_parser = time::duration)]
    expires: Option<Duration>,
    #[command(flatten)]
    file: FileArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    /// Its name
    name: String,
    #[command(flatten)]
    file: FileArgs,
}

pub(crate) fn run(command: TokenCommand, session: &mut Session) -> anyhow::Result<()> {
    match command {
        TokenCommand::Create(args) => create(*args, session.now, &mut session.out),
        TokenCommand::List(FileArgs { file }) => list(&file, session.now, &mut session.out),
        TokenCommand::Revoke(RevokeArgs { name, file: FileArgs { file } }) => {
            tokens::revoke(&file, &name).map_err(refused)?;
            say(&format!("`{name}` is revoked; a Davy that runs refuses it within 2 s"));
            Ok(())
        }
    }
}

fn create(args: CreateArgs, created: Timestamp, out: &mut Out) -> anyhow::Result<()> {
    let CreateArgs { name, department, roles, person, expires, file: FileArgs { file } } = args;
    let ends = |lasts: Duration| {
        created.checked_add(lasts).context("the token would never expire; leave --expires out")
    };
    let expires = expires.map(ends).transpose()?;
    let wanted = WantedToken { name: name.clone(), department, person, roles, created, expires };
    let token = tokens::create(&file, wanted).map_err(refused)?;
    match out.format {
        Format::Table => out.line(&token)?,
        Format::Json | Format::Ndjson => out.line(&json!({ "name": name, "token": token }).to_string())?,
    }
    out.flush()?;
    let file = file.display();
    say(&format!(
        "Keep it: this is the only time it is shown. {file} holds a digest; auth.tokens = \"{file}\" makes Davy know it."
    ));
    Ok(())
}

fn list(file: &std::path::Path, now: Timestamp, out: &mut Out) -> anyhow::Result<()> {
    let known = tokens::read(file).map_err(refused)?;
    for entry in &known.tokens {
        let person = entry.person.as_deref().unwrap_or_default();
        let line = match out.format {
            Format::Json | Format::Ndjson => json!({
                "name": entry.name, "department": entry.department, "person": person, "roles": entry.roles,
                "created": entry.created, "expires": entry.expires,
            })
            .to_string(),
            Format::Table => {
                let whose = if person.is_empty() {
                    entry.department.clone()
                } else {
                    format!("{}/{person}", entry.department)
                };
                let expires = match entry.expires {
                    None => String::new(),
                    Some(at) if at <= now => "  expired".to_owned(),
                    Some(at) => format!("  until {}", out.time(Some(&time::to_proto(at)))),
                };
                format!("{:<24}  {:<32}  {}{expires}", entry.name, whose, entry.roles.join(","))
            }
        };
        out.line(&line)?;
    }
    if known.tokens.is_empty() {
        say(&format!("no tokens in {}", file.display()));
    }
    Ok(())
}

/// With the exit code that says what kind of failure it is.
fn refused(error: app::TokenError) -> anyhow::Error {
    use app::TokenError;

    let exit = match &error {
        TokenError::Unknown(_) => Exit::NotFound,
        TokenError::Use { .. } => Exit::BadConfig,
        TokenError::Busy { .. } => Exit::Refused,
        TokenError::Read { .. } | TokenError::Keep { .. } | TokenError::Write { .. } | TokenError::Draw => {
            Exit::Other
        }
    };
    let message = error.to_string();
    anyhow::Error::new(error).context(Failure::new(exit, message))
}
