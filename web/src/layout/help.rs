//! The sheet of shortcuts: `?`.

use leptos::prelude::*;

use crate::kit::shortcut::{self, shortcut};
use crate::ui::dialog::Dialog;

/// Lists all shortcuts that work now.
#[component]
pub fn HelpSheet() -> impl IntoView {
    let open = RwSignal::new(false);
    shortcut("?", "Show the shortcuts", move || open.set(true));
    view! {
        <Dialog open title=Signal::stored("Keyboard".to_owned())>
            <dl class="shortcuts">
                {move || {
                    let known = shortcut::all();
                    known.into_iter().map(|known| {
                        let keys = known.keys.split(' ').map(|key| view! { <kbd>{key.replace("mod+k", "Ctrl K")}</kbd> }).collect_view();
                        view! { <div><dt>{known.label}</dt><dd>{keys}</dd></div> }
                    }).collect_view()
                }}
            </dl>
        </Dialog>
    }
}
