//! One supplier from all sides.

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::SupplierId;
use tradepost_contract::permissions::Permission;
use tradepost_contract::suppliers::{ChangeStanding, Supplier, SupplierAction};

use super::agreements::AgreementsTab;
use super::members::MembersTab;
use super::parts;
use crate::api;
use crate::format::{share, words};
use crate::kit::list::{ListQuery, ListView};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::pages::account::businesses::BusinessesTab;
use crate::pages::account::contacts::Contacts;
use crate::pages::account::coverage::CoverageTab;
use crate::pages::account::details::SupplierForm;
use crate::pages::delivery_targets::Targets;
use crate::pages::events::EventTimeline;
use crate::pages::orders::form::OrderForm;
use crate::pages::orders::list::orders_of;
use crate::router;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::Notice;
use crate::ui::reason::ReasonAction;
use crate::ui::stat::Stat;
use crate::ui::tabs::Tabs;
use crate::ui::time::{Shown, Time};

/// One supplier.
#[component]
pub fn SupplierPage(
    /// Which.
    id: SupplierId,
) -> impl IntoView {
    let supplier = Loader::new(move || api::suppliers::get_supplier(id));
    let tabs: Vec<(&'static str, String)> = [
        ("overview", "Overview", Permission::SuppliersRead),
        ("businesses", "Businesses", Permission::SuppliersRead),
        ("contacts", "Contacts", Permission::SuppliersRead),
        ("people", "People", Permission::SuppliersRead),
        ("coverage", "Coverage", Permission::SuppliersRead),
        ("targets", "Delivery targets", Permission::DeliveryTargetsRead),
        ("orders", "Orders", Permission::OrdersRead),
        ("deliveries", "Deliveries", Permission::DeliveriesRead),
        ("returns", "Returns", Permission::ReturnsRead),
        ("invoices", "Invoices", Permission::InvoicesRead),
        ("payment", "Payment", Permission::PaymentMethodsRead),
        ("wallet", "Wallet", Permission::InvoicesRead),
        ("plan", "Plan", Permission::InvoicesRead),
        ("packages", "Packages", Permission::InvoicesRead),
        ("loyalty", "Loyalty", Permission::OrdersRead),
        ("pauses", "Pauses", Permission::OrdersRead),
        ("changes", "Changes", Permission::SuppliersRead),
        ("agreements", "Agreements", Permission::SuppliersRead),
        ("notices", "Notices", Permission::SuppliersRead),
        ("cancelling", "Cancelling", Permission::CancellationsRead),
    ]
    .into_iter()
    .filter(|(.., permission)| session::may(*permission))
    .map(|(word, text, _)| (word, text.to_owned()))
    .collect();
    let asked = router::address().with_untracked(|address| address.query.get("tab").map(str::to_owned));
    let first = tabs
        .iter()
        .map(|(word, _)| *word)
        .find(|word| asked.as_deref() == Some(*word))
        .unwrap_or("overview");
    let chosen = RwSignal::new(first);
    // The tab stands in the address, so that it can be linked to and comes back with Back.
    Effect::new(move |before: Option<&'static str>| {
        let now = chosen.get();
        if before.is_some_and(|before| before != now) {
            router::replace(&format!(
                "{}?tab={now}",
                Route::Console(ConsoleRoute::Supplier(id)).path()
            ));
        }
        now
    });
    let part = move || {
        match chosen.get() {
        "businesses" => view! { <BusinessesTab id /> }.into_any(),
        "contacts" => view! { <Contacts id /> }.into_any(),
        "people" => view! { <MembersTab id /> }.into_any(),
        "coverage" => view! { <CoverageTab id /> }.into_any(),
        "targets" => view! { <Targets supplier=id /> }.into_any(),
        "orders" => view! { <OrdersTab id /> }.into_any(),
        "deliveries" => view! { <ListView list=parts::deliveries(id) /> }.into_any(),
        "returns" => view! { <ListView list=parts::returns(id) /> }.into_any(),
        "invoices" => view! {
            <p class="spaced-below"><a class="button quiet" href=Route::Console(ConsoleRoute::Statement(id)).path()>"Statement and next invoice"</a></p>
            <ListView list=parts::invoices(id) />
        }
        .into_any(),
        "payment" => view! { <super::payment::PaymentTab id /> }.into_any(),
        "wallet" => view! { <super::wallet::WalletTab id /> }.into_any(),
        "plan" => view! { <super::plan::PlanTab id /> }.into_any(),
        "packages" => view! { <super::packages::PackagesTab id /> }.into_any(),
        "loyalty" => view! { <super::loyalty::LoyaltyTab id /> }.into_any(),
        "pauses" => view! { <super::loyalty::PausesTab id /> }.into_any(),
        "changes" => view! { <super::changes::ChangesTab id /> }.into_any(),
        "agreements" => view! { <Loaded loader=supplier let:supplier><AgreementsTab id programme=supplier.programme_id /></Loaded> }.into_any(),
        "notices" => view! { <super::notices::NoticesTab id /> }.into_any(),
        "cancelling" => view! { <super::cancelling::CancellingTab id /> }.into_any(),
        _ => view! {
            <Loaded loader=supplier let:supplier><Overview supplier /></Loaded>
            {session::may(Permission::EventsRead).then(|| view! { <EventTimeline subject=id.to_string() /> })}
        }
        .into_any(),
    }
    };
    let reload = Callback::new(move |()| supplier.reload());
    view! {
        <Loaded loader=supplier shape=Shape::Tile let:supplier><Head supplier reload /></Loaded>
        <Tabs label="Sides of the supplier" tabs chosen />
        {part}
    }
}

