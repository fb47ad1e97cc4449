//! How suppliers and programmes stand today: the account manager's book, and the health of each programme.

use leptos::prelude::*;
use tradepost_contract::UserId;
use tradepost_contract::standings::{Attention, ProgrammeHealth, SupplierStanding};

use crate::api;
use crate::format::{money, share, words};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::router;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Badge, Tone};
use crate::ui::icon::Icon;
use crate::ui::page::{PageHead, Panel};
use crate::ui::stat::Stat;

/// The suppliers of whoever looks, or of everybody.
#[component]
pub fn MySuppliers() -> impl IntoView {
    let all = Memo::new(move |_| router::address().with(|address| address.query.get("whose") == Some("all")));
    move || view! { <BookOf all=all.get() /> }
}

#[component]
fn BookOf(all: bool) -> impl IntoView {
    let me = untrack(session::me).map(|me| me.id);
    let whose: Option<UserId> = if all { None } else { me };
    let book = Loader::new(move || api::reports::report_supplier_book(whose));
    let own = Route::Console(ConsoleRoute::MySuppliers).path();
    let (other, label) = if all {
        (own, "Only mine")
    } else {
        (format!("{own}?whose=all"), "Everybody's")
    };
    let title = if all { "All suppliers today" } else { "My suppliers" };
    view! {
        <PageHead title subtitle="How they stand today. Who deserves a look comes first.">
            <div class="verdicts"><a class="button quiet" href=other>{label}</a></div>
        </PageHead>
        <Loaded loader=book shape=Shape::Tile let:book>
            {if book.suppliers.is_empty() {
                view! { <Panel title="Suppliers"><p class="panel-none">"You look after nobody yet. An account's manager is set on its page."</p></Panel> }.into_any()
            } else {
                view! { <Book suppliers=book.suppliers /> }.into_any()
            }}
        </Loaded>
    }
}

#[component]
fn Book(suppliers: Vec<SupplierStanding>) -> impl IntoView {
    let with = |attention: Attention| {
        suppliers
            .iter()
            .filter(|one| one.attention.contains(&attention))
            .count()
    };
    let look = suppliers.iter().filter(|one| !one.attention.is_empty()).count();
    let (overdue, idle) = (with(Attention::Overdue), with(Attention::NoLeads));
    let total = suppliers.len();
    let rows = suppliers.into_iter().map(row).collect_view();
    view! {
        <div class="stats">
            <Stat label="Suppliers" value=total.to_string() note="that are not over" />
            <Stat label="Deserve a look" value=look.to_string() note="for one reason or more" />
            <Stat label="Overdue" value=overdue.to_string() note="owe money that is late" />
            <Stat label="Without leads" value=idle.to_string() note="want some, got none in a week" />
        </div>
        <Panel title="Suppliers"><ul class="rows wrapping">{rows}</ul></Panel>
    }
}

fn row(one: SupplierStanding) -> impl IntoView {
    let mut facts = vec![trend(one.leads_this_week, one.leads_week_before)];
    if one.return_rate.is_some() {
        facts.push(format!("{} sent back in 30 days", share::percent(one.return_rate)));
    }
    if one.owed.minor > 0 {
        facts.push(format!("owes {}", money::text(one.owed)));
    }
    if one.returns_waiting > 0 {
        facts.push(format!("{} to decide", share::count(one.returns_waiting)));
    }
    let badges = one
        .attention
        .iter()
        .map(|why| view! { <Badge text=words::sentence(why.as_str()) tone=tone(*why) /> })
        .collect_view();
    view! {
        <li>
            <a class="row-item" href=Route::Console(ConsoleRoute::Supplier(one.supplier_id)).path()>
                <span class="row-text"><strong>{one.supplier_name}</strong><small>{facts.join(" · ")}</small></span>
                <span class="row-side badges">{badges}</span>
                <Icon icon=icondata_lu::LuChevronRight />
            </a>
        </li>
    }
}

const fn tone(attention: Attention) -> Tone {
    match attention {
        Attention::RateCase | Attention::Suspended | Attention::Overdue => Tone::Bad,
        Attention::InNotice | Attention::NoLeads | Attention::Falling | Attention::RateWarned => Tone::Warn,
        Attention::QuestionOpen | Attention::Onboarding => Tone::Info,
        Attention::Paused => Tone::Neutral,
    }
}

/// A week's leads beside those of the week before.
fn trend(this: i64, before: i64) -> String {
    match (this, before) {
        (0, 0) => "no leads in two weeks".to_owned(),
        (1, before) => format!("1 lead this week, {before} before"),
        (this, before) => format!("{this} leads this week, {before} before"),
    }
}

/// The health of each programme, among the queues.
#[component]
pub fn Health() -> impl IntoView {
    let health = Loader::new(api::reports::report_programme_health);
    view! {
        <Loaded loader=health shape=Shape::Tile let:report>
            <Panel title="Programmes today">
                <ul class="rows">{report.programmes.into_iter().map(programme).collect_view()}</ul>
            </Panel>
        </Loaded>
    }
}

fn programme(one: ProgrammeHealth) -> impl IntoView {
    let mut facts = vec![trend(one.leads_this_week, one.leads_week_before)];
    if one.placed_share.is_some() {
        facts.push(format!("{} found a taker", share::percent(one.placed_share)));
    }
    if one.return_rate.is_some() {
        facts.push(format!("{} sent back in 30 days", share::percent(one.return_rate)));
    }
    facts.push(format!("{} active suppliers", share::count(one.active_suppliers)));
    let troubles = [
        (one.returns_late, "late returns", Tone::Bad),
        (one.quarantined, "in quarantine", Tone::Warn),
        (one.troubled_suppliers, "suspended or leaving", Tone::Warn),
        (one.replacements_owed, "leads owed", Tone::Info),
    ];
    let badges = troubles
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, what, tone)| view! { <Badge text=format!("{} {what}", share::count(count)) tone /> })
        .collect_view();
    let overdue = (one.overdue.minor > 0)
        .then(|| view! { <Badge text=format!("{} overdue", money::text(one.overdue)) tone=Tone::Bad /> });
    view! {
        <li>
            <a class="row-item" href=Route::Console(ConsoleRoute::Programme(one.programme_id)).path()>
                <span class="row-text"><strong>{one.programme_name}</strong><small>{facts.join(" · ")}</small></span>
                <span class="row-side badges">{overdue}{badges}</span>
                <Icon icon=icondata_lu::LuChevronRight />
            </a>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_told_beside_the_one_before() {
        assert_eq!(trend(0, 0), "no leads in two weeks");
        assert_eq!(trend(1, 4), "1 lead this week, 4 before");
        assert_eq!(trend(0, 4), "0 leads this week, 4 before");
    }
}
