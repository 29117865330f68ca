//! The directory as a YAML file that `davy apply` takes, to the letter: applied again, it changes nothing.

mod duty;

use anyhow::Context as _;
use client::json;
use proto::v1::{
    ContactPoint, DepartmentDocument, Document, ListDocumentsRequest, PersonDocument, PersonStatus,
    Reference, SystemDocument, document::Document as Kind,
};

use crate::{cli::Format, output::say, read::at_least, session::Session};

/// Rows that are asked for at once.
const PAGE: i32 = 500;

/// `davy directory export`
pub(super) async fn run(
    active_only: bool,
    min_position: Option<String>,
    session: &mut Session,
) -> anyhow::Result<()> {
    let read = at_least(min_position);
    let request =
        ListDocumentsRequest { active_only, page_size: PAGE, read, ..ListDocumentsRequest::default() };
    let mut pages = session.api.pages(request);
    let mut section = "";
    let mut hidden = false;
    while let Some(page) = pages.next().await.context("list the directory")? {
        for document in &page.documents {
            if session.out.format != Format::Table {
                session.out.line(&json::to_string(document)?)?;
                continue;
            }
            session.out.part(&under_heading(document, &mut section))?;
            hidden |= document.document.as_ref().is_some_and(lacks_addresses);
        }
    }
    session.out.flush()?;
    if hidden {
        say("warning: addresses of contacts are hidden from you; an admin can export them");
    }
    Ok(())
}

/// Documents as a file.
#[cfg(feature = "testing")]
pub(crate) fn file(documents: &[Document]) -> String {
    let mut section = "";
    documents.iter().map(|document| under_heading(document, &mut section)).collect()
}

/// A document as an item, after the heading of its section unless `section` is the one that is open.
fn under_heading(document: &Document, section: &mut &'static str) -> String {
    let Some(kind) = &document.document else { return String::new() };
    let before = std::mem::replace(section, heading(kind));
    let item = yaml(document);
    match before {
        open if open == *section => item,
        "" => format!("{section}:\n{item}"),
        _ => format!("\n{section}:\n{item}"),
    }
}

const fn heading(kind: &Kind) -> &'static str {
    match kind {
        Kind::Department(_) => "departments",
        Kind::System(_) => "systems",
        Kind::Person(_) => "people",
        Kind::Calendar(_) => "calendars",
        Kind::Rotation(_) => "rotations",
        Kind::Schedule(_) => "schedules",
        Kind::Override(_) => "overrides",
        Kind::Policy(_) => "policies",
    }
}

fn lacks_addresses(kind: &Kind) -> bool {
    match kind {
        Kind::Department(_)
        | Kind::System(_)
        | Kind::Calendar(_)
        | Kind::Rotation(_)
        | Kind::Schedule(_)
        | Kind::Override(_)
        | Kind::Policy(_) => false,
        Kind::Person(person) => person.contacts.iter().any(|contact| contact.address.is_empty()),
    }
}

/// An item of a list of the file.
fn yaml(document: &Document) -> String {
    let mut item = Item::default();
    match &document.document {
        None => {}
        Some(Kind::Department(it)) => department(it, &mut item),
        Some(Kind::System(SystemDocument { system, name, department })) => {
            item.texts(&[("system", system), ("name", name), ("department", department)]);
        }
        Some(Kind::Person(it)) => person(it, &mut item),
        Some(Kind::Calendar(it)) => duty::calendar(it, &mut item),
        Some(Kind::Rotation(it)) => duty::rotation(it, &mut item),
        Some(Kind::Schedule(it)) => duty::schedule(it, &mut item),
        Some(Kind::Override(it)) => duty::exception(it, &mut item),
        Some(Kind::Policy(it)) => duty::policy(it, &mut item),
    }
    item.0
}

fn department(document: &DepartmentDocument, item: &mut Item) {
    let DepartmentDocument {
        department,
        name,
        active,
        successor,
        head,
        arbiter,
        calendar,
        policy,
        schedule,
        hand_off_template,
    } = document;
    item.texts(&[("department", department), ("name", name)]);
    if *active == Some(false) {
        item.line("active: false");
    }
    item.texts(&[("successor", successor), ("head", head), ("arbiter", arbiter), ("calendar", calendar)]);
    item.texts(&[("policy", policy), ("schedule", schedule)]);
    item.list("hand_off_template", hand_off_template.iter().map(|field| scalar(field)));
}

