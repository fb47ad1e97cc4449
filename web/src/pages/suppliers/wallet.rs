//! A supplier's wallet, and what staff do about it: open it with the prepay form (R11), change its terms, put money
//! in, give back what is in it.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use std::sync::Arc;

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::payments::RecordPayment;
use tradepost_contract::permissions::Permission;
use tradepost_contract::suppliers::Supplier;
use tradepost_contract::wallets::{
    CloseWallet, RecordTopUp, Wallet, WalletEntry, WalletRefill, WalletStatus, WalletTerms,
};
use tradepost_contract::{Currency, Money, SupplierId};

use crate::api::{self, terms::AccountTerms};
use crate::format::{money, words};
use crate::kit::form::{Field, Form};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::pages::account::pay_with::PayWith;
use crate::pages::account::wallet::{Standing, WalletSummary, movements, read, top_up};
use crate::pages::payments::record::{Received, RecordForm};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::empty::Empty;
use crate::ui::field::{TextArea, TextField};
use crate::ui::problem::FormProblem;
use crate::ui::reason::ReasonAction;
use crate::ui::select::Select;

type All = (Supplier, AccountTerms, Option<Standing>);

/// The tab of a supplier's page.
#[component]
pub(super) fn WalletTab(id: SupplierId) -> impl IntoView {
    let all: Loader<All> = Loader::new(move || async move {
        let (supplier, terms) = (api::suppliers::get_supplier(id), api::terms::get_supplier_policy(id));
        let (supplier, terms) = futures_util::future::try_join(supplier, terms).await?;
        // Nobody asks for a wallet that is not there.
        let standing = match supplier.wallet {
            Some(_) => Some(read(id).await?),
            None => None,
        };
        Ok((supplier, terms, standing))
    });
    let reload = Callback::new(move |()| all.reload());
    view! {
        <Loaded loader=all shape=Shape::Tile let:all>
            {
                let (supplier, terms, standing) = all;
                match standing {
                    None => view! { <NoWallet supplier reload /> }.into_any(),
                    Some(standing) => view! {
                        <Here supplier terms standing reload />
                        {movements(id, cause)}
                    }
                    .into_any(),
                }
            }
        </Loaded>
    }
}

/// Where what caused a movement stands.
fn cause(entry: &WalletEntry) -> Option<Route> {
    let lead = entry.lead_id.map(ConsoleRoute::Lead);
    let note = entry.credit_note_id.map(ConsoleRoute::CreditNote);
    let invoice = entry.invoice_id.map(ConsoleRoute::Invoice);
    let payment = entry.payment_id.map(ConsoleRoute::Payment);
    let refund = entry.refund_id.map(|_| ConsoleRoute::Refunds);
    lead.or(note).or(invoice).or(payment).or(refund).map(Route::Console)
}

fn currency_of(supplier: &Supplier) -> Option<Currency> {
    session::programme(supplier.programme_id).map(|programme| programme.currency)
}

#[component]
fn NoWallet(supplier: Supplier, reload: Callback<()>) -> impl IntoView {
    let currency = currency_of(&supplier).filter(|_| session::may(Permission::SuppliersStanding));
    view! {
        {currency.map(|currency| view! { <div class="tab-bar-actions"><OpenTerms label="Open a wallet" title=format!("Open a wallet for {}?", supplier.name) id=supplier.id wallet=None currency reload /></div> })}
        <Empty title="No wallet" icon=icondata_lu::LuWallet>{format!("{} is invoiced. With a wallet its leads are paid in advance.", supplier.name)}</Empty>
    }
}

#[component]
fn Here(supplier: Supplier, terms: AccountTerms, standing: Standing, reload: Callback<()>) -> impl IntoView {
    let (id, wallet, name) = (supplier.id, standing.wallet.clone(), supplier.name.clone());
    let open = wallet.status == WalletStatus::Open;
    let may = |permission| open && session::may(permission);
    let (charging, recording) = (RwSignal::new(false), RwSignal::new(false));
    let methods = format!("{}?tab=payment", Route::Console(ConsoleRoute::Supplier(id)).path());
    let bill = top_up(&wallet, terms.policy, methods.clone());
    let received = Received {
        programme: supplier.programme_id,
        from: name.clone(),
        currency: wallet.balance.currency,
        suggested: None,
        then: "The wallet is filled".to_owned(),
        record: Arc::new(move |asked: RecordPayment, key: String| {
            async move {
                let body = RecordTopUp {
                    amount: asked.amount.unwrap_or(Money::zero(Currency::USD)),
                    method: asked.method,
                    reference: asked.reference,
                    received_on: asked.received_on,
                };
                api::wallets::record_wallet_payment(id, &body, &key).await
            }
            .boxed_local()
        }),
    };
    let pays = may(Permission::PaymentsMake).then(|| {
        view! { <Button look=Look::Primary icon=icondata_lu::LuPlus on_click=Callback::new(move |()| charging.set(true))>"Top up"</Button> }
    });
    let records = may(Permission::PaymentsRecord).then(|| {
        view! { <Button on_click=Callback::new(move |()| recording.set(true))>"Record a payment"</Button> }
    });
    let closes =
        may(Permission::RefundsWrite).then(|| view! { <Close wallet=wallet.clone() name=name.clone() reload /> });
    let reopens = (!open && session::may(Permission::SuppliersStanding)).then(|| {
        view! { <OpenTerms label="Open it again" title=format!("Open a wallet for {name}?") id wallet=None currency=wallet.balance.currency reload /> }
    });
    let changed = wallet.clone();
    let writes = may(Permission::SuppliersStanding);
    let actions = move || {
        writes.then(|| view! { <OpenTerms label="Change the terms" title="The terms of the wallet" id wallet=Some(changed.clone()) currency=changed.balance.currency reload /> })
    };
    view! {
        <div class="tab-bar-actions">{closes}{reopens}{records}{pays}</div>
        <WalletSummary standing methods actions reload />
        <Dialog open=charging title=Signal::stored("Top up the wallet".to_owned())><PayWith bill=bill.clone() open=charging done=reload /></Dialog>
        <Dialog open=recording title=Signal::stored("Money that was sent".to_owned())><RecordForm received=received.clone() open=recording done=reload /></Dialog>
    }
}

