//! When and how deliveries are invoiced and collected.

use super::{Rate, Weekday, in_range};
use crate::FieldError;
use std::collections::BTreeMap;

/// When and how deliveries are invoiced and collected (K12–K14, K20).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BillingPolicy {
    /// What is paid for.
    pub mode: BillingMode,
    /// How often an invoice is made and which deliveries it takes (K12, K13).
    pub cycle: BillingCycle,
    /// The rule of the first period (K20).
    pub first_period: FirstPeriod,
    /// The share of a package or order taken in advance (R118); absent means none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advance_pct: Option<Rate>,
    /// What an invoice run does with deliveries that may still be returned (R84).
    pub open_window_lines: OpenWindowLines,
    /// An invoice is due so many days after its issue (R79); 0 is at once.
    pub terms_days: u32,
    /// When money is collected (K14).
    pub collection_rule: CollectionRule,
    /// What happens when the supplier revokes the authorisation to collect (R13).
    pub revocation: RevocationRule,
    /// A refund above this, in minor units, needs a second person; absent means that none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_approval_above_minor: Option<i64>,
}

impl BillingPolicy {
    pub(super) fn faults(&self, faults: &mut Vec<FieldError>) {
        match &self.cycle {
            BillingCycle::None {} | BillingCycle::CalendarMonth {} | BillingCycle::BillingMonth {} => {}
            BillingCycle::Week { lag_days, .. } => in_range(faults, "/billing/cycle/lag_days", *lag_days, 0..=56),
            BillingCycle::Days { amount } => in_range(faults, "/billing/cycle/amount", *amount, 1..=366),
        }
        in_range(faults, "/billing/terms_days", self.terms_days, 0..=366);
        if self.refund_approval_above_minor.is_some_and(|limit| limit < 0) {
            faults.push(FieldError::new(
                "/billing/refund_approval_above_minor",
                "out_of_range",
                "expected 0 or more",
            ));
        }
        let invoiced_by_period = matches!(self.mode, BillingMode::Arrears | BillingMode::Prepaid);
        if invoiced_by_period && self.cycle == (BillingCycle::None {}) {
            faults.push(FieldError::new(
                "/billing/cycle",
                "required",
                "billing in arrears or out of wallets needs a cycle",
            ));
        }
        if let FirstPeriod::ThresholdCharge { threshold_minor } = self.first_period
            && threshold_minor <= 0
        {
            faults.push(FieldError::new(
                "/billing/first_period/threshold_minor",
                "out_of_range",
                "expected more than 0",
            ));
        }
    }
}

text_enum! {
    /// What is paid for.
    pub enum BillingMode {
        /// Delivered leads, after the period.
        Arrears = "arrears",
        /// Delivered leads, out of money paid before.
        Prepaid = "prepaid",
        /// An order of leads, when it is placed and at each renewal.
        Order = "order",
        /// A plan, in advance, and overage after the period.
        Subscription = "subscription",
        /// A package: some in advance, the rest as leads are delivered.
        Package = "package",
    }
}

/// How often an invoice is made and which deliveries it takes (K12, K13).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "unit", rename_all = "snake_case", deny_unknown_fields)]
pub enum BillingCycle {
    /// No periodic invoice: each order is paid when it is placed.
    None {},
    /// A calendar month of the programme's time zone, invoiced on the first of the next (R6).
    CalendarMonth {},
    /// The month that starts on the day the subscription started.
    BillingMonth {},
    /// A week, invoiced on `anchor`: the run on that day takes the seven days that end `lag_days`
    /// earlier (R78 with lag 0, R114 with lag 7).
    Week {
        /// The day an invoice is made; weeks start on it too.
        anchor: Weekday,
        /// How many days the invoiced week lies back.
        lag_days: u32,
    },
    /// Exactly so many days from the first order (R62).
    Days {
        /// How many days.
        amount: u32,
    },
}

