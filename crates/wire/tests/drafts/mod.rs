//! Every draft that a command can make, with the words that its payload follows from.

mod own;

use domain::{
    AsReported, Assignment, AssistTerms, Basis, DeferralTerms, Department, Draft, EndCause, IssueId,
    IssueName, ItemRef, Leaf, Link, LinkKind, Missed, OfferTerms, Payload, Person, PromiseOrigin,
    PromiseTerms, Purpose, Reference, Report, Restriction, Said, Severity, Talk, Verdict, Words,
    WorkaroundTerms,
};
use jiff::Timestamp;
use proptest::{option, prelude::*, sample::select};

use own::commanded;
pub(crate) use own::own;

/// A line that says something, and is as long when it is trimmed.
fn line() -> impl Strategy<Value = String> {
    r#"[A-Za-zäß"\\{}.]([ -~äß€]{0,40}[A-Za-z.])?"#
}

fn id() -> impl Strategy<Value = String> {
    "[A-Za-z0-9 :/@._-]{1,20}"
}

fn reference() -> impl Strategy<Value = Reference> {
    ("[a-z]{1,8}", id())
        .prop_filter("Davy's own", |(system, _)| system != "davy")
        .prop_map(|(system, id)| Reference { system, id })
}

pub(crate) fn person() -> impl Strategy<Value = Person> {
    (reference(), option::of(line())).prop_map(|(account, name)| Person { account, name })
}

fn department() -> impl Strategy<Value = Department> {
    "[a-z0-9-]{1,32}".prop_map(|slug| slug.parse().unwrap())
}

fn issue_id() -> impl Strategy<Value = IssueId> {
    any::<[u8; 16]>().prop_map(IssueId::from_bytes)
}

pub(crate) fn issue_name() -> impl Strategy<Value = IssueName> {
    prop_oneof![
        issue_id().prop_map(|id| IssueName { id, reference: None }),
        reference().prop_map(|known| IssueName { id: IssueId::of(&known), reference: Some(known) }),
    ]
}

/// By their id, which the leaf holds as it is or hashed.
pub(crate) fn customer() -> impl Strategy<Value = AsReported> {
    prop_oneof![
        ("[a-z]{1,8}", "[A-Za-z0-9_-]{1,20}").prop_map(|(system, encoded)| AsReported {
            leaf: Leaf::new(&system, &encoded).unwrap(),
            raw: None
        }),
        ("[a-z]{1,8}", "[a-z]{1,8}@[a-z]{1,8}").prop_map(|(system, address)| {
            let token = davy_wire::customer_token(&system, &address).unwrap();
            let leaf = davy_wire::proto::customer_leaf(&token).unwrap();
            AsReported { leaf, raw: Some(address) }
        }),
    ]
}

fn time() -> impl Strategy<Value = Timestamp> {
    (0..4_102_444_800_i64, 0..1_000_000_000_i32).prop_map(|(s, ns)| Timestamp::new(s, ns).unwrap())
}

fn item() -> impl Strategy<Value = ItemRef> {
    prop_oneof![Just(ItemRef::Open), id().prop_map(ItemRef::Named)]
}

fn severity() -> impl Strategy<Value = Severity> {
    select(vec![Severity::One, Severity::Two, Severity::Three, Severity::Four, Severity::Unassessed])
}

fn report() -> impl Strategy<Value = Report> {
    let restricted = (line(), prop::collection::vec(department(), 0..3))
        .prop_map(|(reason, departments)| Restriction { reason, departments });
    (line(), severity(), option::of(line()), option::of(person()), any::<bool>(), option::of(restricted))
        .prop_map(|(title, severity, severity_word, heard_by, safety, restricted)| Report {
            title,
            severity,
            severity_word,
            heard_by,
            safety,
            restricted,
            missed: None,
        })
}

/// A missed contact that names no issue.
fn missed() -> impl Strategy<Value = Draft> {
    (line(), option::of(line())).prop_map(|(channel, mailbox)| {
        let report = Report {
            title: format!("Missed {channel}"),
            severity: Severity::Unassessed,
            severity_word: None,
            heard_by: None,
            safety: false,
            restricted: None,
            missed: Some(Missed { channel: Some(channel), mailbox }),
        };
        Draft::new("contact.missed", Payload::Reported(report))
    })
}

