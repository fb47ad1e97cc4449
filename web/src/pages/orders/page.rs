//! One order: what it buys, when and how much; pause, resume, cancel, change; what it missed and why.

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::OrderId;
use tradepost_contract::leads::MissedLead;
use tradepost_contract::orders::{ChangeOrderStatus, Order, OrderAction, OrderHold};
use tradepost_contract::permissions::Permission;

use super::form::OrderForm;
use super::list::{caps, sold};
use crate::api;
use crate::format::words;
use crate::kit::list::{Card, Column, List, ListView};
use crate::kit::load::{Loaded, Loader};
use crate::pages::account::pauses::{PauseButton, PauseList};
use crate::pages::events::EventTimeline;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::money::Money;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::Notice;
use crate::ui::reason::ReasonAction;
use crate::ui::time::{Shown, Time};

/// One order.
#[component]
pub fn OrderPage(
    /// Which.
    id: OrderId,
) -> impl IntoView {
    let order = Loader::new(move || api::orders::get_order(id));
    let missed = List::new("missed-leads", move |query| api::orders::list_missed_leads(id, query))
        .empty(
            "It missed nothing",
            "Leads that fitted but went elsewhere would stand here, with the reason.",
        )
        .link(|lead: &MissedLead| Some(Route::Console(ConsoleRoute::Lead(lead.lead_id))))
        .column(
            Column::new(
                "when",
                "When",
                |lead: &MissedLead| view! { <Time at=lead.traced_at /> },
                |lead| lead.traced_at.to_string(),
            )
            .on_card(Card::Title),
        )
        .column(Column::text("reason", "Reason", |lead: &MissedLead| {
            words::sentence(lead.reason.as_str())
        }))
        .column(Column::text(
            "explanation",
            "What the supplier reads",
            |lead: &MissedLead| lead.explanation.clone(),
        ));
    view! {
        <Loaded loader=order let:found><OrderBody order=found reload=Callback::new(move |()| order.reload()) /></Loaded>
        <h2 class="section-head">"Leads it missed"</h2>
        <ListView list=missed />
        {session::may(Permission::EventsRead).then(|| view! { <EventTimeline subject=id.to_string() /> })}
    }
}

#[component]
fn OrderBody(order: Order, reload: Callback<()>) -> impl IntoView {
    let (id, version, of) = (order.id, order.version, order.programme_id);
    let (supplier, product) = (order.supplier_id, order.product_id);
    let may = |action: OrderAction, permission: Permission| {
        order.allowed_actions.contains(&action) && session::may(permission)
    };
    let name = format!("{} for {}", order.product_name, order.supplier_name);
    let what = format!("the order for {name}");
    let pause = may(OrderAction::Pause, Permission::OrdersPause)
        .then(|| view! { <PauseButton supplier order=Some(id) what done=reload /> });
    let resume = may(OrderAction::Resume, Permission::OrdersPause).then(|| view! {
        <ReasonAction label="Resume" title=format!("Resume the order for {name}?") text="It takes leads again at once, and pays for them." optional=true look=Look::Primary said="Resumed" done=reload
            run=Box::new(move |reason, key| async move { api::orders::resume_order(id, version, &ChangeOrderStatus { reason }, &key).await.map(drop) }.boxed_local()) />
    });
    let cancel = may(OrderAction::Cancel, Permission::OrdersWrite).then(|| view! {
        <ReasonAction label="Cancel" title=format!("Cancel the order for {name}?") text="It ends for good. Leads it took stay, with their return windows." look=Look::Danger said="Cancelled" done=reload
            run=Box::new(move |reason, key| async move { api::orders::cancel_order(id, version, &ChangeOrderStatus { reason }, &key).await.map(drop) }.boxed_local()) />
    });
    let open = RwSignal::new(false);
    let writes = session::may(Permission::OrdersWrite);
    let schedule = order.schedule.0.iter().map(|(day, hours)| view! { <Fact name=words::sentence(day.as_str())>{format!("{} to {}", hours.from, hours.to)}</Fact> }).collect_view();
    let always = order.schedule.0.is_empty();
    let changed = order.clone();
    let (sold, caps) = (sold(&order), caps(&order));
    view! {
        <PageHead title=order.product_name.clone() back=(Route::Console(ConsoleRoute::Orders).path(), "Orders") subtitle=format!("{} · {}", order.supplier_name, order.programme_name)>
            {status_badge(order.status)}
            <div class="verdicts">{writes.then(|| view! { <Button on_click=Callback::new(move |()| open.set(true))>"Change"</Button> })}{pause}{resume}{cancel}</div>
        </PageHead>
        {(order.hold != OrderHold::None).then(|| view! { <Notice tone=Tone::Warn>{format!("It takes no leads: the account is held ({}).", words::sentence(order.hold.as_str()).to_lowercase())}</Notice> })}
        <div class="columns">
            <Panel title="The order">
                <Facts>
                    <Fact name="Supplier"><a href=Route::Console(ConsoleRoute::Supplier(supplier)).path()>{order.supplier_name.clone()}</a></Fact>
                    <Fact name="Business">{order.business_name.clone()}</Fact>
                    <Fact name="Product"><a href=Route::Console(ConsoleRoute::Product(product)).path()>{order.product_name.clone()}</a></Fact>
                    <Fact name="Price"><Money amount=order.price />" a lead"</Fact>
                    <Fact name="Sold">{sold}</Fact>
                    <Fact name="Caps">{caps}</Fact>
                    <Fact name="Priority and weight">{format!("{} and {}", order.priority, order.weight)}</Fact>
                    {order.paused_by.map(|by| view! { <Fact name="Paused by">{words::sentence(by.as_str())}</Fact> })}
                </Facts>
            </Panel>
            <Panel title="When">
                <Facts>
                    <Fact name="Starts"><Time at=order.starts_at programme=of /></Fact>
                    <Fact name="Ends">{match order.ends_at { Some(at) => view! { <Time at programme=of /> }.into_any(), None => "open end".into_any() }}</Fact>
                    {if always { view! { <Fact name="Hours">"at any time"</Fact> }.into_any() } else { schedule.into_any() }}
                    <Fact name="Changed"><Time at=order.updated_at shown=Shown::Relative /></Fact>
                    <Fact name="Number"><code>{id.to_string()}</code></Fact>
                </Facts>
            </Panel>
        </div>
        <PauseList supplier order=Some(id) done=reload />
        <Dialog open title=Signal::stored("Change the order".to_owned()) class="drawer"><OrderForm order=Some(changed.clone()) supplier open done=reload /></Dialog>
    }
}
