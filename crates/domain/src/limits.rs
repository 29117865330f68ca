//! Every limit of what Davy takes in and keeps, in one place.

/// Bytes of a message's body. Larger ones are refused by the stream (`max_message_size`) and by `PublishEvents`.
pub const MESSAGE_BYTES: usize = 256 * 1024;
/// Bytes of a subject. `nats-server` closes connections over 4 KiB of control line.
pub const SUBJECT_BYTES: usize = 3 * 1024;
/// Bytes of a text in an event's folded form; the log keeps the whole.
pub const TEXT_BYTES: usize = 4 * 1024;
/// Characters of a title.
pub const TITLE_CHARS: usize = 200;
/// Characters of a quarantined body that are shown.
pub const EXCERPT_CHARS: usize = 200;
/// Bytes of an id in a department's system, of an event's id or of its source.
pub const ID_BYTES: usize = 4 * 1024;
/// Bytes of a name, a team, a channel or a tool's own word.
pub const WORD_BYTES: usize = 1024;
/// Bytes of a customer id in a subject, after percent-encoding; longer ones are hashed (`contract.md` 1).
pub const TOKEN_BYTES: usize = 128;
/// Bytes of an event's folded form.
pub const FOLDED_EVENT_BYTES: usize = 12 * 1024;
/// Items of a list inside an event's data.
pub const LIST_ITEMS: usize = 100;
/// Events in one `PublishEvents` call, and in one atomic batch of the stream.
pub const PUBLISH_EVENTS: usize = 1_000;
/// Rows on a page where none are asked for.
pub const PAGE_DEFAULT: usize = 50;
/// Rows on a page, whatever is asked for.
pub const PAGE_MAX: usize = 500;
/// Rows looked at for one page before it ends with a token.
pub const PAGE_LOOKS: usize = 20_000;
/// Issues folded for one list under `as_of` or `known_at`.
pub const CANDIDATES: usize = 200_000;
/// Losses of messages that are told to those who ask how Davy is doing; all of them stand in the log.
pub const LOSSES: usize = 20;
/// Bytes of the reason of each.
pub const LOSS_REASON_BYTES: usize = 400;
/// Events that one comparison of a customer with the log looks at.
pub const VERIFIED_EVENTS: usize = 10_000;
/// Differences that it tells.
pub const DIFFERENCES: usize = 100;
/// How far ahead of its stored time an event may be, in seconds (`contract.md` 1).
pub const FUTURE_SECONDS: i64 = 300;
/// How long equal bare messages without an id are one event, in seconds (`contract.md` 1).
pub const BARE_WINDOW_SECONDS: i64 = 120;
/// After how many days a reopening is flagged (`contract.md` 5).
pub const REOPEN_DAYS: i64 = 30;
