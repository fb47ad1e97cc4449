//! The part of a policy that a supplier reads: what may be returned, who may change what, and the
//! programme's words. The rest of the document stays unread, so that a phone does not download its types.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use tradepost_contract::plans::PlanEnd;
use tradepost_contract::policy::{
    AppealPolicy, CancelEffective, DecisionMode, HelpArticle, LateRule, MethodTerms, PauseActor, PaymentMethodKind,
    Remedy, ReturnReason, ReturnWindow, RevocationRule, SelfServiceField, SelfServiceMode, Undelivered, Weekday,
    WindowStart, WordingKey,
};
use tradepost_contract::{PolicyVersionId, SupplierId, Timestamp};

use super::http::Call;

/// What a supplier reads of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Terms {
    /// Which leads may be returned, until when and what for.
    pub returns: ReturnTerms,
    /// Who may pause, and for how long.
    pub pause: PauseTerms,
    /// When and how money is collected.
    pub billing: BillingTerms,
    /// Which ways to pay there are, and how long each may take.
    #[serde(default)]
    pub payment_methods: BTreeMap<PaymentMethodKind, MethodTerms>,
    /// What the supplier changes, asks for, or cannot change.
    #[serde(default)]
    pub self_service: BTreeMap<SelfServiceField, SelfServiceMode>,
    /// The programme's own words.
    #[serde(default)]
    pub wording: BTreeMap<WordingKey, String>,
    /// Help articles and tutorials.
    #[serde(default)]
    pub help: BTreeMap<String, HelpArticle>,
    /// Whether leads are ordered and paid at a checkout.
    #[serde(default)]
    pub checkout: OfferTerms,
    /// Whether leads are bought by the month.
    #[serde(default)]
    pub plan: OfferTerms,
    /// Whose leads there are: those that are sold, or one's own.
    #[serde(default)]
    pub distribution: OfferTerms,
    /// How one leaves.
    pub cancel: CancelTerms,
    /// Whether businesses commit to packages of leads.
    #[serde(default)]
    pub package: OfferTerms,
}

/// What a supplier reads of how one leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct CancelTerms {
    /// When a cancellation takes effect.
    pub effective: CancelEffective,
    /// Another time that may be chosen instead (R94).
    pub alternative: Option<CancelEffective>,
    /// What becomes of leads that were paid for and not delivered.
    pub undelivered: Undelivered,
}

impl CancelTerms {
    /// Whether a plan may end so.
    pub fn ends_plans(&self, at: PlanEnd) -> bool {
        let ends = |effective| PlanEnd::of(effective, self.undelivered) == Some(at);
        ends(self.effective) || self.alternative.is_some_and(ends)
    }
}

/// Whether something is offered, read as the return window is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct OfferTerms {
    /// `offered`, or for packages `per_business`; another word where there is none.
    pub mode: String,
}

/// What a supplier reads of when and how money is collected.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BillingTerms {
    /// How often invoices are made of what was delivered.
    pub cycle: CycleTerms,
    /// Within how many days an invoice is due.
    pub terms_days: u32,
    /// When money is collected.
    pub collection_rule: CollectionTerms,
    /// What follows when the authorisation to collect is taken back.
    pub revocation: RevocationRule,
}

/// How often invoices are made, read field by field like the return window.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CycleTerms {
    /// The word of the cycle; `none` where leads are charged with their orders or plans.
    pub unit: String,
}

/// When money is collected, read field by field like the return window.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CollectionTerms {
    /// The word of the rule.
    pub kind: String,
    /// The weekday, where the rule has one.
    pub weekday: Option<Weekday>,
}

/// What a supplier reads of the rules for returns.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReturnTerms {
    /// Until when.
    #[serde(deserialize_with = "window")]
    pub window: ReturnWindow,
    /// What for.
    pub reasons: BTreeMap<String, ReturnReason>,
    /// Whether every request needs a note.
    pub note_required: bool,
    /// What a request after the window is.
    pub late: LateRule,
    /// What whoever is too late is told.
    pub late_message: Option<String>,
    /// Who decides.
    pub decision_mode: DecisionMode,
    /// Within how many hours.
    pub sla_hours: Option<u32>,
    /// What an approved request gives.
    pub remedy: Remedy,
    /// Asking again after a denial.
    pub appeal: AppealPolicy,
}

