//! Bundles, digests, and the throttle.

use std::time::Duration;

use tokio::time::sleep;

use super::{
    scripted::{Does, Scripted},
    world::{Api, clock, ping, run, run_throttled, until},
};
use crate::{Severity, Throttle};

const ANA: (&str, &str) = ("scripted", "ana");

#[tokio::test(start_paused = true)]
async fn pings_of_one_department_or_customer_that_wait_at_once_go_as_one_message() {
    let clock = clock();
    let (api, channel) = (Api::new(&clock), Scripted::new(&clock, |_, _| Does::Take));
    api.owe(ping("a", "ana", ANA));
    api.owe(ping("b", "ana", ANA).severity(Severity::One));
    api.owe(ping("c", "ana", ANA).apart());
    api.owe(ping("d", "ana", ANA).apart().customer("acme"));
    api.owe(ping("e", "ana", ANA).apart().customer("acme"));
    api.owe(ping("f", "bo", ("scripted", "bo")));
    let _running = run("one", &api, &clock, &channel);
    until("all are delivered", || api.records().len() == 6).await;
    let mut given = channel.pings();
    given.sort();
    assert_eq!(given, ["b a", "c", "d e", "f"]);
    assert_eq!(api.claims().len(), 6, "each is claimed by itself");
}

#[tokio::test(start_paused = true)]
async fn what_comes_while_others_wait_joins_them() {
    let clock = clock();
    let (api, channel) = (Api::new(&clock), Scripted::new(&clock, |_, _| Does::Take));
    let _running = run("one", &api, &clock, &channel);
    for n in 0..5 {
        api.owe(ping(&format!("p{n}"), "ana", ANA).apart());
        sleep(Duration::from_secs(1)).await;
    }
    // The throttle keeps them; the second ping about an issue goes with the first, whoever asks.
    for id in ["a", "b", "c"] {
        let mut ping = ping(id, "ana", ANA);
        if id == "c" {
            ping = ping.apart();
            (ping.owed.issue, ping.content.issue) = ("i-a".to_owned(), "i-a".to_owned());
        }
        api.owe(ping);
        sleep(Duration::from_secs(5)).await;
    }
    until("all are delivered", || api.records().len() == 8).await;
    assert_eq!(channel.pings().last().map(String::as_str), Some("a b c"), "{:?}", channel.given());
}

#[tokio::test(start_paused = true)]
async fn late_ones_go_as_one_digest_but_the_worst_at_once() {
    let clock = clock();
    let (api, channel) = (Api::new(&clock), Scripted::new(&clock, |_, _| Does::Take));
    let _running = run("one", &api, &clock, &channel);
    let severities = [Severity::Three, Severity::Unassessed, Severity::One, Severity::Two];
    for (id, severity) in ["a", "b", "c", "d"].into_iter().zip(severities) {
        api.owe(ping(id, "ana", ANA).apart().late().severity(severity));
        sleep(Duration::from_secs(5)).await;
    }
    until("all are delivered", || api.records().len() == 4).await;
    assert!(
        matches!(&channel.given()[..], [(10, first), (30..=31, rest)] if first == "c" && rest == "d a b"),
        "{:?}",
        channel.given()
    );
    // One that nobody tried for long is late as well.
    let mut old = ping("e", "ana", ANA);
    old.owed.requested_at = "2026-03-02T09:00:00Z".parse().unwrap();
    api.owe(old);
    until("it is delivered", || api.records().len() == 5).await;
    let given = channel.given();
    assert!(given[2].0 >= given[1].0 + 30, "{given:?}");
}

#[tokio::test(start_paused = true)]
async fn held_ones_go_as_one_digest_when_the_hold_ends() {
    let clock = clock();
    let (api, channel) = (Api::new(&clock), Scripted::new(&clock, |_, _| Does::Take));
    for id in ["a", "b", "c"] {
        let mut held = ping(id, "ana", ANA).apart();
        held.owed.not_before = Some("2026-03-02T12:10:00Z".parse().unwrap());
        api.owe(held);
    }
    let _running = run("one", &api, &clock, &channel);
    sleep(Duration::from_secs(590)).await;
    until("all are delivered", || api.records().len() == 3).await;
    assert!(
        matches!(&channel.given()[..], [(600..=601, pings)] if pings == "a b c"),
        "{:?}",
        channel.given()
    );
}

#[tokio::test(start_paused = true)]
async fn what_two_departments_ask_of_one_issue_goes_as_one_message() {
    let clock = clock();
    let (api, channel) = (Api::new(&clock), Scripted::new(&clock, |_, _| Does::Take));
    for id in ["a", "b"] {
        let mut asked = ping(id, "ana", ANA).apart();
        (asked.owed.issue, asked.content.issue) = ("i".to_owned(), "i".to_owned());
        api.owe(asked);
    }
    let _running = run("one", &api, &clock, &channel);
    until("both are delivered", || api.records().len() == 2).await;
    assert_eq!(channel.pings(), ["a b"]);
}

