//! One standing order: its caps, what was delivered of it, its hours; and a pause where the programme
//! leaves that to the supplier (R52).

use leptos::prelude::*;
use tradepost_contract::OrderId;
use tradepost_contract::orders::{ChangeOrderStatus, Order, OrderAction, OrderHold, OrderStatus, PausedBy};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{SelfServiceField, SelfServiceMode, Weekday};

use super::order_change::ChangeOwn;
use super::orders::caps;
use crate::api;
use crate::format::{share, words};
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader};
use crate::kit::toast;
use crate::pages::account::pauses::{PauseButton, PauseList};
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::money::Money;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::progress::Progress;
use crate::ui::time::{Shown, Time};

/// One standing order.
#[component]
pub fn OrderPage(
    /// Which.
    id: OrderId,
) -> impl IntoView {
    let loader = Loader::new(move || api::orders::get_order(id));
    view! { <Loaded loader let:order><OrderView order loader /></Loaded> }
}

#[component]
fn OrderView(order: Order, loader: Loader<Order>) -> impl IntoView {
    let progress = order.quantity.map(|quantity| {
        let (done, total) = (
            u64::try_from(order.sold).unwrap_or(0),
            u64::try_from(quantity).unwrap_or(0),
        );
        view! { <Progress label="Delivered" done=Signal::stored(done) total=Signal::stored(total) /> }
    });
    let hours = schedule_rows(&order);
    let (limits, held, number) = (caps(&order), held(&order), order.id.to_string());
    let product_name = order.product_name.clone();
    let (price, sold, remaining) = (order.price, order.sold, order.remaining);
    let (status, starts_at, ends_at) = (order.status, order.starts_at, order.ends_at);
    let soonest = soonest(&order);
    let asks = asking(&order);
    let (eta_text, again) = (order.eta_text.clone(), again(&order));
    view! {
        <PageHead title=order.product_name.clone() back=(Route::Portal(PortalRoute::Orders).path(), "Orders") subtitle=order.business_name.clone()>
            {status_badge(status)}
        </PageHead>
        {held.map(|text| view! { <Notice tone=Tone::Warn><p>{text}</p></Notice> })}
        <div class="columns">
            <Panel title="How much">
                {progress}
                <Facts>
                    <Fact name="Price a lead"><Money amount=price /></Fact>
                    <Fact name="At most">{limits}</Fact>
                    <Fact name="Delivered">{share::count(sold)}</Fact>
                    <Fact name="Left">{remaining.map_or_else(|| "No limit".to_owned(), share::count)}</Fact>
                    {soonest.map(|text| view! { <Fact name="Done">{text}</Fact> })}
                    {eta_text.map(|text| view! { <Fact name="Expected">{text}</Fact> })}
                    {again.map(|text| view! { <Fact name="Placed again"><a href=Route::Portal(PortalRoute::Loyalty).path()>{text}</a></Fact> })}
                    <Fact name="Since"><Time at=starts_at shown=Shown::Day /></Fact>
                    {ends_at.map(|at| view! { <Fact name="Until"><Time at shown=Shown::Day /></Fact> })}
                    <Fact name="Number"><code>{number}</code></Fact>
                </Facts>
            </Panel>
            <Panel title="When">
                {if hours.is_empty() { view! { <p>"Day and night, every day."</p> }.into_any() } else { view! { <Facts>{hours.into_iter().map(|(day, span)| view! { <Fact name=day>{span}</Fact> }).collect_view()}</Facts> }.into_any() }}
            </Panel>
        </div>
        {asks.map(|href| view! { <p class="who-changes"><a href=href>"Ask for another number of leads"</a></p> })}
        <ChangeOwn order=order.clone() done=Callback::new(move |()| loader.reload()) />
        <Pause order product=product_name loader />
    }
}

/// Where one asks for more leads or fewer, where that is asked for (R77).
fn asking(order: &Order) -> Option<String> {
    let mode = session::terms()?.policy.self_service(SelfServiceField::Volume);
    let open = order.status != OrderStatus::Cancelled && session::may(Permission::ChangesRequest);
    (open && mode == SelfServiceMode::Request).then(|| {
        let page = Route::Portal(PortalRoute::Changes).path();
        format!("{page}?ask=volume&order={}", order.id)
    })
}

