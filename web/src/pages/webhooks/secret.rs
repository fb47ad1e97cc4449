//! A secret, shown once.

use leptos::prelude::*;

use crate::browser;
use crate::kit::toast;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::problem::Notice;

/// The secret with a way to copy it, and the way on.
#[component]
pub fn Secret(
    /// The secret.
    text: String,
    /// It is kept.
    done: Callback<()>,
) -> impl IntoView {
    let copied = text.clone();
    let copy = Callback::new(move |()| {
        // The clipboard may be refused; the secret can be selected by hand.
        let _ = browser::window().navigator().clipboard().write_text(&copied);
        toast::done("Copied");
    });
    view! {
        <div class="drawer-content">
            <Notice tone=Tone::Warn>"This is the only time it is shown. The receiver checks with it that a message is ours."</Notice>
            <div class="secret"><code>{text}</code><Button icon=icondata_lu::LuCopy on_click=copy>"Copy"</Button></div>
            <div class="form-actions"><Button look=Look::Primary on_click=done>"I have kept it"</Button></div>
        </div>
    }
}
