//! One coupon: what it takes off, how often, its end; and another code for a customer who could not use it (R38).

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::CouponId;
use tradepost_contract::coupons::{Coupon, CreateAlternative, EndCoupon};
use tradepost_contract::permissions::Permission;

use super::{Standing, discount, standing, uses};
use crate::api;
use crate::format::share;
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader};
use crate::kit::names;
use crate::kit::toast;
use crate::router;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::status_badge;
use crate::ui::button::{Button, Look};
use crate::ui::combobox::Combobox;
use crate::ui::dialog::Dialog;
use crate::ui::field::TextArea;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::FormProblem;
use crate::ui::reason::ReasonAction;
use crate::ui::stat::Stat;
use crate::ui::time::{Shown, Time};

/// One coupon.
#[component]
pub fn CouponPage(
    /// Which.
    id: CouponId,
) -> impl IntoView {
    let loader = Loader::new(move || api::coupons::get_coupon(id));
    view! { <Loaded loader let:coupon><Body coupon loader /></Loaded> }
}

#[component]
fn Body(coupon: Coupon, loader: Loader<Coupon>) -> impl IntoView {
    let id = coupon.id;
    let open = RwSignal::new(false);
    let ends = coupon.ended_at.is_none() && session::may(Permission::CouponsWrite);
    let replaces = coupon.supplier_id.is_none() && session::may(Permission::CouponsReplace);
    let code = coupon.code.clone();
    let end = move || {
        view! {
            <ReasonAction
                label="End it"
                title=format!("End {code}?")
                text="It no longer counts. Checkouts that hold it keep it."
                optional=true
                look=Look::Danger
                run=Box::new(move |reason, key| {
                    async move { api::coupons::end_coupon(id, &EndCoupon { reason }, &key).await.map(drop) }.boxed_local()
                })
                said="Ended"
                done=Callback::new(move |()| loader.reload())
            />
        }
    };
    let now = standing(&coupon);
    let original = coupon
        .alternative_of
        .map(|id| Route::Console(ConsoleRoute::Coupon(id)).path());
    let customer = coupon.supplier_id.zip(coupon.supplier_name.clone());
    let products = match coupon.products.len() {
        0 => "All of the programme".to_owned(),
        1 => "One product".to_owned(),
        some => format!("{some} products"),
    };
    let for_form = StoredValue::new(coupon.clone());
    view! {
        <PageHead title=coupon.code.clone() back=(Route::Console(ConsoleRoute::Coupons).path(), "Coupons") subtitle=coupon.programme_name.clone()>
            {status_badge(now)}
            <div class="verdicts">
                {ends.then(end)}
                {replaces.then(|| view! { <Button on_click=Callback::new(move |()| open.set(true))>"A code for one customer"</Button> })}
            </div>
        </PageHead>
        <div class="stats">
            <Stat label="Takes off" value=discount(&coupon) />
            <Stat label="Used" value=uses(&coupon) note="Checkouts that hold it count." />
            <Stat label="A customer" value=format!("{} ×", share::count(coupon.per_customer)) />
        </div>
        <Panel title="When it counts">
            <Facts>
                <Fact name="Code"><code>{coupon.code.clone()}</code></Fact>
                {(now == Standing::Later).then(|| view! { <Fact name="From"><Time at=coupon.valid_from programme=coupon.programme_id /></Fact> })}
                <Fact name="Until">{match coupon.valid_until { Some(at) => view! { <Time at shown=Shown::Until programme=coupon.programme_id /> }.into_any(), None => "No end".into_any() }}</Fact>
                <Fact name="Products">{products}</Fact>
                {coupon.min_quantity.map(|least| view! { <Fact name="Fewest leads">{share::count(least)}</Fact> })}
                {customer.map(|(id, name)| view! { <Fact name="Only for"><a href=Route::Console(ConsoleRoute::Supplier(id)).path()>{name}</a></Fact> })}
                {original.map(|href| view! { <Fact name="In place of"><a href=href>"The coupon that could not be used"</a></Fact> })}
                {coupon.ended_at.map(|at| view! { <Fact name="Ended"><Time at programme=coupon.programme_id /></Fact> })}
                <Fact name="Made by">{coupon.created_by.clone()}</Fact>
            </Facts>
        </Panel>
        <Dialog open title=Signal::stored("A code for one customer".to_owned())><Alternative coupon=for_form.get_value() open /></Dialog>
    }
}

/// A code of one customer's own, in place of one that an attempt has used up.
#[component]
fn Alternative(coupon: Coupon, open: RwSignal<bool>) -> impl IntoView {
    let form = Form::new("alternative");
    let customer = form.field("/supplier_id", "");
    let reason = form.field("/reason", "");
    let id = coupon.id;
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut wrong = Vec::new();
        let chosen = customer.text().parse().ok();
        if chosen.is_none() {
            wrong.push(customer.refusal("required", "Choose the customer."));
        }
        if reason.text().is_empty() {
            wrong.push(reason.refusal("required", "Say why; it is kept in the audit trail."));
        }
        if form.refuse(wrong) {
            return;
        }
        let Some(supplier_id) = chosen else { return };
        let body = CreateAlternative {
            supplier_id,
            reason: reason.text(),
        };
        form.submit(
            move |key| async move { api::coupons::create_coupon_alternative(id, &body, &key).await },
            move |made: Coupon| {
                toast::done(format!("The code is {}", made.code));
                open.set(false);
                router::navigate(&Route::Console(ConsoleRoute::Coupon(made.id)).path());
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <p class="dialog-lead">"It takes off the same, counts once and for this customer only. Who has had the discount gets none."</p>
            <FormProblem form />
            <Combobox field=customer label="Customer" options=Signal::derive(names::suppliers) />
            <TextArea field=reason label="Reason" limit=500 />
            <div class="form-actions">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Make the code"</Button>
            </div>
        </form>
    }
}
