//! Ids that say nothing about who it is: shared mailboxes, placeholders, numbers of zeros.

/// Before the `@` of an address.
const MAILBOXES: [&str; 8] =
    ["info", "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "postmaster", "mailer-daemon"];
/// Whole values.
const PLACEHOLDERS: [&str; 9] = ["unknown", "n/a", "na", "none", "null", "-", "--", "test", "anonymous"];

/// Whether so many have this id that it tells nobody from anybody. Case and blanks around it make no difference.
pub fn is_blocked(raw: &str) -> bool {
    let value = raw.trim().to_lowercase();
    if let Some((mailbox, _)) = value.split_once('@') {
        return MAILBOXES.contains(&mailbox);
    }
    PLACEHOLDERS.contains(&value.as_str()) || is_zeros(&value)
}

/// Such as `+000 000`.
fn is_zeros(value: &str) -> bool {
    let digits = value.strip_prefix('+').unwrap_or(value);
    let zeros = digits.bytes().filter(|byte| *byte == b'0').count();
    zeros >= 3 && digits.chars().all(|c| matches!(c, '0' | ' ' | '-' | '.' | '/' | '(' | ')'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_mailboxes_and_placeholders_are_nobodys() {
        for blocked in
            ["info@example.org", " NoReply@Example.org", "no-reply@x", "+000 0000", "Unknown", "n/a", "0000"]
        {
            assert!(is_blocked(blocked), "{blocked}");
        }
        for named in ["ana@example.org", "information@x", "+49170123456", "4711", "0", "nathan", "1000"] {
            assert!(!is_blocked(named), "{named}");
        }
    }
}
