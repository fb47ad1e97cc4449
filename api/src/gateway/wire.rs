//! Stripe's objects, as far as they are read here, and what they mean in our words.

use super::{Charge, Fault, RefundState, Token};
use serde::Deserialize;
use std::collections::BTreeMap;
use tradepost_contract::LocalDate;
use tradepost_contract::payments::{AttemptStatus, DisputeStatus, PaymentFailure};
use tradepost_contract::refunds::RefundStatus;

/// The key of our number in the metadata of charges and refunds.
pub(crate) const OUR_NUMBER: &str = "tradepost_id";

/// A list of objects.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

/// The body of a refusal.
#[derive(Debug, Deserialize)]
pub(super) struct Refusal {
    pub(super) error: Problem,
}

/// Why something was refused or failed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Problem {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    decline_code: Option<String>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    pub(super) payment_intent: Option<Intent>,
}

impl Problem {
    /// The most telling code there is.
    fn told(&self) -> &str {
        let code = self.code.as_deref().unwrap_or_default();
        match self.decline_code.as_deref() {
            Some(decline) if code.is_empty() || code == "card_declined" => decline,
            _ => code,
        }
    }

    /// Why a charge failed, in our words.
    pub(super) fn failure(&self) -> PaymentFailure {
        match self.told() {
            "insufficient_funds" => PaymentFailure::InsufficientFunds,
            "expired_card" => PaymentFailure::Expired,
            "authentication_required" => PaymentFailure::ConfirmationNeeded,
            "debit_not_authorized"
            | "account_closed"
            | "no_account"
            | "revocation_of_authorization"
            | "revocation_of_all_authorizations"
            | "payment_method_bank_account_mandate_inactive" => PaymentFailure::NotAuthorised,
            "lost_card" | "stolen_card" | "pickup_card" | "resource_missing" | "payment_method_unactivated" => {
                PaymentFailure::MethodGone
            }
            _ => PaymentFailure::Declined,
        }
    }

    pub(super) fn into_fault(self) -> Fault {
        let code = match self.told() {
            "" => "refused",
            told => told,
        };
        Fault::Refused {
            code: code.to_owned(),
            message: self.message.clone().unwrap_or_default(),
        }
    }
}

type Metadata = BTreeMap<String, String>;

/// A charge.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Intent {
    pub(crate) id: String,
    amount: i64,
    status: String,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    last_payment_error: Option<Box<Problem>>,
}

impl Intent {
    pub(crate) fn into_charge(self) -> Charge {
        let status = match self.status.as_str() {
            "succeeded" => AttemptStatus::Succeeded,
            "canceled" | "requires_action" => AttemptStatus::Failed,
            "requires_payment_method" if self.last_payment_error.is_some() => AttemptStatus::Failed,
            // Still being worked on.
            _ => AttemptStatus::Pending,
        };
        let why = self.last_payment_error.as_ref().map(|problem| problem.failure());
        let failure = match (status, self.status.as_str()) {
            (AttemptStatus::Failed, "requires_action") => Some(PaymentFailure::ConfirmationNeeded),
            (AttemptStatus::Failed, _) => Some(why.unwrap_or(PaymentFailure::Declined)),
            _ => None,
        };
        Charge {
            attempt: self.metadata.get(OUR_NUMBER).and_then(|text| text.parse().ok()),
            reference: self.id,
            amount_minor: self.amount,
            status,
            failure,
        }
    }
}

/// Money given back.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RefundObject {
    pub(super) id: String,
    #[serde(default)]
    amount: i64,
    status: Option<String>,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    failure_reason: Option<String>,
}

impl RefundObject {
    pub(crate) fn into_state(self) -> RefundState {
        let status = match self.status.as_deref() {
            Some("succeeded") => RefundStatus::Succeeded,
            Some("failed" | "canceled") => RefundStatus::Failed,
            _ => RefundStatus::Pending,
        };
        RefundState {
            refund: self.metadata.get(OUR_NUMBER).and_then(|text| text.parse().ok()),
            reference: self.id,
            amount_minor: self.amount,
            status,
            failure: self.failure_reason.filter(|_| status == RefundStatus::Failed),
        }
    }
}

