//! Paying with a stored way to pay, or with one that is added on the way.

use std::sync::Arc;

use futures_util::future::LocalBoxFuture;
use leptos::prelude::*;
use tradepost_contract::payment_methods::StoredMethod;
use tradepost_contract::payments::{Payment, PaymentFailure, PaymentStatus};
use tradepost_contract::policy::PaymentMethodKind;
use tradepost_contract::{Money, PaymentMethodId, SupplierId};

use super::methods::stored_methods;
use super::new_method::{NewMethodForm, kinds, patience};
use crate::api::{self, terms::Terms};
use crate::format::money;
use crate::kit::confirm::confirm;
use crate::kit::form::{Field, Form};
use crate::kit::load::{Loaded, Loader, Shape};
use crate::kit::toast;
use crate::session;
use crate::ui::badge::{Status, Tone};
use crate::ui::button::{Button, Look};
use crate::ui::field::TextField;
use crate::ui::paying::{failure_text, method_name, stored_name};
use crate::ui::problem::{FormProblem, Notice};
use crate::ui::select::Radios;
use crate::ui::time::{Shown, Time};

/// Charges a stored way to pay: which, how much, and the idempotency key. Nothing comes of it where credit paid.
pub type Charge =
    Arc<dyn Fn(PaymentMethodId, Money, String) -> LocalBoxFuture<'static, api::Result<Option<Payment>>> + Send + Sync>;

/// How much is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// This.
    Exactly(Money),
    /// What is typed.
    Typed {
        /// At least.
        least: Money,
        /// What stands there at first.
        suggested: Money,
    },
}

/// What is paid.
#[derive(Clone)]
pub struct Bill {
    /// Who pays.
    pub supplier: SupplierId,
    /// The terms of the account.
    pub terms: Terms,
    /// What is said above the choice.
    pub lead: String,
    /// How much.
    pub amount: Amount,
    /// What is bought, in the question: `for invoice T-7`.
    pub what: String,
    /// The page to come back to from the provider's.
    pub back: String,
    /// Whether it fills a wallet, for which a kind may have terms of its own (R9, R10).
    pub prepaid: bool,
    /// Does it.
    pub charge: Charge,
}

impl Bill {
    /// How many hours a way to pay may take for this; nothing where it is not taken.
    fn hours(&self, kind: PaymentMethodKind) -> Option<u32> {
        let in_advance = match kind {
            PaymentMethodKind::Card if self.prepaid => Some(PaymentMethodKind::PrepaidCard),
            PaymentMethodKind::Ach if self.prepaid => Some(PaymentMethodKind::PrepaidAch),
            _ => None,
        };
        let of = |kind| self.terms.payment_methods.get(&kind).map(|terms| terms.pending_hours);
        in_advance.and_then(of).or_else(|| of(kind))
    }
}

/// The form, within a dialog.
#[component]
pub fn PayWith(
    /// What is paid.
    bill: Bill,
    /// The dialog around it.
    open: RwSignal<bool>,
    /// Afterwards.
    done: Callback<()>,
) -> impl IntoView {
    let supplier = bill.supplier;
    let stored = Loader::new(move || async move {
        let authorisation = api::payment_methods::get_authorisation(supplier);
        futures_util::future::try_join(authorisation, stored_methods(supplier)).await
    });
    view! {
        <Loaded loader=stored shape=Shape::Rows(3) let:stored>
            <Choice bill=bill.clone() methods=stored.1 may_add=stored.0.may_change_methods open done />
        </Loaded>
    }
}

#[component]
fn Choice(
    bill: Bill,
    methods: Vec<StoredMethod>,
    may_add: bool,
    open: RwSignal<bool>,
    done: Callback<()>,
) -> impl IntoView {
    let kinds = kinds(&bill.terms);
    let may_add = may_add && !kinds.is_empty();
    let methods: Vec<StoredMethod> = methods
        .into_iter()
        .filter(|method| bill.hours(method.kind).is_some())
        .collect();
    let adding = RwSignal::new(methods.is_empty() && may_add);
    let cancel = Callback::new(move |()| open.set(false));
    if methods.is_empty() && !may_add {
        let contact = session::me().and_then(|me| me.contact.clone());
        let name = contact.map_or_else(|| "the department".to_owned(), |contact| contact.name);
        return view! { <p class="dialog-lead">{format!("No way to pay is stored. Ask {name} to store one, or send the money as the invoice says.")}</p> }.into_any();
    }
    let (supplier, back) = (bill.supplier, bill.back.clone());
    view! {
        {move || {
            if adding.get() {
                view! { <NewMethodForm supplier kinds=kinds.clone() back=back.clone() cancel /> }.into_any()
            } else {
                view! { <StoredForm bill=bill.clone() methods=methods.clone() may_add adding open done /> }.into_any()
            }
        }}
    }
    .into_any()
}

/// The word that stands for a way to pay that is not stored yet.
const ANOTHER: &str = "another";

/// What is typed, or what is asked for anyway.
fn charged(amount: Amount, typed: Field) -> Result<Money, String> {
    match amount {
        Amount::Exactly(amount) => Ok(amount),
        Amount::Typed { least, .. } => money::parse(&typed.text(), least.currency)
            .filter(|asked| asked.minor >= least.minor)
            .ok_or_else(|| format!("An amount of {} or more.", money::text(least))),
    }
}

