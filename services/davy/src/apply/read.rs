//! Documents out of a tree. Whatever is wrong with the form of one is told, and the rest of it is read on, so that it can be
//! judged too.

mod duty;

use proto::v1::{
    ContactPoint, DepartmentDocument, Document, PersonDocument, PersonStatus, Reference, SystemDocument,
    document::Document as Kind,
};

use super::node::{Key, Node, Value};

/// A document and where it stands.
pub(super) struct Placed {
    /// Such as `people[3]`.
    pub(super) path: String,
    pub(super) node: Node,
    pub(super) document: Document,
}

/// Something wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) line: usize,
    /// Such as `people[3].manager`.
    pub(super) path: String,
    pub(super) what: String,
}

const LISTS: [&str; 8] =
    ["departments", "systems", "people", "calendars", "rotations", "schedules", "overrides", "policies"];
const DEPARTMENT: [&str; 10] = [
    "department",
    "name",
    "active",
    "successor",
    "head",
    "arbiter",
    "calendar",
    "policy",
    "schedule",
    "hand_off_template",
];
const SYSTEM: [&str; 3] = ["system", "name", "department"];
const PERSON: [&str; 11] = [
    "id",
    "name",
    "status",
    "on_leave_until",
    "departments",
    "manager",
    "delegate",
    "accounts",
    "contacts",
    "rules",
    "quiet",
];

/// The documents of a file, and what is wrong with its form.
pub(super) fn documents(root: &Node) -> (Vec<Placed>, Vec<Wrong>) {
    let mut wrong = Vec::new();
    let mut documents = Vec::new();
    let mut file = Members::of(root, String::new(), &LISTS, &mut wrong);
    for list in LISTS {
        for (path, node) in file.list(list) {
            let document = match list {
                "departments" => Kind::Department(department(file.below(&node, path.clone(), &DEPARTMENT))),
                "systems" => Kind::System(system(file.below(&node, path.clone(), &SYSTEM))),
                "people" => Kind::Person(person(file.below(&node, path.clone(), &PERSON))),
                "calendars" => {
                    Kind::Calendar(duty::calendar(file.below(&node, path.clone(), &duty::CALENDAR)))
                }
                "rotations" => {
                    Kind::Rotation(duty::rotation(file.below(&node, path.clone(), &duty::ROTATION)))
                }
                "schedules" => {
                    Kind::Schedule(duty::schedule(file.below(&node, path.clone(), &duty::SCHEDULE)))
                }
                "overrides" => {
                    Kind::Override(duty::exception(file.below(&node, path.clone(), &duty::OVERRIDE)))
                }
                _ => Kind::Policy(duty::policy(file.below(&node, path.clone(), &duty::POLICY))),
            };
            documents.push(Placed { path, node, document: Document { document: Some(document) } });
        }
    }
    (documents, wrong)
}

fn department(mut members: Members<'_>) -> DepartmentDocument {
    DepartmentDocument {
        department: members.required("department"),
        name: members.text("name"),
        active: Some(members.flag("active").unwrap_or(true)),
        successor: members.text("successor"),
        head: members.text("head"),
        arbiter: members.text("arbiter"),
        calendar: members.text("calendar"),
        policy: members.text("policy"),
        schedule: members.text("schedule"),
        hand_off_template: members.texts("hand_off_template"),
    }
}

fn system(mut members: Members<'_>) -> SystemDocument {
    SystemDocument {
        system: members.required("system"),
        name: members.text("name"),
        department: members.text("department"),
    }
}

fn person(mut members: Members<'_>) -> PersonDocument {
    PersonDocument {
        id: members.required("id"),
        name: members.text("name"),
        status: members.status().into(),
        on_leave_until: members.text("on_leave_until"),
        departments: members.texts("departments"),
        manager: members.text("manager"),
        delegate: members.text("delegate"),
        accounts: members.accounts(),
        contacts: members.contacts(),
        rules: duty::rules(&mut members),
        quiet: duty::quiet(&mut members),
    }
}

/// The members of a map, and where what is wrong with them is told.
struct Members<'a> {
    path: String,
    line: usize,
    members: Vec<(Key, Node)>,
    wrong: &'a mut Vec<Wrong>,
}

impl<'a> Members<'a> {
    fn of(node: &Node, path: String, known: &[&str], wrong: &'a mut Vec<Wrong>) -> Self {
        let members = match &node.value {
            Value::Map(members) => members.clone(),
            Value::Null | Value::Text { .. } | Value::List(_) => {
                let what = format!("is {}, not a map of {}", node.kind(), known.join(", "));
                wrong.push(Wrong { line: node.line, path: path.clone(), what });
                Vec::new()
            }
        };
        let mut this = Self { path, line: node.line, members: Vec::new(), wrong };
        for (key, node) in members {
            if !known.contains(&key.text.as_str()) {
                this.say(key.line, &key.text, format!("is not known here; there are {}", known.join(", ")));
            } else if this.members.iter().any(|(other, _)| other.text == key.text) {
                this.say(key.line, &key.text, "stands here twice");
            } else {
                this.members.push((key, node));
            }
        }
        this
    }

