//! What requests name: issues, customers.

use domain::{CustomerId, IssueId, LeafId, Reference};
use proto::v1::{self, issue_name::Name};

use super::Check;

impl Check {
    /// An issue by its Davy id or its id in a tool.
    pub(crate) fn issue(&mut self, field: &str, sent: Option<&v1::IssueName>) -> Option<IssueId> {
        match sent.and_then(|issue| issue.name.as_ref()) {
            None => {
                self.refuse(field, "name an issue, by `id` or by `reference`");
                None
            }
            Some(Name::Id(id)) => self.found(&format!("{field}.id"), parse_id(id)),
            Some(Name::Reference(v1::Reference { system, id })) => {
                self.required(&format!("{field}.reference.system"), system);
                self.required(&format!("{field}.reference.id"), id);
                Some(IssueId::of(&Reference { system: system.clone(), id: id.clone() }))
            }
        }
    }

    fn required(&mut self, field: &str, sent: &str) {
        if sent.is_empty() {
            self.refuse(field, "is missing");
        }
    }

    /// A customer by their token or id, or `_` for what names no customer.
    pub(crate) fn customer(&mut self, field: &str, sent: &str) -> Option<LeafId> {
        if sent == "_" {
            return Some(None);
        }
        let leaf = || wire::proto::customer_leaf(sent).map(|leaf| leaf.id());
        let id = sent.parse::<CustomerId>().ok().or_else(leaf);
        if id.is_none() {
            let sent: String = sent.chars().take(60).collect();
            let expected = "a token such as `crm:4711` (everything in the id outside A-Z, a-z, 0-9, _ and - percent-encoded \
                            in upper-case hex), a customer id, or `_`";
            self.refuse(field, format!("`{sent}` is not {expected}"));
        }
        id.map(Some)
    }

    /// As [`Check::customer`]; empty: none.
    pub(crate) fn any_customer(&mut self, field: &str, sent: &str) -> Option<LeafId> {
        if sent.is_empty() { None } else { self.customer(field, sent) }
    }
}

fn parse_id(id: &str) -> Result<IssueId, String> {
    id.parse().map_err(|_| {
        let id: String = id.chars().take(60).collect();
        format!("`{id}` is not a UUID; a tool's own id goes into `reference`")
    })
}
