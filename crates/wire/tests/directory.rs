//! Documents that the API writes are read as they were written.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use davy_wire::{
    Message, decode,
    directory::{By, set},
    operator::Composed,
};
use domain::{
    Arrived, Contact, DepartmentDocument, Document, Person, PersonDocument, PersonStatus, Position,
    Principal, Reference, Roles, SystemDocument,
};
use proptest::{collection::vec, option, prelude::*};

fn principal() -> Principal {
    let account = Reference { system: "zendesk".to_owned(), id: "ada".to_owned() };
    Principal {
        name: "token/ada".to_owned(),
        department: "operations".parse().unwrap(),
        person: Some(Person { account, name: None }),
        roles: Roles::all(),
    }
}

fn composed(document: &Document, request_id: &str, replaces: Option<Position>) -> Composed {
    set(By { principal: &principal(), request_id }, document, replaces)
}

fn word() -> impl Strategy<Value = String> {
    "[a-zA-Zé@+0-9 .%*>-]{1,12}"
}

fn slug() -> impl Strategy<Value = domain::Department> {
    "[a-z0-9-]{1,8}".prop_map(|slug| slug.parse().unwrap())
}

fn department() -> impl Strategy<Value = Document> {
    let people = (option::of(word()), option::of(word()));
    let parts = (slug(), option::of(word()), any::<bool>(), option::of(slug()), people, vec(word(), 0..3));
    parts.prop_map(|(slug, name, active, successor, (head, arbiter), hand_off_template)| {
        let calendar = name.clone();
        let document = DepartmentDocument {
            name,
            active,
            successor,
            head,
            arbiter,
            calendar,
            hand_off_template,
            policy: Some("default".to_owned()),
            schedule: Some("support".to_owned()),
            ..DepartmentDocument::new(slug)
        };
        Document::Department(document)
    })
}

fn system() -> impl Strategy<Value = Document> {
    (slug(), option::of(word()), option::of(slug())).prop_map(|(system, name, department)| {
        Document::System(SystemDocument { system: system.to_string(), name, department })
    })
}

fn person() -> impl Strategy<Value = Document> {
    let day = (1..28_i8).prop_map(|day| jiff::civil::date(2026, 3, day));
    let status = prop_oneof![
        Just(PersonStatus::Active),
        option::of(day).prop_map(|until| PersonStatus::OnLeave { until }),
        Just(PersonStatus::Left),
    ];
    let account = (word(), word()).prop_map(|(system, id)| Reference { system, id });
    let contact = (word(), word(), word()).prop_map(|(name, kind, address)| Contact { name, kind, address });
    let lists = (vec(slug(), 0..3), vec(account, 0..3), vec(contact, 0..3));
    (word(), option::of(word()), status, option::of(word()), lists).prop_map(
        |(id, name, status, manager, (departments, accounts, contacts))| {
            let delegate = manager.clone();
            let document = PersonDocument {
                name,
                status,
                departments,
                manager,
                delegate,
                accounts,
                contacts,
                ..PersonDocument::new(id)
            };
            Document::Person(document)
        },
    )
}

proptest! {
    #[test]
    fn a_document_comes_back_whole(document in prop_oneof![department(), system(), person()]) {
        let Composed { subject, body, identity } = composed(&document, "one", Some(Position::new(7)));
        let stored_at = jiff::Timestamp::UNIX_EPOCH;
        let message = Message { position: Position::new(9), stored_at, subject: &subject, headers: &[], body: &body };
        let Arrived::Directory(change) = decode(&message).content else { panic!("quarantined: {subject}") };
        prop_assert_eq!((&change.document, &change.identity), (&document, &identity));
    }
}

#[test]
fn what_must_not_stand_in_a_subject_does_not() {
    let mut document = PersonDocument::new("mia@example.org".to_owned());
    document.contacts = vec![Contact {
        name: "phone".to_owned(),
        kind: "phone".to_owned(),
        address: "+49 30 5550100".to_owned(),
    }];
    assert!(!format!("{document:?}").contains("5550100"), "no address is ever printed");
    let Composed { subject, .. } = composed(&Document::Person(document), "", None);
    assert!(subject.starts_with("davy.directory.person.~") && !subject.contains("mia"), "{subject}");
}

#[test]
fn an_event_is_what_it_says_what_it_replaces_and_which_request_it_is_of() {
    let document = Document::Person(PersonDocument::new("mia".to_owned()));
    let id = |request: &str, replaces| composed(&document, request, replaces).identity.id;
    assert_eq!(id("one", None), id("one", None));
    let (first, second) = (Some(Position::new(1)), Some(Position::new(2)));
    let all = [id("one", None), id("two", None), id("one", first), id("one", second)];
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
}
