//! Text that a terminal can be given: what would steer it, or turn the reading direction, is shown instead of sent.

use std::borrow::Cow;

/// One line for a message: control characters, bidirectional marks and line ends become visible signs.
pub fn line(text: &str) -> Cow<'_, str> {
    replace(text, steers)
}

/// Lines of source: as [`line()`], but tabs and line ends stay.
pub fn excerpt(text: &str) -> Cow<'_, str> {
    replace(text, |c| steers(c) && !matches!(c, '\t' | '\n' | '\r'))
}

/// Whether a character acts on the terminal or on the reading direction instead of being read.
pub(super) fn steers(c: char) -> bool {
    let bidirectional = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    c.is_control() || bidirectional || matches!(c, '\u{2028}' | '\u{2029}')
}

fn replace(text: &str, hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&hidden) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if hidden(c) { sign(c) } else { c }).collect())
}

fn sign(c: char) -> char {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '␡',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_reading_direction_are_shown_not_sent() {
        assert_eq!(line("a\u{1b}[31m\u{7f}\u{9b}b\n"), "a␛[31m␡\u{fffd}b␊");
        assert_eq!(line("\u{202e}evil\u{2066}\u{200f}"), "\u{fffd}evil\u{fffd}\u{fffd}");
        assert_eq!(line("验证码 é 🙂"), "验证码 é 🙂");
    }

    #[test]
    fn an_excerpt_keeps_its_lines_and_tabs() {
        assert_eq!(excerpt("a\tb\r\nc\u{7}"), "a\tb\r\nc␇");
    }
}
