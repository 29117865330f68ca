//! In whose name an operator acts, and why: what every such request carries.

use domain::{Person, Position, Principal, Reference, limits};
use proto::v1;
use tonic::Status;
use wire::operator::By;

use crate::{auth, check::Check};

/// Characters of a reason at most.
const REASON_CHARS: usize = 1_000;

impl Check {
    /// Who acts, and why. Whoever names nobody acts for itself.
    pub(super) fn by(
        &mut self,
        sent: Option<&v1::Operator>,
        reason: &str,
        principal: &Principal,
    ) -> Option<By> {
        if reason.trim().is_empty() {
            self.refuse("reason", "is missing; those who read the log later want to know why");
        } else if reason.chars().count() > REASON_CHARS {
            self.refuse("reason", format!("it is longer than {REASON_CHARS} characters"));
        }
        let reason = reason.to_owned();
        let Some(v1::Operator { department, person }) = sent else {
            let Principal { name: principal, department, person, roles: _ } = principal.clone();
            return Some(By { department, person, principal, reason });
        };
        if department.is_empty() {
            self.refuse("by.department", "is missing");
        }
        let department = self.department("by.department", department);
        let person = person.as_ref().and_then(|person| self.person("by.person", person));
        Some(By { department: department?, person, principal: principal.name.clone(), reason })
    }

    fn person(&mut self, field: &str, sent: &v1::Person) -> Option<Person> {
        let v1::Person { system, id, name } = sent.clone();
        for (member, value) in [("system", &system), ("id", &id)] {
            if value.is_empty() {
                self.refuse(&format!("{field}.{member}"), "is missing");
            }
            if value.len() > limits::WORD_BYTES {
                let most = limits::WORD_BYTES;
                self.refuse(&format!("{field}.{member}"), format!("it is longer than {most} bytes"));
            }
        }
        Some(Person { account: Reference { system, id }, name: Some(name).filter(|name| !name.is_empty()) })
    }

    /// A position that must be given.
    pub(super) fn required_position(&mut self, field: &str, sent: &str) -> Option<Position> {
        if sent.is_empty() {
            self.refuse(field, "is missing; write it such as `0-18446`");
        }
        self.position(field, sent)
    }
}

/// Whether the principal may act in this name.
pub(super) fn check_by(principal: &Principal, by: &By) -> Result<(), Status> {
    auth::check_speaker(principal, &by.department, by.person.as_ref())
}
