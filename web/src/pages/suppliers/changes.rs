//! What a supplier asked to have changed, and what staff write down for it (R77).

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use leptos::prelude::*;
use tradepost_contract::SupplierId;
use tradepost_contract::change_requests::ChangeOption;
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::SelfServiceField;

use crate::api;
use crate::kit::form::Form;
use crate::kit::list::ListView;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::pages::account::change_forms::AskForm;
use crate::pages::account::changes::field_title;
use crate::pages::change_requests::list::requests;
use crate::session;
use crate::ui::button::Button;
use crate::ui::dialog::Dialog;
use crate::ui::select::Select;

/// The tab.
#[component]
pub(super) fn ChangesTab(id: SupplierId) -> impl IntoView {
    let open = RwSignal::new(false);
    let round = RwSignal::new(0_u32);
    let done = Callback::new(move |asked: bool| {
        open.set(false);
        if asked {
            round.update(|round| *round += 1);
        }
    });
    view! {
        {session::may(Permission::ChangesRequest).then(|| view! {
            <div class="tab-bar-actions"><Button icon=icondata_lu::LuPlus on_click=Callback::new(move |()| open.set(true))>"Write down a request"</Button></div>
        })}
        {move || {
            round.track();
            let list = requests("supplier-changes", move |query| api::change_requests::list_change_requests(query.with("supplier_id", id.to_string())));
            view! { <ListView list /> }
        }}
        <Dialog open title=Signal::stored("Write down a request".to_owned()) class="drawer">
            {move || open.get().then(|| view! { <Chooser id done /> })}
        </Dialog>
    }
}

#[component]
fn Chooser(id: SupplierId, done: Callback<bool>) -> impl IntoView {
    let options = Loader::new(move || async move { Ok(api::change_requests::get_change_options(id).await?.data) });
    let form = Form::new("which-change");
    let which = form.field("/field", "");
    view! {
        <Loaded loader=options shape=Shape::Rows(2) let:options>
            {
                let open: Vec<ChangeOption> = options.into_iter().filter(|option| option.may_ask).collect();
                let words = open.iter().map(|option| (option.field.as_str().to_owned(), field_title(option.field))).collect::<Vec<_>>();
                view! {
                    <Select field=which label="What is to change" options=words />
                    {move || {
                        let field = which.value.get().parse::<SelfServiceField>().ok()?;
                        let option = open.iter().find(|option| option.field == field)?;
                        Some(view! { <AskForm supplier=id field order=None earliest=option.earliest_at done /> })
                    }}
                }
            }
        </Loaded>
    }
}
