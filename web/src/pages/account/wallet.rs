//! A supplier's wallet: what is in it, how it is filled, and every movement with what caused it.

use std::sync::Arc;

use futures_util::{FutureExt, future};
use leptos::prelude::*;
use tradepost_contract::payments::{Payment, PaymentOrigin, PaymentPurpose, PaymentStatus};
use tradepost_contract::permissions::Permission;
use tradepost_contract::wallets::{
    RefillStatus, SetAutoRecharge, TopUp, Wallet, WalletEntry, WalletEntryKind, WalletFunds, WalletRefill, WalletStatus,
};
use tradepost_contract::{Money as Amount, SupplierId};

use super::pay_with::{self, Bill, told};
use crate::api::{self, terms::Terms};
use crate::format::{money, time};
use crate::kit::form::Form;
use crate::kit::list::{Card, Column, Filter, List, ListQuery, ListView, Order};
use crate::kit::toast;
use crate::routes::Route;
use crate::session;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::money::Money;
use crate::ui::page::{Fact, Facts, Panel};
use crate::ui::paying::method_name;
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::select::Radios;
use crate::ui::stat::Stat;
use crate::ui::time::{Shown, Time};

/// A wallet with what one asks next: what filled it last, and a payment into it that has something to tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The wallet.
    pub wallet: Wallet,
    last: Option<WalletEntry>,
    news: Option<Payment>,
}

/// Reads it.
pub async fn read(supplier: SupplierId) -> api::Result<Standing> {
    let last = ListQuery::first(1).with("kind", "top_up");
    let news = ListQuery::first(20)
        .with("supplier_id", supplier.to_string())
        .with("status", "created,pending,unknown,scheduled_retry,failed,exhausted");
    let (wallet, last, news) = future::try_join3(
        api::wallets::get_wallet(supplier),
        api::wallets::list_wallet_entries(supplier, last),
        api::payments::list_payments(news),
    )
    .await?;
    let last = last.data.into_iter().next();
    // What failed before money came is over.
    let since = last.as_ref().map(|entry| entry.created_at);
    let matters = |payment: &Payment| {
        payment.purpose == PaymentPurpose::WalletTopUp
            && (payment.status.is_live() || since.is_none_or(|since| payment.updated_at > since))
    };
    Ok(Standing {
        wallet,
        last,
        news: news.data.into_iter().find(matters),
    })
}

/// What the wallet pays for is at stake, in a sentence; nothing where there is enough in it.
pub fn shortage(wallet: &Wallet) -> Option<(Tone, &'static str, String)> {
    let left = money::text(wallet.balance);
    match (wallet.status, wallet.funds) {
        (WalletStatus::Closed, _) | (_, WalletFunds::Enough) => None,
        (_, WalletFunds::Empty) if wallet.funded_at.is_none() => {
            Some((Tone::Warn, "No leads come before the wallet is filled.", String::new()))
        }
        (_, WalletFunds::Empty) => {
            let text = format!("{left} does not pay for the next lead.");
            Some((Tone::Bad, "No leads come: the wallet is empty.", text))
        }
        (_, WalletFunds::Low) => {
            let text = format!("{left} is left; when it is used up, no more leads come.");
            Some((Tone::Warn, "The wallet is running low.", text))
        }
    }
}

/// Where the wallet stands and how it is filled.
#[component]
pub fn WalletSummary(
    /// The wallet.
    standing: Standing,
    /// Where ways to pay are stored.
    #[prop(into)]
    methods: String,
    /// What else can be done about how it is filled.
    #[prop(optional, into)]
    actions: ViewFn,
    /// Reads it anew.
    reload: Callback<()>,
) -> impl IntoView {
    let Standing { wallet, last, news } = standing;
    let shortage = shortage(&wallet).map(|(tone, title, text)| {
        view! { <Notice tone><strong>{title}</strong>{(!text.is_empty()).then(|| view! { <p>{text}</p> })}</Notice> }
    });
    let closed = wallet.closed_at.map(|at| {
        view! { <Notice tone=Tone::Neutral><strong>"The wallet was closed "<Time at shown=Shown::Day />". "</strong>"Leads are invoiced since then."</Notice> }
    });
    let to_methods = methods.clone();
    let waits = (wallet.refill_status == RefillStatus::Due && wallet.status == WalletStatus::Open).then(|| {
        let amount = wallet.refill_amount.map(money::text).unwrap_or_default();
        view! { <Notice><strong>{format!("A charge of {amount} is due.")}</strong>" It begins as soon as there is a way to pay that can be charged. "<a href=to_methods>"Ways to pay"</a></Notice> }
    });
    let stopped = (wallet.refill_status == RefillStatus::Stopped).then(|| {
        view! { <Notice tone=Tone::Bad><strong>"Filling by itself has stopped. "</strong>"It goes on after a top-up, or with "<a href=methods>"another way to pay"</a>"."</Notice> }
    });
    let filled = last
        .as_ref()
        .map_or_else(|| "Never".to_owned(), |entry| money::text(entry.amount));
    let by = last.as_ref().map(way).unwrap_or_default();
    view! {
        {closed}{shortage}{news.map(|payment| told(&payment))}{stopped}{waits}
        <div class="stats">
            <Stat label="In the wallet" value=money::text(wallet.balance) note=format!("never below {}", money::text(wallet.limit)) />
            <Stat label="Set aside" value=money::text(wallet.drawn) note="for leads that are not invoiced yet" />
            <Stat label="Last filled" value=filled note=by />
        </div>
        {(wallet.status == WalletStatus::Open).then(|| view! { <Filling wallet last actions reload /> })}
    }
}