#[component]
fn Head(supplier: Supplier, reload: Callback<()>) -> impl IntoView {
    let (id, version, name) = (supplier.id, supplier.version, supplier.name.clone());
    let may = |action: SupplierAction| {
        supplier.allowed_actions.contains(&action) && session::may(Permission::SuppliersStanding)
    };
    let activate = may(SupplierAction::Activate).then(|| view! {
        <ReasonAction label="Activate" title=format!("Activate {name}?") text="Its orders take leads from now on, and it pays for them." look=Look::Primary optional=true said="Activated" done=reload
            run=Box::new(move |reason, key| async move { api::suppliers::activate_supplier(id, version, &ChangeStanding { reason }, &key).await.map(drop) }.boxed_local()) />
    });
    let suspend = may(SupplierAction::Suspend).then(|| view! {
        <ReasonAction label="Suspend" title=format!("Suspend {name}?") text="None of its orders take leads until it is activated again." look=Look::Danger said="Suspended" done=reload
            run=Box::new(move |reason, key| async move { api::suppliers::suspend_supplier(id, version, &ChangeStanding { reason }, &key).await.map(drop) }.boxed_local()) />
    });
    let close = may(SupplierAction::Close).then(|| view! {
        <ReasonAction label="Close" title=format!("Close {name}?") text="The account ends for good and at once: its orders, plan and packages end, and what was sold is invoiced. Use Cancelling where the supplier leaves by its own notice." look=Look::Danger said="Closed" done=reload
            run=Box::new(move |reason, key| async move { api::suppliers::close_supplier(id, version, &ChangeStanding { reason }, &key).await.map(drop) }.boxed_local()) />
    });
    let look = session::may(Permission::SuppliersImpersonate).then(|| view! {
        <ReasonAction label="See their portal" title=format!("See the portal as {name} does?") text="As the owner of the account sees it, for half an hour at most, in this tab. You cannot change anything, and it stands in the account's audit trail with your reason." said="One moment" done=Callback::new(|()| {})
            run=Box::new(move |reason, key| async move {
                let look = api::impersonations::create_impersonation(id, reason.unwrap_or_default(), &key).await?;
                session::look_as(look.id);
                Ok(())
            }.boxed_local()) />
    });
    let open = RwSignal::new(false);
    let writes = session::may(Permission::SuppliersWrite);
    let edited = supplier.clone();
    let programme = session::programme(supplier.programme_id)
        .map(|programme| programme.name)
        .unwrap_or_default();
    view! {
        <PageHead title=supplier.name.clone() back=(Route::Console(ConsoleRoute::Suppliers).path(), "Suppliers") subtitle=programme>
            {status_badge(supplier.status)}
            <div class="verdicts">{look}{writes.then(|| view! { <Button on_click=Callback::new(move |()| open.set(true))>"Edit"</Button> })}{activate}{suspend}{close}</div>
        </PageHead>
        {supplier.status_reason.map(|reason| view! { <Notice tone=Tone::Warn>{reason}</Notice> })}
        <Dialog open title=Signal::stored(format!("Edit {name}")) class="drawer"><SupplierForm supplier=edited.clone() open done=reload /></Dialog>
    }
}

