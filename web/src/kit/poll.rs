//! Asking again while something is under way.

use std::time::Duration;

use leptos::prelude::*;

use crate::kit::load::Loader;

const EVERY: Duration = Duration::from_millis(1500);

/// Reads a loader anew every so often, while `under_way` says so of what it holds and the page is shown.
pub fn poll<T: Clone + Send + Sync + 'static>(loader: Loader<T>, under_way: fn(&T) -> bool) {
    if let Ok(ticking) = set_interval_with_handle(
        move || {
            if untrack(|| loader.get()).is_some_and(|content| under_way(&content)) {
                loader.reload();
            }
        },
        EVERY,
    ) {
        on_cleanup(move || ticking.clear());
    }
}
