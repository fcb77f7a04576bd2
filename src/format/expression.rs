//! Expressions, with one blank around every operator.

use std::fmt::{self, Display, Formatter};

use super::text::quoted;
use crate::syntax::tree::{
    Aggregate, CompareOperator, Expression, ExpressionKind, Offset, Presence, Rounding, SumOperator, Unit,
};

impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExpressionKind::Or(operands) => joined(operands, " or ", f),
            ExpressionKind::And(operands) => joined(operands, " and ", f),
            ExpressionKind::Not(inner) => write!(f, "not {inner}"),
            ExpressionKind::Compare { operator, left, right } => write!(f, "{left} {operator} {right}"),
            ExpressionKind::In { item, list } => write!(f, "{item} in {list}"),
            ExpressionKind::Is { value, presence } => write!(f, "{value} is {presence}"),
            ExpressionKind::Sum { operator, left, right } => write!(f, "{left} {operator} {right}"),
            ExpressionKind::Times { left, factor } => write!(f, "{left} * {factor}"),
            ExpressionKind::Aggregate { aggregate, over, filter } => {
                write!(f, "{aggregate} {over}")?;
                filter.iter().try_for_each(|filter| write!(f, " where ({filter})"))
            }
            ExpressionKind::Percent { percent, of, rounding } => {
                write!(f, "{percent} % of {of} rounded {rounding}")
            }
            ExpressionKind::DateOf { instant, offset } => write!(f, "date of {instant} at {offset}"),
            ExpressionKind::Parenthesised(inner) => write!(f, "({inner})"),
            ExpressionKind::Members(items) => {
                f.write_str("[")?;
                joined(items, ", ", f)?;
                f.write_str("]")
            }
            ExpressionKind::Entry(fields) => {
                let fields: Vec<_> =
                    fields.iter().map(|field| format!("{} = {}", field.name, field.value)).collect();
                write!(f, "({})", fields.join(", "))
            }
            ExpressionKind::Path(path) => path.fmt(f),
            ExpressionKind::Money { amount, currency } => write!(f, "{amount} {}", currency.as_str()),
            ExpressionKind::Quantity { amount: 1, unit: Unit::Days } => f.write_str("1 day"),
            ExpressionKind::Quantity { amount, unit } => write!(f, "{amount} {unit}"),
            ExpressionKind::Integer(number) => number.fmt(f),
            ExpressionKind::Text(text) => quoted(text, f),
            ExpressionKind::Boolean(value) => value.fmt(f),
            ExpressionKind::Now => f.write_str("now"),
        }
    }
}

fn joined(operands: &[Expression], between: &str, f: &mut Formatter<'_>) -> fmt::Result {
    for (index, operand) in operands.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { between })?;
        operand.fmt(f)?;
    }
    Ok(())
}

impl Display for Offset {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sign = if self.minutes < 0 { '-' } else { '+' };
        let distance = self.minutes.abs();
        write!(f, "{sign}{:02}:{:02}", distance / 60, distance % 60)
    }
}

/// Words and symbols that stand for themselves.
macro_rules! written {
    ($($type:ident { $($variant:ident $text:literal)* })*) => {
        $(impl Display for $type {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $($type::$variant => $text,)* })
            }
        })*
    };
}

written! {
    CompareOperator { Equal "==" NotEqual "!=" LessOrEqual "<=" GreaterOrEqual ">=" Less "<" Greater ">" }
    Presence { Set "set" Missing "missing" Empty "empty" }
    SumOperator { Plus "+" Minus "-" }
    Aggregate { Total "total" Number "number" Every "every" Some "some" }
    Rounding { Up "up" Down "down" HalfUp "half_up" HalfEven "half_even" }
    Unit { Milliseconds "ms" Seconds "s" Minutes "min" Hours "h" Days "days" }
}
