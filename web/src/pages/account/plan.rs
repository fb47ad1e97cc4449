//! A supplier's plan: since when, until when, what is used of it, and whom either side talks to (R88, R97); or the
//! plans to choose from (R95). For its own people and for staff.

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::SupplierId;
use tradepost_contract::payments::PaymentStatus;
use tradepost_contract::permissions::Permission;
use tradepost_contract::plans::{
    CancelPlanSubscription, CreatePlanSubscription, PlanAction, PlanEnd, PlanStatus, PlanSubscription, PlanTierOffer,
};
use tradepost_contract::policy::Undelivered;

use crate::api::{self, terms::CancelTerms};
use crate::browser;
use crate::format::{money, phone, share, time, words};
use crate::kit::confirm::confirm;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader};
use crate::kit::toast;
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::empty::Empty;
use crate::ui::money::Money;
use crate::ui::page::{Fact, Facts, Panel};
use crate::ui::paying::failure_text;
use crate::ui::problem::Notice;
use crate::ui::progress::Progress;
use crate::ui::reason::ReasonAction;

/// The latest plan, what else there is to choose, and how the account's policy ends plans.
type Known = (Option<PlanSubscription>, Vec<PlanTierOffer>, CancelTerms);

/// The plan that runs or was the last, and what else there is to choose.
#[component]
pub fn PlanView(
    /// Whose.
    supplier: SupplierId,
    /// More about a plan, below it.
    #[prop(optional, into)]
    more: Option<Callback<PlanSubscription, AnyView>>,
) -> impl IntoView {
    let known: Loader<Known> = Loader::new(move || async move {
        let query = ListQuery::first(1).with("supplier_id", supplier.to_string());
        let (latest, terms) = futures_util::future::try_join(
            api::plans::list_plan_subscriptions(query),
            api::terms::get_supplier_policy(supplier),
        )
        .await?;
        let latest = latest.data.into_iter().next();
        let over = latest.as_ref().is_none_or(|plan| plan.status == PlanStatus::Ended);
        let offers = if over {
            api::plans::list_plan_offers(supplier).await?.plans
        } else {
            Vec::new()
        };
        Ok((latest, offers, terms.policy.cancel))
    });
    let reload = Callback::new(move |()| known.reload());
    view! {
        <Loaded loader=known let:known>
            {
                let (latest, offers, terms) = known;
                let none = latest.is_none() && offers.is_empty();
                view! {
                    {none.then(|| view! { <Empty title="No plans">"None are offered to this account."</Empty> })}
                    {latest.map(|plan| view! {
                        <Plan plan=plan.clone() terms reload />
                        {more.map(|more| more.run(plan))}
                    })}
                    {(!offers.is_empty()).then(|| view! { <Offers supplier offers reload /> })}
                }
            }
        </Loaded>
    }
}

/// Does something with a plan, says so, and shows what came of it.
fn act<T: 'static>(
    call: impl Future<Output = api::Result<T>> + 'static,
    said: impl FnOnce(T) -> &'static str + 'static,
    reload: Callback<()>,
) {
    wasm_bindgen_futures::spawn_local(async move {
        match call.await {
            Ok(answer) => toast::done(said(answer)),
            Err(failure) => toast::failed(failure.told()),
        }
        reload.run(());
    });
}

