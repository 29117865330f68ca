//! `davy promise`: what the customer is told will be done, by when.

use clap::Args;
use proto::v1::{KeepPromiseRequest, MakePromiseRequest, Person, RenegotiatePromiseRequest};

use super::{ActArgs, Told, due, issue, item, person, print, words};
use crate::session::Session;

#[derive(Debug, Args)]
pub(crate) struct PromiseArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// What is promised
    #[arg(value_name = "WHAT", required_unless_present_any = ["kept", "move_to"])]
    what: Vec<String>,
    /// By when, such as 2d or 16:00
    #[arg(long, value_name = "TIME")]
    due: Option<String>,
    /// To whom at the customer's
    #[arg(long, value_name = "NAME")]
    to: Option<String>,
    /// Who promises it; you unless given
    #[arg(long, value_name = "SYSTEM:ID", value_parser = person)]
    by: Option<Person>,
    /// It is done; how one can tell
    #[arg(long, value_name = "EVIDENCE", num_args = 0..=1, default_missing_value = "", conflicts_with_all = ["what", "due"])]
    kept: Option<String>,
    /// Another day was agreed
    #[arg(long, value_name = "TIME", conflicts_with_all = ["what", "due", "kept"])]
    move_to: Option<String>,
    /// The customer agreed to it
    #[arg(long, requires = "move_to")]
    agreed: bool,
    /// Which promise; the only open one unless given
    #[arg(long, value_name = "ID", default_value = "")]
    id: String,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn run(args: PromiseArgs, session: &mut Session) -> anyhow::Result<()> {
    let PromiseArgs { issue: name, what, due: when, to, by, kept, move_to, agreed, id, act } = args;
    if let Some(evidence) = kept {
        let request =
            KeepPromiseRequest { issue: issue(&name)?, promise: id, evidence, options: act.options() };
        let answer = session.api.keep_promise(request).await;
        let told = Told::new(format!("the promise of {name} is kept"));
        return print(
            answer,
            &format!("keep the promise of {name}"),
            |answer| (answer.result.as_ref(), told),
            session,
        );
    }
    if let Some(text) = move_to {
        let request = RenegotiatePromiseRequest {
            issue: issue(&name)?,
            promise: id,
            due: due(&text, session)?,
            customer_agreed: agreed,
            options: act.options(),
        };
        let answer = session.api.renegotiate_promise(request).await;
        let told = Told::new(format!("the promise of {name} is due {text}"));
        return print(
            answer,
            &format!("move the promise of {name}"),
            |answer| (answer.result.as_ref(), told),
            session,
        );
    }
    let due = match &when {
        Some(text) => due(text, session)?,
        None => None,
    };
    let request = MakePromiseRequest {
        issue: issue(&name)?,
        what: words(&what)?,
        to: to.unwrap_or_default(),
        by,
        due,
        origin: 0,
        options: act.options(),
    };
    let answer = session.api.make_promise(request).await;
    let by = session.out.time(due.as_ref());
    print(
        answer,
        &format!("promise about {name}"),
        |answer| {
            let result = answer.result.as_ref();
            let told = Told::new(format!("promised, due {by} ({})", item(result)));
            (result, told.next(format!("davy promise {name} --kept")))
        },
        session,
    )
}
