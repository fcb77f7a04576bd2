//! Sums, products, percentages and dates: what goes together, and how large it may become.

use flowspec_runtime::time::DAY;
use flowspec_runtime::{Value, percent_of};

use super::builder::Builder;
use super::constraint::fold;
use super::expr::{BROKEN, Typed};
use super::knowledge::Knowledge;
use super::scope::Scope;
use super::sort::Sort;
use super::{Expr, Kind, Rounding, Rule};
use crate::diagnostic::codes;
use crate::source::Span;
use crate::syntax::tree::{self, Expression, Offset, SumOperator};

/// What a computed number may come to at most; beyond that, 128 bits might not hold it.
const GREATEST: u128 = 1 << 126;

impl<'a> Builder<'a> {
    pub(super) fn sum(
        &mut self,
        operator: SumOperator,
        left: &'a Expression,
        right: &'a Expression,
        scope: &Scope,
        known: &Knowledge,
    ) -> Typed {
        let one = self.expression(left, None, scope, known);
        let other = self.expression(right, None, scope, known);
        self.must_be_set(&one.expr, left, scope, known);
        self.must_be_set(&other.expr, right, scope, known);
        let plus = operator == SumOperator::Plus;
        let Some(sort) = sum_of(plus, &one.sort, &other.sort) else {
            let (a, b) = (one.sort.describe(&self.model), other.sort.describe(&self.model));
            let (verb, to) = if plus { ("added", "to") } else { ("subtracted", "from") };
            let finding =
                self.finding(codes::WRONG_TYPE, right.span, format!("{b} cannot be {verb} {to} {a}"));
            let finding = finding.note("only what is counted in the same unit can be put together");
            self.report(
                finding.here(format!("this is {b}")).label(self.at(left.span), format!("this is {a}")),
            );
            return Typed::broken();
        };
        match (&one.sort, &other.sort) {
            (Sort::Date, Sort::Duration) => self.must_be_days(&other.expr, right, scope),
            (Sort::Duration, Sort::Date) => self.must_be_days(&one.expr, left, scope),
            _ => {}
        }
        if matches!(one.sort, Sort::Instant | Sort::Date) || matches!(other.sort, Sort::Instant | Sort::Date)
        {
            // Pages find it there when they write what is added, or what a difference is compared with.
            self.nameless(Kind::Duration);
        }
        let (left, right) = (one.expr.into(), other.expr.into());
        Typed::new(if plus { Expr::Add(left, right) } else { Expr::Subtract(left, right) }, sort)
    }

    /// A date and a part of a day are no date.
    fn must_be_days(&mut self, expr: &Expr, expression: &Expression, scope: &Scope) {
        let whole = match fold(expr) {
            Some(Value::Int(time)) => time % DAY == 0,
            Some(_) => true,
            None => *expr == BROKEN || self.is_in_days(expr, scope),
        };
        if !whole {
            let message = "a date moves by whole days, and this need not be one";
            let finding = self.finding(codes::WRONG_TYPE, expression.span, message);
            self.report(
                finding.help("write whole `days`, or give the duration a type with `multiple of 1 day`"),
            );
        }
    }

    /// Whether the type of a place takes only whole days.
    fn is_in_days(&self, expr: &Expr, scope: &Scope) -> bool {
        let model = &self.model;
        let kind = match expr {
            Expr::Field(field) => {
                let fields = scope.event.map(|event| &model.events[usize::from(event)].fields);
                fields.and_then(|fields| fields.get(usize::from(*field))).map(|field| field.kind)
            }
            Expr::Variable(id) => Some(model.variables[usize::from(*id)].kind),
            Expr::Given(id) => Some(model.givens[usize::from(*id)].kind),
            Expr::Attribute { row, attribute } => {
                let record = &model.records[usize::from(model.rows[usize::from(*row)].record)];
                Some(record.attributes[usize::from(*attribute)].kind)
            }
            _ => None,
        };
        let rules =
            kind.and_then(|id| model.types.get(usize::from(id))).map_or(&[][..], |of| &of.constraints);
        rules.iter().any(|constraint| matches!(constraint.rule, Rule::MultipleOf(step) if step % DAY == 0))
    }

    pub(super) fn product(
        &mut self,
        of: &'a Expression,
        factor: i64,
        span: Span,
        scope: &Scope,
        known: &Knowledge,
    ) -> Typed {
        let typed = self.quantity(of, "be multiplied", "multiply", scope, known);
        if typed.sort == Sort::Unknown {
            return typed;
        }
        self.within_128_bits(Expr::Multiply(typed.expr.into(), factor), typed.sort, span)
    }

