//! The way to a mail server, by SMTP.
//!
//! The commands are given one by one, because it matters which of them is refused: a refused address or text is the
//! mail's fault (`bounced`), anything before it is ours or the server's, and the mail waits.

use super::compose::Composed;
use crate::settings::Settings;
use anyhow::{Context, bail};
use lettre::address::{Address, Envelope};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use reqwest::Url;
use std::time::Duration;

/// How the connection is kept from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tls {
    /// From the first byte (`smtps://`).
    Always,
    /// After a greeting, and not without (`smtp://`).
    Required,
    /// Not at all (`?tls=none`, and on this machine itself).
    None,
}

/// A mail server that takes our mails.
#[derive(Clone)]
pub(crate) struct Mailer {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    timeout: Duration,
}

impl Mailer {
    /// The mail server of the settings, if there is one.
    pub(crate) fn of(settings: &Settings) -> anyhow::Result<Option<Self>> {
        let Some(url) = settings.smtp_url.as_deref().filter(|url| !url.is_empty()) else {
            return Ok(None);
        };
        let timeout = Duration::from_secs(u64::from(settings.smtp_timeout_seconds.max(1)));
        Self::parse(url, timeout).map(Some)
    }

    fn parse(url: &str, timeout: Duration) -> anyhow::Result<Self> {
        // The address may hold a password, so no message repeats it.
        let url = Url::parse(url)
            .ok()
            .context("SMTP_URL is no address such as smtp://user:password@host:587")?;
        let host = url.host_str().context("SMTP_URL names no host")?.to_owned();
        let on_this_machine = matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        let asked = url
            .query_pairs()
            .find(|(name, _)| name == "tls")
            .map(|(_, value)| value.into_owned());
        let tls = match (url.scheme(), asked.as_deref()) {
            ("smtps", None) => Tls::Always,
            ("smtp", Some("none")) => Tls::None,
            ("smtp", None) if on_this_machine => Tls::None,
            ("smtp", None | Some("required")) => Tls::Required,
            _ => bail!("SMTP_URL begins with smtp:// or smtps://, and `tls` is `none` or `required`"),
        };
        let decoded = |text: &str| {
            let pair = format!("v={}", text.replace('+', "%2B"));
            form_urlencoded::parse(pair.as_bytes())
                .next()
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        };
        let credentials = match (url.username(), url.password()) {
            ("", _) => None,
            (user, password) => Some(Credentials::new(decoded(user), decoded(password.unwrap_or_default()))),
        };
        if credentials.is_some() && tls == Tls::None && !on_this_machine {
            bail!("SMTP_URL would send its password so that anybody on the way can read it: leave `tls=none` out");
        }
        let port = url.port().unwrap_or(match tls {
            Tls::Always => 465,
            Tls::Required => 587,
            Tls::None => 25,
        });
        Ok(Self {
            host,
            port,
            tls,
            credentials,
            timeout,
        })
    }

    /// Opens a connection and signs in; what went wrong in words.
    pub(super) fn connect(&self) -> Result<Connection, String> {
        self.open()
            .map(|smtp| Connection { smtp, broken: false })
            .map_err(|error| told(&error))
    }

    fn open(&self) -> Result<SmtpConnection, lettre::transport::smtp::Error> {
        let hello = ClientId::default();
        let wrapped = match self.tls {
            Tls::Always => Some(TlsParameters::new_rustls(self.host.clone())?),
            Tls::Required | Tls::None => None,
        };
        let server = (self.host.trim_matches(['[', ']']), self.port);
        let mut smtp = SmtpConnection::connect(server, Some(self.timeout), &hello, wrapped.as_ref(), None)?;
        if self.tls == Tls::Required {
            smtp.starttls(&TlsParameters::new_rustls(self.host.clone())?, &hello)?;
        }
        if let Some(credentials) = &self.credentials {
            smtp.auth(DEFAULT_MECHANISMS, credentials)?;
        }
        Ok(smtp)
    }
}

/// What a mail server did with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It took it.
    Taken,
    /// It will never take it: why.
    Refused(String),
    /// It did not take it this time: why.
    Later(String),
}

/// A connection over which mails are sent one after another.
pub(super) struct Connection {
    smtp: SmtpConnection,
    broken: bool,
}

impl Connection {
    /// Sends a mail to one address.
    pub(super) fn send(&mut self, mail: &Composed, recipient: &str) -> Outcome {
        let (message, from, to) = match message(mail, recipient) {
            Ok(parts) => parts,
            Err(error) => return Outcome::Refused(format!("It cannot be addressed: {error}")),
        };
        let outcome = self.exchange(&message, from, to);
        if outcome != Outcome::Taken {
            // A fresh connection is surer than one in the middle of something.
            self.broken = true;
        }
        outcome
    }

