//! What a supplier trades as: the list, and the form of one. Staff change all of it, an owner what the programme leaves
//! to them (R65, R106).

use leptos::prelude::*;
use tradepost_contract::SupplierId;
use tradepost_contract::businesses::{
    Business, BusinessAssociation, BusinessStatus, CreateBusiness, CreateBusinessAssociation, Licence, UpdateBusiness,
};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{SelfServiceField, SelfServiceMode};

use crate::api;
use crate::format::{phone, words};
use crate::kit::form::Form;
use crate::kit::list::{Card, Column, List, ListQuery, ListView};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;

/// The businesses, with what may be done about them.
#[component]
pub fn BusinessesTab(
    /// Whose.
    id: SupplierId,
) -> impl IntoView {
    let adding = RwSignal::new(false);
    let edited = RwSignal::new(None::<Business>);
    let editing = RwSignal::new(false);
    Effect::new(move |_| editing.set(edited.with(Option::is_some)));
    Effect::new(move |_| {
        if !editing.get() && edited.with_untracked(Option::is_some) {
            edited.set(None);
        }
    });
    let round = RwSignal::new(0_u32);
    let done = Callback::new(move |()| {
        adding.set(false);
        edited.set(None);
        round.update(|round| *round += 1);
    });
    let name = Signal::derive(move || {
        edited.with(|one| {
            one.as_ref()
                .map_or_else(String::new, |one| format!("Edit {}", one.name))
        })
    });
    view! {
        {session::may(Permission::SuppliersWrite).then(|| view! { <div class="tab-bar-actions"><Button icon=icondata_lu::LuPlus on_click=Callback::new(move |()| adding.set(true))>"New business"</Button></div> })}
        {move || { round.track(); view! { <ListView list=businesses(id, edited) /> } }}
        <Dialog open=adding title=Signal::stored("New business".to_owned()) class="drawer"><BusinessForm supplier=id business=None done /></Dialog>
        <Dialog open=editing title=name class="drawer">{move || edited.get().map(|one| view! { <BusinessForm supplier=id business=Some(one) done /> })}</Dialog>
    }
}

fn businesses(id: SupplierId, edited: RwSignal<Option<Business>>) -> List<Business> {
    List::new("supplier-businesses", move |query| {
        api::suppliers::list_businesses(id, query)
    })
    .empty("No businesses yet", "A supplier needs one before it can order.")
    .column(Column::text("name", "Business", |one: &Business| one.name.clone()).on_card(Card::Title))
    .column(
        Column::new(
            "status",
            "Status",
            |one: &Business| status_badge(one.status),
            |one| one.status.label(),
        )
        .on_card(Card::Aside),
    )
    .column(Column::text("trade", "Trade", |one: &Business| {
        one.trade.clone().unwrap_or_default()
    }))
    .column(Column::text("phone", "Phone", |one: &Business| {
        one.phone.as_deref().map(phone::readable).unwrap_or_default()
    }))
    .column(Column::text("website", "Website", |one: &Business| {
        one.website.clone().unwrap_or_default()
    }))
    .column(Column::text("tracking", "Tracking number", |one: &Business| {
        one.tracking_number.as_deref().map(phone::readable).unwrap_or_default()
    }))
    .column(Column::text("association", "Association", |one: &Business| {
        one.association
            .as_ref()
            .map(|association| association.name.clone())
            .unwrap_or_default()
    }))
    .column(Column::new(
        "edit",
        "Change",
        move |one: &Business| edit_cell(one, edited),
        |_| String::new(),
    ))
}

fn edit_cell(one: &Business, edited: RwSignal<Option<Business>>) -> AnyView {
    if !session::may(Permission::SuppliersWrite) {
        return ().into_any();
    }
    let one = one.clone();
    let label = format!("Edit {}", one.name);
    view! { <button type="button" class="button quiet small" aria-label=label on:click=move |_| edited.set(Some(one.clone()))>"Edit"</button> }
        .into_any()
}

/// The form, once it is known which associations there are.
#[component]
fn BusinessForm(supplier: SupplierId, business: Option<Business>, done: Callback<()>) -> impl IntoView {
    let associations = Loader::new(|| api::suppliers::list_business_associations(ListQuery::first(100)));
    view! { <Loaded loader=associations shape=Shape::Rows(6) let:page><Fields supplier business=business.clone() associations=page.data done /></Loaded> }
}

