//! The time that windows and due dates go by. In a sandbox staff move it, so the app asks the server
//! how far it is ahead; elsewhere it is the clock of the device.

use std::time::Duration;

use leptos::prelude::*;
use tradepost_contract::Timestamp;

const TICK: Duration = Duration::from_secs(20);

#[derive(Clone, Copy)]
struct Clock {
    ahead_seconds: RwSignal<i64>,
    ticks: RwSignal<u32>,
}

thread_local! {
    static CLOCK: std::cell::Cell<Option<Clock>> = const { std::cell::Cell::new(None) };
}

/// Starts ticking, so that what is shown as "in 3 minutes" stays true.
pub fn start() {
    let clock = Clock {
        ahead_seconds: RwSignal::new(0),
        ticks: RwSignal::new(0),
    };
    CLOCK.set(Some(clock));
    set_interval(move || clock.ticks.update(|ticks| *ticks = ticks.wrapping_add(1)), TICK);
}

/// Business time runs ahead of the device by so much.
pub fn set_ahead(seconds: i64) {
    if let Some(clock) = CLOCK.get() {
        clock.ahead_seconds.set(seconds);
    }
}

/// Business time; what reads it in a view is kept up to date.
pub fn now() -> Timestamp {
    let ahead = CLOCK.get().map_or(0, |clock| {
        clock.ticks.track();
        clock.ahead_seconds.get()
    });
    Timestamp::from_seconds(device_seconds() + ahead)
}

/// Seconds of the device's own clock: for tokens, which know nothing of the sandbox.
pub fn device_seconds() -> i64 {
    (js_sys::Date::now() as i64) / 1000
}

/// The instant that a text of a `datetime-local` field means on this device, such as `2026-11-24T15:30`.
pub fn instant_of_local(text: &str) -> Option<Timestamp> {
    if text.is_empty() {
        return None;
    }
    let millis = js_sys::Date::new(&text.into()).get_time();
    millis
        .is_finite()
        .then(|| Timestamp::from_seconds((millis as i64) / 1000))
}

/// What a `datetime-local` field shows for an instant, to the minute.
pub fn local_text(at: Timestamp) -> String {
    let date = js_sys::Date::new(&((at.as_seconds() * 1000) as f64).into());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        date.get_minutes()
    )
}
