//! What is said on the phone, as the customer reads it (R100).

use leptos::prelude::*;
use tradepost_contract::policy::WordingKey;

use crate::api;
use crate::kit::load::{Loaded, Loader};
use crate::pages::calls::script::Script;
use crate::pages::own::statement::{nobody, own_account};
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::empty::Empty;
use crate::ui::page::{PageHead, Panel};

/// The script that is in force.
#[component]
pub fn CallScriptPage() -> impl IntoView {
    let body = match own_account() {
        Some(supplier) => {
            let script = Loader::new(move || api::calls::get_call_script(supplier));
            view! {
                <Loaded loader=script let:found>
                    {match found.script {
                        Some(script) => view! { <Panel title=script.title.clone()><Script script /></Panel> }.into_any(),
                        None => view! { <Empty title="No script" icon=icondata_lu::LuBookOpen>"This programme calls without one."</Empty> }.into_any(),
                    }}
                </Loaded>
            }
            .into_any()
        }
        None => nobody(),
    };
    view! {
        <PageHead title="Call script" back=(Route::Portal(PortalRoute::CallReport).path(), session::word(WordingKey::LeadList))
            subtitle="What our callers say and ask on your behalf." />
        {body}
    }
}
