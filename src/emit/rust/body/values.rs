//! Values to be kept or sent: made before anything changes. Texts of the event are cloned, which allocates nothing.

use flowspec_runtime::Value;
use flowspec_runtime::model::{Expr, TypeId};

use super::super::expr::{Operand, Scope};
use super::super::layout::{Code, code};
use super::super::statement::Statement;
use super::super::types::{Shape, integer};
use super::actions::Written;
use crate::emit::names::Names;

/// Values that are read before anything changes.
pub(super) struct Early<'s, 'a> {
    pub(super) scope: &'s Scope<'a>,
    pub(super) written: &'s Written,
    pub(super) locals: &'s mut Names,
    pub(super) lines: &'s mut Vec<Statement>,
}

impl Early<'_, '_> {
    /// A value as one of a type, to be kept or sent: an `Option` where `optional`.
    pub(super) fn owned(&mut self, expr: &Expr, kind: TypeId, optional: bool, name: &str) -> Code {
        let (code, fails) = owned(self.scope, expr, kind, optional);
        if !fails && !self.written.is_read_by(self.scope, expr) {
            return code;
        }
        match self.keep(code, name) {
            Code::Owned(local) if self.scope.flow.kind(kind).is_copy() => local.into(),
            kept => kept,
        }
    }

    fn keep(&mut self, code: Code, name: &str) -> Code {
        let local = self.locals.take(name.to_owned(), "_");
        self.lines.push(Statement::Line(Code::assign(format!("let {local}"), code, ";")));
        Code::Owned(local)
    }

    /// An amount as `i64`.
    pub(super) fn amount(&mut self, expr: &Expr) -> Code {
        match self.scope.operand(expr) {
            Operand::Number(code) => {
                let code = checked(self.scope, code);
                let local = self.keep(code, "amount");
                if let Code::Owned(local) = local { local.into() } else { local }
            }
            _ if self.written.is_read_by(self.scope, expr) => {
                let code = self.scope.int(expr);
                let local = self.keep(code, "amount");
                if let Code::Owned(local) = local { local.into() } else { local }
            }
            _ => self.scope.int(expr),
        }
    }
}

/// An amount that is asked for.
pub(super) fn amount(scope: &Scope, expr: &Expr) -> Code {
    match expr {
        Expr::Const(value) => integer(value.as_int().unwrap_or_default()).into(),
        _ => scope.wide(expr),
    }
}

/// A computed number as `i64`, or a refusal.
fn checked(scope: &Scope, code: Code) -> Code {
    stored(scope, Code::call("i64::try_from", vec![code]))
}

/// What a `Result` holds, or a refusal.
fn stored(scope: &Scope, result: Code) -> Code {
    code![Code::call("typed::stored", vec![result, scope.flow.overflow().into()]), "?"]
}

/// A value as one of a type, and whether making it may fail.
pub(super) fn owned(scope: &Scope, expr: &Expr, kind: TypeId, optional: bool) -> (Code, bool) {
    let flow = scope.flow;
    let wanted = flow.kind(kind);
    let wrap = |code: Code| if optional { Code::call("Some", vec![code]) } else { code };
    let operand = scope.operand(expr);
    let same = operand.kind().is_some_and(|of| flow.kind(of).name == wanted.name);
    let convert = |base: Code| match wanted.shape {
        Shape::Text => code!["Text::from(", base, ")"],
        Shape::Int => base,
        Shape::List => stored(scope, code!["List::new(", base, ".to_vec())"]),
        _ => stored(scope, Code::call(format!("{}::new", wanted.name), vec![base])),
    };
    let fails = !matches!(wanted.shape, Shape::Text | Shape::Int);
    match (&operand, operand.found()) {
        (Operand::Const(Value::Unset), _) => ("None".into(), false),
        (Operand::Const(value), _) => (wrap(flow.types.constant(kind, value, flow.model)), false),
        (Operand::Plain { place, .. }, _) if same && wanted.is_copy() => (wrap(place.clone().into()), false),
        (Operand::Plain { place, .. }, _) if same => (wrap(format!("{place}.clone()").into()), false),
        (Operand::Plain { place, kind: of }, _) => (wrap(convert(flow.kind(*of).base(place).into())), fails),
        (Operand::Maybe { place, .. }, _) if same && optional => {
            (if wanted.is_copy() { place.clone() } else { format!("{place}.clone()") }.into(), false)
        }
        (_, Some(found)) if same => {
            let method = if wanted.is_copy() { ".copied()" } else { ".cloned()" };
            let rest = if optional { "".to_owned() } else { format!(".ok_or({})?", flow.overflow()) };
            (code![found, method, rest.clone()], !optional)
        }
        (_, Some(found)) => {
            let of = operand.kind().map(|of| flow.kind(of).base("value")).unwrap_or_default();
            let made = match wanted.shape {
                Shape::Text => format!("Text::from({of})"),
                Shape::Int => of,
                Shape::List => format!("List::new({of}.to_vec())"),
                _ => format!("{}::new({of})", wanted.name),
            };
            let transposed =
                if fails { format!(".transpose().map_err(|_| {})?", flow.overflow()) } else { String::new() };
            let rest = if optional { String::new() } else { format!(".ok_or({})?", flow.overflow()) };
            (code![found, format!(".map(|value| {made}){transposed}{rest}")], fails || !optional)
        }
        (Operand::Now(now), _) => (wrap(convert((*now).into())), fails),
        (Operand::Number(code), _) => match wanted.shape {
            Shape::Int => (wrap(checked(scope, code.clone())), true),
            _ => (wrap(convert(code.clone())), true),
        },
        (Operand::Truth(code), _) => (wrap(code.clone()), false),
        _ => ("None".into(), false),
    }
}
