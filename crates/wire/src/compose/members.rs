//! Members of JSON objects, by what they hold.

use domain::{AsReported, Department, IssueName, ItemRef, Person, Reference};
use jiff::Timestamp;
use serde_json::{Map, Value};

/// An object that is put together. What says nothing is left out.
#[derive(Default)]
pub(super) struct Members(pub(super) Map<String, Value>);

impl Members {
    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub(super) fn text(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.set(name, text);
        }
    }

    pub(super) fn maybe(&mut self, name: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// Only if it is so: what is absent is not.
    pub(super) fn flag(&mut self, name: &str, flag: bool) {
        if flag {
            self.set(name, true);
        }
    }

    pub(super) fn time(&mut self, name: &str, time: Option<Timestamp>) {
        if let Some(time) = time {
            self.set(name, time.to_string());
        }
    }

    pub(super) fn department(&mut self, name: &str, department: Option<&Department>) {
        if let Some(department) = department {
            self.set(name, department.as_str());
        }
    }

    pub(super) fn reference(&mut self, name: &str, reference: &Reference) {
        let Reference { system, id } = reference;
        self.pair(name, system, id);
    }

    /// In full, so that they are the same person wherever it is read.
    pub(super) fn person(&mut self, name: &str, person: Option<&Person>) {
        let Some(Person { account: Reference { system, id }, name: called }) = person else { return };
        let mut members = Self::default();
        members.set("system", system.as_str());
        members.set("id", id.as_str());
        members.maybe("name", called.as_ref());
        self.members(name, members.0);
    }

    pub(super) fn customer(&mut self, name: &str, customer: Option<&AsReported>) {
        if let Some(customer) = customer {
            self.pair(name, customer.leaf.system(), &customer.id());
        }
    }

    pub(super) fn issue(&mut self, name: &str, issue: Option<&IssueName>) {
        match issue {
            None => {}
            Some(IssueName { id: _, reference: Some(reference) }) => self.reference(name, reference),
            Some(IssueName { id, reference: None }) => self.set(name, id.to_string()),
        }
    }

    /// Absent: the oldest that the answer fits.
    pub(super) fn item(&mut self, name: &str, item: &ItemRef) {
        match item {
            ItemRef::Open => {}
            ItemRef::Named(id) => self.text(name, id),
        }
    }

    pub(super) fn members(&mut self, name: &str, members: Map<String, Value>) {
        self.set(name, members);
    }

    fn pair(&mut self, name: &str, system: &str, id: &str) {
        let mut members = Self::default();
        members.set("system", system);
        members.set("id", id);
        self.members(name, members.0);
    }
}
