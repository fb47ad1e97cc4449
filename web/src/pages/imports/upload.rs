//! Uploading a file: byte for byte, so that the server may find out its encoding.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use js_sys::Uint8Array;
use leptos::prelude::*;
use tradepost_contract::lead_products::LeadProduct;
use wasm_bindgen_futures::JsFuture;

use crate::api;
use crate::kit::form::Form;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::router;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::field::{FieldFrame, TextField, described_by};
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;

#[component]
pub(super) fn Upload(open: RwSignal<bool>) -> impl IntoView {
    let products = Loader::new(|| api::products::list_lead_products(ListQuery::first(100).with("status", "active")));
    view! { <Loaded loader=products shape=Shape::Rows(4) let:page><UploadForm products=page.data open /></Loaded> }
}

#[component]
fn UploadForm(products: Vec<LeadProduct>, open: RwSignal<bool>) -> impl IntoView {
    let form = Form::new("upload");
    let file = form.field("/file", "");
    let product = form.field("/product_id", "");
    let source = form.field("/source", "");
    let input = NodeRef::<leptos::html::Input>::new();
    let choices = products
        .iter()
        .map(|one| {
            let programme = session::programme(one.programme_id)
                .map(|programme| programme.name)
                .unwrap_or_default();
            (one.id.to_string(), format!("{programme}: {}", one.name))
        })
        .collect();
    let products = StoredValue::new(products);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let chosen = input
            .get_untracked()
            .and_then(|input| input.files())
            .and_then(|files| files.get(0));
        let word = product.text();
        let into = products.with_value(|all| {
            all.iter()
                .find(|one| one.id.to_string() == word)
                .map(|one| (one.programme_id, one.id))
        });
        let mut wrong = Vec::new();
        if chosen.is_none() {
            wrong.push(file.refusal("required", "Choose the file."));
        }
        if into.is_none() {
            wrong.push(product.refusal("required", "Choose what the leads are sold as."));
        }
        if form.refuse(wrong) {
            return;
        }
        let (Some(chosen), Some((programme, product))) = (chosen, into) else {
            return;
        };
        let source = source.optional();
        form.submit(
            move |key| async move {
                let buffer = JsFuture::from(chosen.array_buffer())
                    .await
                    .map_err(|_| api::Failure::Offline)?;
                let bytes = Uint8Array::new(&buffer);
                api::imports::create_lead_import(programme, product, &chosen.name(), source, &bytes, &key).await
            },
            |import| router::navigate(&Route::Console(ConsoleRoute::Import(import.id)).path()),
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <p class="dialog-lead">"Nothing is imported yet. You see its columns next, say what they mean, and try it without consequences."</p>
            <FormProblem form />
            <FieldFrame field=file label="File" hint="CSV with commas, semicolons or tabs; UTF-8, UTF-16 or Windows-1252; up to 32 MB.">
                <input class="input" type="file" accept=".csv,.txt,.tsv,text/csv" id=file.id() node_ref=input aria-describedby=described_by(file, true) />
            </FieldFrame>
            <Select field=product label="The leads are sold as" options=choices />
            <TextField field=source label="Source" hint="For rows that have none of their own." optional=true />
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Upload"</Button>
            </div>
        </form>
    }
}
