//! What a command says beside what the fold asks: members of the event's data, without a serialisation.

use jiff::Timestamp;

/// A member's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A text.
    Text(String),
    /// True or false.
    Flag(bool),
    /// A number.
    Number(i64),
    /// An instant.
    Time(Timestamp),
    /// Several.
    List(Vec<Self>),
    /// Members of its own.
    Members(Vec<(String, Self)>),
}

/// Members of an event's data, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(pub Vec<(&'static str, Said)>);

impl Words {
    /// None.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// With a text, unless it says nothing.
    #[must_use]
    pub fn text(self, member: &'static str, text: &str) -> Self {
        if text.trim().is_empty() { self } else { self.with(member, Said::Text(text.to_owned())) }
    }

    /// With a text, if there is one.
    #[must_use]
    pub fn maybe(self, member: &'static str, text: Option<&str>) -> Self {
        self.text(member, text.unwrap_or_default())
    }

    /// With an instant, if there is one.
    #[must_use]
    pub fn time(self, member: &'static str, time: Option<Timestamp>) -> Self {
        match time {
            Some(time) => self.with(member, Said::Time(time)),
            None => self,
        }
    }

    /// With a flag.
    #[must_use]
    pub fn flag(self, member: &'static str, flag: bool) -> Self {
        self.with(member, Said::Flag(flag))
    }

    /// With texts, unless there are none.
    #[must_use]
    pub fn list(self, member: &'static str, texts: &[String]) -> Self {
        if texts.is_empty() {
            return self;
        }
        self.with(member, Said::List(texts.iter().cloned().map(Said::Text).collect()))
    }

    /// With anything.
    #[must_use]
    pub fn with(mut self, member: &'static str, said: Said) -> Self {
        self.0.push((member, said));
        self
    }
}
