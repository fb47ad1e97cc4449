//! Handlers of `/suppliers/{id}/wallet`.

use super::{ops, paying_in, store, view};
use crate::app::App;
use crate::auth::{Caller, Scope};
use crate::calendar::Zone;
use crate::command::{Command, Reply};
use crate::db::Conn;
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window};
use crate::payments::http as payments;
use crate::policy;
use crate::suppliers::store as suppliers;
use actix_web::web::Data;
use actix_web::{get, patch, post};
use serde::Deserialize;
use tradepost_contract::payments::Payment;
use tradepost_contract::permissions::Permission;
use tradepost_contract::wallets::{
    CloseWallet, RecordTopUp, SetAutoRecharge, TopUp, Wallet, WalletEntry, WalletEntryKind, WalletTerms,
};
use tradepost_contract::{Page, SupplierId, Timestamp};
use utoipa::IntoParams;

fn shown(conn: &mut Conn, scope: &Scope, supplier: SupplierId, now: Timestamp) -> ApiResult<Wallet> {
    let account = suppliers::account(conn, scope, supplier)?;
    let zone = Zone::parse(&account.programme.time_zone).map_err(ApiError::internal)?;
    let (_, resolved) = policy::of_supplier(conn, account.programme_id, account.id, None, zone.date_of(now))?;
    view::show(conn, scope, supplier, &resolved.policy)
}

/// Show a supplier's wallet
///
/// What is in it, and when it is filled again. 404 where the supplier does not pay in advance.
#[utoipa::path(tag = "wallets", params(("id" = SupplierId, Path)), responses((status = 200, body = Wallet), Problems))]
#[get("/suppliers/{id}/wallet")]
pub(super) async fn get_wallet(caller: Caller, id: Id<SupplierId>, app: Data<App>) -> ApiResult<Reply> {
    let (scope, now) = (caller.scope(), app.clock.business_now());
    let wallet = app.db.read(move |conn| shown(conn, &scope, id.0, now)).await?;
    Ok(Reply::ok(&wallet)?.etag(wallet.version))
}

/// Open a wallet for a supplier
///
/// The prepay form of the account (R11): what it leaves out is as the policy says. From now on its leads are
/// paid in advance; with monthly filling the first charge begins as soon as there is a method (R9).
#[utoipa::path(tag = "wallets", params(("id" = SupplierId, Path)), request_body = WalletTerms, responses((status = 201, body = Wallet), Problems))]
#[post("/suppliers/{id}/wallet")]
pub(super) async fn open_wallet(
    caller: Caller,
    id: Id<SupplierId>,
    command: Command<WalletTerms>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, body| {
            let wallet = ops::open(tx, caller, id.0, body)?;
            Ok(Reply::created(format!("/api/v1/suppliers/{}/wallet", id.0), &wallet)?.etag(wallet.version))
        })
        .await
}

/// Change the terms of a wallet
///
/// Limit, notice, and when it is filled again. The limit cannot be above what is in the wallet.
#[utoipa::path(tag = "wallets", params(("id" = SupplierId, Path)), request_body = WalletTerms, responses((status = 200, body = Wallet), Problems))]
#[patch("/suppliers/{id}/wallet")]
pub(super) async fn update_wallet(
    caller: Caller,
    id: Id<SupplierId>,
    command: Command<WalletTerms>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let if_match = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let wallet = ops::update(tx, caller, id.0, if_match, body)?;
            Ok(Reply::ok(&wallet)?.etag(wallet.version))
        })
        .await
}

/// Have a wallet filled by itself
///
/// One charge of `amount` each time the balance falls below `below`; or, with `enabled` false, only when
/// somebody tops it up.
#[utoipa::path(tag = "wallets", params(("id" = SupplierId, Path)), request_body = SetAutoRecharge, responses((status = 200, body = Wallet), Problems))]
#[patch("/suppliers/{id}/wallet/auto-recharge")]
pub(super) async fn set_auto_recharge(
    caller: Caller,
    id: Id<SupplierId>,
    command: Command<SetAutoRecharge>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let if_match = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let wallet = ops::auto_recharge(tx, caller, id.0, if_match, body)?;
            Ok(Reply::ok(&wallet)?.etag(wallet.version))
        })
        .await
}

