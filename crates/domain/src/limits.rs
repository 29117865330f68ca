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
/// Documents of the directory that are applied at once.
pub const APPLY_DOCUMENTS: usize = 5_000;
/// Mistakes that are told of one set of documents.
pub const MISTAKES: usize = 1_000;
/// Bytes of a person's id in the directory that is applied.
pub const DIRECTORY_ID_BYTES: usize = 128;
/// How far ahead of its stored time an event may be, in seconds (`contract.md` 1).
pub const FUTURE_SECONDS: i64 = 300;
/// How long equal bare messages without an id are one event, in seconds (`contract.md` 1).
pub const BARE_WINDOW_SECONDS: i64 = 120;
/// After how many days a reopening is flagged (`contract.md` 5).
pub const REOPEN_DAYS: i64 = 30;
/// Assists, deferrals, promises and workarounds of one issue together.
pub const WORK_ITEMS: usize = 40;
/// Bytes of all of them in its record, about.
pub const WORK_BYTES: usize = 8 * 1024;
/// Bytes of the text of each in the issue's state; the event in the timeline has the whole.
pub const ITEM_TEXT_BYTES: usize = 160;
/// Withheld invoices of one issue, and links from it.
pub const ISSUE_LIST: usize = 20;
/// How often a customer asks again before the severity rises by one step (`domain.md` 4.9).
pub const CHASERS_RAISE: u32 = 3;
/// Offers declined or timed out after which an arbiter has to assign the issue (`domain.md` 4.7).
pub const BOUNCES: u32 = 2;
/// Characters of a read-back where one is asked for (`domain.md` 4.7).
pub const READ_BACK_CHARS: usize = 20;
/// For how many days an issue of severity 2, 3 or 4 may be deferred at once (`domain.md` 4.8).
pub const DEFERRAL_DAYS: [i64; 3] = [7, 30, 60];
/// For how many days altogether without an arbiter's word (`domain.md` 4.4).
pub const DEFERRED_DAYS: i64 = 60;
/// Before the end of a contract nothing may stay deferred for this many days (`domain.md` 4.4 T7).
pub const RENEWAL_DAYS: i64 = 120;
/// For how long a mis-entry may be withdrawn by who made it, in seconds (`domain.md` 4.4 T11).
pub const MISENTRY_SECONDS: i64 = 3_600;
/// Departments that may read a restricted issue; more than that do not by being given it.
pub const RESTRICTED_DEPARTMENTS: usize = 100;
/// Issues in one bulk command.
pub const BULK: usize = 500;
/// Issues in a chain of duplicates that a command follows.
pub const CHAIN: usize = 50;
/// Issues that were ever named as one with each other (`issue.known_as`); what would add more joins nothing.
pub const KIN: usize = 20;
/// Events that one command makes.
pub const COMMAND_EVENTS: usize = 8;
/// Bytes of a request id.
pub const REQUEST_ID_BYTES: usize = 128;
/// Leaves of one customer; what would add more only suggests (`domain.md` 4.3).
pub const CUSTOMER_LEAVES: usize = 200;
/// E-mail addresses and phone numbers asserted to be one leaf's.
pub const CUSTOMER_CONTACTS: usize = 25;
/// Sites asserted to be one leaf's.
pub const CUSTOMER_SITES: usize = 50;
/// Leaves looked at to find out which are one customer's.
pub const LEAVES_WALKED: usize = 1_000;
/// Sayings about one leaf that are looked at.
pub const LEAF_EDGES: usize = 1_000;
/// Contracts of one customer that are kept.
pub const CUSTOMER_CONTRACTS: usize = 40;
/// How often a customer's own calendar may become another one; what would change it once more changes no clock.
pub const CUSTOMER_CALENDARS: usize = 100;
/// Announcements that are kept of a leaf's clocks: those of the latest ones.
pub const SILENCE_MARKS: usize = 16;
/// Open issues of one customer that are compared with each other.
pub const COMPARED_ISSUES: usize = 100;
/// Pauses of an issue's clocks that are kept; a later one pauses nothing.
pub const PAUSES: usize = 64;
/// Announcements that are kept of an issue's running clocks: each mark once of each clock.
pub const ANNOUNCED: usize = 2 * (WORK_ITEMS + 6);
/// After how many days an event that comes is history, of which no breach is announced (`domain.md` 4.5).
pub const HISTORY_DAYS: i64 = 90;
/// Working days in which a customer answers what they were asked (`domain.md` 4.4 T4); afterwards nobody waits for it.
pub const WAIT_DAYS: u32 = 5;
/// How many per cent of a clock's time are over when it is warned of (`domain.md` 4.11).
pub const WARN_PERCENT: u32 = 75;
/// Runs of an issue: one a department.
pub const RUNS: usize = 20;
/// Pings of an issue that are kept in its state; all of them stand in its timeline.
pub const PINGS: usize = 64;
/// Contacts that fail for good in a cycle before later passes of its steps wait in spite of it: of half the pings that are kept
/// it is certain that they are remembered.
pub const LOST_CONTACTS: usize = PINGS / 2;
/// Steps of a plan.
pub const PLAN_STEPS: usize = 30;
/// Targets of a step.
pub const STEP_TARGETS: usize = 20;
/// People that a step pings at most.
pub const STEP_PEOPLE: usize = 50;
/// A person's own rules.
pub const PERSON_RULES: usize = 20;
/// How many per cent of a lease are over when who answered is reminded of its end (`escalation.md` rule 5).
pub const REMIND_PERCENT: u32 = 75;
/// Seconds that a reminder leaves at least; where it would leave less there is none, since the end asks again soon enough.
pub const REMIND_SECONDS: i64 = 10 * 60;
/// How long notes keep a run quiet at most, in per cent of the lease of the answer: they may not silence it for ever.
pub const LEASE_PERCENT: u32 = 400;
/// After how many days an answer pages nobody any more: what it was for is told of once a day (`escalation.md` rule 5).
pub const ANSWER_DAYS: i64 = 30;
/// How many days are between two tellings of what was paged for long enough (`domain.md` 4.11).
pub const DIGEST_DAYS: i64 = 7;
/// Seconds after which what is due is late: its pings go to each contact as one message (`escalation.md` rule 9c).
pub const LATE_SECONDS: i64 = 120;
/// Seconds without anybody who escalates after which that is said (`escalation.md` rule 9d).
pub const OUTAGE_SECONDS: i64 = 5 * 60;
/// The shortest delay of a step, in seconds (`escalation.md` rule 1).
pub const STEP_DELAY_SECONDS: i64 = 30;
/// People who take turns in a rotation, or are on duty together in a layer.
pub const ROTATION_MEMBERS: usize = 64;
/// Hours, days, weeks or months of one turn in a rotation.
pub const ROTATION_LENGTH: u32 = 10_000;
/// Layers of a schedule.
pub const SCHEDULE_LAYERS: usize = 20;
/// Windows of a layer.
pub const LAYER_WINDOWS: usize = 30;
/// Temporary schedules of a schedule.
pub const SCHEDULE_TEMPORARY: usize = 50;
/// Shifts of a temporary schedule.
pub const TEMPORARY_SHIFTS: usize = 200;
/// How many days are looked at, each way, for the beginning and the end of somebody's time on duty.
pub const DUTY_DAYS: i64 = 400;
/// How many instants at which somebody may come or go are looked at for one answer.
pub const DUTY_EDGES: usize = 10_000;
/// Windows of one day of a calendar.
pub const WINDOWS_A_DAY: usize = 8;
/// Holidays of a calendar.
pub const HOLIDAYS: usize = 1_000;
/// Days that a calendar looks ahead for open time: twenty years. A thousand holidays close one day a week for less.
pub const CALENDAR_DAYS: u32 = 7_305;
/// Days of a time limit: two years.
pub const TIME_LIMIT_DAYS: u32 = 730;
/// For how many hours at most pings of a run may be snoozed; more is a deferral.
pub const SNOOZE_HOURS: i64 = 72;
/// Bytes of what a receiver said of a ping.
pub const PING_DETAIL_BYTES: usize = 300;
