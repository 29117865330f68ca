//! Texts with cells in them: `Incident {number}`.

use super::columns::SlotId;

/// Texts longer than this are cut: a message may have 256 KiB in all.
pub(crate) const MAX_TEXT_BYTES: usize = 100 * 1024;

/// A text with places for cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Cell(SlotId),
}

impl Template {
    /// Reads `{column}`; `{{` and `}}` stand for themselves. `slot` gives the slot of a column's name.
    pub(crate) fn parse(text: &str, mut slot: impl FnMut(&str) -> SlotId) -> Result<Self, String> {
        let (mut parts, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(found) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(found);
            plain.push_str(before);
            if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
                plain.push_str(&from[..1]);
                rest = after;
                continue;
            }
            let column = from.strip_prefix('{').and_then(|inside| inside.split_once('}'));
            let Some((column, after)) = column.filter(|(column, _)| !column.is_empty()) else {
                return Err(format!(
                    "`{text}` has a brace without its partner; write {{column}}, and {{{{ or }}}} for a brace itself"
                ));
            };
            parts.push(Part::Text(std::mem::take(&mut plain)));
            parts.push(Part::Cell(slot(column)));
            rest = after;
        }
        plain.push_str(rest);
        parts.push(Part::Text(plain));
        parts.retain(|part| *part != Part::Text(String::new()));
        Ok(Self(parts))
    }

    /// One cell and nothing else.
    pub(crate) fn cell(slot: SlotId) -> Self {
        Self(vec![Part::Cell(slot)])
    }

    /// The text of one row; `cell` gives what a slot holds. A missing cell leaves its place empty.
    /// `None` where every cell is missing and nothing but cells would have stood there.
    pub(crate) fn render<'a>(&self, mut cell: impl FnMut(SlotId) -> Option<&'a str>) -> Option<String> {
        let (mut out, mut said) = (String::new(), self.0.is_empty());
        for part in &self.0 {
            let text = match part {
                Part::Text(text) => Some(text.as_str()),
                Part::Cell(slot) => cell(*slot),
            };
            said |= text.is_some();
            out.push_str(text.unwrap_or_default());
        }
        cut(&mut out, MAX_TEXT_BYTES);
        said.then_some(out)
    }
}

/// Shortens to at most `bytes`, between two characters.
fn cut(text: &mut String, bytes: usize) {
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.truncate(end.unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str) -> Result<Option<String>, String> {
        let mut names = Vec::new();
        let template = Template::parse(text, |name| {
            names.push(name.to_owned());
            SlotId(names.len() - 1)
        })?;
        Ok(template.render(|SlotId(slot)| names.get(slot).map(String::as_str).filter(|name| *name != "gone")))
    }

    #[test]
    fn cells_stand_where_their_columns_are_named() {
        assert_eq!(
            rendered("Incident {number}: {short text}!"),
            Ok(Some("Incident number: short text!".to_owned()))
        );
        assert_eq!(rendered("{{{a}}}"), Ok(Some("{a}".to_owned())));
        assert_eq!(rendered("{gone}"), Ok(None));
        assert_eq!(rendered("{gone}-"), Ok(Some("-".to_owned())));
        assert!(["{", "}", "{}", "a {b"].into_iter().all(|text| rendered(text).is_err()));
    }
}
