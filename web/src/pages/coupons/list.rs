//! All coupons.

use leptos::prelude::*;
use tradepost_contract::coupons::Coupon;
use tradepost_contract::permissions::Permission;

use super::form::NewCoupon;
use super::{discount, standing, uses};
use crate::api;
use crate::kit::list::{Card, Column, Filter, List, ListView};
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Status, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::page::PageHead;
use crate::ui::time::{Shown, Time};

/// All coupons, newest first.
#[component]
pub fn Coupons() -> impl IntoView {
    let open = RwSignal::new(false);
    let round = RwSignal::new(0_u32);
    let list = move || {
        round.track();
        let list = List::new("coupons", api::coupons::list_coupons)
            .empty("No coupons yet", "A code makes an order cheaper at the checkout.")
            .link(|coupon: &Coupon| Some(Route::Console(ConsoleRoute::Coupon(coupon.id))))
            .filter(Filter::Text {
                name: "code",
                placeholder: "Code",
            })
            .filter(Filter::programme())
            .column(Column::text("code", "Code", |coupon: &Coupon| coupon.code.clone()).on_card(Card::Title))
            .column(
                Column::new(
                    "status",
                    "Status",
                    |coupon: &Coupon| status_badge(standing(coupon)),
                    |coupon| standing(coupon).label(),
                )
                .on_card(Card::Aside),
            )
            .column(Column::text("discount", "Takes off", discount).numeric())
            .column(Column::text("uses", "Used", uses).numeric())
            .column(Column::text("customer", "Only for", |coupon: &Coupon| {
                coupon.supplier_name.clone().unwrap_or_default()
            }))
            .column(
                Column::text("programme", "Programme", |coupon: &Coupon| {
                    coupon.programme_name.clone()
                })
                .on_card(Card::Below),
            )
            .column(Column::new(
                "until",
                "Until",
                |coupon: &Coupon| coupon.valid_until.map(|at| view! { <Time at shown=Shown::Until /> }),
                |coupon| coupon.valid_until.map(|at| at.to_string()).unwrap_or_default(),
            ))
            .column(Column::text("by", "Made by", |coupon: &Coupon| {
                coupon.created_by.clone()
            }));
        view! { <ListView list /> }
    };
    let may = session::may(Permission::CouponsWrite);
    view! {
        <PageHead title="Coupons">
            {may.then(|| view! { <div class="verdicts"><Button look=Look::Primary icon=icondata_lu::LuPlus on_click=Callback::new(move |()| open.set(true))>"New coupon"</Button></div> })}
        </PageHead>
        {list}
        <Dialog open title=Signal::stored("New coupon".to_owned()) class="drawer"><NewCoupon open done=Callback::new(move |()| round.update(|round| *round += 1)) /></Dialog>
    }
}
