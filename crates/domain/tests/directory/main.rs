//! Questions to the directory, and everything that may be wrong with documents that somebody applies.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod duty;

use davy_domain::{
    Contact, Department, DepartmentDocument, Digest, Directory, DirectoryChange, Document, Identity, Person,
    PersonDocument, PersonStatus, Position, Reference, SystemDocument, check_set,
};
use expect_test::{Expect, expect};

fn slug(text: &str) -> Department {
    text.parse().unwrap()
}

fn department(text: &str, change: impl FnOnce(&mut DepartmentDocument)) -> Document {
    let mut document = DepartmentDocument::new(slug(text));
    change(&mut document);
    Document::Department(document)
}

fn person(id: &str, change: impl FnOnce(&mut PersonDocument)) -> Document {
    let mut document = PersonDocument::new(id.to_owned());
    change(&mut document);
    Document::Person(document)
}

fn account(id: &str) -> Reference {
    Reference { system: "zendesk".to_owned(), id: id.to_owned() }
}

/// Each document a version, from position 1 on.
fn directory(documents: impl IntoIterator<Item = Document>) -> Directory {
    let mut directory = Directory::default();
    for (document, sequence) in documents.into_iter().zip(1..) {
        directory.record(&DirectoryChange {
            position: Position::new(sequence),
            stored_at: jiff::Timestamp::UNIX_EPOCH,
            identity: Identity { source: "/directory".to_owned(), id: sequence.to_string() },
            content: Digest::default(),
            document,
        });
    }
    directory
}

const NOW: Position = Position::new(1_000);

fn mistakes(there: &Directory, set: &[Document], expected: &Expect) {
    let said = check_set(set, there, NOW);
    let lines = said.into_iter().map(|it| format!("{} {}: {}\n", it.document, it.member, it.kind));
    expected.assert_eq(&lines.collect::<String>());
}

fn support() -> Document {
    department("support", |support| {
        support.head = Some("tom".to_owned());
        support.hand_off_template = vec!["asset".to_owned()];
    })
}

fn tom() -> Document {
    person("tom", |tom| tom.departments = vec![slug("support")])
}

fn mia() -> Document {
    person("mia", |mia| {
        mia.departments = vec![slug("support")];
        mia.manager = Some("tom".to_owned());
        mia.accounts = vec![account("mia")];
    })
}

