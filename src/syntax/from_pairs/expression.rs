//! Expressions: the grammar's flat lists of operands and operators, folded by precedence.
//!
//! From the loosest: `or`, `and`, `not`, one comparison (`==`, `in`, `is set` …), `+` and `-`, `*`. A level takes what
//! it can and leaves the rest to the one above; what is left at the end is an operator that no level admits.

use pest::iterators::Pair;

use super::limits::MOST_IN_A_ROW;
use super::type_reference::currency;
use super::{Parts, Rule, Translator};
use crate::diagnostic::codes;
use crate::source::Span;
use crate::syntax::tree::{
    Aggregate, CompareOperator, Expression, ExpressionKind, Offset, Presence, Rounding, SumOperator, Unit,
};

impl Translator<'_> {
    /// The next part as an expression; `None` if there is none, or if it was reported.
    pub(super) fn next_expression(&mut self, parts: &mut Parts<'_>) -> Option<Expression> {
        match parts.peek()? {
            Rule::expression | Rule::sum => self.folded(&mut Parts(parts.next()?.into_inner())),
            _ => None,
        }
    }

    fn folded(&mut self, parts: &mut Parts<'_>) -> Option<Expression> {
        let whole = self.any_of(parts)?;
        if let Some(extra) = parts.next() {
            self.cannot_follow(&extra);
            return None;
        }
        Some(whole)
    }

    fn cannot_follow(&mut self, operator: &Pair<'_, Rule>) {
        let span = self.span(operator);
        let written = operator.as_str();
        self.report(
            codes::AMBIGUOUS_EXPRESSION,
            span,
            format!("`{written}` cannot follow here: it would compare a comparison"),
            "join two comparisons with `and` or `or`, or say with parentheses what belongs together",
        );
    }

    fn any_of(&mut self, parts: &mut Parts<'_>) -> Option<Expression> {
        let first = self.all_of(parts)?;
        if parts.peek() != Some(Rule::or) {
            return Some(first);
        }
        let mut operands = vec![first];
        while parts.has(Rule::or) {
            operands.push(self.all_of(parts)?);
        }
        Some(joined(operands, ExpressionKind::Or))
    }

    fn all_of(&mut self, parts: &mut Parts<'_>) -> Option<Expression> {
        let first = self.negation(parts)?;
        if parts.peek() != Some(Rule::and) {
            return Some(first);
        }
        let mut operands = vec![first];
        while parts.has(Rule::and) {
            operands.push(self.negation(parts)?);
        }
        Some(joined(operands, ExpressionKind::And))
    }

    fn negation(&mut self, parts: &mut Parts<'_>) -> Option<Expression> {
        let mut nots = Vec::new();
        while let Some(not) = parts.take(Rule::not) {
            nots.push(self.span(&not));
        }
        if let Some(extra) = nots.get(MOST_IN_A_ROW) {
            self.report(codes::TOO_DEEP, *extra, "too many `not`s in a row".into(), "two of them cancel out");
            return None;
        }
        let inner = self.comparison(parts)?;
        Some(nots.into_iter().rev().fold(inner, |inner, not| Expression {
            span: not.to(inner.span),
            kind: ExpressionKind::Not(Box::new(inner)),
        }))
    }

    fn comparison(&mut self, parts: &mut Parts<'_>) -> Option<Expression> {
        let left = self.sum(parts)?;
        match parts.peek() {
            Some(Rule::compare) => {
                let operator = compare(parts.next()?.as_str());
                let right = self.sum(parts)?;
                let span = left.span.to(right.span);
                let (left, right) = (Box::new(left), Box::new(right));
                Some(Expression { span, kind: ExpressionKind::Compare { operator, left, right } })
            }
            Some(Rule::in_) => {
                parts.next();
                let list = self.sum(parts)?;
                let span = left.span.to(list.span);
                let (item, list) = (Box::new(left), Box::new(list));
                Some(Expression { span, kind: ExpressionKind::In { item, list } })
            }
            Some(Rule::presence) => {
                let pair = parts.next()?;
                let span = left.span.to(self.span(&pair));
                let (value, presence) = (Box::new(left), presence(pair.as_str()));
                Some(Expression { span, kind: ExpressionKind::Is { value, presence } })
            }
            _ => Some(left),
        }
    }

    fn sum(&mut self, parts: &mut Parts<'_>) -> Option<Expression> {
        let mut left = self.product(parts)?;
        let mut length = 0;
        while let Some(Rule::plus | Rule::minus) = parts.peek() {
            let pair = parts.next()?;
            length += 1;
            if length > MOST_IN_A_ROW {
                self.too_long(self.span(&pair));
                return None;
            }
            let operator = if pair.as_rule() == Rule::plus { SumOperator::Plus } else { SumOperator::Minus };
            let right = self.product(parts)?;
            let span = left.span.to(right.span);
            let (before, right) = (Box::new(left), Box::new(right));
            left = Expression { span, kind: ExpressionKind::Sum { operator, left: before, right } };
        }
        Some(left)
    }

    fn too_long(&mut self, span: Span) {
        self.report(
            codes::TOO_DEEP,
            span,
            format!("more than {MOST_IN_A_ROW} operators in a row"),
            "keep a part of it in a remembered value",
        );
    }

    fn product(&mut self, parts: &mut Parts<'_>) -> Option<Expression> {
        let mut left = self.operand(parts)?;
        let mut length = 0;
        while let Some(times) = parts.take(Rule::times) {
            length += 1;
            if length > MOST_IN_A_ROW {
                self.too_long(self.span(&times));
                return None;
            }
            let right = self.operand(parts)?;
            let ExpressionKind::Integer(factor) = right.kind else {
                self.report(
                    codes::AMBIGUOUS_EXPRESSION,
                    right.span,
                    "after `*` stands a whole number".into(),
                    "write the number last: `price * 3`",
                );
                return None;
            };
            let span = left.span.to(right.span);
            left = Expression { span, kind: ExpressionKind::Times { left: Box::new(left), factor } };
        }
        Some(left)
    }

    fn operand(&mut self, parts: &mut Parts<'_>) -> Option<Expression> {
        let pair = parts.next()?;
        let span = self.span(&pair);
        let rule = pair.as_rule();
        let kind = match rule {
            Rule::path => ExpressionKind::Path(self.path(&pair)),
            Rule::string => ExpressionKind::Text(self.quoted(&pair).value),
            Rule::boolean => ExpressionKind::Boolean(pair.as_str() == "true"),
            Rule::now => ExpressionKind::Now,
            Rule::integer => ExpressionKind::Integer(self.integer(&pair)),
            Rule::not => {
                self.report(
                    codes::AMBIGUOUS_EXPRESSION,
                    span,
                    "`not` stands before a whole comparison, not inside one".into(),
                    "write `not a == b`, or put what is negated into parentheses",
                );
                return None;
            }
            _ => self.composed(rule, &mut Parts(pair.into_inner()))?,
        };
        Some(Expression { span, kind })
    }

    fn composed(&mut self, rule: Rule, parts: &mut Parts<'_>) -> Option<ExpressionKind> {
        Some(match rule {
            Rule::parenthesised => ExpressionKind::Parenthesised(Box::new(self.next_expression(parts)?)),
            Rule::members => ExpressionKind::Members(self.items(parts)?),
            Rule::money => ExpressionKind::Money {
                amount: parts.take(Rule::digits)?.as_str().into(),
                currency: currency(&parts.next()?)?,
            },
            Rule::quantity => ExpressionKind::Quantity {
                amount: self.next_integer(parts)?,
                unit: unit(parts.next()?.as_str()),
            },
            Rule::percent => ExpressionKind::Percent {
                percent: self.next_integer(parts)?,
                of: Box::new(self.operand(parts)?),
                rounding: rounding(parts.next()?.as_str()),
            },
            Rule::date_of => ExpressionKind::DateOf {
                instant: Box::new(self.operand(parts)?),
                offset: self.next_offset(parts)?,
            },
            Rule::aggregate => ExpressionKind::Aggregate {
                aggregate: aggregate(parts.next()?.as_str()),
                over: Box::new(self.path(&parts.take(Rule::path)?)),
                filter: parts.inside(Rule::filter).and_then(|mut filter| self.filter(&mut filter)),
            },
            _ => return None,
        })
    }

    /// What stands in brackets.
    fn items(&mut self, parts: &mut Parts<'_>) -> Option<Vec<Expression>> {
        let mut items = Vec::new();
        while parts.peek().is_some() {
            items.push(match parts.take(Rule::entry) {
                Some(pair) => {
                    let span = self.span(&pair);
                    let kind = ExpressionKind::Entry(self.arguments(&mut Parts(pair.into_inner())));
                    Expression { span, kind }
                }
                None => self.next_expression(parts)?,
            });
        }
        Some(items)
    }

    /// The condition inside the parentheses that `where` demands.
    fn filter(&mut self, parts: &mut Parts<'_>) -> Option<Box<Expression>> {
        let mut inner = parts.inside(Rule::parenthesised)?;
        self.next_expression(&mut inner).map(Box::new)
    }

    pub(super) fn next_integer(&mut self, parts: &mut Parts<'_>) -> Option<i64> {
        parts.take(Rule::integer).map(|pair| self.integer(&pair))
    }

    fn integer(&mut self, pair: &Pair<'_, Rule>) -> i64 {
        pair.as_str().parse().unwrap_or_else(|_| {
            let message = "this number is too large".into();
            self.report(
                codes::NUMBER_TOO_LARGE,
                self.span(pair),
                message,
                "whole numbers go up to 9223372036854775807",
            );
            i64::MAX
        })
    }

    pub(super) fn next_offset(&mut self, parts: &mut Parts<'_>) -> Option<Offset> {
        let pair = parts.take(Rule::offset)?;
        let written = pair.as_str();
        let number = |range| written.get(range).and_then(|digits: &str| digits.parse::<i32>().ok());
        let (hours, minutes) = number(1..3).zip(number(4..6))?;
        if hours > 23 || minutes > 59 {
            let message = format!("`{written}` is no distance from UTC");
            self.report(
                codes::NUMBER_TOO_LARGE,
                self.span(&pair),
                message,
                "distances go from -23:59 to +23:59",
            );
        }
        let distance = hours * 60 + minutes;
        Some(Offset { minutes: if written.starts_with('-') { -distance } else { distance } })
    }
}

