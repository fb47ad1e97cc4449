//! The console's frame: queues first, everything else by group, dense.

use leptos::prelude::*;
use tradepost_contract::permissions::Permission;

use super::SkipLink;
use super::account::AccountMenu;
use super::palette::Palette;
use super::theme::ThemeToggle;
use crate::kit::shortcut::shortcut;
use crate::router;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::icon::Icon;
use crate::ui::logo::Logo;

type Entry = (ConsoleRoute, icondata_core::Icon, &'static str, Permission);

/// The groups of the navigation: a heading and its pages, each with its keys and what it takes to see it.
fn groups() -> Vec<(&'static str, Vec<Entry>)> {
    use ConsoleRoute as R;
    use Permission as P;
    vec![
        (
            "Work",
            vec![
                (R::Home, icondata_lu::LuLayoutDashboard, "g h", P::Self_),
                (R::Returns, icondata_lu::LuUndo2, "g r", P::ReturnsRead),
                (R::Replacements, icondata_lu::LuReplace, "g 1", P::ReturnsRead),
                (R::RateReviews, icondata_lu::LuGauge, "g 2", P::ReportsRead),
                (R::ChangeRequests, icondata_lu::LuPenLine, "g ,", P::SuppliersRead),
                (
                    R::SupportTickets,
                    icondata_lu::LuMessageCircleQuestion,
                    "g 4",
                    P::SupportRead,
                ),
                (R::SubjectRequests, icondata_lu::LuUserX, "g 6", P::PrivacyRead),
                (R::CallQueue, icondata_lu::LuPhoneCall, "g ;", P::CallQueueRead),
                (R::Leads, icondata_lu::LuInbox, "g l", P::LeadsRead),
                (R::Imports, icondata_lu::LuFileUp, "g m", P::LeadsSubmit),
                (R::LeadSources, icondata_lu::LuPlug, "g 0", P::LeadSourcesRead),
            ],
        ),
        (
            "Market",
            vec![
                (R::MySuppliers, icondata_lu::LuContact, "g 3", P::ReportsRead),
                (R::Suppliers, icondata_lu::LuStore, "g s", P::SuppliersRead),
                (R::Orders, icondata_lu::LuRepeat, "g o", P::OrdersRead),
                (R::Checkouts, icondata_lu::LuShoppingCart, "g z", P::OrdersRead),
                (R::Coupons, icondata_lu::LuTicketPercent, "g n", P::CouponsRead),
                (R::Products, icondata_lu::LuPackage, "g p", P::ProductsRead),
                (R::Programmes, icondata_lu::LuScrollText, "g y", P::ProgrammesRead),
            ],
        ),
        (
            "Money",
            vec![
                (R::Finance, icondata_lu::LuWallet, "g f", P::ReportsRead),
                (R::BillingRuns, icondata_lu::LuPlay, "g b", P::ReportsRead),
                (R::Invoices, icondata_lu::LuReceipt, "g i", P::InvoicesRead),
                (R::CreditNotes, icondata_lu::LuReceiptText, "g c", P::InvoicesRead),
                (R::Payments, icondata_lu::LuBanknote, "g v", P::InvoicesRead),
                (R::FailedPayments, icondata_lu::LuCircleAlert, "g w", P::InvoicesRead),
                (R::Refunds, icondata_lu::LuUndo2, "g d", P::InvoicesRead),
                (R::Reconciliations, icondata_lu::LuScale, "g q", P::ReportsRead),
                (R::Books, icondata_lu::LuBookOpen, "g j", P::ReportsRead),
                (R::Reports, icondata_lu::LuChartColumn, "g t", P::ReportsRead),
            ],
        ),
        (
            "System",
            vec![
                (R::Mails, icondata_lu::LuMail, "g 5", P::MailsRead),
                (R::Events, icondata_lu::LuActivity, "g e", P::EventsRead),
                (R::Audit, icondata_lu::LuHistory, "g a", P::AuditRead),
                (R::Users, icondata_lu::LuUsers, "g u", P::UsersRead),
                (R::ApiKeys, icondata_lu::LuKeyRound, "g k", P::ApiKeysWrite),
                (R::Webhooks, icondata_lu::LuWebhook, "g g", P::WebhooksRead),
                (R::Sandbox, icondata_lu::LuFlaskConical, "g x", P::Sandbox),
            ],
        ),
    ]
}

/// What somebody finds in the menu: what they may not see is not there, nor a heading above nothing.
fn menu(may: impl Fn(Permission) -> bool, sandbox: bool) -> Vec<(&'static str, Vec<Entry>)> {
    let shown = |(route, _, _, needs): &Entry| may(*needs) && (sandbox || *route != ConsoleRoute::Sandbox);
    groups()
        .into_iter()
        .map(|(heading, entries)| (heading, entries.into_iter().filter(shown).collect::<Vec<_>>()))
        .filter(|(_, entries)| !entries.is_empty())
        .collect()
}

/// The frame around the console's pages.
#[component]
pub fn ConsoleShell(
    /// Where one is.
    route: Memo<Option<Route>>,
    /// The page.
    children: Children,
) -> impl IntoView {
    let palette = RwSignal::new(false);
    let drawer = RwSignal::new(false);
    let sandbox = crate::browser::is_sandbox();
    let mut pages = Vec::new();
    let mut nav = Vec::new();
    for (heading, entries) in menu(|needs| untrack(|| session::may(needs)), sandbox) {
        let links = entries
            .into_iter()
            .map(|(own, icon, keys, _)| {
                let to = own.path();
                shortcut(keys, format!("Go to {}", own.title()), move || router::navigate(&to));
                pages.push((own.title().to_owned(), Route::Console(own)));
                let lit = move || matches!(route.get(), Some(Route::Console(now)) if now.section() == own);
                view! {
                    <a class="nav-link" href=own.path() aria-current=move || lit().then_some("page") on:click=move |_| drawer.set(false)>
                        <Icon icon /><span>{own.title()}</span>
                    </a>
                }
            })
            .collect_view();
        nav.push(view! { <div class="nav-group"><h2>{heading}</h2>{links}</div> });
    }
    view! {
        <SkipLink />
        <div class="console" class:open=move || drawer.get()>
            <aside class="side">
                <a class="side-brand" href=Route::Console(ConsoleRoute::Home).path()><Logo /></a>
                <nav aria-label="Pages">{nav}</nav>
            </aside>
            <div class="console-column">
                <header class="top">
                    <button type="button" class="button quiet icon-only drawer-toggle" aria-label="Pages" aria-expanded=move || drawer.get().to_string() on:click=move |_| drawer.update(|open| *open = !*open)>
                        <Icon icon=icondata_lu::LuMenu />
                    </button>
                    <button type="button" class="button quiet jump" on:click=move |_| palette.set(true)>
                        <Icon icon=icondata_lu::LuSearch /><span>"Find anything"</span><kbd>"Ctrl K"</kbd>
                    </button>
                    <div class="top-tools">
                        {sandbox.then(|| view! { <span class="badge warn">"Sandbox"</span> })}
                        <ThemeToggle /><AccountMenu />
                    </div>
                </header>
                <main id="main" tabindex="-1">{children()}</main>
            </div>
        </div>
        <Palette open=palette pages />
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use tradepost_contract::people::StaffRole;

    fn pages(role: StaffRole, sandbox: bool) -> Vec<ConsoleRoute> {
        let menu = menu(|needs| needs.held_by_staff(role), sandbox);
        menu.into_iter()
            .flat_map(|(_, entries)| entries)
            .map(|entry| entry.0)
            .collect()
    }

    #[test]
    fn everybody_finds_what_they_may_see_and_nothing_else() {
        use ConsoleRoute as R;
        let money = [R::BillingRuns, R::Invoices, R::CreditNotes, R::Reports];
        let sees = |role, route| pages(role, true).contains(&route);
        for role in [StaffRole::Finance, StaffRole::AccountManager, StaffRole::Auditor] {
            assert!(money.iter().all(|route| sees(role, *route)), "{role}");
        }
        for role in [StaffRole::ReturnsReviewer, StaffRole::Caller] {
            assert!(!money.iter().any(|route| sees(role, *route)), "{role}");
        }
        assert!(sees(StaffRole::ReturnsReviewer, R::Returns) && !sees(StaffRole::ReturnsReviewer, R::Imports));
        assert!(sees(StaffRole::Auditor, R::Audit) && !sees(StaffRole::AccountManager, R::Audit));
        assert_eq!(
            pages(StaffRole::Caller, true),
            [R::Home, R::CallQueue, R::Products, R::Programmes]
        );
        for role in StaffRole::ALL {
            assert_eq!(
                sees(*role, R::ApiKeys),
                Permission::ApiKeysWrite.held_by_staff(*role),
                "{role}"
            );
        }
    }

    #[test]
    fn a_clock_that_cannot_be_moved_is_not_offered() {
        let (with, without) = (pages(StaffRole::Admin, true), pages(StaffRole::Admin, false));
        assert_eq!(with.len(), without.len() + 1);
        assert!(!without.contains(&ConsoleRoute::Sandbox));
    }

    #[test]
    fn no_heading_stands_above_nothing() {
        for (heading, entries) in menu(|needs| needs.held_by_staff(StaffRole::Caller), false) {
            assert!(!entries.is_empty(), "{heading}");
        }
    }

    /// Each page is once in the menu, is lit when one is there, and has keys of its own.
    #[test]
    fn each_page_has_one_place_and_its_own_keys() {
        let all: Vec<Entry> = menu(|_| true, true)
            .into_iter()
            .flat_map(|(_, entries)| entries)
            .collect();
        let keys: BTreeSet<&str> = all.iter().map(|entry| entry.2).collect();
        let paths: BTreeSet<String> = all.iter().map(|entry| entry.0.path()).collect();
        assert_eq!((keys.len(), paths.len()), (all.len(), all.len()));
        assert!(all.iter().all(|entry| entry.0.section() == entry.0));
    }
}
