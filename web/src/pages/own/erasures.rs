//! Persons that the supplier was sold and is to erase, too.

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::erasure_notices::ErasureNotice;

use crate::api;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::routes::{PortalRoute, Route};
use crate::ui::badge::status_badge;
use crate::ui::button::Look;
use crate::ui::empty::Empty;
use crate::ui::page::{PageHead, Panel};
use crate::ui::reason::PlainAction;
use crate::ui::time::{Due, Shown, Time};

/// What waits, and what was done.
#[component]
pub fn ErasuresPage() -> impl IntoView {
    let notices = Loader::new(|| api::erasure_notices::list_erasure_notices(ListQuery::first(100)));
    let reload = Callback::new(move |()| notices.reload());
    view! {
        <PageHead title="People to erase" back=(Route::Portal(PortalRoute::Leads).path(), "Leads")
            subtitle="These people asked to be erased. We keep their particulars no more; erase what you keep of them, and say so here." />
        <Loaded loader=notices shape=Shape::Rows(3) let:page>
            {if page.data.is_empty() {
                view! { <Empty title="Nobody to erase">"Where somebody asks to be erased that you got as a lead, you find it here and in a mail."</Empty> }.into_any()
            } else {
                let (done, waiting): (Vec<_>, Vec<_>) = page.data.into_iter().partition(|notice| notice.acknowledged_at.is_some());
                view! {
                    {(!waiting.is_empty()).then(|| view! { <Panel title="To erase"><Rows notices=waiting reload /></Panel> })}
                    {(!done.is_empty()).then(|| view! { <Panel title="Done"><Rows notices=done reload /></Panel> })}
                }.into_any()
            }}
        </Loaded>
    }
}

#[component]
fn Rows(notices: Vec<ErasureNotice>, reload: Callback<()>) -> impl IntoView {
    let rows = notices
        .into_iter()
        .map(|notice| {
            let (id, programme) = (notice.id, notice.programme_id);
            let lead = Route::Portal(PortalRoute::Lead(notice.delivery_id)).path();
            let act = notice.may_acknowledge.then(|| {
                view! {
                    <PlainAction label="It is erased" look=Look::Primary said="Thank you" done=reload
                        run=Box::new(move |_, key| async move { api::erasure_notices::acknowledge_erasure(id, &key).await.map(drop) }.boxed_local()) />
                }
            });
            let due = notice.acknowledged_at.is_none().then(|| view! { <Due at=notice.due_at before="Within" /> });
            view! {
                <li class="row-flat">
                    <span class="row-text">
                        <a href=lead>{notice.lead_id.to_string()}</a>
                        <small>"Delivered "<Time at=notice.delivered_at shown=Shown::Day programme /></small>
                        {notice.acknowledged_at.map(|at| view! { <small>"Erased "<Time at shown=Shown::Day programme />{notice.acknowledged_by.map(|name| format!(", said {name}"))}</small> })}
                    </span>
                    <span class="row-side">{status_badge(notice.status)}{due}{act}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="rows-flat">{rows}</ul> }
}