    fn below(&mut self, node: &Node, path: String, known: &[&str]) -> Members<'_> {
        Members::of(node, path, known, self.wrong)
    }

    fn say(&mut self, line: usize, member: &str, what: impl Into<String>) {
        let dot = if self.path.is_empty() || member.is_empty() { "" } else { "." };
        self.wrong.push(Wrong { line, path: format!("{}{dot}{member}", self.path), what: what.into() });
    }

    fn node(&self, member: &str) -> Option<Node> {
        self.members.iter().find(|(key, _)| key.text == member).map(|(_, node)| node.clone())
    }

    /// Empty where it is absent.
    fn text(&mut self, member: &str) -> String {
        match self.node(member) {
            None | Some(Node { value: Value::Null, .. }) => String::new(),
            Some(Node { value: Value::Text { text, .. }, .. }) => text,
            Some(node) => {
                self.say(node.line, member, format!("is {}, not a text", node.kind()));
                String::new()
            }
        }
    }

    fn required(&mut self, member: &str) -> String {
        let (told, line) = (self.wrong.len(), self.line);
        let text = self.text(member);
        if text.is_empty() && self.wrong.len() == told {
            self.say(line, member, "is missing");
        }
        text
    }

    fn flag(&mut self, member: &str) -> Option<bool> {
        let node = self.node(member)?;
        match &node.value {
            Value::Null => None,
            Value::Text { text, quoted: false } if text == "true" => Some(true),
            Value::Text { text, quoted: false } if text == "false" => Some(false),
            Value::Text { .. } | Value::List(_) | Value::Map(_) => {
                self.say(node.line, member, "is neither true nor false");
                None
            }
        }
    }

    fn status(&mut self) -> PersonStatus {
        match self.text("status").as_str() {
            "" | "active" => PersonStatus::Active,
            "on_leave" => PersonStatus::OnLeave,
            "left" => PersonStatus::Left,
            other => {
                let line = self.node("status").map_or(self.line, |node| node.line);
                let other: String = other.chars().take(40).collect();
                self.say(line, "status", format!("`{other}` is none of active, on_leave, left"));
                // Meant or not, the end of a leave is not told to be out of place too.
                if self.node("on_leave_until").is_some() {
                    PersonStatus::OnLeave
                } else {
                    PersonStatus::Active
                }
            }
        }
    }

    /// The items of a list with their paths; none where it is absent.
    fn list(&mut self, member: &str) -> Vec<(String, Node)> {
        match self.node(member) {
            None | Some(Node { value: Value::Null, .. }) => Vec::new(),
            Some(Node { value: Value::List(items), .. }) => {
                let dot = if self.path.is_empty() { "" } else { "." };
                let path = |index| format!("{}{dot}{member}[{index}]", self.path);
                items.into_iter().enumerate().map(|(index, item)| (path(index), item)).collect()
            }
            Some(node) => {
                self.say(node.line, member, format!("is {}, not a list", node.kind()));
                Vec::new()
            }
        }
    }

    fn texts(&mut self, member: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for (path, node) in self.list(member) {
            match node.value {
                Value::Text { text, .. } => texts.push(text),
                Value::Null | Value::List(_) | Value::Map(_) => {
                    let what = format!("is {}, not a text", node.kind());
                    self.wrong.push(Wrong { line: node.line, path, what });
                    // Those after it keep their places.
                    texts.push(String::new());
                }
            }
        }
        texts
    }

    /// The items of a list of maps.
    fn each<T>(&mut self, member: &str, known: &[&str], read: impl Fn(Members<'_>) -> T) -> Vec<T> {
        let mut items = Vec::new();
        for (path, node) in self.list(member) {
            items.push(read(self.below(&node, path, known)));
        }
        items
    }

    /// A map below, unless it is absent.
    fn one<T>(&mut self, member: &str, known: &[&str], read: impl Fn(Members<'_>) -> T) -> Option<T> {
        let node = self.node(member).filter(|node| !matches!(node.value, Value::Null))?;
        let dot = if self.path.is_empty() { "" } else { "." };
        let path = format!("{}{dot}{member}", self.path);
        Some(read(self.below(&node, path, known)))
    }

    /// A whole number; 0 where it is absent.
    fn count(&mut self, member: &str) -> i32 {
        let text = self.text(member);
        if text.is_empty() {
            return 0;
        }
        text.parse().unwrap_or_else(|_| {
            let line = self.node(member).map_or(self.line, |node| node.line);
            self.say(line, member, "is no number");
            0
        })
    }

    /// `zendesk:mia`, or a map where a system has a colon in it.
    fn accounts(&mut self) -> Vec<Reference> {
        let mut accounts = Vec::new();
        for (path, node) in self.list("accounts") {
            match &node.value {
                Value::Text { text, .. } => match text.split_once(':') {
                    Some((system, id)) => {
                        accounts.push(Reference { system: system.to_owned(), id: id.to_owned() });
                    }
                    None => {
                        let what = "is no account; write <system>:<id>, such as zendesk:mia".to_owned();
                        self.wrong.push(Wrong { line: node.line, path, what });
                        accounts.push(Reference::default());
                    }
                },
                Value::Null | Value::List(_) | Value::Map(_) => {
                    let mut account = self.below(&node, path, &["system", "id"]);
                    let (system, id) = (account.required("system"), account.required("id"));
                    accounts.push(Reference { system, id });
                }
            }
        }
        accounts
    }

    fn contacts(&mut self) -> Vec<ContactPoint> {
        let mut contacts = Vec::new();
        for (path, node) in self.list("contacts") {
            let mut contact = self.below(&node, path, &["name", "kind", "address"]);
            let (name, kind) = (contact.required("name"), contact.required("kind"));
            contacts.push(ContactPoint { name, kind, address: contact.required("address") });
        }
        contacts
    }
}