/// How money came in, in words.
fn way(entry: &WalletEntry) -> String {
    let by = entry.payment_method.map_or("payment", method_name).to_lowercase();
    let by_itself = entry.payment_origin == Some(PaymentOrigin::Refill);
    format!("by {by}{}", if by_itself { ", by itself" } else { "" })
}

/// When it is filled again, in a sentence.
fn filling_text(wallet: &Wallet) -> String {
    let amount = wallet.refill_amount.map(money::text).unwrap_or_default();
    match wallet.refill {
        WalletRefill::Manual => "Only when somebody tops it up.".to_owned(),
        WalletRefill::LowBalance => {
            let below = wallet.refill_below.map(money::text).unwrap_or_default();
            format!("By itself with {amount} when less than {below} is left.")
        }
        WalletRefill::MonthlyOn1st => {
            let next = wallet.refill_on.map(|day| format!(", next on {}", time::date(day)));
            format!("With {amount} on the 1st of each month{}.", next.unwrap_or_default())
        }
    }
}

#[component]
fn Filling(wallet: Wallet, last: Option<WalletEntry>, actions: ViewFn, reload: Callback<()>) -> impl IntoView {
    let changing = RwSignal::new(false);
    // What was agreed for each month is staff's to change (R11).
    let may = session::may(Permission::PaymentMethodsWrite) && wallet.refill != WalletRefill::MonthlyOn1st;
    let change = may.then(|| {
        let label = if wallet.refill == WalletRefill::LowBalance {
            "Change"
        } else {
            "Fill it by itself"
        };
        view! { <Button on_click=Callback::new(move |()| changing.set(true))>{label}</Button> }
    });
    let notice = wallet.notice_below.filter(|amount| amount.minor > 0);
    let for_form = wallet.clone();
    view! {
        <Panel title="How it is filled">
            <p class="panel-text">{filling_text(&wallet)}</p>
            <Facts>
                {last.map(|entry| view! { <Fact name="Last filled"><Time at=entry.created_at shown=Shown::Day />{format!(", {}", way(&entry))}</Fact> })}
                <Fact name="Lowest balance"><Money amount=wallet.limit /></Fact>
                <Fact name="Smallest top-up"><Money amount=wallet.min_top_up /></Fact>
                {notice.map(|amount| view! { <Fact name="A message is sent below"><Money amount /></Fact> })}
            </Facts>
            <div class="panel-actions">{change}{actions.run()}</div>
        </Panel>
        <Dialog open=changing title=Signal::stored("How the wallet is filled".to_owned())><AutoRecharge wallet=for_form.clone() open=changing done=reload /></Dialog>
    }
}