/// How many days the rest takes at least, where so many come a day at most (R39).
fn soonest(order: &Order) -> Option<String> {
    let (left, cap) = (order.remaining?, order.cap_day?);
    let days = days_for(left, cap).filter(|_| order.status == OrderStatus::Open)?;
    Some(match days {
        1 => "Within a day at the soonest".to_owned(),
        days => format!("In {} days at the soonest", share::count(days)),
    })
}

/// Whole days for so many leads, so many a day.
const fn days_for(left: i64, cap: i64) -> Option<i64> {
    if left <= 0 || cap <= 0 {
        return None;
    }
    Some((left + cap - 1) / cap)
}

/// How often the order is placed again, and what that brought (R56).
fn again(order: &Order) -> Option<String> {
    let joined = order.loyalty.as_ref()?;
    let days = joined.interval_days;
    let extra = match joined.bonus {
        0 => String::new(),
        1 => ", with 1 extra lead".to_owned(),
        some => format!(", with {some} extra leads"),
    };
    Some(format!("Every {days} days{extra}"))
}

/// The weekdays and their hours; nothing where there is no schedule.
fn schedule_rows(order: &Order) -> Vec<(String, String)> {
    if order.schedule.0.is_empty() {
        return Vec::new();
    }
    Weekday::ALL
        .iter()
        .map(|day| {
            let hours = order.schedule.0.get(day);
            let span = hours.map_or_else(|| "None".to_owned(), |hours| format!("{} – {}", hours.from, hours.to));
            (words::sentence(day.as_str()), span)
        })
        .collect()
}

/// Why nothing comes at the moment.
fn held(order: &Order) -> Option<&'static str> {
    match (order.status, order.hold, order.paused_by) {
        (OrderStatus::Paused, _, Some(PausedBy::Supplier)) => Some("You paused it; no leads come from it."),
        (OrderStatus::Paused, ..) => Some("Our staff paused it; no leads come from it."),
        (OrderStatus::Filled, ..) => Some("All its leads were delivered."),
        (OrderStatus::Cancelled, ..) => Some("It was cancelled."),
        (OrderStatus::Open, OrderHold::None, _) => None,
        (OrderStatus::Open, OrderHold::Onboarding, _) => Some("Leads come once your account is active."),
        (OrderStatus::Open, OrderHold::Paused, _) => Some("Your account takes a pause, so no leads come."),
        (OrderStatus::Open, OrderHold::Suspended, _) => Some("Your account is suspended, so no leads come."),
        (OrderStatus::Open, OrderHold::InNotice, _) => Some("Your account is in notice."),
        (OrderStatus::Open, OrderHold::Closed, _) => Some("Your account is closed, so no leads come."),
    }
}

#[component]
fn Pause(order: Order, product: String, loader: Loader<Order>) -> impl IntoView {
    let may = |action| order.status.after(action).is_ok() && order.allowed_actions.contains(&action);
    let (pause, resume) = (may(OrderAction::Pause), may(OrderAction::Resume));
    let form = Form::new("pause");
    let (id, version, supplier) = (order.id, order.version, order.supplier_id);
    let reload = Callback::new(move |()| loader.reload());
    let done = move |text: &'static str| {
        move |_: Order| {
            toast::done(text);
            loader.reload();
        }
    };
    let start = Callback::new(move |()| {
        form.submit(
            move |key| async move { api::orders::resume_order(id, version, &ChangeOrderStatus::default(), &key).await },
            done("Leads come again"),
        );
    });
    let busy = Signal::derive(move || form.is_busy());
    view! {
        <FormProblem form />
        {pause.then(|| view! { <PauseButton supplier order=Some(id) what=format!("“{product}”") done=reload /> })}
        {resume.then(|| view! { <Button look=Look::Primary on_click=start busy icon=icondata_lu::LuPlay>"Resume"</Button> })}
        <PauseList supplier order=Some(id) done=reload />
    }
}

#[cfg(test)]
mod tests {
    use super::days_for;

    #[test]
    fn r39_the_rest_takes_whole_days() {
        assert_eq!(days_for(11, 5), Some(3));
        assert_eq!(days_for(5, 5), Some(1));
        assert_eq!(days_for(0, 5), None);
        assert_eq!(days_for(5, 0), None);
    }
}
