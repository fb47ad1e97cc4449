//! Delivery targets: where leads go besides the portal, for the supplier and for staff.

pub mod detail;
pub mod fields;
pub mod form;
pub mod log;
pub mod targets;
pub mod trial;

pub use targets::Targets;

use tradepost_contract::delivery_targets::DeliveryTargetKind;

/// What a kind is called.
const fn kind_name(kind: DeliveryTargetKind) -> &'static str {
    match kind {
        DeliveryTargetKind::AdfMail => "ADF by e-mail",
        DeliveryTargetKind::AdfPost => "ADF to a web address",
        DeliveryTargetKind::FormPost => "Web form",
        DeliveryTargetKind::JsonPost => "JSON",
    }
}

/// What a kind is for.
const fn kind_hint(kind: DeliveryTargetKind) -> &'static str {
    match kind {
        DeliveryTargetKind::AdfMail => "For CRMs with an address for leads, as most dealers' have.",
        DeliveryTargetKind::AdfPost => "The same XML, posted.",
        DeliveryTargetKind::FormPost => "As a web form of your CRM would send it, with its field names.",
        DeliveryTargetKind::JsonPost => "For your own program or an automation service.",
    }
}
