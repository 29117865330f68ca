//! Calendars, rotations, schedules, overrides and policies, field by field.

use proto::v1::{
    CalendarDocument, OverrideDocument, PersonDocument, PersonalRule, PolicyDocument, PolicyStep, QuietHours,
    RotationDocument, ScheduleDocument, ScheduleLayer,
};

type Fields = Vec<(&'static str, String)>;

pub(super) fn rules(person: &PersonDocument) -> String {
    let rule = |PersonalRule { contact, after, severities }: &PersonalRule| {
        let after = if after.is_empty() { " at once".to_owned() } else { format!(" after {after}") };
        let severities = if severities.is_empty() { String::new() } else { format!(" for S{severities}") };
        format!("{contact}{after}{severities}")
    };
    person.rules.iter().map(rule).collect::<Vec<_>>().join(", ")
}

pub(super) fn quiet(QuietHours { zone, hours, calendar }: &QuietHours) -> String {
    let holidays = if calendar.is_empty() { String::new() } else { format!(", and holidays of {calendar}") };
    format!("{} ({zone}){holidays}", hours.join(", "))
}

pub(super) fn calendar(it: &CalendarDocument) -> Fields {
    vec![
        ("calendar", it.id.clone()),
        ("name", it.name.clone()),
        ("zone", it.zone.clone()),
        ("open", it.open.join(", ")),
        ("holidays", it.holidays.join(", ")),
    ]
}

pub(super) fn rotation(it: &RotationDocument) -> Fields {
    vec![
        ("rotation", it.id.clone()),
        ("name", it.name.clone()),
        ("zone", it.zone.clone()),
        ("members", it.members.join(", ")),
        ("every", it.every.clone()),
        ("from", it.from.clone()),
    ]
}

pub(super) fn schedule(it: &ScheduleDocument) -> Fields {
    let mut fields = vec![("schedule", it.id.clone()), ("name", it.name.clone()), ("zone", it.zone.clone())];
    for ScheduleLayer { name, rotation, people, windows, from, until } in &it.layers {
        let who = if rotation.is_empty() { people.join(", ") } else { format!("rotation {rotation}") };
        let windows = if windows.is_empty() { String::new() } else { format!(", {}", windows.join(", ")) };
        let bound =
            |word: &str, at: &str| if at.is_empty() { String::new() } else { format!(", {word} {at}") };
        let (from, until) = (bound("from", from), bound("until", until));
        fields.push(("layer", format!("{name}: {who}{windows}{from}{until}")));
    }
    for temporary in &it.temporary {
        let people: Vec<_> = temporary.shifts.iter().map(|shift| shift.person.as_str()).collect();
        let people = if people.is_empty() { "nobody".to_owned() } else { people.join(", ") };
        fields.push(("instead", format!("{} to {}: {people}", temporary.from, temporary.until)));
    }
    fields
}

pub(super) fn exception(it: &OverrideDocument) -> Fields {
    vec![
        ("override", it.id.clone()),
        ("schedule", it.schedule.clone()),
        ("state", if it.active() { "in force" } else { "called off" }.to_owned()),
        ("from", it.from.clone()),
        ("until", it.until.clone()),
        ("removes", it.removes.clone()),
        ("adds", it.adds.clone()),
        ("reason", it.reason.clone()),
    ]
}

pub(super) fn policy(it: &PolicyDocument) -> Fields {
    let mut fields = vec![("policy", it.id.clone()), ("name", it.name.clone())];
    fields.extend(it.clocks.iter().map(|clock| ("clock", clock.clone())));
    for plan in &it.plans {
        let severities = if plan.severities.is_empty() { "others" } else { &plan.severities };
        let step = |PolicyStep { ping, wait, .. }: &PolicyStep| format!("{} {wait}", ping.join(" + "));
        let steps = plan.steps.iter().map(step).collect::<Vec<_>>().join(", then ");
        let text = format!("{severities}: {steps}; repeat {}; lease {}", plan.repeat, plan.lease);
        fields.push(("plan", text));
    }
    fields.push(("fallback", it.fallback.clone()));
    fields
}
