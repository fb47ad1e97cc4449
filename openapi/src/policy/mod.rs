//! The rules one seller sells by: `PolicySet`, a typed, versioned, immutable document.
//!
//! Where two sellers disagree there is a setting here and never a constant in code (table K of the
//! requirements). What applies is resolved field by field through the layers
//! agreement > account > product > programme > default; each layer is a JSON merge patch (RFC 7396)
//! and the result must be a whole `PolicySet`. For that reason every list a layer may amend is a map
//! by key (a patch adds a key, and `null` removes it), and a choice with parameters is an object
//! whose tag says which parameters it takes, so that an illegal mix cannot be written. A layer that
//! switches such a choice must null the parameters that the new one does not take.
//!
//! Amounts of money are minor units of the programme's currency (`*_minor`); fractions are decimal
//! strings (`Rate`); the time zone is the programme's own. How the brand presents itself
//! (descriptor, support address) is not policy and lives with the programme.

mod account;
mod billing;
mod checkout;
mod intake;
mod pauses;
mod privacy;
mod quantities;
mod retention;
mod returns;
mod rewards;
mod service;
mod tax;
mod wording;

pub use account::*;
pub use billing::*;
pub use checkout::*;
pub use intake::*;
pub use pauses::*;
pub use privacy::*;
pub use quantities::*;
pub use retention::*;
pub use returns::*;
pub use rewards::*;
pub use service::*;
pub use tax::*;
pub use wording::*;

use crate::FieldError;
use std::collections::BTreeMap;

/// Every rule of one seller, complete: what a resolved policy is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicySet {
    /// Which leads are taken in.
    pub intake: IntakePolicy,
    /// How a lead finds its buyers (K19).
    pub distribution: DistributionPolicy,
    /// Which deliveries may be returned, until when, and what for (K1–K7).
    pub returns: ReturnPolicy,
    /// How an owed replacement lead behaves (R44).
    pub replacement: ReplacementPolicy,
    /// When and how deliveries are invoiced and collected (K12–K14, K20).
    pub billing: BillingPolicy,
    /// The ways to pay, by kind (K15).
    pub payment_methods: BTreeMap<PaymentMethodKind, MethodTerms>,
    /// Paying before delivery (R9, R10).
    pub prepaid: PrepaidPolicy,
    /// A plan with a minimum per period and overage above it (R95–R97).
    pub plan: PlanPolicy,
    /// Packages of leads per business (R105, R117, R118).
    pub package: PackagePolicy,
    /// What happens when a payment fails or is late.
    pub dunning: DunningPolicy,
    /// The tax on every line.
    pub tax: TaxPolicy,
    /// Who may pause, for how long and how often (K8, K9).
    pub pause: PausePolicy,
    /// How soon a requested change takes effect (K10).
    pub changes: ChangePolicy,
    /// How a supplier leaves (K11).
    pub cancel: CancelPolicy,
    /// The recurring order with its perk (K21).
    pub loyalty: LoyaltyPolicy,
    /// What a supplier changes himself, asks for, or cannot change (K16, K17). A field that is not
    /// listed is `none`.
    pub self_service: BTreeMap<SelfServiceField, SelfServiceMode>,
    /// How leads are bought at a checkout (R39, R51, R54).
    pub checkout: CheckoutPolicy,
    /// Coupon codes (R36–R38).
    pub coupon: CouponPolicy,
    /// How people get in (K18).
    pub access: AccessPolicy,
    /// Work on leads by phone (R98, R100, R111).
    pub calls: CallPolicy,
    /// How soon questions are answered (R34).
    pub support: SupportPolicy,
    /// Control of suppliers who return too much (K22).
    pub rate_review: RateReviewPolicy,
    /// How long personal data is kept.
    pub retention: RetentionPolicy,
    /// What the persons behind leads may ask for, and how soon it is done.
    pub privacy: PrivacyPolicy,
    /// The programme's own words (R26); a word that is not listed has its usual form.
    pub wording: BTreeMap<WordingKey, String>,
    /// Help articles and tutorials by key (R32, R50).
    pub help: BTreeMap<String, HelpArticle>,
    /// Notices that go with a delivery, by key (R82).
    pub notices: BTreeMap<String, Notice>,
    /// Business days and holidays (R125).
    pub calendar: CalendarPolicy,
}

