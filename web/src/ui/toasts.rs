//! Where short messages stand; see `kit::toast`.

use leptos::prelude::*;

use super::icon::Icon;
use crate::kit::toast;

/// The messages, in a region that screen readers listen to.
#[component]
pub fn Toasts() -> impl IntoView {
    let items = move || {
        let standing = toast::standing();
        standing
            .into_iter()
            .map(|message| {
                view! {
                    <div class=format!("toast {}", message.tone.class())>
                        <span>{message.text}</span>
                        <button type="button" class="button quiet icon-only" aria-label="Dismiss" on:click=move |_| toast::dismiss(message.id)>
                            <Icon icon=icondata_lu::LuX />
                        </button>
                    </div>
                }
            })
            .collect_view()
    };
    view! { <div class="toasts" role="status" aria-live="polite">{items}</div> }
}
