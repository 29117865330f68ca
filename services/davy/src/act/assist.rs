//! `davy assist`: work asked of another department, and its answer.

use clap::Args;
use proto::v1::{
    AcceptAssistRequest, AnswerAssistRequest, DeclineAssistRequest, Person, RequestAssistRequest,
};

use super::{ActArgs, Told, due, issue, owner, person, print, words};
use crate::session::Session;

#[derive(Debug, Args)]
pub(crate) struct AssistArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// What is asked, with --of
    #[arg(value_name = "QUESTION", requires = "of")]
    question: Vec<String>,
    /// Ask this department
    #[arg(long, value_name = "DEPARTMENT", requires = "question", group = "what")]
    of: Option<String>,
    /// Do what was asked of your department
    #[arg(long, group = "what")]
    take: bool,
    /// Answer what was asked
    #[arg(long, value_name = "TEXT", group = "what")]
    answer: Option<String>,
    /// Do not do what was asked, for this reason
    #[arg(long, value_name = "REASON", group = "what")]
    decline: Option<String>,
    /// Record help that nobody had asked for
    #[arg(long, value_name = "TEXT", group = "what")]
    helped: Option<String>,
    /// Which assist; the only open one unless given
    #[arg(long, value_name = "ID", default_value = "")]
    id: String,
    /// Ask this person of the department
    #[arg(long, value_name = "SYSTEM:ID", value_parser = person, requires = "of")]
    person: Option<Person>,
    /// By when, such as 24h or 16:00
    #[arg(long, value_name = "TIME", requires = "of")]
    due: Option<String>,
    /// The issue cannot be resolved before it is answered
    #[arg(long, requires = "of")]
    blocking: bool,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn run(args: AssistArgs, session: &mut Session) -> anyhow::Result<()> {
    let AssistArgs {
        issue: name,
        question,
        of,
        take,
        answer,
        decline,
        helped,
        id,
        person,
        due: when,
        blocking,
        act,
    } = args;
    if let Some(department) = of {
        let due = match &when {
            Some(text) => due(text, session)?,
            None => None,
        };
        let request = RequestAssistRequest {
            issue: issue(&name)?,
            department: department.clone(),
            person,
            question: words(&question)?,
            due,
            blocking,
            options: act.options(),
        };
        let asked = session.api.request_assist(request).await;
        return print(
            asked,
            &format!("ask {department}"),
            |answer| {
                let result = answer.result.as_ref();
                (
                    result,
                    Told::new(format!("{department} is asked about {name}; {} owns it still", owner(result))),
                )
            },
            session,
        );
    }
    if take {
        let request = AcceptAssistRequest { issue: issue(&name)?, assist: id, options: act.options() };
        let taken = session.api.accept_assist(request).await;
        return print(
            taken,
            &format!("take the assist of {name}"),
            |answer| {
                let told = Told::new(format!("you help with {name}; its owner stays"));
                (answer.result.as_ref(), told.next(format!("davy assist {name} --answer \"...\"")))
            },
            session,
        );
    }
    if let Some(reason) = decline {
        let request =
            DeclineAssistRequest { issue: issue(&name)?, assist: id, reason, options: act.options() };
        let declined = session.api.decline_assist(request).await;
        let told = Told::new(format!("the assist of {name} is declined"));
        return print(
            declined,
            &format!("decline the assist of {name}"),
            |answer| (answer.result.as_ref(), told),
            session,
        );
    }
    let unrequested = helped.is_some();
    let request = AnswerAssistRequest {
        issue: issue(&name)?,
        assist: id,
        answer: answer.or(helped).unwrap_or_default(),
        unrequested,
        options: act.options(),
    };
    let answered = session.api.answer_assist(request).await;
    let told = Told::new(if unrequested {
        format!("the help with {name} is recorded")
    } else {
        format!("the assist of {name} is answered")
    });
    print(answered, &format!("answer the assist of {name}"), |answer| (answer.result.as_ref(), told), session)
}
