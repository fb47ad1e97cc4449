//! The portal's frame: on phones the pages at the thumb, on desktops at the side; the account manager's
//! card in the same place everywhere.

use leptos::prelude::*;
use tradepost_contract::impersonations::MyImpersonation;
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::WordingKey;

use super::SkipLink;
use super::account::AccountMenu;
use super::palette::Palette;
use super::theme::ThemeToggle;
use crate::kit::shortcut::shortcut;
use crate::router;
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::button::Button;
use crate::ui::contact::ContactCard;
use crate::ui::icon::Icon;
use crate::ui::logo::Logo;
use crate::ui::time::{Shown, Time};

/// An entry of the navigation.
struct Entry {
    route: PortalRoute,
    icon: icondata_core::Icon,
    keys: &'static str,
    needs: Permission,
    /// Whether it stands at the bottom of a phone.
    thumb: bool,
}

const fn entry(
    route: PortalRoute,
    icon: icondata_core::Icon,
    keys: &'static str,
    needs: Permission,
    thumb: bool,
) -> Entry {
    Entry {
        route,
        icon,
        keys,
        needs,
        thumb,
    }
}

fn entries() -> [Entry; 9] {
    use Permission as P;
    use PortalRoute as R;
    [
        entry(R::Home, icondata_lu::LuHouse, "g h", P::Self_, true),
        entry(R::Leads, icondata_lu::LuInbox, "g l", P::DeliveriesRead, true),
        entry(R::CallReport, icondata_lu::LuPhoneCall, "g c", P::CallsRead, true),
        entry(R::Returns, icondata_lu::LuUndo2, "g r", P::ReturnsRead, true),
        entry(R::Invoices, icondata_lu::LuReceipt, "g i", P::InvoicesRead, true),
        entry(R::Wallet, icondata_lu::LuWallet, "g w", P::InvoicesRead, false),
        entry(R::Orders, icondata_lu::LuRepeat, "g o", P::OrdersRead, false),
        entry(R::Business, icondata_lu::LuStore, "g b", P::SuppliersRead, true),
        entry(R::Help, icondata_lu::LuBookOpen, "g ?", P::ProgrammesRead, false),
    ]
}

/// What somebody finds in the menu: what they may not see is not there, nor a wallet where leads are invoiced. Who has
/// their own leads called finds the calls in the place of leads that are bought and returned (R98).
fn menu(may: impl Fn(Permission) -> bool, prepaid: bool, called: bool) -> Vec<Entry> {
    let fits = |route| match route {
        PortalRoute::Wallet => prepaid,
        PortalRoute::CallReport => called,
        PortalRoute::Leads | PortalRoute::Returns => !called,
        _ => true,
    };
    let there = |entry: &Entry| may(entry.needs) && fits(entry.route);
    entries().into_iter().filter(there).collect()
}

/// What a page is called: in the programme's own words, where it has some (R26, R49).
fn name(route: PortalRoute) -> String {
    let key = match route.section() {
        PortalRoute::Leads | PortalRoute::CallReport => WordingKey::LeadList,
        PortalRoute::Returns => WordingKey::ReturnRequests,
        _ => return route.title().to_owned(),
    };
    let own = untrack(session::terms).and_then(|terms| terms.policy.wording.get(&key).cloned());
    own.unwrap_or_else(|| route.title().to_owned())
}

