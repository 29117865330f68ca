//! Undertakings to the customer.

use domain::{Command, PromiseOrigin};
use proto::v1;

use super::{Asked, Fields, Read, about};

impl Read for v1::MakePromiseRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, what, to, by, due, origin, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let what = fields.needed_text("what", what);
        let to = fields.word("to", to);
        let by = fields.person("by", by.as_ref());
        let due = fields.instant("due", due.as_ref());
        let origin = fields.enumeration("origin", *origin).map(origin_of);
        let command =
            what.zip(origin).map(|(what, origin)| Command::MakePromise { what, to, by, due, origin });
        about(issue, command)
    }
}

const fn origin_of(sent: v1::PromiseOrigin) -> PromiseOrigin {
    match sent {
        v1::PromiseOrigin::Unspecified | v1::PromiseOrigin::Issue => PromiseOrigin::Issue,
        v1::PromiseOrigin::Sale => PromiseOrigin::Sale,
        v1::PromiseOrigin::AfterSale => PromiseOrigin::AfterSale,
        v1::PromiseOrigin::Callback => PromiseOrigin::Callback,
    }
}

impl Read for v1::KeepPromiseRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, promise, evidence, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let item = fields.item("promise", promise);
        let evidence = fields.maybe_text("evidence", evidence);
        about(issue, item.map(|item| Command::KeepPromise { item, evidence }))
    }
}

impl Read for v1::RenegotiatePromiseRequest {
    fn read(&self, fields: &mut Fields) -> Option<Asked> {
        let Self { issue, promise, due, customer_agreed, options: _ } = self;
        let issue = fields.issue("issue", issue.as_ref());
        let item = fields.item("promise", promise);
        let due = fields.instant("due", due.as_ref());
        let customer_agreed = *customer_agreed;
        about(issue, item.map(|item| Command::RenegotiatePromise { item, due, customer_agreed }))
    }
}
