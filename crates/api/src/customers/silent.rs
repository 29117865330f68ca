//! The clocks of customers: ListSilent, and ExplainClock of one.

use std::{sync::Arc, time::Duration};

use domain::{Cadence, SILENCE, Silence, SilenceMark, instant};
use engine::query::{Answer, SilentCustomer, SilentQuery};
use jiff::{SignedDuration, Timestamp};
use proto::v1;
use tonic::Status;

use super::shown;
use crate::{
    check::{Check, unread},
    shared::Shared,
    token::Binding,
};

/// The longest cadence, in days (`domain.md` 5).
const MOST_DAYS: i32 = 730;

impl Shared {
    pub(super) async fn silent(
        self: &Arc<Self>,
        mut request: v1::ListSilentRequest,
        patience: Duration,
    ) -> Result<v1::ListSilentResponse, Status> {
        let mut check = Check::default();
        let wait_for = check.read_now(request.read.as_ref());
        let page_size = check.page_size(std::mem::take(&mut request.page_size));
        let page_token = std::mem::take(&mut request.page_token);
        if !(0..=MOST_DAYS).contains(&request.within_days) {
            check.refuse("within_days", format!("is not between 0 and {MOST_DAYS}"));
        }
        unread(&mut request.read);
        check.done(Some(()))?;
        let binding = Binding::new("ListSilent", &request);
        let within = SignedDuration::from_hours(i64::from(request.within_days) * 24);
        let query = SilentQuery { within, page_size, after: self.tokens.open(binding, &page_token)? };
        self.reach(wait_for, patience).await?;
        let now = self.reader.now();
        let Answer { value: page, position } = self.ask(false, move |reader| reader.silent(query)).await?;
        let shown = |SilentCustomer { customer, silence }: &SilentCustomer| v1::SilentCustomer {
            customer: Some(shown::customer(customer)),
            silence: Some(wire::proto::silence(silence, now)),
        };
        Ok(v1::ListSilentResponse {
            customers: page.customers.iter().map(shown).collect(),
            next_page_token: self.tokens.seal(binding, page.next.as_ref()),
            read_state: self.read_state(position),
        })
    }

    /// ExplainClock of a customer.
    pub(crate) async fn explain_silence(
        self: &Arc<Self>,
        request: v1::ExplainClockRequest,
        patience: Duration,
    ) -> Result<v1::ExplainClockResponse, Status> {
        let v1::ExplainClockRequest { issue, kind, min_position, customer } = request;
        let mut check = Check::default();
        if issue.is_some() {
            check.refuse("customer", "is for where no issue is named");
        }
        if !kind.is_empty() && kind != SILENCE {
            check.refuse("kind", format!("is no clock of a customer; there is {SILENCE}"));
        }
        if customer == "_" {
            check.refuse("customer", "has no clock: it is nobody");
        }
        let wait_for = check.position("min_position", &min_position);
        let id = check.customer("customer", &customer);
        let Some(id) = check.done(id)? else {
            return Ok(v1::ExplainClockResponse::default());
        };
        self.reach(wait_for, patience).await?;
        let now = self.reader.now();
        let Answer { value: silence, position } = self.ask(true, move |reader| reader.silence(id)).await?;
        let clocks = silence.iter().map(|silence| explained(silence, now)).collect();
        Ok(v1::ExplainClockResponse { clocks, read_state: self.read_state(position) })
    }
}

fn explained(clock: &Silence, now: Timestamp) -> v1::ExplainedClock {
    let over = clock.deadline <= now;
    v1::ExplainedClock {
        clock: Some(wire::proto::silence_clock(clock)),
        outcome: if over { "breached" } else { "running" }.to_owned(),
        ended_at: None,
        because: because(clock, now),
        calendar: String::new(),
    }
}

fn because(clock: &Silence, now: Timestamp) -> Vec<String> {
    let Silence { began, spoken, cadence_days, cadence, deadline, warned, breached, silent, warn_at: _ } =
        clock;
    let (since, at) = (instant(clock.since()), began.moment.position);
    let mut told = vec![if *spoken {
        format!(
            "{} last spoke with them at {since} ({at}); selling, surveys and machines do not count",
            began.department
        )
    } else {
        format!(
            "nobody is known to have spoken with them since {} first wrote of them at {since} ({at})",
            began.department
        )
    }];
    let why = match cadence {
        Cadence::Profile => "as their profile says".to_owned(),
        Cadence::Tier(tier) => format!("since their tier is `{tier}`"),
        Cadence::Standard => "since neither their profile nor their tier says how often".to_owned(),
    };
    told.push(format!("they are to hear from somebody every {cadence_days} days, {why}"));
    let over = if *deadline <= now { "was over" } else { "will be over" };
    told.push(format!("that {over} at {}; it never rests", instant(*deadline)));
    told.extend(silent.then(|| "it began with history, so that nothing is announced of it".to_owned()));
    told.extend(warned.as_ref().map(|said| announced(said, "runs out")));
    told.extend(breached.as_ref().map(|said| announced(said, "ran out")));
    told
}

fn announced(SilenceMark { deadline, at, .. }: &SilenceMark, what: &str) -> String {
    format!("at {} it was announced that it {what} at {}", instant(*at), instant(*deadline))
}