impl PolicySet {
    /// What the supplier may do about a field by himself; `none` where the policy says nothing.
    pub fn self_service(&self, field: SelfServiceField) -> SelfServiceMode {
        self.self_service.get(&field).copied().unwrap_or(SelfServiceMode::None)
    }

    /// The programme's own word, or the usual one.
    pub fn word(&self, key: WordingKey) -> &str {
        self.wording.get(&key).map_or(key.usual(), String::as_str)
    }

    /// The rules between fields that types cannot hold: no faults means the policy is usable.
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        self.intake.faults(&mut faults);
        self.distribution.faults(&mut faults);
        self.returns.faults(&mut faults);
        self.billing.faults(&mut faults);
        self.prepaid.faults(&mut faults);
        self.plan.faults(&mut faults);
        self.pause.faults(&mut faults);
        self.loyalty.faults(&mut faults);
        self.checkout.faults(&mut faults);
        self.calls.faults(&mut faults);
        self.privacy.faults(&mut faults);
        self.retention.faults(&mut faults);
        for (key, notice) in &self.notices {
            if notice.before_contact && !notice.must_accept {
                let message = "what is not accepted holds nothing back: set `must_accept`";
                faults.push(FieldError::new(
                    format!("/notices/{key}/before_contact"),
                    "conflict",
                    message,
                ));
            }
        }
        if self.checkout != (CheckoutPolicy::NotOffered {}) && self.billing.mode != BillingMode::Order {
            faults.push(FieldError::new(
                "/checkout/mode",
                "conflict",
                "what is bought at a checkout is paid with the order: use the billing mode `order`",
            ));
        }
        if self.checkout != (CheckoutPolicy::NotOffered {}) && self.returns.remedy != Remedy::Replacement {
            faults.push(FieldError::new(
                "/returns/remedy",
                "conflict",
                "a lead that was paid with its order is made good by another lead: use the remedy `replacement`",
            ));
        }
        if self.checkout != (CheckoutPolicy::NotOffered {})
            && !matches!(self.cancel.undelivered, Undelivered::Finish | Undelivered::None)
        {
            faults.push(FieldError::new(
                "/cancel/undelivered",
                "conflict",
                "leads that were paid with their order are still delivered, or lapse: use `finish` or `none`",
            ));
        }
        let has_packages = self.package != (PackagePolicy::NotOffered {});
        if has_packages && self.billing.mode != BillingMode::Package {
            faults.push(FieldError::new(
                "/package/mode",
                "conflict",
                "leads of a package are invoiced as they are delivered: use the billing mode `package`",
            ));
        }
        if has_packages && !matches!(self.cancel.undelivered, Undelivered::Finish | Undelivered::None) {
            faults.push(FieldError::new(
                "/cancel/undelivered",
                "conflict",
                "leads that were paid with their package are still delivered, or lapse: use `finish` or `none`",
            ));
        }
        if self.billing.mode == BillingMode::Prepaid && self.prepaid.refill == PrepaidRefill::NotOffered {
            faults.push(FieldError::new(
                "/prepaid/refill",
                "conflict",
                "leads that are paid out of wallets need a way to fill them",
            ));
        }
        if self.coupon.per_customer == 0 {
            faults.push(FieldError::new(
                "/coupon/per_customer",
                "out_of_range",
                "expected 1 or more",
            ));
        }
        self.tax.faults(&mut faults);
        if self.returns.remedy == Remedy::LineDropped
            && self.returns.window != (ReturnWindow::UntilInvoiced {})
            && self.returns.window != (ReturnWindow::None {})
        {
            faults.push(FieldError::new(
                "/returns/remedy",
                "conflict",
                "a line can only be dropped while it is not invoiced: use the window `until_invoiced` or the remedy `credit`",
            ));
        }
        for (key, word) in &self.wording {
            if word.trim().is_empty() || word.chars().count() > 200 {
                faults.push(FieldError::new(
                    format!("/wording/{key}"),
                    "length",
                    "a word has 1 to 200 characters",
                ));
            }
        }
        faults
    }
}

/// Pushes a fault when a number lies outside its range.
fn in_range(faults: &mut Vec<FieldError>, pointer: &str, value: u32, range: std::ops::RangeInclusive<u32>) {
    if !range.contains(&value) {
        let message = format!("expected {} to {}", range.start(), range.end());
        faults.push(FieldError::new(pointer, "out_of_range", message));
    }
}