#[component]
fn Plan(plan: PlanSubscription, terms: CancelTerms, reload: Callback<()>) -> impl IntoView {
    let usage = plan.period.clone().map(|period| {
        let (used, least) = (
            u64::try_from(period.used).unwrap_or(0),
            u64::try_from(period.min_units).unwrap_or(0),
        );
        let days = format!(
            "{} – {}",
            time::date(period.starts_on),
            time::date(period.ends_before.plus_days(-1))
        );
        let title = if period.closed {
            "The last period"
        } else {
            "This period"
        };
        view! {
            <Panel title>
                <Progress label="Leads used" done=Signal::stored(used) total=Signal::stored(least) />
                <Facts>
                    <Fact name="Period">{period.key} ", " {days}</Fact>
                    <Fact name="Above the minimum">{share::count(period.overage)}</Fact>
                    <Fact name="That comes to"><Money amount=period.overage_price /></Fact>
                </Facts>
            </Panel>
        }
    });
    let ends = if plan.status == PlanStatus::CancelScheduled {
        "Ends"
    } else {
        "Renews"
    };
    let price = plan.unit_price.times(plan.min_units).unwrap_or(plan.unit_price);
    let (paying, cancelling, next) = (plan.clone(), plan.clone(), plan.next.clone());
    view! {
        <Payment plan=paying reload />
        <div class="columns">
            <Panel title=plan.label.clone()>
                <Facts>
                    <Fact name="Status">{status_badge(plan.status)}</Fact>
                    {plan.started_on.map(|day| view! { <Fact name="Started">{time::date(day)}</Fact> })}
                    {plan.renews_on.map(|day| view! { <Fact name=ends>{time::date(day)}</Fact> })}
                    <Fact name="Leads a month">{share::count(plan.min_units)}</Fact>
                    <Fact name="Paid in advance"><Money amount=price /></Fact>
                    <Fact name="Each lead above"><Money amount=plan.unit_price /></Fact>
                    {next.map(|next| view! {
                        <Fact name=format!("From {} on", time::date(next.effective_on))>{next.label}", "{share::count(next.min_units)}" leads a month at "<Money amount=next.unit_price /></Fact>
                    })}
                </Facts>
                <Cancel plan=cancelling terms reload />
            </Panel>
            {usage}
            <Persons plan />
        </div>
    }
}

/// Whom either side talks to.
#[component]
fn Persons(plan: PlanSubscription) -> impl IntoView {
    let own = plan.contacts.into_iter().map(|one| view! {
        <Fact name="Invoices go to"><Person name=one.name.unwrap_or_default() email=one.email phone=one.phone /></Fact>
    });
    let own = own.collect_view();
    view! {
        <Panel title="Contact persons">
            <Facts>
                <Fact name=words::sentence(plan.help.kind.as_str())><Person name=plan.help.name email=plan.help.email phone=plan.help.phone /></Fact>
                {own}
            </Facts>
        </Panel>
    }
}

#[component]
fn Person(name: String, email: Option<String>, phone: Option<String>) -> impl IntoView {
    view! {
        {name}
        {email.map(|email| view! { " "<a href=format!("mailto:{email}")>{email.clone()}</a> })}
        {phone.map(|number| view! { " "<a href=format!("tel:{number}")>{phone::readable(&number)}</a> })}
    }
}

/// How the first payment stands, while the plan waits for it (R85).
#[component]
fn Payment(plan: PlanSubscription, reload: Callback<()>) -> impl IntoView {
    let waits = plan.status == PlanStatus::PendingPayment;
    plan.payment.filter(|_| waits).map(|payment| {
        if payment.status.is_live() {
            return view! { <Notice tone=Tone::Info>"The payment is on its way. The plan begins when it is here."</Notice> }.into_any();
        }
        let id = plan.id;
        let again = Callback::new(move |()| {
            let call = async move { api::plans::pay_plan_subscription(id, &browser::random_key()).await };
            let said = |payment: tradepost_contract::payments::Payment| match payment.status {
                PaymentStatus::Succeeded => "Paid: the plan has begun",
                PaymentStatus::Failed => "The payment was refused",
                _ => "The payment is on its way",
            };
            act(call, said, reload);
        });
        let why = payment.failure.map(|failure| format!(" The payment failed: {}.", failure_text(failure)));
        let pays = session::may(Permission::PaymentsMake);
        view! {
            <Notice tone=Tone::Warn>"The first period is not paid, so the plan has not begun." {why}</Notice>
            {pays.then(|| view! { <p class="spaced-below"><Button look=Look::Primary on_click=again>"Pay now"</Button></p> })}
        }
        .into_any()
    })
}

