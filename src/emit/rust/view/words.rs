//! Steps, reasons and types: what becomes an enumeration or a newtype.

use flowspec_runtime::model::{EndKind, Kind, Model, Rule, TypeId};

use super::super::flow::Flow;
use super::super::sample;
use super::super::text::{doc, markdown};
use super::super::types::{Shape, integer, words};
use super::{TypeView, WordView, literal};
use crate::emit::names::snake;

pub(super) fn steps(flow: &Flow) -> Vec<WordView> {
    let views = flow.model.steps.iter().zip(&flow.steps).map(|(step, (variant, _))| {
        let more = match step.end {
            None => "",
            Some(EndKind::Success) => "success",
            Some(EndKind::Failure) => "failure",
            Some(EndKind::Handover) => "somebody else goes on",
        };
        WordView {
            doc: doc(flow.model, step.element, &step.name, more),
            variant: variant.clone(),
            word: literal(&step.name),
        }
    });
    views.collect()
}

pub(super) fn reasons(flow: &Flow) -> Vec<WordView> {
    let model = flow.model;
    let views = flow.reasons().into_iter().map(|(word, variant)| WordView {
        doc: described(model, word),
        variant: variant.to_owned(),
        word: literal(word),
    });
    views.collect()
}

pub(super) fn types(flow: &Flow) -> Vec<TypeView> {
    let model = flow.model;
    let picked = |id: TypeId| {
        let fields = model.outputs.iter().flat_map(|output| &output.fields);
        fields.into_iter().any(|field| field.chosen && flow.kind(field.kind).name == flow.kind(id).name)
    };
    let plain = flow.types.declared().filter(|(_, known)| known.shape != Shape::Entry);
    let views = plain.map(|(id, known)| {
        let declared = model.kind(id);
        let rules = declared.constraints.iter().map(|constraint| &constraint.rule);
        let pattern_name = format!("{}_PATTERN", snake(&known.name).to_uppercase());
        let pattern = declared.constraints.iter().find_map(|constraint| match &constraint.rule {
            Rule::Pattern(pattern) => Some(literal(pattern)),
            _ => None,
        });
        let name = declared.name.as_deref().unwrap_or(&known.name);
        let (inner, value) = match (&declared.kind, known.shape) {
            (_, Shape::NewText) => ("text".to_owned(), "text"),
            (Kind::Money { digits, .. }, _) => (format!("money {digits}"), "minor"),
            (Kind::Duration | Kind::Instant, _) => ("time".to_owned(), "time"),
            (Kind::Date, _) => ("date".to_owned(), "date"),
            (_, Shape::NewInt) => ("int".to_owned(), "int"),
            _ => (String::new(), ""),
        };
        let (rules, texts): (Vec<_>, Vec<_>) = rules.map(|rule| valid(rule, value, &pattern_name)).unzip();
        let doc = match declared.element {
            Some(element) => doc(model, element, name, &texts.join("; ")),
            None => {
                format!("{}{}{}.", known.name, if texts.is_empty() { "" } else { ": " }, texts.join("; "))
            }
        };
        let secret = if declared.secret && !inner.is_empty() { "secret " } else { "" };
        TypeView {
            doc,
            name: known.name.clone(),
            inner: format!("{secret}{inner}"),
            value: if rules.is_empty() { format!("_{value}") } else { value.to_owned() },
            valid: if rules.is_empty() { "true".to_owned() } else { rules.join(" && ") },
            words: named_words(model, id),
            others: if known.shape == Shape::OpenWord { others(model, id) } else { String::new() },
            pattern_name,
            pattern: pattern.unwrap_or_default(),
            sample: if picked(id) { sample::sample(model, id, known) } else { String::new() },
        }
    });
    views.collect()
}

fn described(model: &Model, word: &str) -> String {
    let declared = model.reasons.iter().find(|reason| reason.name == word).and_then(|reason| reason.element);
    if let Some(element) = declared {
        return doc(model, element, word, "");
    }
    match word.split_once(':') {
        Some((kind, field)) if kind == model.defaults.missing.0 => format!("`{field}` is missing."),
        Some((kind, field)) if kind == model.defaults.invalid.0 => {
            format!("`{field}` lies outside its type.")
        }
        Some((_, limit)) => format!("The limit `{limit}` is full."),
        None if word == "overflow" => "A value that was computed lies outside its type.".to_owned(),
        None if word == "silent" => "The spec does not say what happens then.".to_owned(),
        None => "The step does not list the event.".to_owned(),
    }
}

fn named_words(model: &Model, id: TypeId) -> Vec<WordView> {
    let Kind::Word { members, .. } = &model.kind(id).kind else { return Vec::new() };
    let views = members.iter().zip(words(model, id)).map(|(member, (word, variant))| WordView {
        doc: member.element.map_or_else(|| format!("`{word}`."), |element| doc(model, element, &word, "")),
        variant,
        word: literal(&word),
    });
    views.collect()
}

fn others(model: &Model, id: TypeId) -> String {
    match &model.kind(id).kind {
        Kind::Word { others: Some(others), .. } => doc(model, others.element, "Any other", ""),
        _ => String::new(),
    }
}

/// A rule as a condition on a value, and in words.
fn valid(rule: &Rule, value: &str, pattern: &str) -> (String, String) {
    match rule {
        Rule::Length(length) => {
            let words = match length.max {
                Some(max) if max == length.min => format!("{max} characters"),
                Some(max) => format!("{} to {max} characters", length.min),
                None => format!("{} characters or more", length.min),
            };
            (format!("has_length({value}, {}, {:?})", length.min, length.max), words)
        }
        Rule::Digits => (format!("is_digits({value})"), "digits".to_owned()),
        Rule::Pattern(text) => (
            format!("{pattern}.as_ref().is_some_and(|pattern| pattern.matches({value}))"),
            format!("matches {}", markdown(text)),
        ),
        Rule::Range { min, max } => {
            let bound = |bound: &Option<i64>| match bound {
                Some(bound) => format!("Some({})", integer(*bound)),
                None => "None".to_owned(),
            };
            let words = match (min, max) {
                (Some(min), Some(max)) => format!("{min} to {max}"),
                (Some(min), None) => format!("{min} or more"),
                (None, Some(max)) => format!("{max} or less"),
                (None, None) => "any".to_owned(),
            };
            (format!("is_within({value}, {}, {})", bound(min), bound(max)), words)
        }
        Rule::MultipleOf(of) => {
            (format!("is_multiple_of({value}, {})", integer(*of)), format!("a multiple of {of}"))
        }
    }
}
