//! One lead: who asked, one tap to call or write, what is in it, what one made of it, and its return.

use leptos::prelude::*;
use tradepost_contract::deliveries::{Delivery, DeliveryAction, DeliveryDetail, NotReturnableReason};
use tradepost_contract::policy::WordingKey;
use tradepost_contract::{DeliveryId, PolicyVersionId};

use super::list::{lead_name, place};
use super::return_form::ReturnForm;
use super::work::WorkForm;
use crate::api;
use crate::format::{phone, words};
use crate::kit::form::Form;
use crate::kit::load::{Loaded, Loader};
use crate::kit::toast;
use crate::pages::own::guidelines;
use crate::router;
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::button::Button;
use crate::ui::dialog::Dialog;
use crate::ui::icon::Icon;
use crate::ui::money::Money;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::time::{Due, Shown, Time};

/// One lead.
#[component]
pub fn LeadPage(
    /// Which.
    id: DeliveryId,
    /// Whether its return form is open (R2).
    asks_return: bool,
) -> impl IntoView {
    let lead = Loader::new(move || api::deliveries::get_delivery(id));
    let open = RwSignal::new(asks_return);
    // Closing the form leaves its address too, so that Back does not open it again.
    Effect::new(move |_| {
        if asks_return && !open.get() {
            router::replace(&Route::Portal(PortalRoute::Lead(id)).path());
        }
    });
    view! { <Loaded loader=lead let:detail><LeadView detail lead open /></Loaded> }
}

#[component]
fn LeadView(detail: DeliveryDetail, lead: Loader<DeliveryDetail>, open: RwSignal<bool>) -> impl IntoView {
    let delivery = detail.delivery.clone();
    let person = delivery.person.clone();
    let may = |action| delivery.allowed_actions.contains(&action);
    let (one_click, undo) = (may(DeliveryAction::Reject), may(DeliveryAction::UndoRejection));
    let (returnable, workable) = (
        one_click || may(DeliveryAction::RequestReturn),
        may(DeliveryAction::Update),
    );
    let label = detail.return_link_label.clone();
    let subtitle = format!("{} · {}", delivery.product_name, place(&delivery.place));
    let id = delivery.id;
    let answers = detail.answers.clone().into_iter().map(|(question, answer)| {
        view! { <Fact name=words::sentence(&question)>{answer}</Fact> }
    });
    let answers = answers.collect_view();
    let title = Signal::stored(label.clone());
    let for_work = detail.clone();
    let (address, notes, company) = (person.address.clone(), person.notes.clone(), person.company.clone());
    let (source, wanted_at, asked_at) = (detail.source.clone(), place(&delivery.place), delivery.enquired_at);
    let version = detail.guidelines.policy_version_id;
    let (withheld, erased) = (delivery.withheld_until_accepted.is_some(), delivery.erased_at.is_some());
    let (price, delivered_at, invoice_id) = (delivery.price, delivery.delivered_at, delivery.invoice_id);
    view! {
        <PageHead title=lead_name(&delivery) back=(Route::Portal(PortalRoute::Leads).path(), "Leads") subtitle=subtitle>
            {delivery.outcome.map(status_badge)}
            {status_badge(delivery.billing_state)}
        </PageHead>
        {withheld.then(|| view! { <super::notice::NoticesToAccept done=Callback::new(move |()| lead.reload()) /> })}
        {(erased && delivery.erased_by_time).then(|| view! { <Notice tone=Tone::Info>"We keep this person's particulars no more: their time was over."</Notice> })}
        {(erased && !delivery.erased_by_time).then(|| view! {
            <Notice tone=Tone::Warn>"This person asked to be erased, and we keep their particulars no more. Erase what you keep of them, too. "<a href=Route::Portal(PortalRoute::Erasures).path()>"People to erase"</a></Notice>
        })}
        <div class="lead">
            <div class="lead-main">
                <div class="reach">
                    {person.phone.clone().map(|number| view! {
                        <a class="button primary reach-way" href=format!("tel:{number}")><Icon icon=icondata_lu::LuPhone /><span>{phone::readable(&number)}</span></a>
                    })}
                    {person.email.clone().map(|email| (format!("mailto:{email}"), email)).map(|(href, shown)| view! {
                        <a class="button reach-way" href=href><Icon icon=icondata_lu::LuMail /><span>{shown}</span></a>
                    })}
                </div>
                <Panel title="The enquiry">
                    <Facts>
                        {company.map(|company| view! { <Fact name="Company">{company}</Fact> })}
                        {address.map(|address| view! { <Fact name="Address">{address}</Fact> })}
                        <Fact name="Place">{wanted_at}</Fact>
                        {answers}
                        {source.map(|source| view! { <Fact name="Source">{source}</Fact> })}
                        <Fact name="Asked"><Time at=asked_at /></Fact>
                    </Facts>
                    {notes.map(|notes| view! { <blockquote class="notes">{notes}</blockquote> })}
                </Panel>
                {workable.then(|| view! { <WorkForm detail=for_work lead /> })}
            </div>
            <div class="lead-side">
                <ReturnPanel delivery=delivery.clone() version label open returnable />
                {undo.then(|| view! { <UndoRejection id lead /> })}
                <Panel title="The charge">
                    <Facts>
                        <Fact name="Price"><Money amount=price /></Fact>
                        <Fact name="Delivered"><Time at=delivered_at shown=Shown::Full /></Fact>
                        {invoice_id.map(|invoice| view! { <Fact name="Invoice"><a href=Route::Portal(PortalRoute::Invoice(invoice)).path()>"Open"</a></Fact> })}
                        <Fact name="Number"><code>{id.to_string()}</code></Fact>
                    </Facts>
                </Panel>
                {detail.notices.into_iter().map(|notice| view! { <Notice tone=Tone::Neutral>{notice.text}</Notice> }).collect_view()}
                {detail.consent.map(|consent| view! {
                    <Panel title="Consent"><blockquote class="notes">{consent.text}</blockquote><p class="muted">"Given "<Time at=consent.given_at /></p></Panel>
                })}
            </div>
        </div>
        <Dialog open title class="drawer">
            <ReturnForm id lead open one_click />
        </Dialog>
    }
}

