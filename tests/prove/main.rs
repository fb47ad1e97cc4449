//! The proofs: what must never happen, shown on both databases through the product's own door.
//!
//! The gate runs them at about a tenth of their size; `cargo xtask prove` (`TRADEPOST_PROVE=full`) at full
//! size, where each prints a row of the table in `tests/README.md`.

mod backup;
mod bad_input;
mod billing;
mod books;
mod calls;
mod cancellations;
mod coupons;
mod hammer;
mod idempotency;
mod kill;
mod loyalty;
mod mails;
mod pauses;
mod payments;
mod quarters;
mod shutdown;
mod slow_clients;
mod thresholds;
mod twin;
mod webhooks;

/// How much of a proof to run: its full size with `TRADEPOST_PROVE=full`, else the gate's.
fn size(full: usize, gate: usize) -> usize {
    if std::env::var("TRADEPOST_PROVE").is_ok_and(|size| size == "full") {
        full
    } else {
        gate
    }
}

/// A row of the table: what was proved, on which database, how much of it, and what came out.
fn report(proof: &str, on: tradepost_tests::Database, amount: &str, result: &str) {
    println!("| {proof} | {on:?} | {amount} | {result} |");
}
