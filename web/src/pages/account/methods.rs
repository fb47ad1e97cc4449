//! A supplier's ways to pay and how it is collected from, for its own people and for staff.

use futures_util::FutureExt;
use futures_util::future;
use leptos::prelude::*;
use tradepost_contract::payment_methods::{
    Authorisation, MethodSession, RevokeAuthorisation, StoredMethod, StoredMethodStatus, UpdateAuthorisation,
};
use tradepost_contract::permissions::Permission;
use tradepost_contract::policy::{PaymentMethodKind, RevocationRule};
use tradepost_contract::{PaymentMethodId, SupplierId};

use super::new_method::{CameBack, NewMethodForm, kinds, patience, take_session};
use crate::api;
use crate::api::terms::Terms;
use crate::browser;
use crate::format::{time, words};
use crate::kit::confirm::confirm;
use crate::kit::list::ListQuery;
use crate::kit::load::{Loaded, Loader};
use crate::kit::toast;
use crate::session;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Look};
use crate::ui::dialog::Dialog;
use crate::ui::icon::Icon;
use crate::ui::page::{Fact, Facts, Panel};
use crate::ui::paying::{StoredLine, kind_icon, kind_name, stored_name};
use crate::ui::problem::Notice;
use crate::ui::reason::ReasonAction;
use crate::ui::time::{Shown, Time};

type Stored = (Option<MethodSession>, Authorisation, Vec<StoredMethod>);

/// The stored ways to pay, the newest first; those that were removed are gone.
pub async fn stored_methods(supplier: SupplierId) -> api::Result<Vec<StoredMethod>> {
    let query = ListQuery::first(100).with("supplier_id", supplier.to_string());
    let page = api::payment_methods::list_payment_methods(query).await?;
    let active = |method: &StoredMethod| method.status == StoredMethodStatus::Active;
    Ok(page.data.into_iter().filter(active).collect())
}

/// What is stored, what is charged when, and who may change it.
#[component]
pub fn MethodsView(
    /// Whose.
    supplier: SupplierId,
    /// The terms of the account.
    terms: Terms,
    /// The page to come back to from the provider's.
    #[prop(into)]
    back: String,
    /// Whom to ask where the supplier changes nothing itself.
    #[prop(optional, into)]
    ask: ViewFn,
) -> impl IntoView {
    let came_back = StoredValue::new(take_session());
    let stored: Loader<Stored> = Loader::new(move || {
        // Asked for first: the answer stores what was typed in.
        let session = came_back.try_update_value(Option::take).flatten();
        async move {
            let session = match session {
                Some(id) => Some(api::payment_methods::get_payment_method_session(id).await?),
                None => None,
            };
            let authorisation = api::payment_methods::get_authorisation(supplier);
            let (authorisation, methods) = future::try_join(authorisation, stored_methods(supplier)).await?;
            Ok((session, authorisation, methods))
        }
    });
    let reload = Callback::new(move |()| stored.reload());
    view! {
        <Loaded loader=stored let:stored>
            {
                let (session, authorisation, methods) = stored;
                let may = authorisation.may_change_methods && session::may(Permission::PaymentMethodsWrite);
                view! {
                    {session.map(|session| view! { <CameBack session methods=methods.clone() /> })}
                    {authorisation.revoked_at.map(|at| view! { <Notice tone=Tone::Warn><strong>"The authorisation to charge was taken back "<Time at shown=Shown::Day />"."</strong></Notice> })}
                    <div class="columns uneven">
                        <Methods supplier methods may terms=terms.clone() back=back.clone() ask=ask.clone() reload />
                        <Collection authorisation terms=terms.clone() reload />
                    </div>
                }
            }
        </Loaded>
    }
}

