//! The account and its businesses: what it says of itself, where it buys, who gets mail, and for every
//! part who may change it (R5).

use futures_util::future;
use leptos::prelude::*;
use tradepost_contract::auth::HelpContact;
use tradepost_contract::businesses::Business;
use tradepost_contract::contacts::ContactPoint;
use tradepost_contract::coverage::{Coverage, CoverageKind};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{SelfServiceField, SelfServiceMode};
use tradepost_contract::suppliers::Supplier;

use crate::api;
use crate::format::{phone, words};
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader};
use crate::pages::account::businesses::BusinessesTab;
use crate::pages::account::contacts::Contacts;
use crate::pages::account::coverage::CoverageTab;
use crate::pages::account::details::SupplierForm;
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::badge::{Badge, Tone, status_badge};
use crate::ui::button::Button;
use crate::ui::dialog::Dialog;
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::tabs::{Tab, Tabs};
use crate::ui::time::{Shown, Time};

type Profile = (Supplier, Vec<Business>, Vec<ContactPoint>, Vec<Coverage>);

/// The account.
#[component]
pub fn BusinessPage() -> impl IntoView {
    let Some(account) = session::me().and_then(|me| me.supplier.clone()) else {
        return view! { <PageHead title="Business" /><Empty title="No account">"Sign in as one of a supplier's people."</Empty> }.into_any();
    };
    let id = account.id;
    let profile = Loader::new(move || async move {
        let all = || ListQuery::first(100);
        let (supplier, businesses, contacts, coverage) = future::try_join4(
            api::suppliers::get_supplier(id),
            api::suppliers::list_businesses(id, all()),
            api::suppliers::list_contacts(id, all()),
            api::suppliers::list_coverage(id, all()),
        )
        .await?;
        Ok((supplier, businesses.data, contacts.data, coverage.data))
    });
    let chosen = RwSignal::new("all");
    let back = Callback::new(move |()| profile.reload());
    // What the owner changes is a tab of its own, and whoever comes back from it sees what holds now.
    Effect::new(move |before: Option<&'static str>| {
        let now = chosen.get();
        if now == "all" && before.is_some_and(|before| before != "all") {
            profile.reload();
        }
        now
    });
    let part = move || match chosen.get() {
        "areas" => view! { <CoverageTab id /> }.into_any(),
        "mail" => view! { <Contacts id /> }.into_any(),
        "businesses" => view! { <BusinessesTab id /> }.into_any(),
        _ => view! { <Loaded loader=profile let:profile><ProfileView profile chosen back /></Loaded> }.into_any(),
    };
    let tabs = own_tabs();
    view! {
        <PageHead title=account.name subtitle="Your account, and who changes what of it.">
            <a class="button quiet" href=Route::Portal(PortalRoute::Team).path()>"Team"</a>
            {session::may(Permission::DeliveryTargetsRead).then(|| view! { <a class="button quiet" href=Route::Portal(PortalRoute::Integrations).path()>"Integrations"</a> })}
            <a class="button quiet" href=Route::Portal(PortalRoute::Changes).path()>"Your requests"</a>
        </PageHead>
        {(tabs.len() > 1).then(|| view! { <Tabs label="The account" tabs chosen /> })}
        {part}
    }
    .into_any()
}

/// What an owner changes without asking anybody has a tab.
fn own_tabs() -> Vec<Tab> {
    let mut tabs = vec![("all", "Overview".to_owned())];
    for (field, tab, name) in [
        (SelfServiceField::Coverage, "areas", "Where you buy"),
        (SelfServiceField::Businesses, "businesses", "Businesses"),
        (SelfServiceField::LeadContacts, "mail", "Who gets mail"),
    ] {
        if changes(field) {
            tabs.push((tab, name.to_owned()));
        }
    }
    tabs
}

/// Whether whoever is here changes this without asking.
fn changes(field: SelfServiceField) -> bool {
    let mode = session::terms().map_or(SelfServiceMode::None, |terms| terms.policy.self_service(field));
    mode == SelfServiceMode::Edit && session::may(Permission::SuppliersWrite)
}

