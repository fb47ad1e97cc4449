//! The words of paying: where a payment stands, why it failed, what a way to pay is called.

use leptos::prelude::*;
use tradepost_contract::payment_methods::StoredMethod;
use tradepost_contract::payments::{PaymentFailure, PaymentMethod, PaymentStatus};
use tradepost_contract::policy::PaymentMethodKind;

use super::badge::{Badge, Status, Tone};
use super::icon::Icon;
use crate::format::{time, words};

impl Status for PaymentStatus {
    fn word(&self) -> &'static str {
        self.as_str()
    }
    fn tone(&self) -> Tone {
        match self {
            Self::Created | Self::Pending | Self::Unknown => Tone::Info,
            Self::ScheduledRetry | Self::Disputed => Tone::Warn,
            Self::Failed | Self::Exhausted | Self::DisputeLost => Tone::Bad,
            Self::Succeeded => Tone::Good,
            Self::PartRefunded | Self::Refunded | Self::Void => Tone::Neutral,
        }
    }
    fn label(&self) -> String {
        match self {
            Self::Created => "Being sent",
            Self::Pending => "On its way",
            Self::Unknown => "Being checked",
            Self::Failed => "Failed",
            Self::ScheduledRetry => "Tried again soon",
            Self::Exhausted => "Failed for good",
            Self::Succeeded => "Received",
            Self::PartRefunded => "Partly refunded",
            Self::Refunded => "Refunded",
            Self::Disputed => "Bank dispute",
            Self::DisputeLost => "Taken back by the bank",
            Self::Void => "Void",
        }
        .to_owned()
    }
}

/// Why a try failed, in a sentence that follows a colon.
pub const fn failure_text(failure: PaymentFailure) -> &'static str {
    match failure {
        PaymentFailure::Declined => "the bank declined it and gave no reason",
        PaymentFailure::InsufficientFunds => "there was not enough money",
        PaymentFailure::Expired => "the card has expired",
        PaymentFailure::ConfirmationNeeded => "the bank wants the payer to confirm it in person",
        PaymentFailure::NotAuthorised => "the bank no longer lets this account be charged",
        PaymentFailure::MethodGone => "the way to pay was removed",
        PaymentFailure::NeverArrived => "the request never reached the payment provider",
        PaymentFailure::Refused => "the payment provider refused the request",
    }
}

/// What a way to pay is called.
pub const fn kind_name(kind: PaymentMethodKind) -> &'static str {
    match kind {
        PaymentMethodKind::Card => "Card",
        PaymentMethodKind::Ach => "US bank account (ACH)",
        PaymentMethodKind::PrepaidCard => "Card, prepaid",
        PaymentMethodKind::PrepaidAch => "US bank account, prepaid",
        PaymentMethodKind::Bacs => "Bank transfer (BACS)",
        PaymentMethodKind::DirectDebit => "Direct debit",
        PaymentMethodKind::BankAccount => "Bank account",
        PaymentMethodKind::Paypal => "PayPal",
        PaymentMethodKind::ApplePay => "Apple Pay",
        PaymentMethodKind::AndroidPay => "Android Pay",
    }
}

/// How money came, as people call it.
pub const fn method_name(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::BankTransfer => "Bank transfer",
        PaymentMethod::Bacs => "BACS payment",
        PaymentMethod::Card => "Card",
        PaymentMethod::DirectDebit => "Direct debit",
        PaymentMethod::Ach => "ACH transfer",
        PaymentMethod::Cheque => "Cheque",
        PaymentMethod::BankAccount => "Bank account",
        PaymentMethod::Paypal => "PayPal",
        PaymentMethod::ApplePay => "Apple Pay",
        PaymentMethod::AndroidPay => "Android Pay",
        PaymentMethod::Other => "Other",
    }
}

/// A stored way to pay as its owner knows it: `Visa ending in 4242`.
pub fn stored_name(method: &StoredMethod) -> String {
    let brand = if method.brand.is_empty() {
        kind_name(method.kind).to_owned()
    } else {
        words::sentence(&method.brand)
    };
    match &method.last4 {
        Some(last4) => format!("{brand} ending in {last4}"),
        None => brand,
    }
}

/// Its picture.
pub const fn kind_icon(kind: PaymentMethodKind) -> icondata_core::Icon {
    match kind {
        PaymentMethodKind::Card | PaymentMethodKind::PrepaidCard => icondata_lu::LuCreditCard,
        PaymentMethodKind::Ach
        | PaymentMethodKind::PrepaidAch
        | PaymentMethodKind::Bacs
        | PaymentMethodKind::DirectDebit
        | PaymentMethodKind::BankAccount => icondata_lu::LuLandmark,
        PaymentMethodKind::Paypal | PaymentMethodKind::ApplePay | PaymentMethodKind::AndroidPay => {
            icondata_lu::LuSmartphone
        }
    }
}

/// One stored way to pay: its picture, its name, when it ends, and whether it is the one that is charged.
#[component]
pub fn StoredLine(
    /// The way to pay.
    method: StoredMethod,
) -> impl IntoView {
    let about = match method.expires_on {
        Some(day) => format!("{}, until {}", kind_name(method.kind), time::month(day)),
        None => kind_name(method.kind).to_owned(),
    };
    view! {
        <span class="method-icon"><Icon icon=kind_icon(method.kind) /></span>
        <span class="row-text">
            <strong>{stored_name(&method)}</strong>
            <small>{about}</small>
            {method.is_default.then(|| view! { <span><Badge text="Charged by default" tone=Tone::Good /></span> })}
        </span>
    }
}
