//! E-mail over SMTP: text and HTML, in a thread for each issue, marked as sent by a machine (RFC 3834).

mod html;

use std::{
    fmt, io,
    path::Path,
    time::{Duration, SystemTime},
};

use lettre::{
    Address,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters, TlsVersion},
        extension::ClientId,
    },
};

use tokio::time::timeout;

use super::{Channel, OpenChannelError, Receipt, SendError, Sending};
use crate::{
    Message, Secret,
    config::{Email, EmailTls},
    text,
};

/// Issues whose threads a mail belongs to at most; a digest may tell of more.
const THREADS: usize = 20;
/// How long a server may take: many let strangers wait for their first word, and look at a mail before they take it.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a server that puts strangers off for a while wants: with that the last of four attempts comes after five minutes.
const GREYLISTED: Duration = Duration::from_secs(110);
/// How long a server may take to let us go.
const GOODBYE: Duration = Duration::from_secs(1);

/// E-mail.
pub(super) struct EmailChannel {
    name: String,
    host: String,
    port: u16,
    tls: Seal,
    login: Option<Credentials>,
    from: Mailbox,
    to: Option<Secret>,
}

/// How the connection is sealed.
enum Seal {
    Implicit(TlsParameters),
    StartTls(TlsParameters),
    None,
}

impl fmt::Debug for EmailChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmailChannel").field("name", &self.name).finish_non_exhaustive()
    }
}

impl EmailChannel {
    pub(super) fn open(name: &str, config: &Email) -> Result<Self, OpenChannelError> {
        let unusable = |why| OpenChannelError::Unusable { name: name.to_owned(), why };
        let from = config
            .from
            .parse()
            .map_err(|_| unusable("its from is not name@example.com or Davy <name@example.com>"))?;
        Ok(Self {
            name: name.to_owned(),
            host: config.host.clone(),
            port: config.port,
            tls: seal(config)
                .map_err(|source| OpenChannelError::Certificates { name: name.to_owned(), source })?,
            login: config
                .login
                .as_ref()
                .map(|(user, password)| Credentials::new(user.clone(), password.reveal().to_owned())),
            from,
            to: config.to.clone(),
        })
    }

    async fn mail(&self, message: &Message) -> Result<Receipt, SendError> {
        let mail = self.compose(message)?;
        let mut connection = self.connect().await.map_err(|error| judge(&error))?;
        connection.send(mail.envelope(), &mail.formatted()).await.map_err(|error| judge(&error))?;
        // It is delivered: a server that does not let us go changes nothing about that.
        timeout(GOODBYE, connection.abort()).await.ok();
        Ok(Receipt::new("the mail server took it"))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let (server, own_name) = ((self.host.as_str(), self.port), ClientId::default());
        let implicit = match &self.tls {
            Seal::Implicit(parameters) => Some(parameters.clone()),
            Seal::StartTls(_) | Seal::None => None,
        };
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, None, &own_name, implicit, None).await?;
        if let Seal::StartTls(parameters) = &self.tls {
            connection.starttls(parameters.clone(), &own_name).await?;
        }
        if let Some(login) = &self.login {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], login).await?;
        }
        Ok(connection)
    }

    fn compose(&self, message: &Message) -> Result<lettre::Message, SendError> {
        let domain = self.from.email.domain();
        let own = format!("<{}.{}@{domain}>", word(&message.id()), message.attempt());
        let threads = threads(message, domain);
        let mut builder = lettre::Message::builder()
            .from(self.from.clone())
            .to(self.recipient(message)?)
            .subject(text::subject(message))
            .date(SystemTime::from(message.at))
            .message_id(Some(own))
            .raw_header(header(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated"))
            .raw_header(header(HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"), "All"));
        if let Some(first) = threads.first() {
            builder = builder.in_reply_to(first.clone()).references(threads.join(" "));
        }
        builder
            .multipart(MultiPart::alternative_plain_html(text::plain(message), html::page(message)))
            .map_err(|_| SendError::permanent("no mail could be made of it"))
    }

    fn recipient(&self, message: &Message) -> Result<Mailbox, SendError> {
        let address =
            if message.to.address.is_empty() { self.to.as_ref() } else { Some(&message.to.address) };
        let address = address.ok_or_else(|| SendError::permanent("there is no address to send it to"))?;
        let address: Address = address
            .reveal()
            .trim()
            .parse()
            .map_err(|_| SendError::permanent("its address is no mail address"))?;
        let name = text::line(&message.to.name, 100);
        Ok(Mailbox::new(Some(name).filter(|name| !name.is_empty()), address))
    }
}

/// A message that nobody sent begins the thread of each issue: clients group by it.
fn threads(message: &Message, domain: &str) -> Vec<String> {
    let issues = message.issues().into_iter().take(THREADS);
    issues.map(|content| format!("<issue.{}@{domain}>", word(&content.issue))).collect()
}

/// What may stand before the @ of a message's id.
fn word(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).take(100).collect()
}

fn seal(config: &Email) -> io::Result<Seal> {
    let parameters = || parameters(&config.host, config.ca.as_deref());
    Ok(match config.tls {
        EmailTls::Implicit => Seal::Implicit(parameters()?),
        EmailTls::StartTls => Seal::StartTls(parameters()?),
        EmailTls::None => Seal::None,
    })
}

fn parameters(host: &str, ca: Option<&Path>) -> io::Result<TlsParameters> {
    let builder = TlsParameters::builder(host.to_owned()).set_min_tls_version(TlsVersion::Tlsv12);
    let builder = match ca {
        Some(path) => {
            let certificate = Certificate::from_pem(&std::fs::read(path)?).map_err(io::Error::other)?;
            builder.certificate_store(CertificateStore::None).add_root_certificate(certificate)
        }
        None => builder,
    };
    builder.build_rustls().map_err(io::Error::other)
}

/// 5yz is for good, but for those that are about our own login, which the operator will put right.
fn judge(error: &SmtpError) -> SendError {
    let code = error.status().map(u16::from);
    match code {
        Some(code @ (530 | 534 | 535 | 538)) => SendError::Temporary {
            why: format!("the mail server answered {code}: it does not take the login").into(),
            retry_after: None,
        },
        Some(code) if error.is_permanent() => {
            SendError::Permanent { why: format!("the mail server answered {code}").into() }
        }
        Some(code) => SendError::Temporary {
            why: format!("the mail server answered {code}").into(),
            retry_after: is_greylisting(error).then_some(GREYLISTED),
        },
        None if error.is_tls() => SendError::temporary("no TLS could be agreed on with the mail server"),
        None => SendError::temporary("the mail server could not be reached, or broke off"),
    }
}

/// There is no code of its own for it, but servers say so.
fn is_greylisting(error: &SmtpError) -> bool {
    let said = std::error::Error::source(error).map(|source| source.to_string().to_lowercase());
    said.is_some_and(|said| {
        ["greylist", "graylist", "grey-list", "gray-list"].iter().any(|word| said.contains(word))
    })
}

/// A header that asks machines not to answer.
fn header(name: HeaderName, value: &str) -> HeaderValue {
    HeaderValue::new(name, value.to_owned())
}

impl Channel for EmailChannel {
    fn name(&self) -> &str {
        &self.name
    }

    fn server(&self, _: &Message) -> Option<String> {
        Some(format!("{}:{}", self.host, self.port))
    }

    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(self.mail(message))
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }
}