#[component]
fn ProfileView(profile: Profile, chosen: RwSignal<&'static str>, back: Callback<()>) -> impl IntoView {
    let (supplier, businesses, contacts, coverage) = profile;
    let contact = supplier.contact.clone();
    let editing = RwSignal::new(false);
    let note = |field, change: Callback<()>| {
        let contact = contact.clone();
        view! { <WhoChanges field contact change /> }
    };
    let goes_to = |tab: &'static str| Callback::new(move |()| chosen.set(tab));
    let (profile_note, coverage_note, mail_note) = (
        note(SelfServiceField::Profile, Callback::new(move |()| editing.set(true))),
        note(SelfServiceField::Coverage, goes_to("areas")),
        note(SelfServiceField::LeadContacts, goes_to("mail")),
    );
    let edited = supplier.clone();
    let areas = coverage.iter().filter(|area| area.effective_to.is_none()).count();
    let area_list = coverage
        .into_iter()
        .map(|area| view! { <li><Area area /></li> })
        .collect_view();
    let businesses = businesses
        .into_iter()
        .map(|business| view! { <BusinessPanel business /> })
        .collect_view();
    let no_contacts = contacts.is_empty();
    let contacts = contacts
        .into_iter()
        .filter(|point| point.active)
        .map(|point| {
            let reach = [point.email.clone(), point.phone.as_deref().map(phone::readable)];
            let reach = reach.into_iter().flatten().collect::<Vec<_>>().join(", ");
            view! {
                <Fact name=words::sentence(point.purpose.as_str())>
                    {point.name.map(|name| view! { {name}<br /> })}{reach}
                </Fact>
            }
        })
        .collect_view();
    view! {
        // A phone has no room for these at its thumb.
        <nav class="more-pages narrow-only" aria-label="More pages">
            <a class="button" href=Route::Portal(PortalRoute::Orders).path()><Icon icon=icondata_lu::LuRepeat /><span>"Orders"</span></a>
            <a class="button" href=Route::Portal(PortalRoute::Help).path()><Icon icon=icondata_lu::LuBookOpen /><span>"Help"</span></a>
        </nav>
        <div class="columns">
            <Panel title="Company">
                <Facts>
                    <Fact name="Account">{status_badge(supplier.status)}</Fact>
                    <Fact name="Invoiced as">{supplier.legal_name}</Fact>
                    <Fact name="Address">{supplier.address}</Fact>
                    <Fact name="Country">{words::country(&supplier.country)}</Fact>
                    {supplier.tax_id.map(|number| view! { <Fact name="Tax number">{number}</Fact> })}
                    <Fact name="Time zone">{supplier.time_zone}</Fact>
                    {supplier.activated_at.map(|at| view! { <Fact name="Since"><Time at shown=Shown::Day /></Fact> })}
                    <Fact name="Number"><code>{supplier.id.to_string()}</code></Fact>
                </Facts>
                {profile_note}
                {session::may(Permission::CancellationsRead).then(|| view! {
                    <div class="panel-actions"><a class="button quiet" href=Route::Portal(PortalRoute::Cancel).path()>"Your agreement, and cancelling"</a></div>
                })}
            </Panel>
            <Panel title="Where you buy">
                {if areas == 0 { view! { <p class="panel-none">"No area yet, so no leads come."</p> }.into_any() } else { view! { <ul class="areas">{area_list}</ul> }.into_any() }}
                {coverage_note}
            </Panel>
        </div>
        <div class="columns">
            {businesses}
            <Panel title="Who gets mail">
                {if no_contacts { view! { <p class="panel-none">"Leads and invoices go to the people of your account."</p> }.into_any() } else { view! { <Facts>{contacts}</Facts> }.into_any() }}
                {mail_note}
            </Panel>
        </div>
        <Dialog open=editing title=Signal::stored("Change the company's details".to_owned()) class="drawer"><SupplierForm supplier=edited.clone() open=editing done=back /></Dialog>
    }
}

