//! The page of the built-in receiver. Nothing that was received is taken for markup, and nothing on it runs.

use hyper::header::HeaderValue;

use super::{Answer, Received};

pub(super) const TYPE: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
pub(super) const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");

const HEAD: &str = "<!doctype html>
<html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"3\">
<meta name=\"viewport\" content=\"width=device-width\"><title>Pings</title><style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
article { border-top: 1px solid #999; padding: .5rem 0; }
h2 { font-size: 1rem; margin: 0; } small { color: #555; }
pre { white-space: pre-wrap; margin: .25rem 0; }
</style></head><body><h1>Pings</h1>
<p>What people of the demonstration are pinged with, the newest first.</p>
";

/// Of these messages.
pub(super) fn of<'a>(messages: impl Iterator<Item = &'a Received>) -> String {
    let articles: Vec<_> = messages.map(article).collect();
    let articles = if articles.is_empty() { "<p>None yet.</p>\n".to_owned() } else { articles.concat() };
    format!("{HEAD}{articles}</body></html>\n")
}

fn article(received: &Received) -> String {
    let Received { at, to, subject, text, answers } = received;
    let answers: String = answers.iter().map(answer).collect();
    format!(
        "<article><h2>{}</h2><small>for {}, {}</small><pre>{}</pre>{answers}</article>\n",
        escaped(subject),
        escaped(to),
        escaped(at),
        escaped(text)
    )
}

/// A link, where there is a page that answers.
fn answer(Answer { title, command: _, url }: &Answer) -> String {
    let is_web = url.starts_with("http://") || url.starts_with("https://");
    if is_web {
        format!("<p><a href=\"{}\">Answer: {}</a></p>", escaped(url), escaped(title))
    } else {
        String::new()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_received_is_markup() {
        let nasty = "<script>\"'&".to_owned();
        let answers = ["http://127.0.0.1/a?b=<", "javascript:alert(1)"]
            .map(|url| Answer { title: nasty.clone(), command: String::new(), url: url.to_owned() })
            .to_vec();
        let (at, to, subject, text) = (nasty.clone(), nasty.clone(), nasty.clone(), nasty);
        let page = of([Received { at, to, subject, text, answers }].iter());
        assert!(!page.contains("<script") && !page.contains("javascript:"), "{page}");
        assert!(page.contains("href=\"http://127.0.0.1/a?b=&lt;\""), "{page}");
    }
}
