//! From a request to an order. Every mistake in it is told at once.

use domain::{Principal, limits};
use engine::command::{About, Order};
use proto::v1;
use tonic::Status;
use wire::proto::command::{Asked, AskedTarget, CommandRequest};

use crate::check::Check;

pub(super) fn read(principal: Principal, request: &impl CommandRequest) -> Result<Order, Status> {
    let mut check = Check::default();
    let options = request.options().cloned().unwrap_or_default();
    let v1::CommandOptions { request_id, expected_version, validate_only } = options;
    check_request_id(&mut check, &request_id);
    let expected_version = check.position("options.expected_version", &expected_version);
    let asked = request.asked().map_err(|mistakes| {
        mistakes.into_iter().for_each(|mistake| check.refuse(&mistake.field, mistake.problem));
    });
    let asked = asked.ok();
    if let (Some(Asked { target: AskedTarget::Customer(_), .. }), Some(_)) = (&asked, expected_version) {
        check.refuse("options.expected_version", "is of an issue, and none is named; leave it out");
    }
    let Asked { target, command } = check.done(asked)?;
    let about = match target {
        AskedTarget::Issue(name) => About::Issue(name),
        AskedTarget::NewIssue { reference, customer } => About::NewIssue { reference, customer },
        AskedTarget::Customer(customer) => About::Customer(customer),
    };
    Ok(Order { principal, request_id, about, command, expected_version, validate_only })
}

/// Whether a command can be known by it when it is sent again.
pub(crate) fn check_request_id(check: &mut Check, request_id: &str) {
    const FIELD: &str = "options.request_id";
    if request_id.is_empty() {
        check.refuse(
            FIELD,
            "is missing; choose one for each intent, such as a UUID, and send it again with a retry",
        );
    }
    if request_id.len() > limits::REQUEST_ID_BYTES {
        check.refuse(FIELD, format!("it is longer than {} bytes", limits::REQUEST_ID_BYTES));
    }
}
