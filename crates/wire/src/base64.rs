//! Base64 with the usual alphabet and padding (RFC 4648, 4), for bodies that are no text.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = (0..3)
            .fold(0_u32, |bits, at| (bits << 8) | u32::from(group.get(at).copied().unwrap_or_default()));
        for digit in 0..4 {
            let index = usize::try_from((bits >> (18 - 6 * digit)) & 63).unwrap_or_default();
            let letter = ALPHABET.get(index).filter(|_| digit <= group.len()).copied();
            text.push(char::from(letter.unwrap_or(b'=')));
        }
    }
    text
}

/// `None` for anything that [`encode`] does not write.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for group in text.as_bytes().chunks(4) {
        let padding = group.iter().rev().take_while(|byte| **byte == b'=').count();
        let bits = group.iter().try_fold(0_u32, |bits, byte| {
            let digit = if *byte == b'=' { 0 } else { digit(*byte)? };
            Some((bits << 6) | digit)
        })?;
        bytes.extend(bits.to_be_bytes().get(1..4_usize.checked_sub(padding)?)?);
    }
    (encode(&bytes) == text).then_some(bytes)
}

fn digit(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    // The examples of RFC 4648, 10.
    #[test]
    fn it_is_base64() {
        let cases = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, encoded) in cases {
            assert_eq!(encode(plain.as_bytes()), encoded);
            assert_eq!(decode(encoded).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(decode("-_8="), None);
        for bad in ["Z", "Zg", "Zh==", "Zm 9", "====", "Zg==Zg=="] {
            assert_eq!(decode(bad), None, "{bad}");
        }
        let every: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&every)), Some(every));
    }
}
