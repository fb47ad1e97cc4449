//! Buttons.

use leptos::prelude::*;

use super::icon::Icon;

/// How much a button stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The one thing to do here.
    Primary,
    /// Something one may do.
    Plain,
    /// Beside other things.
    Quiet,
    /// Something that cannot be undone.
    Danger,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button primary",
            Self::Plain => "button",
            Self::Quiet => "button quiet",
            Self::Danger => "button danger",
        }
    }
}

/// A button. While it is busy it keeps its width and its focus, and takes no click.
#[component]
pub fn Button(
    /// How much it stands out.
    #[prop(default = Look::Plain)]
    look: Look,
    /// Whether it sends the form around it.
    #[prop(optional)]
    submit: bool,
    /// Whether what it started is under way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Whether it cannot be used now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Before the text.
    #[prop(optional, into)]
    icon: Option<icondata_core::Icon>,
    /// What it does; nothing for a button that sends its form.
    #[prop(optional, into)]
    on_click: Option<Callback<()>>,
    /// What it says: a verb.
    children: Children,
) -> impl IntoView {
    let click = move |_| {
        if let Some(run) = on_click.filter(|_| !busy.get_untracked()) {
            run.run(());
        }
    };
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=look.class()
            class:busy=move || busy.get()
            aria-disabled=move || busy.get().to_string()
            disabled=move || disabled.get()
            on:click=click
        >
            {icon.map(|icon| view! { <Icon icon /> })}
            <span>{children()}</span>
        </button>
    }
}
