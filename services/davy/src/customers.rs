//! `davy customers`.

use anyhow::Context as _;
use client::json;
use proto::v1::{GetCustomerRequest, ListCustomersRequest};

use crate::{
    cli::{CustomerGetArgs, CustomersListArgs, Format},
    list, read,
    session::Session,
};

/// `davy customers list`
pub(crate) async fn list(args: CustomersListArgs, session: &mut Session) -> anyhow::Result<()> {
    let request = ListCustomersRequest {
        with_open_issues: args.open,
        with_unacknowledged_issues: args.unacknowledged,
        read: read::at_least(args.page.min_position),
        ..ListCustomersRequest::default()
    };
    list::print(session, request, args.page.limit).await
}

/// `davy customers get`
pub(crate) async fn get(args: CustomerGetArgs, session: &mut Session) -> anyhow::Result<()> {
    let options = read::at_least(args.min_position);
    let request = GetCustomerRequest { customer: read::customer(&args.customer)?, read: options };
    let found =
        session.api.get_customer(request).await.with_context(|| format!("get customer {}", args.customer))?;
    let out = &mut session.out;
    match out.format {
        Format::Table => {
            let customer = found.customer.clone().unwrap_or_default();
            let leaves: Vec<_> = customer.leaves.iter().map(client::shown_reference).collect();
            out.fields(&[
                ("customer", customer.token),
                ("name", customer.display_name),
                ("id", customer.id),
                ("known as", leaves.join(", ")),
                ("unacknowledged", customer.unacknowledged_issues.to_string()),
                ("open", customer.open_issues.to_string()),
                ("issues", customer.issues.to_string()),
            ])?;
        }
        Format::Json => out.line(&json::to_string(&found)?)?,
        Format::Ndjson => out.line(&json::to_string(&found.customer.clone().unwrap_or_default())?)?,
    }
    Ok(out.state(found.read_state.as_ref(), "")?)
}
