//! From owed to recorded: retries, races, crashes, lost connections, receivers that hang.

use std::time::Duration;

use tokio::time::sleep;

use super::{
    scripted::{Does, Scripted},
    world::{Api, CLAIM, Given, clock, ping, run, until},
};
use crate::{News, Standing};

const ANA: (&str, &str) = ("scripted", "ana");

fn taking() -> (crate::Clock, Api, Scripted) {
    let clock = clock();
    (clock.clone(), Api::new(&clock), Scripted::new(&clock, |_, _| Does::Take))
}

#[tokio::test(start_paused = true)]
async fn a_ping_is_claimed_sent_and_recorded_once() {
    let (clock, api, channel) = taking();
    api.owe(ping("p1", "ana", ANA));
    let running = run("one", &api, &clock, &channel);
    until("it is recorded", || !api.records().is_empty()).await;
    api.owe(ping("p2", "ana", ANA));
    until("so is another", || api.records().len() == 2).await;
    api.hang_up();
    sleep(Duration::from_secs(300)).await;
    assert_eq!(channel.pings(), ["p1", "p2"]);
    assert_eq!(api.outcomes("p1"), ["1 delivered"]);
    assert_eq!((running.figures.owed(), running.figures.delivered()), (0, 2));
    running.stop.cancel();
    running.task.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_claim_whose_answer_is_lost_is_asked_for_again_and_not_waited_out() {
    let (clock, api, channel) = taking();
    api.lose_answers(1);
    api.owe(ping("p1", "ana", ANA));
    let _running = run("one", &api, &clock, &channel);
    until("it is recorded", || !api.records().is_empty()).await;
    assert!(matches!(channel.given()[..], [(0..=5, _)]), "{:?}", channel.given());
    assert_eq!((api.outcomes("p1"), api.claims().len()), (vec!["1 delivered".to_owned()], 1));
}

#[tokio::test(start_paused = true)]
async fn failures_for_now_are_retried_three_times_and_then_it_is_given_up() {
    let clock = clock();
    let (api, channel) = (Api::new(&clock), Scripted::new(&clock, |_, _| Does::Fail));
    api.owe(ping("p1", "ana", ANA));
    let _running = run("one", &api, &clock, &channel);
    until("it is given up", || api.outcomes("p1").len() == 4).await;
    assert_eq!(
        api.outcomes("p1"),
        ["1 failed for now", "2 failed for now", "3 failed for now", "4 failed for good"]
    );
    let at: Vec<_> = channel.given().into_iter().map(|(at, _)| at).collect();
    let pauses: Vec<_> = at.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(matches!(pauses[..], [5..=7, 15..=19, 45..=55]), "{pauses:?}");
}

#[tokio::test(start_paused = true)]
async fn a_receiver_says_when_and_one_that_refuses_is_not_asked_again() {
    let clock = clock();
    let api = Api::new(&clock);
    let channel = Scripted::new(&clock, |message, before| match (message.to.address.reveal(), before) {
        ("ana", 0) => Does::Busy(Duration::from_secs(120)),
        ("ana", _) => Does::Take,
        _ => Does::Refuse,
    });
    api.owe(ping("p1", "ana", ANA));
    let _running = run("one", &api, &clock, &channel);
    until("it is delivered", || api.outcomes("p1").len() == 2).await;
    assert_eq!(channel.given()[1].0 - channel.given()[0].0, 120);
    api.owe(ping("p2", "bo", ("scripted", "bo")));
    api.owe(ping("p3", "cy", ("carrier-pigeon", "cy")));
    until("both are given up", || api.records().len() == 4).await;
    sleep(Duration::from_secs(300)).await;
    assert_eq!(api.outcomes("p2"), ["1 failed for good"]);
    assert_eq!(api.outcomes("p3"), ["1 failed for good"]);
    assert_eq!(api.records().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_hangs_delays_nobody_elses_pings() {
    let clock = clock();
    let api = Api::new(&clock);
    let channel =
        Scripted::new(
            &clock,
            |message, _| {
                if message.to.address.reveal() == "hangs" { Does::Hang } else { Does::Take }
            },
        );
    for n in 0..300 {
        api.owe(ping(&format!("h{n:03}"), &format!("person{n}"), ("scripted", "hangs")));
    }
    api.owe(ping("p1", "ana", ANA));
    let _running = run("one", &api, &clock, &channel);
    until("the healthy one is delivered", || api.outcomes("p1").len() == 1).await;
    let came = channel.given().into_iter().find(|(_, pings)| pings == "p1").unwrap();
    assert_eq!(came.0, 0, "within the first second");
    let hanging = channel.given().len() - 1;
    assert!(hanging <= 8, "{hanging} wait for the one that hangs at once");
    // And later as well, when every one of its lanes has something to try again.
    sleep(Duration::from_secs(60)).await;
    api.owe(ping("p2", "bo", ("scripted", "bo")));
    until("another is delivered", || api.outcomes("p2").len() == 1).await;
    let (at, _) = channel.given().into_iter().find(|(_, pings)| pings == "p2").unwrap();
    assert!((60..=61).contains(&at), "{at}");
}

#[tokio::test(start_paused = true)]
async fn a_contact_that_hangs_delays_no_other_at_its_server() {
    let clock = clock();
    let api = Api::new(&clock);
    let channel = Scripted::new(&clock, |message, _| {
        let id = message.id();
        if id.starts_with('h') { Does::Hang } else { Does::Take }
    });
    let _running = run("one", &api, &clock, &channel);
    for n in 0..60 {
        for id in [format!("h{n}"), format!("p{n}")] {
            // Four of them hang.
            let person = if id.starts_with('h') { format!("h{}", n % 4) } else { id.clone() };
            api.owe(ping(&id, &person, ("scripted", "one server")));
        }
        sleep(Duration::from_secs(1)).await;
        assert_eq!(api.outcomes(&format!("p{n}")), ["1 delivered"], "at {n} s");
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_pagers_one_sends() {
    let (clock, api, channel) = taking();
    let _one = run("one", &api, &clock, &channel);
    let _two = run("two", &api, &clock, &channel);
    for n in 0..50 {
        api.owe(ping(&format!("p{n:02}"), &format!("person{n}"), ("scripted", "x")));
    }
    until("all are delivered", || api.records().len() == 50).await;
    sleep(Duration::from_secs(300)).await;
    assert_eq!((channel.given().len(), api.claims().len(), api.records().len()), (50, 50, 50));
}

#[tokio::test(start_paused = true)]
async fn what_a_killed_pager_had_claimed_is_sent_by_the_next_under_the_same_id() {
    let (clock, api, _) = taking();
    let hangs = Scripted::new(&clock, |_, _| Does::Hang);
    api.owe(ping("p1", "ana", ANA));
    let killed = run("one", &api, &clock, &hangs);
    until("it is claimed", || !hangs.given().is_empty()).await;
    killed.task.abort();
    api.hang_up();
    let takes = Scripted::new(&clock, |_, _| Does::Take);
    let _next = run("one", &api, &clock, &takes);
    until("it is delivered", || !api.records().is_empty()).await;
    assert_eq!(api.outcomes("p1"), ["2 delivered"]);
    assert_eq!(takes.pings(), ["p1"]);
    let lapse = i64::try_from(CLAIM.as_secs()).unwrap();
    let at = takes.given()[0].0;
    assert!((lapse..lapse + 10).contains(&at), "{at}");
}

#[tokio::test(start_paused = true)]
async fn an_outcome_is_told_until_the_api_takes_it() {
    let (clock, api, channel) = taking();
    api.go_away(12);
    api.owe(ping("p1", "ana", ANA));
    let _running = run("one", &api, &clock, &channel);
    until("it is recorded", || !api.records().is_empty()).await;
    assert_eq!(channel.pings(), ["p1"], "sent once, however often it was told");
}

#[tokio::test(start_paused = true)]
async fn what_was_answered_while_it_waited_is_not_sent() {
    let clock = clock();
    let api = Api::new(&clock);
    let channel = Scripted::new(&clock, |_, before| if before < 8 { Does::Hang } else { Does::Take });
    for n in 0..9 {
        api.owe(ping(&format!("p{n}"), &format!("person{n}"), ("scripted", "one server")));
    }
    let _running = run("one", &api, &clock, &channel);
    until("eight are on their way, and all are claimed", || {
        channel.given().len() == 8 && api.claims().len() == 9
    })
    .await;
    let sent = channel.pings();
    let waits = (0..9).map(|n| format!("p{n}")).find(|id| !sent.contains(id)).unwrap();
    api.withdraw(&waits);
    sleep(Duration::from_secs(200)).await;
    assert!(!channel.pings().contains(&waits));
    assert!(api.outcomes(&waits).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_hold_is_waited_for_and_a_clock_that_jumps_back_silences_nothing_for_long() {
    let (clock, api, channel) = taking();
    let held = |id: &str, seconds: i64| {
        let mut held: Given = ping(id, id, ANA);
        held.owed.not_before = Some(clock() + jiff::SignedDuration::from_secs(seconds));
        held
    };
    api.owe(held("p1", 90));
    // As if another pager, whose clock is an hour ahead, had claimed it.
    let mut claimed = ping("p2", "bo", ANA);
    claimed.owed.claimed_until = Some(clock() + jiff::SignedDuration::from_hours(1));
    api.owe(claimed);
    let _running = run("one", &api, &clock, &channel);
    until("both are delivered", || api.records().len() == 2).await;
    let given = channel.given();
    assert!(
        matches!(&given[..], [(90..=91, one), (300..=302, two)] if one == "p1" && two == "p2"),
        "{given:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_lost_watch_would_have_told_is_told_by_the_next() {
    let (clock, api, channel) = taking();
    let mut held = ping("p1", "ana", ANA);
    held.owed.not_before = Some(clock() + jiff::SignedDuration::from_secs(30));
    api.owe(held);
    let _running = run("one", &api, &clock, &channel);
    sleep(Duration::from_secs(1)).await;
    api.hang_up();
    api.withdraw("p1");
    api.owe(ping("p2", "bo", ANA));
    until("the new one is delivered", || !api.records().is_empty()).await;
    sleep(Duration::from_secs(120)).await;
    assert_eq!(channel.pings(), ["p2"]);
}

#[tokio::test(start_paused = true)]
async fn an_incident_elsewhere_hears_of_an_answer_and_of_the_end() {
    let (clock, api, channel) = taking();
    api.owe(ping("p1", "ana", ANA));
    let _running = run("one", &api, &clock, &channel);
    until("it is delivered", || !api.records().is_empty()).await;
    api.stand("i-p1", Standing::Answered);
    sleep(Duration::from_secs(60)).await;
    api.stand("i-p1", Standing::Over);
    sleep(Duration::from_secs(60)).await;
    let news = channel.news.lock().unwrap().clone();
    assert_eq!(news, [("i-p1".to_owned(), News::Answered), ("i-p1".to_owned(), News::Over)]);
}
