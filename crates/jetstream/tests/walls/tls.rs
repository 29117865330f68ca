//! The shipped seal, with certificates made here.

use std::{fs, path::Path, time::Duration};

use davy_jetstream::{ConnectError, Identity, Options, Start, Tls, connect};
use domain::Position;
use engine::EventLog as _;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::harness::{Company, message, now};

/// A CA, a certificate of the server at 127.0.0.1 and one of a client, as `deploy/nats/nats-server.conf` names them.
fn make_certificates(dir: &Path) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    fs::write(dir.join("ca.pem"), ca.pem()).unwrap();
    for (file, name) in [("server", "127.0.0.1"), ("davy", "davy")] {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &ca).unwrap();
        fs::write(dir.join(format!("{file}-cert.pem")), certificate.pem()).unwrap();
        fs::write(dir.join(format!("{file}-key.pem")), key.serialize_pem()).unwrap();
    }
}

fn company(verify: bool) -> Company {
    Company::start_with(|config, dir| {
        make_certificates(dir);
        let (tls, rest) = config.split_once("#}\n").unwrap();
        let tls = tls.replace("\n#", "\n").replacen('#', "", 1) + "}\n";
        let tls = tls.replace("/etc/nats", dir.to_str().unwrap());
        tls.replace("verify: false", &format!("verify: {verify}")) + rest
    })
}

fn sealed(company: &Company, ca: bool, identity: bool) -> Options {
    let file = |name: &str| company.dir.path().join(name);
    let identity =
        identity.then(|| Identity { certificate: file("davy-cert.pem"), key: file("davy-key.pem") });
    let tls = Tls { ca: ca.then(|| file("ca.pem")), identity, required: true };
    Options { tls, start: Start::Within(Duration::from_secs(2)), ..company.options() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_works_over_tls_and_the_server_has_to_prove_itself() {
    let company = company(false);
    let log = connect(sealed(&company, true, false)).await.unwrap();
    log.provision(now()).await.unwrap();
    let stored = log.append(vec![message("davy.directory.person.mia")], Vec::new()).await.unwrap();
    assert_eq!(stored, [Position::new(1)]);
    assert_eq!(log.message(stored[0]).await.unwrap().unwrap().body, b"{}");

    let unknown = connect(sealed(&company, false, false)).await.unwrap_err();
    assert!(matches!(unknown, ConnectError::Tls { .. }), "{unknown:?}");
    let missing = Tls { ca: Some("/no/such.pem".into()), ..Tls::default() };
    let missing = connect(Options { tls: missing, ..company.options() }).await.unwrap_err();
    assert!(matches!(missing, ConnectError::ReadTls { .. }), "{missing:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_verifies_wants_a_certificate_too() {
    let company = company(true);
    let log = connect(sealed(&company, true, true)).await.unwrap();
    log.provision(now()).await.unwrap();
    assert!(connect(sealed(&company, true, false)).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_tls_is_required_a_server_without_it_is_refused() {
    let company = Company::start();
    let tls = Tls { required: true, ..Tls::default() };
    let start = Start::Within(Duration::from_secs(2));
    assert!(connect(Options { tls, start, ..company.options() }).await.is_err());
}