#[tokio::test(start_paused = true)]
async fn one_contact_gets_a_few_at_once_then_one_a_minute_but_the_worst_at_once() {
    let clock = clock();
    let (api, channel) = (Api::new(&clock), Scripted::new(&clock, |_, _| Does::Take));
    let running = run("one", &api, &clock, &channel);
    for n in 0..8 {
        api.owe(ping(&format!("p{n}"), "ana", ANA).apart());
        sleep(Duration::from_secs(1)).await;
    }
    api.owe(ping("worst", "ana", ANA).apart().severity(Severity::One));
    until("all are delivered", || api.records().len() == 9).await;
    let given = channel.given();
    let at = |pings: &str| given.iter().find(|(_, given)| given == pings).unwrap().0;
    assert!(at("p4") < 6 && at("worst") < 10, "{given:?}");
    assert!(at("p5") >= 60 && at("p6") >= at("p5") + 60 && at("p7") >= at("p6") + 60, "{given:?}");
    assert!(running.figures.throttled() >= 1);
    // The second ping of the same issue waits like any other.
    let mut again = ping("again", "ana", ANA).apart().severity(Severity::One);
    (again.owed.issue, again.content.issue) = ("i-worst".to_owned(), "i-worst".to_owned());
    let before = channel.given().last().unwrap().0;
    api.owe(again);
    until("it is delivered", || api.records().len() == 10).await;
    assert!(channel.given().last().unwrap().0 >= before + 50, "{:?}", channel.given());
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_its_contact_is_told_once_without_a_claim() {
    let clock = clock();
    let (api, channel) = (Api::new(&clock), Scripted::new(&clock, |_, _| Does::Take));
    let throttle = Throttle { burst: 1, every: Duration::from_secs(60) };
    let _running = run_throttled(throttle, &api, &clock, &channel);
    api.owe(ping("first", "ana", ANA).apart());
    until("it is delivered", || api.records().len() == 1).await;
    // The API is away at first; what it was not told is told when there is something new.
    api.go_away(1);
    api.owe(ping("a", "ana", ANA).apart());
    sleep(Duration::from_secs(5)).await;
    assert_eq!(api.throttled(), []);
    api.owe(ping("b", "ana", ANA).apart());
    api.owe(ping("worst", "ana", ANA).apart().severity(Severity::One));
    sleep(Duration::from_secs(5)).await;
    assert_eq!(api.claims().len(), 2, "what is throttled is nobody's");
    until("all are delivered", || api.records().len() == 4).await;
    let mut told = api.throttled();
    told.sort();
    let ids: Vec<_> = told.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["a", "b"], "each once, and not what goes past the throttle");
    assert!(told.iter().all(|(_, until)| (50..=130).contains(until)), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_short_wait_is_not_told() {
    let clock = clock();
    let (api, channel) = (Api::new(&clock), Scripted::new(&clock, |_, _| Does::Take));
    let throttle = Throttle { burst: 1, every: Duration::from_secs(4) };
    let running = run_throttled(throttle, &api, &clock, &channel);
    for n in 0..3 {
        api.owe(ping(&format!("p{n}"), "ana", ANA).apart());
    }
    until("all are delivered", || api.records().len() == 3).await;
    assert!(running.figures.throttled() >= 1);
    assert_eq!(api.throttled(), []);
}

#[tokio::test(start_paused = true)]
async fn what_was_late_is_not_kept_waiting_by_what_keeps_coming() {
    let clock = clock();
    let (api, channel) = (Api::new(&clock), Scripted::new(&clock, |_, _| Does::Take));
    let _running = run("one", &api, &clock, &channel);
    api.owe(ping("late", "ana", ANA).apart().late().severity(Severity::Two));
    // One every two seconds, which is more than the throttle lets pass.
    for n in 0..40 {
        api.owe(ping(&format!("p{n}"), "ana", ANA).apart().severity(Severity::Four));
        sleep(Duration::from_secs(2)).await;
    }
    let given = channel.given();
    let late = given.iter().find(|(_, pings)| pings == "late");
    assert!(
        late.is_some_and(|(at, _)| *at <= 65),
        "the worst goes as soon as its window ends and one may: {given:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_digest_to_a_channel_that_tells_one_by_one_is_settled_one_by_one() {
    let clock = clock();
    let api = Api::new(&clock);
    // Slow enough that all of them take longer than a message or a claim may, and in trouble once.
    let channel = Scripted::new(&clock, |_, before| {
        if before == 4 { Does::Busy(Duration::from_secs(60)) } else { Does::Slowly(Duration::from_secs(4)) }
    });
    let channel = channel.one_by_one();
    for n in 0..30 {
        api.owe(ping(&format!("p{n:02}"), "ana", ANA).apart().late());
    }
    let _running = run("one", &api, &clock, &channel);
    until("the trouble is recorded", || api.records().len() == 5).await;
    let outcomes = |id: &str| api.outcomes(id);
    assert!(["p00", "p01", "p02", "p03"].iter().all(|id| outcomes(id) == ["1 delivered"]));
    assert_eq!(outcomes("p04"), ["1 failed for now"]);
    sleep(Duration::from_secs(30)).await;
    assert_eq!(api.claims().len(), 5, "what its server would do the same to is not claimed");
    until("all are delivered", || api.records().len() == 31).await;
    assert_eq!(outcomes("p04"), ["1 failed for now", "2 delivered"]);
    assert!((5..30).all(|n| outcomes(&format!("p{n:02}")) == ["1 delivered"]));
    assert!(channel.pings().iter().all(|pings| !pings.contains(' ')), "{:?}", channel.pings());
    // Ten of them count as one message.
    let last = channel.given().last().unwrap().0;
    assert!(last < 30 + 60 + 26 * 4 + 60, "{last}");
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_may_be_slow_has_its_time_within_the_claim() {
    let clock = clock();
    let api = Api::new(&clock);
    let channel = Scripted::new(&clock, |_, _| Does::Slowly(Duration::from_secs(28)));
    let channel = channel.patience(Duration::from_secs(30));
    for n in 0..3 {
        api.owe(ping(&format!("p{n}"), "ana", ANA).apart());
    }
    let _running = run("one", &api, &clock, &channel);
    until("all are delivered", || api.records().len() == 3).await;
    assert!((0..3).all(|n| api.outcomes(&format!("p{n}")) == ["1 delivered"]), "{:?}", api.records());
}
