//! The statement as a paper and as a file for a spreadsheet.

use crate::csv_export::{CsvFile, harmless};
use crate::error::ApiResult;
use crate::invoices::paper::{on_letter, side};
use crate::pdf::words::{amount, date, figures};
use crate::pdf::{Block, Column, Paper, Passage, Sum, Table};
use tradepost_contract::invoices::InvoiceParty;
use tradepost_contract::statements::{Statement, StatementAccount};

pub(super) fn paper(
    statement: &Statement,
    seller: &InvoiceParty,
    buyer: &InvoiceParty,
    dated: tradepost_contract::Timestamp,
) -> ApiResult<Paper> {
    let facts = vec![
        format!("From {}", date(statement.from)),
        format!("To {}", date(statement.to)),
        format!("Days in {}", statement.time_zone),
        format!("Account {}", statement.supplier_id),
    ];
    let mut blocks = vec![Block::Beside(vec![
        side("From", seller),
        side("To", buyer),
        Passage::new("Statement", facts),
    ])];
    for account in &statement.accounts {
        blocks.push(Block::Table(table(account)));
        blocks.push(Block::Sums(sums(account)?));
    }
    Ok(Paper {
        title: format!("Statement {} to {}", statement.from, statement.to),
        author: seller.trading_as.clone().unwrap_or_else(|| seller.name.clone()),
        foot: format!("Statement of {} · {}", buyer.name, seller.name),
        dated,
        letter: on_letter(seller),
        blocks,
    })
}

fn table(account: &StatementAccount) -> Table {
    let mut rows = vec![vec![
        String::new(),
        "Opening balance".to_owned(),
        String::new(),
        String::new(),
        figures(account.opening),
    ]];
    for entry in &account.entries {
        let (more, less) = if entry.amount.minor >= 0 {
            (figures(entry.amount), String::new())
        } else {
            (String::new(), figures(entry.amount.negated().unwrap_or(entry.amount)))
        };
        rows.push(vec![
            entry.on.to_string(),
            entry.text.clone(),
            more,
            less,
            figures(entry.balance),
        ]);
    }
    Table {
        heading: format!("{}, amounts in {}", account.legal_entity_name, account.currency),
        columns: vec![
            Column::text("Date", 12),
            Column::text("What", 40),
            Column::number("Charged", 14),
            Column::number("Paid or credited", 16),
            Column::number("Balance", 14),
        ],
        rows,
    }
}

fn sums(account: &StatementAccount) -> ApiResult<Vec<Sum>> {
    let mut sums = vec![
        Sum::new("Opening balance", amount(account.opening)),
        Sum::new("Invoices", amount(account.invoiced)),
        Sum::new("Payments", amount(account.paid.negated()?)),
        Sum::new("Credit notes", amount(account.credited.negated()?)),
    ];
    for (name, other) in [("Refunds", account.refunded), ("Other", account.other)] {
        if other.minor != 0 {
            sums.push(Sum::new(name, amount(other)));
        }
    }
    sums.push(Sum::strong("Closing balance", amount(account.closing)));
    Ok(sums)
}

const HEADINGS: [&str; 9] = [
    "date",
    "at",
    "legal_entity",
    "kind",
    "text",
    "amount_minor",
    "balance_minor",
    "currency",
    "document_id",
];

pub(super) fn csv(statement: &Statement) -> ApiResult<Vec<u8>> {
    let mut file = CsvFile::new(HEADINGS)?;
    for account in &statement.accounts {
        let total = |day: String, kind: &str, text: &str, minor: i64| {
            [
                day,
                String::new(),
                harmless(&account.legal_entity_name),
                kind.to_owned(),
                text.to_owned(),
                String::new(),
                minor.to_string(),
                account.currency.to_string(),
                String::new(),
            ]
        };
        file.add(total(
            statement.from.to_string(),
            "opening",
            "Opening balance",
            account.opening.minor,
        ))?;
        for entry in &account.entries {
            let document = entry
                .credit_note_id
                .map(|id| id.to_string())
                .or(entry.invoice_id.map(|id| id.to_string()));
            file.add([
                entry.on.to_string(),
                entry.at.to_string(),
                harmless(&account.legal_entity_name),
                entry.kind.to_string(),
                harmless(&entry.text),
                entry.amount.minor.to_string(),
                entry.balance.minor.to_string(),
                account.currency.to_string(),
                document.unwrap_or_default(),
            ])?;
        }
        file.add(total(
            statement.to.to_string(),
            "closing",
            "Closing balance",
            account.closing.minor,
        ))?;
    }
    file.finish()
}