fn person(document: &PersonDocument, item: &mut Item) {
    let PersonDocument {
        id,
        name,
        status: _,
        on_leave_until,
        departments,
        manager,
        delegate,
        accounts,
        contacts,
        rules,
        quiet,
    } = document;
    item.texts(&[("id", id), ("name", name)]);
    match document.status() {
        PersonStatus::Unspecified | PersonStatus::Active => {}
        PersonStatus::OnLeave => item.line("status: on_leave"),
        PersonStatus::Left => item.line("status: left"),
    }
    item.texts(&[("on_leave_until", on_leave_until)]);
    item.list("departments", departments.iter().map(|slug| scalar(slug)));
    item.texts(&[("manager", manager), ("delegate", delegate)]);
    item.list("accounts", accounts.iter().map(account));
    item.list("contacts", contacts.iter().map(contact));
    duty::person(rules, quiet.as_ref(), item);
}

/// `system:id`, unless the system has a colon in it.
fn account(Reference { system, id }: &Reference) -> String {
    if system.contains(':') {
        format!("{{system: {}, id: {}}}", scalar(system), scalar(id))
    } else {
        scalar(&format!("{system}:{id}"))
    }
}

fn contact(ContactPoint { name, kind, address }: &ContactPoint) -> String {
    format!("{{name: {}, kind: {}, address: {}}}", scalar(name), scalar(kind), scalar(address))
}

/// The lines of one item.
#[derive(Default)]
struct Item(String);

impl Item {
    fn line(&mut self, text: &str) {
        let before = if self.0.is_empty() { "  - " } else { "    " };
        self.0.push_str(&format!("{before}{text}\n"));
    }

    /// Those that say something.
    fn texts(&mut self, members: &[(&str, &String)]) {
        for (name, text) in members.iter().filter(|(_, text)| !text.is_empty()) {
            self.line(&format!("{name}: {}", scalar(text)));
        }
    }

    fn list(&mut self, name: &str, items: impl Iterator<Item = String>) {
        let items: Vec<_> = items.collect();
        if !items.is_empty() {
            self.line(&format!("{name}: [{}]", items.join(", ")));
        }
    }
}

/// A text as it is where every reader of YAML takes it for one, else in quotes, as JSON.
fn scalar(text: &str) -> String {
    let begins = text.chars().next().is_some_and(|first| first.is_ascii_alphabetic());
    let plain = |letter: char| letter.is_alphanumeric() || " _-./@:".contains(letter);
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let is_word = words.contains(&text.to_ascii_lowercase().as_str());
    let colons = text.contains(": ") || text.ends_with([':', ' ']);
    if begins && text.chars().all(plain) && !is_word && !colons {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use proto::v1::{PersonalRule, QuietHours};

    use super::*;
    use crate::apply::documents_of;

    #[test]
    fn what_is_exported_is_read_as_it_was() {
        let texts = [
            "Mia Berg",
            "yes",
            "a: b",
            "# no",
            "0042",
            "naïve \"quoted\"",
            "- x",
            "[1]",
            "{a}",
            "tab\tnew\nline",
            "x:",
        ];
        for text in texts {
            let person = PersonDocument {
                id: text.to_owned(),
                name: text.to_owned(),
                status: PersonStatus::OnLeave.into(),
                on_leave_until: "2026-03-20".to_owned(),
                departments: vec!["support".to_owned()],
                manager: text.to_owned(),
                delegate: String::new(),
                accounts: ["zendesk", "/a:b"]
                    .map(|system| Reference { system: system.to_owned(), id: text.to_owned() })
                    .to_vec(),
                contacts: vec![ContactPoint {
                    name: text.to_owned(),
                    kind: "phone".to_owned(),
                    address: "+49 30 5550100".to_owned(),
                }],
                rules: vec![PersonalRule {
                    contact: text.to_owned(),
                    after: "5m".to_owned(),
                    severities: "1-2".to_owned(),
                }],
                quiet: Some(QuietHours {
                    zone: "Europe/Berlin".to_owned(),
                    hours: vec!["daily 22:00-07:00".to_owned()],
                    calendar: "office".to_owned(),
                }),
            };
            let department = DepartmentDocument {
                department: "support".to_owned(),
                active: Some(false),
                hand_off_template: vec![text.to_owned(), "asset".to_owned()],
                ..DepartmentDocument::default()
            };
            let documents = [Kind::Department(department), Kind::Person(person)]
                .map(|document| Document { document: Some(document) });
            let file = format!("departments:\n{}people:\n{}", yaml(&documents[0]), yaml(&documents[1]));
            assert_eq!(documents_of("org.yaml", &file), (documents.to_vec(), 0), "{file}");
        }
    }

    #[test]
    fn the_example_can_be_applied() {
        let example = include_str!("../../../../deploy/example-org.yaml");
        let (documents, mistakes) = documents_of("example-org.yaml", example);
        assert_eq!((documents.len(), mistakes), (22, 0));
    }
}
