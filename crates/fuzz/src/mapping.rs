//! Mapping files, and the rows that they are for: the mapping, a line of three dashes, and an export.

use domain::Arrived;
use import::{Import, Mapping, Options};

use crate::{event, split};

/// Any mapping and any export: a mapping is refused with words for each mistake, an export with words, and what comes of the
/// others are events that Davy reads.
pub fn mapping(data: &[u8]) {
    let (mapping, rows) = split(data, b"\n---\n");
    let mapping = match Mapping::parse(&String::from_utf8_lossy(mapping)) {
        Ok(mapping) => mapping,
        Err(mistakes) => {
            let is_told = |problem: &str| !problem.is_empty();
            assert!(!mistakes.0.is_empty(), "refused without a mistake");
            assert!(mistakes.0.iter().all(|mistake| is_told(&mistake.problem)), "{mistakes:?}");
            return;
        }
    };
    let inputs = [("rows".to_owned(), rows)];
    let import = match Import::read(&mapping, Options::default(), inputs, &mut |_| {}) {
        Ok(import) => import,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    assert!(import.rejected().iter().all(|row| !row.reason.is_empty()));
    let mut count = 0;
    for made in import.events() {
        count += 1;
        let message = event::at(count, made.subject, made.body);
        if let Arrived::Quarantined(found) = event::read(&message) {
            panic!("an imported event is quarantined: {}; {message:?}", found.detail);
        }
    }
    assert_eq!(import.event_count(), count, "the plan counts other events than are made");
}
