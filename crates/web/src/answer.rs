//! `/answer/<token>`: the page that answers a ping, with one button.
//!
//! GET shows what it is about and POST answers: programs that look where links lead, such as scanners of mail, only get. The
//! token is the credential and nothing else is, so a page elsewhere has nothing to abuse: there is no cookie, and what the
//! browser would prove by itself is not passed on. The RPC is named, although no other is: what a page shows of it is not in its
//! description. Deliberately absent: what a token is worth, and what an answer does (`api`).

mod form;
mod page;
mod words;

use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    middleware::map_response,
    response::{IntoResponse as _, Response},
    routing::get,
};
use form::Form;
use prost_reflect::prost::Message as _;
use proto::v1::{
    AcknowledgePingRequest, AcknowledgePingResponse, CommandOptions, acknowledge_ping_request::Which,
};

use crate::{
    fault::{Code, Fault},
    json,
    rpc::Rpcs,
    snapshot::Probe,
};

const RPC: (&str, &str) = ("davy.v1.OnCallService", "AcknowledgePing");

/// Headers of requests that are no part of an answer: they would say that somebody else asks.
const OTHERS: [&str; 2] = ["authorization", "davy-as"];

/// What pages are made of.
#[derive(Clone)]
struct Pages {
    rpcs: Rpcs,
    probe: Probe,
}

/// What the page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Show,
    Answer,
}

pub(crate) fn routes(rpcs: Rpcs, probe: Probe) -> Router {
    let path =
        get(async |State(pages), Path(token), request| answered(Act::Show, pages, token, request).await)
            .post(async |State(pages), Path(token), request| {
                answered(Act::Answer, pages, token, request).await
            });
    Router::new()
        .route("/answer/{token}", path)
        .with_state(Pages { rpcs, probe })
        .layer(map_response(guarded))
}

async fn answered(act: Act, Pages { rpcs, probe }: Pages, token: String, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let form = Form::asked_for(&head.headers);
    match ask(act, rpcs, token, head).await {
        Ok(answer) => told(act, &answer, form, probe.take().now),
        Err(fault) => refused(fault.over_answer(), form),
    }
}

async fn ask(act: Act, rpcs: Rpcs, token: String, mut head: Parts) -> Result<AcknowledgePingResponse, Fault> {
    for name in OTHERS {
        head.headers.remove(name);
    }
    // Where the certificate is that the client proved to hold.
    head.extensions.clear();
    // Without a request id, so that the button counts once, however often it is pressed, until the pings begin again.
    let options = CommandOptions { validate_only: act == Act::Show, ..CommandOptions::default() };
    let question = AcknowledgePingRequest { which: Some(Which::AnswerToken(token)), options: Some(options) };
    rpcs.ask_one(RPC, &head, &question).await
}

/// `now`: in seconds of Unix time.
fn told(act: Act, answer: &AcknowledgePingResponse, form: Form, now: i64) -> Response {
    let body = match (form, act) {
        (Form::Html, Act::Show) => page::question(answer, now),
        (Form::Html, Act::Answer) => page::answered(answer, now),
        (Form::Text, Act::Show) => {
            format!("{}\nif you answer (POST): {}\n", words::title(answer), answer.now)
        }
        (Form::Text, Act::Answer) => format!("{}\n", words::sentence(&answer.now)),
        (Form::Json, _) => return json_of(answer).unwrap_or_else(Fault::into_response),
    };
    ([(header::CONTENT_TYPE, form.media_type())], body).into_response()
}

fn json_of(answer: &AcknowledgePingResponse) -> Result<Response, Fault> {
    let (service, name) = RPC;
    let method = json::method(service, name);
    let text = method.map(|method| json::write(method.output(), &answer.encode_to_vec())).transpose()?;
    Ok(([(header::CONTENT_TYPE, Form::Json.media_type())], text.unwrap_or_default()).into_response())
}

fn refused(fault: Fault, form: Form) -> Response {
    let body = match form {
        Form::Html => page::refused(&fault),
        Form::Text => format!("{}\n", words::sentence(fault.message())),
        Form::Json => return fault.into_response(),
    };
    // With all that stands in the headers.
    let mut response = fault.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(form.media_type()));
    *response.body_mut() = Body::from(body);
    response
}

impl Fault {
    /// With the status that says it best of a link. A browser would ask for a password after a 401, and none helps.
    fn over_answer(self) -> Self {
        match self.code() {
            Code::FAILED_PRECONDITION => self.over_http(StatusCode::CONFLICT),
            Code::UNAUTHENTICATED => self.over_http(StatusCode::FORBIDDEN),
            // The codes are no enum: every other one keeps its own.
            _ => self,
        }
    }
}

/// Nothing keeps it, follows it, shows it within another page, or learns of the token from it.
async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, page::policy());
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::VARY, "accept"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    response
}