/// The frame around the portal's pages.
#[component]
pub fn PortalShell(
    /// Where one is.
    route: Memo<Option<Route>>,
    /// The page.
    children: Children,
) -> impl IntoView {
    let palette = RwSignal::new(false);
    let entries = menu(
        |needs| untrack(|| session::may(needs)),
        session::is_prepaid(),
        session::is_called(),
    );
    for entry in &entries {
        let to = entry.route.path();
        shortcut(entry.keys, format!("Go to {}", name(entry.route)), move || {
            router::navigate(&to)
        });
    }
    let pages = entries
        .iter()
        .map(|entry| (name(entry.route), Route::Portal(entry.route)))
        .collect::<Vec<_>>();
    let at_the_thumb: Vec<PortalRoute> = entries
        .iter()
        .filter(|entry| entry.thumb)
        .map(|entry| entry.route)
        .collect();
    let section = Memo::new(move |_| match route.get() {
        Some(Route::Portal(now)) => Some(now.section()),
        _ => None,
    });
    // What has no place at the thumb is reached through the business, on a phone.
    let thumb_section = Memo::new(move |_| {
        let now = section.get()?;
        Some(if at_the_thumb.contains(&now) {
            now
        } else {
            PortalRoute::Business
        })
    });
    let link = move |entry: &Entry, lit: Memo<Option<PortalRoute>>| {
        let own = entry.route;
        let lit = move || lit.get() == Some(own);
        view! {
            <a class="nav-link" href=own.path() aria-current=move || lit().then_some("page")>
                <Icon icon=entry.icon /><span>{name(own)}</span>
            </a>
        }
    };
    let side = entries.iter().map(|entry| link(entry, section)).collect_view();
    let thumb = entries
        .iter()
        .filter(|entry| entry.thumb)
        .map(|entry| link(entry, thumb_section))
        .collect_view();
    let brand = || session::own_programme().map(|programme| programme.name);
    view! {
        <SkipLink />
        {session::me().and_then(|me| me.impersonation.clone().zip(me.supplier.clone())).map(|(look, account)| view! { <Looking look account=account.name /> })}
        <div class="portal">
            <aside class="side">
                <a class="side-brand" href=Route::Portal(PortalRoute::Home).path()><Logo /></a>
                <p class="side-programme">{brand}</p>
                <nav aria-label="Main">{side}</nav>
                <div class="side-foot"><ContactCard /></div>
            </aside>
            <div class="portal-column">
                <header class="top">
                    <a class="top-brand" href=Route::Portal(PortalRoute::Home).path()><Logo /></a>
                    <button type="button" class="button quiet jump" on:click=move |_| palette.set(true)>
                        <Icon icon=icondata_lu::LuSearch /><span>"Go to…"</span><kbd>"Ctrl K"</kbd>
                    </button>
                    <div class="top-tools"><ThemeToggle /><AccountMenu /></div>
                </header>
                <main id="main" tabindex="-1">{children()}<div class="contact-below"><ContactCard /></div></main>
            </div>
            <nav class="thumb" aria-label="Main pages">{thumb}</nav>
        </div>
        <Palette open=palette pages />
    }
}

/// Says above every page that somebody of the staff only looks, and ends it.
#[component]
fn Looking(look: MyImpersonation, account: String) -> impl IntoView {
    let stop = Callback::new(|()| wasm_bindgen_futures::spawn_local(session::look_no_more()));
    view! {
        <div class="looking" role="status">
            <Icon icon=icondata_lu::LuEye />
            <span>"You see the portal as the owner of "<strong>{account}</strong>" does, until "<Time at=look.expires_at shown=Shown::Full />". You cannot change anything."</span>
            <Button on_click=stop>"Stop looking"</Button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use tradepost_contract::people::SupplierRole;

    fn pages(role: SupplierRole) -> Vec<PortalRoute> {
        pages_of(role, false)
    }

    fn pages_of(role: SupplierRole, prepaid: bool) -> Vec<PortalRoute> {
        let menu = menu(|needs| needs.held_by_supplier(role), prepaid, false);
        menu.into_iter().map(|entry| entry.route).collect()
    }

    #[test]
    fn invoices_are_for_those_who_pay_them() {
        assert!(pages(SupplierRole::Owner).contains(&PortalRoute::Invoices));
        assert!(pages(SupplierRole::Billing).contains(&PortalRoute::Invoices));
        assert!(!pages(SupplierRole::Member).contains(&PortalRoute::Invoices));
        for role in SupplierRole::ALL {
            assert!(pages(*role).contains(&PortalRoute::Leads), "{role}");
        }
    }

    #[test]
    fn r9_a_wallet_is_for_those_who_have_one_and_pay() {
        for role in SupplierRole::ALL {
            let sees = pages_of(*role, true).contains(&PortalRoute::Wallet);
            assert_eq!(sees, *role != SupplierRole::Member, "{role}");
            assert!(!pages(*role).contains(&PortalRoute::Wallet), "{role}");
        }
    }

    /// R98: calls stand where leads and returns stand otherwise, for everybody of the account.
    #[test]
    fn r98_calls_take_the_place_of_leads() {
        for role in SupplierRole::ALL {
            let menu = menu(|needs| needs.held_by_supplier(*role), false, true);
            let routes: Vec<PortalRoute> = menu.into_iter().map(|entry| entry.route).collect();
            assert!(routes.contains(&PortalRoute::CallReport), "{role}");
            assert!(
                !routes.contains(&PortalRoute::Leads) && !routes.contains(&PortalRoute::Returns),
                "{role}"
            );
            assert!(!pages(*role).contains(&PortalRoute::CallReport), "{role}");
        }
    }

    /// A thumb reaches five at most, and each page has keys of its own.
    #[test]
    fn the_menu_fits_a_phone_and_a_keyboard() {
        for called in [false, true] {
            let all = menu(|_| true, true, called);
            assert!(all.iter().filter(|entry| entry.thumb).count() <= 5);
        }
        let all = entries();
        let keys: BTreeSet<&str> = all.iter().map(|entry| entry.keys).collect();
        assert_eq!(keys.len(), all.len());
        assert!(all.iter().all(|entry| entry.route.section() == entry.route));
    }
}
