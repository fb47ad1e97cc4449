//! The people of the account: who is invited, what they may do, and for which businesses (R65, R106).

use std::collections::BTreeSet;

use futures_util::future;
use leptos::prelude::*;
use tradepost_contract::BusinessId;
use tradepost_contract::people::SupplierRole;
use tradepost_contract::permissions::Permission;
use tradepost_contract::suppliers::{CreateMember, Member, UpdateMember};

use crate::api;
use crate::browser;
use crate::format::words;
use crate::kit::confirm::confirm;
use crate::kit::form::Form;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::{Button, Look};
use crate::ui::checks::Checks;
use crate::ui::dialog::Dialog;
use crate::ui::empty::Empty;
use crate::ui::field::TextField;
use crate::ui::page::{PageHead, Panel};
use crate::ui::problem::FormProblem;
use crate::ui::select::Radios;
use crate::ui::time::{Shown, Time};

type Businesses = StoredValue<Vec<(BusinessId, String)>>;

/// The team.
#[component]
pub fn TeamPage() -> impl IntoView {
    let Some(account) = session::me().and_then(|me| me.supplier.clone()) else {
        return view! { <PageHead title="Team" /><Empty title="No account">"Sign in as one of a supplier's people."</Empty> }.into_any();
    };
    let id = account.id;
    let team = Loader::new(move || async move {
        let all = || ListQuery::first(100);
        let (people, businesses) = future::try_join(
            api::suppliers::list_members(id, all()),
            api::suppliers::list_businesses(id, all()),
        )
        .await?;
        Ok((people.data, businesses.data))
    });
    let writes = session::may(Permission::TeamWrite);
    let inviting = RwSignal::new(false);
    let changed = Callback::new(move |()| team.reload());
    view! {
        <PageHead title="Team" back=(Route::Portal(PortalRoute::Business).path(), "Business") subtitle="Who signs in for this account, and what they may do.">
            {writes.then(|| view! { <Button look=Look::Primary icon=icondata_lu::LuUserPlus on_click=Callback::new(move |()| inviting.set(true))>"Invite"</Button> })}
        </PageHead>
        <Loaded loader=team shape=Shape::Rows(4) let:found>
            <People found writes inviting changed />
        </Loaded>
    }
    .into_any()
}

#[component]
fn People(
    found: (Vec<Member>, Vec<tradepost_contract::businesses::Business>),
    writes: bool,
    inviting: RwSignal<bool>,
    changed: Callback<()>,
) -> impl IntoView {
    let (people, businesses) = found;
    let businesses: Businesses =
        StoredValue::new(businesses.into_iter().map(|one| (one.id, one.name)).collect::<Vec<_>>());
    let rows = people
        .into_iter()
        .map(|member| view! { <li class="person-row"><Person member businesses writes changed /></li> })
        .collect_view();
    view! {
        <Panel title="People"><ul class="people">{rows}</ul></Panel>
        <Dialog open=inviting title=Signal::stored("Invite somebody".to_owned()) class="drawer">
            <PlaceForm member=None businesses open=inviting changed />
        </Dialog>
    }
}

#[component]
fn Person(member: Member, businesses: Businesses, writes: bool, changed: Callback<()>) -> impl IntoView {
    let editing = RwSignal::new(false);
    let (id, name, email) = (member.user_id, member.name.clone(), member.email.clone());
    let me = session::me().is_some_and(|me| me.id == id);
    let waits = !member.has_password;
    let works_for = match &member.businesses {
        None => "All businesses".to_owned(),
        Some(ids) => businesses.with_value(|all| {
            let own = all.iter().filter(|(id, _)| ids.contains(id));
            own.map(|(_, name)| name.clone()).collect::<Vec<_>>().join(", ")
        }),
    };
    let remove = {
        let name = name.clone();
        Callback::new(move |()| {
            let title = format!("Remove {name} from the team?");
            let text = "They are signed out at once and cannot sign in any more. You can invite them again.";
            confirm(title, text, "Remove", true, move || {
                wasm_bindgen_futures::spawn_local(async move {
                    match api::suppliers::remove_member(id, &browser::random_key()).await {
                        Ok(()) => {
                            toast::done("Removed");
                            changed.run(());
                        }
                        Err(failure) => toast::failed(failure.told()),
                    }
                });
            });
        })
    };
    let resend = Callback::new(move |()| {
        let email = email.clone();
        wasm_bindgen_futures::spawn_local(async move {
            match api::suppliers::resend_invitation(id, &browser::random_key()).await {
                Ok(_) => toast::done(format!("Another invitation is on its way to {email}")),
                Err(failure) => toast::failed(failure.told()),
            }
        });
    });
    let edited = StoredValue::new(member.clone());
    // What screen readers hear, so that ten buttons of a list are told apart.
    let [of_resend, of_change, of_remove] = [": the invitation of", "", ""].map(|of| format!("{of} {name}"));
    let title = format!("Change {name}");
    view! {
        <div class="person-what">
            <strong>{name}{me.then_some(" (you)")}</strong>
            <small>{member.email}</small>
            <small>{works_for}{member.last_sign_in_at.map(|at| view! { " · last here "<Time at shown=Shown::Relative /> })}</small>
        </div>
        <Badge text=words::sentence(member.role.as_str()) tone=if member.role == SupplierRole::Owner { Tone::Good } else { Tone::Neutral } />
        {waits.then(|| view! { <Badge text="Invited" tone=Tone::Warn /> })}
        {writes.then(|| view! {
            <div class="person-actions">
                {waits.then(|| view! { <Button look=Look::Quiet on_click=resend>"Send again"<span class="sr-only">{of_resend}</span></Button> })}
                <Button look=Look::Quiet on_click=Callback::new(move |()| editing.set(true))>"Change"<span class="sr-only">{of_change}</span></Button>
                {(!me).then(|| view! { <Button look=Look::Quiet on_click=remove>"Remove"<span class="sr-only">{of_remove}</span></Button> })}
            </div>
            <Dialog open=editing title=Signal::stored(title) class="drawer">
                <PlaceForm member=Some(edited.get_value()) businesses open=editing changed />
            </Dialog>
        })}
    }
}

