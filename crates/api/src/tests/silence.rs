//! With whom nobody has spoken, as it is asked for.

use proto::v1;
use tonic::Code;

use super::{System, bare};

fn said(token: &str, verb: &str, data: &str) -> v1::EventMessage {
    let mut event = bare(verb, data);
    event.subject = format!("davy.events.sales.{token}.{verb}");
    event
}

const TALK: &str = r#"{"direction":"outbound","channel":"phone","two_way":true,"purpose":"relationship"}"#;

fn asked(customer: &str, kind: &str) -> v1::ExplainClockRequest {
    v1::ExplainClockRequest { customer: customer.to_owned(), kind: kind.to_owned(), ..Default::default() }
}

#[tokio::test]
async fn the_silent_are_listed_page_by_page_and_each_clock_is_explained() {
    let system = System::start().await;
    let events = [
        said("crm:1", "contact.logged", TALK),
        said("crm:2", "contact.logged", TALK),
        said("crm:2", "customer.profile_set", r#"{"tier":"gold"}"#),
        said("crm:3", "issue.reported", r#"{"text":"Pump resets"}"#),
    ];
    assert_eq!(system.publish(events.to_vec()).await.unwrap(), ["0-1", "0-2", "0-3", "0-4"]);
    system.clock.set("2026-06-10T10:00:00Z".parse().unwrap());
    let mut customers = system.customers();
    let read = Some(v1::ReadOptions { min_position: "0-4".to_owned(), ..Default::default() });
    let mut request = v1::ListSilentRequest { page_size: 1, read, ..Default::default() };
    let mut found = Vec::new();
    loop {
        let page = customers.list_silent(request.clone()).await.unwrap().into_inner();
        assert!(page.read_state.is_some());
        found.extend(page.customers);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    let told: Vec<_> = found
        .iter()
        .map(|row| {
            let (customer, silence) = (row.customer.as_ref().unwrap(), row.silence.as_ref().unwrap());
            (customer.token.as_str(), silence.days, silence.cadence_days, silence.overdue)
        })
        .collect();
    assert_eq!(told, [("crm:2", 100, 30, true), ("crm:1", 100, 90, true)]);
    request.page_token = "forged".to_owned();
    assert_eq!(customers.list_silent(request.clone()).await.unwrap_err().code(), Code::InvalidArgument);

    let get = |token: &str| v1::GetCustomerRequest { customer: token.to_owned(), read: None };
    let customer = customers.get_customer(get("crm:2")).await.unwrap().into_inner();
    assert_eq!(customer.silence.as_ref(), found[0].silence.as_ref());
    assert!(customers.get_customer(get("crm:3")).await.unwrap().into_inner().silence.is_none());

    let explained = system.issues().explain_clock(asked("crm:2", "silence")).await.unwrap().into_inner();
    let [clock] = explained.clocks.as_slice() else { panic!("{explained:?}") };
    assert_eq!(
        (clock.clock.as_ref().unwrap().kind.as_str(), clock.outcome.as_str()),
        ("silence", "breached")
    );
    assert_eq!(
        clock.because,
        [
            "sales last spoke with them at 2026-03-02 10:00 UTC (0-2); selling, surveys and machines do not count",
            "they are to hear from somebody every 30 days, since their tier is `gold`",
            "that was over at 2026-04-01 10:00 UTC; it never rests",
        ]
    );
    for (customer, kind) in [("crm:2", "ack"), ("_", "")] {
        let refused = system.issues().explain_clock(asked(customer, kind)).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{customer} {kind}");
    }
}
