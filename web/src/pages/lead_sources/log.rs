//! What a source was sent, and what became of it.

use leptos::prelude::*;
use tradepost_contract::lead_sources::{LeadSource, LeadSourcePost, LeadSourcePostDetail};
use tradepost_contract::permissions::Permission;
use tradepost_contract::{LeadSourceId, LeadSourcePostId, Page};

use super::trial::Sent;
use crate::api;
use crate::browser;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::status_badge;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::page::Panel;
use crate::ui::time::{Shown, Time};

/// The latest posts; only those with one outcome where one asks for them.
#[component]
pub fn Log(
    /// Of which source.
    id: LeadSourceId,
    /// The source: with it the log is read anew.
    loader: Loader<LeadSource>,
) -> impl IntoView {
    let only = RwSignal::new("");
    let log: Loader<Page<LeadSourcePost>> = Loader::new(move || {
        let _ = loader.get();
        let query = ListQuery::first(50);
        let query = match only.get() {
            "" => query,
            word => query.with("outcome", word),
        };
        api::lead_sources::list_posts(id, query)
    });
    let opened = RwSignal::new(None::<LeadSourcePostId>);
    let open = RwSignal::new(false);
    let show = Callback::new(move |id| {
        opened.set(Some(id));
        open.set(true);
    });
    let reload = Callback::new(move |()| loader.reload());
    let choices = [
        ("", "All"),
        ("accepted", "Accepted"),
        ("refused", "Refused"),
        ("ignored", "Ignored"),
    ];
    let tabs = choices
        .into_iter()
        .map(|(word, text)| {
            view! { <button type="button" class="chip" aria-pressed=move || (only.get() == word).to_string() on:click=move |_| only.set(word)>{text}</button> }
        })
        .collect_view();
    view! {
        <Panel title="What it was sent">
            <div class="log-choice" role="group" aria-label="Which">{tabs}<button type="button" class="button quiet small" on:click=move |_| log.reload()>"Look again"</button></div>
            <Loaded loader=log shape=Shape::Rows(5) let:page><Rows posts=page.data show /></Loaded>
        </Panel>
        <Dialog open title=Signal::stored("What was sent".to_owned()) class="drawer">
            {move || opened.get().map(|post| view! { <Detail post open reload /> })}
        </Dialog>
    }
}

#[component]
fn Rows(posts: Vec<LeadSourcePost>, show: Callback<LeadSourcePostId>) -> impl IntoView {
    if posts.is_empty() {
        return view! { <p class="panel-none">"Nothing here yet."</p> }.into_any();
    }
    let rows = posts
        .into_iter()
        .map(|post| {
            let id = post.id;
            let what = post.external_id.clone().unwrap_or_else(|| "without an id".to_owned());
            let lead = post.lead_id.map(|lead| {
                let path = Route::Console(ConsoleRoute::Lead(lead)).path();
                view! { <a class="button quiet small" href=path>"Lead"</a> }
            });
            view! {
                <li class="row-flat wrapping">
                    <span class="row-text wrapped">
                        <strong>{what}</strong>
                        {post.detail.clone().map(|detail| view! { <small>{detail}</small> })}
                        <small><Time at=post.received_at shown=Shown::Relative /></small>
                    </span>
                    {status_badge(post.outcome)}
                    {lead}
                    <button type="button" class="button quiet small" on:click=move |_| show.run(id)>"Details"</button>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="rows-flat">{rows}</ul> }.into_any()
}

#[component]
fn Detail(post: LeadSourcePostId, open: RwSignal<bool>, reload: Callback<()>) -> impl IntoView {
    let loader = Loader::new(move || api::lead_sources::get_post(post));
    let again = Callback::new(move |()| {
        wasm_bindgen_futures::spawn_local(async move {
            match api::lead_sources::rerun(post, &browser::random_key()).await {
                Ok(read) if read.lead_id.is_some() => {
                    toast::done("It is a lead now");
                    open.set(false);
                }
                Ok(_) => {
                    toast::failed("It is refused again");
                    loader.reload();
                }
                Err(failure) => toast::failed(failure.told()),
            }
            reload.run(());
        });
    });
    view! {
        <div class="drawer-content"><Loaded loader let:detail><PostDetail detail again /></Loaded></div>
    }
}

#[component]
fn PostDetail(detail: LeadSourcePostDetail, again: Callback<()>) -> impl IntoView {
    let LeadSourcePostDetail { post, fields } = detail;
    let errors = post
        .errors
        .iter()
        .map(|error| view! { <li><code>{error.pointer.clone()}</code>" "{error.message.clone()}</li> })
        .collect_view();
    let (has_fields, none_wrong) = (!fields.is_empty(), post.errors.is_empty());
    let may = post.may_rerun && session::may(Permission::LeadSourcesWrite);
    view! {
        <p>{status_badge(post.outcome)}" "<Time at=post.received_at /></p>
        {post.detail.clone().filter(|_| none_wrong).map(|detail| view! { <p>{detail}</p> })}
        <ul class="tried-errors">{errors}</ul>
        {has_fields.then(|| view! { <h3>"What was sent"</h3><Sent fields /> })}
        {(!has_fields).then(|| view! { <p class="panel-none">"What was sent is kept only while it is refused."</p> })}
        {may.then(|| view! { <div class="form-actions sticky"><Button look=Look::Primary on_click=again>"Read it again"</Button></div> })}
    }
}
