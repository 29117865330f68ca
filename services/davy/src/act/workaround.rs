//! `davy workaround`: a quick fix is told, and reviewed.

use clap::{Args, ValueEnum};
use proto::v1::{ReportWorkaroundRequest, ReviewWorkaroundRequest, WorkaroundVerdict};

use super::{ActArgs, Told, done_at, issue, print, report::ReportDetails, words};
use crate::{session::Session, words::issue_name};

#[derive(Debug, Args)]
pub(crate) struct WorkaroundArgs {
    /// Davy id, or <system>:<id> such as zendesk:55; without --customer
    #[arg(value_name = "ISSUE", required_unless_present = "customer")]
    issue: Option<String>,
    /// There is no issue yet: report one for this customer
    #[arg(long, value_name = "TOKEN", conflicts_with_all = ["issue", "review"], requires = "problem")]
    customer: Option<String>,
    /// What was wrong, with --customer
    #[arg(long, value_name = "TEXT", requires = "customer")]
    problem: Option<String>,
    /// What was done
    #[arg(long, value_name = "TEXT", required_unless_present = "review")]
    done: Vec<String>,
    /// When, such as 4h (ago)
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// It is to be replaced
    #[arg(long)]
    temporary: bool,
    /// The customer knows
    #[arg(long)]
    customer_aware: bool,
    /// Who is to review it; the owner's department unless given
    #[arg(long, value_name = "DEPARTMENT")]
    reviewer: Option<String>,
    /// Review it
    #[arg(long, value_enum, conflicts_with_all = ["done", "at", "reviewer"])]
    review: Option<VerdictWord>,
    /// In words, with --review
    #[arg(long, value_name = "TEXT", requires = "review")]
    note: Option<String>,
    /// Which workaround; the only one unless given
    #[arg(long, value_name = "ID", default_value = "")]
    id: String,
    #[command(flatten)]
    details: ReportDetails,
    #[command(flatten)]
    act: ActArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum VerdictWord {
    Safe,
    NeedsFix,
    Unsafe,
}

impl From<VerdictWord> for WorkaroundVerdict {
    fn from(word: VerdictWord) -> Self {
        match word {
            VerdictWord::Safe => Self::Safe,
            VerdictWord::NeedsFix => Self::NeedsFix,
            VerdictWord::Unsafe => Self::Unsafe,
        }
    }
}

pub(super) async fn run(args: WorkaroundArgs, session: &mut Session) -> anyhow::Result<()> {
    let named = args.issue.as_deref().map(issue).transpose()?.flatten();
    if let Some(verdict) = args.review {
        let request = ReviewWorkaroundRequest {
            issue: named,
            workaround: args.id,
            verdict: WorkaroundVerdict::from(verdict).into(),
            note: args.note.unwrap_or_default(),
            options: args.act.options(),
        };
        let answer = session.api.review_workaround(request).await;
        let told = Told::new("the workaround is reviewed");
        return print(answer, "review the workaround", |answer| (answer.result.as_ref(), told), session);
    }
    let report = match &args.customer {
        Some(customer) => Some(args.details.request(customer, args.problem.unwrap_or_default())?),
        None => None,
    };
    let request = ReportWorkaroundRequest {
        issue: named,
        report,
        description: words(&args.done)?,
        done_at: done_at(args.at.as_deref(), session)?,
        temporary: args.temporary,
        customer_aware: args.customer_aware,
        reviewer: args.reviewer.unwrap_or_default(),
        options: args.act.options(),
    };
    let answer = session.api.report_workaround(request).await;
    print(
        answer,
        "report the workaround",
        |answer| {
            let result = answer.result.as_ref();
            let name = result.and_then(|result| result.issue.as_ref()).map(issue_name).unwrap_or_default();
            (result, Told::new(format!("{name} holds the workaround; it stays open until it is reviewed")))
        },
        session,
    )
}
