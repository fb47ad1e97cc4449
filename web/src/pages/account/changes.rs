//! Changes that were asked for: what is different then, when, and what staff say to it. For the supplier's own people
//! and for staff.

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::change_requests::{
    ChangeKind, ChangeRequest, ChangeRequestAction as Action, ChangeRequestStatus as Status, Difference,
    WithdrawChangeRequest,
};
use tradepost_contract::policy::SelfServiceField;
use tradepost_contract::{Currency, Money, SupplierId};

use crate::api;
use crate::format::{money, words};
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::ui::badge::status_badge;
use crate::ui::empty::Empty;
use crate::ui::page::Panel;
use crate::ui::reason::ReasonAction;
use crate::ui::time::{Shown, Time};

/// What a kind of change is called.
pub const fn kind_title(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Coverage => "Areas",
        ChangeKind::Category => "Another category",
        ChangeKind::Volume => "Number of leads",
        ChangeKind::Schedule => "Hours",
        ChangeKind::LeadContacts => "Addresses for leads",
        ChangeKind::BillingContact => "Contact for invoices",
        ChangeKind::Plan => "Plan",
        ChangeKind::Profile => "Company details",
        ChangeKind::Business => "Businesses",
        ChangeKind::Other => "Something else",
    }
}

/// What a field is called where one asks for a change of it.
pub fn field_title(field: SelfServiceField) -> String {
    match field {
        SelfServiceField::Coverage => "Areas".to_owned(),
        SelfServiceField::Volume => "Number of leads".to_owned(),
        SelfServiceField::Schedule => "Hours".to_owned(),
        SelfServiceField::LeadContacts => "Addresses for leads".to_owned(),
        SelfServiceField::BillingContact => "Contact for invoices".to_owned(),
        SelfServiceField::Profile => "Company details".to_owned(),
        SelfServiceField::PaymentMethod => "Way to pay".to_owned(),
        SelfServiceField::Category => "Another category".to_owned(),
        SelfServiceField::BusinessAssociation
        | SelfServiceField::Businesses
        | SelfServiceField::Notifications
        | SelfServiceField::Plan
        | SelfServiceField::Orders => words::sentence(field.as_str()),
    }
}

/// The name of one thing that is different.
fn name_of(difference: &Difference) -> String {
    match difference.field.as_str() {
        "cap_day" => "Most leads a day".to_owned(),
        "cap_week" => "Most leads a week".to_owned(),
        "cap_month" => "Most leads a month".to_owned(),
        "quantity" => "Leads in all".to_owned(),
        "min_units" => "Leads a month".to_owned(),
        "unit_price" => "Price of a lead".to_owned(),
        "period_price" => "Paid in advance".to_owned(),
        "anywhere" | "country" if difference.before.is_none() || difference.after.is_none() => "Area".to_owned(),
        "us_state" => "State".to_owned(),
        "us_zip" => "ZIP code".to_owned(),
        "uk_area" | "uk_outcode" => "Postcodes".to_owned(),
        "legal_name" => "Invoiced as".to_owned(),
        "tax_id" => "Tax number".to_owned(),
        "product_name" => "Leads".to_owned(),
        "business_name" => "For".to_owned(),
        other => words::sentence(other),
    }
}

/// A value as people read it: everywhere is a star on the wire, and an amount stands there in minor units.
fn readable(text: String) -> String {
    if text == "*" {
        return "everywhere".to_owned();
    }
    let amount = text
        .split_once(' ')
        .and_then(|(minor, currency)| Some(Money::new(minor.parse().ok()?, currency.parse::<Currency>().ok()?)));
    amount.map_or(text, money::text)
}

/// What is different, before and after.
#[component]
pub fn Differences(
    /// All of it.
    differences: Vec<Difference>,
) -> impl IntoView {
    let rows = differences
        .into_iter()
        .map(|difference| {
            let name = name_of(&difference);
            let whole = matches!(
                difference.field.as_str(),
                "anywhere" | "us_state" | "us_zip" | "uk_area" | "uk_outcode" | "address"
            );
            let side = match (difference.before.map(readable), difference.after.map(readable)) {
                (Some(before), Some(after)) => view! { <del>{before}</del>" → "<ins>{after}</ins> }.into_any(),
                (None, Some(after)) if whole => view! { <ins>{after}</ins>" is added" }.into_any(),
                (Some(before), None) if whole => view! { <del>{before}</del>" ends" }.into_any(),
                (None, after) => view! { <ins>{after}</ins> }.into_any(),
                (Some(before), None) => view! { <del>{before}</del>" → no limit" }.into_any(),
            };
            view! { <div class="fact"><dt>{name}</dt><dd>{side}</dd></div> }
        })
        .collect_view();
    view! { <dl class="facts diff">{rows}</dl> }
}

/// When it takes effect, in a sentence.
#[component]
pub fn When(
    /// The request.
    request: ChangeRequest,
) -> impl IntoView {
    let programme = request.programme_id;
    match (request.status, request.applied_at, request.closed_at) {
        (Status::Applied, Some(at), _) => view! { "In force since "<Time at shown=Shown::Full programme /> }.into_any(),
        (Status::Scheduled, ..) => {
            view! { "Takes effect "<Time at=request.effective_at shown=Shown::Full programme /> }.into_any()
        }
        (Status::Open, ..) => {
            view! { "Would take effect "<Time at=request.effective_at shown=Shown::Full programme />" at the earliest" }
                .into_any()
        }
        (_, _, Some(at)) => view! { "Ended "<Time at shown=Shown::Full programme /> }.into_any(),
        _ => ().into_any(),
    }
}

/// Everything that was asked for of an account, the latest first.
#[component]
pub fn ChangeList(
    /// Whose.
    supplier: SupplierId,
    /// After one was taken back.
    done: Callback<()>,
) -> impl IntoView {
    let requests = Loader::new(move || async move {
        let query = ListQuery::first(100).with("supplier_id", supplier.to_string());
        Ok(api::change_requests::list_change_requests(query).await?.data)
    });
    let reload = Callback::new(move |()| {
        requests.reload();
        done.run(());
    });
    view! {
        <Loaded loader=requests shape=Shape::Rows(3) let:requests>
            {if requests.is_empty() {
                view! { <Empty title="Nothing asked for yet">"What you ask for stands here, with what became of it."</Empty> }.into_any()
            } else {
                requests.into_iter().map(|request| view! { <One request reload /> }).collect_view().into_any()
            }}
        </Loaded>
    }
}

#[component]
fn One(request: ChangeRequest, reload: Callback<()>) -> impl IntoView {
    let (id, version) = (request.id, request.version);
    let title = kind_title(request.kind);
    let withdraw = request.allowed_actions.contains(&Action::Withdraw).then(|| view! {
        <ReasonAction label="Take it back" title="Take this request back?" text="Nothing changes then; you may ask again." optional=true said="Taken back" done=reload
            run=Box::new(move |reason, key| async move {
                api::change_requests::withdraw_change_request(id, version, &WithdrawChangeRequest { reason }, &key).await.map(drop)
            }.boxed_local()) />
    });
    let said = request.answer.clone().or_else(|| request.failure.clone());
    let asked_at = request.requested_at;
    view! {
        <Panel title>
            <p class="change-head">{status_badge(request.status)}<span class="muted">"Asked for "<Time at=asked_at shown=Shown::Day /></span></p>
            <Differences differences=request.differences.clone() />
            {said.map(|text| view! { <p class="change-answer">{text}</p> })}
            <p class="change-foot"><span class="muted"><When request /></span>{withdraw}</p>
        </Panel>
    }
}