#[component]
fn Methods(
    supplier: SupplierId,
    methods: Vec<StoredMethod>,
    may: bool,
    terms: Terms,
    back: String,
    ask: ViewFn,
    reload: Callback<()>,
) -> impl IntoView {
    let adding = RwSignal::new(false);
    let kinds = kinds(&terms);
    let none = methods.is_empty();
    let rows = methods
        .into_iter()
        .map(|method| view! { <li class="method-row"><StoredLine method=method.clone() />{may.then(|| view! { <MethodActions method reload /> })}</li> })
        .collect_view();
    let add = (may && !kinds.is_empty()).then(|| view! {
        <div class="panel-actions"><Button look=if none { Look::Primary } else { Look::Plain } icon=icondata_lu::LuPlus on_click=Callback::new(move |()| adding.set(true))>"Add a way to pay"</Button></div>
    });
    view! {
        <Panel title="Stored">
            {if none { view! { <p class="panel-none">"Nothing is stored yet."</p> }.into_any() } else { view! { <ul class="methods">{rows}</ul> }.into_any() }}
            {add}
            {(!may).then(|| ask.run())}
        </Panel>
        <Dialog open=adding title=Signal::stored("Add a way to pay".to_owned())>
            <NewMethodForm supplier kinds=kinds.clone() back=back.clone() cancel=Callback::new(move |()| adding.set(false)) />
        </Dialog>
    }
}

#[component]
fn MethodActions(method: StoredMethod, reload: Callback<()>) -> impl IntoView {
    let (id, name) = (method.id, stored_name(&method));
    let named = name.clone();
    let default = (!method.is_default).then(|| {
        let ask = Callback::new(move |()| {
            confirm(
                format!("Charge {named} from now on?"),
                "It becomes the default: invoices are charged to it unless another is chosen.",
                "Make it the default",
                false,
                move || act(id, true, reload),
            );
        });
        view! { <Button look=Look::Quiet on_click=ask>"Make default"</Button> }
    });
    let is_default = method.is_default;
    let ask = Callback::new(move |()| {
        let then = if is_default {
            "Nothing is charged by default then, until another way to pay is added or chosen."
        } else {
            "It is never charged again."
        };
        confirm(format!("Remove {name}?"), then, "Remove it", true, move || {
            act(id, false, reload)
        });
    });
    view! { <span class="method-actions">{default}<Button look=Look::Quiet on_click=ask>"Remove"</Button></span> }
}

fn act(id: PaymentMethodId, makes_default: bool, reload: Callback<()>) {
    wasm_bindgen_futures::spawn_local(async move {
        let key = browser::random_key();
        let (answer, said) = if makes_default {
            let answer = api::payment_methods::make_payment_method_default(id, &key).await;
            (answer, "It is the default now")
        } else {
            (api::payment_methods::remove_payment_method(id, &key).await, "Removed")
        };
        match answer {
            Ok(_) => {
                toast::done(said);
                reload.run(());
            }
            Err(failure) => toast::failed(failure.told()),
        }
    });
}

/// When money is collected under these terms, in a sentence.
fn collection_text(terms: &Terms, auto_bill: bool) -> String {
    let rule = &terms.billing.collection_rule;
    match rule.kind.as_str() {
        "first_of_month" => "The default way to pay is charged on the 1st of each month.".to_owned(),
        "at_order" => "An order is paid when it is placed or renewed.".to_owned(),
        "weekday_after_issue" => {
            let day = rule
                .weekday
                .map(|day| words::sentence(day.as_str()))
                .unwrap_or_default();
            format!("The default way to pay is charged on the {day} after an invoice.")
        }
        "at_sign_up_and_renewal" => "Paid at sign-up and at each renewal.".to_owned(),
        _ if auto_bill => "Each invoice is charged to the default way to pay as soon as it is final.".to_owned(),
        _ => "Each invoice is paid by hand.".to_owned(),
    }
}

