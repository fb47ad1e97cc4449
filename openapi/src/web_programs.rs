//! Which program of the web app shows a path. The server sends the page by it and the app leaves a page of another
//! program to a load; if they disagreed, a browser would load the same page for ever.

/// A program of the web app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebProgram {
    /// What suppliers see of their leads, all day and on phones.
    Portal,
    /// Where suppliers buy, see what they paid, and follow the calls to their leads.
    Shop,
    /// Where suppliers look after their account: who gets in, how they pay, what they ask, and leaving. Links in mails
    /// lead here.
    Account,
    /// Where staff work through what waits for them.
    Console,
    /// Money, how the market is set up, and what the system did.
    Office,
}

/// The shop's pages, by their first segment.
const SHOP: &[&str] = &[
    "buy",
    "call-report",
    "checkouts",
    "loyalty",
    "packages",
    "payments",
    "plan",
    "wallet",
];

/// The account's pages, by their first segment.
const ACCOUNT: &[&str] = &[
    "accept-invitation",
    "business",
    "cancel",
    "changes",
    "confirm-email",
    "erasures",
    "forgot-password",
    "integrations",
    "mail-preferences",
    "payment-methods",
    "reset-password",
    "security",
    "sign-up",
    "support",
    "team",
];

/// The office's pages, by their first segment below `/console`.
const OFFICE: &[&str] = &[
    "api-keys",
    "audit",
    "billing-runs",
    "books",
    "checkouts",
    "coupons",
    "credit-notes",
    "events",
    "failed-payments",
    "finance",
    "gallery",
    "invoices",
    "lead-sources",
    "mail-preferences",
    "mails",
    "payments",
    "policy-drafts",
    "products",
    "programmes",
    "reconciliations",
    "refunds",
    "reports",
    "retention",
    "security",
    "users",
    "webhooks",
];

impl WebProgram {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Portal, Self::Shop, Self::Account, Self::Console, Self::Office];

    /// The program that shows a path; whether there is such a page is for the program to say.
    pub fn of(path: &str) -> Self {
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        match segments.next() {
            Some("console") => match (segments.next(), segments.nth(1)) {
                // A supplier's page is the console's, its account is money.
                (Some("suppliers"), Some("statement")) => Self::Office,
                (Some(first), _) if OFFICE.contains(&first) => Self::Office,
                _ => Self::Console,
            },
            Some(first) if SHOP.contains(&first) => Self::Shop,
            Some(first) if ACCOUNT.contains(&first) => Self::Account,
            _ => Self::Portal,
        }
    }

    /// The name of its files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Shop => "shop",
            Self::Account => "account",
            Self::Console => "console",
            Self::Office => "office",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_the_program_of_its_beginning() {
        for (path, program) in [
            ("/", WebProgram::Portal),
            ("/leads/del_00000000000c5", WebProgram::Portal),
            ("/nothing", WebProgram::Portal),
            ("/consoles", WebProgram::Portal),
            ("/buy", WebProgram::Shop),
            ("/support/ask", WebProgram::Account),
            ("/console", WebProgram::Console),
            ("/console/", WebProgram::Console),
            ("/console/nothing", WebProgram::Console),
            ("/console/suppliers/sup_00000000000c5", WebProgram::Console),
            ("/console/suppliers/statement", WebProgram::Console),
            ("/console/suppliers/sup_00000000000c5/statement", WebProgram::Office),
            ("/console/invoices", WebProgram::Office),
            ("//console//invoices/inv_00000000000c5", WebProgram::Office),
        ] {
            assert_eq!(WebProgram::of(path), program, "{path}");
        }
    }

    #[test]
    fn the_lists_are_sorted_and_name_nothing_twice() {
        assert!(
            [SHOP, ACCOUNT, OFFICE]
                .iter()
                .flat_map(|list| list.windows(2))
                .all(|pair| pair[0] < pair[1])
        );
    }
}
