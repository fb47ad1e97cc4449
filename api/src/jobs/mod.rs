//! Work that time brings: escalations, billing runs, imports, overdue invoices, housekeeping.
//!
//! There is no queue. A job looks for rows of its resource that are due (`due_at <= now`), does a
//! slice of them in transactions of its own, and is idempotent, because each row says what was
//! done. A lease in `job_leases` keeps several servers from doing the same work twice at once; it
//! only saves work, the constraints keep things right. Moving the sandbox clock and running the
//! jobs until nothing is due replays weeks in seconds.

mod lease;
mod store;

use crate::app::App;
use crate::error::ApiResult;
use lease::Lease;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// A kind of work.
pub struct Job {
    /// Its name in the lease table and the log.
    pub name: &'static str,
    /// Does one bounded slice and says how many things it did; zero when nothing is due.
    pub run: fn(&App) -> ApiResult<usize>,
}

/// All kinds of work, in the order the sandbox runs them.
pub const JOBS: &[Job] = &[
    HOUSEKEEPING,
    crate::agreements::JOB,
    crate::return_requests::ESCALATIONS,
    crate::replacements::CONVERSIONS,
    crate::rate_reviews::REVIEWS,
    crate::support_tickets::LATE,
    crate::erasure_notices::REMINDERS,
    crate::lead_imports::IMPORTS,
    crate::lead_sources::FORGETTING,
    crate::retention::RETENTION,
    crate::api_keys::log::FORGETTING,
    crate::leads::EXPIRY,
    crate::checkouts::EXPIRY,
    crate::pauses::TURNS,
    crate::cancellations::ENDINGS,
    crate::change_requests::CHANGES,
    crate::billing_runs::BILLING,
    crate::collection::COLLECTION,
    crate::payments::PAYMENTS,
    crate::refunds::REFUNDS,
    crate::gateway::simulator::SIMULATOR,
    crate::gateway_events::INBOX,
    crate::invoices::OVERDUE,
    crate::collection::SUSPENSION,
    crate::wallets::REFILLS,
    crate::collection::FIRST_PERIOD,
    crate::plans::RENEWALS,
    crate::loyalty_subscriptions::RENEWALS,
    crate::payment_methods::EXPIRY,
    crate::reconciliations::RECONCILIATION,
    crate::impersonations::ENDINGS,
    crate::webhooks::FAN_OUT,
    crate::webhooks::SENDING,
    crate::webhooks::FORGETTING,
    crate::mails::WRITING,
    crate::mails::SENDING,
];

const HOUSEKEEPING: Job = Job {
    name: "housekeeping",
    run: |app| {
        app.db
            .write_blocking(|tx| Ok(crate::idempotency::forget_expired(tx)? + crate::auth::forget_expired(tx)?))
    },
};

/// Whose turn it is within this server, job by job, and how much was done.
#[derive(Debug)]
pub(crate) struct Turns {
    running: Vec<Mutex<()>>,
    done: AtomicUsize,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            running: JOBS.iter().map(|_| Mutex::new(())).collect(),
            done: AtomicUsize::new(0),
        }
    }
}

/// How often a job looks whether something is due.
const PAUSE: Duration = Duration::from_millis(500);

/// The threads that do the work in a server.
pub struct Runner {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Runner {
    /// Starts a thread for each job.
    pub fn start(app: &Arc<App>) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut threads: Vec<JoinHandle<()>> = JOBS
            .iter()
            .enumerate()
            .map(|(at, job)| {
                let (app, stop) = (Arc::clone(app), Arc::clone(&stop));
                std::thread::Builder::new()
                    .name(job.name.to_owned())
                    .spawn(move || keep_doing(at, job, &app, &stop))
            })
            .collect::<Result<_, _>>()?;
        // What this server's keys asked for is in its own memory, so that no lease is asked for it.
        let (app, until) = (Arc::clone(app), Arc::clone(&stop));
        let log = std::thread::Builder::new().name("key requests".to_owned());
        threads.push(log.spawn(move || keep_writing(&app, &until))?);
        Ok(Self { stop, threads })
    }

    /// Lets every job finish its slice and stops.
    pub fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            let _ = thread.join();
        }
    }
}

fn keep_doing(at: usize, job: &Job, app: &App, stop: &AtomicBool) {
    let mut lease = Lease::new(job.name);
    while !stop.load(Ordering::Relaxed) {
        let did = do_leased(at, app, &mut lease).unwrap_or_else(|error| {
            tracing::error!(job = job.name, %error, "a job failed and will be tried again");
            0
        });
        if did == 0 {
            std::thread::sleep(PAUSE);
        }
    }
    if let Err(error) = lease.give_back(&app.db) {
        tracing::warn!(job = job.name, %error, "the next server has to wait for the end of this lease");
    }
}

fn keep_writing(app: &App, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        let did = crate::api_keys::log::write(app).unwrap_or_else(|error| {
            tracing::warn!(%error, "requests of keys were not written down");
            0
        });
        if did == 0 {
            std::thread::sleep(PAUSE);
        }
    }
}

/// Does one slice where the lease is ours; says how many things it did.
fn do_leased(at: usize, app: &App, lease: &mut Lease) -> ApiResult<usize> {
    if lease.hold(&app.db)? { do_slice(at, app) } else { Ok(0) }
}

/// Does one slice of the job at this place of the list, when no other thread of this server is at one.
fn do_slice(at: usize, app: &App) -> ApiResult<usize> {
    let _turn = app.turns.running[at].lock().unwrap_or_else(PoisonError::into_inner);
    let figures = app.metrics.job(at);
    figures.slices.fetch_add(1, Ordering::Relaxed);
    let did = (JOBS[at].run)(app).inspect_err(|_| {
        figures.failures.fetch_add(1, Ordering::Relaxed);
    })?;
    figures.done.fetch_add(did as u64, Ordering::Relaxed);
    app.turns.done.fetch_add(did, Ordering::SeqCst);
    Ok(did)
}

/// Runs every job until a whole round finds nothing due and the threads of this server have found nothing either: for
/// the sandbox, the demo and tests. What a thread is at is waited for, so that whoever moves the clock sees all that
/// came of it.
pub fn run_all_due(app: &App) -> ApiResult<usize> {
    let mut total = 0;
    loop {
        let before = app.turns.done.load(Ordering::SeqCst);
        for at in 0..JOBS.len() {
            loop {
                match do_slice(at, app)? {
                    0 => break,
                    some => total += some,
                }
            }
        }
        if app.turns.done.load(Ordering::SeqCst) == before {
            return Ok(total);
        }
    }
}
