//! Whose certificate it is.

use rcgen::{CertificateParams, DnType, KeyPair, SanType};

use super::*;

fn presented(common_name: &str, dns: &[&str], uri: Option<&str>) -> PeerCertificate {
    let dns: Vec<String> = dns.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(dns).unwrap();
    params.distinguished_name.push(DnType::OrganizationName, "Example");
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.subject_alt_names.extend(uri.map(|uri| SanType::URI(uri.try_into().unwrap())));
    PeerCertificate::new(params.self_signed(&KeyPair::generate().unwrap()).unwrap().der())
}

fn whose(file: &str, peer: &PeerCertificate) -> Result<String, Denied> {
    let now = "2026-03-02T10:00:00Z".parse().unwrap();
    Certificates::read(file).unwrap().caller(peer, now).map(|caller| caller.principal.name)
}

fn entry(name: &str, mark: &str) -> String {
    format!("[[certificate]]\nname = '{name}'\n{mark}\ndepartment = 'sales'\nroles = ['publisher']\n")
}

#[test]
fn a_certificate_is_known_by_any_of_four_marks() {
    let peer = presented("crm", &["crm.example.com", "old.example.com"], Some("spiffe://example/crm"));
    let fingerprint = format!("fingerprint = '{}'", peer.0.fingerprint.to_uppercase());
    for mark in [
        fingerprint.as_str(),
        "dns = 'OLD.example.com'",
        "uri = 'spiffe://example/crm'",
        "common_name = 'crm'",
    ] {
        let file = format!("{}{}", entry("other", "common_name = 'other'"), entry("crm", mark));
        assert_eq!(whose(&file, &peer), Ok("certificate/crm".to_owned()), "{mark}");
    }
    // A name in one place is none in another.
    for mark in ["dns = 'crm'", "common_name = 'crm.example.com'", "uri = 'crm'"] {
        assert_eq!(whose(&entry("crm", mark), &peer), Err(Denied::UnknownCertificate), "{mark}");
    }
    let late = entry("crm", "common_name = 'crm'\nexpires = '2026-03-02T10:00:00Z'");
    assert_eq!(whose(&late, &peer), Err(Denied::Expired));
}

#[test]
fn what_is_no_certificate_names_nobody_and_harms_nothing() {
    let whole = CertificateParams::new(vec!["a.example".to_owned()])
        .unwrap()
        .self_signed(&KeyPair::generate().unwrap())
        .unwrap();
    for cut in 0..whole.der().len() {
        der::names(&whole.der()[..cut]);
        let mut bent = whole.der().to_vec();
        bent[cut] ^= 0xff;
        der::names(&bent);
    }
    assert_eq!(der::names(&[]), None);
}

#[test]
fn an_entry_has_one_mark() {
    for mark in ["", "dns = 'a'\ncommon_name = 'b'", "fingerprint = 'ab'"] {
        assert!(Certificates::read(&entry("crm", mark)).is_err(), "{mark}");
    }
}
