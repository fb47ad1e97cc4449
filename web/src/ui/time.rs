//! Instants: absolute in the programme's zone, relative to now, and what is left of a window.

use leptos::prelude::*;
use tradepost_contract::{ProgrammeId, Timestamp};

use crate::clock;
use crate::format::time::{self, Urgency};
use crate::session;

/// The zone of a programme; of one's own where none is named; the device's for staff.
fn zone(programme: Option<ProgrammeId>) -> Option<String> {
    let programme = programme.and_then(session::programme).or_else(session::own_programme);
    programme.map(|programme| programme.time_zone)
}

/// How an instant is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The day and the time.
    Full,
    /// Only the day.
    Day,
    /// How long ago or from now.
    Relative,
    /// As the end of a window: midnight is the end of the day before.
    Until,
}

/// An instant; the exact one with its zone stands in the tooltip.
#[component]
pub fn Time(
    /// When.
    at: Timestamp,
    /// How.
    #[prop(default = Shown::Full)]
    shown: Shown,
    /// Whose zone.
    #[prop(optional_no_strip, into)]
    programme: Option<ProgrammeId>,
) -> impl IntoView {
    let zone = zone(programme);
    let exact = time::exact(at, zone.as_deref());
    let text = move || match shown {
        Shown::Full => time::full(at, zone.as_deref()),
        Shown::Day => time::day(at, zone.as_deref()),
        Shown::Relative => time::relative(at, clock::now()),
        Shown::Until => time::until(at, zone.as_deref()),
    };
    view! { <time datetime=at.to_string() title=exact>{text}</time> }
}

/// What is left until a deadline, and more pressing the less it is.
#[component]
pub fn Due(
    /// The deadline.
    at: Timestamp,
    /// What comes before what is left: "Return within".
    #[prop(default = "")]
    before: &'static str,
    /// Whose zone.
    #[prop(optional, into)]
    programme: Option<ProgrammeId>,
) -> impl IntoView {
    let exact = time::exact(at, zone(programme).as_deref());
    let state = Memo::new(move |_| time::left(at, clock::now()).1);
    let class = move || match state.get() {
        Urgency::Calm => "due calm",
        Urgency::Soon => "due soon",
        Urgency::Now => "due now",
        Urgency::Over => "due over",
    };
    let text = move || {
        let (left, urgency) = time::left(at, clock::now());
        match urgency {
            Urgency::Over => format!("{left} over"),
            _ if before.is_empty() => format!("{left} left"),
            _ => format!("{before} {left}"),
        }
    };
    view! { <time class=class datetime=at.to_string() title=exact>{text}</time> }
}