/// Somebody's place in the account: a new one, or what becomes of one.
#[component]
fn PlaceForm(
    member: Option<Member>,
    businesses: Businesses,
    open: RwSignal<bool>,
    changed: Callback<()>,
) -> impl IntoView {
    let form = Form::new("place");
    let name = form.field("/name", "");
    let email = form.field("/email", "");
    let first = member.as_ref().map_or(SupplierRole::Member, |member| member.role);
    let role = form.field("/role", first.as_str());
    let held: BTreeSet<BusinessId> = member
        .as_ref()
        .and_then(|member| member.businesses.clone())
        .unwrap_or_default()
        .into_iter()
        .collect();
    let given = RwSignal::new(held);
    let supplier = session::me().and_then(|me| me.supplier.as_ref().map(|account| account.id));
    let known = member.as_ref().map(|member| (member.user_id, member.version));
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (Ok(chosen), Some(supplier)) = (role.text().parse::<SupplierRole>(), supplier) else {
            form.refuse(vec![role.refusal("required", "Choose what they are.")]);
            return;
        };
        let mut missing = Vec::new();
        if known.is_none() && name.text().is_empty() {
            missing.push(name.refusal("required", "Their name."));
        }
        if known.is_none() && email.text().is_empty() {
            missing.push(email.refusal("required", "Where the invitation goes."));
        }
        if form.refuse(missing) {
            return;
        }
        // None of them means all, also those that come later.
        let businesses = Some(given.get_untracked())
            .filter(|given| chosen == SupplierRole::Member && !given.is_empty())
            .map(|given| given.into_iter().collect::<Vec<_>>());
        let (name, email) = (name.text(), email.text());
        form.submit(
            move |key| async move {
                match known {
                    Some((user, version)) => {
                        let body = UpdateMember {
                            role: Some(chosen),
                            businesses: Some(businesses),
                        };
                        api::suppliers::update_member(user, version, &body, &key).await
                    }
                    None => {
                        let body = CreateMember {
                            email,
                            name,
                            phone: None,
                            role: chosen,
                            businesses,
                            password: None,
                        };
                        api::suppliers::create_member(supplier, &body, &key).await
                    }
                }
            },
            move |member| {
                toast::done(match known {
                    Some(_) => format!("{} is changed", member.name),
                    None => format!("{} is invited", member.name),
                });
                open.set(false);
                changed.run(());
            },
        );
    };
    let roles = SupplierRole::ALL
        .iter()
        .map(|word| {
            let about = match word {
                SupplierRole::Owner => "Everything, and this team.",
                SupplierRole::Billing => "Invoices and payments, and sees leads.",
                SupplierRole::Member => "Works leads and asks for returns.",
            };
            (
                word.as_str().to_owned(),
                words::sentence(word.as_str()),
                about.to_owned(),
            )
        })
        .collect();
    let several = businesses.with_value(|all| all.len() > 1);
    let is_member = move || role.value.get() == SupplierRole::Member.as_str();
    let new = member.is_none();
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            {new.then(|| view! {
                <TextField field=name label="Name" autocomplete="name" />
                <TextField field=email label="E-mail" kind="email" hint="They choose a password by the link that we send there." />
            })}
            <Radios field=role label="What they are" options=roles />
            <Show when=move || several && is_member()>
                <Checks label="Works for" options=businesses.get_value() chosen=given hint="Nothing ticked means all of them, also those that come later." />
            </Show>
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>{if new { "Invite" } else { "Save" }}</Button>
            </div>
        </form>
    }
}
