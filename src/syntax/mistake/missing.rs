//! A newline, a word or a symbol that is missing, or one that is too much.

use super::stop::Stop;
use super::{Slip, codes};
use crate::syntax::grammar::{Rule, rule_of};
use crate::syntax::lines::keyword;

/// A second statement on the line.
pub(super) fn propose_newline(stop: &Stop<'_>) -> Vec<Slip> {
    let word = keyword(stop.rest());
    let statement =
        rule_of(word).is_some_and(|rule| !matches!(rule, Rule::alternative | Rule::refusal | Rule::allowing));
    if stop.at == 0 || word.is_empty() || !statement {
        return Vec::new();
    }
    let message = format!("a second statement begins here: `{word}`");
    let mut slip =
        Slip::new(codes::TWO_STATEMENTS, message, stop.at..stop.text.len(), "begin a new line", "");
    slip.edit = (stop.at..stop.at, "\n".to_owned());
    slip.cut = Some(stop.at + 1);
    vec![slip]
}

/// What was looked for there, and would make a statement of the line.
pub(super) fn propose_word(stop: &Stop<'_>) -> Vec<Slip> {
    const GLUE: &[&str] = &["->", ":", "=", "by", "of", "from", "at", "when", ")", "(", "@", "and", ","];
    let mut glue: Vec<&str> = GLUE.iter().copied().filter(|glue| stop.expects(glue)).collect();
    if stop.at == 0 {
        return Vec::new();
    }
    if stop.rest().is_empty() {
        glue.retain(|glue| *glue == ")");
    }
    if !looks_like_an_anchor(&stop.text[stop.word()]) {
        glue.retain(|glue| *glue != "@");
    }
    let before = stop.text[..stop.at].trim_end().len();
    let missing = |glue: &str| {
        let help = format!("write `{glue}`");
        let tight = matches!(glue, ":" | ")" | "," | "(");
        let (at, insertion) = match glue {
            "@" => (stop.at, glue.to_owned()),
            _ if tight && stop.rest().is_empty() => (before, glue.to_owned()),
            ":" | "," => (before, glue.to_owned()),
            "(" => (stop.at, glue.to_owned()),
            _ => (stop.at, format!("{glue} ")),
        };
        let next = stop.word();
        let place = if next.is_empty() { before.saturating_sub(1)..before } else { next };
        let side = if stop.rest().is_empty() { "at the end" } else { "before this" };
        let mut slip =
            Slip::new(codes::SOMETHING_MISSING, format!("`{glue}` is missing {side}"), place, help, "");
        slip.edit = (at..at, insertion);
        slip.whole = true;
        slip
    };
    glue.into_iter().map(missing).collect()
}

/// `RWP-03`.
fn looks_like_an_anchor(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_uppercase()) && word.contains('-')
}

/// A word that stands there twice.
pub(super) fn propose_once(stop: &Stop<'_>) -> Vec<Slip> {
    let word = keyword(stop.rest());
    let before = stop.text[..stop.at].trim_end();
    let repeated = !word.is_empty() && before.rsplit([' ', '\t']).next() == Some(word);
    repeated.then(|| removal(stop, word.len())).into_iter().collect()
}

/// A symbol. What a word was meant for is not ours to drop.
pub(super) fn propose_removal(stop: &Stop<'_>) -> Vec<Slip> {
    let symbol = stop.rest().chars().next().filter(|first| !first.is_alphanumeric() && stop.at > 0);
    symbol.map(|symbol| removal(stop, symbol.len_utf8())).into_iter().collect()
}

fn removal(stop: &Stop<'_>, length: usize) -> Slip {
    let place = stop.at..stop.at + length;
    let message = format!("`{}` is too much here", &stop.text[place.clone()]);
    let mut slip = Slip::new(codes::SOMETHING_EXTRA, message, place.clone(), "remove it", "");
    let blanks =
        stop.text[..stop.at].ends_with([' ', '\t']) && stop.text[place.end..].starts_with([' ', '\t']);
    slip.edit.0.end = if blanks { place.end + 1 } else { place.end };
    slip
}
