//! Who is shown as owner where the person or the department is gone: `contract.md` 4, last row.

use domain::{Directory, Document, PersonStatus, Position, ShownOwner};
use expect_test::{Expect, expect};

use crate::{
    draft::{
        accepted, closed_department, engineering, open_department, person_document, reported, set, support,
    },
    story::{given, owner},
};

/// ana of engineering accepted it; then the directory changes, a version after the other.
fn shown(changes: impl IntoIterator<Item = Document>, expected: &Expect) {
    let custody =
        given([support("09:00", reported()), engineering("09:01", accepted("ana"))]).issue().custody;
    let mut directory = Directory::default();
    let mut text = String::new();
    for (document, sequence) in changes.into_iter().zip(3..) {
        directory.record(&set(sequence, document));
        let ShownOwner { owner: shown, was, closed } =
            custody.owner.shown(&directory, Position::new(sequence));
        let was = was.map_or_else(String::new, |was| format!(", was {}", owner(&was)));
        text.push_str(&format!("{}{was}{}\n", owner(&shown), if closed { ", closed" } else { "" }));
    }
    expected.assert_eq(&text);
    let before = custody.owner.shown(&directory, Position::new(2));
    assert_eq!((before.owner, before.was, before.closed), (custody.owner, None, false));
}

#[test]
fn a_person_who_left_or_is_on_leave_is_shown_as_the_desk_and_who_was_named() {
    let until = Some(jiff::civil::date(2026, 3, 20));
    let statuses =
        [PersonStatus::Active, PersonStatus::OnLeave { until }, PersonStatus::Left, PersonStatus::Active];
    shown(
        statuses.map(|status| person_document("ana", status)),
        &expect![[r#"
        engineering/-/ana accepted
        engineering/-/- desk, was engineering/-/ana accepted
        engineering/-/- desk, was engineering/-/ana accepted
        engineering/-/ana accepted
    "#]],
    );
}

#[test]
fn a_closed_department_is_shown_as_its_successors_desk() {
    shown(
        [
            closed_department("engineering", Some("research")),
            closed_department("research", Some("lab")),
            open_department("research"),
            person_document("ana", PersonStatus::Left),
            closed_department("engineering", None),
            open_department("engineering"),
        ],
        &expect![[r#"
            research/-/- desk, was engineering/-/ana accepted
            lab/-/- desk, was engineering/-/ana accepted
            research/-/- desk, was engineering/-/ana accepted
            research/-/- desk, was engineering/-/ana accepted
            engineering/-/- desk, was engineering/-/ana accepted, closed
            engineering/-/- desk, was engineering/-/ana accepted
        "#]],
    );
}

#[test]
fn successors_in_a_circle_are_none() {
    shown(
        [
            closed_department("engineering", Some("research")),
            closed_department("research", Some("engineering")),
            closed_department("engineering", Some("engineering")),
        ],
        &expect![[r#"
            research/-/- desk, was engineering/-/ana accepted
            engineering/-/- desk, was engineering/-/ana accepted, closed
            engineering/-/- desk, was engineering/-/ana accepted, closed
        "#]],
    );
}

#[test]
fn the_desk_of_a_closed_department_says_what_it_was() {
    let custody = given([support("09:00", reported())]).issue().custody;
    let mut directory = Directory::default();
    directory.record(&set(2, closed_department("support", None)));
    let ShownOwner { owner, was, closed } = custody.owner.shown(&directory, Position::new(2));
    assert_eq!((&owner, was.as_ref(), closed), (&custody.owner, Some(&custody.owner), true));
}
