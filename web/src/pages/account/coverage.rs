//! Where a supplier takes leads: staff change it, and an owner where the programme leaves it to them (R69).

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::SupplierId;
use tradepost_contract::coverage::{Coverage, CoverageKind, CreateCoverage, EndCoverage};
use tradepost_contract::permissions::Permission;

use crate::api;
use crate::clock;
use crate::format::words;
use crate::kit::form::Form;
use crate::kit::list::{Card, Column, List, ListView};
use crate::kit::toast;
use crate::session;
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::{TextArea, TextField};
use crate::ui::problem::FormProblem;
use crate::ui::reason::ReasonAction;
use crate::ui::select::Select;
use crate::ui::time::{Shown, Time};

/// The places, with what may be done about them.
#[component]
pub fn CoverageTab(
    /// Whose.
    id: SupplierId,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let round = RwSignal::new(0_u32);
    let done = Callback::new(move |()| round.update(|round| *round += 1));
    let writes = session::may(Permission::SuppliersWrite);
    let list = move || {
        round.track();
        let list = List::new("supplier-coverage", move |query| {
            api::suppliers::list_coverage(id, query)
        })
        .empty("No coverage", "Without it no lead fits: add where the supplier works.")
        .column(Column::text("kind", "Kind", |one: &Coverage| {
            words::sentence(one.kind.as_str())
        }))
        .column(Column::text("value", "Place", |one: &Coverage| one.value.clone()).on_card(Card::Title))
        .column(Column::text("whose", "For", |one: &Coverage| {
            one.order_id
                .map_or_else(|| "all orders".to_owned(), |order| order.to_string())
        }))
        .column(Column::new(
            "from",
            "From",
            |one: &Coverage| view! { <Time at=one.effective_from shown=Shown::Day /> },
            |one| one.effective_from.to_string(),
        ))
        .column(
            Column::new(
                "state",
                "Now",
                move |one: &Coverage| state_cell(one, writes, done),
                |one| one.effective_to.map(|at| at.to_string()).unwrap_or_default(),
            )
            .on_card(Card::Aside),
        );
        view! { <ListView list /> }
    };
    view! {
        {writes.then(|| view! { <div class="tab-bar-actions"><Button icon=icondata_lu::LuPlus on_click=Callback::new(move |()| open.set(true))>"Add places"</Button></div> })}
        {list}
        <Dialog open title=Signal::stored("Add places".to_owned())><AddForm id open done /></Dialog>
    }
}

fn state_cell(coverage: &Coverage, writes: bool, done: Callback<()>) -> AnyView {
    let (id, place) = (coverage.id, coverage.value.clone());
    let over = coverage.effective_to.is_some_and(|at| at <= untrack(clock::now));
    match coverage.effective_to {
        Some(at) if over => view! { <span class="muted">"ended "<Time at shown=Shown::Day /></span> }.into_any(),
        Some(at) => view! { <Badge text="Ends" tone=Tone::Warn />" "<Time at shown=Shown::Day /> }.into_any(),
        None if writes => view! {
            <ReasonAction label="End" title=format!("End the coverage of {place}?") text=if session::is_staff() { "As soon as the policy's notice allows; a reason ends it at once, where you may." } else { "As soon as the agreed notice allows. Leads from there come until then." }
                look=Look::Danger optional=true said="It ends" done
                run=Box::new(move |reason, key| async move {
                    let body = EndCoverage { effective_to: None, override_reason: reason };
                    api::suppliers::end_coverage(id, &body, &key).await.map(drop)
                }.boxed_local()) />
        }
        .into_any(),
        None => view! { <Badge text="In force" tone=Tone::Good /> }.into_any(),
    }
}

#[component]
fn AddForm(id: SupplierId, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let form = Form::new("coverage");
    let kind = form.field("/kind", "");
    let values = form.field("/values", "");
    let why = form.field("/override_reason", "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Ok(kind) = kind.text().parse::<CoverageKind>() else {
            form.refuse(vec![kind.refusal("required", "Choose the kind.")]);
            return;
        };
        let list = values.text();
        let places = list
            .split([',', '\n', ';'])
            .map(str::trim)
            .filter(|place| !place.is_empty());
        let body = CreateCoverage {
            kind,
            values: places.map(str::to_owned).collect(),
            order_id: None,
            effective_from: None,
            effective_to: None,
            override_reason: why.optional(),
        };
        form.submit(
            move |key| async move { api::suppliers::create_coverage(id, &body, &key).await },
            move |added| {
                toast::done(match added.data.len() {
                    1 => "The place is added".to_owned(),
                    some => format!("{some} places added"),
                });
                open.set(false);
                done.run(());
            },
        );
    };
    let kinds = CoverageKind::ALL
        .iter()
        .map(|word| (word.as_str().to_owned(), words::sentence(word.as_str())))
        .collect();
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <Select field=kind label="Kind" options=kinds />
            <TextArea field=values label="Places" hint="With commas or line breaks between them: TX, OK or 78701, 78702." />
            {session::is_staff().then(|| view! { <TextField field=why label="Reason, to go before the notice" optional=true /> })}
            <div class="form-actions">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Add the places"</Button>
            </div>
        </form>
    }
}
