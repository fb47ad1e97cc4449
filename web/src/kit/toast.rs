//! Short messages at the edge: what was done, and what went wrong in the background.

use std::cell::Cell;
use std::time::Duration;

use leptos::prelude::*;

use crate::ui::badge::Tone;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// Its number.
    pub id: u32,
    /// Good or bad.
    pub tone: Tone,
    /// What it says.
    pub text: String,
}

thread_local! {
    static TOASTS: Cell<Option<RwSignal<Vec<Toast>>>> = const { Cell::new(None) };
    static LAST: Cell<u32> = const { Cell::new(0) };
}

/// Makes room for messages; once, when the app starts.
pub fn start() {
    TOASTS.set(Some(RwSignal::new(Vec::new())));
}

/// The messages that stand now.
pub fn standing() -> Vec<Toast> {
    TOASTS.get().map(|toasts| toasts.get()).unwrap_or_default()
}

/// Something was done.
pub fn done(text: impl Into<String>) {
    show(Tone::Good, text.into(), Duration::from_secs(5));
}

/// Something went wrong that stands nowhere else.
pub fn failed(text: impl Into<String>) {
    show(Tone::Bad, text.into(), Duration::from_secs(12));
}

/// Takes a message away.
pub fn dismiss(id: u32) {
    if let Some(toasts) = TOASTS.get() {
        toasts.update(|all| all.retain(|toast| toast.id != id));
    }
}

fn show(tone: Tone, text: String, lasting: Duration) {
    let Some(toasts) = TOASTS.get() else { return };
    let id = LAST.get() + 1;
    LAST.set(id);
    toasts.update(|all| {
        all.push(Toast { id, tone, text });
        // More than three cover the page.
        let extra = all.len().saturating_sub(3);
        all.drain(..extra);
    });
    set_timeout(move || dismiss(id), lasting);
}
