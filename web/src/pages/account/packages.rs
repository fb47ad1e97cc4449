//! The packages of a supplier's businesses: how many leads are used and still to come, what is to be paid before one
//! begins, and those it had (R105, R117–R120). For its own people and for staff.

use std::collections::HashSet;

use futures_util::FutureExt;
use leptos::prelude::*;
use tradepost_contract::SupplierId;
use tradepost_contract::packages::{CancelPackage, Package, PackageAction, PackageKind, PackageStatus};
use tradepost_contract::permissions::Permission;

use crate::api;
use crate::browser;
use crate::format::{money, share};
use crate::kit::confirm::confirm;
use crate::kit::list::{Card, Column, List, ListQuery, ListView};
use crate::kit::load::{Loaded, Loader};
use crate::kit::toast;
use crate::session;
use crate::ui::badge::{Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::empty::Empty;
use crate::ui::money::Money;
use crate::ui::page::{Fact, Facts, Panel};
use crate::ui::paying::failure_text;
use crate::ui::problem::Notice;
use crate::ui::progress::Progress;
use crate::ui::reason::ReasonAction;
use crate::ui::time::{Shown, Time};

/// The packages that matter now, and the list of all.
#[component]
pub fn PackagesView(
    /// Whose.
    supplier: SupplierId,
    /// Where ways to pay are stored.
    #[prop(into)]
    methods: String,
    /// What can be done besides; it gets what reads everything anew.
    #[prop(optional, into)]
    actions: Option<Callback<Callback<()>, AnyView>>,
) -> impl IntoView {
    let known: Loader<Vec<Package>> = Loader::new(move || async move {
        let query = ListQuery::first(100)
            .with("supplier_id", supplier.to_string())
            .with("status", "pending_payment,running,complete");
        Ok(of_now(api::packages::list_packages(query).await?.data))
    });
    let reload = Callback::new(move |()| known.reload());
    let methods = StoredValue::new(methods);
    view! {
        {actions.map(|actions| actions.run(reload))}
        <Loaded loader=known let:packages>
            {
                let none = packages.is_empty();
                let shown = packages
                    .into_iter()
                    .map(|package| view! { <One package methods=methods.get_value() reload /> })
                    .collect_view();
                view! {
                    {none.then(|| view! { <Empty title="No package">"Leads come with a package. The first one is offered when the account is set up."</Empty> })}
                    <div class="columns">{shown}</div>
                    {(!none).then(|| view! { <h2 class="section-head">"All packages"</h2><ListView list=all(supplier) /> })}
                }
            }
        </Loaded>
    }
}

/// Those that wait or run, and of a business with neither its last complete one. The list is the newest first.
fn of_now(packages: Vec<Package>) -> Vec<Package> {
    let is_live = |package: &Package| package.status != PackageStatus::Complete;
    let mut shown: HashSet<_> = packages
        .iter()
        .filter(|one| is_live(one))
        .map(|one| one.business_id)
        .collect();
    packages
        .into_iter()
        .filter(|package| is_live(package) || shown.insert(package.business_id))
        .collect()
}

const fn kind_name(kind: PackageKind) -> &'static str {
    match kind {
        PackageKind::Introductory => "Introductory package",
        PackageKind::Running => "Package",
    }
}

#[component]
fn One(package: Package, methods: String, reload: Callback<()>) -> impl IntoView {
    let count = |leads: i64| u64::try_from(leads).unwrap_or(0);
    let (done, total) = (count(package.delivered), count(package.leads));
    let setup =
        (package.setup_fee.minor > 0).then(|| view! { <Fact name="Set-up"><Money amount=package.setup_fee /></Fact> });
    let (paying, cancelling) = (package.clone(), package.clone());
    view! {
        <Panel title=package.business_name.clone()>
            <Payment package=paying methods reload />
            <Progress label="Leads used" done=Signal::stored(done) total=Signal::stored(total) />
            <Facts>
                <Fact name=kind_name(package.kind)>{status_badge(package.status)}</Fact>
                <Fact name="Still to come">{share::count(package.remaining)}</Fact>
                <Fact name="Each lead"><Money amount=package.price /></Fact>
                {setup}
                <Fact name="Paid in advance"><Money amount=package.advance /></Fact>
                <Fact name="Invoiced with each lead"><Money amount=package.invoiced_each /></Fact>
                <Fact name="In all"><Money amount=package.total /></Fact>
            </Facts>
            <Cancel package=cancelling reload />
        </Panel>
    }
}