/// An offer: what it gives stands in its words.
fn offered() -> impl Strategy<Value = Draft> {
    let fields = prop::collection::btree_map("[a-z]{1,8}", line(), 0..3);
    let to = (department(), option::of(line()), option::of(person()));
    (to, option::of(line()), prop::collection::vec(line(), 0..3), fields).prop_map(
        |((department, team, person), summary, actions, fields)| {
            let mut given = Vec::new();
            given.extend(summary.as_ref().map(|_| "summary".to_owned()));
            given.extend((!actions.is_empty()).then(|| "next_actions".to_owned()));
            given.extend(fields.keys().cloned());
            let action = |what: String| Said::Members(vec![("what".to_owned(), Said::Text(what))]);
            let fields = fields.into_iter().map(|(name, text)| (name, Said::Text(text))).collect();
            let words = Words::none()
                .maybe("summary", summary.as_deref())
                .text("risks", " ")
                .with("next_actions", Said::List(actions.into_iter().map(action).collect()))
                .with("fields", Said::Members(fields));
            let terms = OfferTerms { department, team, person, given };
            Draft::new("handoff.offered", Payload::Offered(terms)).saying(words)
        },
    )
}

fn taken() -> impl Strategy<Value = Draft> {
    (person(), option::of(line())).prop_map(|(person, words)| {
        let payload = Payload::OfferAccepted { person, read_back: words.is_some() };
        Draft::new("handoff.accepted", payload).saying(Words::none().maybe("readback", words.as_deref()))
    })
}

fn asked() -> impl Strategy<Value = Draft> {
    (line(), option::of(line()), option::of(time())).prop_map(|(question, channel, sent_at)| {
        let payload = Payload::CustomerAsked { proven: channel.is_some() && sent_at.is_some() };
        let words = Words::none()
            .text("question", &question)
            .maybe("channel", channel.as_deref())
            .time("sent_at", sent_at);
        Draft::new("issue.customer_input_requested", payload).saying(words)
    })
}

fn noted() -> impl Strategy<Value = Draft> {
    let types = ["issue.detail_added", "contact.missed", "signal.observed"];
    (select(types.to_vec()), line()).prop_map(|(name, said)| {
        let words = Words::none().text("summary", &said).text("note", &said).text("text", "\u{1}x");
        Draft::new(name, Payload::Noted).saying(words)
    })
}

fn contact() -> impl Strategy<Value = Draft> {
    let purposes: Vec<_> = Purpose::ALL.into_iter().chain([Purpose::Unsaid]).collect();
    (any::<(bool, bool)>(), select(purposes), line()).prop_map(|((two_way, auto), purpose, said)| {
        let payload = Payload::ContactLogged(Talk { two_way, auto, purpose });
        Draft::new("contact.logged", payload).saying(Words::none().text("summary", &said))
    })
}

fn link() -> impl Strategy<Value = Link> {
    let kinds = [
        LinkKind::DuplicateOf,
        LinkKind::RecurrenceOf,
        LinkKind::Related,
        LinkKind::Distinct,
        LinkKind::BlockedBy,
    ];
    (select(kinds.to_vec()), issue_id()).prop_map(|(kind, other)| Link { kind, other })
}

fn custody() -> impl Strategy<Value = Draft> {
    let assignment = (option::of(department()), option::of(line()), option::of(person()))
        .prop_map(|(department, team, person)| Assignment { department, team, person });
    prop_oneof![
        assignment.prop_map(|to| Draft::new("owner.assigned", Payload::Assigned(to))),
        (person(), option::of(department())).prop_map(|(person, department)| Draft::new(
            "owner.accepted",
            Payload::Accepted { person, department }
        )),
        Just(Draft::new("owner.declined", Payload::Declined)),
        offered(),
        taken(),
        option::of(department())
            .prop_map(|instead| Draft::new("handoff.declined", Payload::OfferDeclined { instead })),
        Just(Draft::new("handoff.withdrawn", Payload::OfferWithdrawn)),
    ]
}

fn assists() -> impl Strategy<Value = Draft> {
    let terms = (department(), option::of(person()), line(), option::of(time()), any::<bool>()).prop_map(
        |(department, person, question, due, blocking)| AssistTerms {
            department,
            person,
            question,
            due,
            blocking,
        },
    );
    prop_oneof![
        terms.prop_map(|terms| Draft::new("assist.requested", Payload::AssistRequested(terms))),
        (item(), person()).prop_map(|(item, person)| Draft::new(
            "assist.accepted",
            Payload::AssistAccepted { item, person }
        )),
        (item(), any::<bool>()).prop_map(|(item, unrequested)| Draft::new(
            "assist.answered",
            Payload::AssistAnswered { item, unrequested }
        )),
        item().prop_map(|item| Draft::new("assist.declined", Payload::AssistDeclined { item })),
        item().prop_map(|item| Draft::new("assist.cancelled", Payload::AssistCancelled { item })),
    ]
}

