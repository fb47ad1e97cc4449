//! A button that fetches a file of the API and keeps it. A link would not do: the token is no cookie.

use leptos::prelude::*;

use super::toast;
use crate::api::files::File;
use crate::browser;
use crate::ui::button::{Button, Look};

/// Saves a file of the API.
#[component]
pub fn DownloadButton(
    /// Which file; asked for when it is pressed.
    #[prop(into)]
    file: Signal<File>,
    /// What it is saved as.
    #[prop(into)]
    name: Signal<String>,
    /// What the button says.
    label: &'static str,
) -> impl IntoView {
    let busy = RwSignal::new(false);
    let save = Callback::new(move |()| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let (file, name) = (file.get_untracked(), name.get_untracked());
        wasm_bindgen_futures::spawn_local(async move {
            match file.fetch().await {
                Ok((kind, bytes)) => {
                    browser::save_bytes(&name, &kind, &bytes);
                    toast::done(format!("Saved as {name}"));
                }
                Err(failure) => toast::failed(format!("{}. Nothing was saved.", failure.title())),
            }
            busy.try_set(false);
        });
    });
    view! { <Button look=Look::Quiet on_click=save icon=icondata_lu::LuDownload busy>{label}</Button> }
}
