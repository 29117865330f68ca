//! What somebody may ask of a run, and what is refused since it is stale (`escalation.md` rules 3 and 4).

use domain::{Command, Payload, RefusalCode, Repeat, SeenRun, TimeLimit};

use crate::world::{World, person, policy, step, to};

fn escalate(cycle: u32, step: u32, pass: u32) -> Command {
    Command::EscalateNow { department: None, seen: Some(SeenRun { cycle, step, pass }) }
}

#[test]
fn who_saw_another_step_another_pass_or_the_steps_before_the_fallback_is_told_so() {
    let mut world = World::of(policy("p", vec![step(5, vec![to("p1")])], Repeat::Times(1)));
    let told = |world: &World, seen: Command| world.decide(&seen).map_err(|refusal| refusal.to_string());
    world.until(0).expect(["+0 p1/c"]);
    assert!(told(&world, escalate(1, 0, 0)).is_ok());
    world.until(5).expect(["+5 p1/c"]);
    assert!(told(&world, escalate(1, 0, 1)).is_ok());
    let stale = told(&world, escalate(1, 0, 0)).unwrap_err();
    assert!(stale.contains("cycle 1, step 1, for the 2. time"), "{stale}");
    world.until(10).expect(["+10 #last"]);
    for pass in [0, 1] {
        let stale = told(&world, escalate(1, 0, pass)).unwrap_err();
        assert!(stale.contains("all steps of cycle 1 fired"), "{stale}");
    }
    assert!(told(&world, Command::EscalateNow { department: None, seen: None }).is_ok());
}

#[test]
fn a_warning_of_an_issue_that_is_over_is_not_answered() {
    let mut soon = policy("p", vec![step(10, vec![to("p1")])], Repeat::Times(0));
    soon.limits.iter_mut().for_each(|limit| limit.limits = [TimeLimit::Wall(80 * 60); 4]);
    let mut world = World::of(soon);
    world.tell("support", "owner.accepted", Payload::Accepted { person: person("p2"), department: None });
    world.until(59).expect(["+59 p2/c"]);
    let answer = Command::AnswerPing { ping: world.pinged()[0] };
    assert!(world.decide(&answer).is_ok());
    world.tell("support", "issue.resolved", Payload::Resolved);
    assert_eq!(world.decide(&answer).unwrap_err().code, RefusalCode::Already);
}
