//! Files of `davy apply`: a line for the name of the file, and the file.

use domain::{Arrived, Principal, Roles};

use crate::{event, split};

/// Any file: its mistakes are told with their lines; what has none is written by an export as it was read; and what Davy would
/// append for it is read from the log.
pub fn directory_file(data: &[u8]) {
    let (name, text) = split(data, b"\n");
    let (name, text) = (String::from_utf8_lossy(name), String::from_utf8_lossy(text));
    let (documents, mistakes) = davy_cli::testing::documents(&name, &text);
    assert!(mistakes.iter().all(|told| told.starts_with(&format!("{name}:"))), "{mistakes:?}");
    if !mistakes.is_empty() {
        return;
    }
    let Ok(events) = api::testing::applied(documents.clone(), &anybody()) else { return };
    for (sequence, (subject, body)) in (1..).zip(events) {
        let message = event::at(sequence, subject, body);
        let read = event::read(&message);
        assert!(matches!(read, Arrived::Directory(_)), "an applied document is {read:?}: {message:?}");
    }
    let written = davy_cli::testing::file(&documents);
    let again = davy_cli::testing::documents("export.yaml", &written);
    assert_eq!(again, (documents, Vec::new()), "exported as {written}");
}

fn anybody() -> Principal {
    let department = "support".parse().unwrap_or_else(|_| panic!("it is a department"));
    Principal { name: "token/support".to_owned(), department, person: None, roles: Roles::all() }
}