/// Close a wallet
///
/// What is in it is given back by refunds of the latest payments into it; above the policy's limit a second
/// person agrees first. What no payment covers is credit of the account. Later leads are invoiced.
#[utoipa::path(tag = "wallets", params(("id" = SupplierId, Path)), request_body = CloseWallet, responses((status = 200, body = Wallet), Problems))]
#[post("/suppliers/{id}/wallet/close")]
pub(super) async fn close_wallet(
    caller: Caller,
    id: Id<SupplierId>,
    command: Command<CloseWallet>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let if_match = command.if_match;
    command
        .run(&app, caller, move |tx, caller, body| {
            let wallet = ops::close(tx, caller, id.0, if_match, body)?;
            Ok(Reply::ok(&wallet)?.etag(wallet.version))
        })
        .await
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EntryFilter {
    /// What moved the balance; several with commas between them.
    #[param(value_type = Option<String>, example = "top_up,refund")]
    kind: Option<Many<WalletEntryKind>>,
    /// How many a page holds: 1 to 100, 50 by default.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the movements of a wallet
///
/// Newest first, each with the balance after it.
#[utoipa::path(tag = "wallets", params(("id" = SupplierId, Path), EntryFilter), responses((status = 200, body = Page<WalletEntry>), Problems))]
#[get("/suppliers/{id}/wallet/entries")]
pub(super) async fn list_wallet_entries(
    caller: Caller,
    id: Id<SupplierId>,
    query: Query<EntryFilter>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let EntryFilter { kind, limit, cursor } = query.0;
    let window = Window::new(limit, cursor.as_deref())?;
    let named = caller.may(Permission::DeliveriesRead);
    let page = app
        .db
        .read(move |conn| {
            let wallet = store::get(conn, &caller.scope(), id.0)?;
            store::list_entries(conn, &wallet, kind.map(|kinds| kinds.0), &window, named)
        })
        .await?;
    Reply::ok(&page)
}

/// Top a wallet up
///
/// Charges exactly the amount to a stored method. The answer says how the payment stands after the gateway was
/// asked: a card's money is in the wallet or refused, a bank debit is on its way (R10).
#[utoipa::path(tag = "wallets", params(("id" = SupplierId, Path)), request_body = TopUp, responses((status = 201, body = Payment), Problems))]
#[post("/suppliers/{id}/wallet/top-ups")]
pub(super) async fn top_up_wallet(
    caller: Caller,
    id: Id<SupplierId>,
    command: Command<TopUp>,
    app: Data<App>,
) -> ApiResult<Reply> {
    app.required_gateway()?;
    let scope = caller.scope();
    let made = command
        .run(&app, caller, move |tx, caller, body| {
            let payment = paying_in::top_up(tx, caller, id.0, body)?;
            Reply::created(format!("/api/v1/payments/{}", payment.id), &payment)
        })
        .await?;
    payments::settled(&app, scope, &made).await
}

/// Record money that was sent for a wallet
///
/// A bank transfer or a cheque, written down by finance with its reference: it is in the wallet at once. What was
/// recorded by mistake is made void (`POST /payments/{id}/void`).
#[utoipa::path(tag = "wallets", params(("id" = SupplierId, Path)), request_body = RecordTopUp, responses((status = 201, body = Payment), Problems))]
#[post("/suppliers/{id}/wallet/payments")]
pub(super) async fn record_wallet_payment(
    caller: Caller,
    id: Id<SupplierId>,
    command: Command<RecordTopUp>,
    app: Data<App>,
) -> ApiResult<Reply> {
    command
        .run(&app, caller, move |tx, caller, body| {
            let payment = paying_in::record(tx, caller, id.0, body)?;
            Reply::created(format!("/api/v1/payments/{}", payment.id), &payment)
        })
        .await
}
