//! One payment: what it is for, its tries at the gateway, what of it was given back, and what can be done.

use futures_util::{FutureExt, future};
use leptos::prelude::*;
use tradepost_contract::PaymentId;
use tradepost_contract::payments::{
    DisputeStatus, PayInvoice, Payment, PaymentAttempt, PaymentChannel, PaymentOrigin, PaymentPurpose, PaymentStatus,
    VoidPayment,
};
use tradepost_contract::permissions::Permission;
use tradepost_contract::refunds::{Refund, RefundStatus};

use super::super::refunds::parts::{RefundForm, Refunds};
use crate::api;
use crate::browser;
use crate::format::{money, time, words};
use crate::kit::confirm::confirm;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader};
use crate::kit::toast;
use crate::pages::payments::list::pays_for;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Badge, Status, Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::money::Money;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::paying::{failure_text, method_name};
use crate::ui::problem::Notice;
use crate::ui::reason::ReasonAction;
use crate::ui::stat::Stat;
use crate::ui::time::{Shown, Time};

type All = (Payment, Vec<PaymentAttempt>, Vec<Refund>);

/// One payment.
#[component]
pub fn PaymentPage(
    /// Which.
    id: PaymentId,
) -> impl IntoView {
    let all: Loader<All> = Loader::new(move || async move {
        let refunds = api::refunds::list_refunds(ListQuery::first(100).with("payment_id", id.to_string()));
        let ((payment, tries), refunds) = future::try_join(api::payments::get_payment(id), refunds).await?;
        Ok((payment, tries.tries, refunds.data))
    });
    let reload = Callback::new(move |()| all.reload());
    view! { <Loaded loader=all let:all><Body payment=all.0 tries=all.1 refunds=all.2 reload /></Loaded> }
}

/// What set a payment off, in words.
const fn origin(origin: PaymentOrigin) -> &'static str {
    match origin {
        PaymentOrigin::Recorded => "Recorded by hand",
        PaymentOrigin::Collection => "The collection day",
        PaymentOrigin::ByHand => "Paid by hand",
        PaymentOrigin::Revocation => "The authorisation was taken back",
        PaymentOrigin::Cancellation => "The account has ended",
        PaymentOrigin::Refill => "The wallet's own terms",
        PaymentOrigin::Renewal => "A loyalty order was placed again",
    }
}

