//! Which role each RPC takes: the one table. An RPC without a row is refused.
//!
//! Deliberately absent: what depends on the request, such as whose event is published (`own`), or on an issue's state
//! (`domain::decide`).

use std::{collections::HashMap, sync::LazyLock};

use domain::{
    Principal, Role,
    Role::{Admin, Arbiter, Head, Pager, Publisher, Responder},
};

/// What an RPC takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing, not even a credential.
    Nothing,
    /// Any principal.
    Anybody,
    /// One of these roles.
    OneOf(&'static [Role]),
    /// One of these roles, or no credential at all but what the request itself carries, which the service looks at.
    SealedOr(&'static [Role]),
}

/// Whoever gives commands on issues.
const COMMANDERS: &[Role] = &[Responder, Head, Arbiter, Admin];
/// Also departments' tools.
const REPORTERS: &[Role] = &[Publisher, Responder, Head, Arbiter, Admin];
const DECIDERS: &[Role] = &[Head, Arbiter, Admin];
const ADMINS: &[Role] = &[Admin];

/// By service and method.
const TABLE: &[(&str, Need, &[&str])] = &[
    (
        "davy.v1.IssueService",
        Need::Anybody,
        &[
            "ListUnacknowledged",
            "WatchUnacknowledged",
            "ListIssues",
            "GetIssue",
            "WatchIssue",
            "WhoOwns",
            "ListWork",
            "ExplainClock",
        ],
    ),
    ("davy.v1.IssueService", Need::OneOf(REPORTERS), &["ReportIssue", "ObserveSignal"]),
    (
        "davy.v1.IssueService",
        Need::OneOf(COMMANDERS),
        &[
            "AcknowledgeIssue",
            "BatchAcknowledgeIssues",
            "AcceptIssue",
            "BatchAcceptIssues",
            "AssignIssue",
            "DeclineIssue",
            "OfferHandOff",
            "AcceptHandOff",
            "DeclineHandOff",
            "WithdrawHandOff",
            "RequestAssist",
            "AcceptAssist",
            "AnswerAssist",
            "DeclineAssist",
            "RequestDeferral",
            "CancelDeferral",
            "MakePromise",
            "KeepPromise",
            "RenegotiatePromise",
            "AddNote",
            "AddReference",
            "ReportWorkaround",
            "ReviewWorkaround",
            "ChangeSeverity",
            "RequestCustomerInput",
            "SendUpdate",
            "LogContact",
            "ReportMissedContact",
            "ResolveIssue",
            "CloseIssue",
            "ReopenIssue",
            "WithdrawIssue",
            "ReinstateIssue",
            "LinkIssues",
            "UnlinkIssues",
            "CorrectCustomer",
            "DispositionSignal",
        ],
    ),
    ("davy.v1.IssueService", Need::OneOf(DECIDERS), &["DecideDeferral"]),
    (
        "davy.v1.CustomerService",
        Need::Anybody,
        &[
            "GetCustomer",
            "ListCustomers",
            "GetTimeline",
            "WatchTimeline",
            "ListSuggestions",
            "ListIdentityConflicts",
            "ListNotCompared",
            "ListSilent",
        ],
    ),
    ("davy.v1.CustomerService", Need::OneOf(REPORTERS), &["AssertAlias", "RetractAlias"]),
    ("davy.v1.CustomerService", Need::OneOf(ADMINS), &["MergeCustomers", "UnmergeCustomers"]),
    ("davy.v1.DirectoryService", Need::Anybody, &["GetDocument", "ListDocuments"]),
    ("davy.v1.DirectoryService", Need::OneOf(ADMINS), &["Apply"]),
    (
        "davy.v1.OnCallService",
        Need::Anybody,
        &["WhoIsOnCall", "ListShifts", "ListPings", "ExplainPing", "SimulatePolicy", "ForecastReachability"],
    ),
    ("davy.v1.OnCallService", Need::SealedOr(COMMANDERS), &["AcknowledgePing"]),
    ("davy.v1.OnCallService", Need::OneOf(COMMANDERS), &["EscalateNow", "Snooze"]),
    ("davy.v1.OnCallService", Need::OneOf(ADMINS), &["MigrateOpen"]),
    ("davy.v1.PagerService", Need::OneOf(&[Pager]), &["WatchOwedPings", "ClaimPing", "RecordPingOutcome"]),
    ("davy.v1.EventService", Need::OneOf(&[Publisher, Admin]), &["PublishEvents"]),
    ("davy.v1.EventService", Need::Anybody, &["ValidateEvent", "TraceEvent", "DescribeCatalogue"]),
    (
        "davy.v1.OperationsService",
        Need::Anybody,
        &["GetStatus", "ListQuarantine", "VerifyCustomer", "WhoAmI"],
    ),
    ("davy.v1.OperationsService", Need::OneOf(REPORTERS), &["RetractEvents"]),
    ("davy.v1.OperationsService", Need::OneOf(ADMINS), &["Redrive", "Skip", "AcceptLoss", "Rebuild"]),
];

/// Services that answer whoever asks: they say whether Davy serves, and how its API looks.
const OPEN: [&str; 3] = [
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
];

static NEEDS: LazyLock<HashMap<String, Need>> = LazyLock::new(|| {
    let rows = TABLE.iter().flat_map(|(service, need, methods)| {
        methods.iter().map(move |method| (format!("/{service}/{method}"), *need))
    });
    rows.collect()
});

/// What the RPC at a path takes; `None` if there is no such row.
pub(super) fn need(path: &str) -> Option<Need> {
    let service = path.strip_prefix('/').and_then(|path| path.split_once('/')).map(|(service, _)| service);
    if service.is_some_and(|service| OPEN.contains(&service)) {
        return Some(Need::Nothing);
    }
    NEEDS.get(path).copied()
}

/// The roles of which a principal would need one and has none.
pub(super) fn missing(need: Need, principal: &Principal) -> Option<&'static [Role]> {
    match need {
        Need::Nothing | Need::Anybody => None,
        Need::OneOf(roles) | Need::SealedOr(roles) => {
            (!roles.iter().any(|role| principal.roles.has(*role))).then_some(roles)
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::Roles;
    use prost::Message as _;
    use prost_types::FileDescriptorSet;

    use super::*;

    fn served() -> Vec<String> {
        let set = FileDescriptorSet::decode(proto::FILE_DESCRIPTOR_SET).unwrap();
        let services = set.file.into_iter().flat_map(|file| {
            let package = file.package().to_owned();
            file.service.into_iter().map(move |service| (package.clone(), service))
        });
        let paths = services.flat_map(|(package, service)| {
            let name = service.name().to_owned();
            service.method.into_iter().map(move |method| format!("/{package}.{name}/{}", method.name()))
        });
        paths.collect()
    }

    #[test]
    fn every_rpc_has_a_row() {
        let served = served();
        assert!(served.len() > 15);
        let without: Vec<_> = served.iter().filter(|path| need(path).is_none()).collect();
        assert!(without.is_empty(), "no row says who may call {without:?}");
    }

    #[test]
    fn no_row_says_something_twice() {
        assert_eq!(NEEDS.len(), TABLE.iter().map(|(_, _, methods)| methods.len()).sum::<usize>());
    }

    #[test]
    fn what_is_not_in_the_table_is_nobodys() {
        for path in [
            "",
            "/",
            "/davy.v1.IssueService",
            "/davy.v1.IssueService/Nothing",
            "/grpc.health.v1.Healthy/Check",
        ] {
            assert_eq!(need(path), None, "{path}");
        }
        assert_eq!(need("/grpc.health.v1.Health/Check"), Some(Need::Nothing));
    }

    #[test]
    fn an_auditor_reads_and_does_nothing_else() {
        let department = "audit".parse().unwrap();
        let roles: Roles = [Role::Auditor].into_iter().collect();
        let auditor = Principal { name: "token/a".to_owned(), department, person: None, roles };
        for (path, need) in NEEDS.iter() {
            assert_eq!(missing(*need, &auditor).is_none(), *need == Need::Anybody, "{path}");
        }
    }
}
