//! The HTML of a mail. Everything that is told is escaped; there is no picture, script, or link but the one that answers.

use crate::{Message, ping::Content, text};

/// The whole page.
pub(super) fn page(message: &Message) -> String {
    let issues = message.issues();
    let opening = if issues.len() > 1 {
        format!("<p>{}</p>", escaped(&text::opening(message, issues.len())))
    } else {
        String::new()
    };
    let blocks: String = issues.iter().map(|content| block(message, content)).collect();
    format!(
        "<!doctype html><html><body style=\"font-family:sans-serif;line-height:1.4\">{opening}{blocks}</body></html>"
    )
}

fn block(message: &Message, content: &Content) -> String {
    let mut lines = text::block(content, message.at).into_iter().map(|line| escaped(&line));
    let title = lines.next().unwrap_or_default();
    let rest: Vec<_> = lines.collect();
    let button = text::link(content).map(button).unwrap_or_default();
    format!("<h2 style=\"font-size:1.1em\">{title}</h2><p>{}</p>{button}", rest.join("<br>"))
}

fn button(url: &str) -> String {
    let style = "display:inline-block;padding:10px 18px;background:#1a5fb4;color:#fff;text-decoration:none";
    format!("<p><a href=\"{}\" style=\"{style}\">Answer this ping</a></p>", escaped(url))
}

fn escaped(text: &str) -> String {
    let escape = |c: char| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&#39;".to_owned(),
        other => other.to_string(),
    };
    text.chars().map(escape).collect()
}
