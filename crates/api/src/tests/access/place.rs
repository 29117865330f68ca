//! A listener with authentication, and whoever comes to it.

use std::{
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use http::{HeaderMap, Request, header};
use hyper_util::rt::TokioIo;
use proto::v1::{
    event_service_client::EventServiceClient, issue_service_client::IssueServiceClient,
    operations_service_client::OperationsServiceClient,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::PrivateKeyDer};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tonic::{
    Code, Status,
    body::Body,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint, Uri},
};
use tonic_health::pb::health_client::HealthClient;
use tower::{ServiceExt as _, service_fn};

use super::super::{System, reason};
use crate::{
    Access, AccessOptions, Drawn, KeySource, Protocol, Tls, TlsFiles, TokenEntry, TokenFile,
    auth::jwt_tests::{Provider, claims},
};

/// What a token of a test may do: its name, which is its department too, its roles, and when it expires.
pub(super) type Member = (&'static str, &'static [&'static str], Option<&'static str>);

/// Sales, engineering, operators, auditors, and one that came too late.
pub(super) fn crew() -> Vec<Member> {
    vec![
        ("sales", &["publisher"], None),
        ("engineering", &["responder"], None),
        ("ops", &["admin"], None),
        ("audit", &["auditor"], None),
        ("late", &["admin"], Some("2026-03-02T09:59:59Z")),
    ]
}

type Authorized = InterceptedService<Channel, Authorization>;

#[derive(Clone)]
pub(super) struct Authorization(String);

impl Interceptor for Authorization {
    fn call(&mut self, mut request: tonic::Request<()>) -> Result<tonic::Request<()>, Status> {
        if !self.0.is_empty() {
            request.metadata_mut().insert("authorization", self.0.parse().unwrap());
        }
        Ok(request)
    }
}

/// One caller's clients.
pub(super) struct Client {
    pub(super) issues: IssueServiceClient<Authorized>,
    pub(super) events: EventServiceClient<Authorized>,
    pub(super) operations: OperationsServiceClient<Authorized>,
    pub(super) health: HealthClient<Authorized>,
}

/// What a call came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Told(Code, String);

impl Told {
    pub(super) fn new(code: Code, reason: &str) -> Self {
        Self(code, reason.to_owned())
    }
}

pub(super) struct Place {
    pub(super) system: System,
    pub(super) provider: Provider,
    pub(super) tls: Option<Arc<Tls>>,
    pub(super) access: Arc<Access>,
    tokens: Mutex<(TokenFile, Vec<(&'static str, String)>)>,
    address: SocketAddr,
    authority: Authority,
    dir: TempDir,
}

impl Place {
    pub(super) async fn start(crew: Vec<Member>) -> Self {
        Self::start_at(crew, 0, false).await
    }

    pub(super) async fn start_with_rate(crew: Vec<Member>, requests_per_second: u32) -> Self {
        Self::start_at(crew, requests_per_second, false).await
    }

    pub(super) async fn start_tls(crew: Vec<Member>) -> Self {
        Self::start_at(crew, 0, true).await
    }

    async fn start_at(crew: Vec<Member>, requests_per_second: u32, is_secure: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let provider = Provider::new("k1");
        let jwks = dir.path().join("jwks.json");
        std::fs::write(&jwks, provider.keys().to_string()).unwrap();
        let (file, tokens) = minted(crew);
        let listed =
            "[[certificate]]\nname = 'crm'\ndns = 'crm.sales.example'\ndepartment = 'sales'\nroles = []\n";
        let options = AccessOptions {
            tokens: Some(file.clone()),
            certificates: Some(listed.to_owned()),
            jwt: Some((claims(), KeySource::File(jwks))),
            requests_per_second,
        };
        let access = Arc::new(Access::new(options).unwrap());
        let system = System::start_with(access.clone()).await;
        let authority = Authority::new();
        let tls = is_secure.then(|| {
            authority.certify_server(&dir);
            Arc::new(Tls::open(files(&dir), Protocol::Http2).unwrap())
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(crate::serve(listener, tls.clone(), system.services.clone(), std::future::pending()));
        let tokens = Mutex::new((file, tokens));
        Self { system, provider, tls, access, tokens, address, authority, dir }
    }

    pub(super) fn token(&self, name: &str) -> String {
        let tokens = self.tokens.lock().unwrap();
        tokens.1.iter().find(|(known, _)| *known == name).unwrap().1.clone()
    }

    pub(super) fn revoke(&self, name: &str) {
        let mut tokens = self.tokens.lock().unwrap();
        tokens.0.tokens.retain(|entry| entry.name != name);
        self.access.replace_tokens(&tokens.0).unwrap();
    }

    pub(super) fn alter(&self, name: &str, change: impl FnOnce(&mut TokenEntry)) {
        let mut tokens = self.tokens.lock().unwrap();
        change(tokens.0.tokens.iter_mut().find(|entry| entry.name == name).unwrap());
        self.access.replace_tokens(&tokens.0).unwrap();
    }

    pub(super) async fn client(&self, authorization: &str) -> Client {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address)).unwrap();
        client(endpoint.connect().await.unwrap(), authorization)
    }

    /// With a certificate of the place's own authority for this name.
    pub(super) async fn tls_client(&self, name: Option<&str>) -> Result<Client, String> {
        let presented = name.map(|name| self.authority.certify(name));
        self.connect(presented).await
    }

    /// With a certificate of another authority.
    pub(super) async fn foreign_client(&self) -> Result<Client, String> {
        self.connect(Some(Authority::new().certify("crm.sales.example"))).await
    }

    async fn connect(&self, presented: Option<(rcgen::Certificate, KeyPair)>) -> Result<Client, String> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.0.der().clone()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match presented {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
                builder.with_client_auth_cert(vec![certificate.der().clone()], key).unwrap()
            }
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        let (connector, address) = (TlsConnector::from(Arc::new(config)), self.address);
        let connector = service_fn(move |_: Uri| {
            let connector = connector.clone();
            async move {
                let stream = TcpStream::connect(address).await?;
                let stream = connector.connect("davy.example".try_into().unwrap(), stream).await?;
                Ok::<_, io::Error>(TokioIo::new(stream))
            }
        });
        let endpoint = Endpoint::from_static("http://davy.example");
        let channel =
            endpoint.connect_with_connector(connector).await.map_err(|error| format!("{error:?}"))?;
        Ok(client(channel, ""))
    }

    pub(super) fn renew_certificate(&self) {
        self.authority.certify_server(&self.dir);
    }

    pub(super) fn break_certificate(&self) {
        std::fs::write(files(&self.dir).certificate, "no certificate").unwrap();
    }

    /// Calls whatever is at a path.
    pub(super) async fn raw(&self, path: &str, authorization: &str) -> Told {
        let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/grpc");
        if !authorization.is_empty() {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let answer =
            self.system.services.routes().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let headers: &HeaderMap = answer.headers();
        let status = Status::from_header_map(headers).unwrap();
        Told(status.code(), reason(&status))
    }
}

fn client(channel: Channel, authorization: &str) -> Client {
    let with = || Authorization(authorization.to_owned());
    Client {
        issues: IssueServiceClient::with_interceptor(channel.clone(), with()),
        events: EventServiceClient::with_interceptor(channel.clone(), with()),
        operations: OperationsServiceClient::with_interceptor(channel.clone(), with()),
        health: HealthClient::with_interceptor(channel, with()),
    }
}

fn minted(crew: Vec<Member>) -> (TokenFile, Vec<(&'static str, String)>) {
    let (mut file, mut tokens) = (TokenFile::default(), Vec::new());
    for (number, (name, roles, expires)) in (1..).zip(crew) {
        let (token, id, sha256) = Drawn { id: [number; 10], secret: [number ^ 0x5a; 32] }.into_token();
        file.tokens.push(TokenEntry {
            name: name.to_owned(),
            id,
            sha256,
            department: name.to_owned(),
            person: None,
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            created: "2026-03-01T00:00:00Z".parse().unwrap(),
            expires: expires.map(|time| time.parse().unwrap()),
        });
        tokens.push((name, token));
    }
    (file, tokens)
}

fn files(dir: &TempDir) -> TlsFiles {
    let path = |name: &str| -> PathBuf { dir.path().join(name) };
    TlsFiles { certificate: path("server.pem"), key: path("server.key"), client_ca: Some(path("ca.pem")) }
}

/// Signs certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn certify(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.0).unwrap(), key)
    }

    fn certify_server(&self, dir: &TempDir) {
        let (certificate, key) = self.certify("davy.example");
        let TlsFiles { certificate: certificate_file, key: key_file, client_ca } = files(dir);
        std::fs::write(certificate_file, certificate.pem()).unwrap();
        std::fs::write(key_file, key.serialize_pem()).unwrap();
        std::fs::write(client_ca.unwrap(), self.0.pem()).unwrap();
    }
}
