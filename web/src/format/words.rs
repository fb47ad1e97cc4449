//! The words of enums as people read them.

/// `partly_sold` as `Partly sold`. What is written by people, with blanks in it, keeps its own signs.
pub fn sentence(word: &str) -> String {
    // Names that are letters.
    if matches!(word, "api" | "csv") {
        return word.to_uppercase();
    }
    let text = if word.contains(char::is_whitespace) {
        word.to_owned()
    } else {
        word.replace(['_', '.'], " ")
    };
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// A country by its code of two letters, as people call it.
pub fn country(code: &str) -> String {
    super::intl::region(code).unwrap_or_else(|| code.to_owned())
}

/// The first letters of a name, for a badge of two.
pub fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let ends = match words.as_slice() {
        [] => return String::new(),
        [only] => vec![*only],
        [first, .., last] => vec![*first, *last],
    };
    ends.iter()
        .filter_map(|word| word.chars().next())
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_sentences_and_names_initials() {
        assert_eq!(sentence("in_review"), "In review");
        assert_eq!(sentence("lead.sold"), "Lead sold");
        assert_eq!(sentence("twice. Again: a_b"), "Twice. Again: a_b");
        assert_eq!(sentence(""), "");
        assert_eq!(sentence("api"), "API");
        assert_eq!(initials("Morgan de la Ellis"), "ME");
        assert_eq!(initials("élan"), "É");
        assert_eq!(initials(""), "");
    }
}
