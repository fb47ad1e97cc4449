//! The credit note as a paper: what it corrects is named, and no person.

use crate::calendar::Zone;
use crate::error::ApiResult;
use crate::invoices::line_store::tax_at;
use crate::invoices::paper::{on_letter, side, tax_notes, tax_table};
use crate::pdf::words::{amount, date, figures, rate};
use crate::pdf::{Block, Column, Paper, Passage, Sum, Table};
use tradepost_contract::credit_notes::CreditNote;
use tradepost_contract::invoices::{Invoice, InvoiceLine};

/// The credit note on paper, with the invoice and the line that it corrects.
pub(super) fn paper(note: &CreditNote, invoice: &Invoice, line: &InvoiceLine, zone: &Zone) -> ApiResult<Paper> {
    let issued_on = zone.date_of(note.issued_at);
    let mut tax = tax_at(&invoice.taxes, line.tax_position)?.clone();
    (tax.lines, tax.net, tax.tax) = (1, note.net, note.tax);
    let taxes = [tax];
    let facts = vec![
        format!("Number {}", note.number),
        format!("Issued {}", date(issued_on)),
        format!("Corrects invoice {}", invoice.number),
        format!("of {}", date(zone.date_of(invoice.issued_at))),
        format!("Account {}", note.supplier_id),
    ];
    let row = vec![
        line.position.to_string(),
        line.delivered_at
            .map_or_else(String::new, |at| zone.date_of(at).to_string()),
        format!("{} · {}", line.description, note.reason),
        line.lead_id.map_or_else(String::new, |lead| lead.to_string()),
        figures(note.net),
        rate(line.tax_rate),
        figures(note.tax),
    ];
    let mut blocks = vec![
        Block::Beside(vec![
            side("From", &invoice.seller),
            side("To", &invoice.buyer),
            Passage::new("Credit note", facts),
        ]),
        Block::Table(Table {
            heading: format!("Line of invoice {}, amounts in {}", invoice.number, note.total.currency),
            columns: vec![
                Column::number("No.", 5),
                Column::text("Delivered", 12),
                Column::text("What", 24),
                Column::text("Lead", 21),
                Column::number("Net", 11),
                Column::number("Rate", 7),
                Column::number("Tax", 10),
            ],
            rows: vec![row],
        }),
        Block::Table(tax_table(&taxes)?),
        Block::Sums(vec![
            Sum::new("Net", amount(note.net)),
            Sum::new("Tax", amount(note.tax)),
            Sum::strong("Total credited", amount(note.total)),
            Sum::new(format!("Taken off invoice {}", invoice.number), amount(note.applied)),
            Sum::new("Credit of your account", amount(note.balance)),
        ]),
    ];
    let mut notes = tax_notes(&taxes);
    if note.balance.minor > 0 {
        notes.push("Credit of your account is used up by your next invoice.".to_owned());
    }
    if !notes.is_empty() {
        blocks.push(Block::Passage(Passage::new("Notes", notes)));
    }
    Ok(Paper {
        title: format!("Credit note {}", note.number),
        author: invoice
            .seller
            .trading_as
            .clone()
            .unwrap_or_else(|| invoice.seller.name.clone()),
        foot: format!("Credit note {} · {}", note.number, invoice.seller.name),
        dated: note.issued_at,
        letter: on_letter(&invoice.seller),
        blocks,
    })
}
