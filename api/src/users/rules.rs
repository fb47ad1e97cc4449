//! What may be an e-mail or a name, and whose contact a supplier is shown.

use tradepost_contract::auth::{HelpContact, HelpContactKind};
use tradepost_contract::people::StaffRole;
use tradepost_contract::problem::FieldError;
use tradepost_contract::programmes::{Brand, DepartmentContact};

use crate::error::ApiResult;

/// An e-mail to sign in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Email {
    /// As it was typed, without the space around it.
    pub(crate) as_typed: String,
    /// In lower case: what is unique.
    pub(crate) normal: String,
}

impl Email {
    /// Reads an e-mail. It asks for the plain form `local@domain.tld` and leaves the rest to the mail.
    pub(crate) fn parse(pointer: &str, text: &str) -> Result<Self, FieldError> {
        let wrong = || FieldError::new(pointer, "invalid_email", "expected an e-mail such as ann@example.com");
        let as_typed = text.trim();
        let (local, domain) = as_typed.rsplit_once('@').ok_or_else(wrong)?;
        let plain = |part: &str| {
            !part
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "\"(),:;<>@[\\]".contains(c))
        };
        let labels_fit = domain
            .split('.')
            .all(|label| !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-'));
        let fits = as_typed.len() <= 254
            && (1..=64).contains(&local.len())
            && plain(local)
            && plain(domain)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && domain.contains('.')
            && labels_fit;
        if !fits {
            return Err(wrong());
        }
        Ok(Self {
            as_typed: as_typed.to_owned(),
            normal: as_typed.to_lowercase(),
        })
    }
}

/// Reads a name: 1 to 200 characters without control characters.
pub(super) fn name(pointer: &str, text: &str) -> Result<String, FieldError> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(FieldError::new(pointer, "required", "a name is needed"));
    }
    if trimmed.chars().count() > 200 || trimmed.chars().any(char::is_control) {
        return Err(FieldError::new(
            pointer,
            "invalid",
            "a name has at most 200 characters and stands on one line",
        ));
    }
    Ok(trimmed.to_owned())
}

/// Reads a phone that people dial: it is shown, never matched, so any usual spelling will do.
pub(super) fn phone(pointer: &str, text: &str) -> Result<String, FieldError> {
    let trimmed = text.trim();
    let digits = trimmed.chars().filter(char::is_ascii_digit).count();
    let spelled = trimmed.chars().all(|c| c.is_ascii_digit() || " +-().x".contains(c));
    if (5..=20).contains(&digits) && spelled && trimmed.len() <= 40 {
        return Ok(trimmed.to_owned());
    }
    Err(FieldError::new(
        pointer,
        "invalid_phone",
        "expected a phone number such as +1 202 555 0147",
    ))
}

/// Reads roles: at least one, each once.
pub(super) fn roles(pointer: &str, roles: &[StaffRole]) -> Result<Vec<StaffRole>, FieldError> {
    let mut sorted = roles.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.is_empty() {
        return Err(FieldError::new(pointer, "required", "at least one role is needed"));
    }
    Ok(sorted)
}

/// The programme's department, from its brand (R1, R122).
pub(super) fn department(brand: &str) -> ApiResult<HelpContact> {
    let DepartmentContact { name, email, phone } = serde_json::from_str::<Brand>(brand)?.department;
    Ok(HelpContact {
        kind: HelpContactKind::Department,
        name,
        email: Some(email),
        phone: Some(phone),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("ann@example.com", Some("ann@example.com"))]
    #[case("  Ann.O'Kafor+leads@Example.CO.UK ", Some("ann.o'kafor+leads@example.co.uk"))]
    #[case("änne@exämple.de", Some("änne@exämple.de"))]
    #[case("", None)]
    #[case("ann", None)]
    #[case("ann@", None)]
    #[case("@example.com", None)]
    #[case("ann@localhost", None)]
    #[case("ann@example..com", None)]
    #[case("ann@-example.com", None)]
    #[case("ann@example.com.", None)]
    #[case(".ann@example.com", None)]
    #[case("an n@example.com", None)]
    #[case("ann@exa mple.com", None)]
    #[case("ann@bob@example.com", None)]
    #[case("ann<script>@example.com", None)]
    #[case("ann@example.com\nBcc: x@example.com", None)]
    fn what_may_be_an_email(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(
            Email::parse("/email", text).ok().map(|email| email.normal).as_deref(),
            expected
        );
    }

    #[test]
    fn a_long_email_is_refused() {
        assert!(Email::parse("/email", &format!("{}@example.com", "a".repeat(65))).is_err());
        assert!(Email::parse("/email", &format!("a@{}com", "example.".repeat(40))).is_err());
    }

    #[rstest]
    #[case("Ann", true)]
    #[case("  ", false)]
    #[case("Ann\nOkafor", false)]
    fn what_may_be_a_name(#[case] text: &str, #[case] good: bool) {
        assert_eq!(name("/name", text).is_ok(), good);
    }

    #[rstest]
    #[case("+1 (202) 555-0147", true)]
    #[case("020 7946 0958 x12", true)]
    #[case("1234", false)]
    #[case("call me", false)]
    #[case("<script>12345</script>", false)]
    fn what_may_be_a_phone(#[case] text: &str, #[case] good: bool) {
        assert_eq!(phone("/phone", text).is_ok(), good);
    }

    #[test]
    fn roles_are_a_set() {
        use StaffRole::{Admin, Finance};
        assert_eq!(
            roles("/roles", &[Finance, Admin, Finance]).ok(),
            Some(vec![Admin, Finance])
        );
        assert!(roles("/roles", &[]).is_err());
    }

    /// R1, R122: without an account manager it is the department that helps.
    #[test]
    fn r1_the_department_helps_while_there_is_no_account_manager() {
        let brand = r#"{"descriptor": "ACME", "support_email": "help@acme.example",
            "department": {"name": "Accounts", "email": "accounts@acme.example", "phone": "+12025550100"}}"#;
        let contact = department(brand).expect("a contact");
        assert_eq!(
            (contact.name.as_str(), contact.email.as_deref()),
            ("Accounts", Some("accounts@acme.example"))
        );
        assert_eq!(contact.kind, HelpContactKind::Department);
    }
}
