//! Leads that are owed for returned ones: how long, in which place, and the credit instead (R44).

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::ReturnRequestId;
use tradepost_contract::permissions::Permission;
use tradepost_contract::replacements::{ConvertReplacement, Replacement, ReplacementStatus};

use crate::api;
use crate::format::share;
use crate::kit::list::{Card, Column, Filter, List, ListView};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::reason::ReasonAction;
use crate::ui::time::{Due, Shown, Time};

/// All replacements, the latest owed first.
#[component]
pub fn Replacements() -> impl IntoView {
    let list = List::new("replacements", api::replacements::list_replacements)
        .empty(
            "Nothing is owed",
            "A lead is owed where a return is approved and the programme replaces leads.",
        )
        .link(|row: &Replacement| Some(Route::Console(ConsoleRoute::Return(row.return_request_id))))
        .filter(Filter::choices(
            "status",
            "Status",
            ReplacementStatus::ALL.iter().map(|word| word.as_str()),
        ))
        .filter(Filter::programme())
        .column(
            Column::text("supplier", "Supplier", |row: &Replacement| row.supplier_name.clone()).on_card(Card::Title),
        )
        .column(
            Column::new(
                "status",
                "Status",
                |row: &Replacement| status_badge(row.status),
                |row| row.status.label(),
            )
            .on_card(Card::Aside),
        )
        .column(Column::text("product", "Product", |row: &Replacement| row.product_name.clone()).on_card(Card::Below))
        .column(
            Column::new(
                "place",
                "Place",
                |row: &Replacement| row.place_in_product.map(share::count),
                |row| row.place_in_product.map(share::count).unwrap_or_default(),
            )
            .numeric(),
        )
        .column(
            Column::new(
                "age",
                "Days",
                |row: &Replacement| share::count(row.age_days),
                |row| row.age_days.to_string(),
            )
            .numeric(),
        )
        .column(Column::new(
            "credit",
            "Credited on",
            |row: &Replacement| {
                let of = row.programme_id;
                row.credit_due_at
                    .filter(|_| row.status == ReplacementStatus::Owed)
                    .map(|at| view! { <Time at programme=of /> })
            },
            |row| row.credit_due_at.map(|at| at.to_string()).unwrap_or_default(),
        ))
        .column(Column::new(
            "owed",
            "Owed since",
            |row: &Replacement| view! { <Time at=row.owed_at shown=Shown::Relative programme=row.programme_id /> },
            |row| row.owed_at.to_string(),
        ));
    view! {
        <PageHead title="Replacements" subtitle="Leads that are owed for returned ones. The next lead that fits goes to who waits longest." />
        <ListView list />
    }
}

/// What a granted return is owed, on its page.
#[component]
pub fn OwedFor(
    /// The return request.
    request: ReturnRequestId,
) -> impl IntoView {
    let owed = Loader::new(move || api::replacements::replacement_of(request));
    let done = Callback::new(move |()| owed.reload());
    view! {
        <Loaded loader=owed shape=Shape::Tile let:found>
            {found.map(|row| view! { <Owed row done /> })}
        </Loaded>
    }
}

#[component]
fn Owed(row: Replacement, done: Callback<()>) -> impl IntoView {
    let (id, version, of) = (row.id, row.version, row.programme_id);
    let is_owed = row.status == ReplacementStatus::Owed;
    let convert = (is_owed && session::may(Permission::ReturnsDecide)).then(|| view! {
        <ReasonAction label="Credit it instead …" title="Credit the price instead of a lead?" text="What was charged for the returned lead is given back, and no lead is owed any more." said="Credited" done
            run=Box::new(move |reason, key| async move {
                let body = ConvertReplacement { reason: reason.unwrap_or_default() };
                api::replacements::convert_replacement(id, version, &body, &key).await.map(drop)
            }.boxed_local()) />
    });
    let filled = row
        .filled_delivery_id
        .map(|delivery| view! { <Fact name="Filled by"><code>{delivery.to_string()}</code></Fact> });
    let credit = row
        .credit_due_at
        .filter(|_| is_owed)
        .map(|at| view! { <Fact name="Credited on"><Time at programme=of />" – "<Due at programme=of /></Fact> });
    view! {
        <Panel title="The lead that is owed">
            <Facts>
                <Fact name="Status">{status_badge(row.status)}</Fact>
                <Fact name="Owed since"><Time at=row.owed_at programme=of />{format!(", {} days", row.age_days)}</Fact>
                {row.place_in_product.map(|place| view! { <Fact name="Place in the queue">{format!("{} of this product, {} of its order", share::count(place), share::count(row.place_in_order.unwrap_or_default()))}</Fact> })}
                {credit}
                {filled}
                {row.settled_at.map(|at| view! { <Fact name="Settled"><Time at programme=of /></Fact> })}
            </Facts>
            {convert}
        </Panel>
    }
}
