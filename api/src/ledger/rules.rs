//! Entries that balance, and the refusal of those that do not.

use std::collections::BTreeMap;
use tradepost_contract::{LegalEntityId, Money, MoneyError, ProgrammeId, SupplierId, Timestamp};

/// What an account is for. The words are those of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AccountKind {
    /// What a supplier owes; below zero it is the supplier's credit balance.
    Receivable,
    /// What a programme has earned.
    Revenue,
    /// Tax to hand on.
    TaxPayable,
    /// Money received.
    Cash,
    /// What a supplier paid in advance and has not used: below zero, because it is owed to the supplier.
    Wallet,
    /// What was taken out of a wallet, until the invoice or refund that it is for.
    Drawn,
    /// What was given up on.
    WriteOff,
    /// What stays owed and is not expected to come: it stands against the receivables.
    Allowance,
}

impl AccountKind {
    /// The word in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Receivable => "receivable",
            Self::Revenue => "revenue",
            Self::TaxPayable => "tax_payable",
            Self::Cash => "cash",
            Self::Wallet => "wallet",
            Self::Drawn => "drawn",
            Self::WriteOff => "write_off",
            Self::Allowance => "allowance",
        }
    }
}

/// An account, by what it is rather than by its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Account {
    pub(crate) kind: AccountKind,
    pub(crate) legal_entity: LegalEntityId,
    pub(crate) supplier: Option<SupplierId>,
    pub(crate) programme: Option<ProgrammeId>,
}

impl Account {
    /// What a supplier owes.
    pub(crate) const fn receivable(legal_entity: LegalEntityId, supplier: SupplierId) -> Self {
        Self {
            kind: AccountKind::Receivable,
            legal_entity,
            supplier: Some(supplier),
            programme: None,
        }
    }

    /// What a supplier has in its wallet.
    pub(crate) const fn wallet(legal_entity: LegalEntityId, supplier: SupplierId) -> Self {
        Self {
            kind: AccountKind::Wallet,
            ..Self::receivable(legal_entity, supplier)
        }
    }

    /// What was taken out of a supplier's wallet and is not invoiced or given back yet.
    pub(crate) const fn drawn(legal_entity: LegalEntityId, supplier: SupplierId) -> Self {
        Self {
            kind: AccountKind::Drawn,
            ..Self::receivable(legal_entity, supplier)
        }
    }

    /// What a programme has earned.
    pub(crate) const fn revenue(legal_entity: LegalEntityId, programme: ProgrammeId) -> Self {
        Self {
            kind: AccountKind::Revenue,
            legal_entity,
            supplier: None,
            programme: Some(programme),
        }
    }

    /// Tax to hand on.
    pub(crate) const fn tax_payable(legal_entity: LegalEntityId) -> Self {
        Self {
            kind: AccountKind::TaxPayable,
            legal_entity,
            supplier: None,
            programme: None,
        }
    }

    /// Money received.
    pub(crate) const fn cash(legal_entity: LegalEntityId) -> Self {
        Self {
            kind: AccountKind::Cash,
            legal_entity,
            supplier: None,
            programme: None,
        }
    }

    /// What a programme gave up on.
    pub(crate) const fn write_off(legal_entity: LegalEntityId, programme: ProgrammeId) -> Self {
        Self {
            kind: AccountKind::WriteOff,
            legal_entity,
            supplier: None,
            programme: Some(programme),
        }
    }

    /// What is owed and not expected to come.
    pub(crate) const fn allowance(legal_entity: LegalEntityId) -> Self {
        Self {
            kind: AccountKind::Allowance,
            legal_entity,
            supplier: None,
            programme: None,
        }
    }

    /// Whose account it is, as the schema's key has it.
    pub(crate) fn owner_key(&self) -> String {
        match (self.supplier, self.programme) {
            (Some(supplier), _) => supplier.to_string(),
            (None, Some(programme)) => programme.to_string(),
            (None, None) => "house".to_owned(),
        }
    }
}

/// What an entry records. The words are those of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryKind {
    Invoice,
    CreditNote,
    Payment,
    /// A payment was recorded by mistake.
    PaymentReversal,
    /// Money was given back.
    Refund,
    /// The payer's bank took money back.
    Dispute,
    /// Money of a supplier moved between its wallet and its debts.
    Wallet,
    /// An invoice was given up, or something came of one that was.
    WriteOff,
}

