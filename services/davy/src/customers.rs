//! `davy customers`, and what says which ids are one customer's.

mod findings;
mod merge;
mod silent;

use anyhow::Context as _;
use client::json;
use proto::v1::{Contract, Customer, GetCustomerRequest, ListCustomersRequest};

use crate::{
    cli::{CustomerGetArgs, CustomersListArgs, Format},
    list, read,
    session::Session,
    words,
};

pub(crate) use findings::{FindingsArgs, NotComparedArgs, Sought, not_compared, run as findings};
pub(crate) use merge::{AliasCommand, MergeArgs, UnmergeArgs, alias, merge, unmerge};
pub(crate) use silent::{SilentArgs, run as silent};

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
            let mut fields = vec![
                ("customer", customer.token.clone()),
                ("name", customer.display_name.clone()),
                ("id", customer.id.clone()),
                ("known as", leaves.join(", ")),
                ("unacknowledged", customer.unacknowledged_issues.to_string()),
                ("open", customer.open_issues.to_string()),
                ("issues", customer.issues.to_string()),
            ];
            let silence =
                found.silence.as_ref().map(|silence| ("not spoken with for", silent::sentence(silence, out)));
            fields.extend(silence);
            fields.extend(known(&customer));
            out.fields(&fields)?;
        }
        Format::Json => out.line(&json::to_string(&found)?)?,
        Format::Ndjson => out.line(&json::to_string(&found.customer.clone().unwrap_or_default())?)?,
    }
    Ok(out.state(found.read_state.as_ref(), "")?)
}

/// What else is known of a customer.
fn known(customer: &Customer) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    if let Some(profile) = &customer.profile {
        let owner = profile.account_owner.as_ref().map(words::person).unwrap_or_default();
        let cadence = if profile.cadence_days > 0 {
            format!("every {} days", profile.cadence_days)
        } else {
            String::new()
        };
        let said = [
            ("tier", profile.tier.clone()),
            ("looked after by", owner.to_owned()),
            ("to be contacted", cadence),
            ("care", profile.care_flags.join(", ")),
        ];
        fields.extend(said.into_iter().filter(|(_, text)| !text.is_empty()));
    }
    let contract = |contract: &Contract| {
        ("contract", format!("{} from {} to {}", contract.contract_no, contract.starts_on, contract.ends_on))
    };
    fields.extend(customer.contracts.iter().map(contract));
    fields.extend(customer.ties.iter().map(|tie| ("because", findings::tie(tie))));
    fields
}
