//! How the programme works: the return guidelines, its tutorials and articles (R32, R50).

use leptos::prelude::*;
use tradepost_contract::policy::{HelpArticle, WordingKey};

use super::tutorials::{TOLD_HERE, TutorialPanel, tutorials};
use crate::routes::{PortalRoute, Route};
use crate::session;
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;
use crate::ui::page::{PageHead, Panel};

/// The help of one's programme.
#[component]
pub fn Help() -> impl IntoView {
    let programme = session::own_programme();
    let subtitle = programme
        .as_ref()
        .map(|programme| format!("How {} works.", programme.name))
        .unwrap_or_default();
    let Some(terms) = session::terms() else {
        return view! { <PageHead title="Help" /><Empty title="Not yours to see" icon=icondata_lu::LuLock>"Ask the owner of your account."</Empty> }.into_any();
    };
    let policy = terms.policy.clone();
    let guidelines = Route::Portal(PortalRoute::Guidelines).path();
    let returns = policy.word(WordingKey::ReturnRequests).to_owned();
    let tutorials = tutorials(&policy)
        .into_iter()
        .map(|tutorial| view! { <TutorialPanel tutorial /> })
        .collect_view();
    let articles = policy
        .help
        .into_iter()
        .filter(|(key, _)| !TOLD_HERE.contains(&key.as_str()))
        .map(|(_, article)| view! { <Article article /> })
        .collect_view();
    let support = programme.map(|programme| programme.brand);
    view! {
        <PageHead title="Help" subtitle />
        <a class="panel guide-link" href=guidelines>
            <span class="empty-icon"><Icon icon=icondata_lu::LuBookOpen /></span>
            <span class="row-text"><strong>{format!("{returns}: the guidelines")}</strong><small>"What counts, until when, and what comes of it."</small></span>
            <Icon icon=icondata_lu::LuChevronRight />
        </a>
        <a class="panel guide-link" href=Route::Portal(PortalRoute::Support).path()>
            <span class="empty-icon"><Icon icon=icondata_lu::LuMessageCircleQuestion /></span>
            <span class="row-text"><strong>"Questions"</strong><small>"Ask us, and read our answers."</small></span>
            <Icon icon=icondata_lu::LuChevronRight />
        </a>
        <div class="columns">
            {tutorials}
            {articles}
            {support.map(|brand| view! {
                <Panel title="Support">
                    <p>"Write to "<a href=format!("mailto:{}", brand.support_email)>{brand.support_email.clone()}</a>
                    {brand.support_phone.map(|number| view! { " or call "<a href=format!("tel:{number}")>{crate::format::phone::readable(&number)}</a> })}"."</p>
                </Panel>
            })}
        </div>
    }
    .into_any()
}

#[component]
fn Article(article: HelpArticle) -> impl IntoView {
    let url = article.url.and_then(crate::router::safe_link);
    view! {
        <Panel title=article.title>
            <p>{article.text}</p>
            {url.map(|url| view! { <p><a href=url target="_blank" rel="noopener noreferrer">"Read more"</a></p> })}
        </Panel>
    }
}
