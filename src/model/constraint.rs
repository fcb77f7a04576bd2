//! What a type's values must fulfil, and whether a constant does.

use flowspec_runtime::Value;

use super::builder::Builder;
use super::calculation::folded_percent;
use super::names;
use super::scope::Scope;
use super::sort::Sort;
use super::{Constraint, ElementId, ElementKind, Expr, Kind, Length, Rule, Type};
use crate::diagnostic::codes;
use crate::source::Span;
use crate::syntax::tree::{Expression, Name, Quoted, Range, RangeEnd, Statement, StatementKind};

impl<'a> Builder<'a> {
    /// Reads the constraints in a type's block.
    pub(super) fn constraints(&mut self, statement: &'a Statement, parent: ElementId, built: &mut Type) {
        for child in statement.children() {
            let word = match &child.kind {
                StatementKind::Length { .. } => "length",
                StatementKind::Range { .. } => "range",
                StatementKind::MultipleOf { .. } => "multiple",
                StatementKind::MatchesCheck { .. } | StatementKind::MatchesPattern { .. } => "matches",
                StatementKind::Member { .. } | StatementKind::Others { .. }
                    if !matches!(built.kind, Kind::Word { .. }) =>
                {
                    self.misfit_constraint(
                        child,
                        "words belong to an enumeration",
                        "write `word` in the type's head",
                    );
                    continue;
                }
                StatementKind::Field(_) if !matches!(built.kind, Kind::Entry { .. }) => {
                    self.misfit_constraint(
                        child,
                        "fields belong to an entry",
                        "write `entry` in the type's head",
                    );
                    continue;
                }
                _ => continue,
            };
            let path = self.below(parent, word);
            let element = self.element(ElementKind::Constraint, path, child, Some(parent));
            if let Some(rule) = self.rule(child, &built.kind) {
                built.constraints.push(Constraint { element, rule });
            }
        }
    }

    fn rule(&mut self, statement: &'a Statement, kind: &Kind) -> Option<Rule> {
        match (&statement.kind, kind) {
            (StatementKind::Length { range }, Kind::Text) => self.length(range),
            (StatementKind::MatchesCheck { name }, Kind::Text) => self.named_check(name),
            (StatementKind::MatchesPattern { pattern }, Kind::Text) => self.pattern(pattern),
            (
                StatementKind::Range { range },
                Kind::Int | Kind::Money { .. } | Kind::Duration | Kind::Instant | Kind::Date,
            ) => self.range(range, kind),
            (StatementKind::MultipleOf { step }, Kind::Int | Kind::Money { .. } | Kind::Duration) => {
                self.multiple(step, kind)
            }
            (StatementKind::Length { .. }, _) => self.misfit_constraint(
                statement,
                "only text has a length",
                "use `range` for numbers and amounts",
            ),
            (StatementKind::Range { .. }, _) => self.misfit_constraint(
                statement,
                "only numbers, amounts, times and dates have a range",
                "use `length` for text",
            ),
            (StatementKind::MultipleOf { .. }, _) => self.misfit_constraint(
                statement,
                "only numbers, amounts and durations have multiples",
                "leave the line out",
            ),
            _ => self.misfit_constraint(statement, "only text matches a pattern", "leave the line out"),
        }
    }

    fn misfit_constraint(&mut self, statement: &Statement, why: &str, help: &str) -> Option<Rule> {
        let finding = self.finding(codes::MISFIT_CONSTRAINT, statement.head, why);
        self.report(finding.help(help));
        None
    }

    fn length(&mut self, range: &'a Range) -> Option<Rule> {
        let (min, max, span) = self.bounds(range, &Sort::Int)?;
        let length = |bound: i64| u32::try_from(bound).ok();
        let (Some(min), Ok(max)) = (length(min), max.map(u32::try_from).transpose()) else {
            self.misfit_range(span, "a length lies between 0 and 4294967295");
            return None;
        };
        Some(Rule::Length(Length { min, max }))
    }

    fn range(&mut self, range: &'a Range, kind: &Kind) -> Option<Rule> {
        let sort = plain(kind);
        let (min, max, _) = self.bounds(range, &sort)?;
        Some(Rule::Range { min: Some(min), max })
    }

    pub(super) fn bounds(&mut self, range: &'a Range, sort: &Sort) -> Option<(i64, Option<i64>, Span)> {
        let low = self.constant(&range.low, sort)?.as_int()?;
        let high = match &range.end {
            RangeEnd::Exact => Some(low),
            RangeEnd::Open => None,
            RangeEnd::To(high) => Some(self.constant(high, sort)?.as_int()?),
        };
        let span = match &range.end {
            RangeEnd::To(high) => range.low.span.to(high.span),
            _ => range.low.span,
        };
        if high.is_some_and(|high| high < low) {
            self.misfit_range(span, "the least is above the greatest, so no value fits");
            return None;
        }
        Some((low, high, span))
    }

    fn misfit_range(&mut self, span: Span, why: &str) {
        let finding = self.finding(codes::MISFIT_CONSTRAINT, span, why);
        self.report(finding.help("write the least, `..`, the greatest; both are included"));
    }

    fn multiple(&mut self, step: &'a Expression, kind: &Kind) -> Option<Rule> {
        let value = self.constant(step, &plain(kind))?.as_int()?;
        if value <= 0 {
            self.misfit_range(step.span, "a multiple is of something greater than nothing");
            return None;
        }
        Some(Rule::MultipleOf(value))
    }

