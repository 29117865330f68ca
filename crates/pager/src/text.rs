//! A message in words: the subject, and the text that every channel is made from. Pure.
//!
//! Deliberately absent: bodies of issues, which no ping tells; and the markup of a channel, which belongs to it.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::{Message, ping::Content};

/// Characters of a subject at most: what a phone shows.
const SUBJECT: usize = 120;
/// Characters of a title or a name at most.
const TITLE: usize = 200;

/// One line that says how bad, who and what.
pub(crate) fn subject(message: &Message) -> String {
    let issues = message.issues();
    let line = match issues.as_slice() {
        [one] => format!("[{}] {}{}{}", one.severity, customer_prefix(one), title(one), again_suffix(one)),
        many => many_subject(message, many),
    };
    cut(&line, SUBJECT)
}

fn many_subject(message: &Message, issues: &[&Content]) -> String {
    let count = issues.len();
    let mut customers: Vec<_> = issues.iter().map(|content| content.customer.as_str()).collect();
    customers.dedup();
    let whose = match customers.as_slice() {
        [customer] if !customer.is_empty() => format!("{}: ", line(customer, TITLE)),
        _ => String::new(),
    };
    format!("[{}] {whose}{count} issues wait for an answer", message.severity())
}

/// The whole message as lines of text.
pub(crate) fn plain(message: &Message) -> String {
    let issues = message.issues();
    let mut blocks = Vec::new();
    if issues.len() > 1 {
        blocks.push(opening(message, issues.len()));
    }
    blocks.extend(issues.iter().map(|content| block(content, message.at).join("\n")));
    blocks.join("\n\n") + "\n"
}

/// What a message with several issues begins with.
pub(crate) fn opening(message: &Message, count: usize) -> String {
    if message.late {
        format!("{count} issues have been waiting while nobody could be pinged, the worst first:")
    } else {
        format!("{count} issues wait for an answer, the worst first:")
    }
}

/// What is told of one issue, line by line, the title first.
pub(crate) fn block(content: &Content, now: Timestamp) -> Vec<String> {
    let mut lines = vec![title(content), who_and_how_long(content, now)];
    lines.extend([&content.what].into_iter().filter(|text| !text.is_empty()).map(|text| sentence(text)));
    lines.extend(again(content));
    if !content.owner.is_empty() {
        lines.push(format!("Owner: {}.", line(&content.owner, TITLE)));
    }
    lines.extend(step_and_next(content));
    lines.extend(answer(content));
    lines
}

/// What the issue is called.
pub(crate) fn title(content: &Content) -> String {
    if content.restricted {
        return "(restricted)".to_owned();
    }
    if content.title.trim().is_empty() { "(no title)".to_owned() } else { line(&content.title, TITLE) }
}

fn customer_prefix(content: &Content) -> String {
    if content.customer.is_empty() { String::new() } else { format!("{}: ", line(&content.customer, 60)) }
}

fn again_suffix(content: &Content) -> String {
    if content.times > 1 { format!(" (again: {} time)", ordinal(content.times)) } else { String::new() }
}

fn who_and_how_long(content: &Content, now: Timestamp) -> String {
    let customer = if content.customer.is_empty() {
        "Customer not known".to_owned()
    } else {
        format!("Customer {}", line(&content.customer, TITLE))
    };
    let waiting = content.since.map_or_else(String::new, |since| {
        format!(", waiting for {} (since {})", how_long(now.duration_since(since)), instant(since))
    });
    format!("{customer}, {}{waiting}.", content.severity)
}

fn again(content: &Content) -> Option<String> {
    (content.times > 1)
        .then(|| format!("Again: this is the {} time, and nobody has answered yet.", ordinal(content.times)))
}

fn step_and_next(content: &Content) -> Option<String> {
    let step = Some(line(&content.step, TITLE)).filter(|step| !step.is_empty()).map(|step| sentence(&step));
    let next = match (content.next_who.is_empty(), content.next_at) {
        (true, None) => None,
        (true, Some(at)) => Some(format!("Next step at {}.", instant(at))),
        (false, None) => Some(format!("Next: {}.", line(&content.next_who, TITLE))),
        (false, Some(at)) => Some(format!("Next: {} at {}.", line(&content.next_who, TITLE), instant(at))),
    };
    let told: Vec<_> = step.into_iter().chain(next).collect();
    (!told.is_empty()).then(|| told.join(" "))
}

fn answer(content: &Content) -> Option<String> {
    match (link(content), content.answer_command.is_empty()) {
        (Some(url), true) => Some(format!("Answer: {url}")),
        (Some(url), false) => Some(format!("Answer: {url} or `{}`", line(&content.answer_command, TITLE))),
        (None, false) => Some(format!("Answer: `{}`", line(&content.answer_command, TITLE))),
        (None, true) => None,
    }
}

/// The page that answers, if there is one and a browser would open it.
pub(crate) fn link(content: &Content) -> Option<&str> {
    let url = content.answer_url.as_str();
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let is_plain = url.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '|' | '`'));
    (is_web && is_plain).then_some(url)
}

/// An instant, to the minute, in UTC.
pub(crate) fn instant(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn how_long(waited: SignedDuration) -> String {
    let minutes = waited.as_mins().max(0);
    match (minutes / 1_440, minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// 2nd, 3rd, 11th.
fn ordinal(number: u32) -> String {
    let suffix = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let text = line(text, 2 * TITLE);
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let rest = chars.as_str();
    let stop = if rest.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{rest}{stop}")
}

/// One line without control characters, which could begin a header or move a cursor, of at most `most` characters.
pub(crate) fn line(text: &str, most: usize) -> String {
    let clean: String = text.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect();
    cut(&clean.split_whitespace().collect::<Vec<_>>().join(" "), most)
}

/// Control characters, and those that turn the direction of a text so that it reads as another.
fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
    }
}