/// A payer's bank asks for money back.
#[derive(Debug, Clone, Deserialize)]
struct DisputeObject {
    status: String,
    payment_intent: Option<String>,
}

/// A page on which a method is typed in.
#[derive(Debug, Deserialize)]
pub(super) struct SessionObject {
    pub(super) id: String,
    #[serde(default)]
    pub(super) url: Option<String>,
    #[serde(default)]
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) setup_intent: Option<SetupObject>,
}

/// What such a page brings about. An event names it only by its id.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum SetupObject {
    Whole { payment_method: Option<Box<MethodObject>> },
    Named(#[expect(dead_code, reason = "its shape alone tells the two apart")] String),
}

/// A stored method.
#[derive(Debug, Deserialize)]
pub(super) struct MethodObject {
    id: String,
    r#type: String,
    #[serde(default)]
    card: Option<CardObject>,
    #[serde(default)]
    us_bank_account: Option<BankObject>,
    #[serde(default)]
    bacs_debit: Option<BankObject>,
}

#[derive(Debug, Deserialize)]
struct CardObject {
    brand: String,
    last4: String,
    exp_month: u8,
    exp_year: i32,
}

#[derive(Debug, Deserialize)]
struct BankObject {
    #[serde(default)]
    bank_name: Option<String>,
    #[serde(default)]
    last4: Option<String>,
}

impl MethodObject {
    pub(super) fn into_token(self) -> Token {
        let Self {
            id,
            r#type,
            card,
            us_bank_account,
            bacs_debit,
        } = self;
        if let Some(card) = card {
            return Token {
                token: id,
                brand: card.brand,
                last4: Some(card.last4),
                expires_on: last_day(card.exp_year, card.exp_month),
            };
        }
        let bank = us_bank_account.or(bacs_debit);
        let (name, last4) = bank.map_or((None, None), |bank| (bank.bank_name, bank.last4));
        Token {
            token: id,
            brand: name.unwrap_or(r#type),
            last4,
            expires_on: None,
        }
    }
}

/// A card is good through the last day of the month that it names.
fn last_day(year: i32, month: u8) -> Option<LocalDate> {
    let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    LocalDate::from_ymd(year, month, 1).map(|next| next.plus_days(-1))
}

/// Something the gateway tells us by itself.
#[derive(Debug, Deserialize)]
pub(crate) struct EventObject {
    pub(crate) id: String,
    pub(crate) r#type: String,
    data: EventData,
}

#[derive(Debug, Deserialize)]
struct EventData {
    object: serde_json::Value,
}

/// What an event says, in our words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News {
    /// How a charge stands.
    Charge(Charge),
    /// How a refund stands.
    Refund(RefundState),
    /// A payer's bank asks for the money of this charge back, or has decided.
    Dispute {
        /// The gateway's reference of the charge.
        charge: String,
        /// How it stands.
        status: DisputeStatus,
    },
    /// A page was finished or has expired.
    Page {
        /// The gateway's reference of the page.
        reference: String,
    },
    /// Nothing that matters here.
    Nothing,
}

impl EventObject {
    /// What it says. An object that is not of its kind's shape says nothing.
    pub(crate) fn news(&self) -> News {
        let object = || self.data.object.clone();
        match self.r#type.as_str() {
            "payment_intent.succeeded"
            | "payment_intent.processing"
            | "payment_intent.payment_failed"
            | "payment_intent.canceled" => serde_json::from_value::<Intent>(object())
                .map_or(News::Nothing, |intent| News::Charge(intent.into_charge())),
            "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
                serde_json::from_value::<RefundObject>(object())
                    .map_or(News::Nothing, |refund| News::Refund(refund.into_state()))
            }
            "charge.dispute.created" | "charge.dispute.updated" | "charge.dispute.closed" => {
                let Ok(dispute) = serde_json::from_value::<DisputeObject>(object()) else {
                    return News::Nothing;
                };
                let status = match dispute.status.as_str() {
                    "won" | "warning_closed" => DisputeStatus::Won,
                    "lost" => DisputeStatus::Lost,
                    // An enquiry takes no money yet.
                    "warning_needs_response" | "warning_under_review" => return News::Nothing,
                    _ => DisputeStatus::Open,
                };
                dispute
                    .payment_intent
                    .map_or(News::Nothing, |charge| News::Dispute { charge, status })
            }
            "checkout.session.completed" | "checkout.session.expired" => {
                let reference = self.data.object["id"].as_str();
                reference.map_or(News::Nothing, |reference| News::Page {
                    reference: reference.to_owned(),
                })
            }
            _ => News::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    fn news(kind: &str, object: serde_json::Value) -> News {
        let event = json!({ "id": "evt_1", "type": kind, "data": { "object": object } });
        serde_json::from_value::<EventObject>(event).unwrap().news()
    }

