//! What deliveries of one supplier come to: the same sums for a run, its preview and the next invoice.

use super::store;
use crate::db::Conn;
use crate::error::{ApiError, ApiResult};
use crate::tax::rules::{Parties, Split, Tax, resolve};
use tradepost_contract::invoices::{InvoiceParty, InvoiceTax};
use tradepost_contract::policy::TaxPolicy;
use tradepost_contract::{LegalEntityId, Money, MoneyError, ProgrammeId, SupplierId};

/// The facts about both sides that tax rules ask for.
pub(super) fn parties<'a>(seller: &'a InvoiceParty, country: &'a str, has_tax_id: bool) -> Parties<'a> {
    Parties {
        seller_country: &seller.country,
        buyer_country: country,
        buyer_has_tax_id: has_tax_id,
    }
}

/// What a lead at this price would be on an invoice by itself.
pub(crate) fn expected_line(
    conn: &mut Conn,
    programme: ProgrammeId,
    supplier: SupplierId,
    policy: &TaxPolicy,
    price: Money,
) -> ApiResult<Split> {
    let tax = tax_of(conn, programme, supplier, policy)?;
    Ok(tax.sums(&[(price, 1)], Money::zero(price.currency))?)
}

/// What a lead at this price costs with its tax, and whose books it is in.
pub(crate) fn gross(
    conn: &mut Conn,
    programme: ProgrammeId,
    supplier: SupplierId,
    policy: &TaxPolicy,
    price: Money,
) -> ApiResult<(LegalEntityId, Money)> {
    let seller = store::seller(conn, programme)?.ok_or_else(ApiError::not_found)?;
    let buyer = store::buyer(conn, supplier)?;
    let tax = resolve(policy, parties(&seller.party, &buyer.country, buyer.tax_id.is_some()));
    let split = tax.sums(&[(price, 1)], Money::zero(price.currency))?;
    Ok((seller.legal_entity, split.net.plus(split.tax)?))
}

/// The tax on what a supplier buys, by both sides as they are now.
pub(crate) fn tax_of(
    conn: &mut Conn,
    programme: ProgrammeId,
    supplier: SupplierId,
    policy: &TaxPolicy,
) -> ApiResult<Tax> {
    let seller = store::seller(conn, programme)?.ok_or_else(ApiError::not_found)?;
    let buyer = store::buyer(conn, supplier)?;
    Ok(resolve(
        policy,
        parties(&seller.party, &buyer.country, buyer.tax_id.is_some()),
    ))
}

/// Lines by their tax and price.
#[derive(Debug, Default)]
pub(super) struct Charges {
    taxes: Vec<(Tax, Vec<(Money, i64)>)>,
}

/// The sums of an invoice.
#[derive(Debug)]
pub(super) struct Sums {
    pub(super) lines: i64,
    pub(super) net: Money,
    pub(super) tax: Money,
    pub(super) total: Money,
    pub(super) taxes: Vec<InvoiceTax>,
}

impl Charges {
    /// Adds lines at a price; answers which of the taxes they have.
    pub(super) fn add(&mut self, tax: Tax, price: Money, lines: i64) -> usize {
        let at = match self.taxes.iter().position(|(known, _)| *known == tax) {
            Some(at) => at,
            None => {
                self.taxes.push((tax, Vec::new()));
                self.taxes.len() - 1
            }
        };
        let prices = &mut self.taxes[at].1;
        match prices.iter_mut().find(|(known, _)| *known == price) {
            Some((_, count)) => *count += lines,
            None => prices.push((price, lines)),
        }
        at
    }

    /// The taxes so far.
    pub(super) fn taxes(&self) -> impl Iterator<Item = &Tax> {
        self.taxes.iter().map(|(tax, _)| tax)
    }

    /// What it all comes to.
    pub(super) fn sums(&self, zero: Money) -> Result<Sums, MoneyError> {
        let mut sums = Sums {
            lines: 0,
            net: zero,
            tax: zero,
            total: zero,
            taxes: Vec::with_capacity(self.taxes.len()),
        };
        for (tax, prices) in &self.taxes {
            let split = tax.sums(prices, zero)?;
            let lines = prices.iter().map(|(_, lines)| lines).sum();
            sums.lines += lines;
            sums.net = sums.net.plus(split.net)?;
            sums.tax = sums.tax.plus(split.tax)?;
            sums.taxes.push(tax.clone().on_invoice(lines, split));
        }
        sums.total = sums.net.plus(sums.tax)?;
        Ok(sums)
    }
}
