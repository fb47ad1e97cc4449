//! Recording money that came outside the gateway, for an invoice or into a wallet.

use std::sync::Arc;

use futures_util::future::LocalBoxFuture;
use leptos::prelude::*;
use tradepost_contract::payments::{Payment, PaymentMethod, RecordPayment};
use tradepost_contract::{Currency, LocalDate, Money, ProgrammeId};

use crate::api;
use crate::clock;
use crate::format::time::{date, iso_day};
use crate::format::{money, words};
use crate::kit::confirm::confirm;
use crate::kit::form::Form;
use crate::kit::toast;
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::field::{DateField, TextField};
use crate::ui::problem::FormProblem;
use crate::ui::select::Select;

/// What is recorded.
#[derive(Clone)]
pub struct Received {
    /// In which programme: its zone says what day it is.
    pub programme: ProgrammeId,
    /// Who paid.
    pub from: String,
    /// What the money is in.
    pub currency: Currency,
    /// What stands there at first.
    pub suggested: Option<Money>,
    /// What becomes of it: `Invoice T-7 is paid`.
    pub then: String,
    /// Records it.
    pub record: Record,
}

/// Records a payment with an idempotency key.
pub type Record = Arc<dyn Fn(RecordPayment, String) -> LocalBoxFuture<'static, api::Result<Payment>> + Send + Sync>;

/// The form, within a dialog.
#[component]
pub fn RecordForm(
    /// What is recorded.
    received: Received,
    /// The dialog around it.
    open: RwSignal<bool>,
    /// Afterwards.
    done: Callback<()>,
) -> impl IntoView {
    let form = Form::new("payment");
    // Money that comes this evening came today where the programme is.
    let zone = session::programme(received.programme).map_or_else(|| "UTC".to_owned(), |programme| programme.time_zone);
    let today = iso_day(untrack(clock::now), &zone);
    let amount = form.field("/amount", received.suggested.map(money::decimal).unwrap_or_default());
    let method = form.field("/method", "bank_transfer");
    let reference = form.field("/reference", "");
    let received_on = form.field("/received_on", today);
    let currency = received.currency;
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut wrong = Vec::new();
        let money = money::parse(&amount.text(), currency);
        if money.is_none() {
            wrong.push(amount.refusal("invalid", "An amount such as 45.00."));
        }
        if reference.text().is_empty() {
            wrong.push(reference.refusal("required", "What the bank's statement says."));
        }
        let day = received_on.text().parse::<LocalDate>().ok();
        if day.is_none() {
            wrong.push(received_on.refusal("invalid", "The day the money came."));
        }
        if form.refuse(wrong) {
            return;
        }
        let (Some(money), Some(day), Ok(method)) = (money, day, method.text().parse::<PaymentMethod>()) else {
            return;
        };
        let (shown, reference, record) = (money::text(money), reference.text(), Arc::clone(&received.record));
        confirm(
            format!("Record {shown} from {}?", received.from),
            format!(
                "{} by {shown}, received on {}. A record made by mistake can be made void on its own page.",
                received.then,
                date(day)
            ),
            format!("Record {shown}"),
            false,
            move || {
                let body = RecordPayment {
                    amount: Some(money),
                    method,
                    reference: reference.clone(),
                    received_on: day,
                };
                let record = Arc::clone(&record);
                form.submit(
                    move |key| record(body, key),
                    move |_| {
                        toast::done("Recorded");
                        open.set(false);
                        done.run(());
                    },
                );
            },
        );
    };
    let methods = PaymentMethod::ALL
        .iter()
        .map(|word| (word.as_str().to_owned(), words::sentence(word.as_str())))
        .collect();
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <div class="form-grid">
                <TextField field=amount label=format!("Amount in {currency}") />
                <DateField field=received_on label="Received on" />
            </div>
            <Select field=method label="By" options=methods />
            <TextField field=reference label="Reference" hint="As on the statement of the bank." />
            <div class="form-actions">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Record the payment"</Button>
            </div>
        </form>
    }
}