/// What is to be paid before it begins, and how that stands.
#[component]
fn Payment(package: Package, methods: String, reload: Callback<()>) -> impl IntoView {
    if package.status != PackageStatus::PendingPayment {
        return None;
    }
    if package.payment.as_ref().is_some_and(|payment| payment.status.is_live()) {
        return Some(
            view! { <Notice tone=Tone::Info>"The payment is on its way. The package begins when it is here."</Notice> }
                .into_any(),
        );
    }
    let why = package
        .payment
        .as_ref()
        .and_then(|payment| payment.failure)
        .map(|failure| format!(" The payment failed: {}. ", failure_text(failure)));
    let other_way = why.is_some().then(|| view! { <a href=methods>"Ways to pay"</a> });
    let (id, price) = (package.id, money::text(package.advance));
    let pay = Callback::new(move |()| {
        let title = format!("Pay {price} for this package?");
        let text =
            "It is charged to the default way to pay now, and the package begins. Tax is added where it applies.";
        confirm(title, text, "Pay", false, move || {
            wasm_bindgen_futures::spawn_local(async move {
                match api::packages::pay_package(id, &browser::random_key()).await {
                    Ok(package) => toast::done(match package.status {
                        PackageStatus::Running => "Paid: the package has begun",
                        _ if package.payment.is_some_and(|payment| payment.status.is_live()) => {
                            "The payment is on its way"
                        }
                        _ => "The payment was refused",
                    }),
                    Err(failure) => toast::failed(failure.told()),
                }
                reload.run(());
            });
        });
    });
    let pays = session::may(Permission::PaymentsMake);
    let view = view! {
        <Notice tone=Tone::Warn>"It begins when it is paid. Until then no leads come of it." {why}{other_way}</Notice>
        {pays.then(|| view! { <p class="spaced-below"><Button look=Look::Primary on_click=pay>"Pay now"</Button></p> })}
    };
    Some(view.into_any())
}

/// The end (R120): the server says how many leads are to come where it is too early.
#[component]
fn Cancel(package: Package, reload: Callback<()>) -> impl IntoView {
    let waits = package.payment.as_ref().is_some_and(|payment| payment.status.is_live());
    let may = session::may(Permission::OrdersWrite) && !waits && package.status.after(PackageAction::Cancel).is_ok();
    let id = package.id;
    may.then(|| {
        let text = match package.status {
            PackageStatus::PendingPayment => "It is not paid and has not begun. Another one can be offered later.".to_owned(),
            PackageStatus::Running => format!("Of its {} leads {} are still to come.", package.leads, package.remaining),
            PackageStatus::Complete | PackageStatus::Cancelled => {
                "All of its leads are delivered. It ends at once, and another package begins only when you want one.".to_owned()
            }
        };
        let title = format!("Cancel the package of {}?", package.business_name);
        view! {
            <div class="panel-actions">
                <ReasonAction label="Cancel package" title text look=Look::Danger optional=true said="Cancelled" done=reload
                    run=Box::new(move |reason, key| async move {
                        api::packages::cancel_package(id, &CancelPackage { reason }, &key).await.map(drop)
                    }.boxed_local()) />
            </div>
        }
    })
}

fn all(supplier: SupplierId) -> List<Package> {
    List::new("packages", move |query| {
        api::packages::list_packages(query.with("supplier_id", supplier.to_string()))
    })
    .empty("No packages yet", "They appear here when they are offered.")
    .column(Column::text("business", "Business", |one: &Package| one.business_name.clone()).on_card(Card::Title))
    .column(Column::text("kind", "Kind", |one: &Package| kind_name(one.kind).to_owned()).on_card(Card::Below))
    .column(
        Column::new(
            "status",
            "Status",
            |one: &Package| status_badge(one.status),
            |one| one.status.to_string(),
        )
        .on_card(Card::Aside),
    )
    .column(
        Column::text("used", "Leads used", |one: &Package| {
            format!("{} of {}", one.delivered, one.leads)
        })
        .numeric(),
    )
    .column(
        Column::new(
            "total",
            "In all",
            |one: &Package| view! { <Money amount=one.total /> },
            |one| money::decimal(one.total),
        )
        .numeric(),
    )
    .column(Column::new(
        "offered",
        "Offered",
        |one: &Package| view! { <Time at=one.created_at shown=Shown::Day /> },
        |one| one.created_at.to_string(),
    ))
}
