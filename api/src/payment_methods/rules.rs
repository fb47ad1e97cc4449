//! Where somebody comes back to from the gateway's page.

use tradepost_contract::PaymentMethodSessionId;

const LONGEST_PATH: usize = 200;

/// Whether a path leads to a page of this site and nowhere else: a browser reads `//host` and `/\\host` as
/// another site.
pub(super) fn is_own_page(path: &str) -> bool {
    path.len() <= LONGEST_PATH
        && path.starts_with('/')
        && !path.starts_with("//")
        && path
            .chars()
            .all(|sign| sign.is_ascii_graphic() && sign != '\\' && sign != '#')
}

/// The page with the session's id, so that it can say what became of it.
pub(super) fn way_back(page: &str, session: PaymentMethodSessionId) -> String {
    let joint = if page.contains('?') { '&' } else { '?' };
    format!("{page}{joint}session={session}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradepost_contract::Id;

    #[test]
    fn only_pages_of_this_site_are_come_back_to() {
        for page in ["/", "/payment-methods", "/console/suppliers/sup_1?tab=payment"] {
            assert!(is_own_page(page), "{page}");
        }
        let long = format!("/{}", "a".repeat(200));
        for page in [
            "",
            "invoices",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\nb",
            "/a#b",
            &long,
        ] {
            assert!(!is_own_page(page), "{page:?}");
        }
    }

    #[test]
    fn the_session_is_named_beside_what_is_in_the_query_already() {
        let session = PaymentMethodSessionId::from_i64(7);
        assert_eq!(
            way_back("/invoices/inv_1", session),
            format!("/invoices/inv_1?session={session}")
        );
        assert_eq!(way_back("/a?tab=b", session), format!("/a?tab=b&session={session}"));
    }
}