fn deferrals() -> impl Strategy<Value = Draft> {
    let terms = (time(), line(), option::of(time())).prop_map(|(until, reason, told_at)| DeferralTerms {
        until,
        reason,
        told_at,
    });
    let causes = [EndCause::Expired, EndCause::Broken, EndCause::Cancelled, EndCause::Settled];
    prop_oneof![
        terms.prop_map(|terms| Draft::new("deferral.requested", Payload::DeferralRequested(terms))),
        item().prop_map(|item| Draft::new("deferral.approved", Payload::DeferralApproved { item })),
        item().prop_map(|item| Draft::new("deferral.denied", Payload::DeferralDenied { item })),
        item().prop_map(|item| Draft::new("deferral.cancelled", Payload::DeferralCancelled { item })),
        (item(), select(causes.to_vec()))
            .prop_map(|(item, cause)| Draft::new("deferral.ended", Payload::DeferralEnded { item, cause })),
    ]
}

fn promises() -> impl Strategy<Value = Draft> {
    let origins =
        [PromiseOrigin::Issue, PromiseOrigin::Sale, PromiseOrigin::AfterSale, PromiseOrigin::Callback];
    let terms = (line(), option::of(line()), option::of(person()), time(), select(origins.to_vec()))
        .prop_map(|(what, to, by, due, origin)| PromiseTerms { what, to, by, due, origin });
    prop_oneof![
        terms.prop_map(|terms| Draft::new("promise.made", Payload::PromiseMade(terms))),
        item().prop_map(|item| Draft::new("promise.kept", Payload::PromiseKept { item })),
        (item(), time()).prop_map(|(item, due)| Draft::new(
            "promise.renegotiated",
            Payload::PromiseRenegotiated { item, due }
        )),
        item().prop_map(|item| Draft::new("promise.broken", Payload::PromiseBroken { item })),
    ]
}

fn workarounds() -> impl Strategy<Value = Draft> {
    let terms = (line(), option::of(time()))
        .prop_map(|(description, done_at)| WorkaroundTerms { description, done_at });
    prop_oneof![
        terms.prop_map(|terms| Draft::new("workaround.applied", Payload::WorkaroundApplied(terms))),
        (item(), select(vec![Verdict::Safe, Verdict::NeedsFix, Verdict::Unsafe])).prop_map(
            |(item, verdict)| {
                Draft::new("workaround.reviewed", Payload::WorkaroundReviewed { item, verdict })
            }
        ),
    ]
}

fn lifecycle() -> impl Strategy<Value = Draft> {
    let bases = [Basis::Confirmed, Basis::Unanswered, Basis::Source];
    prop_oneof![
        Just(Draft::new("issue.resolved", Payload::Resolved)),
        select(bases.to_vec()).prop_map(|basis| Draft::new("issue.closed", Payload::Closed(basis))),
        Just(Draft::new("issue.reopened", Payload::Reopened)),
        Just(Draft::new("issue.withdrawn", Payload::Withdrawn)),
        Just(Draft::new("issue.reinstated", Payload::Reinstated)),
        link().prop_map(|link| Draft::new("link.added", Payload::LinkAdded(link))),
        link().prop_map(|link| Draft::new("link.removed", Payload::LinkRemoved(link))),
        customer().prop_map(|to| Draft::new("issue.customer_corrected", Payload::CustomerCorrected { to })),
        reference().prop_map(|reference| Draft::new("issue.known_as", Payload::KnownAs { reference })),
    ]
}

fn told() -> impl Strategy<Value = Draft> {
    let severity = (severity(), option::of(line()));
    prop_oneof![
        report().prop_map(|report| Draft::new("issue.reported", Payload::Reported(report))),
        missed(),
        noted(),
        contact(),
        asked(),
        severity.prop_map(|(to, word)| {
            Draft::new("issue.severity_changed", Payload::SeverityChanged { to, word })
        }),
        (option::of(line()), option::of(time())).prop_map(|(channel, next)| {
            Draft::new("issue.acknowledged", Payload::Acknowledged { channel, next })
        }),
        any::<bool>()
            .prop_map(|auto| Draft::new("issue.customer_replied", Payload::CustomerReplied { auto })),
        Just(Draft::new("issue.customer_chased", Payload::CustomerChased)),
        option::of(time()).prop_map(|next| Draft::new("issue.update_sent", Payload::UpdateSent { next })),
        option::of(time())
            .prop_map(|due| Draft::new("issue.external_wait_started", Payload::ExternalWaitStarted { due })),
        Just(Draft::new("issue.external_wait_ended", Payload::ExternalWaitEnded)),
        id().prop_map(|invoice| Draft::new("invoice.withheld", Payload::InvoiceWithheld { invoice })),
        id().prop_map(|invoice| Draft::new("invoice.released", Payload::InvoiceReleased { invoice })),
    ]
}

/// Of every type, as often as any other.
pub(crate) fn draft() -> impl Strategy<Value = Draft> {
    prop_oneof![
        12 => told(),
        9 => lifecycle(),
        7 => custody(),
        5 => assists(),
        5 => deferrals(),
        4 => promises(),
        2 => workarounds(),
        3 => commanded(),
    ]
}
