//! What stands above everything while the server cannot be reached.

use leptos::prelude::*;

use crate::session::{self, Standing};
use crate::ui::button::Button;
use crate::ui::icon::Icon;

/// Says that the device is offline or the server does not answer, and tries again.
#[component]
pub fn Notices() -> impl IntoView {
    let online = RwSignal::new(crate::browser::window().navigator().on_line());
    let gone = window_event_listener(leptos::ev::offline, move |_| online.set(false));
    let back = window_event_listener(leptos::ev::online, move |_| online.set(true));
    on_cleanup(move || {
        gone.remove();
        back.remove();
    });
    let retry = Callback::new(|()| {
        wasm_bindgen_futures::spawn_local(async {
            if session::standing().get_untracked() == Standing::Unknown {
                session::resume().await;
            } else {
                // Any answer at all takes the notice away.
                let _ = crate::api::auth::get_me().await;
            }
        });
    });
    let shown = move || !online.get() || !session::connected().get();
    view! {
        <Show when=shown>
            <div class="connection" role="alert">
                <Icon icon=icondata_lu::LuWifiOff />
                <span>{move || if online.get() { "The server does not answer. What you typed is still here." } else { "You are offline. What you typed is still here." }}</span>
                <Button on_click=retry>"Try again"</Button>
            </div>
        </Show>
    }
}
