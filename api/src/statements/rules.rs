//! Sums and running balances of a statement.

use tradepost_contract::statements::{StatementAccount, StatementEntryKind};
use tradepost_contract::{Money, MoneyError};

/// The word of the journal as statements say it.
pub(super) fn kind_of(word: &str) -> StatementEntryKind {
    match word {
        "invoice" => StatementEntryKind::Invoice,
        "credit_note" => StatementEntryKind::CreditNote,
        "payment" => StatementEntryKind::Payment,
        "refund" => StatementEntryKind::Refund,
        _ => StatementEntryKind::Other,
    }
}

/// Fills in the balances after each entry, the sums by kind and the closing balance.
pub(super) fn balance(account: &mut StatementAccount) -> Result<(), MoneyError> {
    let mut balance = account.opening;
    let zero = Money::zero(account.currency);
    let (mut invoiced, mut paid, mut credited, mut refunded, mut other) = (zero, zero, zero, zero, zero);
    for entry in &mut account.entries {
        balance = balance.plus(entry.amount)?;
        entry.balance = balance;
        match entry.kind {
            StatementEntryKind::Invoice => invoiced = invoiced.plus(entry.amount)?,
            StatementEntryKind::Payment => paid = paid.minus(entry.amount)?,
            StatementEntryKind::CreditNote => credited = credited.minus(entry.amount)?,
            StatementEntryKind::Refund => refunded = refunded.plus(entry.amount)?,
            StatementEntryKind::Other => other = other.plus(entry.amount)?,
        }
    }
    (account.invoiced, account.paid, account.credited) = (invoiced, paid, credited);
    (account.refunded, account.other, account.closing) = (refunded, other, balance);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tradepost_contract::statements::StatementEntry;
    use tradepost_contract::{Currency, Id, LegalEntityId, LocalDate, Timestamp};

    fn entry(day: i64, kind: StatementEntryKind, minor: i64) -> StatementEntry {
        let first = LocalDate::from_ymd(2026, 1, 1).expect("a day");
        StatementEntry {
            at: Timestamp::from_seconds(day * 86_400),
            on: first.plus_days(day),
            kind,
            text: String::new(),
            invoice_id: None,
            credit_note_id: None,
            amount: Money::new(minor, Currency::GBP),
            balance: Money::zero(Currency::GBP),
        }
    }

    fn account(opening: Money, entries: Vec<StatementEntry>) -> StatementAccount {
        let zero = Money::zero(Currency::GBP);
        let mut account = StatementAccount {
            legal_entity_id: LegalEntityId::from_i64(1),
            legal_entity_name: String::new(),
            currency: Currency::GBP,
            opening,
            invoiced: zero,
            paid: zero,
            credited: zero,
            refunded: zero,
            other: zero,
            closing: zero,
            entries,
        };
        balance(&mut account).expect("it adds up");
        account
    }

    proptest! {
        /// R92: closing = opening + invoiced − paid − credited + refunded + other, and whoever cuts a range in
        /// two finds that the parts add up to the whole.
        #[test]
        fn r92_any_cut_of_a_range_adds_up(
            moves in prop::collection::vec((0_i64..400, 0_usize..5, -100_000_i64..100_000), 0..60),
            opening in -1_000_000_i64..1_000_000,
            cut in 0_i64..400,
        ) {
            let mut entries: Vec<_> = moves
                .into_iter()
                .map(|(day, kind, minor)| entry(day, StatementEntryKind::ALL[kind], minor))
                .collect();
            entries.sort_by_key(|entry| entry.at);
            let whole = account(Money::new(opening, Currency::GBP), entries.clone());
            let (before, after): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.at.as_seconds() < cut * 86_400);
            let first = account(whole.opening, before);
            let second = account(first.closing, after);
            prop_assert_eq!(second.closing, whole.closing);
            for part in [&whole, &first, &second] {
                let sum = part.opening.minor + part.invoiced.minor - part.paid.minor - part.credited.minor
                    + part.refunded.minor + part.other.minor;
                prop_assert_eq!(sum, part.closing.minor);
                prop_assert_eq!(part.entries.last().map_or(part.opening, |entry| entry.balance), part.closing);
            }
            prop_assert_eq!(first.invoiced.minor + second.invoiced.minor, whole.invoiced.minor);
            prop_assert_eq!(first.paid.minor + second.paid.minor, whole.paid.minor);
            let mut all = first.entries;
            all.extend(second.entries);
            prop_assert_eq!(all, whole.entries);
        }
    }
}
