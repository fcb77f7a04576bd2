//! Names of the spec as names of Rust: legal, unique, and in Rust's own style.

use std::collections::BTreeSet;

/// Words that are no names in Rust, now or one day (edition 2024), strict, reserved and weak alike.
const KEYWORDS: &[&str] = &[
    "Self",
    "abstract",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "macro_rules",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "pub",
    "raw",
    "ref",
    "return",
    "safe",
    "self",
    "static",
    "struct",
    "super",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "union",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

/// `wrong_by_login`, `limit:wrong` as `WrongByLogin`, `LimitWrong`.
pub(crate) fn camel(name: &str) -> String {
    let mut camel = String::new();
    for part in name.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut rest = part.chars();
        camel.extend(rest.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(rest.as_str());
    }
    led_by_letter(camel)
}

/// `WebRegion`, `limit:wrong` as `web_region`, `limit_wrong`.
pub(crate) fn snake(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        if c.is_ascii_alphanumeric() {
            snake.push(c.to_ascii_lowercase());
        } else if !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
    }
    led_by_letter(snake.trim_end_matches('_').to_owned())
}

fn led_by_letter(name: String) -> String {
    match name.chars().next() {
        None => "x".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("x{name}"),
        Some(_) => name,
    }
}

/// The names of one place where no name may stand twice: a module's types, an enum's variants, a struct's fields.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// A place in which some names are taken already.
    pub(crate) fn with(taken: &[&str]) -> Self {
        Self { taken: taken.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// The name itself where it is free, otherwise with the suffix behind it, and then with numbers from 2.
    pub(crate) fn take(&mut self, name: String, suffix: &str) -> String {
        let free = |name: &String| !KEYWORDS.contains(&name.as_str()) && !self.taken.contains(name);
        let suffixed = || std::iter::once(format!("{name}{suffix}"));
        let numbered = (2_u32..).map(|n| format!("{name}{suffix}{n}"));
        let taken = std::iter::once(name.clone()).chain(suffixed()).chain(numbered).find(free);
        let taken = taken.unwrap_or(name);
        self.taken.insert(taken.clone());
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_take_the_style_of_rust() {
        assert_eq!(camel("wrong_by_login"), "WrongByLogin");
        assert_eq!(camel("limit:wrong"), "LimitWrong");
        assert_eq!(snake("WebRegion"), "web_region");
        assert_eq!(snake("code_model"), "code_model");
        assert_eq!(snake("a__b_"), "a_b");
        assert_eq!(camel("_"), "x");
    }

    #[test]
    fn a_keyword_or_a_name_that_is_taken_becomes_another() {
        let mut names = Names::with(&["Step"]);
        assert_eq!(names.take("Step".into(), "Event"), "StepEvent");
        assert_eq!(names.take("Step".into(), "Event"), "StepEvent2");
        assert_eq!(names.take("type".into(), "_"), "type_");
        assert_eq!(names.take("Self".into(), "_"), "Self_");
    }
}
