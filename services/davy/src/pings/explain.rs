//! `davy pings explain`: why a ping was sent, or why nobody is pinged, in sentences.

use anyhow::Context as _;
use clap::Args;
use client::{ApiError, Code, json};
use proto::v1::{
    ExplainPingRequest, ExplainPingResponse, IssueName, explain_ping_request::About, issue_name::Name,
};

use super::{
    standing,
    which::{self, Which},
};
use crate::{
    cli::Format,
    output::{Out, clean},
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A ping by id or its first letters, or an issue such as zendesk:55
    #[arg(value_name = "PING|ISSUE")]
    which: String,
}

pub(super) async fn run(args: ExplainArgs, session: &mut Session) -> anyhow::Result<()> {
    let ExplainArgs { which: text } = args;
    let answer = match Which::read(&text)? {
        Which::Issue(issue) => ask(About::Issue(issue), session).await,
        Which::Beginning(beginning) => {
            ask(About::Ping(which::begins(&beginning, &session.api).await?), session).await
        }
        Which::Id(id) => match ask(About::Ping(id.clone()), session).await {
            // Not a ping's, then an issue's.
            Err(error) if error.code == Code::NotFound => {
                ask(About::Issue(IssueName { name: Some(Name::Id(id)) }), session).await
            }
            answer => answer,
        },
    };
    let answer = answer.with_context(|| format!("explain {}", which::shown(&text)))?;
    let out = &mut session.out;
    match out.format {
        Format::Table => show(&answer, out)?,
        Format::Json => out.line(&json::to_string(&answer)?)?,
        Format::Ndjson => {
            for explained in &answer.explanations {
                out.line(&json::to_string(explained)?)?;
            }
        }
    }
    Ok(out.state(answer.read_state.as_ref(), "")?)
}

async fn ask(about: About, session: &Session) -> Result<ExplainPingResponse, ApiError> {
    session.api.explain_ping(ExplainPingRequest { about: Some(about) }).await
}

fn show(answer: &ExplainPingResponse, out: &mut Out) -> anyhow::Result<()> {
    let ExplainPingResponse { explanations, runs, clocks, read_state: _ } = answer;
    for explained in explanations {
        let position =
            if explained.position.is_empty() { String::new() } else { format!(" [{}]", explained.position) };
        out.line(&clean(&format!("{}{position}", explained.text)))?;
    }
    Ok(standing::show(runs, clocks, out)?)
}
