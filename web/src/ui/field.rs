//! Text fields: a label, the control, a hint, and what is wrong with it, tied together for everybody.

use leptos::prelude::*;

use super::icon::Icon;
use crate::kit::form::Field;

/// The frame that all fields share. The control must have the id `field.id()` and describe itself by
/// [`described_by`].
#[component]
pub fn FieldFrame(
    /// The field.
    field: Field,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// The control.
    children: Children,
) -> impl IntoView {
    let id = field.id();
    view! {
        <div class="field" class:wrong=move || field.error().is_some()>
            <label class="field-label" for=id.clone()>
                {label}
                {optional.then(|| view! { <span class="field-optional">"optional"</span> })}
            </label>
            {children()}
            {hint.filter(|hint| !hint.is_empty()).map(|hint| view! { <p class="field-hint" id=format!("{id}-hint")>{hint}</p> })}
            <p class="field-error" id=format!("{id}-error") role="alert">
                {move || field.error().map(|error| view! { <Icon icon=icondata_lu::LuCircleAlert /><span>{error}</span> })}
            </p>
        </div>
    }
}

/// The ids that describe a control.
pub fn described_by(field: Field, hint: bool) -> String {
    let id = field.id();
    if hint {
        format!("{id}-error {id}-hint")
    } else {
        format!("{id}-error")
    }
}

/// A line of text.
#[component]
pub fn TextField(
    /// The field.
    field: Field,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// `text`, `email`, `password`, `tel`, `date`, `number`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// Whether it is only to be read.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let described = described_by(field, hint.is_some());
    view! {
        <FieldFrame field label hint=hint.unwrap_or_default() optional>
            <input
                class="input"
                id=field.id()
                type=kind
                autocomplete=autocomplete
                aria-describedby=described
                aria-invalid=move || field.error().is_some().to_string()
                disabled=move || disabled.get()
                prop:value=move || field.value.get()
                on:input:target=move |event| field.value.set(event.target().value())
            />
        </FieldFrame>
    }
}

/// A day of the calendar, as `YYYY-MM-DD`; the browser's own picker knows the person's habits.
#[component]
pub fn DateField(
    /// The field.
    field: Field,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: String,
) -> impl IntoView {
    view! { <TextField field label hint kind="date" /> }
}

/// Several lines of text, with what is left of their length.
#[component]
pub fn TextArea(
    /// The field.
    field: Field,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// How many characters the API takes.
    #[prop(default = 4000)]
    limit: usize,
    /// How many lines show at once.
    #[prop(default = 4)]
    rows: u32,
    /// Whether each character is to be seen as it is, as in a template.
    #[prop(optional)]
    exact: bool,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
) -> impl IntoView {
    let described = described_by(field, hint.is_some());
    let left = move || limit.saturating_sub(field.value.with(|text| text.chars().count()));
    view! {
        <FieldFrame field label hint=hint.unwrap_or_default() optional>
            <textarea
                class="input"
                class:exact=exact
                spellcheck=(!exact).to_string()
                id=field.id()
                rows=rows.to_string()
                maxlength=limit.to_string()
                aria-describedby=described
                aria-invalid=move || field.error().is_some().to_string()
                prop:value=move || field.value.get()
                on:input:target=move |event| field.value.set(event.target().value())
            ></textarea>
            <Show when=move || left() < 200>
                <p class="field-hint">{move || format!("{} characters left", left())}</p>
            </Show>
        </FieldFrame>
    }
}
