//! TLS of the listeners: certificates from PEM files, read again when they change, and clients' certificates verified.
//!
//! `ring` is the one provider of cryptography and is named everywhere, so that no default of the process matters.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{VerifierBuilderError, WebPkiClientVerifier},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use crate::PeerCertificate;

/// How long a client may take to agree on keys.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The PEM files of a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// Its certificate, and those between it and what clients trust.
    pub certificate: PathBuf,
    /// The key of its certificate.
    pub key: PathBuf,
    /// Those whose certificates clients may present; without it they present none.
    pub client_ca: Option<PathBuf>,
}

/// What a listener speaks within TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/2, as gRPC does.
    Http2,
    /// HTTP/1.1.
    Http1,
}

/// The files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// One cannot be read, or holds something else.
    #[error("read {} as PEM", file.display())]
    Read {
        /// Which.
        file: PathBuf,
        /// Why not.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// One holds no certificate.
    #[error("find a certificate in {}; it holds none", .0.display())]
    Empty(PathBuf),
    /// A certificate or its key cannot be used, or they do not belong together.
    #[error("use the certificate in {}", file.display())]
    Use {
        /// Of the certificate.
        file: PathBuf,
        /// Why not.
        #[source]
        source: rustls::Error,
    },
    /// Certificates to verify clients by cannot be used.
    #[error("verify clients by {}", file.display())]
    Verify {
        /// Of the certificates.
        file: PathBuf,
        /// Why not.
        #[source]
        source: VerifierBuilderError,
    },
}

/// A connection's bytes, encrypted or not.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A connection that was taken.
pub struct Accepted {
    /// Its bytes.
    pub io: Box<dyn Io>,
    /// The client's certificate, if it presented one.
    pub certificate: Option<PeerCertificate>,
}

impl std::fmt::Debug for Accepted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Accepted").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

/// The TLS of a listener.
#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    protocol: Protocol,
    config: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// If they cannot be used.
    pub fn open(files: TlsFiles, protocol: Protocol) -> Result<Self, TlsError> {
        let config = RwLock::new(Arc::new(server_config(&files, protocol)?));
        Ok(Self { files, protocol, config })
    }

    /// Which files.
    pub const fn files(&self) -> &TlsFiles {
        &self.files
    }

    /// Reads the files again, for connections made from now on. What is wrong with them changes nothing.
    ///
    /// # Errors
    /// If they cannot be used.
    pub fn reload(&self) -> Result<(), TlsError> {
        let config = Arc::new(server_config(&self.files, self.protocol)?);
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Takes a connection, and agrees on keys where there is TLS. Takes 10 s at most.
///
/// # Errors
/// If the client does not, or presents a certificate that is not good.
pub async fn accept(tls: Option<&Tls>, stream: TcpStream) -> io::Result<Accepted> {
    // A frame or a line of a stream is to be seen at once.
    stream.set_nodelay(true).ok();
    let Some(tls) = tls else { return Ok(Accepted { io: Box::new(stream), certificate: None }) };
    let agreed = timeout(HANDSHAKE, TlsAcceptor::from(tls.config()).accept(stream)).await;
    let stream = agreed.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    let presented = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
    let certificate = presented.map(PeerCertificate::new);
    Ok(Accepted { io: Box::new(stream), certificate })
}

fn server_config(files: &TlsFiles, protocol: Protocol) -> Result<ServerConfig, TlsError> {
    let TlsFiles { certificate, key, client_ca } = files;
    let using = |source| TlsError::Use { file: certificate.clone(), source };
    let versions = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(using)?;
    let builder = match client_ca {
        None => versions.with_no_client_auth(),
        Some(file) => {
            let roots = Arc::new(roots(file)?);
            // Who presents none may still have a token.
            let verifier =
                WebPkiClientVerifier::builder_with_provider(roots, provider()).allow_unauthenticated();
            let verifier =
                verifier.build().map_err(|source| TlsError::Verify { file: file.clone(), source })?;
            versions.with_client_cert_verifier(verifier)
        }
    };
    let private =
        PrivateKeyDer::from_pem_file(key).map_err(|source| TlsError::Read { file: key.clone(), source })?;
    let mut config = builder.with_single_cert(certificates(certificate)?, private).map_err(using)?;
    config.alpn_protocols = match protocol {
        Protocol::Http2 => vec![b"h2".to_vec()],
        Protocol::Http1 => vec![b"http/1.1".to_vec()],
    };
    Ok(config)
}

/// For a connection to a server whose certificate these have signed.
pub(crate) fn client_config(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    let versions = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

/// The certificates in a file, to trust.
pub(crate) fn roots(file: &Path) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file)? {
        roots.add(certificate).map_err(|source| TlsError::Use { file: file.to_owned(), source })?;
    }
    Ok(roots)
}

/// Those that this machine trusts.
pub(crate) fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read = |source| TlsError::Read { file: file.to_owned(), source };
    let all: Vec<_> =
        CertificateDer::pem_file_iter(file).map_err(read)?.collect::<Result<_, _>>().map_err(read)?;
    if all.is_empty() { Err(TlsError::Empty(file.to_owned())) } else { Ok(all) }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