    fn named_check(&mut self, name: &Name) -> Option<Rule> {
        if name.as_str() == "digits" {
            return Some(Rule::Digits);
        }
        let at = self.at(name.span);
        let finding =
            self.finding(codes::UNKNOWN_NAME, name.span, format!("there is no check named `{name}`"));
        self.report(names::suggest(finding, name, at, self.candidates(["digits"])));
        None
    }

    fn pattern(&mut self, pattern: &Quoted) -> Option<Rule> {
        match regex::Regex::new(&pattern.value) {
            Ok(_) => Some(Rule::Pattern(pattern.value.to_string())),
            Err(error) => {
                let error = error.to_string();
                let why = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
                let message = format!("this pattern cannot be read: {why}");
                let finding = self.finding(codes::MISFIT_CONSTRAINT, pattern.span, message);
                self.report(
                    finding.note(
                        "patterns are written in the syntax of the regex crate and match the whole text",
                    ),
                );
                None
            }
        }
    }

    /// A constant of a sort; nothing where it is none, which was reported.
    pub(super) fn constant(&mut self, expression: &'a Expression, sort: &Sort) -> Option<Value> {
        let typed = self.wanted(expression, sort, &Scope::constant());
        let typed = if self.opening { at_opening(&typed) } else { typed };
        let value = fold(&typed);
        if value.is_none() && !has_broken(&typed) {
            let finding =
                self.finding(codes::NOT_CONSTANT, expression.span, "only a constant can stand here");
            self.report(finding.help("write the value itself"));
        }
        value
    }

    /// A constant that a type must take.
    pub(super) fn constant_of(&mut self, expression: &'a Expression, id: super::TypeId) -> Option<Value> {
        let sort = Sort::of(&self.model, id);
        let value = self.constant(expression, &sort)?;
        let kind = self.model.types.get(usize::from(id))?;
        if let (Kind::List { of, min, max }, Value::List(items)) = (&kind.kind, &value) {
            let fits = (*min as usize..=*max as usize).contains(&items.len());
            if !fits || items.iter().any(|item| !self.takes(*of, item)) {
                let finding =
                    self.finding(codes::NOT_ADMITTED, expression.span, "the type does not take this list");
                self.report(finding.help("write items that fit, as many as the list may have"));
                return None;
            }
            return Some(value);
        }
        let Some(broken) = kind.constraints.iter().find(|constraint| !admits(&constraint.rule, &value))
        else {
            return Some(value);
        };
        let broken = self.place(broken.element).head;
        let finding = self.finding(codes::NOT_ADMITTED, expression.span, "the type does not take this value");
        self.report(
            finding.label(broken, "because of this").help("write a value that fits, or change the type"),
        );
        None
    }
}

impl Builder<'_> {
    /// Whether a type takes a constant.
    fn takes(&self, id: super::TypeId, value: &Value) -> bool {
        let Some(of) = self.model.types.get(usize::from(id)) else { return true };
        let inside = match (&of.kind, value) {
            (Kind::Entry { fields }, Value::List(values)) => fields
                .iter()
                .zip(values)
                .all(|(field, value)| !value.is_set() || self.takes(field.kind, value)),
            _ => true,
        };
        inside && of.constraints.iter().all(|constraint| admits(&constraint.rule, value))
    }
}

fn plain(kind: &Kind) -> Sort {
    match kind {
        Kind::Money { currency, digits } => Sort::Money { currency: currency.clone(), digits: *digits },
        Kind::Duration => Sort::Duration,
        Kind::Instant => Sort::Instant,
        Kind::Date => Sort::Date,
        _ => Sort::Int,
    }
}

/// The value of an expression of constants.
pub(super) fn fold(expr: &super::Expr) -> Option<Value> {
    use super::Expr;
    let int = |expr: &Expr| fold(expr).and_then(|value| value.as_int());
    match expr {
        Expr::Const(Value::Unset) => None,
        Expr::Const(value) => Some(value.clone()),
        Expr::Add(left, right) => int(left)?.checked_add(int(right)?).map(Value::Int),
        Expr::Subtract(left, right) => int(left)?.checked_sub(int(right)?).map(Value::Int),
        Expr::Multiply(of, factor) => int(of)?.checked_mul(*factor).map(Value::Int),
        Expr::Percent { percent, of, rounding } => folded_percent(*percent, int(of)?, *rounding),
        _ => None,
    }
}

/// A constant of a scenario: it begins at the first instant.
fn at_opening(expr: &super::Expr) -> super::Expr {
    let first = super::Expr::Const(Value::Int(0));
    super::compose::Left::renaming(vec![(super::Expr::Now, first)]).before(expr)
}

/// Whether a value fulfils a rule.
fn admits(rule: &Rule, value: &Value) -> bool {
    match (rule, value) {
        (Rule::Length(length), Value::Text(text)) => {
            let count = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
            count >= length.min && length.max.is_none_or(|max| count <= max)
        }
        (Rule::Range { min, max }, Value::Int(int)) => {
            min.is_none_or(|min| *int >= min) && max.is_none_or(|max| *int <= max)
        }
        (Rule::MultipleOf(step), Value::Int(int)) => int % step == 0,
        (Rule::Digits, Value::Text(text)) => {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
        }
        (Rule::Pattern(pattern), Value::Text(text)) => {
            regex::Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|pattern| pattern.is_match(text))
        }
        _ => true,
    }
}

/// Whether something in an expression was reported already.
fn has_broken(expr: &Expr) -> bool {
    let mut found = false;
    expr.walk(&mut |part| found |= *part == super::expr::BROKEN);
    found
}
