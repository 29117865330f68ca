//! That the table can be read.

use super::*;

#[test]
fn what_falls_short_is_marked_and_columns_line_up() {
    let mut report = Report::default();
    report.add("fold", "events", vec![40.0, 30.0, 35.0], ("bare", vec![100.0]), 0.35);
    report.add("publish", "events", vec![12_345.0], ("bare batches", vec![24_690.0]), 0.7);
    report.bound("memory at 1000000 issues", vec![0.5], "GB", 1.0);
    report.bound("nothing was measured", vec![], "s", 1.5);
    report.tell("of that the log", vec![1.2], "x");
    report.remark("Counted are whole blocks.");
    let text = report.to_string();
    let expected = [
        "      work                       measured      limit  ratio    target  unit",
        "      fold                          35.00      100.0   0.35   >= 0.35  events/s, beside bare",
        "SHORT publish                       12345      24690   0.50   >= 0.70  events/s, beside bare batches",
        "      memory at 1000000 issues       0.50                     <= 1.00  GB",
        "SHORT nothing was measured            NaN                     <= 1.50  s",
        "      of that the log                1.20                              x",
        "2 of 4 targets are met; SHORT marks the others.",
        "- Counted are whole blocks.",
    ];
    // Blanks within a line are those of the columns.
    assert_eq!(text.lines().map(str::trim_end).collect::<Vec<_>>()[2..], expected[2..], "{text}");
}