    fn exchange(&mut self, message: &Message, from: Address, to: Address) -> Outcome {
        // A refusal of the sender is about our own set-up, which somebody can mend: the mail waits.
        if let Err(error) = self.smtp.command(Mail::new(Some(from), vec![])) {
            return Outcome::Later(told(&error));
        }
        let said = self
            .smtp
            .command(Rcpt::new(to, vec![]))
            .and_then(|_| self.smtp.command(Data))
            .and_then(|_| self.smtp.message(&message.formatted()));
        match said {
            Ok(_) => Outcome::Taken,
            Err(error) if error.is_permanent() => Outcome::Refused(told(&error)),
            Err(error) => Outcome::Later(told(&error)),
        }
    }

    /// Whether another mail may go over it.
    pub(super) fn is_usable(&self) -> bool {
        !self.broken && !self.smtp.has_broken()
    }

    /// Says goodbye.
    pub(super) fn end(mut self) {
        drop(self.smtp.quit());
    }
}

/// What a server said, or what kept us from hearing it; short, because it is kept.
fn told(error: &lettre::transport::smtp::Error) -> String {
    use std::error::Error;
    let mut text = error.to_string();
    if let Some(cause) = error.source()
        && !text.contains(&cause.to_string())
    {
        text = format!("{text}: {cause}");
    }
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}

/// The mail as bytes go over the line, in text and mostly in HTML, and its envelope.
fn message(mail: &Composed, recipient: &str) -> anyhow::Result<(Message, Address, Address)> {
    let from: Address = mail.from_address.parse().context("the sender")?;
    let to: Address = recipient.parse().context("the reader")?;
    let mut builder = Message::builder()
        .from(Mailbox::new(Some(mail.from_name.clone()), from.clone()))
        .to(Mailbox::new(None, to.clone()))
        .subject(mail.subject.clone())
        .message_id(Some(mail.message_id.clone()))
        .envelope(Envelope::new(Some(from.clone()), vec![to.clone()])?)
        .header(AutoSubmitted);
    if let Some(reply_to) = mail.reply_to.as_deref().and_then(|address| address.parse().ok()) {
        builder = builder.reply_to(Mailbox::new(None, reply_to));
    }
    // What a program reads has no page for people.
    let message = if mail.html.is_empty() {
        builder.singlepart(SinglePart::plain(mail.text.clone()))?
    } else {
        builder.multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))?
    };
    Ok((message, from, to))
}

/// Tells programs that answer by themselves not to (RFC 3834).
#[derive(Debug, Clone, Copy)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("smtps://u:p@mail.example.com", Some((Tls::Always, 465, true)))]
    #[case("smtp://u:p@mail.example.com", Some((Tls::Required, 587, true)))]
    #[case("smtp://u:p@mail.example.com:2525?tls=required", Some((Tls::Required, 2525, true)))]
    #[case("smtp://127.0.0.1:1025", Some((Tls::None, 1025, false)))]
    #[case("smtp://mail-catcher:1025?tls=none", Some((Tls::None, 1025, false)))]
    #[case("smtp://u:p@mail.example.com?tls=none", None)]
    #[case("smtp://mail.example.com?tls=sometimes", None)]
    #[case("http://mail.example.com", None)]
    #[case("mail.example.com:25", None)]
    fn how_a_mail_server_is_named(#[case] url: &str, #[case] expected: Option<(Tls, u16, bool)>) {
        let mailer = Mailer::parse(url, Duration::from_secs(1));
        let found = mailer
            .ok()
            .map(|mailer| (mailer.tls, mailer.port, mailer.credentials.is_some()));
        assert_eq!(found, expected);
    }

    #[test]
    fn a_mail_has_text_and_html_and_its_own_id() {
        let mail = Composed {
            subject: "New lead: Büromöbel".to_owned(),
            from_name: "Example Leads".to_owned(),
            from_address: "support@example.com".to_owned(),
            reply_to: Some("ann@example.com".to_owned()),
            message_id: "<mail_1.1@example.com>".to_owned(),
            text: "Hello\n.\nthere".to_owned(),
            html: "<p>Hello</p>".to_owned(),
            is_over: false,
        };
        let (message, ..) = message(&mail, "bob@example.net").expect("a mail");
        let sent = String::from_utf8(message.formatted()).expect("text");
        for part in [
            "Message-ID: <mail_1.1@example.com>",
            "From: \"Example Leads\" <support@example.com>",
            "Reply-To: ann@example.com",
            "Auto-Submitted: auto-generated",
            "multipart/alternative",
            "text/plain",
            "text/html",
        ] {
            assert!(sent.contains(part), "{part} is missing:\n{sent}");
        }
        assert!(super::message(&mail, "no address").is_err());
    }
}