#[component]
fn Fields(
    supplier: SupplierId,
    business: Option<Business>,
    associations: Vec<BusinessAssociation>,
    done: Callback<()>,
) -> impl IntoView {
    let form = Form::new("business");
    let staff = session::is_staff();
    let leads_association = staff
        || session::terms().is_some_and(|terms| {
            terms.policy.self_service(SelfServiceField::BusinessAssociation) == SelfServiceMode::Edit
        });
    let of = |get: fn(&Business) -> Option<String>| business.as_ref().and_then(get).unwrap_or_default();
    let name = form.field("/name", of(|one| Some(one.name.clone())));
    let trade = form.field("/trade", of(|one| one.trade.clone()));
    let number = form.field("/phone", of(|one| one.phone.clone()));
    let website = form.field("/website", of(|one| one.website.clone()));
    let tracking = form.field("/tracking_number", of(|one| one.tracking_number.clone()));
    let forward = form.field("/forward_to", of(|one| Some(one.forward_to.join(", "))));
    let association = form.field(
        "/association_id",
        of(|one| one.association.as_ref().map(|association| association.id.to_string())),
    );
    let new_association = form.field("/association", "");
    let licence = form.field("/licence/number", of(|one| Some(one.licence.as_ref()?.number.clone())));
    let authority = form.field(
        "/licence/authority",
        of(|one| Some(one.licence.as_ref()?.authority.clone())),
    );
    let verified = RwSignal::new(
        business
            .as_ref()
            .and_then(|one| one.licence.as_ref())
            .is_some_and(|one| one.verified),
    );
    let status = form.field("/status", of(|one| Some(one.status.as_str().to_owned())));
    let reason = form.field("/reason", "");
    let edited = business.as_ref().map(|one| (one.id, one.version));
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let numbers: Vec<String> = forward
            .text()
            .split([',', ';'])
            .map(str::trim)
            .filter(|number| !number.is_empty())
            .map(str::to_owned)
            .collect();
        let licence = licence.optional().map(|number| Licence {
            number,
            authority: authority.text(),
            // Only staff say that they checked it; the server keeps what they said.
            verified: verified.get_untracked(),
        });
        let (chosen, named) = (association.text().parse().ok(), new_association.optional());
        form.submit(
            move |key| async move {
                let association_id = match named {
                    Some(name) => {
                        let body = CreateBusinessAssociation { name };
                        let made = api::suppliers::create_business_association(&body, &format!("{key}-a")).await;
                        Some(made.map_err(|failure| failure.at("/name", "/association"))?.id)
                    }
                    None => chosen,
                };
                match edited {
                    Some((id, version)) => {
                        let body = UpdateBusiness {
                            name: Some(name.text()),
                            association_id: leads_association.then_some(association_id),
                            trade: Some(trade.optional()),
                            phone: Some(number.optional()),
                            website: Some(website.optional()),
                            tracking_number: staff.then(|| tracking.optional()),
                            forward_to: Some(numbers),
                            licence: Some(licence),
                            status: status.text().parse().ok().filter(|_| staff),
                            reason: reason.optional(),
                        };
                        api::suppliers::update_business(id, version, &body, &key).await
                    }
                    None => {
                        let body = CreateBusiness {
                            name: name.text(),
                            association_id,
                            trade: trade.optional(),
                            phone: number.optional(),
                            website: website.optional(),
                            tracking_number: tracking.optional(),
                            forward_to: numbers,
                            licence,
                        };
                        api::suppliers::create_business(supplier, &body, &key).await
                    }
                }
            },
            move |business| {
                toast::done(format!("{} saved", business.name));
                done.run(());
            },
        );
    };
    let known = associations
        .into_iter()
        .map(|one| (one.id.to_string(), one.name))
        .collect::<Vec<_>>();
    let statuses = BusinessStatus::ALL
        .iter()
        .map(|word| (word.as_str().to_owned(), words::sentence(word.as_str())))
        .collect::<Vec<_>>();
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <TextField field=name label="Name" />
            <div class="form-grid">
                <TextField field=trade label="Trade" optional=true />
                <TextField field=number label="Phone" kind="tel" optional=true />
                <TextField field=website label="Website" optional=true />
                {staff.then(|| view! { <TextField field=tracking label="Tracking number" hint="Calls to it are leads of this business." kind="tel" optional=true /> })}
            </div>
            <TextField field=forward label="Calls are passed on to" hint="Numbers with commas between them, in this order." optional=true />
            {leads_association.then(|| view! { <Select field=association label="Association" options=known placeholder="None" hint="Branches of one association never get the same lead." /> })}
            {session::may(Permission::SuppliersStanding).then(|| view! { <TextField field=new_association label="Or a new association" optional=true /> })}
            <div class="form-grid">
                <TextField field=licence label="Licence number" optional=true />
                <TextField field=authority label="Issued by" optional=true />
            </div>
            {staff.then(|| view! { <label class="check spaced-below"><input type="checkbox" prop:checked=move || verified.get() on:change=move |_| verified.update(|on| *on = !*on) /><span>"We have checked the licence"</span></label> })}
            {(staff && edited.is_some()).then(|| view! {
                <div class="form-grid"><Select field=status label="Status" options=statuses /><TextField field=reason label="Reason" optional=true /></div>
            })}
            <div class="form-actions sticky">
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Save the business"</Button>
            </div>
        </form>
    }
}