impl EntryKind {
    /// The word in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::PaymentReversal => "payment_reversal",
            Self::Dispute => "dispute",
            Self::Wallet => "wallet",
            Self::WriteOff => "write_off",
        }
    }
}

/// A movement of money that is about to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) kind: EntryKind,
    /// The number or id of what caused it: one entry for each.
    pub(crate) reference: String,
    /// The business instant it counts at.
    pub(crate) posted_at: Timestamp,
    /// What it is, for a person reading the journal.
    pub(crate) memo: String,
    /// Debits above zero, credits below.
    pub(crate) legs: Vec<(Account, Money)>,
}

/// Why an entry is not posted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unbalanced {
    /// The legs do not add up to nothing.
    #[error("the legs of `{reference}` are off by {off}")]
    Off { reference: String, off: Money },
    /// The legs are too large to add.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Entry {
    /// The legs that move something, in the order of their accounts so that two transactions lock
    /// accounts in one order; refused unless they add up to zero in each currency.
    pub(crate) fn balanced_legs(&self) -> Result<Vec<(Account, Money)>, Unbalanced> {
        let mut sums: BTreeMap<_, Money> = BTreeMap::new();
        for (_, amount) in &self.legs {
            let sum = sums.entry(amount.currency).or_insert(Money::zero(amount.currency));
            *sum = sum.plus(*amount)?;
        }
        if let Some(off) = sums.into_values().find(|sum| sum.minor != 0) {
            return Err(Unbalanced::Off {
                reference: self.reference.clone(),
                off,
            });
        }
        let mut legs: Vec<_> = self
            .legs
            .iter()
            .copied()
            .filter(|(_, amount)| amount.minor != 0)
            .collect();
        legs.sort_by_key(|(account, amount)| (*account, amount.currency));
        Ok(legs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradepost_contract::{Currency, Id};

    fn entry(legs: &[(Account, i64, Currency)]) -> Entry {
        Entry {
            kind: EntryKind::Invoice,
            reference: "inv".to_owned(),
            posted_at: Timestamp::from_seconds(0),
            memo: String::new(),
            legs: legs
                .iter()
                .map(|(account, minor, currency)| (*account, Money::new(*minor, *currency)))
                .collect(),
        }
    }

    #[test]
    fn only_what_balances_is_posted() {
        let le = LegalEntityId::from_i64(1);
        let owed = Account::receivable(le, SupplierId::from_i64(2));
        let (earned, tax) = (Account::revenue(le, ProgrammeId::from_i64(3)), Account::tax_payable(le));
        let (gbp, usd) = (Currency::GBP, Currency::USD);
        let good = entry(&[(owed, 120, gbp), (earned, -100, gbp), (tax, -20, gbp)])
            .balanced_legs()
            .unwrap();
        assert_eq!(
            good.iter().map(|(account, _)| account.kind).collect::<Vec<_>>(),
            [AccountKind::Receivable, AccountKind::Revenue, AccountKind::TaxPayable]
        );
        let off = entry(&[(owed, 120, gbp), (earned, -100, gbp)]).balanced_legs();
        assert_eq!(
            off,
            Err(Unbalanced::Off {
                reference: "inv".to_owned(),
                off: Money::new(20, gbp)
            })
        );
        let mixed = entry(&[(owed, 100, gbp), (earned, -100, usd)]).balanced_legs();
        assert!(matches!(mixed, Err(Unbalanced::Off { .. })));
        let wraps = entry(&[(owed, i64::MAX, gbp), (earned, i64::MAX, gbp), (tax, 2, gbp)]).balanced_legs();
        assert_eq!(wraps, Err(Unbalanced::Money(MoneyError::Overflow)));
    }

    #[test]
    fn what_moves_nothing_has_no_legs() {
        let le = LegalEntityId::from_i64(1);
        let owed = Account::receivable(le, SupplierId::from_i64(2));
        assert_eq!(entry(&[(owed, 0, Currency::GBP)]).balanced_legs(), Ok(vec![]));
        assert_eq!(entry(&[]).balanced_legs(), Ok(vec![]));
    }

    #[test]
    fn accounts_are_told_apart_by_their_owner() {
        let le = LegalEntityId::from_i64(1);
        assert_eq!(Account::cash(le).owner_key(), "house");
        assert!(
            Account::receivable(le, SupplierId::from_i64(2))
                .owner_key()
                .starts_with("sup_")
        );
        assert!(
            Account::revenue(le, ProgrammeId::from_i64(2))
                .owner_key()
                .starts_with("prog_")
        );
    }
}
