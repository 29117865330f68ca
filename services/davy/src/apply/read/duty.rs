//! Calendars, rotations, schedules, overrides and policies out of a tree, and what people say about being pinged.
//!
//! The texts in them (windows, limits, targets) are not looked into: Davy tells what is wrong with one.

use proto::v1::{
    CalendarDocument, OverrideDocument, PersonalRule, PolicyDocument, PolicyPlan, PolicyStep, QuietHours,
    RotationDocument, ScheduleDocument, ScheduleLayer, TemporarySchedule, TemporaryShift,
};

use super::Members;

pub(super) const CALENDAR: [&str; 5] = ["id", "name", "zone", "open", "holidays"];
pub(super) const ROTATION: [&str; 6] = ["id", "name", "zone", "members", "every", "from"];
pub(super) const SCHEDULE: [&str; 6] = ["id", "name", "zone", "layers", "temporary", "gaps_wanted"];
pub(super) const OVERRIDE: [&str; 8] =
    ["id", "schedule", "from", "until", "removes", "adds", "reason", "active"];
pub(super) const POLICY: [&str; 5] = ["id", "name", "clocks", "plans", "fallback"];
const LAYER: [&str; 6] = ["name", "rotation", "people", "windows", "from", "until"];
const TEMPORARY: [&str; 3] = ["from", "until", "shifts"];
const SHIFT: [&str; 3] = ["person", "from", "until"];
const PLAN: [&str; 6] = ["severities", "steps", "repeat", "lease", "working_time", "holds"];
const STEP: [&str; 3] = ["ping", "wait", "answers"];
const RULE: [&str; 3] = ["contact", "after", "severities"];
const QUIET: [&str; 3] = ["zone", "hours", "calendar"];

pub(super) fn calendar(mut members: Members<'_>) -> CalendarDocument {
    CalendarDocument {
        id: members.required("id"),
        name: members.text("name"),
        zone: members.required("zone"),
        open: members.texts("open"),
        holidays: members.texts("holidays"),
    }
}

pub(super) fn rotation(mut members: Members<'_>) -> RotationDocument {
    RotationDocument {
        id: members.required("id"),
        name: members.text("name"),
        zone: members.required("zone"),
        members: members.texts("members"),
        every: members.required("every"),
        from: members.required("from"),
    }
}

pub(super) fn schedule(mut members: Members<'_>) -> ScheduleDocument {
    ScheduleDocument {
        id: members.required("id"),
        name: members.text("name"),
        zone: members.required("zone"),
        layers: members.each("layers", &LAYER, layer),
        temporary: members.each("temporary", &TEMPORARY, temporary),
        gaps_wanted: members.flag("gaps_wanted").unwrap_or_default(),
    }
}

fn layer(mut members: Members<'_>) -> ScheduleLayer {
    ScheduleLayer {
        name: members.text("name"),
        rotation: members.text("rotation"),
        people: members.texts("people"),
        windows: members.texts("windows"),
        from: members.text("from"),
        until: members.text("until"),
    }
}

fn temporary(mut members: Members<'_>) -> TemporarySchedule {
    TemporarySchedule {
        from: members.required("from"),
        until: members.required("until"),
        shifts: members.each("shifts", &SHIFT, |mut members| TemporaryShift {
            person: members.required("person"),
            from: members.text("from"),
            until: members.text("until"),
        }),
    }
}

pub(super) fn exception(mut members: Members<'_>) -> OverrideDocument {
    OverrideDocument {
        id: members.required("id"),
        schedule: members.required("schedule"),
        from: members.required("from"),
        until: members.required("until"),
        removes: members.text("removes"),
        adds: members.text("adds"),
        reason: members.text("reason"),
        active: Some(members.flag("active").unwrap_or(true)),
    }
}

pub(super) fn policy(mut members: Members<'_>) -> PolicyDocument {
    PolicyDocument {
        id: members.required("id"),
        name: members.text("name"),
        clocks: members.texts("clocks"),
        plans: members.each("plans", &PLAN, plan),
        fallback: members.required("fallback"),
    }
}

fn plan(mut members: Members<'_>) -> PolicyPlan {
    PolicyPlan {
        severities: members.text("severities"),
        steps: members.each("steps", &STEP, |mut members| PolicyStep {
            ping: members.texts("ping"),
            wait: members.required("wait"),
            answers: members.count("answers"),
        }),
        repeat: members.text("repeat"),
        lease: members.text("lease"),
        working_time: members.flag("working_time").unwrap_or_default(),
        holds: members.flag("holds"),
    }
}

pub(super) fn rules(person: &mut Members<'_>) -> Vec<PersonalRule> {
    person.each("rules", &RULE, |mut members| PersonalRule {
        contact: members.required("contact"),
        after: members.text("after"),
        severities: members.text("severities"),
    })
}

pub(super) fn quiet(person: &mut Members<'_>) -> Option<QuietHours> {
    person.one("quiet", &QUIET, |mut members| QuietHours {
        zone: members.required("zone"),
        hours: members.texts("hours"),
        calendar: members.text("calendar"),
    })
}