/// The rule of the first period (K20).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum FirstPeriod {
    /// Like any other.
    None {},
    /// One charge of the threshold once the balance reaches it (R12).
    ThresholdCharge {
        /// In minor units of the programme's currency.
        threshold_minor: i64,
    },
    /// No service before the first payment (R85).
    PayFirst {},
    /// The first package is introductory and prepaid in full (R117).
    IntroPackagePrepaid {},
}

text_enum! {
    /// What an invoice run does with deliveries that may still be returned (R84).
    pub enum OpenWindowLines {
        /// They are invoiced; a later return becomes a credit note.
        IncludeThenCredit = "include_then_credit",
        /// They wait for the first run after their window has closed.
        Defer = "defer",
    }
}

/// When money is collected (K14).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CollectionRule {
    /// On the first of the month (R7).
    FirstOfMonth {},
    /// When the order is placed or renewed.
    AtOrder {},
    /// On the next such weekday after the invoice (R80).
    WeekdayAfterIssue {
        /// The weekday.
        weekday: Weekday,
        /// A holiday moves the collection to the next business day.
        business_days_only: bool,
    },
    /// At sign-up and at each renewal.
    AtSignUpAndRenewal {},
    /// When the invoice is final, for those who chose it; the others pay by hand (R115).
    OnFinalise {},
}

text_enum! {
    /// What happens when the supplier revokes the authorisation to collect (R13).
    pub enum RevocationRule {
        /// The balance is charged at once, then the account is deactivated.
        ChargeAndDeactivate = "charge_and_deactivate",
        /// The account is suspended until another method is there.
        Suspend = "suspend",
    }
}

text_enum! {
    /// A way to pay (K15).
    pub enum PaymentMethodKind {
        /// A card charged automatically.
        Card = "card",
        /// A US bank account drawn automatically (R8).
        Ach = "ach",
        /// A card, charged before delivery (R9).
        PrepaidCard = "prepaid_card",
        /// A US bank account, drawn before delivery (R10).
        PrepaidAch = "prepaid_ach",
        /// A UK bank transfer the supplier sends (R79).
        Bacs = "bacs",
        /// A UK direct debit.
        DirectDebit = "direct_debit",
        /// A bank account at the gateway (R116).
        BankAccount = "bank_account",
        /// PayPal.
        Paypal = "paypal",
        /// Apple Pay.
        ApplePay = "apple_pay",
        /// Android Pay.
        AndroidPay = "android_pay",
    }
}

impl PaymentMethodKind {
    /// Whether a gateway stores and charges it. A bank transfer is sent by the supplier, and the prepaid
    /// kinds are terms on a card or an account that has a kind of its own.
    pub const fn is_stored(self) -> bool {
        match self {
            Self::Card
            | Self::Ach
            | Self::DirectDebit
            | Self::BankAccount
            | Self::Paypal
            | Self::ApplePay
            | Self::AndroidPay => true,
            Self::Bacs | Self::PrepaidCard | Self::PrepaidAch => false,
        }
    }
}

/// The terms of one way to pay.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MethodTerms {
    /// A payment may stay pending so many hours before staff are alerted (R8); 0 means it posts at
    /// once.
    pub pending_hours: u32,
}

/// Paying before delivery (R9–R11). An account's prepay form overrides each of these.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrepaidPolicy {
    /// When a wallet is filled again.
    pub refill: PrepaidRefill,
    /// What is taken each time, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_up_minor: Option<i64>,
    /// With `low_balance`: the balance below which it is taken, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below_minor: Option<i64>,
    /// The smallest top-up, in minor units; absent means any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_top_up_minor: Option<i64>,
    /// The supplier is told when the balance falls below this, in minor units; absent means never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_below_minor: Option<i64>,
}

impl PrepaidPolicy {
    /// The smallest top-up.
    pub fn smallest_top_up(&self) -> i64 {
        self.min_top_up_minor.unwrap_or(1)
    }