#[component]
fn Body(payment: Payment, tries: Vec<PaymentAttempt>, refunds: Vec<Refund>, reload: Callback<()>) -> impl IntoView {
    let refunding = RwSignal::new(false);
    let left = tradepost_contract::Money::new(payment.captured.minor - payment.refunded.minor, payment.amount.currency);
    let refundable = payment.channel == PaymentChannel::Gateway
        && left.minor > 0
        && matches!(payment.status, PaymentStatus::Succeeded | PaymentStatus::PartRefunded)
        && session::may(Permission::RefundsWrite);
    let title = format!("{} from {}", money::text(payment.amount), payment.supplier_name);
    let (for_form, retried, voided) = (payment.clone(), payment.clone(), payment.clone());
    let what = pays_for(&payment);
    let into_wallet = payment.purpose == PaymentPurpose::WalletTopUp;
    let what = match payment.invoice_id {
        Some(id) => view! { <a href=Route::Console(ConsoleRoute::Invoice(id)).path()>{what}</a> }.into_any(),
        None if into_wallet => {
            let supplier = Route::Console(ConsoleRoute::Supplier(payment.supplier_id)).path();
            view! { <a href=format!("{supplier}?tab=wallet")>{what}</a> }.into_any()
        }
        None => what.into_any(),
    };
    // Money in a wallet pays leads, not one invoice.
    let rest = if payment.applied.minor < payment.captured.minor {
        "the rest is credit"
    } else {
        ""
    };
    let applied = money::text(payment.applied);
    let applied = (!into_wallet).then(|| view! { <Stat label="Pays the invoice" value=applied note=rest /> });
    let waits = refunds
        .iter()
        .any(|refund| refund.status == RefundStatus::AwaitingApproval);
    let set_aside = if waits { "or set aside for it" } else { "" };
    let (supplier, name) = (payment.supplier_id, payment.supplier_name.clone());
    view! {
        <PageHead title=title back=(Route::Console(ConsoleRoute::Payments).path(), "Payments") subtitle=method_name(payment.method)>
            {status_badge(payment.status)}
            <div class="verdicts">
                <Retry payment=retried reload />
                {refundable.then(|| view! { <Button on_click=Callback::new(move |()| refunding.set(true))>"Refund"</Button> })}
                <Void payment=voided reload />
            </div>
        </PageHead>
        <State payment=payment.clone() />
        <div class="stats">
            <Stat label="Asked for" value=money::text(payment.amount) />
            <Stat label="Received" value=money::text(payment.captured) note=payment.received_on.map(time::date).unwrap_or_default() />
            {applied}
            <Stat label="Given back" value=money::text(payment.refunded) note=set_aside />
        </div>
        <div class="columns">
            <Panel title="The payment">
                <Facts>
                    <Fact name="Supplier"><a href=Route::Console(ConsoleRoute::Supplier(supplier)).path()>{name}</a></Fact>
                    <Fact name="For">{what}</Fact>
                    <Fact name="Set off by">{origin(payment.origin)}", "{payment.recorded_by.clone()}</Fact>
                    <Fact name="Begun"><Time at=payment.created_at programme=payment.programme_id /></Fact>
                    {payment.expected_by.map(|at| view! { <Fact name="Expected by"><Time at programme=payment.programme_id /></Fact> })}
                    {payment.next_attempt_at.map(|at| view! { <Fact name="Tried again"><Time at programme=payment.programme_id /></Fact> })}
                    <Fact name="Reference"><code>{payment.reference.clone()}</code></Fact>
                    {payment.void_reason.clone().map(|reason| view! { <Fact name="Void because">{reason}</Fact> })}
                </Facts>
            </Panel>
            <Refunds refunds reload />
        </div>
        {(payment.channel == PaymentChannel::Gateway).then(|| view! { <Tries tries /> })}
        <Dialog open=refunding title=Signal::stored("Refund a payment".to_owned())><RefundForm payment=for_form.clone() left open=refunding done=reload /></Dialog>
    }
}

/// What the status means for whoever looks after it.
#[component]
fn State(payment: Payment) -> impl IntoView {
    let why = payment.failure.map(failure_text).unwrap_or("the gateway refused it");
    let (tone, title, text) = match payment.status {
        PaymentStatus::Created | PaymentStatus::Unknown => (
            Tone::Info,
            "The gateway's answer is not known yet.".to_owned(),
            "It is asked what became of this number until it says; nothing is charged twice.".to_owned(),
        ),
        PaymentStatus::Pending => (
            Tone::Info,
            "The money is on its way.".to_owned(),
            "The invoice counts as paid when it comes. Later than expected, it stands in the notifications of finance.".to_owned(),
        ),
        PaymentStatus::ScheduledRetry => (
            Tone::Warn,
            format!("The last try failed: {why}."),
            "It is tried again by the programme's plan. The supplier was told, and may choose another way to pay.".to_owned(),
        ),
        PaymentStatus::Exhausted => (
            Tone::Bad,
            format!("Every try failed: {why}."),
            "Nothing is tried by itself any more. Ask for another way to pay, or charge the stored one again.".to_owned(),
        ),
        PaymentStatus::Failed => (
            Tone::Bad,
            format!("It failed: {why}."),
            "Somebody paid by hand, so nothing is tried by itself.".to_owned(),
        ),
        PaymentStatus::Disputed => (
            Tone::Warn,
            "Bank dispute: the payer's bank asks for the money back.".to_owned(),
            "The banks decide, and it concerns this payment only. A returned lead, which the lead store calls a chargeback, is something else.".to_owned(),
        ),
        PaymentStatus::DisputeLost => (
            Tone::Bad,
            "Bank dispute lost: the payer's bank took the money back.".to_owned(),
            match payment.purpose {
                PaymentPurpose::WalletTopUp => "The wallet gave what it had, and the rest is owed.",
                _ => "The invoice is open again for what it had paid.",
            }
            .to_owned(),
        ),
        PaymentStatus::Succeeded | PaymentStatus::PartRefunded | PaymentStatus::Refunded | PaymentStatus::Void => {
            return ().into_any();
        }
    };
    view! { <Notice tone><strong>{title}</strong><p>{text}</p></Notice> }.into_any()
}