#[component]
fn StoredForm(
    bill: Bill,
    methods: Vec<StoredMethod>,
    may_add: bool,
    adding: RwSignal<bool>,
    open: RwSignal<bool>,
    done: Callback<()>,
) -> impl IntoView {
    let form = Form::new("pay");
    let suggested = match bill.amount {
        Amount::Exactly(_) => None,
        Amount::Typed { suggested, .. } => Some(suggested),
    };
    let typed = form.field("/amount", suggested.map(money::decimal).unwrap_or_default());
    let amount_field = suggested.map(|suggested| {
        view! { <TextField field=typed label=format!("Amount in {}", suggested.currency) /> }
    });
    let chosen = methods
        .iter()
        .find(|method| method.is_default)
        .or_else(|| methods.first());
    let field = form.field(
        "/payment_method_id",
        chosen.map(|method| method.id.to_string()).unwrap_or_default(),
    );
    let takes = |bill: &Bill, method: &StoredMethod| bill.hours(method.kind).map(patience).unwrap_or_default();
    let mut options: Vec<(String, String, String)> = methods
        .iter()
        .map(|method| (method.id.to_string(), stored_name(method), takes(&bill, method)))
        .collect();
    if may_add {
        let about = "Typed into our payment provider's own page.".to_owned();
        options.push((ANOTHER.to_owned(), "Another way to pay".to_owned(), about));
    }
    let lead = bill.lead.clone();
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let word = field.text();
        if word == ANOTHER {
            adding.set(true);
            return;
        }
        let method = methods.iter().find(|method| method.id.to_string() == word);
        let amount = charged(bill.amount, typed);
        let mut wrong = Vec::new();
        if let Err(why) = &amount {
            wrong.push(typed.refusal("out_of_range", why));
        }
        if method.is_none() {
            wrong.push(field.refusal("required", "Choose what to pay with."));
        }
        let (Ok(amount), Some(method), false) = (amount, method, form.refuse(wrong)) else {
            return;
        };
        let (id, name, charge) = (method.id, stored_name(method), Arc::clone(&bill.charge));
        let shown = money::text(amount);
        confirm(
            format!("Pay {shown} {}?", bill.what),
            format!("{name} is charged {shown}. {}", takes(&bill, method)),
            format!("Pay {shown}"),
            false,
            move || {
                let charge = Arc::clone(&charge);
                form.submit(
                    move |key| charge(id, amount, key),
                    move |payment| {
                        match payment {
                            None => toast::done("Your credit balance paid it"),
                            Some(payment) if payment.failure.is_none() => {
                                toast::done(format!("{}: {}", money::text(payment.amount), payment.status.label()));
                            }
                            // The page says why, and what to do.
                            Some(_) => toast::failed("The payment failed"),
                        }
                        open.set(false);
                        done.run(());
                    },
                );
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <p class="dialog-lead">{lead}</p>
            <FormProblem form />
            {amount_field}
            <Radios field label="Pay with" options />
            <div class="form-actions">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Continue"</Button>
            </div>
        </form>
    }
}

/// A payment in the words of whoever pays; nothing where all is well.
pub fn told(payment: &Payment) -> AnyView {
    let (amount, by) = (money::text(payment.amount), method_name(payment.method).to_lowercase());
    let why = payment.failure.map(failure_text).unwrap_or("it was refused");
    let lasting = payment.failure.is_some_and(PaymentFailure::is_for_good);
    match payment.status {
        PaymentStatus::Created | PaymentStatus::Unknown => view! {
            <Notice tone=Tone::Info><strong>{format!("A payment of {amount} by {by} is being checked.")}</strong><p>"We ask the payment provider what became of it. Nothing is charged twice."</p></Notice>
        }
        .into_any(),
        PaymentStatus::Pending => {
            let by_when = payment.expected_by;
            view! {
                <Notice tone=Tone::Info>
                    <strong>{format!("A payment of {amount} by {by} is on its way.")}</strong>
                    <p>"Banks take up to three days. "{by_when.map(|at| view! { "It should be here by "<Time at shown=Shown::Day />"; " })}"until then nothing else is needed."</p>
                </Notice>
            }
            .into_any()
        }
        PaymentStatus::ScheduledRetry => {
            let again = payment.next_attempt_at;
            view! {
                <Notice tone=Tone::Warn>
                    <strong>{format!("The payment of {amount} by {by} failed: {why}.")}</strong>
                    <p>{again.map(|at| view! { "It is tried again on "<Time at shown=Shown::Day />". " })}"You need not wait: choose how to pay now."</p>
                </Notice>
            }
            .into_any()
        }
        PaymentStatus::Failed | PaymentStatus::Exhausted => {
            let advice = if lasting { "Choose another way to pay." } else { "Try it again, or choose another way to pay." };
            view! { <Notice tone=Tone::Bad><strong>{format!("The payment of {amount} by {by} failed: {why}.")}</strong><p>{advice}</p></Notice> }.into_any()
        }
        PaymentStatus::Disputed => view! {
            <Notice tone=Tone::Warn><strong>{format!("Your bank asks for {amount} back.")}</strong><p>"It has not decided yet. This is between the banks, and has nothing to do with returned leads."</p></Notice>
        }
        .into_any(),
        PaymentStatus::DisputeLost => view! {
            <Notice tone=Tone::Bad><strong>{format!("Your bank took {amount} back.")}</strong><p>"So this invoice is open again. Choose another way to pay."</p></Notice>
        }
        .into_any(),
        PaymentStatus::Succeeded | PaymentStatus::PartRefunded | PaymentStatus::Refunded | PaymentStatus::Void => ().into_any(),
    }
}
