//! How far long work has come.

use leptos::prelude::*;

/// A bar with words beside it.
#[component]
pub fn Progress(
    /// What is being done.
    #[prop(into)]
    label: String,
    /// How much is done.
    #[prop(into)]
    done: Signal<u64>,
    /// How much there is; zero while that is not known.
    #[prop(into)]
    total: Signal<u64>,
) -> impl IntoView {
    let name = label.clone();
    view! {
        <div class="progress">
            <div class="progress-text">
                <span>{label}</span>
                <span class="figures">{move || match total.get() { 0 => "…".to_owned(), total => format!("{} of {total}", done.get()) }}</span>
            </div>
            <progress aria-label=name max=move || total.get().max(1).to_string()
                value=move || (total.get() > 0).then(|| done.get().to_string())></progress>
        </div>
    }
}
