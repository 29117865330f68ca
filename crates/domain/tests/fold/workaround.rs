//! Quick fixes are known and reviewed (F04).

use domain::Verdict;
use expect_test::expect;

use crate::{
    deeds::{patched, reviewed},
    draft::{engineering, sales, support},
    story::given,
};

#[test]
fn a_quick_fix_is_an_issue_until_it_is_reviewed() {
    given([
        // It names an issue that nobody reported.
        sales("09:00", patched()),
        sales("09:01", patched()),
        engineering("09:02", reviewed("-", Verdict::NeedsFix)),
        engineering("09:03", reviewed("2", Verdict::Safe)),
        // After the real fix.
        engineering("09:04", reviewed("1", Verdict::Safe)),
        engineering("09:05", reviewed("-", Verdict::Safe)),
    ])
    .then(&expect![[r#"
        09:00 sales workaround.applied: unreported, sales/-/- desk; patch of sales unreviewed
        09:01 sales workaround.applied: unreported, sales/-/- desk; patch of sales unreviewed; patch of sales unreviewed
        09:02 engineering workaround.reviewed: unreported, sales/-/- desk; patch of sales needsfix; patch of sales unreviewed
        09:03 engineering workaround.reviewed: unreported, sales/-/- desk; patch of sales needsfix; patch of sales safe
        09:04 engineering workaround.reviewed: unreported, sales/-/- desk; patch of sales safe; patch of sales safe
        09:05 engineering workaround.reviewed: unreported, sales/-/- desk; patch of sales safe; patch of sales safe !unknown_ref (not applied)
    "#]]);
}

#[test]
fn an_unsafe_one_makes_the_issue_grave() {
    let issue = given([sales("09:00", patched()), support("09:01", reviewed("-", Verdict::Unsafe))]).issue();
    assert_eq!(issue.severity().rank(), 1);
}
