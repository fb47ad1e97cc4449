//! The notice that an account accepts once a version, where leads are read (R82).

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::SupplierId;
use tradepost_contract::notice_acceptances::{AcceptNotice, SupplierNotice};

use crate::api;
use crate::kit::load::Loader;
use crate::session;
use crate::ui::button::Look;
use crate::ui::icon::Icon;
use crate::ui::reason::PlainAction;

/// What waits for being accepted; nothing where nothing does.
#[component]
pub(super) fn NoticesToAccept(
    /// Afterwards, where something was held back.
    #[prop(optional)]
    done: Option<Callback<()>>,
) -> impl IntoView {
    let Some(supplier) = session::me().and_then(|me| me.supplier.as_ref().map(|supplier| supplier.id)) else {
        return ().into_any();
    };
    let notices = Loader::new(move || api::notice_acceptances::get_supplier_notices(supplier));
    let accepted = Callback::new(move |()| {
        notices.reload();
        if let Some(done) = done {
            done.run(());
        }
    });
    // While it loads, or where that fails, leads are read all the same.
    let waiting = move || {
        let found = notices.get().map(|found| found.notices).unwrap_or_default();
        found
            .into_iter()
            .filter(|notice| notice.waits)
            .map(|notice| view! { <ToAccept supplier notice accepted /> })
            .collect_view()
    };
    view! { {waiting} }.into_any()
}

#[component]
fn ToAccept(supplier: SupplierId, notice: SupplierNotice, accepted: Callback<()>) -> impl IntoView {
    let body = AcceptNotice {
        key: notice.key,
        version: notice.version.clone(),
    };
    let accept = notice.may_accept.then(|| {
        view! {
            <PlainAction label="Accept" look=Look::Primary said="Accepted" done=accepted
                run=Box::new(move |_, key| {
                    let body = body.clone();
                    async move { api::notice_acceptances::accept_notice(supplier, &body, &key).await.map(drop) }.boxed_local()
                }) />
        }
    });
    let why = if notice.before_contact {
        "Please read this first: who your leads are is shown once it is accepted"
    } else {
        "Please read and accept this"
    };
    let by_owner = (!notice.may_accept).then(|| view! { <p class="muted">"An owner of your account accepts it."</p> });
    view! {
        <section class="notice warn" aria-label="A notice to accept">
            <Icon icon=icondata_lu::LuScrollText />
            <div class="notice-text">
                <strong>{why}</strong>
                <p>{notice.text}</p>
                <p class="muted">{format!("Version {}", notice.version)}</p>
                {by_owner}
            </div>
            {accept}
        </section>
    }
}
