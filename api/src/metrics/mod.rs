//! Figures for operators, in the text format of Prometheus, on an address of their own.
//!
//! `TRADEPOST_METRICS_BIND` says where; without it there are none. It is no part of the API and has no sign-in: it belongs
//! on a loopback or private address. Labels are operations, statuses and jobs, never ids or anything of a person. Counting
//! a request is a few additions; what stands in the database is counted when somebody asks.
//!
//! Tests: below, and `tests/api/metrics.rs`.

mod store;

use crate::app::App;
use crate::auth::operations::OPERATIONS;
use crate::jobs::JOBS;
use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// The upper bounds of the classes of durations, in microseconds.
const BOUNDS: &[u64] = &[
    1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000,
];

/// How often something took how long.
#[derive(Debug)]
pub struct Durations {
    counts: Vec<AtomicU64>,
    micros: AtomicU64,
}

impl Default for Durations {
    fn default() -> Self {
        Self {
            counts: (0..=BOUNDS.len()).map(|_| AtomicU64::new(0)).collect(),
            micros: AtomicU64::new(0),
        }
    }
}

impl Durations {
    /// Counts one.
    pub fn count(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let class = BOUNDS.iter().position(|bound| micros <= *bound).unwrap_or(BOUNDS.len());
        self.counts[class].fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    fn write(&self, text: &mut String, name: &str, labels: &str) {
        let (comma, mut total) = (if labels.is_empty() { "" } else { "," }, 0);
        for (at, count) in self.counts.iter().enumerate() {
            total += count.load(Ordering::Relaxed);
            let bound = BOUNDS
                .get(at)
                .map_or_else(|| "+Inf".to_owned(), |bound| seconds(*bound));
            let _ = writeln!(text, "{name}_bucket{{{labels}{comma}le=\"{bound}\"}} {total}");
        }
        let braced = if labels.is_empty() {
            String::new()
        } else {
            format!("{{{labels}}}")
        };
        let _ = writeln!(
            text,
            "{name}_sum{braced} {}",
            seconds(self.micros.load(Ordering::Relaxed))
        );
        let _ = writeln!(text, "{name}_count{braced} {total}");
    }
}

/// Microseconds as seconds, without a floating point.
fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What the database's writes are like.
#[derive(Debug, Default)]
pub struct WriteFigures {
    /// How many wait for their turn.
    pub waiting: AtomicUsize,
    /// How long commits took, each of a batch of writes.
    pub commits: Durations,
}

impl WriteFigures {
    /// Runs a transaction that no queue holds up, and counts it.
    pub(crate) fn timed<T>(&self, run: impl FnOnce() -> T) -> T {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let started = crate::clock::stopwatch();
        let outcome = run();
        self.commits.count(started.elapsed());
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        outcome
    }
}

/// The statuses that the API gives; any other is counted as 0.
const STATUSES: &[u16] = &[
    0, 200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 406, 408, 409, 410, 412, 413, 415, 422, 429, 500, 503,
];

#[derive(Debug)]
struct Answers {
    by_status: Vec<AtomicU64>,
    took: Durations,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            by_status: STATUSES.iter().map(|_| AtomicU64::new(0)).collect(),
            took: Durations::default(),
        }
    }
}

/// What a job did.
#[derive(Debug, Default)]
pub(crate) struct JobFigures {
    pub(crate) slices: AtomicU64,
    pub(crate) done: AtomicU64,
    pub(crate) failures: AtomicU64,
}

/// The figures of one server.
#[derive(Debug)]
pub(crate) struct Metrics {
    places: HashMap<(&'static str, &'static str), usize>,
    /// One for each operation, and one for what is none.
    answers: Vec<Answers>,
    jobs: Vec<JobFigures>,
}

impl Default for Metrics {
    fn default() -> Self {
        let places = OPERATIONS.iter().enumerate();
        Self {
            places: places.map(|(at, row)| ((row.method, row.path), at)).collect(),
            answers: (0..=OPERATIONS.len()).map(|_| Answers::default()).collect(),
            jobs: JOBS.iter().map(|_| JobFigures::default()).collect(),
        }
    }
}

impl Metrics {
    /// Counts an answer to a request whose path leads to this pattern.
    pub(crate) fn answered(&self, method: &str, pattern: Option<&str>, status: u16, took: Duration) {
        let method = if method == "HEAD" { "GET" } else { method };
        let path = pattern.and_then(|pattern| pattern.strip_prefix("/api/v1"));
        let place = path.and_then(|path| self.places.get(&(method, path)).copied());
        let answers = &self.answers[place.unwrap_or(OPERATIONS.len())];
        let status = STATUSES.iter().position(|known| *known == status).unwrap_or(0);
        answers.by_status[status].fetch_add(1, Ordering::Relaxed);
        answers.took.count(took);
    }

    /// What the job at this place of the list did.
    pub(crate) fn job(&self, at: usize) -> &JobFigures {
        &self.jobs[at]
    }

