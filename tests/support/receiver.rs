//! Somebody who is sent webhooks: a real server on a free port of the loopback address.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

/// A message that arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`.
    pub timestamp: String,
    /// `webhook-signature`.
    pub signature: String,
    /// Every header, its name in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub raw: Vec<u8>,
    /// The body.
    pub body: Value,
    /// What it was answered with; 0 while it is thought about.
    pub answered: u16,
}

impl Received {
    /// The kind of event.
    pub fn kind(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    /// What it happened to.
    pub fn subject(&self) -> &str {
        self.body["data"]["subject"].as_str().unwrap_or_default()
    }

    /// What a header says.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, text)| text.as_str())
    }

    /// How many signatures it has.
    pub fn signatures(&self) -> usize {
        self.signature.split(' ').count()
    }

    /// Whether one of the signatures is by this secret: `whsec_…`.
    pub fn is_signed_by(&self, secret: &str) -> bool {
        let key = STANDARD
            .decode(secret.strip_prefix("whsec_").expect("a secret begins with whsec_"))
            .expect("a secret is base64");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length will do");
        mac.update(format!("{}.{}.", self.id, self.timestamp).as_bytes());
        mac.update(&self.raw);
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.signature.split(' ').any(|given| given == expected)
    }
}

type Decide = dyn Fn(&Received) -> u16 + Send + Sync;

/// A receiver, and all that it received.
pub struct Receiver {
    /// Where it listens.
    pub url: String,
    seen: Arc<Mutex<Vec<Received>>>,
    decide: Arc<Mutex<Arc<Decide>>>,
}

impl Receiver {
    /// One that answers what it is told to.
    pub fn start(decide: impl Fn(&Received) -> u16 + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/hooks", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let first: Arc<Decide> = Arc::new(decide);
        let decide = Arc::new(Mutex::new(first));
        let (log, rule) = (Arc::clone(&seen), Arc::clone(&decide));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, rule) = (Arc::clone(&log), Arc::clone(&rule));
                // A connection that is cut says nothing.
                std::thread::spawn(move || drop(take(stream, &log, &rule)));
            }
        });
        Self { url, seen, decide }
    }

    /// One that takes everything.
    pub fn willing() -> Self {
        Self::start(|_| 200)
    }

    /// Answers differently from now on.
    pub fn answer(&self, decide: impl Fn(&Received) -> u16 + Send + Sync + 'static) {
        *self.decide.lock().expect("no decision panics") = Arc::new(decide);
    }

    /// Everything that arrived, in order.
    pub fn seen(&self) -> Vec<Received> {
        self.seen.lock().expect("no receiver panics").clone()
    }

    /// What arrived and was taken.
    pub fn taken(&self) -> Vec<Received> {
        let seen = self.seen().into_iter();
        seen.filter(|one| (200..300).contains(&one.answered)).collect()
    }

    /// What arrived of a kind.
    pub fn of(&self, kind: &str) -> Vec<Received> {
        self.seen().into_iter().filter(|one| one.kind() == kind).collect()
    }
}

fn take(mut stream: TcpStream, log: &Mutex<Vec<Received>>, rule: &Mutex<Arc<Decide>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut received = Received {
        id: String::new(),
        timestamp: String::new(),
        signature: String::new(),
        headers: Vec::new(),
        raw: Vec::new(),
        body: Value::Null,
        answered: 0,
    };
    let mut length = 0;
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            // Whoever sent it died within the head, or before it: nothing was said.
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if line.trim().is_empty() {
            break;
        }
        let Some((name, value)) = line.trim().split_once(": ") else {
            continue;
        };
        let name = name.to_ascii_lowercase();
        received.headers.push((name.clone(), value.to_owned()));
        match name.as_str() {
            "webhook-id" => value.clone_into(&mut received.id),
            "webhook-timestamp" => value.clone_into(&mut received.timestamp),
            "webhook-signature" => value.clone_into(&mut received.signature),
            "content-length" => length = value.parse().unwrap_or(0),
            _ => {}
        }
    }
    received.raw = vec![0; length];
    reader.read_exact(&mut received.raw)?;
    received.body = serde_json::from_slice(&received.raw).unwrap_or_default();
    let decide = Arc::clone(&rule.lock().expect("no decision panics"));
    received.answered = decide(&received);
    let status = received.answered;
    log.lock().expect("no receiver panics").push(received);
    let body = format!("answered {status}");
    write!(
        stream,
        "HTTP/1.1 {status} Said\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}
