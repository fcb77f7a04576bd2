//! Expressions: names to indices, sorts that fit, values that are set where they must be.

use flowspec_runtime::Value;
use flowspec_runtime::time::parse_date;

use super::builder::Builder;
use super::compose;
use super::knowledge::Knowledge;
use super::literal;
use super::scope::Scope;
use super::sort::Sort;
use super::{Comparison, Expr, Kind};
use crate::diagnostic::codes;
use crate::source::Span;
use crate::syntax::tree::{CompareOperator, Currency, Expression, ExpressionKind as Is, Presence};

/// What stands in the place of an expression in which something is wrong.
pub(super) const BROKEN: Expr = Expr::Const(Value::Unset);

/// An expression with what it gives.
pub(super) struct Typed {
    pub(super) expr: Expr,
    pub(super) sort: Sort,
}

impl Typed {
    pub(super) fn new(expr: Expr, sort: Sort) -> Self {
        Self { expr, sort }
    }

    pub(super) fn broken() -> Self {
        Self::new(BROKEN, Sort::Unknown)
    }
}

impl<'a> Builder<'a> {
    /// A condition.
    pub(super) fn guard(&mut self, expression: &'a Expression, scope: &Scope, known: &Knowledge) -> Expr {
        let typed = self.expression(expression, Some(&Sort::Bool), scope, known);
        self.expect(&typed, &Sort::Bool, expression.span);
        self.must_be_set(&typed.expr, expression, scope, known);
        typed.expr
    }

    /// A value of a sort, with nothing known beforehand.
    pub(super) fn wanted(&mut self, expression: &'a Expression, sort: &Sort, scope: &Scope) -> Expr {
        self.value(expression, sort, scope, &Knowledge::default())
    }

    /// A value of a sort.
    pub(super) fn value(
        &mut self,
        expression: &'a Expression,
        sort: &Sort,
        scope: &Scope,
        known: &Knowledge,
    ) -> Expr {
        let typed = self.expression(expression, Some(sort), scope, known);
        if self.expect(&typed, sort, expression.span) { typed.expr } else { BROKEN }
    }

    /// A value of a sort that must be set.
    pub(super) fn set_value(
        &mut self,
        expression: &'a Expression,
        sort: &Sort,
        scope: &Scope,
        known: &Knowledge,
    ) -> Expr {
        let expr = self.value(expression, sort, scope, known);
        self.must_be_set(&expr, expression, scope, known);
        expr
    }

    /// Says that a sort is not the one that is needed.
    pub(super) fn expect(&mut self, found: &Typed, wanted: &Sort, span: Span) -> bool {
        let fits = found.sort.fits(wanted, &self.model);
        if !fits {
            let (is, needed) = (found.sort.describe(&self.model), wanted.describe(&self.model));
            self.misfit(found, wanted, span, format!("{needed} is needed here, and this is {is}"));
        }
        fits
    }

    /// An expression with what it gives; `want` is what a word in it is a word of.
    pub(super) fn expression(
        &mut self,
        expression: &'a Expression,
        want: Option<&Sort>,
        scope: &Scope,
        known: &Knowledge,
    ) -> Typed {
        match &expression.kind {
            Is::Parenthesised(inner) => self.expression(inner, want, scope, known),
            Is::Or(parts) => Typed::new(compose::any(self.guards(parts, false, scope, known)), Sort::Bool),
            Is::And(parts) => Typed::new(compose::all(self.guards(parts, true, scope, known)), Sort::Bool),
            Is::Not(inner) => Typed::new(Expr::Not(self.guard(inner, scope, known).into()), Sort::Bool),
            Is::Compare { operator, left, right } => self.comparison(*operator, left, right, scope, known),
            Is::In { item, list } => self.membership(item, list, scope, known),
            Is::Is { value, presence } => self.presence(value, *presence, scope, known),
            Is::Sum { operator, left, right } => self.sum(*operator, left, right, scope, known),
            Is::Times { left, factor } => self.product(left, *factor, expression.span, scope, known),
            Is::Aggregate { aggregate, over, filter } => {
                self.aggregate(*aggregate, over, filter.as_deref(), expression, scope, known)
            }
            Is::Percent { percent, of, rounding } => {
                self.percentage(*percent, of, *rounding, expression.span, scope, known)
            }
            Is::DateOf { instant, offset } => self.date_of(instant, *offset, scope, known),
            Is::Members(items) => self.in_brackets(items, want, expression.span, scope),
            Is::Entry(_) => {
                let finding = self.finding(codes::WRONG_TYPE, expression.span, "an entry stands in a list");
                self.report(finding.help("write it in brackets: `[(…)]`"));
                Typed::broken()
            }
            Is::Path(path) => self.path(path, want, scope, known),
            Is::Money { amount, currency } => self.money(amount, currency, expression.span),
            Is::Quantity { amount, unit } => match amount.checked_mul(unit.milliseconds()) {
                Some(time) => Typed::new(Expr::Const(Value::Int(time)), Sort::Duration),
                None => self.too_large(expression.span),
            },
            Is::Integer(int) => Typed::new(Expr::Const(Value::Int(*int)), Sort::Int),
            Is::Text(text) if want == Some(&Sort::Date) => self.date(text, expression.span),
            Is::Text(text) => Typed::new(Expr::Const(Value::Text(text.clone())), Sort::Text),
            Is::Boolean(truth) => Typed::new(Expr::Const(Value::Bool(*truth)), Sort::Bool),
            Is::Now if scope.constant => Typed::new(Expr::Now, Sort::Instant),
            Is::Now => Typed::new(Expr::Now, Sort::Instant),
        }
    }