/// Charges the supplier's default way to pay again.
#[component]
fn Retry(payment: Payment, reload: Callback<()>) -> impl IntoView {
    let failed = matches!(
        payment.status,
        PaymentStatus::ScheduledRetry | PaymentStatus::Exhausted | PaymentStatus::Failed | PaymentStatus::DisputeLost
    );
    let invoice = payment
        .invoice_id
        .filter(|_| failed && session::may(Permission::PaymentsMake));
    invoice.map(|invoice| {
        let (supplier, number) = (payment.supplier_name.clone(), payment.invoice_number.clone().unwrap_or_default());
        let amount = money::text(payment.amount);
        let ask = Callback::new(move |()| {
            confirm(
                format!("Charge {supplier} again?"),
                format!("What is open of invoice {number}, {amount} when it was last asked for, is charged to the default way to pay now."),
                "Charge again",
                false,
                move || {
                    wasm_bindgen_futures::spawn_local(async move {
                        let key = browser::random_key();
                        match api::invoices::pay_invoice(invoice, &PayInvoice::default(), &key).await {
                            Ok(outcome) => {
                                let said = outcome.payment.map(|payment| payment.status.label());
                                toast::done(said.unwrap_or_else(|| "The credit balance paid it".to_owned()));
                                reload.run(());
                            }
                            Err(failure) => toast::failed(failure.told()),
                        }
                    });
                },
            );
        });
        view! { <Button look=Look::Primary icon=icondata_lu::LuRotateCw on_click=ask>"Charge again"</Button> }
    })
}

#[component]
fn Void(payment: Payment, reload: Callback<()>) -> impl IntoView {
    let may = payment.channel == PaymentChannel::Recorded
        && payment.status == PaymentStatus::Succeeded
        && session::may(Permission::PaymentsRecord);
    may.then(|| {
        let (id, version) = (payment.id, payment.version);
        let run = move |reason: Option<String>, key: String| {
            let body = VoidPayment { reason: reason.unwrap_or_default() };
            async move { api::payments::void_payment(id, version, &body, &key).await.map(drop) }.boxed_local()
        };
        let title = format!("Make the payment of {} void?", money::text(payment.amount));
        let text = match payment.purpose {
            PaymentPurpose::WalletTopUp => "For a record made by mistake: it comes out of the wallet as far as the wallet has it, and the rest is owed. The record stays.",
            _ => "For a record made by mistake: its invoice is open again, and the journal entry is reversed. The record stays.",
        };
        view! {
            <ReasonAction label="Make void" title text look=Look::Danger said="Made void" done=reload run=Box::new(run) />
        }
    })
}

#[component]
fn Tries(tries: Vec<PaymentAttempt>) -> impl IntoView {
    let rows = tries
        .into_iter()
        .map(|one| {
            let dispute = one.dispute.map(|dispute| match dispute {
                DisputeStatus::Open => view! { <Badge text="Bank dispute" tone=Tone::Warn /> },
                DisputeStatus::Won => view! { <Badge text="Dispute won" tone=Tone::Good /> },
                DisputeStatus::Lost => view! { <Badge text="Dispute lost" tone=Tone::Bad /> },
            });
            let why = one.failure.map(|failure| words::sentence(failure.as_str()));
            view! {
                <tr>
                    <th scope="row">{one.number}</th>
                    <td><Time at=one.created_at shown=Shown::Full /></td>
                    <td>{words::sentence(one.status.as_str())}" "{dispute}</td>
                    <td>{why}</td>
                    <td class="numeric"><Money amount=one.amount /></td>
                    <td><code>{one.reference.unwrap_or_else(|| "not heard of yet".to_owned())}</code></td>
                    <td><code>{one.id.to_string()}</code></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Panel title="Tries at the gateway">
            <div class="table-frame" role="region" aria-label="Tries at the gateway" tabindex="0">
                <table class="table">
                    <thead><tr>
                        <th scope="col">"No."</th><th scope="col">"When"</th><th scope="col">"Status"</th><th scope="col">"Why"</th>
                        <th scope="col" class="numeric">"Amount"</th><th scope="col">"The gateway's number"</th><th scope="col">"Our number"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Panel>
    }
}
