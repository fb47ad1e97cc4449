//! The people, staff and suppliers'.

use leptos::prelude::*;
use tradepost_contract::people::StaffRole;
use tradepost_contract::permissions::Permission;
use tradepost_contract::users::{Audience, User, UserStatus};

use super::form::NewUser;
use crate::api;
use crate::format::words;
use crate::kit::list::{Card, Column, Filter, List, ListView, NAME_SORTS, Order};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::page::PageHead;
use crate::ui::time::{Shown, Time};

/// Who signs in.
#[component]
pub fn Users() -> impl IntoView {
    let open = RwSignal::new(false);
    let round = RwSignal::new(0_u32);
    let list = move || {
        round.track();
        let list = List::new("users", api::users::list_users)
            .empty("Nobody yet", "Add the first.")
            .link(|user: &User| Some(Route::Console(ConsoleRoute::User(user.id))))
            .default_parameter("audience", "staff")
            .filter(Filter::choice(
                "audience",
                "Audience",
                Audience::ALL.iter().map(|word| word.as_str()),
            ))
            .filter(Filter::choice(
                "role",
                "Role",
                StaffRole::ALL.iter().map(|word| word.as_str()),
            ))
            .filter(Filter::choice(
                "status",
                "Status",
                UserStatus::ALL.iter().map(|word| word.as_str()),
            ))
            .sorts(NAME_SORTS)
            .column(
                Column::text("name", "Name", |user: &User| user.name.clone())
                    .on_card(Card::Title)
                    .sorted("name", Order::Ascending)
                    .turned("-name"),
            )
            .column(Column::text("email", "E-mail", |user: &User| user.email.clone()))
            .column(Column::text("roles", "Roles", roles))
            .column(Column::text("supplier", "Supplier", |user: &User| {
                user.supplier_name.clone().unwrap_or_default()
            }))
            .column(
                Column::new(
                    "status",
                    "Status",
                    |user: &User| status_badge(user.status),
                    |user| user.status.label(),
                )
                .on_card(Card::Aside),
            )
            .column(Column::text("factor", "Second factor", |user: &User| {
                if user.has_second_factor { "On" } else { "Off" }.to_owned()
            }))
            .column(Column::new(
                "seen",
                "Last here",
                |user: &User| {
                    user.last_sign_in_at
                        .map(|at| view! { <Time at shown=Shown::Relative /> })
                },
                |user| user.last_sign_in_at.map(|at| at.to_string()).unwrap_or_default(),
            ));
        view! { <ListView list /> }
    };
    view! {
        <PageHead title="People">
            {session::may(Permission::UsersWrite).then(|| view! { <div class="verdicts"><Button look=Look::Primary icon=icondata_lu::LuPlus on_click=Callback::new(move |()| open.set(true))>"New person"</Button></div> })}
        </PageHead>
        {list}
        <Dialog open title=Signal::stored("New member of staff".to_owned()) class="drawer"><NewUser open done=Callback::new(move |()| round.update(|round| *round += 1)) /></Dialog>
    }
}

/// Their roles in a line.
pub fn roles(user: &User) -> String {
    let staff = user.roles.iter().map(|role| words::sentence(role.as_str()));
    let supplier = user.supplier_role.map(|role| words::sentence(role.as_str()));
    staff.chain(supplier).collect::<Vec<_>>().join(", ")
}
