//! The published schemas are those of the types that read the events.

use std::{fs, path::Path};

#[test]
fn the_published_schemas_are_those_of_the_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto/schemas");
    let documents = wire::schema::documents();
    for (name, document) in &documents {
        let published = fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert_eq!(published, format!("{document:#}\n"), "run `cargo xtask schemas`: {name}");
    }
    let published = fs::read_dir(&folder).unwrap().count();
    assert_eq!(published, documents.len(), "run `cargo xtask schemas`: a schema of a type that is gone");
}
