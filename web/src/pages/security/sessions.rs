//! Where one is signed in.

use leptos::prelude::*;
use tradepost_contract::Page;
use tradepost_contract::sessions::Session;

use crate::api;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::Button;
use crate::ui::icon::Icon;
use crate::ui::page::Panel;
use crate::ui::time::{Shown, Time};

/// The devices.
#[component]
pub fn SessionsPanel() -> impl IntoView {
    let sessions = Loader::new(|| api::security::list_sessions(ListQuery::first(100)));
    view! {
        <Panel title="Where you are signed in">
            <Loaded loader=sessions shape=Shape::Rows(3) let:page><Devices page reload=Callback::new(move |()| sessions.reload()) /></Loaded>
        </Panel>
    }
}

#[component]
fn Devices(page: Page<Session>, reload: Callback<()>) -> impl IntoView {
    let others: Vec<_> = page
        .data
        .iter()
        .filter(|session| !session.current)
        .map(|session| session.id)
        .collect();
    let end = move |ids: Vec<tradepost_contract::SessionId>| {
        wasm_bindgen_futures::spawn_local(async move {
            for id in ids {
                if let Err(failure) = api::security::end_session(id).await {
                    toast::failed(failure.told());
                    break;
                }
            }
            reload.run(());
        });
    };
    let rows = page
        .data
        .into_iter()
        .map(|session| {
            let id = session.id;
            let (icon, name) = device(session.user_agent.as_deref().unwrap_or_default());
            let button = format!("Sign out {name}");
            view! {
                <li class="device">
                    <Icon icon />
                    <div class="device-what">
                        <strong>{name}</strong>
                        <small>{session.ip.map(|ip| format!("{ip} · "))}"last used "<Time at=session.last_used_at shown=Shown::Relative />" · since "<Time at=session.created_at shown=Shown::Day /></small>
                    </div>
                    {if session.current {
                        view! { <Badge tone=Tone::Good text="This one" /> }.into_any()
                    } else {
                        view! { <Button on_click=Callback::new(move |()| end(vec![id]))>"Sign out"<span class="sr-only">{format!(": {button}")}</span></Button> }.into_any()
                    }}
                </li>
            }
        })
        .collect_view();
    let many = others.len() > 1;
    view! {
        <ul class="devices">{rows}</ul>
        {many.then(|| view! { <div class="form-actions"><Button on_click=Callback::new(move |()| end(others.clone()))>"Sign out everywhere else"</Button></div> })}
    }
}

/// What a browser calls itself, as people know it.
fn device(agent: &str) -> (icondata_core::Icon, String) {
    let system = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let browser = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let find = |known: &[(&str, &'static str)]| {
        known
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    let name = match (find(&browser), find(&system)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "A program".to_owned(),
    };
    let hand = matches!(find(&system), Some("iPhone" | "iPad" | "Android"));
    let icon = if hand {
        icondata_lu::LuSmartphone
    } else {
        icondata_lu::LuMonitor
    };
    (icon, name)
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_browser_is_named_as_people_know_it() {
        let name = |agent| device(agent).1;
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
        assert_eq!(name(chrome), "Chrome on Linux");
        assert_eq!(
            name("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0"),
            "Edge on Windows"
        );
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1";
        assert_eq!(name(phone), "Safari on iPhone");
        assert_eq!(name(""), "A program");
    }
}
