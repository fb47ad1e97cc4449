//! The load: many keep-alive connections on one thread, speaking just enough HTTP, so that the
//! generator takes as little as possible of the two cores it shares with the server.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One keep-alive connection.
pub(crate) struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer: its status and where its body is in the connection's buffer.
pub(crate) struct Reply<'b> {
    pub(crate) status: u16,
    pub(crate) body: &'b [u8],
}

impl Wire {
    pub(crate) async fn connect(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
        })
    }

    /// Sends a request and reads its whole answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<Reply<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let (status, start, end) = loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let Some(head) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") else {
                continue;
            };
            let text = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
            let length = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"))
                .and_then(|n| n.trim().parse().ok());
            let status = text.get(9..12).and_then(|digits| digits.parse().ok()).unwrap_or(0);
            break (status, head + 4, head + 4 + length.unwrap_or(0_usize));
        };
        while self.buffer.len() < end {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(Reply {
            status,
            body: &self.buffer[start..end],
        })
    }
}

/// Where to send the load, and as whom.
#[derive(Clone)]
pub(crate) struct Target {
    /// `127.0.0.1:40123`.
    pub(crate) address: String,
    /// The bearer token.
    pub(crate) token: String,
}

impl Target {
    pub(crate) fn get(&self, path: &str) -> Vec<u8> {
        format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n",
            self.address, self.token
        )
        .into_bytes()
    }

    pub(crate) fn post(&self, path: &str, key: &str, body: &str) -> Vec<u8> {
        format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nIdempotency-Key: {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            self.token,
            body.len()
        )
        .into_bytes()
    }
}

/// What a stretch of load showed.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    /// Answers within the measured time.
    pub(crate) answers: u64,
    /// The measured time.
    pub(crate) elapsed: Duration,
    /// Every latency, sorted.
    pub(crate) latencies: Vec<Duration>,
}

impl Measured {
    /// Answers a second, as a whole number.
    pub(crate) fn per_second(&self) -> u64 {
        let micros = self.elapsed.as_micros().max(1);
        u64::try_from(u128::from(self.answers) * 1_000_000 / micros).unwrap_or(u64::MAX)
    }

    /// The latency that this many of a thousand answers stay within.
    pub(crate) fn permille(&self, share: usize) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies
            .get((self.latencies.len() * share / 1000).min(last))
            .copied()
            .unwrap_or_default()
    }
}

/// Closed loop: each client sends its next request when it has its answer. Requests of the warm-up are
/// not counted. Every answer has to have a 2xx status.
pub(crate) async fn closed_loop(
    target: &Target,
    clients: usize,
    warm_up: Duration,
    length: Duration,
    request: impl Fn(u64) -> Vec<u8> + Clone + 'static,
) -> io::Result<Measured> {
    let count = Arc::new(AtomicU64::new(0));
    let begin = Instant::now() + warm_up;
    let end = begin + length;
    let local = tokio::task::LocalSet::new();
    let mut tasks = Vec::new();
    for _ in 0..clients {
        let (target, request, count) = (target.clone(), request.clone(), Arc::clone(&count));
        tasks.push(local.spawn_local(async move {
            let mut wire = Wire::connect(&target.address).await?;
            let mut latencies = Vec::new();
            loop {
                let bytes = request(count.fetch_add(1, Ordering::Relaxed));
                let sent = Instant::now();
                if sent >= end {
                    return Ok::<_, io::Error>(latencies);
                }
                let reply = wire.exchange(&bytes).await?;
                if !(200..300).contains(&reply.status) {
                    let body = String::from_utf8_lossy(reply.body).into_owned();
                    return Err(io::Error::other(format!("status {}: {body}", reply.status)));
                }
                if sent >= begin {
                    latencies.push(sent.elapsed());
                }
            }
        }));
    }
    let latencies = local
        .run_until(async move {
            let mut all = Vec::new();
            for task in tasks {
                all.extend(task.await.map_err(io::Error::other)??);
            }
            Ok::<_, io::Error>(all)
        })
        .await?;
    Ok(summary(latencies, length))
}

/// Open loop: a request is due every `interval`, whether or not earlier ones have been answered, and its
/// latency counts from the moment it was due.
pub(crate) async fn open_loop(
    target: &Target,
    clients: usize,
    interval: Duration,
    length: Duration,
    request: impl Fn(u64) -> Vec<u8> + Clone + 'static,
) -> io::Result<Measured> {
    let count = Arc::new(AtomicU64::new(0));
    let begin = Instant::now() + Duration::from_millis(200);
    let local = tokio::task::LocalSet::new();
    let mut tasks = Vec::new();
    for _ in 0..clients {
        let (target, request, count) = (target.clone(), request.clone(), Arc::clone(&count));
        tasks.push(local.spawn_local(async move {
            let mut wire = Wire::connect(&target.address).await?;
            let mut latencies = Vec::new();
            loop {
                let number = count.fetch_add(1, Ordering::Relaxed);
                let due = begin + interval * u32::try_from(number).unwrap_or(u32::MAX);
                if due >= begin + length {
                    return Ok::<_, io::Error>(latencies);
                }
                tokio::time::sleep_until(due.into()).await;
                let reply = wire.exchange(&request(number)).await?;
                if !(200..300).contains(&reply.status) {
                    let body = String::from_utf8_lossy(reply.body).into_owned();
                    return Err(io::Error::other(format!("status {}: {body}", reply.status)));
                }
                latencies.push(due.elapsed());
            }
        }));
    }
    let latencies = local
        .run_until(async move {
            let mut all = Vec::new();
            for task in tasks {
                all.extend(task.await.map_err(io::Error::other)??);
            }
            Ok::<_, io::Error>(all)
        })
        .await?;
    Ok(summary(latencies, length))
}

fn summary(mut latencies: Vec<Duration>, elapsed: Duration) -> Measured {
    latencies.sort_unstable();
    Measured {
        answers: latencies.len() as u64,
        elapsed,
        latencies,
    }
}
