//! Mail to a real SMTP server, and what becomes of its answers.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};

use super::world::{clock, ping};
use crate::{ChannelConfig, ChannelKind, Email, EmailTls, Item, Message, SendError, channel::Channels};

/// A mail server that answers RCPT with `refusal`, or takes mails and never says goodbye.
async fn server(refusal: Option<&'static str>) -> (u16, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (mails, taken) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, refusal, mails.clone()));
        }
    });
    (port, taken)
}

async fn talk(stream: TcpStream, refusal: Option<&'static str>, mails: mpsc::UnboundedSender<String>) {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mail\r\n").await.unwrap();
    let (mut line, mut mail, mut in_data) = (String::new(), String::new(), false);
    while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
        let answer = match line.get(..4) {
            _ if in_data && line == ".\r\n" => {
                mails.send(std::mem::take(&mut mail)).unwrap();
                in_data = false;
                "250 taken\r\n"
            }
            _ if in_data => {
                mail.push_str(&line);
                ""
            }
            Some("RCPT") => refusal.unwrap_or("250 ok\r\n"),
            Some("DATA") => {
                in_data = true;
                "354 go on\r\n"
            }
            Some("QUIT") if refusal.is_none() => "",
            _ => "250 ok\r\n",
        };
        stream.write_all(answer.as_bytes()).await.unwrap();
        line.clear();
    }
}

fn channels(port: u16) -> Channels {
    let email = Email {
        host: "127.0.0.1".to_owned(),
        port,
        tls: EmailTls::None,
        ca: None,
        login: None,
        from: "Davy <davy@davy.example>".to_owned(),
        to: None,
    };
    let config = ChannelConfig { name: "post".to_owned(), kind: ChannelKind::Email(email) };
    Channels::open(&[config], &clock()).unwrap()
}

fn message(id: &str, attempt: u32, address: &str) -> Message {
    let mut content = ping(id, "ana", ("mail", address)).content;
    content.title = "<script>alert(1)</script>\r\nBcc: all@example.com".to_owned();
    content.issue = "issue-7".to_owned();
    Message::new(vec![Item { attempt, content }], false, clock()()).unwrap()
}

#[test]
fn a_mail_server_has_longer_than_most() {
    let message = message("p1", 1, "ana@example.com");
    let channel = channels(25).for_destination(&message.to).unwrap();
    assert_eq!(channel.patience(), Duration::from_secs(30));
}

async fn send(port: u16, message: &Message) -> Result<(), SendError> {
    let channel: Arc<_> = channels(port).for_destination(&message.to).unwrap();
    timeout(Duration::from_secs(5), channel.send(message)).await.unwrap().map(|_| ())
}

#[tokio::test]
async fn mails_of_an_issue_are_one_thread_and_ask_no_machine_to_answer() {
    let (port, mut taken) = server(None).await;
    send(port, &message("p1", 1, "ana@example.com")).await.unwrap();
    send(port, &message("p2", 2, "ana@example.com")).await.unwrap();
    let (first, second) = (taken.recv().await.unwrap(), taken.recv().await.unwrap());
    for (mail, id) in [(&first, "<p1.1@davy.example>"), (&second, "<p2.2@davy.example>")] {
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        let has = |line: &str| assert!(head.contains(line), "{line} is not in {head}");
        has(&format!("Message-ID: {id}"));
        has("In-Reply-To: <issue.issue-7@davy.example>");
        has("References: <issue.issue-7@davy.example>");
        has("Auto-Submitted: auto-generated");
        has("Subject: [severity 2] Acme: ");
        has("Date: Mon, 02 Mar 2026 12:00:0");
        has("multipart/alternative");
        assert!(!head.contains("\r\nBcc:"), "{head}");
    }
    let html = first.split("Content-Type: text/html").nth(1).unwrap();
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script>"), "{html}");
    assert!(html.replace("=\r\n", "").contains("https://davy.example/answer/p1"), "{html}");
}

#[tokio::test]
async fn what_the_mail_server_says_is_for_now_or_for_good() {
    let (port, _taken) = server(Some("550 no such box\r\n")).await;
    let refused = send(port, &message("p1", 1, "nobody@example.com")).await.unwrap_err();
    assert_eq!(refused, SendError::Permanent { why: "the mail server answered 550".into() });
    let (port, _taken) = server(Some("451 later\r\n")).await;
    let later = send(port, &message("p1", 1, "ana@example.com")).await.unwrap_err();
    assert!(matches!(later, SendError::Temporary { .. }), "{later}");
    let (port, _taken) = server(Some("450 4.2.0 Greylisted, see http://postgrey\r\n")).await;
    let put_off = send(port, &message("p1", 1, "ana@example.com")).await.unwrap_err();
    let SendError::Temporary { retry_after: Some(after), .. } = put_off else { panic!("{put_off}") };
    assert!(
        3 * after > Duration::from_secs(300),
        "four attempts outlast what most servers put strangers off for"
    );
    let wrong = send(port, &message("p1", 1, "no address")).await.unwrap_err();
    assert!(matches!(wrong, SendError::Permanent { .. }), "{wrong}");
    let none = send(port, &message("p1", 1, "")).await.unwrap_err();
    assert!(matches!(none, SendError::Permanent { .. }), "{none}");
    let away = send(1, &message("p1", 1, "ana@example.com")).await.unwrap_err();
    assert!(matches!(away, SendError::Temporary { .. }), "{away}");
}
