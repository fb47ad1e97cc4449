//! Where a lead stands, and what can be done with it there.

use crate::InvalidTransition;

text_enum! {
    /// Where a lead stands.
    pub enum LeadStatus {
        /// Checked and sold to nobody yet; further orders may still take it.
        Available = "available",
        /// Sold, with places left.
        PartlySold = "partly_sold",
        /// Sold to as many buyers as its product allows.
        SoldOut = "sold_out",
        /// Held back until a member of staff decides; `status_reason` says why.
        Quarantined = "quarantined",
        /// Refused; it is never sold.
        Rejected = "rejected",
        /// The same person asked for the same thing within the duplicate window; it is never sold.
        Duplicate = "duplicate",
        /// The person took the consent back; nobody else gets it.
        Withdrawn = "withdrawn",
        /// Too old to be sold.
        Expired = "expired",
        /// The customer's own lead, worked for that customer and offered to nobody else (R99).
        InService = "in_service",
        /// The person's particulars are gone; ids and sums remain.
        Erased = "erased",
    }
}

text_enum! {
    /// What can be done with a lead.
    pub enum LeadAction {
        /// Sell one place, with places left afterwards.
        SellPlace = "sell_place",
        /// Sell the last place.
        SellLastPlace = "sell_last_place",
        /// Staff let a quarantined lead through to the market.
        Release = "release",
        /// Staff let a customer's own lead out of quarantine: it is worked, not sold (R99).
        ReleaseToService = "release_to_service",
        /// Staff refuse a lead that has not been sold.
        Reject = "reject",
        /// The person took the consent back.
        Withdraw = "withdraw",
        /// Its time on the market is over.
        Expire = "expire",
        /// Remove the person's particulars.
        Erase = "erase",
    }
}

impl LeadStatus {
    /// The status `action` leads to. Every pair is listed, so that a new variant cannot be forgotten.
    pub const fn after(self, action: LeadAction) -> Result<Self, InvalidTransition> {
        use LeadAction as A;
        use LeadStatus as S;
        match (self, action) {
            (S::Available | S::PartlySold, A::SellPlace) => Ok(S::PartlySold),
            (S::Available | S::PartlySold, A::SellLastPlace) => Ok(S::SoldOut),
            (S::Quarantined, A::Release) => Ok(S::Available),
            (S::Quarantined, A::ReleaseToService) => Ok(S::InService),
            (S::Quarantined | S::Available, A::Reject) => Ok(S::Rejected),
            (S::Available | S::PartlySold | S::SoldOut | S::Quarantined | S::InService | S::Expired, A::Withdraw) => {
                Ok(S::Withdrawn)
            }
            (S::Available | S::PartlySold, A::Expire) => Ok(S::Expired),
            // A person is erased wherever the lead stands.
            (
                S::Available
                | S::PartlySold
                | S::SoldOut
                | S::Quarantined
                | S::Rejected
                | S::Duplicate
                | S::Withdrawn
                | S::Expired
                | S::InService,
                A::Erase,
            ) => Ok(S::Erased),
            (
                S::SoldOut
                | S::Quarantined
                | S::Rejected
                | S::Duplicate
                | S::Withdrawn
                | S::Expired
                | S::InService
                | S::Erased,
                A::SellPlace | A::SellLastPlace | A::Expire,
            )
            | (
                S::Available
                | S::PartlySold
                | S::SoldOut
                | S::Rejected
                | S::Duplicate
                | S::Withdrawn
                | S::Expired
                | S::InService
                | S::Erased,
                A::Release | A::ReleaseToService,
            )
            | (
                S::PartlySold
                | S::SoldOut
                | S::Rejected
                | S::Duplicate
                | S::Withdrawn
                | S::Expired
                | S::InService
                | S::Erased,
                A::Reject,
            )
            | (S::Rejected | S::Duplicate | S::Withdrawn | S::Erased, A::Withdraw)
            | (S::Erased, A::Erase) => Err(InvalidTransition {
                from: self.as_str(),
                action: action.as_str(),
            }),
        }
    }

    /// What a member of staff may do with a lead in this status.
    pub fn staff_actions(self) -> Vec<LeadAction> {
        [LeadAction::Release, LeadAction::Reject, LeadAction::Withdraw]
            .into_iter()
            .filter(|action| self.after(*action).is_ok())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_that_is_over_stays_over() {
        for status in [
            LeadStatus::Rejected,
            LeadStatus::Duplicate,
            LeadStatus::Withdrawn,
            LeadStatus::Erased,
            LeadStatus::Expired,
        ] {
            for action in [
                LeadAction::SellPlace,
                LeadAction::SellLastPlace,
                LeadAction::Release,
                LeadAction::Reject,
                LeadAction::Expire,
            ] {
                assert!(status.after(action).is_err(), "{status} {action}");
            }
        }
    }

    /// R99: a customer's own lead is never sold.
    #[test]
    fn r99_an_own_lead_has_no_way_to_the_market() {
        for action in LeadAction::ALL {
            let next = LeadStatus::InService.after(*action);
            assert!(
                matches!(next, Err(_) | Ok(LeadStatus::Withdrawn | LeadStatus::Erased)),
                "{action}"
            );
        }
    }
}
