//! The calls that were made about a lead, and how it stands: for callers and for the customer (R98).

use leptos::prelude::*;
use tradepost_contract::calls::{CallAttempt, CallLead, CallState, RemovedBecause};
use tradepost_contract::leads::LeadPerson;

use crate::format::words;
use crate::ui::badge::{Badge, Status, Tone};
use crate::ui::time::{Shown, Time};

impl Status for CallState {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Waiting => Tone::Info,
            Self::Claimed => Tone::Warn,
            Self::Closed => Tone::Good,
            Self::Removed => Tone::Neutral,
        }
    }
    fn label(&self) -> String {
        match self {
            Self::Waiting => "To be called",
            Self::Claimed => "Being called",
            Self::Closed => "Done",
            Self::Removed => "Not called",
        }
        .to_owned()
    }
}

/// Why somebody is not called any more, as a sentence.
pub const fn removal(because: RemovedBecause) -> &'static str {
    match because {
        RemovedBecause::PlanEnded => "The plan ended.",
        RemovedBecause::AccountOver => "The account is over.",
        RemovedBecause::LeadWithdrawn => "The person took the consent back.",
        RemovedBecause::DoNotCall => "The person asked not to be called.",
    }
}

/// What to call somebody who is called.
pub fn name_of(person: &LeadPerson) -> String {
    person
        .known_as()
        .unwrap_or("Somebody whose details are erased")
        .to_owned()
}

/// How long a call was: `4:05`.
pub fn duration(seconds: i64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// How the last call ended, or that there was none.
#[component]
pub fn LastResult(
    /// The lead.
    lead: CallLead,
) -> impl IntoView {
    match (lead.disposition_label, lead.removed_because) {
        (Some(label), _) => {
            let tone = match lead.history.first().map(|last| (last.closes, last.do_not_call)) {
                Some((true, true)) => Tone::Neutral,
                Some((true, false)) => Tone::Good,
                _ => Tone::Info,
            };
            view! { <Badge text=label tone /> }.into_any()
        }
        (None, Some(because)) => view! { <span class="muted">{removal(because)}</span> }.into_any(),
        (None, None) => view! { <span class="muted">"Not called yet"</span> }.into_any(),
    }
}

/// The calls, the latest first.
#[component]
pub fn History(
    /// The calls.
    calls: Vec<CallAttempt>,
    /// How many there were in all.
    all: i64,
) -> impl IntoView {
    let corrected: Vec<_> = calls.iter().filter_map(|call| call.corrects).collect();
    let shown = i64::try_from(calls.len()).unwrap_or(all);
    let rows = calls
        .into_iter()
        .map(|call| {
            let wrong = corrected.contains(&call.id);
            let by = format!("{}, {}", call.called_by_name, duration(call.duration_seconds));
            view! {
                <li class="call" class:corrected=wrong>
                    <div class="call-head">
                        <strong>{call.disposition_label}</strong>
                        <span class="muted"><Time at=call.created_at shown=Shown::Full programme=call.programme_id /></span>
                    </div>
                    {wrong.then(|| view! { <p class="muted">"Corrected by the call after it."</p> })}
                    {call.note.map(|note| view! { <p class="call-note">{note}</p> })}
                    {call.callback_at.map(|at| view! { <p>"Call back "<Time at shown=Shown::Full programme=call.programme_id /></p> })}
                    <p class="muted figures">{by}</p>
                </li>
            }
        })
        .collect_view();
    let earlier = all - shown;
    view! {
        <ol class="calls">{rows}</ol>
        {(earlier > 0).then(|| view! { <p class="muted">{format!("{earlier} earlier calls are not shown.")}</p> })}
    }
}

/// What the form of an enquiry asked, word by word.
pub fn readable_answers(lead: &CallLead) -> Vec<(String, String)> {
    let read = |(question, answer): (&String, &String)| (words::sentence(question), answer.clone());
    lead.answers.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn calls_are_as_long_as_a_clock_says() {
        assert_eq!([0, 9, 65, 3_661].map(duration), ["0:00", "0:09", "1:05", "61:01"]);
    }
}
