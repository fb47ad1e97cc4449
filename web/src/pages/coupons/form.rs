//! Making a coupon.

use leptos::prelude::*;
use tradepost_contract::coupons::{CreateCoupon, Discount};
use tradepost_contract::{FieldError, ProgrammeId};

use crate::api;
use crate::format::money;
use crate::kit::form::{Field, Form};
use crate::kit::names;
use crate::kit::toast;
use crate::session;
use crate::ui::button::{Button, Look};
use crate::ui::combobox::Combobox;
use crate::ui::field::{DateField, TextField};
use crate::ui::problem::FormProblem;
use crate::ui::select::{Radios, Select};

const PERCENT: &str = "percent";
const AMOUNT: &str = "amount";

/// A whole number above zero, or nothing.
fn whole(field: Field, wrong: &mut Vec<FieldError>) -> Option<i64> {
    let text = field.optional()?;
    let value = text.parse().ok().filter(|value| *value > 0);
    if value.is_none() {
        wrong.push(field.refusal("invalid", "A whole number, or nothing."));
    }
    value
}

/// `12.5` as the share `"0.125"`.
fn share_of_hundred(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('%').trim();
    let number: rust_decimal::Decimal = text.parse().ok()?;
    Some((number / rust_decimal::Decimal::ONE_HUNDRED).normalize().to_string())
}

/// The form of a new coupon, in its drawer.
#[component]
pub fn NewCoupon(
    /// The drawer.
    open: RwSignal<bool>,
    /// Afterwards.
    done: Callback<()>,
) -> impl IntoView {
    let form = Form::new("coupon");
    let programmes = session::programmes();
    let only = if programmes.len() == 1 {
        programmes.first()
    } else {
        None
    };
    let programme = form.field("/programme_id", only.map(|one| one.id.to_string()).unwrap_or_default());
    let code = form.field("/code", "");
    let kind = form.field("/discount/kind", PERCENT);
    let value = form.field("/discount", "");
    let least = form.field("/min_quantity", "");
    let uses = form.field("/max_uses", "");
    let each = form.field("/per_customer", "");
    let until = form.field("/valid_until", "");
    let customer = form.field("/supplier_id", "");
    let choices = programmes
        .iter()
        .map(|one| (one.id.to_string(), one.name.clone()))
        .collect();
    let kinds = vec![
        (PERCENT.to_owned(), "A share of the price".to_owned(), String::new()),
        (
            AMOUNT.to_owned(),
            "An amount".to_owned(),
            "At most the price.".to_owned(),
        ),
    ];
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let mut wrong = Vec::new();
        let chosen: Option<ProgrammeId> = programme.text().parse().ok();
        if chosen.is_none() {
            wrong.push(programme.refusal("required", "Choose the programme it counts in."));
        }
        if code.text().is_empty() {
            wrong.push(code.refusal("required", "What the buyer types in."));
        }
        let discount = if kind.text() == AMOUNT {
            let currency = chosen.and_then(session::programme).map(|one| one.currency);
            let amount = currency.and_then(|currency| money::parse(&value.text(), currency));
            amount.map(|amount| Discount::Amount { amount })
        } else {
            let rate = share_of_hundred(&value.text()).and_then(|share| share.parse().ok());
            rate.map(|rate| Discount::Percent { rate })
        };
        if discount.is_none() {
            let text = if kind.text() == AMOUNT {
                "An amount such as 45.00."
            } else {
                "A number such as 10."
            };
            wrong.push(value.refusal("invalid", text));
        }
        let (min_quantity, max_uses, per_customer) = (
            whole(least, &mut wrong),
            whole(uses, &mut wrong),
            whole(each, &mut wrong),
        );
        // The last day counts: it ends when the next one begins.
        let valid_until = until.optional().map(|day| {
            let day: Option<tradepost_contract::LocalDate> = day.parse().ok();
            day.and_then(|day| format!("{}T00:00:00Z", day.plus_days(1)).parse().ok())
        });
        if valid_until == Some(None) {
            wrong.push(until.refusal("invalid", "A day, or nothing."));
        }
        if form.refuse(wrong) {
            return;
        }
        let (Some(programme_id), Some(discount)) = (chosen, discount) else {
            return;
        };
        let body = CreateCoupon {
            programme_id,
            // Blanks at its ends are refused by the server, which says so.
            code: code.value.get_untracked(),
            discount,
            products: Vec::new(),
            min_quantity,
            valid_from: None,
            valid_until: valid_until.flatten(),
            max_uses,
            per_customer,
            supplier_id: customer.text().parse().ok(),
        };
        form.submit(
            move |key| async move { api::coupons::create_coupon(&body, &key).await },
            move |coupon| {
                toast::done(format!("{} counts", coupon.code));
                open.set(false);
                done.run(());
            },
        );
    };
    view! {
        <form class="drawer-content" on:submit=send novalidate>
            <FormProblem form />
            <Select field=programme label="Programme" options=choices />
            <TextField field=code label="Code" hint="The buyer types exactly this: capital letters, blanks and dashes count." />
            <Radios field=kind label="What it takes off" options=kinds />
            {move || {
                let label = if kind.value.get() == AMOUNT { "Amount" } else { "Percent" };
                view! { <TextField field=value label=label /> }
            }}
            <div class="form-grid">
                <TextField field=uses label="Uses in all" kind="number" optional=true />
                <TextField field=each label="Uses a customer" kind="number" hint="As the policy says, if empty." optional=true />
                <TextField field=least label="Fewest leads" kind="number" optional=true />
                <DateField field=until label="Last day" />
            </div>
            <Combobox field=customer label="Only for" options=Signal::derive(names::suppliers) hint="One customer's own code. Leave it empty for everybody." />
            <div class="form-actions sticky">
                <Button on_click=Callback::new(move |()| open.set(false))>"Cancel"</Button>
                <Button look=Look::Primary submit=true busy=Signal::derive(move || form.is_busy())>"Make the coupon"</Button>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::share_of_hundred;

    #[test]
    fn percent_is_a_share_of_a_hundred() {
        assert_eq!(share_of_hundred("10").as_deref(), Some("0.1"));
        assert_eq!(share_of_hundred(" 12.5 % ").as_deref(), Some("0.125"));
        assert_eq!(share_of_hundred("ten"), None);
    }
}
