//! "Confirm that it is you": asked in one place, for whatever request the server wants to know it for (`api/http.rs`).
//! However many requests wait, there is one question.

use std::cell::{Cell, RefCell};

use leptos::prelude::*;

use crate::browser::{self, Answer};

thread_local! {
    static OPEN: Cell<Option<RwSignal<bool>>> = const { Cell::new(None) };
    static WAITING: RefCell<Vec<Answer>> = const { RefCell::new(Vec::new()) };
}

/// Makes room for the question; once, when the app starts.
pub fn start() {
    OPEN.set(Some(RwSignal::new(false)));
}

/// Whether it is being asked.
pub fn open() -> RwSignal<bool> {
    OPEN.get().unwrap_or_else(|| RwSignal::new(false))
}

/// Asks, and says whether it was proved.
pub async fn ask() -> bool {
    let (answer, heard) = browser::question();
    WAITING.with_borrow_mut(|waiting| waiting.push(answer));
    open().set(true);
    heard.await
}

/// Gives everybody who waits the answer.
pub fn settle(proved: bool) {
    for answer in WAITING.take() {
        answer.give(proved);
    }
    open().set(false);
}