    pub(super) fn faults(&self, faults: &mut Vec<FieldError>) {
        let amounts = [
            ("top_up_minor", self.top_up_minor),
            ("below_minor", self.below_minor),
            ("min_top_up_minor", self.min_top_up_minor),
            ("notice_below_minor", self.notice_below_minor),
        ];
        for (name, amount) in amounts {
            if amount.is_some_and(|minor| minor <= 0) {
                faults.push(FieldError::new(
                    format!("/prepaid/{name}"),
                    "out_of_range",
                    "expected more than 0",
                ));
            }
        }
        if self.top_up_minor.is_some_and(|minor| minor < self.smallest_top_up()) {
            let message = "it is less than the smallest top-up";
            faults.push(FieldError::new("/prepaid/top_up_minor", "out_of_range", message));
        }
        if self.refill == PrepaidRefill::LowBalance && (self.below_minor.is_none() || self.top_up_minor.is_none()) {
            let message = "filling at a low balance needs `below_minor` and `top_up_minor`";
            faults.push(FieldError::new("/prepaid/refill", "required", message));
        }
    }
}

text_enum! {
    /// When a wallet is filled again.
    pub enum PrepaidRefill {
        /// There are no wallets.
        NotOffered = "not_offered",
        /// When it is opened, and on the first of every month (R9).
        MonthlyOn1st = "monthly_on_1st",
        /// When the balance falls below a limit.
        LowBalance = "low_balance",
        /// When the supplier asks for it.
        Manual = "manual",
    }
}

/// A plan with a minimum per period and overage above it (R95–R97).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
pub enum PlanPolicy {
    /// Not offered.
    NotOffered {},
    /// Offered in tiers: the bigger the minimum, the lower the unit price (R95).
    Offered {
        /// The tiers by code.
        tiers: BTreeMap<String, PlanTier>,
        /// How overage is counted.
        grace: PlanGrace,
        /// The price of each onboarding after the first, in minor units (R99); absent means free.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seat_minor: Option<i64>,
    },
}

impl PlanPolicy {
    pub(super) fn faults(&self, faults: &mut Vec<FieldError>) {
        if let Self::Offered { tiers, .. } = self {
            if tiers.is_empty() {
                faults.push(FieldError::new(
                    "/plan/tiers",
                    "required",
                    "a plan needs at least one tier",
                ));
            }
            for (code, tier) in tiers {
                in_range(
                    faults,
                    &format!("/plan/tiers/{code}/min_units"),
                    tier.min_units,
                    1..=1_000_000,
                );
                // A plan begins when it is paid, so it costs something.
                if tier.unit_price_minor < 1 {
                    faults.push(FieldError::new(
                        format!("/plan/tiers/{code}/unit_price_minor"),
                        "out_of_range",
                        "expected 1 or more",
                    ));
                }
            }
        }
    }
}

/// One size of a plan.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanTier {
    /// Its name.
    pub label: String,
    /// The leads paid for in advance each period.
    pub min_units: u32,
    /// The price of each lead, overage too, in minor units (R96).
    pub unit_price_minor: i64,
}

/// How overage is counted (R96).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum PlanGrace {
    /// Every lead above the minimum.
    None {},
    /// So many leads above the minimum are free.
    Deduct {
        /// How many.
        units: u32,
    },
    /// Nothing up to so many above the minimum; once over, all of them.
    Threshold {
        /// How many.
        units: u32,
    },
}

/// Packages of leads per business (R105, R117–R120).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
pub enum PackagePolicy {
    /// Not offered.
    NotOffered {},
    /// Each business has its own package.
    PerBusiness {
        /// Every business starts with an introductory package (R117).
        intro_required: bool,
        /// What a business gets between two packages.
        #[serde(default)]
        when_complete: WhenComplete,
    },
}

text_enum! {
    /// What a business whose package is complete gets until it begins another one.
    #[derive(Default)]
    pub enum WhenComplete {
        /// No leads.
        #[default]
        Stop = "stop",
        /// Leads at the price of its orders, invoiced in full.
        OrderPrice = "order_price",
    }
}

/// What happens when a payment fails or is late.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DunningPolicy {
    /// How often a failed payment is tried again.
    pub max_retries: u32,
    /// How many days lie between two tries.
    pub retry_every_days: u32,
    /// The account is suspended so many days after the due date; absent means never by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspend_after_days: Option<u32>,
}
