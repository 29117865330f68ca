//! The page: plain HTML that works without scripts, on a phone, by light and by night.
//!
//! Everything that comes from elsewhere is escaped.

use std::{fmt::Write as _, sync::LazyLock};

use axum::http::HeaderValue;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use proto::v1::AcknowledgePingResponse;
use sha2::{Digest as _, Sha256};

use super::words;
use crate::fault::{Code, Fault};

const STYLE: &str = "\
:root{color-scheme:light dark;font:1.0625rem/1.5 system-ui,sans-serif}\
body{margin:0 auto;max-width:36rem;padding:1.5rem 1rem}\
h1{font-size:1.4rem;line-height:1.25;margin:0 0 1rem}\
h1,p,dd{overflow-wrap:anywhere}\
dt{font-size:.875rem;opacity:.8}\
dd{margin:0 0 .75rem}\
form{background:Canvas;bottom:0;padding:.75rem 0;position:sticky}\
button{background:#1a5fb4;border:0;border-radius:.5rem;color:#fff;cursor:pointer;font:inherit;font-size:1.25rem;\
font-weight:600;min-height:4rem;padding:.75rem 1.25rem;width:100%}\
button:focus-visible{outline:3px solid currentColor;outline-offset:3px}";

/// What an answer is not.
const STILL: &str = "It tells the customer nothing: whoever owns it still has to.";

/// Nothing but the style of the page, and its form to where it came from.
pub(super) fn policy() -> HeaderValue {
    static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
        let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        // Base64 always fits; without it the page is bare and as safe.
        HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
    });
    POLICY.clone()
}

/// What a ping is about, and the button, which stays in sight however long the title is; then what comes of it.
pub(super) fn question(answer: &AcknowledgePingResponse, now: i64) -> String {
    let next = [
        ("If you press the button", words::sentence(&answer.now)),
        ("If nobody does", words::otherwise(answer)),
    ];
    let body = format!(
        "{}{}{}<p>{STILL}</p>",
        list(&words::facts(answer, now)),
        button("I have seen it"),
        list(&next)
    );
    page(words::title(answer), &body)
}

/// What an answer led to.
pub(super) fn answered(answer: &AcknowledgePingResponse, now: i64) -> String {
    let stands = escaped(&words::sentence(&answer.now));
    let about = escaped(words::title(answer));
    let facts = list(&words::facts(answer, now));
    page(
        "Your answer is noted",
        &format!("<p role=\"status\"><strong>{stands}</strong></p><p>{about}</p>{facts}<p>{STILL}</p>"),
    )
}

/// Why there is nothing to answer, or no answer was noted.
pub(super) fn refused(fault: &Fault) -> String {
    let (heading, button) = match fault.code() {
        Code::FAILED_PRECONDITION => ("This ping cannot be answered any more", String::new()),
        Code::UNAUTHENTICATED | Code::NOT_FOUND | Code::INVALID_ARGUMENT => {
            ("This link answers no ping", String::new())
        }
        // The codes are no enum: the others are of the moment.
        _ => ("Nothing was answered", button("Try again: I have seen it")),
    };
    let why = escaped(&words::sentence(fault.message()));
    page(heading, &format!("<p role=\"alert\">{why}</p>{button}"))
}

/// It posts to where the page is.
fn button(label: &str) -> String {
    format!("<form method=\"post\"><button>{}</button></form>", escaped(label))
}

fn list(facts: &[(&str, String)]) -> String {
    let rows = facts.iter().fold(String::new(), |mut rows, (name, value)| {
        // Writing to a string does not fail.
        write!(rows, "<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(value)).ok();
        rows
    });
    format!("<dl>{rows}</dl>")
}

fn page(heading: &str, body: &str) -> String {
    let heading = escaped(heading);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex, nofollow\"><title>{heading} - Davy</title>\
         <style>{STYLE}</style></head><body><main><h1>{heading}</h1>{body}</main></body></html>\n"
    )
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
