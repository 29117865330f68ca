//! `davy whoami`: who Davy takes you for, and what you may do.

use anyhow::Context as _;
use client::json;
use proto::v1::{WhoAmIRequest, WhoAmIResponse};

use crate::{cli::Format, output::Out, session::Session};

pub(crate) async fn run(session: &mut Session) -> anyhow::Result<()> {
    let answer = session.api.who_am_i(WhoAmIRequest {}).await.context("ask who you are")?;
    let out = &mut session.out;
    match out.format {
        Format::Table => show(&answer, out),
        Format::Json | Format::Ndjson => Ok(out.line(&json::to_string(&answer)?)?),
    }
}

fn show(answer: &WhoAmIResponse, out: &mut Out) -> anyhow::Result<()> {
    let WhoAmIResponse { principal, department, person, roles, credential, expires_at } = answer;
    let person = person.as_ref().map(|person| format!("{}:{}", person.system, person.id));
    let expires = expires_at.as_ref().map(|at| out.time(Some(at)));
    out.fields(&[
        ("principal", principal.clone()),
        ("department", department.clone()),
        ("person", person.unwrap_or_default()),
        (
            "roles",
            if roles.is_empty() { "none; reads what is open to all".to_owned() } else { roles.join(", ") },
        ),
        ("known by", credential.clone()),
        ("expires", expires.unwrap_or_default()),
    ])?;
    Ok(())
}
