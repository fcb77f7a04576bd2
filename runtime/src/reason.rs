//! The names of reasons that are made of a word and what it is about.

use crate::Text;

/// The reason of an event that a step does not list, unless the spec names another.
pub const UNEXPECTED: Text = Text::new_static("unexpected");
/// The reason where a computed value lies outside its type.
pub const OVERFLOW: Text = Text::new_static("overflow");
/// The reason that the reference gives where the spec is silent.
pub const SILENT: Text = Text::new_static("silent");

/// `missing:phone`, `invalid:phone`, `limit:resends`: up to 23 bytes without an allocation.
///
/// Generated code knows these words beforehand and has them as statics; this is for who reads them from a model.
pub fn reason(word: &str, about: &str) -> Text {
    smol_str::format_smolstr!("{word}:{about}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_names_its_word_first() {
        assert_eq!(reason("missing", "phone"), "missing:phone");
        assert!(!reason("limit", "wrong_by_login").is_heap_allocated());
    }
}