#[component]
fn Overview(supplier: Supplier) -> impl IntoView {
    let id = supplier.id;
    let reports = session::may(Permission::ReportsRead);
    let rates = reports.then(|| {
        Loader::new(move || {
            let from =
                tradepost_contract::Timestamp::from_seconds(untrack(crate::clock::now).as_seconds() - 90 * 86_400);
            api::reports::report_return_rates(
                ListQuery::default()
                    .with("supplier_id", id.to_string())
                    .with("from", from.to_string()),
            )
        })
    });
    let override_of = supplier.policy_override.as_ref().filter(|value| !crate::format::json::leaves(value).is_empty()).map(|value| {
        let leaves = crate::format::json::leaves(value);
        leaves.into_iter().map(|(pointer, value)| view! { <Fact name=crate::format::json::readable(&pointer)>{crate::format::json::line(&value)}</Fact> }).collect_view()
    });
    view! {
        {rates.map(|rates| view! {
            <Loaded loader=rates shape=Shape::Tile let:report>
                <div class="stats">
                    <Stat label="Return rate" value=share::percent(report.total.rate) note="of the last 90 days' leads" />
                    <Stat label="Leads" value=share::count(report.total.deliveries) note="in 90 days" />
                    <Stat label="Returns asked" value=share::count(report.total.requested) note=format!("{} approved, {} denied", report.total.approved, report.total.denied) />
                    <Stat label="Open" value=share::count(report.total.open) note="wait for a decision" />
                </div>
            </Loaded>
        })}
        <div class="columns">
            <Panel title="The account">
                <Facts>
                    <Fact name="Invoiced as">{supplier.legal_name}</Fact>
                    <Fact name="Address">{supplier.address}</Fact>
                    <Fact name="Country">{supplier.country}</Fact>
                    {supplier.tax_id.map(|tax| view! { <Fact name="Tax number">{tax}</Fact> })}
                    <Fact name="Time zone">{supplier.time_zone}</Fact>
                    {supplier.external_id.map(|number| view! { <Fact name="Their number"><code>{number}</code></Fact> })}
                    {supplier.activated_at.map(|at| view! { <Fact name="Active since"><Time at shown=Shown::Day programme=supplier.programme_id /></Fact> })}
                    <Fact name="Number"><code>{id.to_string()}</code></Fact>
                </Facts>
            </Panel>
            <Panel title="Looked after by">
                <Facts>
                    <Fact name=words::sentence(supplier.contact.kind.as_str())>{supplier.contact.name}</Fact>
                    {supplier.contact.email.map(|email| view! { <Fact name="E-mail"><a href=format!("mailto:{email}")>{email.clone()}</a></Fact> })}
                    {supplier.contact.phone.map(|number| view! { <Fact name="Phone"><a href=format!("tel:{number}")>{crate::format::phone::readable(&number)}</a></Fact> })}
                </Facts>
            </Panel>
            {override_of.map(|facts| view! { <Panel title="Rules of its own"><Facts>{facts}</Facts></Panel> })}
        </div>
    }
}

#[component]
fn OrdersTab(id: SupplierId) -> impl IntoView {
    let open = RwSignal::new(false);
    let round = RwSignal::new(0_u32);
    let done = Callback::new(move |()| round.update(|round| *round += 1));
    view! {
        {session::may(Permission::OrdersWrite).then(|| view! {
            <div class="tab-bar-actions"><Button icon=icondata_lu::LuPlus on_click=Callback::new(move |()| open.set(true))>"New order"</Button></div>
        })}
        {move || { round.track(); view! { <ListView list=orders_of("supplier-orders", move |query| api::orders::list_orders(query.with("supplier_id", id.to_string()))) /> } }}
        <Dialog open title=Signal::stored("New order".to_owned()) class="drawer"><OrderForm order=None supplier=id open done /></Dialog>
    }
}
