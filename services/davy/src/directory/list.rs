//! Documents of every kind in one table.

use proto::v1::{
    Document, ListDocumentsRequest, ListDocumentsResponse, PersonDocument, PersonStatus, ReadState,
    document::Document as Kind,
};

use crate::{
    list::Listing,
    output::{Column, Line, Look, Out},
};

impl Listing for ListDocumentsRequest {
    type Row = Document;

    const MEMBER: &'static str = "documents";
    const NOUN: &'static str = "documents";
    const COLUMNS: &'static [Column] = &[
        Column::new("KIND", 6, 10),
        Column::new("ID", 8, 40),
        Column::new("NAME", 8, 40),
        Column::new("STATE", 6, 26),
        Column::new("DEPARTMENT", 8, 60),
        Column::new("MORE", 8, 200),
    ];

    fn set_page_size(&mut self, rows: i32) {
        self.page_size = rows;
    }

    fn take_rows(page: &mut ListDocumentsResponse) -> Vec<Document> {
        std::mem::take(&mut page.documents)
    }

    fn state(page: &ListDocumentsResponse) -> Option<&ReadState> {
        page.read_state.as_ref()
    }

    fn line(row: &Document, _: &Out) -> Line {
        let (cells, current) = match &row.document {
            None => (vec!["?".to_owned(); Self::COLUMNS.len()], true),
            Some(Kind::Department(it)) => {
                let state = if it.active() { "open" } else { "closed" };
                let template = it.hand_off_template.join(", ");
                let more = [
                    ("head", &it.head),
                    ("arbiter", &it.arbiter),
                    ("successor", &it.successor),
                    ("needs", &template),
                ];
                let cells = ["department", &it.department, &it.name, state, &it.department, &said(&more)];
                (cells.map(ToOwned::to_owned).to_vec(), it.active())
            }
            Some(Kind::System(it)) => {
                let cells = ["system", &it.system, &it.name, "", &it.department, ""];
                (cells.map(ToOwned::to_owned).to_vec(), true)
            }
            Some(Kind::Person(it)) => {
                let (departments, accounts) = (it.departments.join(", "), accounts(it));
                let more = [("manager", &it.manager), ("delegate", &it.delegate), ("accounts", &accounts)];
                let cells = ["person", &it.id, &it.name, &status(it), &departments, &said(&more)];
                (cells.map(ToOwned::to_owned).to_vec(), it.status() != PersonStatus::Left)
            }
            Some(Kind::Calendar(it)) => {
                plain("calendar", &it.id, &it.name, &[("zone", &it.zone), ("open", &it.open.join(", "))])
            }
            Some(Kind::Rotation(it)) => {
                let members = it.members.join(", ");
                plain("rotation", &it.id, &it.name, &[("members", &members), ("every", &it.every)])
            }
            Some(Kind::Schedule(it)) => {
                let layers = it.layers.iter().map(|layer| layer.name.as_str()).collect::<Vec<_>>().join(", ");
                plain("schedule", &it.id, &it.name, &[("layers", &layers), ("zone", &it.zone)])
            }
            Some(Kind::Override(it)) => {
                let more = [
                    ("schedule", &it.schedule),
                    ("from", &it.from),
                    ("until", &it.until),
                    ("removes", &it.removes),
                    ("adds", &it.adds),
                ];
                let (mut cells, _) = plain("override", &it.id, "", &more);
                if let (false, Some(state)) = (it.active(), cells.get_mut(3)) {
                    *state = "called off".to_owned();
                }
                (cells, it.active())
            }
            Some(Kind::Policy(it)) => plain(
                "policy",
                &it.id,
                &it.name,
                &[("clocks", &it.clocks.join(", ")), ("fallback", &it.fallback)],
            ),
        };
        Line { cells, look: if current { Look::Plain } else { Look::Faint } }
    }

    fn note(_: &ListDocumentsResponse) -> Option<String> {
        None
    }
}

/// A document without a state or a department.
fn plain(kind: &str, id: &str, name: &str, more: &[(&str, &String)]) -> (Vec<String>, bool) {
    ([kind, id, name, "", "", &said(more)].map(ToOwned::to_owned).to_vec(), true)
}

fn said(parts: &[(&str, &String)]) -> String {
    let said = parts.iter().filter(|(_, value)| !value.is_empty());
    said.map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("; ")
}

pub(super) fn status(person: &PersonDocument) -> String {
    match person.status() {
        PersonStatus::Unspecified | PersonStatus::Active => "active".to_owned(),
        PersonStatus::OnLeave if person.on_leave_until.is_empty() => "on leave".to_owned(),
        PersonStatus::OnLeave => format!("on leave until {}", person.on_leave_until),
        PersonStatus::Left => "left".to_owned(),
    }
}

pub(super) fn accounts(person: &PersonDocument) -> String {
    let accounts = person.accounts.iter().map(|account| format!("{}:{}", account.system, account.id));
    accounts.collect::<Vec<_>>().join(", ")
}

pub(super) fn contacts(person: &PersonDocument) -> String {
    let contact = |contact: &proto::v1::ContactPoint| {
        let address = if contact.address.is_empty() { "hidden" } else { &contact.address };
        format!("{} ({}): {address}", contact.name, contact.kind)
    };
    person.contacts.iter().map(contact).collect::<Vec<_>>().join(", ")
}
