//! What a billing run would invoice, before it does; starting it.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::billing_runs::{BillingRunPreview, CreateBillingRun};
use tradepost_contract::permissions::Permission;

use crate::api;
use crate::clock;
use crate::format::money;
use crate::format::time::date;
use crate::kit::confirm::confirm;
use crate::kit::form::Form;
use crate::kit::toast;
use crate::router;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::{Button, Look};
use crate::ui::money::Money;
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::stat::Stat;
use crate::ui::time::Time;

#[component]
pub(super) fn PreviewBody(preview: BillingRunPreview) -> impl IntoView {
    let form = Form::new("billing-run");
    let (programme, starts_on, due) = (preview.programme_id, preview.starts_on, preview.due_at);
    let name = session::programme(programme)
        .map(|programme| programme.name)
        .unwrap_or_default();
    let amount = money::text(preview.total);
    let count = preview.suppliers.iter().filter(|row| row.lines > 0).count();
    let (period, lines) = (
        format!(
            "{} to {}",
            date(preview.starts_on),
            date(preview.ends_before.plus_days(-1))
        ),
        preview.lines,
    );
    let label = format!("Start, invoice {amount}");
    let unusual = preview.suppliers.iter().filter(|row| row.unusual).count();
    let early = untrack(clock::now) < due;
    // The API refuses to start a run before its day; what is not offered needs no refusal.
    let starts = session::may(Permission::BillingRun) && !early;
    let start = {
        let (amount, period) = (amount.clone(), period.clone());
        Callback::new(move |()| {
            confirm(
                format!("Invoice {amount} for {name}?"),
                format!(
                    "{count} suppliers get an invoice for {period}, {lines} lines in all. Invoices are not taken back; what is wrong is credited."
                ),
                format!("Invoice {amount}"),
                true,
                move || {
                    let body = CreateBillingRun {
                        programme_id: programme,
                        starts_on: Some(starts_on),
                    };
                    form.submit(
                        move |key| async move { api::billing_runs::create_billing_run(&body, &key).await },
                        |run| {
                            toast::done("The run has started");
                            router::navigate(&Route::Console(ConsoleRoute::BillingRun(run.id)).path());
                        },
                    );
                },
            );
        })
    };
    let rows = preview.suppliers.into_iter().map(|row| {
        view! {
            <tr><td><a href=Route::Console(ConsoleRoute::Supplier(row.supplier_id)).path()>{row.supplier_name}</a>{row.unusual.then(|| view! { " "<Badge text="unusual" tone=Tone::Warn /> })}</td>
                <td class="numeric">{row.lines.to_string()}</td><td class="numeric wide-only">{row.deferred.to_string()}</td><td class="numeric wide-only"><Money amount=row.net /></td><td class="numeric wide-only"><Money amount=row.tax /></td><td class="numeric"><Money amount=row.total /></td></tr>
        }
    }).collect_view();
    view! {
        <div class="stats">
            <Stat label="To invoice" value=amount note=period />
            <Stat label="Lines" value=lines.to_string() note=format!("{count} suppliers") />
        </div>
        {early.then(|| view! { <Notice tone=Tone::Neutral>"It is due on "<Time at=due programme=programme />", and starts by itself then."</Notice> })}
        {(unusual > 0).then(|| view! { <Notice tone=Tone::Warn>{format!("{} unusual; the run will park itself for a second look.", plural_is(unusual))}</Notice> })}
        <FormProblem form />
        <div class="table-frame"><table class="table"><thead><tr><th scope="col">"Supplier"</th><th scope="col" class="numeric">"Lines"</th><th scope="col" class="numeric wide-only">"Deferred"</th><th scope="col" class="numeric wide-only">"Net"</th><th scope="col" class="numeric wide-only">"Tax"</th><th scope="col" class="numeric">"Total"</th></tr></thead><tbody>{rows}</tbody></table></div>
        {starts.then(|| view! { <div class="form-actions sticky"><Button look=Look::Primary on_click=start busy=Signal::derive(move || form.is_busy())>{label}</Button></div> })}
    }
}

/// So many totals are.
fn plural_is(count: usize) -> String {
    match count {
        1 => "One total is".to_owned(),
        more => format!("{more} totals are"),
    }
}
