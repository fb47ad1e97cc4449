//! Which tax a lead is charged with, and what that comes to.
//!
//! The rules are those of the policy stamped on the delivery; what they ask of the supplier (its
//! country, whether it has given a tax number) is what stands on the invoice as its buyer. An invoice
//! may therefore hold several taxes, and each of its lines names one of them.
//!
//! Rounding is half to even, at one of two places (`TaxRounding`): on each line, or once for all
//! lines of a rate, whose tax they then share by largest remainder so that the parts add up.

pub(crate) mod rules;
