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
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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
    crate::lead_imports::IMPORTS,
    crate::leads::EXPIRY,
    crate::checkouts::EXPIRY,
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
    crate::payment_methods::EXPIRY,
    crate::reconciliations::RECONCILIATION,
];

const HOUSEKEEPING: Job = Job {
    name: "housekeeping",
    run: |app| {
        app.db
            .write_blocking(|tx| Ok(crate::idempotency::forget_expired(tx)? + crate::auth::forget_expired(tx)?))
    },
};

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
        let threads = JOBS
            .iter()
            .map(|job| {
                let (app, stop) = (Arc::clone(app), Arc::clone(&stop));
                std::thread::Builder::new()
                    .name(job.name.to_owned())
                    .spawn(move || keep_doing(job, &app, &stop))
            })
            .collect::<Result<_, _>>()?;
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

fn keep_doing(job: &Job, app: &App, stop: &AtomicBool) {
    let mut lease = Lease::new(job.name);
    while !stop.load(Ordering::Relaxed) {
        let did = do_slice(job, app, &mut lease).unwrap_or_else(|error| {
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

/// Does one slice where the lease is ours; says how many things it did.
fn do_slice(job: &Job, app: &App, lease: &mut Lease) -> ApiResult<usize> {
    if lease.hold(&app.db)? { (job.run)(app) } else { Ok(0) }
}

/// Runs every job until a whole round finds nothing due: for the sandbox, the demo and tests.
pub fn run_all_due(app: &App) -> ApiResult<usize> {
    let mut total = 0;
    loop {
        let mut did = 0;
        for job in JOBS {
            // A background thread may hold the lease for the length of a slice. Doing the same
            // work beside it is harmless, so there is no waiting.
            loop {
                match (job.run)(app)? {
                    0 => break,
                    some => did += some,
                }
            }
        }
        if did == 0 {
            return Ok(total);
        }
        total += did;
    }
}
