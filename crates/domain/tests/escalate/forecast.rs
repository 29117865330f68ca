//! Who would not be reached, told ahead (`escalation.md` rule 12).

use domain::{Document, PingTarget, Repeat};

use crate::world::{World, policy, schedule, somebody, step, to};

#[test]
fn every_step_is_looked_at_and_everybody_without_a_contact_is_named() {
    let on_call = |id: &str| PingTarget::OnCall(Some(id.to_owned()));
    let steps = vec![step(5, vec![on_call("one")]), step(5, vec![on_call("two")]), step(5, vec![to("gone")])];
    let mut world = World::of(policy("p", steps, Repeat::Times(0)));
    world.set(Document::Person(somebody("mute", &[], &[])));
    world.set(Document::Schedule(schedule("one", &[("p1", None, None)])));
    world.set(Document::Schedule(schedule("two", &[("mute", None, None)])));
    assert_eq!(
        world.forecast("support"),
        [
            "step 2 of severity 1 (`on-call:two`) would come to mute without any contact; add one to the person's document",
            "step 3 of severity 1 (`person:gone`) would reach nobody; name somebody in the directory",
        ]
    );
    // Also where somebody else of the same shift has one.
    let mut both = schedule("two", &[("p1", None, None)]);
    let people = ["p1", "mute"].map(str::to_owned).to_vec();
    both.layers.iter_mut().for_each(|layer| layer.who = domain::LayerWho::People(people.clone()));
    world.set(Document::Schedule(both));
    assert!(world.forecast("support")[0].contains("would come to mute without any contact"));
}
