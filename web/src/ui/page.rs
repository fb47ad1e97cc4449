//! The head of a page, and the blocks it is made of.

use leptos::prelude::*;

use super::icon::Icon;

/// The id of a page's heading: a change of page moves the focus there.
pub const HEADING: &str = "page-heading";

/// The way back: a path, and what is there.
pub struct Back(String, String);

impl<N: Into<String>> From<(String, N)> for Back {
    fn from((path, name): (String, N)) -> Self {
        Self(path, name.into())
    }
}

/// The heading of a page with what one can do there.
#[component]
pub fn PageHead(
    /// What the page shows.
    #[prop(into)]
    title: String,
    /// Where one came from: a path and its name.
    #[prop(optional, into)]
    back: Option<Back>,
    /// A line below the title.
    #[prop(optional, into)]
    subtitle: String,
    /// Badges and buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="page-head">
            {back.map(|Back(href, name)| view! { <a class="back" href=href><Icon icon=icondata_lu::LuChevronLeft />{name}</a> })}
            <div class="page-title-row">
                <h1 id=HEADING tabindex="-1">{title}</h1>
                {children.map(|children| view! { <div class="page-actions">{children()}</div> })}
            </div>
            {(!subtitle.is_empty()).then(|| view! { <p class="page-subtitle">{subtitle}</p> })}
        </header>
    }
}

/// A block with a heading.
#[component]
pub fn Panel(
    /// What it holds.
    #[prop(into)]
    title: String,
    /// Where all of it is: a path and its name.
    #[prop(optional_no_strip, into)]
    more: Option<(String, &'static str)>,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="panel">
            <header class="panel-head">
                <h2>{title}</h2>
                {more.map(|(href, name)| view! { <a class="panel-more" href=href>{name}<Icon icon=icondata_lu::LuChevronRight /></a> })}
            </header>
            <div class="panel-body">{children()}</div>
        </section>
    }
}

/// Names and values of one thing.
#[component]
pub fn Facts(
    /// [`Fact`]s.
    children: Children,
) -> impl IntoView {
    view! { <dl class="facts">{children()}</dl> }
}

/// A name and its value.
#[component]
pub fn Fact(
    /// The name.
    #[prop(into)]
    name: String,
    /// The value.
    children: Children,
) -> impl IntoView {
    view! { <div class="fact"><dt>{name}</dt><dd>{children()}</dd></div> }
}
