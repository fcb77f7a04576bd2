//! Strings: their escapes resolved, and what may not stand in one.

use pest::iterators::Pair;
use smol_str::{SmolStr, SmolStrBuilder};

use super::{Rule, Translator};
use crate::diagnostic::{Diagnostic, codes};
use crate::syntax::tree::{Language, Quoted, Text};

impl Translator<'_> {
    /// `zh "首页"`.
    pub(super) fn text(&mut self, pair: &Pair<'_, Rule>) -> Text {
        let written = pair.as_str();
        let start = pair.as_span().start();
        let language = match *written.as_bytes() {
            [b'"', ..] => None,
            [first, second, ..] => Some(Language([first, second])),
            _ => None,
        };
        let quote = written.find('"').unwrap_or_default();
        Text { language, value: self.quoted_at(start + quote, &written[quote..]) }
    }

    /// `"首页"`.
    pub(super) fn quoted(&mut self, pair: &Pair<'_, Rule>) -> Quoted {
        self.quoted_at(pair.as_span().start(), pair.as_str())
    }

    fn quoted_at(&mut self, start: usize, written: &str) -> Quoted {
        let span = self.place(start, start + written.len());
        let inner = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default();
        let plain = !inner.bytes().any(|byte| byte == b'\\' || byte < b' ' || byte == 0x7f);
        let value = if plain { inner.into() } else { self.unescape(start + 1, inner) };
        Quoted { value, span }
    }

    fn unescape(&mut self, start: usize, inner: &str) -> SmolStr {
        let mut value = SmolStrBuilder::new();
        let mut rest = inner;
        while let Some(next) = rest.chars().next() {
            let at = start + inner.len() - rest.len();
            let (length, character) = match next {
                '\\' => escape(rest),
                control if control.is_control() => (next.len_utf8(), None),
                other => (other.len_utf8(), Some(other)),
            };
            match character {
                Some(character) => value.push(character),
                None if next == '\\' => self.unknown_escape(at, &rest[..length]),
                None => self.control_character(at, next),
            }
            rest = &rest[length..];
        }
        value.finish()
    }

    fn unknown_escape(&mut self, at: usize, written: &str) {
        let place = self.location(self.place(at, at + written.len()));
        let backslash = self.location(self.place(at, at + 1));
        self.diagnostics.push(
            Diagnostic::new(codes::UNKNOWN_ESCAPE, place, format!("`{written}` is no escape"))
                .note("in a text a backslash begins one of `\\\"`, `\\\\`, `\\n`, `\\t` and `\\u{4E2D}`")
                .mend("for a backslash itself, write it twice", backslash, "\\\\"),
        );
    }

    fn control_character(&mut self, at: usize, character: char) {
        let place = self.location(self.place(at, at + character.len_utf8()));
        let code = u32::from(character);
        let escape = if character == '\t' { "\\t".to_owned() } else { format!("\\u{{{code:X}}}") };
        let message = format!("a character that cannot be seen stands in this text (U+{code:04X})");
        self.diagnostics.push(Diagnostic::new(codes::INVISIBLE_CHARACTER, place, message).mend(
            "write it so that readers see it, or remove it",
            place,
            escape,
        ));
    }
}

/// The length of the escape that a text begins with, and the character it stands for, if it is one.
fn escape(text: &str) -> (usize, Option<char>) {
    let after = text.chars().nth(1);
    let short = 1 + after.map_or(0, char::len_utf8);
    match after {
        Some('"') => (short, Some('"')),
        Some('\\') => (short, Some('\\')),
        Some('n') => (short, Some('\n')),
        Some('t') => (short, Some('\t')),
        Some('u') => unicode_escape(text).unwrap_or((short, None)),
        _ => (short, None),
    }
}

/// `\u{4E2D}`, one to six hexadecimal digits.
fn unicode_escape(text: &str) -> Option<(usize, Option<char>)> {
    let digits = text.strip_prefix("\\u{")?.split_once('}')?.0;
    let plausible = (1..=6).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let character =
        if plausible { u32::from_str_radix(digits, 16).ok().and_then(char::from_u32) } else { None };
    plausible.then_some((digits.len() + 4, character))
}
