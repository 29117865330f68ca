//! Messages that must be read the same way for ever: one of each type, as it was published when the type was new.

use serde_json::Value;
use testkit::{
    Davy,
    client::v1::{self, validate_event_response::Verdict},
};

use crate::{DAVY, block_on};

#[test]
fn events_of_every_type_are_read_for_ever() {
    let davy = Davy::start(DAVY).unwrap();
    let api = block_on(davy.api()).unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/events/v1");
    let mut types = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let fixture: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let event = v1::EventMessage {
            subject: fixture["subject"].as_str().unwrap().to_owned(),
            body: fixture["body"].to_string().into(),
            headers: [].into(),
        };
        let answer = block_on(api.validate_event(v1::ValidateEventRequest { event: Some(event) })).unwrap();
        let accepted = match answer.verdict {
            Some(Verdict::Accepted(accepted)) => accepted,
            // Of Davy's own; that they are read is for the crate `wire` to test.
            Some(Verdict::Rejected(rejected)) if rejected.reason == "reserved_origin" => {
                types.push(fixture["body"]["type"].as_str().unwrap().to_owned());
                continue;
            }
            other => panic!("{}: {other:?}", file.display()),
        };
        assert!(accepted.known_type, "{}", file.display());
        assert_eq!(accepted.anomalies, [""; 0], "{}", file.display());
        types.push(accepted.r#type);
    }
    let catalogue = block_on(api.describe_catalogue(v1::DescribeCatalogueRequest::default())).unwrap();
    let mut known: Vec<_> = catalogue.types.iter().map(|known| known.r#type.clone()).collect();
    known.sort();
    types.sort();
    assert_eq!(types, known, "every type of the catalogue has a fixture");
    assert!(
        catalogue.types.iter().all(|known| known.schema.contains("properties")),
        "every type has a schema"
    );
}
