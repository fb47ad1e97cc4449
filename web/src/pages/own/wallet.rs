//! The supplier's own wallet: what is left for leads, topping it up, and what became of the money (R9–R11).

use leptos::prelude::*;
use tradepost_contract::permissions::Permission;
use tradepost_contract::wallets::{Wallet, WalletEntry, WalletStatus};

use super::paying::BackToPay;
use super::statement::{nobody, own_account};
use crate::api;
use crate::kit::load::{Loaded, Loader};
use crate::pages::account::pay_with::PayWith;
use crate::pages::account::wallet::{Standing, WalletSummary, is_on_its_way, movements, read, shortage, top_up};
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::page::PageHead;
use crate::ui::problem::Notice;

/// The wallet.
#[component]
pub fn WalletPage() -> impl IntoView {
    let Some(supplier) = own_account() else {
        return view! { <PageHead title="Wallet" />{nobody()} }.into_any();
    };
    let standing = Loader::new(move || read(supplier));
    let reload = Callback::new(move |()| standing.reload());
    view! { <Loaded loader=standing let:standing><Body standing reload /></Loaded> }.into_any()
}

fn path(route: PortalRoute) -> String {
    Route::Portal(route).path()
}

#[component]
fn Body(standing: Standing, reload: Callback<()>) -> impl IntoView {
    let (supplier, paying) = (standing.wallet.supplier_id, RwSignal::new(false));
    let may = session::may(Permission::PaymentsMake) && standing.wallet.status == WalletStatus::Open;
    let look = if is_on_its_way(&standing) {
        Look::Plain
    } else {
        Look::Primary
    };
    let terms = session::terms().map(|terms| terms.policy.clone());
    let bill = terms.map(|terms| top_up(&standing.wallet, terms, path(PortalRoute::Wallet)));
    view! {
        <PageHead title="Wallet" subtitle="Your leads are paid out of it as they come.">
            {may.then(|| view! { <div class="verdicts"><Button look icon=icondata_lu::LuPlus on_click=Callback::new(move |()| paying.set(true))>"Top up"</Button></div> })}
        </PageHead>
        <BackToPay open=paying may />
        <WalletSummary standing methods=path(PortalRoute::PaymentMethods) reload />
        {movements(supplier, cause)}
        <Dialog open=paying title=Signal::stored("Top up the wallet".to_owned())>{bill.clone().map(|bill| view! { <PayWith bill open=paying done=reload /> })}</Dialog>
    }
}

/// The account's wallet, where it has one and the person may see it.
pub(in crate::pages) async fn own_wallet() -> api::Result<Option<Wallet>> {
    let sees = session::is_prepaid() && session::may(Permission::InvoicesRead);
    match own_account().filter(|_| sees) {
        Some(supplier) => api::wallets::get_wallet(supplier).await.map(Some),
        None => Ok(None),
    }
}

/// Where what caused a movement stands.
fn cause(entry: &WalletEntry) -> Option<Route> {
    let lead = entry.delivery_id.map(PortalRoute::Lead);
    lead.or(entry.invoice_id.map(PortalRoute::Invoice)).map(Route::Portal)
}

/// That leads stop, or will soon, for want of money, where one would wonder why none come.
#[component]
pub(in crate::pages) fn WalletNews(
    /// The wallet, where the account has one.
    wallet: Option<Wallet>,
) -> impl IntoView {
    let (tone, title, text) = shortage(&wallet?)?;
    let action = if session::may(Permission::PaymentsMake) {
        "Top it up"
    } else {
        "See the wallet"
    };
    Some(view! {
        <Notice tone><strong>{title}</strong>" "{text}" "<a href=path(PortalRoute::Wallet)>{action}</a></Notice>
    })
}
