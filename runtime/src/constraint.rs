//! What a type may ask of a value beside its kind; generated types and the machine ask it here.

/// Whether a text has from `min` to `max` code points, both included.
pub fn has_length(text: &str, min: u32, max: Option<u32>) -> bool {
    let max = max.map_or(usize::MAX, |max| max as usize);
    let min = min as usize;
    // A code point takes one to four bytes: most texts need no count.
    if text.len() < min || text.len() > max.saturating_mul(4) {
        return false;
    }
    let length = if text.is_ascii() { text.len() } else { text.chars().count() };
    (min..=max).contains(&length)
}

/// Whether a text is one ASCII digit or more, and nothing else.
pub fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether an integer lies between two others, both included.
pub fn is_within(value: i64, min: Option<i64>, max: Option<i64>) -> bool {
    min.is_none_or(|min| min <= value) && max.is_none_or(|max| value <= max)
}

/// Whether an integer is a whole multiple of another; of 0, only 0 is.
pub fn is_multiple_of(value: i64, of: i64) -> bool {
    value.checked_rem(of).map_or(value == 0 || of == -1, |rest| rest == 0)
}

/// A pattern in the syntax of the regex crate that a text must match from its first to its last character.
#[cfg(feature = "pattern")]
#[derive(Debug, Clone)]
pub struct Pattern(regex::Regex);

#[cfg(feature = "pattern")]
impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What the regex crate finds wrong with it.
    pub fn new(pattern: &str) -> Result<Self, regex::Error> {
        // Alone first: `a)(b` must not become sound by the parentheses around it.
        regex::Regex::new(pattern)?;
        regex::Regex::new(&format!(r"\A(?:{pattern})\z"))
            // Only a comment in the `x` mode swallows the parenthesis; there a line break means nothing else.
            .or_else(|_| regex::Regex::new(&format!("\\A(?:{pattern}\n)\\z")))
            .map(Self)
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_code_points() {
        assert!(has_length("验证码", 3, Some(3)));
        assert!(!has_length("验证码", 4, None));
        assert!(!has_length("abcdef", 0, Some(5)));
        assert!(has_length("", 0, Some(0)));
        assert!(has_length("abc", 2, None));
    }

    #[test]
    fn digits_are_ascii_and_at_least_one() {
        assert!(is_digits("0123"));
        assert!(!is_digits(""));
        assert!(!is_digits("12a"));
        assert!(!is_digits("١٢"));
    }

    #[test]
    fn ranges_include_both_ends() {
        assert!(is_within(1, Some(1), Some(2)) && is_within(2, Some(1), Some(2)));
        assert!(!is_within(0, Some(1), None) && !is_within(3, None, Some(2)));
        assert!(is_within(i64::MIN, None, None));
    }

    #[test]
    fn multiples_never_overflow() {
        assert!(is_multiple_of(1000, 500) && !is_multiple_of(1001, 500));
        assert!(is_multiple_of(0, 0) && !is_multiple_of(1, 0));
        assert!(is_multiple_of(i64::MIN, -1));
    }

    #[cfg(feature = "pattern")]
    #[test]
    fn a_pattern_matches_the_whole_text() {
        let matches = |pattern: &str, text: &str| Pattern::new(pattern).unwrap().matches(text);
        assert!(matches("a|ab", "ab"));
        assert!(!matches("a|b", "ab"));
        assert!(!matches("[0-9]+", "1\n"));
        assert!(matches("(?x) [0-9]+ # digits", "12"));
        assert!(Pattern::new("a)(b").is_err());
    }
}
