//! `davy note`, `davy severity`, `davy update`, `davy ask`: what is known, how bad it is, what the customer hears.

use clap::Args;
use proto::v1::{AddNoteRequest, ChangeSeverityRequest, RequestCustomerInputRequest, SendUpdateRequest};

use super::{ActArgs, Told, done_at, due, issue, print, words};
use crate::session::Session;

#[derive(Debug, Args)]
pub(crate) struct NoteArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// What was learnt
    #[arg(value_name = "TEXT", required = true)]
    text: Vec<String>,
    /// Not for the customer
    #[arg(long)]
    internal: bool,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn note(args: NoteArgs, session: &mut Session) -> anyhow::Result<()> {
    let NoteArgs { issue: name, text, internal, act } = args;
    let request =
        AddNoteRequest { issue: issue(&name)?, text: words(&text)?, internal, options: act.options() };
    let answer = session.api.add_note(request).await;
    let told = Told::new(format!("noted on {name}"));
    print(answer, &format!("note on {name}"), |answer| (answer.result.as_ref(), told), session)
}

#[derive(Debug, Args)]
pub(crate) struct SeverityArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// 1 is the worst
    #[arg(value_name = "1..4", value_parser = clap::value_parser!(i32).range(1..=4))]
    severity: i32,
    /// Why; needed to lower it
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn severity(args: SeverityArgs, session: &mut Session) -> anyhow::Result<()> {
    let SeverityArgs { issue: name, severity, reason, act } = args;
    let request = ChangeSeverityRequest { issue: issue(&name)?, severity, reason, options: act.options() };
    let answer = session.api.change_severity(request).await;
    print(
        answer,
        &format!("change the severity of {name}"),
        |answer| {
            let result = answer.result.as_ref();
            let shown = result
                .and_then(|result| result.issue.as_ref())
                .map_or("?", |issue| crate::words::severity(issue.severity));
            (result, Told::new(format!("{name} is of severity {shown}")))
        },
        session,
    )
}

#[derive(Debug, Args)]
pub(crate) struct UpdateArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// What the customer was told
    #[arg(value_name = "TEXT", required = true)]
    text: Vec<String>,
    /// How: mail, phone, visit, ...
    #[arg(long = "by", value_name = "CHANNEL", default_value = "")]
    channel: String,
    /// When they hear of it again, such as 2d or 16:00: becomes a promise
    #[arg(long, value_name = "TIME")]
    next: Option<String>,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn update(args: UpdateArgs, session: &mut Session) -> anyhow::Result<()> {
    let UpdateArgs { issue: name, text, channel, next, act } = args;
    let next_update_due = match &next {
        Some(text) => due(text, session)?,
        None => None,
    };
    let request = SendUpdateRequest {
        issue: issue(&name)?,
        channel,
        summary: words(&text)?,
        next_update_due,
        options: act.options(),
    };
    let answer = session.api.send_update(request).await;
    let told = Told::new(format!("the update of {name} is recorded"));
    print(answer, &format!("update {name}"), |answer| (answer.result.as_ref(), told), session)
}

#[derive(Debug, Args)]
pub(crate) struct AskArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// What the customer was asked
    #[arg(value_name = "QUESTION", required = true)]
    question: Vec<String>,
    /// How: mail, phone, ...
    #[arg(long = "by", value_name = "CHANNEL", default_value = "")]
    channel: String,
    /// When it was sent, such as 5m (ago)
    #[arg(long, value_name = "TIME")]
    sent: Option<String>,
    /// The message that asks
    #[arg(long, value_name = "ID", default_value = "")]
    message: String,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn ask(args: AskArgs, session: &mut Session) -> anyhow::Result<()> {
    let AskArgs { issue: name, question, channel, sent, message, act } = args;
    let request = RequestCustomerInputRequest {
        issue: issue(&name)?,
        question: words(&question)?,
        channel,
        sent_at: done_at(sent.as_deref(), session)?,
        message_ref: message,
        options: act.options(),
    };
    let answer = session.api.request_customer_input(request).await;
    let told = Told::new(format!("{name} waits for the customer"));
    print(answer, &format!("ask about {name}"), |answer| (answer.result.as_ref(), told), session)
}