#[component]
fn Collection(authorisation: Authorisation, terms: Terms, reload: Callback<()>) -> impl IntoView {
    let writes = session::may(Permission::PaymentMethodsWrite) && authorisation.revoked_at.is_none();
    let (supplier, auto) = (authorisation.supplier_id, authorisation.auto_bill);
    // Only where the policy leaves it to the supplier is there a choice (R115).
    let chosen = terms.billing.collection_rule.kind == "on_finalise";
    let choice = (chosen && writes).then(|| view! { <AutoBill supplier auto reload /> });
    let revocable = writes && authorisation.default_method_id.is_some();
    let revoke = revocable.then(|| view! { <Revoke supplier rule=terms.billing.revocation reload /> });
    let ways = terms
        .payment_methods
        .iter()
        .map(|(kind, terms)| view! { <Way kind=*kind hours=terms.pending_hours /> })
        .collect_view();
    view! {
        <div>
            <Panel title="When money is collected">
                <p class="panel-text">{collection_text(&terms, auto)}</p>
                <Facts>
                    <Fact name="Invoices are due">{match terms.billing.terms_days { 0 => "at once".to_owned(), days => format!("within {}", time::plural(i64::from(days), "day")) }}</Fact>
                </Facts>
                <div class="panel-actions">{choice}{revoke}</div>
            </Panel>
            <Panel title="What can be used"><ul class="methods">{ways}</ul></Panel>
        </div>
    }
}

#[component]
fn Way(kind: PaymentMethodKind, hours: u32) -> impl IntoView {
    let about = match (kind.is_stored(), kind) {
        (false, PaymentMethodKind::Bacs) => "You send it yourself; the details are on each invoice.".to_owned(),
        (false, _) => "Taken before leads are delivered, when agreed with us.".to_owned(),
        (true, _) => patience(hours),
    };
    view! {
        <li class="method-row">
            <span class="method-icon"><Icon icon=kind_icon(kind) /></span>
            <span class="row-text"><strong>{kind_name(kind)}</strong><small>{about}</small></span>
        </li>
    }
}

#[component]
fn AutoBill(supplier: SupplierId, auto: bool, reload: Callback<()>) -> impl IntoView {
    let ask = Callback::new(move |()| {
        let (title, text, action) = if auto {
            (
                "Pay each invoice by hand?",
                "Nothing is charged by itself any more. Each invoice says when it is due.",
                "Pay by hand",
            )
        } else {
            (
                "Pay invoices automatically?",
                "Each new invoice is charged to the default way to pay as soon as it is final.",
                "Pay automatically",
            )
        };
        confirm(title, text, action, false, move || {
            wasm_bindgen_futures::spawn_local(async move {
                let body = UpdateAuthorisation { auto_bill: !auto };
                match api::payment_methods::update_authorisation(supplier, &body, &browser::random_key()).await {
                    Ok(_) => {
                        toast::done(if auto {
                            "Invoices are paid by hand now"
                        } else {
                            "Invoices are paid automatically now"
                        });
                        reload.run(());
                    }
                    Err(failure) => toast::failed(failure.told()),
                }
            });
        });
    });
    view! { <Button on_click=ask>{if auto { "Pay by hand instead" } else { "Pay automatically" }}</Button> }
}

/// Taking the authorisation back is final, so its dialog says what follows (R13).
#[component]
fn Revoke(supplier: SupplierId, rule: RevocationRule, reload: Callback<()>) -> impl IntoView {
    let text = match rule {
        RevocationRule::ChargeAndDeactivate => {
            "Everything that was delivered is invoiced and charged now, once, and the account is deactivated: no more leads come."
        }
        RevocationRule::Suspend => "Nothing is charged any more, and no leads come until another way to pay is added.",
    };
    let run = move |reason: Option<String>, key: String| {
        let body = RevokeAuthorisation {
            reason: reason.unwrap_or_default(),
        };
        async move {
            api::payment_methods::revoke_authorisation(supplier, &body, &key)
                .await
                .map(drop)
        }
        .boxed_local()
    };
    view! {
        <ReasonAction label="Take the authorisation back" title="Take the authorisation to charge back?" text look=Look::Danger said="The authorisation was taken back" done=reload run=Box::new(run) />
    }
}