#[component]
fn AutoRecharge(wallet: Wallet, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let form = Form::new("auto-recharge");
    let (id, version, currency) = (wallet.supplier_id, wallet.version, wallet.balance.currency);
    let shown = |amount: Option<Amount>| amount.map(money::decimal).unwrap_or_default();
    let mode = form.field("/enabled", "by_itself");
    let below = form.field("/below", shown(wallet.refill_below.or(wallet.notice_below)));
    let amount = form.field("/amount", shown(wallet.refill_amount.or(Some(wallet.min_top_up))));
    let options = [
        ("by_itself", "When little is left", "The default way to pay is charged."),
        ("by_hand", "Only when somebody tops it up", ""),
    ];
    let options = options
        .map(|(word, text, about)| (word.to_owned(), text.to_owned(), about.to_owned()))
        .to_vec();
    let by_itself = move || mode.value.with(|word| word == "by_itself");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let enabled = mode.text() == "by_itself";
        let mut read = [below, amount].map(|field| {
            let read = money::parse(&field.text(), currency);
            (field, read.filter(|_| enabled))
        });
        let wrong = read.iter().filter(|(_, read)| enabled && read.is_none());
        let wrong = wrong
            .map(|(field, _)| field.refusal("invalid", "An amount such as 45.00."))
            .collect();
        if form.refuse(wrong) {
            return;
        }
        let body = SetAutoRecharge {
            enabled,
            below: read[0].1.take(),
            amount: read[1].1.take(),
        };
        form.submit(
            move |key| async move { api::wallets::set_auto_recharge(id, version, &body, &key).await },
            move |_| {
                toast::done("Saved");
                open.set(false);
                done.run(());
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <Radios field=mode label="The wallet is filled" options />
            <Show when=by_itself>
                <div class="form-grid">
                    <TextField field=below label=format!("Below, in {currency}") />
                    <TextField field=amount label=format!("With, in {currency}") />
                </div>
            </Show>
            <div class="form-actions">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Save"</Button>
            </div>
        </form>
    }
}

/// What is paid when a wallet is topped up.
pub fn top_up(wallet: &Wallet, terms: Terms, back: String) -> Bill {
    let supplier = wallet.supplier_id;
    let least = wallet.min_top_up;
    Bill {
        supplier,
        terms,
        lead: format!("Exactly this is charged, once: {} or more.", money::text(least)),
        amount: pay_with::Amount::Typed {
            least,
            suggested: wallet.refill_amount.unwrap_or(least),
        },
        what: "into the wallet".to_owned(),
        back,
        prepaid: true,
        charge: Arc::new(move |method, amount, key| {
            let body = TopUp {
                amount,
                payment_method_id: Some(method),
            };
            async move { api::wallets::top_up_wallet(supplier, &body, &key).await.map(Some) }.boxed_local()
        }),
    }
}

/// Whether a payment into the wallet is on its way, so that nobody pays twice without knowing.
pub fn is_on_its_way(standing: &Standing) -> bool {
    let on_its_way = |payment: &Payment| payment.status.is_live() && payment.status != PaymentStatus::ScheduledRetry;
    standing.news.as_ref().is_some_and(on_its_way)
}

/// What moved the balance, in words, with the name of what caused it.
fn what(entry: &WalletEntry) -> String {
    let lead = || entry.lead_name.clone().unwrap_or_else(|| "A lead".to_owned());
    let invoice = entry.invoice_number.as_deref();
    match entry.kind {
        WalletEntryKind::TopUp => format!("Money came {}", way(entry)),
        WalletEntryKind::Lead => lead(),
        WalletEntryKind::LeadReturned => format!("{}, returned", lead()),
        WalletEntryKind::CreditNote => match (&entry.credit_note_number, invoice) {
            (Some(note), Some(invoice)) => format!("Credit note {note} for invoice {invoice}"),
            _ => "A credit note".to_owned(),
        },
        WalletEntryKind::Settlement => match invoice {
            Some(invoice) => format!("Left over by invoice {invoice}"),
            None => "The wallet was closed".to_owned(),
        },
        WalletEntryKind::Refund => "Given back".to_owned(),
        WalletEntryKind::RefundReleased => "A refund that came to nothing".to_owned(),
        WalletEntryKind::Dispute => "Taken back by the bank".to_owned(),
        WalletEntryKind::Reversal => "Recorded by mistake".to_owned(),
    }
}

const fn kind_name(kind: WalletEntryKind) -> &'static str {
    match kind {
        WalletEntryKind::TopUp => "Top-up",
        WalletEntryKind::Lead => "Lead",
        WalletEntryKind::LeadReturned => "Returned lead",
        WalletEntryKind::CreditNote => "Credit note",
        WalletEntryKind::Settlement => "Settlement",
        WalletEntryKind::Refund => "Refund",
        WalletEntryKind::RefundReleased => "Refund released",
        WalletEntryKind::Dispute => "Bank dispute",
        WalletEntryKind::Reversal => "Correction",
    }
}

/// The movements of a wallet, the newest first.
pub fn movements(supplier: SupplierId, link: fn(&WalletEntry) -> Option<Route>) -> impl IntoView {
    let kinds = WalletEntryKind::ALL.iter();
    let list = List::new("wallet", move |query| {
        api::wallets::list_wallet_entries(supplier, query)
    })
    .empty(
        "Nothing has moved yet",
        "Top-ups and leads stand here, each with the balance after it.",
    )
    .link(link)
    .filter(Filter::Choice {
        name: "kind",
        title: "Kind",
        options: kinds
            .map(|kind| (kind.as_str().to_owned(), kind_name(*kind).to_owned()))
            .collect(),
        many: true,
    })
    .column(Column::text("what", "What", what).on_card(Card::Title))
    .column(Column::text("kind", "Kind", |entry: &WalletEntry| kind_name(entry.kind).to_owned()).on_card(Card::Below))
    .column(
        Column::new(
            "when",
            "When",
            |entry: &WalletEntry| view! { <Time at=entry.created_at /> },
            |entry| entry.created_at.to_string(),
        )
        .on_card(Card::Below)
        .sorted("newest", Order::Descending),
    )
    .column(
        Column::new(
            "amount",
            "Amount",
            |entry: &WalletEntry| view! { <Money amount=entry.amount /> },
            |entry| money::decimal(entry.amount),
        )
        .numeric()
        .on_card(Card::Aside),
    )
    .column(
        Column::new(
            "balance",
            "Balance",
            |entry: &WalletEntry| view! { <Money amount=entry.balance /> },
            |entry| money::decimal(entry.balance),
        )
        .numeric(),
    );
    view! { <h2 class="section-head">"Movements"</h2><ListView list /> }
}
