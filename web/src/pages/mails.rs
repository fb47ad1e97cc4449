//! The mailbox: what was written to whom, and what became of it (R126).

use leptos::prelude::*;
use tradepost_contract::MailId;
use tradepost_contract::events::NotificationKind;
use tradepost_contract::mails::{Mail, MailDetail, MailStatus};
use tradepost_contract::permissions::Permission;

use crate::api;
use crate::browser;
use crate::format::words;
use crate::kit::list::{Card, Column, Filter, List, ListView};
use crate::kit::load::{Loaded, Loader};
use crate::kit::toast;
use crate::router;
use crate::routes::{ConsoleRoute, Route};
use crate::session;
use crate::ui::badge::{Status, Tone, status_badge};
use crate::ui::button::{Button, Look};
use crate::ui::page::{Fact, Facts, PageHead, Panel};
use crate::ui::problem::Notice;
use crate::ui::time::{Shown, Time};

/// All mails, newest first.
#[component]
pub fn Mails() -> impl IntoView {
    let list = List::new("mails", api::mails::list_mails)
        .empty("No mails yet", "Whatever suppliers and staff are told stands here.")
        .link(|mail: &Mail| Some(Route::Console(ConsoleRoute::Mail(mail.id))))
        .filter(Filter::choices(
            "status",
            "Status",
            MailStatus::ALL.iter().map(|word| word.as_str()),
        ))
        .filter(Filter::choices(
            "kind",
            "Kind",
            NotificationKind::ALL.iter().map(|word| word.as_str()),
        ))
        .filter(Filter::programme())
        .filter(Filter::Text {
            name: "recipient",
            placeholder: "Address",
        })
        .column(Column::text("kind", "About", |mail: &Mail| words::sentence(mail.kind.as_str())).on_card(Card::Title))
        .column(Column::text("recipient", "To", |mail: &Mail| mail.recipient.clone()))
        .column(Column::text("supplier", "Supplier", |mail: &Mail| {
            mail.supplier_name.clone().unwrap_or_default()
        }))
        .column(Column::text("programme", "In the name of", |mail: &Mail| mail.programme_name.clone()).optional())
        .column(
            Column::new(
                "status",
                "Status",
                |mail: &Mail| status_badge(mail.status),
                |mail| mail.status.label(),
            )
            .on_card(Card::Aside),
        )
        .column(Column::new(
            "when",
            "Written",
            |mail: &Mail| view! { <Time at=mail.created_at shown=Shown::Relative programme=mail.programme_id /> },
            |mail| mail.created_at.to_string(),
        ));
    let subtitle = if browser::is_sandbox() {
        "What suppliers and staff are told. Without a mail server a sandbox keeps its mails here."
    } else {
        "What suppliers and staff are told, and what became of it."
    };
    view! {
        <PageHead title="Mails" subtitle />
        <ListView list />
    }
}

/// One mail.
#[component]
pub fn MailPage(
    /// Which.
    id: MailId,
) -> impl IntoView {
    let mail = Loader::new(move || api::mails::get_mail(id));
    let done = Callback::new(move |()| mail.reload());
    view! { <Loaded loader=mail let:mail><MailShown mail done /></Loaded> }
}

#[component]
fn MailShown(mail: MailDetail, done: Callback<()>) -> impl IntoView {
    let MailDetail {
        mail,
        subject,
        from,
        reply_to,
        message_id,
        text,
        html,
    } = mail;
    let id = mail.id;
    let again = (mail.resendable && session::may(Permission::MailsSend)).then(|| {
        let send = Callback::new(move |()| {
            wasm_bindgen_futures::spawn_local(async move {
                match api::mails::resend_mail(id, &browser::random_key()).await {
                    Ok(_) => {
                        toast::done("It is on its way again");
                        done.run(());
                    }
                    Err(failure) => toast::failed(format!("{}. {}", failure.title(), failure.detail())),
                }
            });
        });
        view! { <div class="verdicts"><Button look=Look::Primary on_click=send>"Send it again"</Button></div> }
    });
    let problem = mail.problem.clone().map(|problem| {
        let tone = match mail.status {
            MailStatus::Bounced | MailStatus::Dead => Tone::Bad,
            _ => Tone::Warn,
        };
        view! { <Notice tone><strong>"What the mail server said: "</strong>{problem}</Notice> }
    });
    let save = Callback::new(move |()| browser::save_bytes(&format!("{id}.html"), "text/html", html.as_bytes()));
    let supplier = mail.supplier_id.map(|supplier| {
        let name = mail.supplier_name.clone().unwrap_or_default();
        view! { <Fact name="Supplier"><a href=Route::Console(ConsoleRoute::Supplier(supplier)).path()>{name}</a></Fact> }
    });
    view! {
        <PageHead title=subject back=(Route::Console(ConsoleRoute::Mails).path(), "Mails") subtitle=words::sentence(mail.kind.as_str())>
            {status_badge(mail.status)}
            {again}
        </PageHead>
        {problem}
        <Panel title="The mail">
            <Facts>
                <Fact name="To">{mail.recipient.clone()}</Fact>
                <Fact name="From">{from}</Fact>
                {reply_to.map(|address| view! { <Fact name="Answers go to">{address}</Fact> })}
                {supplier}
                <Fact name="Written"><Time at=mail.created_at programme=mail.programme_id /></Fact>
                {mail.sent_at.map(|at| view! { <Fact name="Taken by the mail server"><Time at programme=mail.programme_id /></Fact> })}
                {mail.next_attempt_at.map(|at| view! { <Fact name="Next try"><Time at programme=mail.programme_id /></Fact> })}
                <Fact name="Tries">{mail.attempts.to_string()}</Fact>
                <Fact name="Message-ID"><code>{message_id}</code></Fact>
            </Facts>
        </Panel>
        <Panel title="What it says">
            <MailText text />
            <div class="form-actions"><Button look=Look::Quiet on_click=save>"Save it as a page"</Button></div>
        </Panel>
    }
}

/// The mail as text. A line that is an address of this site, which is how buttons read there, can be followed; the mail's
/// page of its own is not built here, because this site builds no page of text.
#[component]
pub fn MailText(
    /// The mail.
    text: String,
) -> impl IntoView {
    let site = browser::origin();
    let lines = text
        .lines()
        .map(|line| {
            let line = line.to_owned();
            let path = line.strip_prefix(&site).unwrap_or(&line);
            let own = path.starts_with('/') && !path.contains(' ');
            match router::safe_link(path.to_owned()).filter(|_| own) {
                Some(path) => view! { <a href=path target="_blank" rel="noopener">{line}</a>"\n" }.into_any(),
                None => view! { {line}"\n" }.into_any(),
            }
        })
        .collect_view();
    view! { <div class="mail-text">{lines}</div> }
}
