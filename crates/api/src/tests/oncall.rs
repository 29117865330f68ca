//! Who is on call, answers to pings, and why somebody is pinged or nobody is.

pub(super) mod desk;

use std::collections::BTreeSet;

use proto::v1::{self, PingExplanation as Why, acknowledge_ping_request::Which};

use super::{event, reason};
use desk::{Desk, at, by, has, id, named};

#[tokio::test]
async fn who_is_on_call_when_and_when_nobody_is() {
    let desk = Desk::start().await;
    let mut client = desk.on_call();
    let asked = v1::WhoIsOnCallRequest::default();
    let now = client.who_is_on_call(asked.clone()).await.unwrap().into_inner();
    let mia = &now.shifts[0];
    assert_eq!(
        (mia.name.as_str(), mia.by.as_str(), mia.until),
        ("Mia", "layer days", at("2026-03-02T18:00:00Z"))
    );
    assert_eq!(now.nobody, ["second-line"]);
    let night = v1::WhoIsOnCallRequest { at: at("2026-03-02T03:00:00Z"), ..asked };
    assert_eq!(
        client.who_is_on_call(night).await.unwrap().into_inner().nobody,
        ["first-line", "second-line"]
    );
    let nowhere = v1::WhoIsOnCallRequest { schedule: "nowhere".to_owned(), at: None };
    assert_eq!(reason(&client.who_is_on_call(nowhere).await.unwrap_err()), "UNKNOWN_DOCUMENT");

    let week = v1::ListShiftsRequest { schedule: "first-line".to_owned(), ..Default::default() };
    let two_days = v1::ListShiftsRequest { until: at("2026-03-04T10:00:00Z"), ..week.clone() };
    let shifts = client.list_shifts(two_days).await.unwrap().into_inner();
    assert_eq!((shifts.shifts.len(), shifts.gaps.len(), shifts.truncated), (3, 2, false));
    assert_eq!(shifts.gaps[0].until, at("2026-03-03T08:00:00Z"));
    let theirs = v1::ListShiftsRequest { person: "ben".to_owned(), ..week.clone() };
    assert_eq!(client.list_shifts(theirs).await.unwrap().into_inner().shifts, []);
    let for_ever = v1::ListShiftsRequest { until: at("2028-03-04T10:00:00Z"), ..week };
    assert_eq!(reason(&client.list_shifts(for_ever).await.unwrap_err()), "INVALID_REQUEST");
}

#[tokio::test]
async fn a_ping_is_answered_held_and_begins_again() {
    let desk = Desk::start().await;
    let pump = desk.report("Pump resets", v1::Severity::Severity1).await;
    let told = desk.why(&pump).await;
    assert!(has(&told, Why::NothingOverdue).contains("own is due at 2026-03-02 10:10 UTC"), "{told:#?}");

    desk.now("2026-03-02T10:10:00Z");
    let ping = desk.pinged(&pump, 1).await;
    assert_eq!(ping.to.as_ref().unwrap().person, "mia");
    let told = desk.why_ping(&ping.ping).await;
    let sent = has(&told, Why::StepFired);
    for part in
        ["Mia by `phone`", "step 1 of 2 of the policy `support`", "`on-call`: Mia", "nobody took it (own"]
    {
        assert!(sent.contains(part), "{part} is not in {sent}");
    }
    has(&told, Why::NoPagerYet);
    let told = desk.why(&pump).await;
    assert!(has(&told, Why::NextStepLater).contains("Ben (step 2) at 2026-03-02 10:15 UTC"), "{told:#?}");

    desk.now("2026-03-02T10:12:00Z");
    let which = || Which::Ping(ping.ping.clone());
    let answered = desk.answer("support/zendesk:mia", which(), "one").await.unwrap();
    assert_eq!(answered.now, "quiet until 2026-03-02 10:42 UTC; then step 1 again if own is still overdue");
    assert_eq!(answered.run.unwrap().phase(), v1::RunPhase::Answered);
    let told = desk.why(&pump).await;
    assert!(has(&told, Why::Answered).contains("Mia answered at 2026-03-02 10:12 UTC"), "{told:#?}");
    assert!(has(&desk.why_ping(&ping.ping).await, Why::Answered).contains("ping.acknowledged"));
    let second = desk.answer("support/zendesk:ben", which(), "two").await.unwrap();
    assert!(
        second.now.starts_with("Mia answered already, at 2026-03-02 10:12 UTC; quiet until"),
        "{}",
        second.now
    );

    desk.now("2026-03-02T10:42:00Z");
    desk.pinged(&pump, 3).await;
    // Beside who is on call, whoever answered is asked what came of it.
    let pings: Vec<_> = desk.pings(&pump).await.into_iter().filter_map(|listed| listed.ping).collect();
    let second = |ping: &&v1::Ping| (ping.cycle, ping.step) == (2, 0);
    let person = |ping: &v1::Ping| ping.to.clone().unwrap().person;
    let asked: BTreeSet<_> = pings.iter().filter(second).map(person).collect();
    assert_eq!(asked, ["ben", "mia"].map(ToOwned::to_owned).into());
    let again = pings.iter().find(|ping| second(ping) && person(ping) == "mia").unwrap();

    let take = v1::AcceptIssueRequest { issue: named(&pump), options: id("take") };
    desk.system.issues().accept_issue(by("support/zendesk:mia", take)).await.unwrap();
    let late =
        desk.answer("support/zendesk:mia", Which::Ping(again.ping.clone()), "three").await.unwrap_err();
    assert_eq!(reason(&late), "E_ALREADY");
    assert!(late.message().contains("nothing is overdue for support any more since"), "{}", late.message());
    let told = desk.why_ping(&again.ping).await;
    assert!(
        has(&told, Why::ReasonGone).contains("issue.accepted")
            || has(&told, Why::ReasonGone).contains("owner.")
    );
    has(&desk.why(&pump).await, Why::ReasonGone);
}