    /// Conditions of which each is read knowing that those before it are true, or false.
    fn guards(
        &mut self,
        parts: &'a [Expression],
        truth: bool,
        scope: &Scope,
        known: &Knowledge,
    ) -> Vec<Expr> {
        let mut known = known.clone();
        let mut guards = Vec::with_capacity(parts.len());
        for part in parts {
            let guard = self.guard(part, scope, &known);
            known.learn(&guard, truth);
            guards.push(guard);
        }
        guards
    }

    fn comparison(
        &mut self,
        operator: CompareOperator,
        left: &'a Expression,
        right: &'a Expression,
        scope: &Scope,
        known: &Knowledge,
    ) -> Typed {
        let word_first = self.may_be_word(left, scope);
        let (first, second) = if word_first { (right, left) } else { (left, right) };
        let one = self.expression(first, None, scope, known);
        let other = self.expression(second, Some(&one.sort), scope, known);
        let how = comparison(operator);
        if matches!(one.sort, Sort::List(_)) {
            let finding = self.finding(codes::WRONG_TYPE, first.span, "lists are not compared as wholes");
            self.report(
                finding.help("ask about the items: `every … where (…)`, `some … where (…)`, `number …`"),
            );
            return Typed::new(BROKEN, Sort::Bool);
        }
        if !self.comparable(&one, &other, second) {
            return Typed::new(BROKEN, Sort::Bool);
        }
        if !matches!(how, Comparison::Equal | Comparison::NotEqual) {
            self.must_have_order(&one, first);
            self.must_be_set(&one.expr, first, scope, known);
            self.must_be_set(&other.expr, second, scope, known);
        }
        let (left, right) = if word_first { (other, one) } else { (one, other) };
        Typed::new(Expr::Compare { how, left: left.expr.into(), right: right.expr.into() }, Sort::Bool)
    }

    fn comparable(&mut self, one: &Typed, other: &Typed, second: &Expression) -> bool {
        if one.sort.fits(&other.sort, &self.model) {
            return true;
        }
        let (known, found) = (one.sort.describe(&self.model), other.sort.describe(&self.model));
        self.misfit(other, &one.sort, second.span, format!("{known} is compared with {found}"));
        false
    }

    fn must_have_order(&mut self, typed: &Typed, expression: &Expression) {
        if !typed.sort.ordered() {
            let what = typed.sort.describe(&self.model);
            let message = format!("{what} has no order, so there is no less and no more");
            let finding =
                self.finding(codes::WRONG_TYPE, expression.span, message).here(format!("this is {what}"));
            self.report(finding.help("compare it with `==` or `!=`"));
        }
    }

    /// Whether what an expression means depends on what it is compared with: a single name that means nothing but could
    /// be a word, or a text that could be a date.
    fn may_be_word(&self, expression: &Expression, scope: &Scope) -> bool {
        match &expression.bare().kind {
            Is::Text(_) => true,
            Is::Path(path) => path.single().is_some_and(|name| !self.means_value(name.as_str(), scope)),
            _ => false,
        }
    }

