//! A file of leads: uploaded, looked at, and handed in (R99). What the columns mean is the server's suggestion; who
//! wants to say it themselves asks the seller.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use js_sys::Uint8Array;
use leptos::prelude::*;
use tradepost_contract::lead_imports::{LeadImport, LeadImportStatus, RunLeadImport};
use tradepost_contract::lead_products::LeadProduct;
use wasm_bindgen_futures::JsFuture;

use super::hand_in::choices;
use crate::api;
use crate::browser;
use crate::format::{share, time};
use crate::kit::form::Form;
use crate::kit::load::Loader;
use crate::kit::poll::poll;
use crate::kit::toast;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::field::{FieldFrame, described_by};
use crate::ui::page::{Fact, Facts};
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::progress::Progress;
use crate::ui::select::Select;

#[component]
pub(super) fn Import(products: Vec<LeadProduct>) -> impl IntoView {
    let chosen = RwSignal::new(None::<LeadImport>);
    view! {
        {move || match chosen.get() {
            None => view! { <Choose products=products.clone() chosen /> }.into_any(),
            Some(import) => view! { <Chosen import chosen /> }.into_any(),
        }}
    }
}

#[component]
fn Choose(products: Vec<LeadProduct>, chosen: RwSignal<Option<LeadImport>>) -> impl IntoView {
    let form = Form::new("file");
    let file = form.field("/file", "");
    let first = products.first().map(|one| one.id.to_string()).unwrap_or_default();
    let product = form.field("/product_id", first);
    let input = NodeRef::<leptos::html::Input>::new();
    let options = choices(&products);
    let several = products.len() > 1;
    let products = StoredValue::new(products);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let found = input
            .get_untracked()
            .and_then(|input| input.files())
            .and_then(|files| files.get(0));
        let word = product.text();
        let into = products.with_value(|all| {
            all.iter()
                .find(|one| one.id.to_string() == word)
                .map(|one| (one.programme_id, one.id))
        });
        let (Some(found), Some((programme, product))) = (found, into) else {
            form.refuse(vec![file.refusal("required", "Choose the file.")]);
            return;
        };
        form.submit(
            move |key| async move {
                let buffer = JsFuture::from(found.array_buffer())
                    .await
                    .map_err(|_| api::Failure::Offline)?;
                let bytes = Uint8Array::new(&buffer);
                api::imports::create_lead_import(programme, product, &found.name(), None, &bytes, &key).await
            },
            move |import| chosen.set(Some(import)),
        );
    };
    view! {
        <form on:submit=send novalidate>
            <FormProblem form />
            {several.then(|| view! { <Select field=product label="Kind of lead" options /> })}
            <FieldFrame field=file label="File" hint="CSV with a line of headings, such as name, phone, e-mail, ZIP; up to 32 MB. Nothing is handed in yet.">
                <input class="input" type="file" accept=".csv,.txt,.tsv,text/csv" id=file.id() node_ref=input aria-describedby=described_by(file, true) />
            </FieldFrame>
            <div class="form-actions">
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Read the file"</Button>
            </div>
        </form>
    }
}

/// Whether the server is at it.
const fn under_way(import: &LeadImport) -> bool {
    matches!(import.status, LeadImportStatus::Checking | LeadImportStatus::Running)
}

#[component]
fn Chosen(import: LeadImport, chosen: RwSignal<Option<LeadImport>>) -> impl IntoView {
    let id = import.id;
    let first = import.clone();
    let loader = Loader::new(move || api::imports::get_lead_import(id));
    loader.put(first);
    poll(loader, under_way);
    let busy = RwSignal::new(false);
    let start = Callback::new(move |()| {
        let Some(now) = untrack(|| loader.get()) else { return };
        busy.set(true);
        wasm_bindgen_futures::spawn_local(async move {
            let body = RunLeadImport { mapping: None };
            match api::imports::start_lead_import(id, now.version, &body, &browser::random_key()).await {
                Ok(running) => loader.put(running),
                Err(failure) => toast::failed(failure.told()),
            }
            busy.try_set(false);
        });
    });
    let columns = import
        .columns
        .iter()
        .map(|column| {
            let meaning = column
                .suggested_field
                .clone()
                .map(|field| field.replace(['.', '_'], " "));
            let meaning = meaning.unwrap_or_else(|| "Kept beside the lead".to_owned());
            view! { <Fact name=column.header.clone()>{meaning}</Fact> }
        })
        .collect_view();
    let another = Callback::new(move |()| chosen.set(None));
    view! {
        <p><strong>{import.file_name.clone()}</strong>", "{time::plural(import.total_rows, "row")}</p>
        {move || loader.get().map(|now| match now.status {
            LeadImportStatus::Uploaded | LeadImportStatus::Checked => view! {
                <div class="form-actions">
                    <Button on_click=another>"Another file"</Button>
                    <Button look=Look::Primary on_click=start busy>{format!("Hand in {}", time::plural(now.total_rows, "lead"))}</Button>
                </div>
            }.into_any(),
            LeadImportStatus::Checking | LeadImportStatus::Running => {
                let (done, total) = (u64::try_from(now.done_rows).unwrap_or(0), u64::try_from(now.total_rows).unwrap_or(0));
                view! { <Progress label="Handing in" done=Signal::stored(done) total=Signal::stored(total) /> }.into_any()
            }
            LeadImportStatus::Done => {
                let counts = now.counts;
                let not = counts.duplicate + counts.rejected + counts.invalid + counts.unchanged;
                view! {
                    <Notice tone=Tone::Good>{format!("{} handed in.", time::plural(counts.accepted, "lead"))}</Notice>
                    <Facts>
                        <Fact name="Checked first">{share::count(counts.quarantined)}</Fact>
                        <Fact name="Not taken">{share::count(not)}</Fact>
                    </Facts>
                    <div class="form-actions"><Button on_click=another>"Another file"</Button></div>
                }.into_any()
            }
            LeadImportStatus::Cancelled => view! {
                <Notice tone=Tone::Neutral>"It was cancelled."</Notice>
                <div class="form-actions"><Button on_click=another>"Another file"</Button></div>
            }.into_any(),
            LeadImportStatus::Failed => view! {
                <Notice tone=Tone::Bad>"The file was not handed in whole. Start it again: what is in already is not taken twice."</Notice>
                <div class="form-actions"><Button look=Look::Primary on_click=start busy>"Go on"</Button></div>
            }.into_any(),
        })}
        <Facts>{columns}</Facts>
    }
}
