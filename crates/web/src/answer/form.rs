//! In which form a client wants to be told.

use axum::http::{HeaderMap, header};

/// A form, and its media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// For browsers.
    Html,
    /// For programs.
    Json,
    /// For whoever names nothing that there is: the button of a push message shows a line at most.
    Text,
}

impl Form {
    /// The one that `accept` names by its name and likes best. Those that it includes by `*` are not named: nearly every
    /// client sends that.
    pub(super) fn asked_for(headers: &HeaderMap) -> Self {
        let named = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let liked = named.flat_map(|value| value.split(',')).filter_map(liked);
        // The first of equals.
        let best = liked.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map_or(Self::Text, |(form, _)| form)
    }

    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Json => "application/json",
            Self::Text => "text/plain; charset=utf-8",
        }
    }
}

/// A form and how much it is liked, of a part such as `text/html;q=0.9`; `None` where it is not wanted, or none of ours.
fn liked(part: &str) -> Option<(Form, f32)> {
    let (media_type, parameters) = part.split_once(';').unwrap_or((part, ""));
    let form = match media_type.trim().to_ascii_lowercase().as_str() {
        "text/html" => Form::Html,
        "application/json" => Form::Json,
        "text/plain" => Form::Text,
        _ => return None,
    };
    let quality = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("q="));
    let quality = quality.map_or(Some(1.0), |quality| quality.trim().parse::<f32>().ok())?;
    (quality > 0.0).then_some((form, quality))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(accept: &'static str) -> Form {
        Form::asked_for(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]))
    }

    #[test]
    fn what_is_named_and_liked_best_is_sent_and_a_line_of_text_otherwise() {
        assert_eq!(of("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), Form::Html);
        assert_eq!(of("application/json"), Form::Json);
        assert_eq!(of("text/html;q=0.5, Application/JSON ; q=0.8"), Form::Json);
        assert_eq!(of("text/plain, text/html"), Form::Text);
        for plain in ["", "*/*", "image/png", "text/html;q=0", "text/html;q=often"] {
            assert_eq!(of(plain), Form::Text, "{plain}");
        }
        assert_eq!(Form::asked_for(&HeaderMap::new()), Form::Text);
    }
}