    fn write(&self, text: &mut String) {
        head(
            text,
            "tradepost_requests_total",
            "counter",
            "Answers by operation and status.",
        );
        let names = OPERATIONS.iter().map(|row| row.id).chain(std::iter::once("none"));
        for (name, answers) in names.clone().zip(&self.answers) {
            for (status, count) in STATUSES.iter().zip(&answers.by_status) {
                let count = count.load(Ordering::Relaxed);
                if count > 0 {
                    let _ = writeln!(
                        text,
                        "tradepost_requests_total{{operation=\"{name}\",status=\"{status}\"}} {count}"
                    );
                }
            }
        }
        head(text, "tradepost_request_seconds", "histogram", "How long answers took.");
        for (name, answers) in names.zip(&self.answers) {
            if answers.by_status.iter().any(|count| count.load(Ordering::Relaxed) > 0) {
                answers
                    .took
                    .write(text, "tradepost_request_seconds", &format!("operation=\"{name}\""));
            }
        }
        for (name, what, of) in [
            ("tradepost_job_slices_total", "Slices of work that jobs did.", 0),
            ("tradepost_job_done_total", "Things that jobs did.", 1),
            (
                "tradepost_job_failures_total",
                "Slices of work that failed and are tried again.",
                2,
            ),
        ] {
            head(text, name, "counter", what);
            for (job, figures) in JOBS.iter().zip(&self.jobs) {
                let figure = match of {
                    0 => &figures.slices,
                    1 => &figures.done,
                    _ => &figures.failures,
                };
                let count = figure.load(Ordering::Relaxed);
                let _ = writeln!(text, "{name}{{job=\"{}\"}} {count}", job.name);
            }
        }
    }
}

fn head(text: &mut String, name: &str, kind: &str, what: &str) {
    let _ = writeln!(text, "# HELP {name} {what}\n# TYPE {name} {kind}");
}

/// Everything, as Prometheus reads it.
#[get("/metrics")]
pub(crate) async fn read_metrics(app: Data<App>) -> HttpResponse {
    let Ok(backlog) = app.db.read(store::backlog).await else {
        return HttpResponse::ServiceUnavailable().finish();
    };
    let mut text = String::with_capacity(64 * 1024);
    head(
        &mut text,
        "tradepost_info",
        "gauge",
        "The server's version and database.",
    );
    let (version, kind) = (env!("CARGO_PKG_VERSION"), app.db.kind());
    let _ = writeln!(text, "tradepost_info{{version=\"{version}\",database=\"{kind}\"}} 1");
    app.metrics.write(&mut text);
    let writes = app.db.figures();
    head(
        &mut text,
        "tradepost_writes_waiting",
        "gauge",
        "Writes that wait for the writer.",
    );
    let _ = writeln!(
        text,
        "tradepost_writes_waiting {}",
        writes.waiting.load(Ordering::Relaxed)
    );
    head(
        &mut text,
        "tradepost_commit_seconds",
        "histogram",
        "How long commits took, with the writes of their batch.",
    );
    writes.commits.write(&mut text, "tradepost_commit_seconds", "");
    for (name, what, rows) in [
        (
            "tradepost_mails",
            "Mails that wait, and that nobody takes.",
            &backlog.mails,
        ),
        (
            "tradepost_webhook_deliveries",
            "Messages to other programs that wait, and that were given up.",
            &backlog.webhooks,
        ),
    ] {
        head(&mut text, name, "gauge", what);
        for (status, count) in rows {
            let _ = writeln!(text, "{name}{{status=\"{status}\"}} {count}");
        }
    }
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_counted_in_classes_that_add_up() {
        let durations = Durations::default();
        for micros in [500, 1_000, 1_001, 99_000, 60_000_000] {
            durations.count(Duration::from_micros(micros));
        }
        let mut text = String::new();
        durations.write(&mut text, "took", "a=\"b\"");
        for line in [
            "took_bucket{a=\"b\",le=\"0.001\"} 2",
            "took_bucket{a=\"b\",le=\"0.0025\"} 3",
            "took_bucket{a=\"b\",le=\"0.1\"} 4",
            "took_bucket{a=\"b\",le=\"10\"} 4",
            "took_bucket{a=\"b\",le=\"+Inf\"} 5",
            "took_sum{a=\"b\"} 60.101501",
            "took_count{a=\"b\"} 5",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn an_answer_is_counted_with_its_operation_and_nothing_of_its_path() {
        let metrics = Metrics::default();
        metrics.answered("HEAD", Some("/api/v1/pauses/{id}"), 200, Duration::from_millis(3));
        metrics.answered("GET", Some("/somewhere/else"), 418, Duration::ZERO);
        metrics.answered("GET", None, 404, Duration::ZERO);
        let mut text = String::new();
        metrics.write(&mut text);
        assert!(
            text.contains("tradepost_requests_total{operation=\"get_pause\",status=\"200\"} 1"),
            "{text}"
        );
        assert!(text.contains("{operation=\"none\",status=\"0\"} 1"), "{text}");
        assert!(
            text.contains("{operation=\"none\",status=\"404\"} 1") && !text.contains("somewhere"),
            "{text}"
        );
    }
}
