//! Which tax stands on an invoice, and how it is rounded.

use super::Rate;
use crate::FieldError;
use std::collections::BTreeMap;

/// The tax on every line. Without rules, every supplier is charged the one rate.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxPolicy {
    /// The rate of every supplier that no rule fits, such as `"0.20"`.
    pub rate: Rate,
    /// What the invoice calls it.
    #[schema(min_length = 1, max_length = 40)]
    pub label: String,
    /// Whether the price of a lead has the tax in it.
    #[serde(default = "TaxPrices::exclusive")]
    pub prices: TaxPrices,
    /// Where fractions of a minor unit are rounded.
    #[serde(default = "TaxRounding::per_line")]
    pub rounding: TaxRounding,
    /// Who is charged something else, by key. The rule that says most about the supplier decides: its
    /// country before abroad before anywhere, and then one that asks for a tax number, or for none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<String, TaxRule>,
}

text_enum! {
    /// Whether a price has the tax in it.
    pub enum TaxPrices {
        /// Tax comes on top of the price.
        Exclusive = "exclusive",
        /// The price is what is paid, tax included.
        Inclusive = "inclusive",
    }
}

impl TaxPrices {
    const fn exclusive() -> Self {
        Self::Exclusive
    }
}

text_enum! {
    /// Where fractions of a minor unit are rounded; always half to even.
    pub enum TaxRounding {
        /// Each line by itself; the tax of the invoice is the sum of its lines'.
        PerLine = "per_line",
        /// Once for all lines of a rate; the lines share that tax by largest remainder.
        PerRate = "per_rate",
    }
}

impl TaxRounding {
    const fn per_line() -> Self {
        Self::PerLine
    }
}

/// A tax for some suppliers.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxRule {
    /// Where the supplier is.
    pub place: TaxPlace,
    /// Whether it has given a tax number; absent means that it does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_id: Option<TaxIdGiven>,
    /// What it is charged.
    pub charge: TaxCharge,
}

/// Where a supplier is, as seen from the legal entity that issues its invoices.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "where", rename_all = "snake_case", deny_unknown_fields)]
pub enum TaxPlace {
    /// In one country.
    Country {
        /// Its ISO 3166 code.
        #[schema(pattern = "^[A-Z]{2}$")]
        country: String,
    },
    /// In any country but the legal entity's own.
    Abroad {},
    /// In any country at all.
    Anywhere {},
}

text_enum! {
    /// Whether a supplier has given a tax number.
    pub enum TaxIdGiven {
        /// It has.
        Given = "given",
        /// It has not.
        Missing = "missing",
    }
}

/// What a supplier is charged.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum TaxCharge {
    /// A rate.
    Rate {
        /// The rate, such as `"0.20"`.
        rate: Rate,
        /// What the invoice calls it.
        #[schema(min_length = 1, max_length = 40)]
        label: String,
    },
    /// Nothing, because the supplier accounts for the tax itself.
    ReverseCharge {
        /// What the invoice calls it.
        #[schema(min_length = 1, max_length = 40)]
        label: String,
        /// The sentence that the law wants on the invoice.
        #[schema(min_length = 1, max_length = 300)]
        note: String,
    },
    /// Nothing at all.
    Exempt {
        /// What the invoice calls it.
        #[schema(min_length = 1, max_length = 40)]
        label: String,
        /// Why, as it stands on the invoice.
        #[schema(min_length = 1, max_length = 300)]
        note: String,
    },
}

text_enum! {
    /// Why a tax is what it is.
    pub enum TaxTreatment {
        /// Charged at a rate, which may be nothing.
        Charged = "charged",
        /// Accounted for by the supplier.
        ReverseCharge = "reverse_charge",
        /// Not charged.
        Exempt = "exempt",
    }
}

impl TaxPolicy {
    pub(super) fn faults(&self, faults: &mut Vec<FieldError>) {
        text(faults, "/tax/label", &self.label, 40);
        for (key, rule) in &self.rules {
            let at = |field: &str| format!("/tax/rules/{}{field}", key.replace('~', "~0").replace('/', "~1"));
            if let TaxPlace::Country { country } = &rule.place
                && (country.len() != 2 || !country.bytes().all(|letter| letter.is_ascii_uppercase()))
            {
                faults.push(FieldError::new(
                    at("/place/country"),
                    "format",
                    "expected an ISO 3166 code of two capital letters",
                ));
            }
            let (label, note) = match &rule.charge {
                TaxCharge::Rate { label, .. } => (label, None),
                TaxCharge::ReverseCharge { label, note } | TaxCharge::Exempt { label, note } => (label, Some(note)),
            };
            text(faults, &at("/charge/label"), label, 40);
            if let Some(note) = note {
                text(faults, &at("/charge/note"), note, 300);
            }
            let twin = self
                .rules
                .iter()
                .take_while(|(other, _)| *other != key)
                .find(|(_, other)| other.place == rule.place && other.tax_id == rule.tax_id);
            if let Some((twin, _)) = twin {
                faults.push(FieldError::new(
                    at(""),
                    "conflict",
                    format!("the rule `{twin}` is for the same suppliers"),
                ));
            }
        }
    }
}

fn text(faults: &mut Vec<FieldError>, pointer: &str, text: &str, most: usize) {
    if text.trim().is_empty() || text.chars().count() > most {
        faults.push(FieldError::new(
            pointer,
            "length",
            format!("expected 1 to {most} characters"),
        ));
    }
}
