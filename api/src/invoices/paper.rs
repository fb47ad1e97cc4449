//! The invoice as a paper, and its lines as a file for a spreadsheet.
//!
//! **Privacy**: a line names the lead by its id, never the person who enquired. An invoice is kept for
//! years and handed to bookkeepers and tax offices; the person's details are erased long before. Whoever
//! may see the person finds them by that id in the portal.

use crate::calendar::Zone;
use crate::csv_export::{CsvFile, harmless};
use crate::error::ApiResult;
use crate::geography::countries;
use crate::pdf::words::{amount, date, figures, rate};
use crate::pdf::{Block, Column, Paper, Passage, Sum, Table};
use tradepost_contract::invoices::{Invoice, InvoiceLine, InvoiceParty, InvoiceTax};
use tradepost_contract::policy::{TaxPrices, TaxRounding};

/// The longest invoice that is printed: some five hundred pages.
pub(super) const MOST_LINES: usize = 20_000;

/// How a paper names one side.
pub(crate) fn side(heading: &str, party: &InvoiceParty) -> Passage {
    let mut lines = vec![party.name.clone()];
    lines.extend(party.trading_as.as_ref().map(|name| format!("Trading as {name}")));
    lines.extend(party.address.lines().map(str::to_owned));
    lines.push(countries::name(&party.country).unwrap_or(&party.country).to_owned());
    lines.extend(party.tax_id.as_ref().map(|number| format!("Tax number {number}")));
    Passage::new(heading, lines)
}

/// Whether a paper is printed on American letter.
pub(crate) fn on_letter(party: &InvoiceParty) -> bool {
    matches!(party.country.as_str(), "US" | "CA" | "MX")
}

/// The taxes of a paper, one a row.
pub(crate) fn tax_table(taxes: &[InvoiceTax]) -> ApiResult<Table> {
    let mut rows = Vec::new();
    for tax in taxes {
        rows.push(vec![
            tax.label.clone(),
            rate(tax.rate),
            figures(tax.net),
            figures(tax.tax),
            figures(tax.net.plus(tax.tax)?),
        ]);
    }
    Ok(Table {
        heading: "Tax summary".to_owned(),
        columns: vec![
            Column::text("Tax", 5),
            Column::number("Rate", 2),
            Column::number("Net", 3),
            Column::number("Tax", 3),
            Column::number("Gross", 3),
        ],
        rows,
    })
}

/// The sentences that the taxes want on the paper, each once.
pub(crate) fn tax_notes(taxes: &[InvoiceTax]) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    let mut say = |note: String| {
        if !notes.contains(&note) {
            notes.push(note);
        }
    };
    for tax in taxes {
        if let Some(note) = &tax.note {
            say(note.clone());
        }
        if tax.prices == TaxPrices::Inclusive {
            say(format!("Prices include {} of {}.", tax.label, rate(tax.rate)));
        }
        if tax.rounding == TaxRounding::PerRate && tax.rate.is_sign_positive() && !tax.rate.is_zero() {
            say(format!(
                "{} of {} is rounded once for all its lines.",
                tax.label,
                rate(tax.rate)
            ));
        }
    }
    notes
}

/// The invoice on paper. `zone` is the programme's, in which its days are.
pub(super) fn paper(invoice: &Invoice, lines: &[InvoiceLine], zone: &Zone) -> ApiResult<Paper> {
    let issued_on = zone.date_of(invoice.issued_at);
    let days = (invoice.due_on.date() - issued_on.date()).whole_days();
    let last_day = invoice.ends_before.plus_days(-1);
    let mut facts = vec![
        format!("Number {}", invoice.number),
        format!("Issued {}", date(issued_on)),
        format!("Due {}", date(invoice.due_on)),
        match days {
            0 => "Terms: due when issued".to_owned(),
            1 => "Terms: 1 day".to_owned(),
            days => format!("Terms: {days} days"),
        },
        format!("Period {} to {}", date(invoice.starts_on), date(last_day)),
    ];
    facts.push(format!("Account {}", invoice.supplier_id));
    let mut blocks = vec![
        Block::Beside(vec![
            side("From", &invoice.seller),
            side("To", &invoice.buyer),
            Passage::new("Invoice", facts),
        ]),
        Block::Table(line_table(invoice, lines, zone)),
        Block::Table(tax_table(&invoice.taxes)?),
        Block::Sums(sums(invoice)),
    ];
    let notes = tax_notes(&invoice.taxes);
    if !notes.is_empty() {
        blocks.push(Block::Passage(Passage::new("Tax", notes)));
    }
    blocks.push(Block::Passage(Passage::new("How to pay", how_to_pay(invoice))));
    Ok(Paper {
        title: format!("Invoice {}", invoice.number),
        author: invoice
            .seller
            .trading_as
            .clone()
            .unwrap_or_else(|| invoice.seller.name.clone()),
        foot: format!("Invoice {} · {}", invoice.number, invoice.seller.name),
        dated: invoice.issued_at,
        letter: on_letter(&invoice.seller),
        blocks,
    })
}

