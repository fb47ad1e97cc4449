//! A mail server inside the test's process: the protocol is the crate `mailin`'s, the wires are ours.

use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mailin::{Action, Handler, Response, SessionBuilder, response};

/// A mail that the server took.
#[derive(Debug, Clone)]
pub struct Received {
    /// The address of the envelope.
    pub to: String,
    /// The mail as it came.
    pub data: String,
}

impl Received {
    /// The value of a header that stands on one line.
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.data.split("\r\n\r\n").next().unwrap_or_default();
        head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

#[derive(Default)]
struct Counter {
    received: Mutex<Vec<Received>>,
    /// So many mails are still turned away for now.
    busy: AtomicUsize,
}

/// A mail server on a port of its own. It knows nobody whose address begins with `nobody`.
pub struct PostOffice {
    address: String,
    counter: Arc<Counter>,
}

impl PostOffice {
    /// Opens it.
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let counter = Arc::new(Counter::default());
        let shared = Arc::clone(&counter);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let counter = Arc::clone(&shared);
                // A sender that is killed leaves a broken line, which is no fault of the test's.
                std::thread::spawn(move || drop(serve(stream, counter)));
            }
        });
        Self { address, counter }
    }

    /// What `SMTP_URL` is for it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Turns the next so many mails away for now.
    pub fn be_busy(&self, mails: usize) {
        self.counter.busy.store(mails, Ordering::SeqCst);
    }

    /// What came so far.
    pub fn received(&self) -> Vec<Received> {
        self.counter.received.lock().expect("nobody panics with it").clone()
    }

    /// What came, once as many as that are there.
    pub async fn await_mails(&self, enough: impl Fn(&[Received]) -> bool) -> Vec<Received> {
        let started = Instant::now();
        loop {
            let received = self.received();
            if enough(&received) {
                return received;
            }
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "the mails never came: {received:?}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

struct Desk {
    counter: Arc<Counter>,
    to: String,
    data: Vec<u8>,
}

impl Handler for Desk {
    fn rcpt(&mut self, to: &str) -> Response {
        if to.starts_with("nobody") {
            return response::NO_MAILBOX;
        }
        let busy = &self.counter.busy;
        let turned_away = busy.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if turned_away.is_ok() {
            return response::INTERNAL_ERROR;
        }
        to.clone_into(&mut self.to);
        response::OK
    }

    fn data(&mut self, line: &[u8]) -> std::io::Result<()> {
        self.data.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let received = Received {
            to: std::mem::take(&mut self.to),
            data: String::from_utf8_lossy(&std::mem::take(&mut self.data)).into_owned(),
        };
        self.counter
            .received
            .lock()
            .expect("nobody panics with it")
            .push(received);
        response::OK
    }
}

fn serve(stream: TcpStream, counter: Arc<Counter>) -> std::io::Result<()> {
    let desk = Desk {
        counter,
        to: String::new(),
        data: Vec::new(),
    };
    let mut session = SessionBuilder::new("mail.example").build(IpAddr::from([127, 0, 0, 1]), desk);
    let mut out = stream.try_clone()?;
    let mut lines = BufReader::new(stream);
    session.greeting().write_to(&mut out)?;
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        let answer = session.process(&line);
        line.clear();
        match answer.action {
            Action::Reply => answer.write_to(&mut out)?,
            Action::Close => {
                answer.write_to(&mut out)?;
                break;
            }
            _ => {}
        }
        out.flush()?;
    }
    Ok(())
}
