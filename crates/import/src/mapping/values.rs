//! Patterns over cells, and the tables that say what a cell means.

use std::collections::HashMap;

/// A text in which `*` stands for any run of characters, also none. Upper and lower case differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<String>);

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.split('*').map(str::to_owned).collect())
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        let [first, between @ .., last] = self.0.as_slice() else {
            return self.0.first().is_some_and(|whole| whole == text);
        };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
        for part in between {
            let Some(found) = rest.find(part.as_str()) else { return false };
            rest = rest.get(found + part.len()..).unwrap_or_default();
        }
        rest.ends_with(last.as_str())
    }
}

/// What cells mean. A key that is the whole cell goes before every pattern; of several patterns that match, the
/// longest counts.
#[derive(Clone, Debug)]
pub(crate) struct ValueTable<T> {
    exact: HashMap<String, T>,
    patterns: Vec<(Pattern, T)>,
}

impl<T: Clone> ValueTable<T> {
    pub(crate) fn new(entries: impl IntoIterator<Item = (String, T)>) -> Self {
        let exact: HashMap<String, T> = entries.into_iter().collect();
        let mut patterns: Vec<_> = exact.iter().filter(|(key, _)| key.contains('*')).collect();
        patterns.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        let patterns = patterns.into_iter().map(|(key, value)| (Pattern::new(key), value.clone())).collect();
        Self { exact, patterns }
    }

    pub(crate) fn get(&self, cell: &str) -> Option<&T> {
        let by_pattern =
            || self.patterns.iter().find(|(pattern, _)| pattern.matches(cell)).map(|(_, value)| value);
        self.exact.get(cell).or_else(by_pattern)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_run() {
        for (pattern, text) in
            [("Awaiting *", "Awaiting Vendor"), ("*", ""), ("a*b*c", "abbc"), ("*x", "xx"), ("New", "New")]
        {
            assert!(Pattern::new(pattern).matches(text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("Awaiting *", "Awaiting"), ("a*b*c", "acb"), ("ab*ba", "aba"), ("New", "Newer")]
        {
            assert!(!Pattern::new(pattern).matches(text), "{pattern} {text}");
        }
    }

    #[test]
    fn the_whole_cell_goes_before_the_longest_pattern() {
        let table = ValueTable::new(
            [("*", 0), ("Wait*", 1), ("Wait", 2), ("Wait - *", 3)].map(|(k, v)| (k.to_owned(), v)),
        );
        let found = ["Wait", "Wait - User", "Waiting", "Open"].map(|cell| table.get(cell).copied());
        assert_eq!(found, [Some(2), Some(3), Some(1), Some(0)]);
    }
}