/// What becomes of leads of the period that were paid for and not used, when a plan ends now.
const fn unused(undelivered: Undelivered) -> &'static str {
    match undelivered {
        Undelivered::None | Undelivered::Finish => "nothing that was paid in advance comes back",
        Undelivered::Credit => "what was paid for and not used is credited to the account",
        Undelivered::Refund => "what was paid for and not used is given back",
    }
}

/// The ways to end a plan that it still has (R93, R94). What was never paid for ends at once, whatever the policy says.
#[component]
fn Cancel(plan: PlanSubscription, terms: CancelTerms, reload: Callback<()>) -> impl IntoView {
    let waits = plan.payment.as_ref().is_some_and(|payment| payment.status.is_live());
    let may = session::may(Permission::OrdersWrite) && !waits;
    let (id, version) = (plan.id, plan.version);
    let cancel = move |label: &'static str, text: String, at: PlanEnd| {
        let title = format!("Cancel {}?", plan.label);
        view! {
            <ReasonAction label title text look=Look::Danger optional=true said="Cancelled" done=reload
                run=Box::new(move |reason, key| async move {
                    let body = CancelPlanSubscription { at: Some(at), reason };
                    api::plans::cancel_plan_subscription(id, version, &body, &key).await.map(drop)
                }.boxed_local()) />
        }
    };
    let later = plan
        .renews_on
        .filter(|_| may && terms.ends_plans(PlanEnd::PeriodEnd))
        .filter(|_| plan.status.after(PlanAction::ScheduleCancel).is_ok())
        .map(|day| {
            let text = format!(
                "It runs until {} and is not renewed. What is used above the minimum is charged then.",
                time::date(day)
            );
            cancel("Cancel at the period's end", text, PlanEnd::PeriodEnd)
        });
    let begun = plan.status != PlanStatus::PendingPayment;
    let ends_now = plan.status.after(PlanAction::End).is_ok() && (!begun || terms.ends_plans(PlanEnd::Now));
    let now = (may && ends_now).then(|| {
        let text = if begun {
            format!(
                "It ends at once: no more leads are taken, and {}. What was used above the minimum is charged now.",
                unused(terms.undelivered)
            )
        } else {
            "It has not begun, and nothing is charged.".to_owned()
        };
        cancel("Cancel now", text, PlanEnd::Now)
    });
    view! { <div class="panel-actions">{later}{now}</div> }
}

/// The plans to choose from (R95).
#[component]
fn Offers(supplier: SupplierId, offers: Vec<PlanTierOffer>, reload: Callback<()>) -> impl IntoView {
    let may = session::may(Permission::PaymentsMake);
    let choose = move |offer: &PlanTierOffer| {
        let (tier, price) = (offer.tier.clone(), money::text(offer.period_price));
        let title = format!("Buy {} for {price} a month?", offer.label);
        Callback::new(move |()| {
            let tier = tier.clone();
            let text = "The first month is charged to the default way to pay now, each later one when it begins. Tax is added where it applies.";
            confirm(title.clone(), text, "Buy", false, move || {
                let body = CreatePlanSubscription {
                    supplier_id: supplier,
                    tier: tier.clone(),
                };
                let call = async move { api::plans::create_plan_subscription(&body, &browser::random_key()).await };
                let said = |plan: PlanSubscription| match plan.status {
                    PlanStatus::Active => "The plan has begun",
                    _ => "The plan begins when it is paid",
                };
                act(call, said, reload);
            });
        })
    };
    let rows = offers
        .into_iter()
        .map(|offer| {
            let button = may
                .then(|| view! { <div class="panel-actions"><Button on_click=choose(&offer)>"Choose"</Button></div> });
            view! {
                <Panel title=offer.label.clone()>
                    <Facts>
                        <Fact name="Leads a month">{share::count(offer.min_units)}</Fact>
                        <Fact name="Each lead"><Money amount=offer.unit_price /></Fact>
                        <Fact name="A month"><Money amount=offer.period_price /></Fact>
                    </Facts>
                    {button}
                </Panel>
            }
        })
        .collect_view();
    view! { <h2 class="section-head">"Plans to choose from"</h2><div class="columns">{rows}</div> }
}
