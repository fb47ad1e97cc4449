//! Phone numbers: apart for the eye, whole for the dialler.

/// `+15125550142` as `+1 512 555 0142`; other countries in groups that can be read aloud.
pub fn readable(number: &str) -> String {
    let Some(digits) = number
        .strip_prefix('+')
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    else {
        return number.to_owned();
    };
    match (digits.len(), digits.as_bytes().first()) {
        (11, Some(b'1')) => format!("+1 {} {} {}", &digits[1..4], &digits[4..7], &digits[7..]),
        (12, Some(b'4')) if digits.starts_with("44") => format!("+44 {} {}", &digits[2..6], &digits[6..]),
        _ => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn numbers_are_grouped_and_junk_is_left_alone() {
        assert_eq!(readable("+15125550142"), "+1 512 555 0142");
        assert_eq!(readable("+447700900123"), "+44 7700 900123");
        assert_eq!(readable("+4915112345678"), "+4915112345678");
        assert_eq!(readable("call me"), "call me");
        assert_eq!(readable("+é"), "+é");
    }
}
