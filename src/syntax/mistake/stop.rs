//! Where pest stopped in a line, and what it looked for there.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use pest::Parser;

use crate::syntax::grammar::{Grammar, Rule};

/// The first place of a line at which it is no statement any more.
pub(super) struct Stop<'a> {
    /// The line.
    pub(super) text: &'a str,
    /// The byte where reading stopped; the beginning of the word, if it stopped inside one.
    pub(super) at: usize,
    /// The words and symbols that could have stood there.
    pub(super) expected: Vec<String>,
    /// Whether the text could have gone on with a letter of a name or a type, or with a digit.
    pub(super) letters: Letters,
}

/// Which kinds of characters could have stood there.
#[derive(Default, Clone, Copy)]
pub(super) struct Letters {
    pub(super) small: bool,
    pub(super) capital: bool,
    pub(super) digit: bool,
}

impl<'a> Stop<'a> {
    /// Where reading a line stops; `None` if it is a statement.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let at = word_start(text, boundary(text, attempts(text)?.0));
        let mut stop = Self { text, at, expected: Vec::new(), letters: Letters::default() };
        // Once more with something at that place that fits nowhere: what was looked for there and not further inside the
        // word; and after a blank, if the line ends there.
        let blank = if at == text.len() { " " } else { "" };
        let (_, tokens) = attempts(&format!("{}{blank}\u{1}", &text[..at])).unwrap_or_default();
        for token in tokens {
            match token.as_str() {
                "a..z" => stop.letters.small = true,
                "A..Z" => stop.letters.capital = true,
                "0..9" => stop.letters.digit = true,
                "BUILTIN_RULE" => {}
                _ => stop.expected.push(token),
            }
        }
        Some(stop)
    }

    /// What was not read.
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The run of characters without a blank that begins there.
    pub(super) fn word(&self) -> Range<usize> {
        let length = self.rest().find([' ', '\t']).unwrap_or(self.rest().len());
        self.at..self.at + length
    }

    /// Whether this could have stood there.
    pub(super) fn expects(&self, token: &str) -> bool {
        self.expected.iter().any(|expected| expected == token)
    }
}

/// pest's error for a line. pest keeps the details only while a switch of the whole process is on, and is slower then.
fn detailed(text: &str) -> Option<pest::error::Error<Rule>> {
    static SWITCH: Mutex<()> = Mutex::new(());
    let _mine = SWITCH.lock().unwrap_or_else(PoisonError::into_inner);
    pest::set_error_detail(true);
    let error = Grammar::parse(Rule::line, text).err();
    pest::set_error_detail(false);
    error
}

/// How far pest came in a line that is no statement, and what it looked for there: a range of characters by its ends,
/// a text as it is (the type of both is private to pest).
fn attempts(text: &str) -> Option<(usize, Vec<String>)> {
    let attempts = detailed(text)?.parse_attempts()?;
    let tokens = attempts.expected_tokens().iter().map(ToString::to_string).collect();
    Some((attempts.max_position, tokens))
}

fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// Reading may stop inside a word, as in `stayy` after `stay`; people see the word.
fn word_start(text: &str, at: usize) -> usize {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !text.as_bytes().get(at).is_some_and(|byte| inside(*byte)) {
        return at;
    }
    let before = text.as_bytes()[..at].iter().rev().take_while(|byte| inside(**byte)).count();
    at - before
}
