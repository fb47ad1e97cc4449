//! Replacements: leads that are owed for returned ones (R44).

use crate::transition::InvalidTransition;
use crate::{DeliveryId, LeadProductId, OrderId, ProgrammeId, ReplacementId, ReturnRequestId, SupplierId, Timestamp};

text_enum! {
    /// Where a replacement stands.
    pub enum ReplacementStatus {
        /// The next eligible lead goes to the supplier free of charge.
        Owed = "owed",
        /// It was delivered.
        Delivered = "delivered",
        /// None came in time, so the price was credited.
        ConvertedToCredit = "converted_to_credit",
        /// It is no longer owed.
        Void = "void",
    }
}

text_enum! {
    /// What can happen to a replacement.
    pub enum ReplacementAction {
        /// A lead fills it.
        Deliver = "deliver",
        /// The price of the returned lead is credited instead.
        Convert = "convert",
        /// It is not owed any more.
        Waive = "waive",
    }
}

impl ReplacementStatus {
    /// The status `action` leads to. Every pair is listed, so a new variant cannot be forgotten.
    pub const fn after(self, action: ReplacementAction) -> Result<Self, InvalidTransition> {
        use ReplacementAction as A;
        match (self, action) {
            (Self::Owed, A::Deliver) => Ok(Self::Delivered),
            (Self::Owed, A::Convert) => Ok(Self::ConvertedToCredit),
            (Self::Owed, A::Waive) => Ok(Self::Void),
            (Self::Delivered | Self::ConvertedToCredit | Self::Void, A::Deliver | A::Convert | A::Waive) => {
                Err(InvalidTransition {
                    from: self.as_str(),
                    action: action.as_str(),
                })
            }
        }
    }
}

/// A lead that is owed for a returned one. There is at most one for each returned delivery.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Replacement {
    /// Its id.
    pub id: ReplacementId,
    /// The approved return.
    pub return_request_id: ReturnRequestId,
    /// The delivery that was returned.
    pub original_delivery_id: DeliveryId,
    /// The programme.
    pub programme_id: ProgrammeId,
    /// To whom it is owed.
    pub supplier_id: SupplierId,
    /// The name of the supplier.
    pub supplier_name: String,
    /// The order it fills.
    pub order_id: OrderId,
    /// What kind of lead.
    pub product_id: LeadProductId,
    /// The name of the product.
    pub product_name: String,
    /// Where it stands.
    pub status: ReplacementStatus,
    /// The delivery that filled it.
    pub filled_delivery_id: Option<DeliveryId>,
    /// Since when it is owed, in business time.
    pub owed_at: Timestamp,
    /// When it was delivered or settled otherwise.
    pub settled_at: Option<Timestamp>,
    /// For how many whole days it was owed, or is.
    pub age_days: i64,
    /// Its place among the leads that its order is owed, 1 being the next; none when it is owed no more.
    pub place_in_order: Option<i64>,
    /// Its place among all that are owed of the product. Only staff are told, because it counts other suppliers.
    pub place_in_product: Option<i64>,
    /// When its price is credited if no lead comes before; none where it stays owed.
    pub credit_due_at: Option<Timestamp>,
    /// The delivery whose price was credited: the returned one, or the one that was paid for where the returned one
    /// was itself a replacement.
    pub credited_delivery_id: Option<DeliveryId>,
    /// Grows with every change.
    pub version: i64,
}

/// Credits the price of a returned lead in place of the lead that is owed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConvertReplacement {
    /// Why, for the record.
    #[schema(example = "No lead of this kind came for a month.", min_length = 1, max_length = 500)]
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R44: what is owed is settled once, in one of three ways.
    #[test]
    fn r44_what_is_owed_is_settled_once() {
        for status in ReplacementStatus::ALL {
            for action in ReplacementAction::ALL {
                assert_eq!(
                    status.after(*action).is_ok(),
                    *status == ReplacementStatus::Owed,
                    "{status} {action}"
                );
            }
        }
        assert_eq!(
            ReplacementStatus::Owed.after(ReplacementAction::Deliver),
            Ok(ReplacementStatus::Delivered)
        );
        assert_eq!(
            ReplacementStatus::Owed.after(ReplacementAction::Convert),
            Ok(ReplacementStatus::ConvertedToCredit)
        );
        assert_eq!(
            ReplacementStatus::Owed.after(ReplacementAction::Waive),
            Ok(ReplacementStatus::Void)
        );
    }
}
