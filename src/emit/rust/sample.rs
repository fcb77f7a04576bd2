//! How values are made up that a spec leaves to the implementation.

use flowspec_runtime::Pattern;
use flowspec_runtime::model::{Kind, Model, Rule, TypeId};
use flowspec_runtime::time::{DAY, LAST_DATE};

use super::types::{RustType, Shape, integer};

/// The expression of the `n`-th value of a type.
pub(super) fn sample(model: &Model, id: TypeId, known: &RustType) -> String {
    let constraints = &model.kind(id).constraints;
    match known.shape {
        Shape::NewText => format!("Self({})", text(model, id)),
        Shape::NewInt => {
            let date = model.kind(id).kind == Kind::Date;
            let (mut least, mut greatest, mut step) =
                if date { (0, LAST_DATE, DAY) } else { (0_i64, i64::MAX, 1_i64) };
            for constraint in constraints {
                match constraint.rule {
                    Rule::Range { min, max } => {
                        least = min.unwrap_or_else(|| 0.min(max.unwrap_or(0)));
                        greatest = max.unwrap_or(i64::MAX);
                    }
                    Rule::MultipleOf(of) => step = of.saturating_abs().max(1),
                    _ => {}
                }
            }
            format!("Self(typed::numbered({}, {}, {}, n))", integer(least), integer(greatest), integer(step))
        }
        Shape::Word => "typed::nth(n)".to_owned(),
        Shape::OpenWord => match &model.kind(id).kind {
            Kind::Word { members, .. } if !members.is_empty() => {
                format!("Self::of({:?})", members[0].name.as_str())
            }
            _ => "Self::of(\"other\")".to_owned(),
        },
        Shape::Bool | Shape::Int | Shape::Text | Shape::Set | Shape::List | Shape::Entry => String::new(),
    }
}

/// A text of digits as long as the type wants it, where its pattern takes such a text.
fn text(model: &Model, id: TypeId) -> String {
    let (mut min, mut max) = (0, usize::MAX);
    let mut patterns = Vec::new();
    for constraint in &model.kind(id).constraints {
        match &constraint.rule {
            Rule::Length(length) => {
                min = min.max(length.min as usize);
                max = max.min(length.max.map_or(usize::MAX, |max| max as usize));
            }
            Rule::Pattern(pattern) => patterns.extend(Pattern::new(pattern)),
            _ => {}
        }
    }
    let takes = |text: &str| patterns.iter().all(|pattern| pattern.matches(text));
    let width = 6.clamp(min, max.max(min));
    let widths = std::iter::once(width).chain(min.max(1)..=max.min(min + 64));
    let fitting = widths.into_iter().find(|width| takes(&"1".repeat(*width)) && takes(&"0".repeat(*width)));
    format!("typed::digits(n, {})", fitting.unwrap_or(width))
}
