//! That a chart shows what it is given, on the page.

use super::*;

fn chart(points: Vec<(f64, f64)>) -> String {
    let series = vec![Series { name: "WhoOwns", points }];
    Chart { title: "Latency".to_owned(), x: "issues", y: "us", series }.svg()
}

#[test]
fn axes_are_labelled_in_round_steps_from_zero() {
    let svg = chart(vec![(1e4, 61_000.0), (1e5, 58_000.0), (1e6, 40_000.0)]);
    for label in [">10k<", ">100k<", ">1M<", ">0<", ">20k<", ">80k<", ">issues<", ">us<", ">Latency<"] {
        assert!(svg.contains(label), "{label} is missing in {svg}");
    }
}

#[test]
fn whatever_is_drawn_stays_on_the_page() {
    for points in [vec![(1.0, 0.2)], vec![(7.0, 3.0), (9_999.0, 12_345.0)], vec![(10.0, 1e7), (1e9, 2.0)]] {
        let svg = chart(points);
        assert!(!svg.contains("NaN") && !svg.contains("inf") && !svg.contains("\"-"), "{svg}");
    }
}

#[test]
fn numbers_are_short() {
    let shown = [0.0, 7.0, 85.4, 950.0, 1_200.0, 61_234.0, 1e6].map(short);
    assert_eq!(shown, ["0", "7", "85", "950", "1.2k", "61k", "1M"]);
}