#[tokio::test]
async fn what_is_not_sent_is_explained() {
    let desk = Desk::start().await;
    desk.now("2026-03-02T12:00:00Z");
    let held = desk.report("Held over noon", v1::Severity::Severity3).await;
    let nobody = desk.report("Nobody in the second line", v1::Severity::Severity2).await;
    let no_contact = desk.report("Kim has no contact", v1::Severity::Severity4).await;
    desk.now("2026-03-02T12:10:01Z");

    let ping = desk.pinged(&held, 1).await;
    assert_eq!(ping.not_before, at("2026-03-02T13:00:00Z"));
    let told = desk.why_ping(&ping.ping).await;
    assert!(has(&told, Why::QuietHours).contains("held until 2026-03-02 13:00 UTC"), "{told:#?}");

    assert_eq!(desk.pinged(&nobody, 1).await.step, 1);
    let told = desk.why(&nobody).await;
    assert!(has(&told, Why::StepEmpty).contains("`on-call:second-line` named nobody"), "{told:#?}");

    assert_eq!(desk.pinged(&no_contact, 1).await.to.unwrap().person, "mia");
    let told = desk.why(&no_contact).await;
    assert!(has(&told, Why::NotReachable).contains("Kim"), "{told:#?}");

    let old = event("h", "issue.reported", r#""text":"Long ago","reporter":"kim""#);
    let body =
        String::from_utf8(old.body.to_vec()).unwrap().replace(r#""data""#, r#""backfill":true,"data""#);
    let old = v1::EventMessage { body: body.into_bytes().into(), ..old };
    let position = desk.system.publish(vec![old]).await.unwrap().remove(0);
    desk.system.unacknowledged(&position).await;
    let told = desk.why("03ef809f-94b2-5eee-9bd2-9c2a8198024c").await;
    assert!(has(&told, Why::Backfill).contains("history"), "{told:#?}");
}

#[tokio::test]
async fn a_run_is_escalated_and_silenced_by_who_saw_how_it_stands() {
    let desk = Desk::start().await;
    let pump = desk.report("Pump resets", v1::Severity::Severity1).await;
    desk.now("2026-03-02T10:10:00Z");
    desk.pinged(&pump, 1).await;
    let escalate = |step, request: &str| v1::EscalateNowRequest {
        issue: named(&pump),
        cycle: 1,
        step,
        options: id(request),
        ..Default::default()
    };
    let mut client = desk.on_call();
    let stale = client.escalate_now(by("support/zendesk:mia", escalate(1, "one"))).await.unwrap_err();
    assert_eq!(reason(&stale), "E_STALE");
    client.escalate_now(by("support/zendesk:mia", escalate(0, "two"))).await.unwrap();
    desk.now("2026-03-02T10:11:00Z");
    assert_eq!(desk.pinged(&pump, 2).await.to.unwrap().person, "ben");
    let snooze = v1::SnoozeRequest {
        issue: named(&pump),
        until: at("2026-03-02T14:00:00Z"),
        reason: "Waiting for a part".to_owned(),
        options: id("three"),
        ..Default::default()
    };
    client.snooze(by("support/zendesk:mia", snooze)).await.unwrap();
    let told = desk.why(&pump).await;
    assert!(has(&told, Why::Snoozed).contains("until 2026-03-02 14:00 UTC"), "{told:#?}");
}

#[tokio::test]
async fn what_would_be_is_told_ahead() {
    let desk = Desk::start().await;
    let asked = v1::SimulatePolicyRequest {
        department: "support".to_owned(),
        severity: v1::Severity::Severity1.into(),
        at: at("2026-03-08T17:58:00Z"),
        ..Default::default()
    };
    let mut client = desk.on_call();
    let simulated = client.simulate_policy(asked.clone()).await.unwrap().into_inner();
    let told = |answer: &v1::SimulatePolicyResponse| -> Vec<String> {
        let whom = |to: &v1::PingRecipient| {
            if to.channel.is_empty() { to.person.clone() } else { to.channel.clone() }
        };
        let line = |step: &v1::SimulatedStep| {
            let to: Vec<_> = step.to.iter().map(whom).collect();
            let at = wire::proto::instant(step.at.as_ref().unwrap()).unwrap().strftime("%H:%M");
            format!("{at} {}: {}", step.name, to.join(","))
        };
        answer.steps.iter().map(line).collect()
    };
    assert_eq!((simulated.policy.as_str(), simulated.lease.as_str()), ("support", "30m"));
    assert_eq!(told(&simulated), ["17:58 step 1: mia", "18:03 step 2: ben", "18:08 fallback: alarm"]);
    let night = v1::SimulatePolicyRequest { at: at("2026-03-08T03:00:00Z"), ..asked.clone() };
    let simulated = client.simulate_policy(night).await.unwrap().into_inner();
    assert_eq!(told(&simulated)[0], "03:00 step 1, passed over: nobody to ping: ");
    assert_eq!(simulated.steps[0].nobody, ["on-call"]);
    let unknown = v1::SimulatePolicyRequest { policy: "nothing".to_owned(), ..asked };
    assert_eq!(reason(&client.simulate_policy(unknown).await.unwrap_err()), "UNKNOWN_DOCUMENT");

    let ahead = v1::ForecastReachabilityRequest { department: "support".to_owned(), days: 1 };
    let problems = client.forecast_reachability(ahead).await.unwrap().into_inner().problems;
    let night =
        problems.iter().find(|it| it.problem.contains("severity 1 (`on-call`) would reach nobody")).unwrap();
    assert_eq!((night.from, night.until), (at("2026-03-02T18:00:00Z"), at("2026-03-03T08:00:00Z")));
    assert!(
        problems.iter().any(|it| it.problem.contains("would come to Kim without any contact")),
        "{problems:#?}"
    );
    let far = v1::ForecastReachabilityRequest { department: String::new(), days: 61 };
    assert_eq!(reason(&client.forecast_reachability(far).await.unwrap_err()), "INVALID_REQUEST");
}

#[tokio::test]
async fn a_clock_is_explained_from_its_beginning_to_its_end() {
    let desk = Desk::start().await;
    let pump = desk.report("Pump resets", v1::Severity::Severity1).await;
    desk.now("2026-03-02T10:05:00Z");
    let take = v1::AcceptIssueRequest { issue: named(&pump), options: id("take") };
    desk.system.issues().accept_issue(by("support/zendesk:mia", take)).await.unwrap();
    let asked = v1::ExplainClockRequest { issue: named(&pump), kind: "own".to_owned(), ..Default::default() };
    let clocks = desk.system.issues().explain_clock(asked.clone()).await.unwrap().into_inner().clocks;
    let [own] = clocks.as_slice() else { panic!("{clocks:#?}") };
    assert_eq!((own.outcome.as_str(), own.ended_at), ("met", at("2026-03-02T10:05:00Z")));
    let because = own.because.join("\n");
    for part in [
        "issue.reported",
        "10m by the policy `support`",
        "due at 2026-03-02 10:10 UTC",
        "what was owed was done",
    ] {
        assert!(because.contains(part), "{part} is not in {because}");
    }
    let odd = v1::ExplainClockRequest { kind: "lunch".to_owned(), ..asked };
    assert_eq!(reason(&desk.system.issues().explain_clock(odd).await.unwrap_err()), "INVALID_REQUEST");
}

#[tokio::test]
async fn pings_are_listed_page_by_page() {
    let desk = Desk::start().await;
    let mut issues = Vec::new();
    for number in 0..3 {
        issues.push(desk.report(&format!("Matter {number}"), v1::Severity::Severity1).await);
    }
    desk.now("2026-03-02T10:10:01Z");
    for issue in &issues {
        desk.pinged(issue, 1).await;
    }
    let mut request = v1::ListPingsRequest { page_size: 2, open_only: true, ..Default::default() };
    let mut titles = Vec::new();
    loop {
        let page = desk.on_call().list_pings(request.clone()).await.unwrap().into_inner();
        titles
            .extend(page.pings.iter().map(|it| (it.title.clone(), it.run.as_ref().unwrap().clocks.clone())));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    titles.sort();
    let own = || vec!["own".to_owned()];
    assert_eq!(titles, [0, 1, 2].map(|number| (format!("Matter {number}"), own())));
    let other = v1::ListPingsRequest { person: "ben".to_owned(), ..Default::default() };
    assert_eq!(desk.on_call().list_pings(other).await.unwrap().into_inner().pings, []);
}