#[component]
fn ReturnPanel(
    delivery: Delivery,
    version: PolicyVersionId,
    label: String,
    open: RwSignal<bool>,
    returnable: bool,
) -> impl IntoView {
    let state = match (delivery.return_request_id, delivery.not_returnable_reason) {
        (Some(request), _) => view! {
            <p>"You asked for a return. "<a href=Route::Portal(PortalRoute::Return(request)).path()>"Follow the decision"</a></p>
        }
        .into_any(),
        (None, Some(reason)) => view! { <p class="muted">{why_not(reason)}</p> }.into_any(),
        (None, None) if returnable => view! {
            {delivery.return_deadline_at.map(|at| view! { <p class="return-left"><Due at before="Return within" /><span class="muted">"until "<Time at shown=Shown::Until /></span></p> })}
            <button type="button" class="button" on:click=move |_| open.set(true)><Icon icon=icondata_lu::LuUndo2 /><span>{label}</span></button>
        }
        .into_any(),
        (None, None) => view! { <p class="muted">"Somebody of your account who may return leads can do it here."</p> }.into_any(),
    };
    let guidelines = guidelines::path_of(version);
    view! {
        <Panel title=session::word(WordingKey::ReturnRequest)>
            {state}
            <p class="guidelines-link"><a href=guidelines>"What counts, and until when"</a></p>
        </Panel>
    }
}

/// Takes a one-click rejection back (R109).
#[component]
fn UndoRejection(id: DeliveryId, lead: Loader<DeliveryDetail>) -> impl IntoView {
    let form = Form::new("undo");
    let undo = Callback::new(move |()| {
        form.submit(
            move |key| async move { api::deliveries::undo_delivery_rejection(id, &key).await },
            move |_| {
                toast::done("The lead is yours again");
                lead.reload();
            },
        );
    });
    view! {
        <FormProblem form />
        <Button on_click=undo busy=Signal::derive(move || form.is_busy())>"Take the rejection back"</Button>
    }
}

const fn why_not(reason: NotReturnableReason) -> &'static str {
    match reason {
        NotReturnableReason::ReturnsNotOffered => "This programme takes no leads back.",
        NotReturnableReason::WindowClosed => "The return window has closed.",
        NotReturnableReason::AlreadyInvoiced => "It stands on an invoice, and the window ended with that.",
        NotReturnableReason::AlreadyRequested => "A return was asked for already.",
        NotReturnableReason::AlreadyRejected => "You rejected it already; it is not charged.",
        NotReturnableReason::AlreadyReturned => "It was returned already.",
        NotReturnableReason::ReplacementNotReturnable => {
            "It replaces another lead, and replacements are not taken back."
        }
    }
}