/// What a supplier reads of the rules for pauses.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PauseTerms {
    /// Who pauses.
    pub actor: PauseActor,
    /// The longest pause.
    pub max_days: Option<u32>,
    /// How long before its start it is asked for.
    pub notice_hours: u32,
    /// Whether it says when it ends.
    pub return_date_required: bool,
    /// Whether leads come again by themselves at its end.
    pub auto_resume: bool,
}

/// A window, read field by field: an enum with a tag inside costs a phone ten times as much code.
fn window<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ReturnWindow, D::Error> {
    #[derive(Deserialize)]
    struct Fields {
        unit: String,
        amount: Option<u32>,
        starts: Option<WindowStart>,
    }
    let fields = Fields::deserialize(deserializer)?;
    match (fields.unit.as_str(), fields.amount, fields.starts) {
        ("none", ..) => Ok(ReturnWindow::None {}),
        ("until_invoiced", ..) => Ok(ReturnWindow::UntilInvoiced {}),
        ("calendar_days", Some(amount), Some(starts)) => Ok(ReturnWindow::CalendarDays { amount, starts }),
        ("hours", Some(amount), Some(starts)) => Ok(ReturnWindow::Hours { amount, starts }),
        _ => Err(serde::de::Error::custom("no window")),
    }
}

impl Terms {
    /// The programme's own word, or the usual one.
    pub fn word(&self, key: WordingKey) -> &str {
        self.wording.get(&key).map_or(key.usual(), String::as_str)
    }

    /// Whether the supplier's own people order leads and pay for them.
    pub fn sells(&self) -> bool {
        self.checkout.mode == "offered" && self.self_service(SelfServiceField::Orders) == SelfServiceMode::Edit
    }

    /// Whether invoices are made of what was delivered in a time.
    pub fn invoices_come(&self) -> bool {
        self.billing.cycle.unit != "none"
    }

    /// Whether the supplier's own leads are called for it (R99).
    pub fn calls(&self) -> bool {
        self.distribution.mode == "own_leads"
    }

    /// What the supplier may do about a field by himself.
    pub fn self_service(&self, field: SelfServiceField) -> SelfServiceMode {
        self.self_service.get(&field).copied().unwrap_or(SelfServiceMode::None)
    }
}

/// The terms of an account, as resolved through all layers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AccountTerms {
    /// The version of the programme's policy that they rest on.
    pub policy_version_id: PolicyVersionId,
    /// The terms.
    pub policy: Terms,
}

/// The terms of one version of a programme's policy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct VersionTerms {
    /// Its id.
    pub id: PolicyVersionId,
    /// Its number; a draft has none.
    pub number: Option<i64>,
    /// Since when it is in force.
    pub published_at: Option<Timestamp>,
    /// The terms.
    pub policy: Terms,
}

/// `GET /suppliers/{id}/policy`
pub async fn get_supplier_policy(id: SupplierId) -> super::Result<AccountTerms> {
    Call::get(format!("/suppliers/{id}/policy")).send().await
}

/// `GET /policy-versions/{id}`
pub async fn get_policy_version(id: PolicyVersionId) -> super::Result<VersionTerms> {
    Call::get(format!("/policy-versions/{id}")).send().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_reads_as_the_contract_writes_it() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Of(#[serde(deserialize_with = "window")] ReturnWindow);
        let starts = WindowStart::DeliveredAt;
        for window in [
            ReturnWindow::None {},
            ReturnWindow::UntilInvoiced {},
            ReturnWindow::CalendarDays { amount: 10, starts },
            ReturnWindow::Hours { amount: 72, starts },
        ] {
            let text = serde_json::to_string(&window).unwrap();
            assert_eq!(serde_json::from_str::<Of>(&text).ok(), Some(Of(window)), "{text}");
        }
        assert!(serde_json::from_str::<Of>(r#"{"unit": "hours"}"#).is_err());
    }
}
