//! How a call ended: a button and a key for each disposition, a note, and when to call back (R98).

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use leptos::prelude::*;
use tradepost_contract::Timestamp;
use tradepost_contract::calls::{CallAttempt, CallLead, CreateCallAttempt};
use tradepost_contract::policy::Disposition;

use super::desk::since;
use crate::api;
use crate::clock;
use crate::kit::form::Form;
use crate::kit::shortcut::shortcut;
use crate::kit::toast;
use crate::ui::field::{TextArea, TextField};
use crate::ui::page::Panel;
use crate::ui::problem::FormProblem;

/// The keys of the first nine dispositions.
const KEYS: [&str; 9] = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// The order in which callers look for them: what goes well first, then what goes on, then what ends badly.
fn in_order(dispositions: BTreeMap<String, Disposition>) -> Vec<(String, Disposition)> {
    let mut all: Vec<_> = dispositions.into_iter().collect();
    all.sort_by_key(|(_, one)| (one.do_not_call, !one.closes, !one.asks_callback));
    all
}

#[component]
pub(super) fn Ending(
    lead: CallLead,
    dispositions: BTreeMap<String, Disposition>,
    began: RwSignal<i64>,
    changed: Callback<()>,
) -> impl IntoView {
    let form = Form::new("call");
    let note = form.field("/note", "");
    let callback = form.field("/callback_at", "");
    let asks = RwSignal::new(false);
    let id = lead.lead_id;
    let ticks = RwSignal::new(0_u32);
    if let Ok(ticking) = set_interval_with_handle(
        move || ticks.update(|ticks| *ticks = ticks.wrapping_add(1)),
        Duration::from_secs(1),
    ) {
        on_cleanup(move || ticking.clear());
    }
    let end = move |code: String, disposition: Disposition| {
        if form.is_busy_untracked() {
            return;
        }
        let mut callback_at = None;
        if disposition.asks_callback {
            callback_at = clock::instant_of_local(&callback.text());
            if callback_at.is_none() {
                asks.set(true);
                form.refuse(vec![
                    callback.refusal("required", "When does the person want to be called back?"),
                ]);
                return;
            }
        }
        let seconds = (clock::device_seconds() - began.get_untracked()).clamp(0, 14_400);
        let body = CreateCallAttempt {
            lead_id: id,
            started_at: None,
            duration_seconds: seconds,
            disposition: code,
            callback_at,
            note: note.optional(),
            corrects: None,
        };
        form.submit(
            move |key| async move { api::calls::create_call_attempt(&body, &key).await },
            move |call: CallAttempt| {
                toast::done(format!("Recorded: {}", call.disposition_label));
                changed.run(());
            },
        );
    };
    let buttons = in_order(dispositions)
        .into_iter()
        .enumerate()
        .map(|(place, (code, disposition))| {
            let key = KEYS.get(place).copied();
            let label = disposition.label.clone();
            if let Some(key) = key {
                let (code, disposition) = (code.clone(), disposition.clone());
                shortcut(key, format!("The call ended: {label}"), move || {
                    end(code.clone(), disposition.clone())
                });
            }
            let tone = match (disposition.closes, disposition.do_not_call) {
                (true, false) => "ending good",
                (true, true) => "ending bad",
                (false, _) => "ending",
            };
            view! {
                <button type="button" class=tone on:click=move |_| end(code.clone(), disposition.clone())>
                    <span>{label}</span>{key.map(|key| view! { <kbd>{key}</kbd> })}
                </button>
            }
        })
        .collect_view();
    let quick = move |text: &'static str, at: fn(Timestamp) -> String| {
        view! {
            <button type="button" class="button quiet" on:click=move |_| callback.value.set(at(untrack(clock::now)))>{text}</button>
        }
    };
    view! {
        <Panel title="How did the call end?">
            <p class="call-clock" role="timer"><span class="figures">{move || { ticks.track(); since(began.get()) }}</span></p>
            <FormProblem form />
            <TextArea field=note label="Note" hint="The customer reads it." limit=2000 optional=true />
            <div class="endings" role="group" aria-label="How the call ended">{buttons}</div>
            <div class="callback" class:asked=move || asks.get()>
                <TextField field=callback label="Call back" kind="datetime-local" hint="For a callback: your own time." />
                <div class="chips">
                    {quick("In an hour", |now| in_hours(now, 1))}
                    {quick("In three hours", |now| in_hours(now, 3))}
                    {quick("Tomorrow at nine", |now| tomorrow_at_nine(&in_hours(now, 24)))}
                </div>
            </div>
        </Panel>
    }
}

fn in_hours(now: Timestamp, hours: i64) -> String {
    clock::local_text(Timestamp::from_seconds(now.as_seconds() + hours * 3_600))
}

fn tomorrow_at_nine(tomorrow: &str) -> String {
    let day = tomorrow.split('T').next().unwrap_or_default();
    format!("{day}T09:00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_well_comes_first() {
        let one = |closes, do_not_call, asks_callback| Disposition {
            label: String::new(),
            closes,
            do_not_call,
            asks_callback,
            retry_after_minutes: None,
        };
        let all = BTreeMap::from([
            ("bad".to_owned(), one(true, true, false)),
            ("callback".to_owned(), one(false, false, true)),
            ("mail".to_owned(), one(false, false, false)),
            ("transfer".to_owned(), one(true, false, false)),
        ]);
        let codes: Vec<_> = in_order(all).into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, ["transfer", "callback", "mail", "bad"]);
    }

    #[test]
    fn tomorrow_is_a_day_at_nine() {
        assert_eq!(tomorrow_at_nine("2026-11-24T17:45"), "2026-11-24T09:00");
    }
}