fn line_table(invoice: &Invoice, lines: &[InvoiceLine], zone: &Zone) -> Table {
    let several = invoice.taxes.len() > 1;
    let rows = lines.iter().map(|line| {
        let mut what = line.description.clone();
        if let Some(business) = line
            .business_name
            .as_ref()
            .filter(|name| **name != invoice.supplier_name)
        {
            what.push_str(" · ");
            what.push_str(business);
        }
        vec![
            line.position.to_string(),
            line.delivered_at
                .map_or_else(String::new, |at| zone.date_of(at).to_string()),
            what,
            line.lead_id.map_or_else(String::new, |lead| lead.to_string()),
            figures(line.net),
            if several || !line.tax_rate.is_zero() {
                rate(line.tax_rate)
            } else {
                String::new()
            },
            figures(line.tax),
        ]
    });
    Table {
        heading: format!("Lines, amounts in {}", invoice.total.currency),
        columns: vec![
            Column::number("No.", 5),
            Column::text("Delivered", 12),
            Column::text("What", 24),
            Column::text("Lead", 21),
            Column::number("Net", 11),
            Column::number("Rate", 7),
            Column::number("Tax", 10),
        ],
        rows: rows.collect(),
    }
}

fn sums(invoice: &Invoice) -> Vec<Sum> {
    let mut sums = vec![
        Sum::new("Net", amount(invoice.net)),
        Sum::new("Tax", amount(invoice.tax)),
        Sum::strong("Total", amount(invoice.total)),
    ];
    for (name, taken) in [
        ("Credit applied", invoice.credit_applied),
        ("Credit notes", invoice.credited),
        ("Paid", invoice.paid),
    ] {
        if taken.minor != 0 {
            sums.push(Sum::new(name, amount(taken.negated().unwrap_or(taken))));
        }
    }
    sums.push(Sum::strong("To pay", amount(invoice.open)));
    sums
}

fn how_to_pay(invoice: &Invoice) -> Vec<String> {
    if invoice.open.minor == 0 {
        return vec!["Nothing is left to pay.".to_owned()];
    }
    let mut lines = Vec::new();
    lines.extend(
        invoice
            .collect_on
            .map(|day| format!("Card or direct debit on file is charged on {}.", date(day))),
    );
    match &invoice.seller.payment_instructions {
        Some(instructions) => lines.extend(instructions.lines().map(str::to_owned)),
        None => lines.push(format!("Please pay by {}.", date(invoice.due_on))),
    }
    lines.push(format!("Quote {} with your payment.", invoice.number));
    lines.extend(
        invoice
            .seller
            .statement_descriptor
            .as_ref()
            .map(|descriptor| format!("A card payment appears on your statement as {descriptor}.")),
    );
    lines
}

const HEADINGS: [&str; 13] = [
    "invoice",
    "position",
    "kind",
    "description",
    "lead_id",
    "delivery_id",
    "business",
    "delivered_at",
    "net_minor",
    "tax_rate",
    "tax_minor",
    "credited_minor",
    "currency",
];

/// The lines as a file for a spreadsheet.
pub(super) fn csv(invoice: &Invoice, lines: &[InvoiceLine]) -> ApiResult<Vec<u8>> {
    let mut file = CsvFile::new(HEADINGS)?;
    for line in lines {
        file.add([
            harmless(&invoice.number),
            line.position.to_string(),
            line.kind.to_string(),
            harmless(&line.description),
            line.lead_id.map_or_else(String::new, |id| id.to_string()),
            line.delivery_id.map_or_else(String::new, |id| id.to_string()),
            harmless(line.business_name.as_deref().unwrap_or_default()),
            line.delivered_at.map_or_else(String::new, |at| at.to_string()),
            line.net.minor.to_string(),
            line.tax_rate.to_string(),
            line.tax.minor.to_string(),
            line.credited.minor.to_string(),
            line.net.currency.to_string(),
        ])?;
    }
    file.finish()
}
