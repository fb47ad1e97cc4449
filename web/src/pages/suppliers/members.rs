//! The people of a supplier who sign in to the portal.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` for the props of a component"
)]

use std::collections::BTreeSet;

use leptos::prelude::*;
use tradepost_contract::auth::SecretText;
use tradepost_contract::people::SupplierRole;
use tradepost_contract::permissions::Permission;
use tradepost_contract::suppliers::{CreateMember, Member};
use tradepost_contract::users::UserStatus;
use tradepost_contract::{BusinessId, SupplierId};

use crate::api;
use crate::format::words;
use crate::kit::form::Form;
use crate::kit::list::{Card, Column, List, ListQuery, ListView};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::pages::users::page::resend_access;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::checks::Checks;
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::problem::FormProblem;
use crate::ui::select::Radios;
use crate::ui::time::{Shown, Time};

#[component]
pub(super) fn MembersTab(id: SupplierId) -> impl IntoView {
    let open = RwSignal::new(false);
    let round = RwSignal::new(0_u32);
    view! {
        {session::may(Permission::TeamWrite).then(|| view! { <div class="tab-bar-actions"><Button icon=icondata_lu::LuPlus on_click=Callback::new(move |()| open.set(true))>"New person"</Button></div> })}
        {move || { round.track(); view! { <ListView list=members(id) /> } }}
        <Dialog open title=Signal::stored("New person".to_owned()) class="drawer"><MemberForm id open round /></Dialog>
    }
}

fn members(id: SupplierId) -> List<Member> {
    List::new("supplier-people", move |query| api::suppliers::list_members(id, query))
        .empty(
            "Nobody signs in yet",
            "Add whoever works the leads or pays the invoices.",
        )
        .link(|one: &Member| {
            session::may(Permission::UsersRead).then_some(Route::Console(ConsoleRoute::User(one.user_id)))
        })
        .column(Column::text("name", "Name", |one: &Member| one.name.clone()).on_card(Card::Title))
        .column(Column::text("email", "E-mail", |one: &Member| one.email.clone()))
        .column(Column::text("role", "Role", |one: &Member| words::sentence(one.role.as_str())).on_card(Card::Aside))
        .column(Column::new(
            "status",
            "Status",
            |one: &Member| status_badge(one.status),
            |one| one.status.label(),
        ))
        .column(Column::new(
            "seen",
            "Last here",
            |one: &Member| {
                one.last_sign_in_at
                    .map(|at| view! { <Time at shown=Shown::Relative /> })
            },
            |one| one.last_sign_in_at.map(|at| at.to_string()).unwrap_or_default(),
        ))
        .column(Column::new(
            "access",
            "Access",
            |one: &Member| {
                let sends = one.status == UserStatus::Active && session::may(Permission::AccessResend);
                let resend = resend_access(one.user_id, one.name.clone(), one.email.clone());
                sends.then(|| view! { <Button on_click=resend>"Resend access"</Button> })
            },
            |_| String::new(),
        ))
}

/// The form, once it is known which businesses there are.
#[component]
fn MemberForm(id: SupplierId, open: RwSignal<bool>, round: RwSignal<u32>) -> impl IntoView {
    let businesses = Loader::new(move || api::suppliers::list_businesses(id, ListQuery::first(100)));
    view! {
        <Loaded loader=businesses shape=Shape::Rows(5) let:page>
            <Fields id open round businesses=page.data.into_iter().map(|one| (one.id, one.name)).collect() />
        </Loaded>
    }
}

#[component]
fn Fields(
    id: SupplierId,
    open: RwSignal<bool>,
    round: RwSignal<u32>,
    businesses: Vec<(BusinessId, String)>,
) -> impl IntoView {
    let form = Form::new("member");
    let name = form.field("/name", "");
    let email = form.field("/email", "");
    let phone = form.field("/phone", "");
    let role = form.field("/role", SupplierRole::Member.as_str());
    let given = RwSignal::new(BTreeSet::<BusinessId>::new());
    let password = form.field("/password", "");
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Ok(chosen) = role.text().parse::<SupplierRole>() else {
            form.refuse(vec![role.refusal("required", "Choose what they are.")]);
            return;
        };
        let body = CreateMember {
            email: email.text(),
            name: name.text(),
            phone: phone.optional(),
            role: chosen,
            // None of them means all, also those that come later.
            businesses: Some(given.get_untracked())
                .filter(|given| chosen == SupplierRole::Member && !given.is_empty())
                .map(|given| given.into_iter().collect()),
            password: Some(password.value.get_untracked())
                .filter(|text| !text.is_empty())
                .map(SecretText::new),
        };
        form.submit(
            move |key| async move { api::suppliers::create_member(id, &body, &key).await },
            move |member| {
                toast::done(format!("{} is added", member.name));
                open.set(false);
                round.update(|round| *round += 1);
            },
        );
    };
    let roles = SupplierRole::ALL
        .iter()
        .map(|word| {
            let about = match word {
                SupplierRole::Owner => "Everything: leads, returns, orders, invoices.",
                SupplierRole::Billing => "Invoices and credit notes.",
                SupplierRole::Member => "Works leads and asks for returns.",
            };
            (
                word.as_str().to_owned(),
                words::sentence(word.as_str()),
                about.to_owned(),
            )
        })
        .collect();
    let (several, businesses) = (businesses.len() > 1, StoredValue::new(businesses));
    let member = move || role.value.get() == SupplierRole::Member.as_str();
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <TextField field=name label="Name" />
            <TextField field=email label="E-mail" kind="email" />
            <TextField field=phone label="Phone" kind="tel" optional=true />
            <Radios field=role label="What they are" options=roles />
            <Show when=move || several && member()>
                <Checks label="Works for" options=businesses.get_value() chosen=given hint="Nothing ticked means all of them, also those that come later." />
            </Show>
            <TextField field=password label="First password" hint="Tell it to them in person; they change it. Without one they cannot sign in yet." kind="password" autocomplete="new-password" optional=true />
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Add the person"</Button>
            </div>
        </form>
    }
}
