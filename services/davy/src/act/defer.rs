//! `davy defer`: a dated postponement that somebody else allows.

use clap::Args;
use proto::v1::{CancelDeferralRequest, DecideDeferralRequest, RequestDeferralRequest};

use super::{ActArgs, Told, due, issue, print};
use crate::session::Session;

#[derive(Debug, Args)]
pub(crate) struct DeferArgs {
    /// Davy id, or <system>:<id> such as zendesk:55
    #[arg(value_name = "ISSUE")]
    issue: String,
    /// Ask to postpone it until then, such as 30d or 2026-12-01
    #[arg(long, value_name = "TIME", group = "what", requires = "reason")]
    until: Option<String>,
    /// Allow what was asked for
    #[arg(long, group = "what")]
    approve: bool,
    /// Do not allow what was asked for; with --reason
    #[arg(long, group = "what", requires = "reason")]
    deny: bool,
    /// Take the deferral back; with --reason
    #[arg(long, group = "what", requires = "reason", required_unless_present_any = ["until", "approve", "deny"])]
    cancel: bool,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    /// What helps the customer until then
    #[arg(long, value_name = "TEXT", requires = "until")]
    interim: Option<String>,
    /// Who at the customer's was told
    #[arg(long, value_name = "NAME", requires = "until")]
    told: Option<String>,
    /// Which deferral; the only one unless given
    #[arg(long, value_name = "ID", default_value = "")]
    id: String,
    #[command(flatten)]
    act: ActArgs,
}

pub(super) async fn run(args: DeferArgs, session: &mut Session) -> anyhow::Result<()> {
    let DeferArgs { issue: name, until, approve, deny, cancel: _, reason, interim, told, id, act } = args;
    if let Some(until) = until {
        let request = RequestDeferralRequest {
            issue: issue(&name)?,
            until: due(&until, session)?,
            reason,
            interim_measure: interim.unwrap_or_default(),
            told_contact: told.unwrap_or_default(),
            told_at: None,
            options: act.options(),
        };
        let answer = session.api.request_deferral(request).await;
        let told = Told::new(format!(
            "asked to defer {name} until {until}; it stays open until somebody else allows it"
        ));
        return print(
            answer,
            &format!("defer {name}"),
            |answer| {
                (
                    answer.result.as_ref(),
                    told.next(format!(
                        "davy defer {name} --approve, by the head of the department that heard it"
                    )),
                )
            },
            session,
        );
    }
    if approve || deny {
        let request = DecideDeferralRequest {
            issue: issue(&name)?,
            deferral: id,
            approve,
            reason,
            options: act.options(),
        };
        let answer = session.api.decide_deferral(request).await;
        let told = Told::new(if approve {
            format!("{name} is deferred")
        } else {
            format!("{name} is not deferred")
        });
        return print(answer, &format!("decide on {name}"), |answer| (answer.result.as_ref(), told), session);
    }
    let request =
        CancelDeferralRequest { issue: issue(&name)?, deferral: id, reason, options: act.options() };
    let answer = session.api.cancel_deferral(request).await;
    let told = Told::new(format!("{name} is deferred no longer"));
    print(answer, &format!("cancel the deferral of {name}"), |answer| (answer.result.as_ref(), told), session)
}
