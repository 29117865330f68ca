//! Base64 with the alphabet for URLs and no padding (RFC 4648, 5).

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = (0..3)
            .fold(0_u32, |bits, at| (bits << 8) | u32::from(group.get(at).copied().unwrap_or_default()));
        for digit in 0..=group.len() {
            let index = usize::try_from((bits >> (18 - 6 * digit)) & 63).unwrap_or_default();
            text.extend(ALPHABET.get(index).map(|byte| char::from(*byte)));
        }
    }
    text
}

/// `None` for anything that [`encode`] does not write.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for group in text.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for at in 0..4 {
            let digit =
                group.get(at).map_or(Some(0), |byte| ALPHABET.iter().position(|known| known == byte))?;
            bits = (bits << 6) | u32::try_from(digit).ok()?;
        }
        let whole = group.len().checked_sub(1).filter(|whole| *whole > 0)?;
        bytes.extend(bits.to_be_bytes().get(1..=whole)?);
    }
    (encode(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The examples of RFC 4648, 10, without padding.
    #[test]
    fn it_is_base64() {
        let cases = [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, encoded) in cases {
            assert_eq!(encode(plain.as_bytes()), encoded);
            assert_eq!(decode(encoded).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(encode(&[0xfb, 0xff]), "-_8");
        for bad in ["Z", "Zg==", "Zh", "Zm 9", "Zm+/"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
