//! Documents about duty: whom and what they name, and what would never do anything.

use davy_domain::{
    Directory, Document, LayerDocument, LayerWho, LeaseLimit, Override, OverrideDocument, PingRule,
    PingTarget, Plan, PolicyDocument, PolicyStep, Repeat, ScheduleDocument, Temporary, TimeLimit,
};
use expect_test::expect;
use jiff::{Timestamp, tz::TimeZone};

use super::{department, directory, mistakes, person, slug, tom};

fn schedule(layers: Vec<LayerDocument>) -> Document {
    let now = Timestamp::UNIX_EPOCH;
    Document::Schedule(ScheduleDocument {
        id: "support".to_owned(),
        name: None,
        zone: TimeZone::UTC,
        layers,
        temporary: vec![Temporary { from: now, until: now, shifts: Vec::new() }],
        gaps_wanted: false,
    })
}

fn layer(who: LayerWho) -> LayerDocument {
    LayerDocument { name: "first".to_owned(), who, windows: Vec::new(), from: None, until: None }
}

fn policy(steps: Vec<PolicyStep>) -> Document {
    let plan = Plan {
        steps,
        repeat: Repeat::Forever,
        lease: LeaseLimit::Lasts(TimeLimit::Wall(60)),
        pages_days: None,
        until_opening: false,
        working_time: false,
        holds: false,
    };
    Document::Policy(PolicyDocument {
        id: "Default policy".to_owned(),
        name: None,
        limits: Vec::new(),
        plans: [plan.clone(), plan.clone(), plan.clone(), plan],
        fallback: PingTarget::OnCall(Some("nights".to_owned())),
    })
}

#[test]
fn documents_about_duty_name_what_is_there() {
    let support = department("support", |support| {
        support.calendar = Some("office".to_owned());
        support.policy = Some("gold".to_owned());
        support.schedule = Some("support".to_owned());
    });
    let layers = vec![
        layer(LayerWho::Rotation("weekly".to_owned())),
        layer(LayerWho::People(vec!["tom".to_owned(), "nobody".to_owned()])),
    ];
    let exception =
        Override { from: Timestamp::UNIX_EPOCH, until: Timestamp::UNIX_EPOCH, removes: None, adds: None };
    let concert = Document::Override(OverrideDocument {
        id: "concert".to_owned(),
        schedule: "sales".to_owned(),
        exception,
        reason: None,
        active: true,
    });
    mistakes(
        &directory([tom(), department("support", |_| {})]),
        &[support, schedule(layers), concert],
        &expect![[r#"
            0 calendar: no calendar `office` is known; add it to the file
            0 policy: no policy `gold` is known; add it to the file
            1 layers[1].name: `first` stands there twice
            1 temporary[0].until: ends before it begins
            1 layers[0].rotation: no rotation `weekly` is known; add it to the file
            1 layers[1].people[1]: no person `nobody` is known; add them to the file
            2 until: ends before it begins
            2 adds: neither adds nor removes anybody; name a person
            2 schedule: no schedule `sales` is known; add it to the file
        "#]],
    );
}

#[test]
fn a_policy_pings_somebody_and_gives_them_time() {
    let step = |targets, delay| PolicyStep { targets, delay, answers: 1 };
    let targets = vec![
        PingTarget::Person("nobody".to_owned()),
        PingTarget::Head(Some(slug("sales"))),
        PingTarget::Channel(String::new()),
        PingTarget::OnCall(None),
    ];
    let steps = vec![
        step(targets, TimeLimit::Wall(30)),
        PolicyStep { answers: 99, ..step(Vec::new(), TimeLimit::Wall(29)) },
    ];
    mistakes(
        &Directory::default(),
        &[policy(steps), policy(Vec::new())],
        &expect![[r#"
            0 id: `Default policy` is no id; use 1 to 64 of a-z, 0-9 and -
            0 plans[0].steps[0].ping[2]: is empty
            0 plans[0].steps[1].ping: is empty
            0 plans[0].steps[1].wait: waits for less than 30 s; give people time to answer
            0 plans[0].steps[1].answers: asks for more than 50 people
            0 plans[0].steps[0].ping[0]: no person `nobody` is known; add them to the file
            0 plans[0].steps[0].ping[1]: no department `sales` is known; add it to the file
            0 fallback: no schedule `nights` is known; add it to the file
            1 id: is given twice; keep one of them
            1 id: `Default policy` is no id; use 1 to 64 of a-z, 0-9 and -
            1 plans[0].steps: is empty
            1 fallback: no schedule `nights` is known; add it to the file
        "#]],
    );
}

#[test]
fn a_rule_goes_by_a_contact_of_the_person() {
    let mia = person("mia", |mia| {
        mia.rules = vec![PingRule { contact: "phone".to_owned(), after_seconds: 0, severities: vec![5] }];
    });
    mistakes(
        &Directory::default(),
        &[mia],
        &expect![[r#"
            0 rules[0].contact: `phone` is the name of none of their contacts
            0 rules[0].severities: `5` is no severity; there are 1 to 4
        "#]],
    );
}