#[test]
fn what_names_others_is_looked_up_in_the_set_and_in_the_directory() {
    let nothing = Directory::default();
    mistakes(&nothing, &[support(), tom(), mia()], &expect![""]);
    let there = directory([support(), tom()]);
    mistakes(&there, &[mia()], &expect![""]);
    mistakes(
        &nothing,
        &[support(), mia()],
        &expect![[r#"
        0 head: no person `tom` is known; add them to the file
        1 manager: no person `tom` is known; add them to the file
    "#]],
    );
}

#[test]
fn every_mistake_is_told_at_once() {
    let system = |system: &str| {
        Document::System(SystemDocument {
            department: Some(slug("nowhere")),
            ..SystemDocument::new(system.to_owned())
        })
    };
    let contact = |name: &str, address: &str| Contact {
        name: name.to_owned(),
        kind: "phone".to_owned(),
        address: address.to_owned(),
    };
    let set = [
        department("support", |it| {
            it.successor = Some(slug("support"));
            it.head = Some("gone".to_owned());
            it.hand_off_template = vec!["asset".to_owned(), "asset".to_owned(), String::new()];
        }),
        department("a", |it| it.successor = Some(slug("b"))),
        department("b", |it| it.successor = Some(slug("a"))),
        department("pager", |_| {}),
        system("Zen desk"),
        person("gone", |it| it.status = PersonStatus::Left),
        person("mia", |it| {
            it.manager = Some("bo".to_owned());
            it.delegate = Some("mia".to_owned());
            it.accounts = vec![account("1"), account("1")];
            it.contacts = vec![contact("phone", "1"), contact("phone", " ")];
        }),
        person("bo", |it| {
            it.manager = Some("mia".to_owned());
            it.accounts = vec![account("1")];
        }),
        person("gone", |it| it.status = PersonStatus::Left),
        person("", |_| {}),
    ];
    mistakes(
        &Directory::default(),
        &set,
        &expect![[r#"
        0 hand_off_template[1]: `asset` stands there twice
        0 hand_off_template[2]: is empty
        0 successor: names itself
        0 head: `gone` has left; name somebody who is there
        1 successor: the successors lead round in a circle: a -> b -> a
        2 successor: the successors lead round in a circle: b -> a -> b
        3 department: `pager` is a name of Davy's own; choose another
        4 system: `Zen desk` is no slug; use 1 to 32 of a-z, 0-9 and -
        4 department: no department `nowhere` is known; add it to the file
        6 accounts[1]: `zendesk:1` stands there twice
        6 contacts[1].address: is empty
        6 contacts[1]: `phone` stands there twice
        6 delegate: names itself
        6 manager: the managers lead round in a circle: mia -> bo -> mia
        6 accounts[0]: the account zendesk:1 is `bo`'s already
        6 accounts[1]: the account zendesk:1 is `bo`'s already
        7 manager: the managers lead round in a circle: bo -> mia -> bo
        7 accounts[0]: the account zendesk:1 is `mia`'s already
        8 id: is given twice; keep one of them
        9 id: is empty
    "#]],
    );
}

#[test]
fn nobody_who_is_there_is_left_in_closed_departments_alone() {
    let there = directory([support(), department("sales", |_| {}), tom(), mia()]);
    let close = || department("support", |it| it.active = false);
    mistakes(
        &there,
        &[close()],
        &expect![[r#"
        0 active: `mia` would belong to no open department; name another one for them
        0 active: `tom` would belong to no open department; name another one for them
    "#]],
    );
    let moved = |id: &str| person(id, |it| it.departments = vec![slug("support"), slug("sales")]);
    let left = person("tom", |it| {
        it.departments = vec![slug("support")];
        it.status = PersonStatus::Left;
    });
    mistakes(&there, &[close(), moved("mia"), left], &expect![""]);
    mistakes(
        &there,
        &[close(), mia(), moved("tom")],
        &expect![[r#"
        1 departments: `mia` would belong to no open department; name another one for them
    "#]],
    );
}

#[test]
fn accounts_of_those_who_left_can_be_anothers() {
    let gone = person("old", |it| {
        it.accounts = vec![account("mia")];
        it.status = PersonStatus::Left;
    });
    let there = directory([support(), tom(), gone]);
    mistakes(&there, &[mia()], &expect![""]);
    let there = directory([
        support(),
        tom(),
        mia(),
        person("old", |it| {
            it.accounts = vec![account("mia")];
            it.status = PersonStatus::Left;
        }),
    ]);
    assert_eq!(there.person(&account("mia"), NOW).unwrap().id, "mia");
}

#[test]
fn questions_are_answered_as_of_a_position() {
    let arbiter = person("ada", |_| {});
    let named = department("support", |it| {
        it.head = Some("tom".to_owned());
        it.arbiter = Some("ada".to_owned());
    });
    let tom_left = person("tom", |it| it.status = PersonStatus::Left);
    let on_leave = person("mia", |it| {
        it.departments = vec![slug("support")];
        it.accounts = vec![account("mia")];
        it.status = PersonStatus::OnLeave { until: None };
    });
    let there = directory([support(), tom(), mia(), arbiter, named, tom_left, on_leave]);
    let (support, at) = (slug("support"), Position::new);
    let id = |person: Option<&PersonDocument>| person.map(|person| person.id.clone()).unwrap_or_default();
    let heads: Vec<_> = (1..=7).map(|now| id(there.head(&support, at(now)))).collect();
    assert_eq!(heads, ["", "tom", "tom", "tom", "tom", "", ""]);
    let arbiters: Vec<_> = (1..=7).map(|now| id(there.arbiter(&support, at(now)))).collect();
    assert_eq!(arbiters, ["", "tom", "tom", "tom", "ada", "ada", "ada"]);
    assert_eq!(there.template(&support, at(4)), ["asset"]);
    assert_eq!(there.template(&support, NOW), [""; 0]);
    let members = |now| there.members(&support, at(now)).map(|it| it.id.clone()).collect::<Vec<_>>();
    assert_eq!((members(3), members(7)), (vec!["mia".to_owned(), "tom".to_owned()], vec!["mia".to_owned()]));
    let mia = Person { account: account("mia"), name: None };
    assert_eq!((there.is_active(&mia, at(6)), there.is_active(&mia, at(7))), (true, false));
    assert_eq!(there.departments_of(&mia, NOW), [slug("support")]);
    assert_eq!(there.last_change(), at(7));
}