    pub(super) fn percentage(
        &mut self,
        percent: i64,
        of: &'a Expression,
        rounding: tree::Rounding,
        span: Span,
        scope: &Scope,
        known: &Knowledge,
    ) -> Typed {
        let typed = self.quantity(of, "have a percentage", "take it of", scope, known);
        if typed.sort == Sort::Unknown {
            return typed;
        }
        let rounding = match rounding {
            tree::Rounding::Up => Rounding::Up,
            tree::Rounding::Down => Rounding::Down,
            tree::Rounding::HalfUp => Rounding::HalfUp,
            tree::Rounding::HalfEven => Rounding::HalfEven,
        };
        let expr = Expr::Percent { percent, of: typed.expr.into(), rounding };
        self.within_128_bits(expr, typed.sort, span)
    }

    /// Something that there can be more or less of.
    fn quantity(
        &mut self,
        of: &'a Expression,
        what: &str,
        verb: &str,
        scope: &Scope,
        known: &Knowledge,
    ) -> Typed {
        let typed = self.expression(of, None, scope, known);
        self.must_be_set(&typed.expr, of, scope, known);
        if !matches!(typed.sort, Sort::Int | Sort::Money { .. } | Sort::Duration | Sort::Unknown) {
            let is = typed.sort.describe(&self.model);
            let finding = self.finding(codes::WRONG_TYPE, of.span, format!("{is} cannot {what}"));
            self.report(finding.help(format!("{verb} a number, an amount or a duration")));
            return Typed::broken();
        }
        typed
    }

    fn within_128_bits(&mut self, expr: Expr, sort: Sort, span: Span) -> Typed {
        if greatest(&expr).is_none_or(|greatest| greatest > GREATEST) {
            let finding =
                self.finding(codes::WRONG_TYPE, span, "this may become a number of more than 128 bits");
            self.report(finding.help("keep a part of it in a remembered value"));
            return Typed::broken();
        }
        Typed::new(expr, sort)
    }

    pub(super) fn date_of(
        &mut self,
        instant: &'a Expression,
        offset: Offset,
        scope: &Scope,
        known: &Knowledge,
    ) -> Typed {
        let instant = self.set_value(instant, &Sort::Instant, scope, known);
        self.nameless(Kind::Date);
        let offset = i16::try_from(offset.minutes).unwrap_or_default();
        Typed::new(Expr::DateOf { instant: instant.into(), offset }, Sort::Date)
    }
}

/// The greatest amount by which a number may differ from nothing; none where it is beyond counting.
fn greatest(expr: &Expr) -> Option<u128> {
    match expr {
        Expr::Const(Value::Int(int)) => Some(int.unsigned_abs().into()),
        Expr::Add(left, right) | Expr::Subtract(left, right) => greatest(left)?.checked_add(greatest(right)?),
        Expr::Multiply(of, by) => greatest(of)?.checked_mul(by.unsigned_abs().into()),
        // The product comes first, then the division.
        Expr::Percent { percent, of, .. } => {
            let product = greatest(of)?.checked_mul(percent.unsigned_abs().into())?;
            (product <= GREATEST).then(|| product / 100 + 1)
        }
        // At most 64 items.
        Expr::Aggregate { .. } => Some(1 << 69),
        _ => Some(1 << 63),
    }
}

/// What a sum or a difference gives; nothing where the two do not go together.
fn sum_of(plus: bool, left: &Sort, right: &Sort) -> Option<Sort> {
    match (left, right) {
        (Sort::Unknown, _) | (_, Sort::Unknown) => Some(Sort::Unknown),
        (Sort::Int | Sort::Money { .. } | Sort::Duration, _) if left == right => Some(left.clone()),
        (Sort::Instant | Sort::Date, Sort::Duration) => Some(left.clone()),
        (Sort::Duration, Sort::Instant | Sort::Date) if plus => Some(right.clone()),
        (Sort::Instant, Sort::Instant) | (Sort::Date, Sort::Date) if !plus => Some(Sort::Duration),
        _ => None,
    }
}

/// The value of a percentage of a constant.
pub(super) fn folded_percent(percent: i64, of: i64, rounding: Rounding) -> Option<Value> {
    i64::try_from(percent_of(percent, of.into(), rounding)).ok().map(Value::Int)
}
