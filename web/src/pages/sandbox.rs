//! The sandbox: the clock forward, what is due done, what comes next.

use leptos::prelude::*;
use tradepost_contract::sandbox::{AdvanceClock, JobsRun, SandboxClock};

use crate::api;
use crate::browser;
use crate::clock;
use crate::format::time::{date, plural};
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::status_badge;
use crate::ui::button::Button;
use crate::ui::page::{PageHead, Panel};
use crate::ui::stat::Stat;
use crate::ui::time::{Due, Shown, Time};

const STEPS: [(i64, &str); 5] = [
    (3_600, "1 hour"),
    (86_400, "1 day"),
    (3 * 86_400, "3 days"),
    (7 * 86_400, "1 week"),
    (30 * 86_400, "30 days"),
];

/// The clock that can be moved.
#[component]
pub fn Sandbox() -> impl IntoView {
    let reading = Loader::new(api::sandbox::get_sandbox_clock);
    let returns = Loader::new(|| {
        api::return_requests::list_return_requests(
            ListQuery::first(8)
                .with("sort", "due")
                .with("status", "in_review,appealed"),
        )
    });
    let runs = Loader::new(|| api::billing_runs::list_billing_runs(ListQuery::first(8).with("status", "scheduled")));
    let busy = RwSignal::new(false);
    let moved = move |outcome: api::Result<JobsRun>| {
        busy.set(false);
        match outcome {
            Ok(run) => {
                clock::set_ahead(run.clock.business_now.as_seconds() - clock::device_seconds());
                toast::done(format!(
                    "{} done",
                    plural(i64::try_from(run.done).unwrap_or(i64::MAX), "job")
                ));
                reading.put(run.clock);
                returns.reload();
                runs.reload();
            }
            Err(failure) => toast::failed(format!("{}. {}", failure.title(), failure.detail())),
        }
    };
    let advance = move |seconds: i64| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        wasm_bindgen_futures::spawn_local(async move {
            let body = AdvanceClock {
                seconds: Some(seconds),
                to: None,
                run_jobs: Some(true),
            };
            moved(api::sandbox::advance_sandbox_clock(&body, &browser::random_key()).await);
        });
    };
    let run_jobs = Callback::new(move |()| {
        busy.set(true);
        wasm_bindgen_futures::spawn_local(async move {
            moved(api::sandbox::run_sandbox_jobs(&browser::random_key()).await)
        });
    });
    let steps = STEPS.into_iter().map(|(seconds, text)| view! { <Button on_click=Callback::new(move |()| advance(seconds)) busy=busy>{text}</Button> }).collect_view();
    view! {
        <PageHead title="Sandbox" subtitle="Business time goes forward, never back, and what falls due on the way is done." />
        <Loaded loader=reading shape=Shape::Tile let:reading><Reading reading /></Loaded>
        <Panel title="Forward by">
            <div class="gallery-row">{steps}<Button on_click=run_jobs busy=busy icon=icondata_lu::LuPlay>"Do what is due now"</Button></div>
        </Panel>
        <div class="columns">
            <Panel title="Decisions due">
                <Loaded loader=returns shape=Shape::Rows(3) let:page>
                    {if page.data.is_empty() { view! { <p class="panel-none">"None."</p> }.into_any() } else {
                        let rows = page.data.iter().map(|one| { let (at, of) = (one.decision_due_at, one.programme_id); view! { <li><a class="row-item" href=Route::Console(ConsoleRoute::Return(one.id)).path()><span class="row-text"><strong>{one.reason_label.clone()}</strong></span><span class="row-side">{status_badge(one.status)}{at.map(|at| view! { <Due at programme=of /> })}</span></a></li> } }).collect_view();
                        view! { <ul class="rows">{rows}</ul> }.into_any()
                    }}
                </Loaded>
            </Panel>
            <Panel title="Billing runs to come">
                <Loaded loader=runs shape=Shape::Rows(3) let:page>
                    {if page.data.is_empty() { view! { <p class="panel-none">"None."</p> }.into_any() } else {
                        let rows = page.data.iter().map(|one| { let (at, of) = (one.due_at, one.programme_id); view! { <li><a class="row-item" href=Route::Console(ConsoleRoute::BillingRun(one.id)).path()><span class="row-text"><strong>{session::programme(of).map(|programme| programme.name)}</strong><small>{format!("{} to {}", date(one.starts_on), date(one.ends_before.plus_days(-1)))}</small></span><span class="row-side"><Time at programme=of /><Time at shown=Shown::Relative /></span></a></li> } }).collect_view();
                        view! { <ul class="rows">{rows}</ul> }.into_any()
                    }}
                </Loaded>
            </Panel>
        </div>
    }
}

#[component]
fn Reading(reading: SandboxClock) -> impl IntoView {
    let ahead = match reading.ahead_seconds {
        0 => "it runs with the wall clock".to_owned(),
        seconds => format!(
            "{} ahead of the wall clock",
            crate::format::time::left(
                tradepost_contract::Timestamp::from_seconds(seconds),
                tradepost_contract::Timestamp::from_seconds(0)
            )
            .0
        ),
    };
    view! { <div class="stats"><Stat label="Business time" value=crate::format::time::full(reading.business_now, None) note=ahead /></div> }
}
