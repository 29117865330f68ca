//! Requests for commands to what the domain decides on: total, and every mistake of a request at once.
//!
//! A mistake is what cannot be meant: an id that is none, a text over its limit, an event that would say nothing. What is
//! missing because a rule asks for it, such as a reason, is for the rule to refuse. Deliberately absent: the options of a
//! command, which say how it is carried out and are checked where that is done.

mod assist;
mod contact;
mod deferral;
mod fields;
mod hand_off;
mod issue;
mod lifecycle;
mod link;
mod note;
mod owner;
mod promise;
mod report;
mod run;
mod signal;
mod waiting;
mod workaround;

use domain::{AsReported, Command, IssueName, Reference};
use proto::v1;

use fields::Fields;

/// A mistake in a request: which field, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Such as `promise.due`.
    pub field: String,
    /// A sentence without a full stop.
    pub problem: String,
}

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What it is about.
    pub target: AskedTarget,
    /// What is to be done.
    pub command: Command,
}

/// What a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedTarget {
    /// An issue that should be there.
    Issue(IssueName),
    /// An issue to be made.
    NewIssue {
        /// What a tool calls it; absent: it gets a reference of its own.
        reference: Option<Reference>,
        /// Whose it is.
        customer: Option<AsReported>,
    },
    /// A customer, and no issue.
    Customer(AsReported),
}

/// A request for a command.
pub trait CommandRequest: Send + 'static {
    /// What it is answered with.
    type Response;

    /// What every command carries.
    fn options(&self) -> Option<&v1::CommandOptions>;

    /// What it asks for.
    ///
    /// # Errors
    /// Every mistake in it.
    fn asked(&self) -> Result<Asked, Vec<Violation>>;

    /// The answer.
    fn answer(result: v1::CommandResult) -> Self::Response;
}

/// A request, read member by member.
trait Read {
    /// `None` only if a mistake was noted.
    fn read(&self, fields: &mut Fields) -> Option<Asked>;
}

/// A command about an issue that should be there.
fn about(issue: Option<IssueName>, command: Option<Command>) -> Option<Asked> {
    Some(Asked { target: AskedTarget::Issue(issue?), command: command? })
}

macro_rules! requests {
    ($($request:ident => $response:ident,)+) => {$(
        impl CommandRequest for v1::$request {
            type Response = v1::$response;

            fn options(&self) -> Option<&v1::CommandOptions> {
                self.options.as_ref()
            }

            fn asked(&self) -> Result<Asked, Vec<Violation>> {
                let mut fields = Fields::default();
                let asked = self.read(&mut fields);
                fields.done(asked)
            }

            fn answer(result: v1::CommandResult) -> v1::$response {
                v1::$response { result: Some(result) }
            }
        }
    )+};
}

requests! {
    ReportIssueRequest => ReportIssueResponse,
    AcknowledgeIssueRequest => AcknowledgeIssueResponse,
    AcceptIssueRequest => AcceptIssueResponse,
    AssignIssueRequest => AssignIssueResponse,
    DeclineIssueRequest => DeclineIssueResponse,
    OfferHandOffRequest => OfferHandOffResponse,
    AcceptHandOffRequest => AcceptHandOffResponse,
    DeclineHandOffRequest => DeclineHandOffResponse,
    WithdrawHandOffRequest => WithdrawHandOffResponse,
    RequestAssistRequest => RequestAssistResponse,
    AcceptAssistRequest => AcceptAssistResponse,
    AnswerAssistRequest => AnswerAssistResponse,
    DeclineAssistRequest => DeclineAssistResponse,
    RequestDeferralRequest => RequestDeferralResponse,
    DecideDeferralRequest => DecideDeferralResponse,
    CancelDeferralRequest => CancelDeferralResponse,
    MakePromiseRequest => MakePromiseResponse,
    KeepPromiseRequest => KeepPromiseResponse,
    RenegotiatePromiseRequest => RenegotiatePromiseResponse,
    ReportWorkaroundRequest => ReportWorkaroundResponse,
    ReviewWorkaroundRequest => ReviewWorkaroundResponse,
    AddNoteRequest => AddNoteResponse,
    ChangeSeverityRequest => ChangeSeverityResponse,
    RequestCustomerInputRequest => RequestCustomerInputResponse,
    SendUpdateRequest => SendUpdateResponse,
    LogContactRequest => LogContactResponse,
    ReportMissedContactRequest => ReportMissedContactResponse,
    ResolveIssueRequest => ResolveIssueResponse,
    CloseIssueRequest => CloseIssueResponse,
    ReopenIssueRequest => ReopenIssueResponse,
    WithdrawIssueRequest => WithdrawIssueResponse,
    ReinstateIssueRequest => ReinstateIssueResponse,
    LinkIssuesRequest => LinkIssuesResponse,
    UnlinkIssuesRequest => UnlinkIssuesResponse,
    CorrectCustomerRequest => CorrectCustomerResponse,
    AddReferenceRequest => AddReferenceResponse,
    ObserveSignalRequest => ObserveSignalResponse,
    DispositionSignalRequest => DispositionSignalResponse,
    EscalateNowRequest => EscalateNowResponse,
    SnoozeRequest => SnoozeResponse,
}