    fn membership(
        &mut self,
        item: &'a Expression,
        list: &'a Expression,
        scope: &Scope,
        known: &Knowledge,
    ) -> Typed {
        let set = self.expression(list, None, scope, known);
        let of = match &set.sort {
            Sort::Set(of) => *of,
            Sort::List(of) if !matches!(self.model.kind(*of).kind, Kind::Entry { .. }) => *of,
            Sort::Unknown => return Typed::new(BROKEN, Sort::Bool),
            other => {
                let what = other.describe(&self.model);
                let finding = self.finding(
                    codes::WRONG_TYPE,
                    list.span,
                    format!("`in` asks about a set or a list of plain values, and this is {what}"),
                );
                self.report(finding.help("use `==` for a single value"));
                return Typed::new(BROKEN, Sort::Bool);
            }
        };
        let sort = Sort::of(&self.model, of);
        let word = self.set_value(item, &sort, scope, known);
        self.must_be_set(&set.expr, list, scope, known);
        Typed::new(Expr::In { word: word.into(), set: set.expr.into() }, Sort::Bool)
    }

    fn presence(
        &mut self,
        value: &'a Expression,
        presence: Presence,
        scope: &Scope,
        known: &Knowledge,
    ) -> Typed {
        let expr = match self.row_named(value, scope) {
            Some(row) if presence != Presence::Empty => Expr::RowExists(row),
            _ => {
                let typed = self.expression(value, None, scope, known);
                match presence {
                    Presence::Empty => self.emptiness(typed, value, scope, known),
                    _ => self.is_set(typed, value),
                }
            }
        };
        Typed::new(if presence == Presence::Missing { Expr::Not(expr.into()) } else { expr }, Sort::Bool)
    }

    fn is_set(&mut self, typed: Typed, value: &Expression) -> Expr {
        if typed.sort == Sort::Unknown || super::knowledge::is_place(&typed.expr) {
            return Expr::IsSet(typed.expr.into());
        }
        let finding = self.finding(
            codes::WRONG_TYPE,
            value.span,
            "this always has a value, so there is nothing to ask",
        );
        self.report(finding.help("ask about a field, a remembered value, an output's field or a row"));
        BROKEN
    }

    fn emptiness(&mut self, typed: Typed, value: &'a Expression, scope: &Scope, known: &Knowledge) -> Expr {
        if !matches!(typed.sort, Sort::Set(_) | Sort::List(_) | Sort::Text | Sort::Unknown) {
            let what = typed.sort.describe(&self.model);
            let finding = self.finding(
                codes::WRONG_TYPE,
                value.span,
                format!("only sets, lists and texts can be empty, and this is {what}"),
            );
            self.report(finding.help("ask whether it `is set`"));
        }
        self.must_be_set(&typed.expr, value, scope, known);
        Expr::IsEmpty(typed.expr.into())
    }

    fn money(&mut self, amount: &str, currency: &Currency, span: Span) -> Typed {
        let digits = literal::digits(currency);
        let code = currency.as_str();
        let sort = Sort::Money { currency: code.into(), digits };
        if let Some(units) = literal::minor_units(amount, digits) {
            return Typed::new(Expr::Const(Value::Int(units)), sort);
        }
        let written = format!("{} {code}", literal::with_digits(amount, digits));
        let message = match digits {
            0 => format!("amounts in {code} have no digits behind the point"),
            digits => format!("amounts in {code} have {digits} digits behind the point"),
        };
        let finding = self.finding(codes::WRONG_TYPE, span, message);
        self.report(finding.mend("write the amount in full", self.at(span), written));
        Typed::new(BROKEN, sort)
    }

    fn date(&mut self, text: &str, span: Span) -> Typed {
        let Some(date) = parse_date(text) else {
            let finding = self.finding(codes::WRONG_TYPE, span, "the calendar has no such day");
            self.report(finding.help("write the year, the month and the day: `\"2026-11-25\"`"));
            return Typed::broken();
        };
        Typed::new(Expr::Const(Value::Int(date)), Sort::Date)
    }

    fn too_large(&mut self, span: Span) -> Typed {
        let finding = self.finding(codes::WRONG_TYPE, span, "this is longer than 292 million years");
        self.report(finding.help("write a shorter time"));
        Typed::broken()
    }
}

fn comparison(operator: CompareOperator) -> Comparison {
    match operator {
        CompareOperator::Equal => Comparison::Equal,
        CompareOperator::NotEqual => Comparison::NotEqual,
        CompareOperator::Less => Comparison::Less,
        CompareOperator::LessOrEqual => Comparison::LessOrEqual,
        CompareOperator::Greater => Comparison::Greater,
        CompareOperator::GreaterOrEqual => Comparison::GreaterOrEqual,
    }
}