    #[rstest]
    #[case("succeeded", None, AttemptStatus::Succeeded, None)]
    #[case("processing", None, AttemptStatus::Pending, None)]
    #[case("requires_confirmation", None, AttemptStatus::Pending, None)]
    #[case("requires_payment_method", None, AttemptStatus::Pending, None)]
    #[case(
        "requires_payment_method",
        Some("card_declined"),
        AttemptStatus::Failed,
        Some(PaymentFailure::Declined)
    )]
    #[case(
        "requires_payment_method",
        Some("expired_card"),
        AttemptStatus::Failed,
        Some(PaymentFailure::Expired)
    )]
    #[case(
        "requires_payment_method",
        Some("debit_not_authorized"),
        AttemptStatus::Failed,
        Some(PaymentFailure::NotAuthorised)
    )]
    #[case(
        "requires_action",
        None,
        AttemptStatus::Failed,
        Some(PaymentFailure::ConfirmationNeeded)
    )]
    #[case("canceled", None, AttemptStatus::Failed, Some(PaymentFailure::Declined))]
    fn what_a_charge_says(
        #[case] status: &str,
        #[case] code: Option<&str>,
        #[case] expected: AttemptStatus,
        #[case] failure: Option<PaymentFailure>,
    ) {
        let error = code.map(|code| json!({ "code": code }));
        let intent = json!({ "id": "pi_1", "amount": 5, "status": status, "last_payment_error": error });
        let charge = serde_json::from_value::<Intent>(intent).unwrap().into_charge();
        assert_eq!((charge.status, charge.failure), (expected, failure));
    }

    #[test]
    fn a_decline_says_why() {
        let problem = json!({ "code": "card_declined", "decline_code": "insufficient_funds" });
        let problem: Problem = serde_json::from_value(problem).unwrap();
        assert_eq!(problem.failure(), PaymentFailure::InsufficientFunds);
    }

    #[test]
    fn a_card_is_good_through_its_month() {
        assert_eq!(last_day(2028, 2).unwrap().as_str(), "2028-02-29");
        assert_eq!(last_day(2027, 12).unwrap().as_str(), "2027-12-31");
        assert_eq!(last_day(2027, 13), None);
    }

    #[test]
    fn what_events_say() {
        let dispute = |status: &str| json!({ "status": status, "payment_intent": "pi_1" });
        let charge = "pi_1".to_owned();
        assert_eq!(
            news("charge.dispute.created", dispute("needs_response")),
            News::Dispute {
                charge: charge.clone(),
                status: DisputeStatus::Open
            }
        );
        assert_eq!(
            news("charge.dispute.closed", dispute("lost")),
            News::Dispute {
                charge,
                status: DisputeStatus::Lost
            }
        );
        assert_eq!(
            news("charge.dispute.created", dispute("warning_needs_response")),
            News::Nothing
        );
        assert_eq!(news("customer.created", json!({})), News::Nothing);
        assert_eq!(news("payment_intent.succeeded", json!({ "id": 5 })), News::Nothing);
        assert_eq!(
            news(
                "checkout.session.completed",
                json!({ "id": "cs_1", "setup_intent": "seti_1" })
            ),
            News::Page {
                reference: "cs_1".to_owned()
            }
        );
    }
}
