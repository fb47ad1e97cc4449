//! One checkout: its price, its coupon, its payment, and what came of it. Whoever left it finds it again.

use leptos::prelude::*;
use tradepost_contract::CheckoutId;
use tradepost_contract::checkouts::{Checkout, CheckoutAction, CheckoutStatus};
use tradepost_contract::payment_methods::{MethodSession, MethodSessionStatus, StoredMethod, StoredMethodStatus};
use tradepost_contract::payments::PaymentStatus;
use tradepost_contract::permissions::Permission;

use super::buy::{Shop, shop};
use super::coupon::Coupon;
use super::fields::{OrderControls, OrderFields, area_kind};
use super::paying::{Paying, PaymentNews};
use super::summary::Price;
use crate::api;
use crate::browser;
use crate::format::{share, words};
use crate::kit::confirm::confirm;
use crate::kit::form::Form;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader};
use crate::kit::poll::poll;
use crate::kit::toast;
use crate::router;
use crate::routes::{self, PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::page::{Fact, Facts, HEADING, PageHead, Panel};
use crate::ui::paying::stored_name;
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::time::{Due, Time};

/// What paying needs to know beside the checkout.
type Around = (Shop, Vec<StoredMethod>, Option<MethodSession>);

/// One checkout.
#[component]
pub fn CheckoutPage(
    /// Which.
    id: CheckoutId,
) -> impl IntoView {
    let loader = Loader::new(move || api::checkouts::get_checkout(id));
    poll(loader, |checkout: &Checkout| {
        let status = checkout.payment.as_ref().map(|payment| payment.status);
        matches!(status, Some(PaymentStatus::Created | PaymentStatus::Unknown))
    });
    view! { <Loaded loader let:checkout><CheckoutView checkout loader /></Loaded> }
}

#[component]
fn CheckoutView(checkout: Checkout, loader: Loader<Checkout>) -> impl IntoView {
    let back = (Route::Portal(PortalRoute::Orders).path(), "Orders");
    let title = format!("{} leads", share::count(checkout.order_quantity));
    let subtitle = format!("{} for {}", checkout.product_name, checkout.business_name);
    let status = checkout.status;
    let body = match status {
        CheckoutStatus::Open | CheckoutStatus::AwaitingPayment => view! { <Live checkout loader /> }.into_any(),
        CheckoutStatus::Completed => view! { <Completed checkout /> }.into_any(),
        CheckoutStatus::Abandoned | CheckoutStatus::Failed => view! { <Over checkout /> }.into_any(),
    };
    view! {
        <PageHead title back subtitle>{status_badge(status)}</PageHead>
        {body}
    }
}

/// The session with which somebody has come back from the provider's page, taken out of the address so that it
/// is asked for once.
fn take_session() -> Option<tradepost_contract::PaymentMethodSessionId> {
    let mut address = router::address().get_untracked();
    let session = address.query.get("session")?.parse().ok();
    address.query.set("session", None);
    router::replace(&address.query.behind(&address.path));
    session
}

async fn around(session: Option<tradepost_contract::PaymentMethodSessionId>) -> api::Result<Around> {
    // Asked for first: the answer stores what was typed in.
    let session = match session {
        Some(id) => Some(api::payment_methods::get_payment_method_session(id).await?),
        None => None,
    };
    let methods = async {
        if !session::may(Permission::PaymentMethodsRead) {
            return Ok(Vec::new());
        }
        let page = api::payment_methods::list_payment_methods(ListQuery::first(100)).await?;
        let active = |method: &StoredMethod| method.status == StoredMethodStatus::Active;
        Ok(page.data.into_iter().filter(active).collect())
    };
    let (shop, methods) = futures_util::future::try_join(shop(), methods).await?;
    Ok((shop, methods, session))
}

/// A checkout that is not over.
#[component]
fn Live(checkout: Checkout, loader: Loader<Checkout>) -> impl IntoView {
    let came_back = StoredValue::new(take_session());
    let around = Loader::new(move || {
        let session = came_back.try_update_value(Option::take).flatten();
        around(session)
    });
    let before = checkout.status;
    let changed = Callback::new(move |checkout: Checkout| {
        let moved = checkout.status != before;
        loader.put(checkout);
        // What came of it stands at the top, and the button that was pressed far below.
        if moved {
            browser::after_render(|| {
                browser::focus(HEADING);
            });
        }
    });
    let expires_at = checkout.expires_at;
    let open = checkout.status == CheckoutStatus::Open;
    let under_way = checkout
        .payment
        .as_ref()
        .is_some_and(|payment| payment.status.is_live());
    let left = (!under_way).then(|| {
        // Minutes are no reason to hurry anybody: the price is quoted anew when they are over.
        if open {
            view! { <p class="shop-left muted">"The price is held until "<Time at=expires_at />"."</p> }.into_any()
        } else {
            view! { <p class="shop-left"><Due at=expires_at before="Pay within" /></p> }.into_any()
        }
    });
    let (for_order, for_coupon, for_price, for_pay) = (
        checkout.clone(),
        checkout.clone(),
        checkout.clone(),
        StoredValue::new(checkout.clone()),
    );
    let leaves = checkout.allowed_actions.contains(&CheckoutAction::Abandon);
    view! {
        {left}
        <PaymentNews checkout=checkout.clone() />
        <div class="columns uneven">
            <div>
                <Loaded loader=around let:around><Order checkout=for_order.clone() shop=around.0 open changed /></Loaded>
                {open.then(|| view! { <Panel title="Coupon"><Coupon checkout=for_coupon changed /></Panel> })}
            </div>
            <div>
                <Panel title="Price"><Price checkout=for_price /></Panel>
                {(!under_way).then(|| view! {
                    <Panel title="Payment">
                        <Loaded loader=around let:around>
                            <CameBack session=around.2.clone() methods=around.1.clone() />
                            <Paying checkout=for_pay.get_value() kinds=around.0.0.payment_methods.clone() added=around.2.and_then(|session| session.payment_method_id) methods=around.1 changed />
                        </Loaded>
                    </Panel>
                })}
            </div>
        </div>
        {leaves.then(|| view! { <Leave checkout changed /> })}
    }
}

/// What came of the provider's page.
#[component]
fn CameBack(session: Option<MethodSession>, methods: Vec<StoredMethod>) -> impl IntoView {
    let session = session?;
    let stored = methods
        .iter()
        .find(|method| Some(method.id) == session.payment_method_id);
    Some(match (session.status, stored) {
        (MethodSessionStatus::Complete, stored) => {
            let name = stored.map_or_else(|| "It".to_owned(), stored_name);
            view! { <Notice tone=Tone::Good><p>{format!("{name} is stored. Nothing has been charged yet.")}</p></Notice> }.into_any()
        }
        _ => view! { <Notice tone=Tone::Warn><p>"The payment page was left before it was finished, so nothing is stored."</p></Notice> }.into_any(),
    })
}

/// What is ordered, with the way to change it.
#[component]
fn Order(checkout: Checkout, shop: Shop, open: bool, changed: Callback<Checkout>) -> impl IntoView {
    let changing = RwSignal::new(false);
    let (storefront, businesses) = shop;
    let loyalty_name = words::sentence(&storefront.loyalty_name);
    let for_form = StoredValue::new((checkout.clone(), storefront, businesses));
    let ceiling = match (checkout.cap_day, checkout.daily_percent) {
        (Some(cap), Some(percent)) => format!("{} a day, which is {percent}%", share::count(cap)),
        _ => "No ceiling".to_owned(),
    };
    let again = checkout.loyalty.as_ref().map(|joined| {
        let extra = share::count(joined.bonus);
        format!("Every {} days, with {extra} extra leads now", joined.interval_days)
    });
    let areas = checkout.coverage.as_ref().map_or_else(
        || "From your usual areas".to_owned(),
        |areas| format!("{}: {}", area_kind(areas.kind), areas.values.join(", ")),
    );
    let may_change = open && checkout.allowed_actions.contains(&CheckoutAction::Submit);
    view! {
        <Panel title="Your order">
            <Facts>
                <Fact name="Leads">{checkout.product_name.clone()}</Fact>
                <Fact name="How many">{share::count(checkout.order_quantity)}</Fact>
                <Fact name="For">{checkout.business_name.clone()}</Fact>
                <Fact name="At most">{ceiling}</Fact>
                {again.map(|text| view! { <Fact name=loyalty_name>{text}</Fact> })}
                <Fact name="Where">{areas.trim_end_matches(": ").to_owned()}</Fact>
                {checkout.eta_text.clone().map(|text| view! { <Fact name="Expected">{text}</Fact> })}
            </Facts>
            {may_change.then(|| view! { <div class="panel-actions"><Button icon=icondata_lu::LuPencil on_click=Callback::new(move |()| changing.set(true))>"Change the order"</Button></div> })}
        </Panel>
        <Dialog open=changing title=Signal::stored("Change the order".to_owned()) class="drawer">
            {
                let (checkout, storefront, businesses) = for_form.get_value();
                view! { <Change checkout storefront businesses open=changing changed /> }
            }
        </Dialog>
    }
}

#[component]
fn Change(
    checkout: Checkout,
    storefront: tradepost_contract::storefronts::Storefront,
    businesses: Vec<(String, String)>,
    open: RwSignal<bool>,
    changed: Callback<Checkout>,
) -> impl IntoView {
    let form = Form::new("change-order");
    let (id, version) = (checkout.id, checkout.version);
    let (business, product) = (checkout.business_id.to_string(), checkout.product_id.to_string());
    let fields = OrderFields::new(form, &business, &product, Some(&checkout));
    let products = StoredValue::new(storefront.products.clone());
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut wrong = Vec::new();
        let wanted = products.with_value(|products| fields.read(products, &mut wrong));
        if form.refuse(wrong) {
            return;
        }
        let Some(wanted) = wanted else { return };
        let body = wanted.update();
        form.submit(
            move |key| async move { api::checkouts::update_checkout(id, version, &body, &key).await },
            move |checkout| {
                toast::done("The price is quoted anew");
                open.set(false);
                changed.run(checkout);
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <OrderControls fields storefront businesses />
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Change the order"</Button>
            </div>
        </form>
    }
}

#[component]
fn Leave(checkout: Checkout, changed: Callback<Checkout>) -> impl IntoView {
    let form = Form::new("leave");
    let (id, version) = (checkout.id, checkout.version);
    let ask = Callback::new(move |()| {
        confirm(
            "Leave this order?",
            "Nothing is charged, and its price is no longer held.",
            "Leave it",
            true,
            move || {
                form.submit(
                    move |key| async move { api::checkouts::abandon_checkout(id, version, &key).await },
                    move |checkout| changed.run(checkout),
                );
            },
        );
    });
    view! {
        <FormProblem form />
        <Button look=Look::Quiet on_click=ask busy=Signal::derive(move || form.is_busy())>"Leave this order"</Button>
    }
}

/// The confirmation (R39).
#[component]
fn Completed(checkout: Checkout) -> impl IntoView {
    let order = checkout.order_id.map(|id| Route::Portal(PortalRoute::Order(id)).path());
    let invoice = checkout.invoice_id.filter(|_| session::may(Permission::InvoicesRead));
    let invoice = invoice.map(|id| Route::Portal(PortalRoute::Invoice(id)).path());
    let eta = checkout
        .eta_text
        .clone()
        .unwrap_or_else(|| "Leads come as they arrive.".to_owned());
    let paid = checkout.due.minor > 0;
    let descriptor = checkout.descriptor.clone();
    let thanks = format!("{eta} The confirmation was sent to your e-mail address.");
    let (product, quantity, cap_day) = (checkout.product_name.clone(), checkout.order_quantity, checkout.cap_day);
    view! {
        <Notice tone=Tone::Good>
            <strong>"Thank you. Your order is placed."</strong>
            <p>{thanks}</p>
        </Notice>
        <div class="columns uneven">
            <Panel title="What happens now">
                <Facts>
                    <Fact name="Leads">{product}</Fact>
                    <Fact name="How many">{share::count(quantity)}</Fact>
                    <Fact name="Expected">{eta}</Fact>
                    {cap_day.map(|cap| view! { <Fact name="At most">{format!("{} a day", share::count(cap))}</Fact> })}
                    {paid.then(|| view! { <Fact name="On the card statement">{descriptor}</Fact> })}
                </Facts>
                <div class="panel-actions">
                    {order.map(|href| view! { <a class="button primary" href=href>"Follow the order"</a> })}
                    {invoice.map(|href| view! { <a class="button" href=href>"Invoice"</a> })}
                    <a class="button quiet" href=Route::Portal(PortalRoute::Leads).path()>"Where are my leads?"</a>
                </div>
            </Panel>
            <Panel title="Price"><Price checkout /></Panel>
        </div>
    }
}

/// A checkout that came to nothing.
#[component]
fn Over(checkout: Checkout) -> impl IntoView {
    let text = match checkout.status {
        CheckoutStatus::Failed => "The payment failed, and the time to pay otherwise is over.",
        _ => "It was left, or its time was over.",
    };
    let again = routes::buy(Some(&checkout.product_id.to_string()));
    view! {
        <Notice tone=Tone::Warn><strong>"Nothing was ordered"</strong><p>{text}" Nothing was charged for it."</p></Notice>
        <Panel title="Price"><Price checkout /></Panel>
        <a class="button primary" href=again>"Order again"</a>
    }
}
