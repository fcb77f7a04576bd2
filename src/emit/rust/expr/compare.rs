//! Two values compared: equal or not, more or less, also where one of them may be unset.

use flowspec_runtime::Value;
use flowspec_runtime::model::{Comparison, Expr, TypeId};

use super::super::layout::{Code, code};
use super::super::types::{Shape, integer};
use super::{Binding, Operand, Scope};

impl Scope<'_> {
    pub(super) fn compare(&self, how: Comparison, left: &Expr, right: &Expr) -> (Code, Binding) {
        let (a, b) = (self.operand(left), self.operand(right));
        let equality = matches!(how, Comparison::Equal | Comparison::NotEqual);
        let computed = |operand: &Operand| matches!(operand, Operand::Number(_) | Operand::Now(_));
        if !equality || computed(&a) || computed(&b) {
            return self.ordered(how, &a, &b);
        }
        match (a.kind(), b.kind()) {
            (None, Some(_)) => self.equal(how, &b, &a),
            _ => self.equal(how, &a, &b),
        }
    }

    /// `==` and `!=` of two values of one type; a constant stands on the right.
    fn equal(&self, how: Comparison, a: &Operand, b: &Operand) -> (Code, Binding) {
        let sign = if how == Comparison::Equal { " == " } else { " != " };
        let holds = if how == Comparison::Equal { ".is_some_and(|value| " } else { ".is_none_or(|value| " };
        let flow = self.flow;
        match (a, a.found(), b, b.found()) {
            (Operand::Plain { place, kind }, _, Operand::Const(value), _) => {
                self.is_constant(sign, place, *kind, value)
            }
            (_, Some(found), Operand::Const(value), _) => {
                let kind = a.kind().unwrap_or_default();
                match flow.kind(kind).shape {
                    Shape::Word | Shape::OpenWord | Shape::Bool | Shape::Int => {
                        let constant = flow.types.constant(kind, value, flow.model);
                        (
                            Code::joined(sign.trim(), vec![found, code!["Some(&", constant, ")"]]),
                            Binding::Compare,
                        )
                    }
                    _ => (
                        code![found, holds, self.is_constant(sign, "value", kind, value).0, ")"],
                        Binding::Atom,
                    ),
                }
            }
            (Operand::Plain { place: a, kind: of }, _, Operand::Plain { place: b, kind: other }, _) => {
                if flow.kind(*of).name == flow.kind(*other).name {
                    (code![a.clone(), sign, b.clone()], Binding::Compare)
                } else {
                    (code![flow.kind(*of).base(a), sign, flow.kind(*other).base(b)], Binding::Compare)
                }
            }
            (Operand::Plain { place, kind }, _, _, Some(found))
            | (_, Some(found), Operand::Plain { place, kind }, _) => {
                let other = if a.found().is_some() { a.kind() } else { b.kind() }.unwrap_or_default();
                if flow.kind(*kind).name == flow.kind(other).name {
                    (
                        Code::joined(sign.trim(), vec![found, format!("Some(&{place})").into()]),
                        Binding::Compare,
                    )
                } else {
                    let compared = code![flow.kind(other).base("value"), sign, flow.kind(*kind).base(place)];
                    (code![found, holds, compared, ")"], Binding::Atom)
                }
            }
            (_, Some(left), _, Some(right)) => {
                let (of, other) = (a.kind().unwrap_or_default(), b.kind().unwrap_or_default());
                let call = if flow.kind(of).name == flow.kind(other).name {
                    Code::call("typed::equal", vec![left, right])
                } else {
                    let based = |found: Code, of: TypeId| {
                        code![found, ".map(|value| ", flow.kind(of).base("value"), ").as_ref()"]
                    };
                    Code::call("typed::equal", vec![based(left, of), based(right, other)])
                };
                (if how == Comparison::Equal { call } else { code!["!", call] }, Binding::Atom)
            }
            (Operand::Const(a), _, Operand::Const(b), _) => {
                (((a == b) == (how == Comparison::Equal)).to_string().into(), Binding::Atom)
            }
            (Operand::Truth(a), _, b, _) => {
                (code!["(", a.clone(), ")", sign, self.boolean(b)], Binding::Compare)
            }
            (a, _, Operand::Truth(b), _) => {
                (code![self.boolean(a), sign, "(", b.clone(), ")"], Binding::Compare)
            }
            _ => ("false".into(), Binding::Atom),
        }
    }

    pub(super) fn boolean(&self, operand: &Operand) -> Code {
        match operand {
            Operand::Plain { place, .. } => place.clone().into(),
            Operand::Const(Value::Bool(truth)) => truth.to_string().into(),
            Operand::Truth(code) => code!["(", code.clone(), ")"],
            _ => "false".into(),
        }
    }

    fn is_constant(&self, sign: &str, place: &str, kind: TypeId, value: &Value) -> (Code, Binding) {
        let shape = self.flow.kind(kind).shape;
        let quoted = || format!("{:?}", value.as_text().unwrap_or_default());
        let constant: Code = match (shape, value) {
            (Shape::Bool, Value::Bool(truth)) => {
                let plain = *truth == (sign == " == ");
                return (format!("{}{place}", if plain { "" } else { "!" }).into(), Binding::Atom);
            }
            (Shape::Text | Shape::NewText, _) => quoted().into(),
            (Shape::Int | Shape::NewInt, _) => integer(value.as_int().unwrap_or_default()).into(),
            _ => self.flow.types.constant(kind, value, self.flow.model),
        };
        let place = match shape {
            Shape::Text | Shape::NewText | Shape::NewInt => self.flow.kind(kind).base(place),
            _ => place.to_owned(),
        };
        (code![place, sign, constant], Binding::Compare)
    }

    /// A comparison of two numbers.
    fn ordered(&self, how: Comparison, a: &Operand, b: &Operand) -> (Code, Binding) {
        let sign = match how {
            Comparison::Equal => " == ",
            Comparison::NotEqual => " != ",
            Comparison::Less => " < ",
            Comparison::LessOrEqual => " <= ",
            Comparison::Greater => " > ",
            Comparison::GreaterOrEqual => " >= ",
        };
        let wide = matches!(a, Operand::Number(_)) || matches!(b, Operand::Number(_));
        let number = |operand: &Operand| self.narrow(operand, wide);
        match (a.found(), b.found()) {
            (Some(found), None) => {
                let value = Operand::Plain { place: "value".into(), kind: a.kind().unwrap_or_default() };
                let holds = if how == Comparison::NotEqual {
                    ".is_none_or(|&value| "
                } else {
                    ".is_some_and(|&value| "
                };
                (code![found, holds, number(&value), sign, number(b), ")"], Binding::Atom)
            }
            (None, Some(found)) => {
                let value = Operand::Plain { place: "value".into(), kind: b.kind().unwrap_or_default() };
                let holds = if how == Comparison::NotEqual {
                    ".is_none_or(|&value| "
                } else {
                    ".is_some_and(|&value| "
                };
                (code![found, holds, number(a), sign, number(&value), ")"], Binding::Atom)
            }
            _ => (Code::joined(sign.trim(), vec![number(a), number(b)]), Binding::Compare),
        }
    }

    /// A number, as `i128` where `wide`, otherwise as `i64`.
    pub(super) fn narrow(&self, operand: &Operand, wide: bool) -> Code {
        let widened = |code: Code| if wide { Code::call("i128::from", vec![code]) } else { code };
        match operand {
            Operand::Const(value) => integer(value.as_int().unwrap_or_default()).into(),
            Operand::Plain { place, kind } => widened(self.flow.kind(*kind).base(place).into()),
            Operand::Now(now) => widened((*now).into()),
            Operand::Number(code) => code.clone(),
            Operand::Maybe { .. } | Operand::Found { .. } => {
                let found = operand.found().unwrap_or_else(|| "None".into());
                Code::call(if wide { "typed::wide" } else { "typed::int" }, vec![found])
            }
            Operand::Truth(_) => "0".into(),
        }
    }
}
