//! Texts that match a pattern, and texts that just miss it.

use crate::model::{Rule, Type};
use crate::{Pattern, Text, Value};
use regex_syntax::hir::{Class, Hir, HirKind};

/// How many variants of a pattern's text are tried before giving up.
const TRIES: u32 = 64;

/// The n-th text that a type with a pattern takes, if one is found.
pub(super) fn matching(kind: &Type, n: u32) -> Option<Text> {
    let patterns: Vec<&str> = patterns(kind).collect();
    let first = regex_syntax::parse(patterns.first()?).ok()?;
    // Compiling a pattern takes longer than anything that is done with it.
    let compiled: Vec<Pattern> = patterns.iter().map(|pattern| whole(pattern)).collect::<Option<_>>()?;
    let mut found: Vec<String> = Vec::new();
    for variant in 0..TRIES + n {
        let mut text = String::new();
        write(&first, variant, &mut text);
        if takes(kind, &compiled, &text) && !found.contains(&text) {
            found.push(text);
        }
        if found.len() > n as usize {
            break;
        }
    }
    found.get(n as usize).map(Text::from)
}

/// Texts that a pattern must refuse.
pub(super) fn missing(pattern: &str) -> Vec<Value> {
    let Ok(hir) = regex_syntax::parse(pattern) else { return Vec::new() };
    let mut text = String::new();
    write(&hir, 0, &mut text);
    let longer = format!("{text}\u{2603}");
    let shorter: String = text.chars().skip(1).collect();
    let whole = whole(pattern);
    let misses = |text: &String| whole.as_ref().is_some_and(|regex| !regex.matches(text));
    [longer, shorter].into_iter().filter(misses).map(|text| Value::from(text.as_str())).collect()
}

fn patterns(kind: &Type) -> impl Iterator<Item = &str> {
    kind.constraints.iter().filter_map(|constraint| match &constraint.rule {
        Rule::Pattern(pattern) => Some(pattern.as_str()),
        _ => None,
    })
}

/// Whether a type takes a text; `compiled` are its patterns.
fn takes(kind: &Type, compiled: &[Pattern], text: &str) -> bool {
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    kind.constraints.iter().all(|constraint| match &constraint.rule {
        Rule::Length(bounds) => length >= bounds.min && bounds.max.is_none_or(|max| length <= max),
        Rule::Digits => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
        Rule::Pattern(_) | Rule::Range { .. } | Rule::MultipleOf(_) => true,
    }) && compiled.iter().all(|pattern| pattern.matches(text))
}

fn whole(pattern: &str) -> Option<Pattern> {
    Pattern::new(pattern).ok()
}

/// Writes a text that the expression matches; `variant` turns its choices.
fn write(hir: &Hir, variant: u32, text: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => text.extend(member(class, variant)),
        HirKind::Repetition(repetition) => {
            let more = variant % 4;
            let times = repetition.min.max(1).saturating_add(more).min(repetition.max.unwrap_or(u32::MAX));
            for turn in 0..times.max(repetition.min) {
                write(&repetition.sub, variant.wrapping_mul(7).wrapping_add(turn), text);
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, variant, text),
        HirKind::Concat(parts) => {
            for (part, turn) in parts.iter().zip(0u32..) {
                write(part, variant.wrapping_add(turn), text);
            }
        }
        HirKind::Alternation(parts) => {
            if let Some(part) = parts.get(variant as usize % parts.len().max(1)) {
                write(part, variant / 2, text);
            }
        }
    }
}

fn member(class: &Class, variant: u32) -> Option<char> {
    match class {
        Class::Unicode(class) => {
            let range = class.ranges().first()?;
            let (start, end) = (u32::from(range.start()), u32::from(range.end()));
            char::from_u32(start + variant % (end - start + 1))
        }
        Class::Bytes(class) => {
            let range = class.ranges().first()?;
            let width = u32::from(range.end() - range.start()) + 1;
            char::from_u32(u32::from(range.start()) + variant % width)
        }
    }
}