#[component]
fn BusinessPanel(business: Business) -> impl IntoView {
    view! {
        <Panel title=business.name>
            <Facts>
                {business.trade.map(|trade| view! { <Fact name="Trade">{trade}</Fact> })}
                {business.phone.map(|number| view! { <Fact name="Phone">{phone::readable(&number)}</Fact> })}
                {business.website.map(|site| view! { <Fact name="Website"><Website site /></Fact> })}
                {business.tracking_number.map(|number| view! { <Fact name="Your number with us">{phone::readable(&number)}</Fact> })}
                {(!business.forward_to.is_empty()).then(|| view! { <Fact name="Forwarded to">{business.forward_to.iter().map(|number| phone::readable(number)).collect::<Vec<_>>().join(", ")}</Fact> })}
                {business.licence.map(|licence| view! {
                    <Fact name="Licence">{licence.number}", "{licence.authority}" "{licence.verified.then(|| view! { <Badge text="Checked" tone=Tone::Good /> })}</Fact>
                })}
                {business.association.map(|group| view! { <Fact name="Association">{group.name}</Fact> })}
            </Facts>
        </Panel>
    }
}

/// An address of the web as a link, and anything else as the text it is.
#[component]
fn Website(site: String) -> impl IntoView {
    match crate::router::safe_link(site.clone()) {
        Some(href) => view! { <a href=href target="_blank" rel="noopener noreferrer">{site}</a> }.into_any(),
        None => site.into_any(),
    }
}

/// An area as people say it.
fn area_name(area: &Coverage) -> String {
    match area.kind {
        CoverageKind::Anywhere => "Everywhere".to_owned(),
        CoverageKind::Country => words::country(&area.value),
        CoverageKind::UsState => area.value.clone(),
        CoverageKind::UsZip => format!("ZIP {}", area.value),
        CoverageKind::UkArea | CoverageKind::UkOutcode => format!("Postcodes {}", area.value),
    }
}

#[component]
fn Area(area: Coverage) -> impl IntoView {
    let name = area_name(&area);
    view! {
        <span class="area">{name}</span>
        {area.effective_to.map(|at| view! { <small class="muted">" until "<Time at shown=Shown::Day /></small> })}
    }
}

/// Who changes this part: whoever is here, or whom to ask, and how.
#[component]
fn WhoChanges(field: SelfServiceField, contact: HelpContact, change: Callback<()>) -> impl IntoView {
    if changes(field) {
        return view! { <div class="panel-actions"><Button icon=icondata_lu::LuPencil on_click=change>"Change"</Button></div> }
            .into_any();
    }
    let mode = session::terms().map_or(SelfServiceMode::None, |terms| terms.policy.self_service(field));
    let asks = mode == SelfServiceMode::Request && session::may(Permission::ChangesRequest);
    let (text, ask) = match mode {
        // Only the owner changes it; the others see to it that the owner hears of it.
        SelfServiceMode::Edit => ("The owner of your account changes it.".to_owned(), None),
        SelfServiceMode::Request if asks => {
            let page = Route::Portal(PortalRoute::Changes).path();
            let ask = format!("{page}?ask={}", field.as_str());
            (
                format!("Only to read here. {} changes it for you.", contact.name),
                Some(ask),
            )
        }
        SelfServiceMode::Request | SelfServiceMode::None => {
            let subject = format!("A change of our {}", words::sentence(field.as_str()).to_lowercase());
            let ask = contact
                .email
                .map(|email| format!("mailto:{email}?subject={}", crate::router::encode(&subject)));
            (format!("Only to read. Ask {} about it.", contact.name), ask)
        }
    };
    view! {
        <p class="who-changes"><Icon icon=icondata_lu::LuLock /><span>{text}" "{ask.map(|href| view! { <a href=href>"Ask for a change"</a> })}</span></p>
    }
    .into_any()
}
