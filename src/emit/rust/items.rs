//! What is computed over the items of lists and sets, as iterators of Rust.

use flowspec_runtime::Value;
use flowspec_runtime::model::{Aggregate, Expr, Kind, TypeId};

use super::expr::{Operand, Scope};
use super::layout::{Code, code};
use super::types::entry_fields;

impl Scope<'_> {
    /// Whether a condition holds for every item, or for some.
    pub(super) fn items_hold(&self, how: Aggregate, over: &Expr, filter: Option<&Expr>) -> Code {
        let (inside, pattern) = self.inside(over);
        let method = if how == Aggregate::Every { "all" } else { "any" };
        let condition = filter.map_or_else(|| "true".into(), |filter| inside.condition(filter));
        let call = code![format!(".iter().{method}(|{pattern}| "), condition, ")"];
        match self.place_of(over) {
            (Some(place), _) => code![place, call],
            (None, Some(found)) => code![found, ".is_some_and(|items| items", call, ")"],
            (None, None) => "false".into(),
        }
    }

    /// The sum of something over the items that a condition holds for, or how many these are.
    pub(super) fn added_up(&self, over: &Expr, of: Option<&Expr>, filter: Option<&Expr>) -> Code {
        let (inside, pattern) = self.inside(over);
        let mut calls: Vec<Code> = vec![".iter()".into()];
        if let Some(filter) = filter {
            calls.push(code![format!(".filter(|&{pattern}| "), inside.condition(filter), ")"]);
        }
        match of {
            Some(of) => {
                calls.push(code![format!(".map(|{pattern}| "), inside.wide(of), ")"]);
                calls.push(".sum::<i128>()".into());
            }
            None => calls.push(".count()".into()),
        }
        let counted = |code: Code| if of.is_some() { code } else { code!["(", code, " as i128)"] };
        match self.place_of(over) {
            (Some(place), _) => counted(chain_from(&place, calls)),
            (None, Some(found)) => {
                counted(code![found, ".map_or(0, |items| ", Code::chain("items".into(), calls), ")"])
            }
            (None, None) => "0".into(),
        }
    }

    /// The scope of an item, and the pattern of a closure that takes a reference to one.
    fn inside(&self, over: &Expr) -> (Self, &'static str) {
        let kind = self.operand(over).kind().and_then(|kind| match self.flow.model.kind(kind).kind {
            Kind::List { of, .. } | Kind::Set { of } => Some(of),
            _ => None,
        });
        let copied = kind.is_some_and(|kind| self.flow.kind(kind).is_copy());
        (Self { item: kind, ..self.clone() }, if copied { "&item" } else { "item" })
    }

    fn place_of(&self, over: &Expr) -> (Option<String>, Option<Code>) {
        let operand = self.operand(over);
        match &operand {
            Operand::Plain { place, .. } => (Some(place.clone()), None),
            _ => (None, operand.found()),
        }
    }

    /// The item itself.
    pub(super) fn item_place(&self, kind: TypeId) -> String {
        if self.flow.kind(kind).is_copy() { "item".to_owned() } else { "(*item)".to_owned() }
    }

    /// A field of the item.
    pub(super) fn item_field(&self, index: u16) -> Operand {
        let Some(item) = self.item else { return Operand::Const(Value::Unset) };
        match entry_fields(self.flow.model, item).into_iter().nth(usize::from(index)) {
            Some((field, name)) => {
                let place = format!("item.{name}");
                if field.optional {
                    Operand::Maybe { place, kind: field.kind }
                } else {
                    Operand::Plain { place, kind: field.kind }
                }
            }
            None => Operand::Const(Value::Unset),
        }
    }
}

/// A chain of calls on a place, whose fields are links of the chain; a first name of four letters keeps the next one by it.
fn chain_from(place: &str, calls: Vec<Code>) -> Code {
    let mut names = place.split('.');
    let mut head = names.next().unwrap_or_default().to_owned();
    if head.len() <= 4
        && let Some(next) = names.next()
    {
        head = format!("{head}.{next}");
    }
    let fields = names.map(|name| Code::from(format!(".{name}")));
    Code::chain(head.into(), fields.chain(calls).collect())
}
