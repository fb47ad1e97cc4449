//! What somebody typed, and what recovery codes look like: pure but for the chance in them.

use crate::auth::secrets::Secrets;
use tradepost_contract::UserId;

/// So many recovery codes are made at once.
pub(super) const CODES: usize = 10;
/// Letters and digits that are not easily taken for each other.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
const LETTERS_A_CODE: usize = 10;

/// What somebody typed, as what it can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Typed {
    /// Six digits.
    Code(String),
    /// A recovery code, without its hyphen.
    Recovery(String),
    /// Neither.
    Nonsense,
}

/// Reads what somebody typed: blanks, hyphens and the case of letters do not matter.
pub(super) fn read(text: &str) -> Typed {
    let plain: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .map(|letter| letter.to_ascii_lowercase())
        .take(LETTERS_A_CODE + 1)
        .collect();
    if plain.len() == 6 && plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return Typed::Code(plain);
    }
    if plain.len() == LETTERS_A_CODE && plain.bytes().all(|byte| LETTERS.contains(&byte)) {
        return Typed::Recovery(plain);
    }
    Typed::Nonsense
}

/// A fresh recovery code, without its hyphen: 49 bits, which nobody guesses at the pace that is allowed.
pub(super) fn recovery_code() -> String {
    (0..LETTERS_A_CODE)
        .map(|_| char::from(LETTERS[rand::random_range(0..LETTERS.len())]))
        .collect()
}

/// A recovery code as people read it.
pub(super) fn shown(code: &str) -> String {
    let (left, right) = code.split_at(code.len() / 2);
    format!("{left}-{right}")
}

/// How the database keeps a recovery code: hashed under a key of the installation, so that a copy of the database does
/// not let anybody try them all. The first is the current secret's.
pub(super) fn at_rest(secrets: &Secrets, user: UserId, code: &str) -> Vec<String> {
    secrets.recovery_hashes(user, code)
}

/// Where a secret is sealed to.
pub(super) fn place(user: UserId) -> String {
    format!("{user}/second-factor")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use tradepost_contract::ids::Id;

    #[rstest]
    #[case("287082", Typed::Code("287082".to_owned()))]
    #[case(" 287 082 ", Typed::Code("287082".to_owned()))]
    #[case("abcde-fgh23", Typed::Recovery("abcdefgh23".to_owned()))]
    #[case("ABCDE FGH23", Typed::Recovery("abcdefgh23".to_owned()))]
    #[case("", Typed::Nonsense)]
    #[case("28708", Typed::Nonsense)]
    #[case("2870822", Typed::Nonsense)]
    #[case("abcde-fgh2", Typed::Nonsense)]
    #[case("abcde-fgh234", Typed::Nonsense)]
    #[case("abcde-fgh0l", Typed::Nonsense)]
    #[case("２８７０８２", Typed::Nonsense)]
    fn what_somebody_typed(#[case] text: &str, #[case] expected: Typed) {
        assert_eq!(read(text), expected);
    }

    #[test]
    fn a_code_reads_back_as_it_is_shown() {
        let code = recovery_code();
        assert_eq!(read(&shown(&code)), Typed::Recovery(code));
    }

    #[test]
    fn a_code_is_one_persons_and_survives_one_change_of_the_secret() {
        let (ann, bob) = (UserId::from_i64(1), UserId::from_i64(2));
        let old = Secrets::derive(&[1; 32], None).expect("derived");
        let kept = at_rest(&old, ann, "abcdefgh23")[0].clone();
        assert_ne!(kept, at_rest(&old, bob, "abcdefgh23")[0]);
        let new = Secrets::derive(&[2; 32], Some(&[1; 32])).expect("derived");
        assert!(at_rest(&new, ann, "abcdefgh23").contains(&kept));
        assert_ne!(at_rest(&new, ann, "abcdefgh23")[0], kept);
    }
}