fn joined(operands: Vec<Expression>, kind: fn(Vec<Expression>) -> ExpressionKind) -> Expression {
    let span = operands.iter().map(|operand| operand.span).reduce(Span::to).unwrap_or_default();
    Expression { span, kind: kind(operands) }
}

fn compare(word: &str) -> CompareOperator {
    match word {
        "==" => CompareOperator::Equal,
        "!=" => CompareOperator::NotEqual,
        "<=" => CompareOperator::LessOrEqual,
        ">=" => CompareOperator::GreaterOrEqual,
        "<" => CompareOperator::Less,
        _ => CompareOperator::Greater,
    }
}

fn presence(phrase: &str) -> Presence {
    match phrase.split_ascii_whitespace().last() {
        Some("set") => Presence::Set,
        Some("missing") => Presence::Missing,
        _ => Presence::Empty,
    }
}

fn aggregate(word: &str) -> Aggregate {
    match word {
        "total" => Aggregate::Total,
        "number" => Aggregate::Number,
        "every" => Aggregate::Every,
        _ => Aggregate::Some,
    }
}

fn rounding(word: &str) -> Rounding {
    match word {
        "up" => Rounding::Up,
        "down" => Rounding::Down,
        "half_up" => Rounding::HalfUp,
        _ => Rounding::HalfEven,
    }
}

fn unit(word: &str) -> Unit {
    match word {
        "ms" => Unit::Milliseconds,
        "s" => Unit::Seconds,
        "min" => Unit::Minutes,
        "h" => Unit::Hours,
        _ => Unit::Days,
    }
}
