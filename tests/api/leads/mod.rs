//! Leads: intake, checks, duplicates, quarantine, own leads, assigned numbers, lists.

mod decisions;
mod duplicates;
mod intake;
mod owners;
mod receipts;

use serde_json::Value;

fn status(receipt: &Value) -> &str {
    receipt["lead"]["status"].as_str().unwrap_or_default()
}

/// The buyers of a receipt.
fn buyers(receipt: &Value) -> Vec<&str> {
    let sold = receipt["sold_to"].as_array().expect("a receipt has sold_to");
    sold.iter().filter_map(|sale| sale["supplier_id"].as_str()).collect()
}

async fn join<F: Future>(calls: Vec<F>) -> Vec<F::Output> {
    let mut calls: Vec<_> = calls.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = calls.iter().map(|_| None).collect();
    std::future::poll_fn(|cx| {
        let mut waiting = false;
        for (call, slot) in calls.iter_mut().zip(&mut done) {
            if slot.is_none() {
                match call.as_mut().poll(cx) {
                    std::task::Poll::Ready(output) => *slot = Some(output),
                    std::task::Poll::Pending => waiting = true,
                }
            }
        }
        if waiting {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready(())
        }
    })
    .await;
    done.into_iter().flatten().collect()
}
