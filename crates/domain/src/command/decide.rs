//! The rules that bind commands (`domain.md` 4.4 to 4.10, as `contract.md` changes them), one module a noun.
//!
//! Every module is functions from a [`Case`] and the words of a command to events or a refusal. Deliberately absent: rules
//! for facts, which are never refused; time-outs and working hours, which take a running clock.

mod acknowledgement;
mod assist;
mod case;
mod contact;
mod customer;
mod deferral;
mod gone;
mod hand_off;
mod item;
mod lifecycle;
mod link;
mod note;
mod owner;
mod promise;
mod report;
mod required;
mod resolution;
mod room;
mod run;
mod severity;
mod signal;
mod standing;
mod waiting;
mod who;
mod workaround;

use super::{Command, Context, Decision, Target};
use crate::{Refusal, Role};
use case::Case;

/// The events that a command makes.
///
/// # Errors
/// The rule that it breaks.
pub fn decide(target: &Target<'_>, command: &Command, context: &Context<'_>) -> Result<Decision, Refusal> {
    // A department's tool may tell what it heard or noticed.
    let tells = matches!(command, Command::Report(_) | Command::ObserveSignal(_));
    if !(tells && context.principal.roles.has(Role::Publisher)) {
        context.require_commander()?;
    }
    let decision = answer(target, command, context)?;
    match target {
        Target::Issue(issue) => room::require(issue, decision, context),
        Target::NewIssue | Target::Customer => Ok(decision),
    }
}

/// By the rules of its noun.
fn answer(target: &Target<'_>, command: &Command, context: &Context<'_>) -> Result<Decision, Refusal> {
    let case = || Case::of(target, context);
    match command {
        Command::Report(terms) => report::report(target, terms, context),
        Command::Acknowledge { channel, to, summary, next_update_due } => acknowledgement::acknowledge(
            &case()?,
            channel.as_deref(),
            to.as_deref(),
            summary.as_deref(),
            *next_update_due,
        ),
        Command::Accept => owner::accept(&case()?),
        Command::Assign { to, reason } => owner::assign(&case()?, to, reason),
        Command::Decline { reason } => owner::decline(&case()?, reason),
        Command::OfferHandOff(terms) => hand_off::offer(&case()?, terms),
        Command::AcceptHandOff { read_back } => hand_off::accept(&case()?, read_back),
        Command::DeclineHandOff { code, missing, instead, reason } => {
            hand_off::decline(&case()?, *code, missing, instead.as_ref(), reason)
        }
        Command::WithdrawHandOff { reason } => hand_off::withdraw(&case()?, reason),
        Command::RequestAssist { terms } => assist::request(&case()?, terms),
        Command::AcceptAssist { item } => assist::accept(&case()?, item),
        Command::AnswerAssist { item: Some(item), answer } => assist::answer(&case()?, item, answer),
        Command::AnswerAssist { item: None, answer } => case().and_then(|_| assist::help_unasked(answer)),
        Command::DeclineAssist { item, reason } => assist::decline(&case()?, item, reason),
        Command::RequestDeferral { until, reason, interim_measure, told } => {
            deferral::request(&case()?, *until, reason, interim_measure.as_deref(), told.as_ref())
        }
        Command::DecideDeferral { item, approve: true, reason } => deferral::approve(&case()?, item, reason),
        Command::DecideDeferral { item, approve: false, reason } => deferral::deny(&case()?, item, reason),
        Command::CancelDeferral { item, reason } => deferral::cancel(&case()?, item, reason),
        Command::MakePromise { what, to, by, due, origin } => {
            promise::make(&case()?, what, to.as_ref(), by.as_ref(), *due, *origin)
        }
        Command::KeepPromise { item, evidence } => promise::keep(&case()?, item, evidence.as_deref()),
        Command::RenegotiatePromise { item, due, customer_agreed } => {
            promise::renegotiate(&case()?, item, *due, *customer_agreed)
        }
        Command::ReportWorkaround { report, description, done_at, temporary, customer_aware, reviewer } => {
            let (done_at, temporary, customer_aware) = (*done_at, *temporary, *customer_aware);
            let reviewer = reviewer.as_ref();
            let patch = workaround::Patch { description, done_at, temporary, customer_aware, reviewer };
            workaround::report(target, report.as_ref(), &patch, context)
        }
        Command::ReviewWorkaround { item, verdict, note } => {
            workaround::review(&case()?, item, *verdict, note.as_deref())
        }
        Command::AddNote { text, internal } => case().and_then(|_| note::add(text, *internal)),
        Command::ChangeSeverity { to, reason } => severity::change(&case()?, *to, reason),
        Command::RequestCustomerInput { question, channel, sent_at, message_ref } => {
            waiting::ask(&case()?, question, channel.as_deref(), *sent_at, message_ref.as_deref())
        }
        Command::SendUpdate { channel, summary, next_update_due } => {
            contact::update(&case()?, channel.as_deref(), summary, *next_update_due)
        }
        Command::LogContact(terms) => contact::log(target, terms),
        Command::ReportMissedContact(terms) => contact::missed(target, terms, context),
        Command::Resolve { kind, summary, root_cause, customer_told } => {
            resolution::resolve(&case()?, *kind, summary, root_cause.as_deref(), *customer_told)
        }
        Command::Close { basis, contact, attempts } => {
            resolution::close(&case()?, *basis, contact.as_deref(), *attempts)
        }
        Command::Reopen { reason, by_customer } => lifecycle::reopen(&case()?, reason, *by_customer),
        Command::Withdraw { reason, contact_ref } => {
            lifecycle::withdraw(&case()?, reason, contact_ref.as_deref())
        }
        Command::Reinstate { reason } => lifecycle::reinstate(&case()?, reason),
        Command::Link { kind, other, note } => link::add(&case()?, *kind, other.id, note.as_deref()),
        Command::Unlink { kind, other, note } => link::remove(&case()?, *kind, other.id, note.as_deref()),
        Command::CorrectCustomer { to, reason } => customer::correct(&case()?, to, reason),
        Command::AddReference { reference } => customer::known_as(&case()?, reference),
        Command::AnswerPing { ping } => run::answer(&case()?, *ping),
        Command::EscalateNow { department, seen } => run::escalate(&case()?, department.as_ref(), *seen),
        Command::Snooze { department, until, reason } => {
            run::snooze(&case()?, department.as_ref(), *until, reason)
        }
        Command::Migrate { department, reason } => run::migrate(&case()?, department, reason),
        Command::ObserveSignal(terms) => signal::observe(target, terms),
        Command::DispositionSignal { signal, action, reason, told_observer_at } => {
            signal::disposition(target, signal, action, reason, *told_observer_at)
        }
    }
}
