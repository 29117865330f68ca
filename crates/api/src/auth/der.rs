//! The names in a certificate: as much of X.509's DER as that takes.
//!
//! The certificate was verified before, so nothing is judged here; what cannot be read names nobody.

/// Object ids: id-at-commonName, id-ce-subjectAltName.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 0x11];

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const OBJECT_ID: u8 = 0x06;
const OCTETS: u8 = 0x04;
const UTF8: u8 = 0x0c;
const PRINTABLE: u8 = 0x13;
const DNS_NAME: u8 = 0x82;
const URI: u8 = 0x86;

/// Whom a certificate names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) common_name: Option<String>,
    pub(super) dns: Vec<String>,
    pub(super) uris: Vec<String>,
}

/// The names in a certificate; `None` if it cannot be read.
pub(super) fn names(certificate: &[u8]) -> Option<Names> {
    let mut certificate = Values(certificate);
    let mut body = Values(Values(certificate.next_of(SEQUENCE)?).next_of(SEQUENCE)?);
    let mut parts = Vec::new();
    while let Some(part) = body.next() {
        if part.0 != VERSION {
            parts.push(part);
        }
    }
    // Serial number, signature's algorithm, issuer, validity, subject.
    let mut names = Names { common_name: common_name(parts.get(4)?.1), ..Names::default() };
    if let Some((_, extensions)) = parts.iter().find(|part| part.0 == EXTENSIONS) {
        add_alternatives(extensions, &mut names)?;
    }
    Some(names)
}

/// Of the last relative name that has one.
fn common_name(subject: &[u8]) -> Option<String> {
    let mut found = None;
    let mut sets = Values(subject);
    while let Some((_, set)) = sets.next() {
        let mut attributes = Values(set);
        while let Some((_, attribute)) = attributes.next() {
            let mut attribute = Values(attribute);
            let is_name = attribute.next_of(OBJECT_ID)? == COMMON_NAME;
            let (tag, value) = attribute.next()?;
            if is_name && [UTF8, PRINTABLE].contains(&tag) {
                found = str::from_utf8(value).ok().map(ToOwned::to_owned);
            }
        }
    }
    found
}

fn add_alternatives(extensions: &[u8], names: &mut Names) -> Option<()> {
    let mut extensions = Values(Values(extensions).next_of(SEQUENCE)?);
    while let Some((_, extension)) = extensions.next() {
        let mut extension = Values(extension);
        if extension.next_of(OBJECT_ID)? != ALTERNATIVE_NAMES {
            continue;
        }
        // Whether it is critical may stand before.
        let mut value = extension.next()?;
        if value.0 != OCTETS {
            value = extension.next()?;
        }
        let mut alternatives = Values(Values(value.1).next_of(SEQUENCE)?);
        while let Some((tag, name)) = alternatives.next() {
            let Ok(name) = str::from_utf8(name) else { continue };
            match tag {
                DNS_NAME => names.dns.push(name.to_owned()),
                URI => names.uris.push(name.to_owned()),
                _ => {}
            }
        }
    }
    Some(())
}

/// Values one after the other.
struct Values<'a>(&'a [u8]);

impl<'a> Values<'a> {
    /// The next tag and value; `None` at the end, and where nothing can be read.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            if bytes.is_empty() || bytes.len() > 4 {
                return None;
            }
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, value))
    }

    fn next_of(&mut self, wanted: u8) -> Option<&'a [u8]> {
        self.next().filter(|(tag, _)| *tag == wanted).map(|(_, value)| value)
    }
}
