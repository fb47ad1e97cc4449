//! What the supplier has asked for and may ask for (R5).

use leptos::prelude::*;
use tradepost_contract::change_requests::ChangeOption;
use tradepost_contract::policy::SelfServiceField;
use tradepost_contract::{OrderId, SupplierId};

use super::statement::{nobody, own_account};
use crate::api;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::pages::account::change_forms::AskForm;
use crate::pages::account::changes::{ChangeList, field_title};
use crate::router;
use crate::routes::{PortalRoute, Route};
use crate::ui::empty::Empty;
use crate::ui::page::{PageHead, Panel};

/// The page.
#[component]
pub fn ChangesPage() -> impl IntoView {
    let body = match own_account() {
        Some(supplier) => view! { <Requests supplier /> }.into_any(),
        None => nobody(),
    };
    view! {
        <PageHead title="Your requests" back=(Route::Portal(PortalRoute::Business).path(), "Business") subtitle="What you asked us to change, and what became of it." />
        {body}
    }
}

/// The address where one asks for a change of a field.
fn asking(field: SelfServiceField) -> String {
    format!("{}?ask={}", Route::Portal(PortalRoute::Changes).path(), field.as_str())
}

#[component]
fn Requests(supplier: SupplierId) -> impl IntoView {
    let options =
        Loader::new(move || async move { Ok(api::change_requests::get_change_options(supplier).await?.data) });
    let round = RwSignal::new(0_u32);
    let asked = Memo::new(|_| {
        router::address().with(|address| {
            let field = address.query.get("ask")?.parse::<SelfServiceField>().ok()?;
            Some((
                field,
                address
                    .query
                    .get("order")
                    .and_then(|order| order.parse::<OrderId>().ok()),
            ))
        })
    });
    let done = Callback::new(move |asked: bool| {
        if asked {
            round.update(|round| *round += 1);
        }
        router::replace(&Route::Portal(PortalRoute::Changes).path());
    });
    view! {
        <Loaded loader=options shape=Shape::Rows(2) let:options>
            {
                let open: Vec<ChangeOption> = options.into_iter().filter(|option| option.may_ask).collect();
                move || match asked.get() {
                    Some((field, order)) => match open.iter().find(|option| option.field == field).map(|option| option.earliest_at) {
                        Some(earliest) => view! {
                            <Panel title=field_title(field)><AskForm supplier field order earliest done /></Panel>
                        }.into_any(),
                        None => view! { <Empty title="Nothing to ask for">"This is not changed by a request, or not at the moment."</Empty> }.into_any(),
                    },
                    None => view! { <Choices open=open.clone() /> }.into_any(),
                }
            }
        </Loaded>
        {move || {
            round.track();
            view! { <ChangeList supplier done=Callback::new(|()| ()) /> }
        }}
    }
}

#[component]
fn Choices(open: Vec<ChangeOption>) -> impl IntoView {
    let links = open
        .iter()
        .map(|option| view! { <a class="button" href=asking(option.field)>{field_title(option.field)}</a> })
        .collect_view();
    (!open.is_empty()).then(|| {
        view! { <Panel title="Ask for a change"><nav class="change-choices" aria-label="Ask for a change">{links}</nav></Panel> }
    })
}