#[component]
fn Close(wallet: Wallet, name: String, reload: Callback<()>) -> impl IntoView {
    let (id, version, left) = (wallet.supplier_id, wallet.version, money::text(wallet.balance));
    let run = move |reason: Option<String>, key: String| {
        let body = CloseWallet {
            reason: reason.unwrap_or_default(),
        };
        async move { api::wallets::close_wallet(id, version, &body, &key).await.map(drop) }.boxed_local()
    };
    let text = format!(
        "{left} is given back by refunds of the latest payments into it; above the programme's limit a second person agrees first. What no payment covers is credit of the account. Later leads are invoiced."
    );
    view! { <ReasonAction label="Close the wallet" title=format!("Close the wallet of {name}?") text look=Look::Danger said="The wallet is closed" done=reload run=Box::new(run) /> }
}

/// A button that opens the form of a wallet's terms.
#[component]
fn OpenTerms(
    label: &'static str,
    #[prop(into)] title: String,
    id: SupplierId,
    wallet: Option<Wallet>,
    currency: Currency,
    reload: Callback<()>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let look = if label == "Open a wallet" {
        Look::Primary
    } else {
        Look::Plain
    };
    view! {
        <Button look on_click=Callback::new(move |()| open.set(true))>{label}</Button>
        <Dialog open title=Signal::stored(title)><TermsForm id wallet=wallet.clone() currency open done=reload /></Dialog>
    }
}

const fn refill_name(refill: WalletRefill) -> &'static str {
    match refill {
        WalletRefill::MonthlyOn1st => "On the 1st of each month",
        WalletRefill::LowBalance => "When little is left",
        WalletRefill::Manual => "Only when somebody tops it up",
    }
}

/// The prepay form (R11): what is left empty is as the policy says, or as it was.
#[component]
fn TermsForm(
    id: SupplierId,
    wallet: Option<Wallet>,
    currency: Currency,
    open: RwSignal<bool>,
    done: Callback<()>,
) -> impl IntoView {
    let form = Form::new("wallet-terms");
    let shown = |amount: fn(&Wallet) -> Option<Money>| {
        let amount = wallet.as_ref().and_then(amount);
        amount.map(money::decimal).unwrap_or_default()
    };
    let refill = form.field(
        "/refill",
        wallet.as_ref().map(|wallet| wallet.refill.as_str()).unwrap_or_default(),
    );
    let fields: [(&'static str, Field); 4] = [
        (
            "Fill with",
            form.field("/refill_amount", shown(|wallet| wallet.refill_amount)),
        ),
        (
            "Fill below",
            form.field("/refill_below", shown(|wallet| wallet.refill_below)),
        ),
        (
            "Send a message below",
            form.field("/notice_below", shown(|wallet| wallet.notice_below)),
        ),
        (
            "Lowest balance",
            form.field("/limit", shown(|wallet| Some(wallet.limit))),
        ),
    ];
    let reason = form.field("/reason", "");
    let version = wallet.as_ref().map(|wallet| wallet.version);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut wrong = Vec::new();
        let [amount, below, notice, limit] = fields.map(|(_, field)| {
            let typed = field.optional()?;
            let read = money::parse(&typed, currency);
            if read.is_none() {
                wrong.push(field.refusal("invalid", "An amount such as 45.00."));
            }
            read
        });
        if reason.text().is_empty() && version.is_some() {
            wrong.push(reason.refusal("required", "Say why; it is kept in the audit trail."));
        }
        if form.refuse(wrong) {
            return;
        }
        let body = WalletTerms {
            refill: refill.text().parse().ok(),
            refill_amount: amount,
            refill_below: below,
            notice_below: notice,
            limit,
            reason: reason.optional(),
        };
        form.submit(
            move |key| async move {
                match version {
                    Some(version) => api::wallets::update_wallet(id, version, &body, &key).await,
                    None => api::wallets::open_wallet(id, &body, &key).await,
                }
            },
            move |_| {
                toast::done(if version.is_some() {
                    "Changed"
                } else {
                    "The wallet is open"
                });
                open.set(false);
                done.run(());
            },
        );
    };
    let options = WalletRefill::ALL
        .iter()
        .map(|refill| (refill.as_str().to_owned(), refill_name(*refill).to_owned()))
        .collect();
    let amounts = fields
        .map(|(label, field)| view! { <TextField field label /> })
        .collect_view();
    let lead = if version.is_some() {
        format!("Amounts are in {currency}. What is left empty stays as it is.")
    } else {
        format!(
            "From now on its leads are paid in advance. Amounts are in {currency}; what is left empty is as the policy of the account says."
        )
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <p class="dialog-lead">{lead}</p>
            <FormProblem form />
            <Select field=refill label="It is filled" options placeholder="As the policy says" />
            <div class="form-grid">{amounts}</div>
            <TextArea field=reason label="Reason" limit=500 optional=version.is_none() />
            <div class="form-actions">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>{words::sentence(if version.is_some() { "change the terms" } else { "open the wallet" })}</Button>
            </div>
        </form>
    }
}
