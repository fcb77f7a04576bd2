//! Whether conditions can hold together: what an exact check of branches needs.
//!
//! Conditions become formulas without negations over literals (a value is set, two are equal, a sum is at most so much,
//! a word is in a set). A search takes one alternative of each `or` and asks [`State`] whether the literals taken so far
//! can hold together; the first that do are a case in the author's own terms. What is outside of that (sums of more
//! than two values, how many members a set has) is left open, and so is a search that takes too long: then nothing is
//! claimed.

use flowspec_runtime::{Text, Value};

use super::state::State;
use super::unset::Known;
use crate::model::{Aggregate, Comparison, EventId, Expr, Field, Kind, Model, StepId, Type};

/// Values with their factors.
pub(super) type Sum = Vec<(Expr, i128)>;

/// A condition that is not made of others.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    /// A value is set, or a row exists.
    Set(Expr, bool),
    /// Two set values are equal.
    Equal(Expr, Expr, bool),
    /// A sum is at most this.
    AtMost(Sum, i128),
    /// A word is in a set.
    Member(Expr, Text, bool),
    /// Something of which nothing more is known.
    Opaque(Expr, bool),
}

impl Literal {
    fn negated(&self) -> Self {
        match self {
            Self::Set(place, truth) => Self::Set(place.clone(), !truth),
            Self::Equal(left, right, truth) => Self::Equal(left.clone(), right.clone(), !truth),
            Self::AtMost(sum, bound) => Self::AtMost(negative(sum), -bound - 1),
            Self::Member(set, word, truth) => Self::Member(set.clone(), word.clone(), !truth),
            Self::Opaque(expr, truth) => Self::Opaque(expr.clone(), !truth),
        }
    }
}

/// A condition in negation normal form.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Formula {
    Literal(Literal),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

impl Formula {
    const TRUE: Self = Self::All(Vec::new());
    const FALSE: Self = Self::Any(Vec::new());

    fn constant(truth: bool) -> Self {
        if truth { Self::TRUE } else { Self::FALSE }
    }

    /// That not all of these hold.
    pub(super) fn excluding(literals: &[Literal]) -> Self {
        Self::Any(literals.iter().map(|literal| Self::Literal(literal.negated())).collect())
    }
}

/// Whether formulas can hold together.
#[derive(Debug)]
pub(super) enum Verdict {
    /// They cannot.
    Impossible,
    /// They can, as in this case.
    Possible(State),
    /// It was not found out.
    Open,
}

/// What the names in conditions refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guards<'m> {
    pub(super) model: &'m Model,
    pub(super) event: Option<EventId>,
    pub(super) answer: &'m [Field],
    pub(super) asked: Option<u16>,
    /// What is set in the step in which the conditions are read.
    pub(super) known: Option<(&'m Known, StepId)>,
}

/// How many alternatives a search may try.
const TRIES: u32 = 4_000;

impl<'m> Guards<'m> {
    /// Whether all of these can hold at once.
    pub(super) fn solve(&self, formulas: &[Formula]) -> Verdict {
        let mut tries = TRIES;
        self.search(formulas.iter().collect(), State::default(), &mut tries)
    }

    fn search(&self, mut open: Vec<&Formula>, mut state: State, tries: &mut u32) -> Verdict {
        let Some(left) = tries.checked_sub(1) else { return Verdict::Open };
        *tries = left;
        let mut choices: Vec<(&Formula, &[Formula])> = Vec::new();
        while let Some(formula) = open.pop() {
            match formula {
                Formula::All(parts) => open.extend(parts),
                Formula::Any(parts) if parts.len() == 1 => open.extend(parts),
                Formula::Any(parts) => choices.push((formula, parts)),
                Formula::Literal(literal) => {
                    if !state.add(literal) {
                        return Verdict::Impossible;
                    }
                }
            }
        }
        if !state.is_consistent(self) {
            return Verdict::Impossible;
        }
        let Some(shortest) = (0..choices.len()).min_by_key(|index| choices[*index].1.len()) else {
            return if state.is_vague() { Verdict::Open } else { Verdict::Possible(state) };
        };
        let (_, choice) = choices.swap_remove(shortest);
        let mut verdict = Verdict::Impossible;
        for alternative in choice {
            let rest = choices.iter().map(|(formula, _)| *formula).chain([alternative]).collect();
            match self.search(rest, state.clone(), tries) {
                Verdict::Possible(case) => return Verdict::Possible(case),
                Verdict::Open => verdict = Verdict::Open,
                Verdict::Impossible => {}
            }
        }
        verdict
    }

    /// A condition, or its opposite, as a formula.
    pub(super) fn formula(&self, expr: &Expr, truth: bool) -> Formula {
        match expr {
            Expr::Not(inner) => self.formula(inner, !truth),
            Expr::And(parts) | Expr::Or(parts) => {
                let parts = parts.iter().map(|part| self.formula(part, truth)).collect();
                if matches!(expr, Expr::And(_)) == truth { Formula::All(parts) } else { Formula::Any(parts) }
            }
            Expr::Const(Value::Bool(value)) => Formula::constant(*value == truth),
            Expr::IsSet(place) => self.set(place, truth),
            Expr::RowExists(_) => Formula::Literal(Literal::Set(expr.clone(), truth)),
            Expr::IsEmpty(of) => self.emptiness(of, truth),
            Expr::In { word, set } => self.membership(word, set, truth),
            Expr::Compare { how, left, right } => self.comparison(*how, left, right, truth),
            _ if matches!(self.kind(expr), Some(Kind::Bool)) => {
                let value = Expr::Const(Value::Bool(truth));
                Formula::All(vec![
                    self.set(expr, true),
                    Formula::Literal(Literal::Equal(expr.clone(), value, true)),
                ])
            }
            _ => Formula::Literal(Literal::Opaque(expr.clone(), truth)),
        }
    }

    /// That a place is set, or that it is not.
    fn set(&self, place: &Expr, truth: bool) -> Formula {
        let literal = Formula::Literal(Literal::Set(place.clone(), truth));
        if self.known.is_some_and(|(known, step)| known.is_set(place, step)) {
            return Formula::constant(truth);
        }
        if let Some(field) = self.field(place) {
            return match &field.when {
                None if field.optional && field.default.is_none() => literal,
                None => Formula::constant(truth),
                Some(when) if truth || !field.optional || field.default.is_some() => {
                    Formula::All(vec![literal, self.formula(when, truth)])
                }
                Some(_) => literal,
            };
        }
        match place {
            Expr::Attribute { row, .. } => {
                let exists = Formula::Literal(Literal::Set(Expr::RowExists(*row), truth));
                match (self.has_default(place), truth) {
                    (true, _) => exists,
                    (false, true) => Formula::All(vec![literal, exists]),
                    (false, false) => literal,
                }
            }
            Expr::Variable(_) | Expr::Given(_) | Expr::Asked(_) if !self.has_default(place) => literal,
            Expr::Output { .. } | Expr::RowKey(_) => literal,
            _ => Formula::constant(truth),
        }
    }

    /// Whether a place has a value from the beginning.
    fn has_default(&self, place: &Expr) -> bool {
        let model = self.model;
        match place {
            Expr::Variable(id) => model.variables[usize::from(*id)].default.is_some(),
            Expr::Given(id) => {
                let given = &model.givens[usize::from(*id)];
                !given.optional || given.default.is_some()
            }
            Expr::Attribute { row, attribute } => {
                let record = &model.records[usize::from(model.rows[usize::from(*row)].record)];
                record.attributes[usize::from(*attribute)].default.is_some()
            }
            Expr::Asked(attribute) => self.asked.is_some_and(|record| {
                model.records[usize::from(record)].attributes[usize::from(*attribute)].default.is_some()
            }),
            _ => true,
        }
    }

    fn emptiness(&self, of: &Expr, truth: bool) -> Formula {
        match self.kind(of) {
            Some(Kind::Text) => self.equality(of, &Expr::Const(Value::Text(Text::default())), truth),
            Some(Kind::Set { of: element }) => match self.words(*element) {
                Some(words) => {
                    let member =
                        |word: &Text| Formula::Literal(Literal::Member(of.clone(), word.clone(), !truth));
                    let parts = words.iter().map(member).collect();
                    if truth { Formula::All(parts) } else { Formula::Any(parts) }
                }
                None => Formula::Literal(Literal::Opaque(Expr::IsEmpty(of.clone().into()), truth)),
            },
            _ => Formula::Literal(Literal::Opaque(Expr::IsEmpty(of.clone().into()), truth)),
        }
    }

    fn membership(&self, word: &Expr, set: &Expr, truth: bool) -> Formula {
        let words = match self.kind(set) {
            Some(Kind::Set { of }) => self.words(*of),
            _ => None,
        };
        let member = |word: &Text, truth| Formula::Literal(Literal::Member(set.clone(), word.clone(), truth));
        match (word, words) {
            (Expr::Const(Value::Text(word)), _) => member(word, truth),
            (_, Some(words)) => {
                let case = |each: &Text| {
                    let same = self.equality(word, &Expr::Const(Value::Text(each.clone())), true);
                    Formula::All(vec![same, member(each, truth)])
                };
                Formula::Any(words.iter().map(case).collect())
            }
            (_, None) => {
                let whole = Expr::In { word: word.clone().into(), set: set.clone().into() };
                Formula::Literal(Literal::Opaque(whole, truth))
            }
        }
    }

    fn comparison(&self, how: Comparison, left: &Expr, right: &Expr, truth: bool) -> Formula {
        let (how, truth) = match how {
            Comparison::NotEqual => (Comparison::Equal, !truth),
            how => (how, truth),
        };
        let arithmetic = self.is_number(left) || self.is_number(right);
        match (self.sum(left), self.sum(right)) {
            (Some(left), Some(right)) if arithmetic => self.order(how, difference(left, right), truth),
            _ if arithmetic => {
                let whole = Expr::Compare { how, left: left.clone().into(), right: right.clone().into() };
                Formula::Literal(Literal::Opaque(whole, truth))
            }
            _ => self.equality(left, right, truth),
        }
    }

    fn equality(&self, left: &Expr, right: &Expr, truth: bool) -> Formula {
        if matches!(self.kind(left), Some(Kind::Set { .. })) {
            let how = Comparison::Equal;
            let whole = Expr::Compare { how, left: left.clone().into(), right: right.clone().into() };
            return Formula::Literal(Literal::Opaque(whole, truth));
        }
        let both = vec![
            self.set(left, true),
            self.set(right, true),
            Formula::Literal(Literal::Equal(left.clone(), right.clone(), truth)),
        ];
        if truth {
            return Formula::All(both);
        }
        let mut cases = vec![Formula::All(both)];
        cases.extend(
            [self.set(left, false), self.set(right, false)]
                .into_iter()
                .filter(|case| *case != Formula::FALSE),
        );
        Formula::Any(cases)
    }

    /// How a sum stands to nothing.
    fn order(&self, how: Comparison, (sum, constant): (Sum, i128), truth: bool) -> Formula {
        let at_most = |bound: i128| Formula::Literal(Literal::AtMost(sum.clone(), bound));
        let at_least = |bound: i128| Formula::Literal(Literal::AtMost(negative(&sum), -bound));
        let zero = -constant;
        let parts = match (how, truth) {
            (Comparison::Less, true) | (Comparison::GreaterOrEqual, false) => vec![at_most(zero - 1)],
            (Comparison::LessOrEqual, true) | (Comparison::Greater, false) => vec![at_most(zero)],
            (Comparison::Greater, true) | (Comparison::LessOrEqual, false) => vec![at_least(zero + 1)],
            (Comparison::GreaterOrEqual, true) | (Comparison::Less, false) => vec![at_least(zero)],
            (_, true) => vec![at_most(zero), at_least(zero)],
            (_, false) => vec![Formula::Any(vec![at_most(zero - 1), at_least(zero + 1)])],
        };
        let set = sum.iter().map(|(place, _)| self.set(place, true));
        let together = Formula::All(set.chain(parts).collect());
        if truth || how != Comparison::Equal {
            return together;
        }
        let unset =
            sum.iter().map(|(place, _)| self.set(place, false)).filter(|case| *case != Formula::FALSE);
        Formula::Any(std::iter::once(together).chain(unset).collect())
    }

    /// An expression as values with factors and a constant.
    fn sum(&self, expr: &Expr) -> Option<(Sum, i128)> {
        match expr {
            Expr::Const(Value::Int(int)) => Some((Sum::new(), i128::from(*int))),
            Expr::Add(left, right) => Some(added(self.sum(left)?, self.sum(right)?)),
            Expr::Subtract(left, right) => Some(difference(self.sum(left)?, self.sum(right)?)),
            Expr::Multiply(of, factor) => {
                let (sum, constant) = self.sum(of)?;
                let factor = i128::from(*factor);
                let sum = sum.into_iter().map(|(place, own)| Some((place, own.checked_mul(factor)?)));
                Some((sum.collect::<Option<Sum>>()?, constant.checked_mul(factor)?))
            }
            // What is computed in other ways is taken as a number of its own.
            Expr::Now
            | Expr::Number(_)
            | Expr::Aggregate { how: Aggregate::Number | Aggregate::Total, .. }
            | Expr::Percent { .. }
            | Expr::DateOf { .. } => Some((vec![(expr.clone(), 1)], 0)),
            _ if self.is_number(expr) && self.kind(expr).is_some() => Some((vec![(expr.clone(), 1)], 0)),
            _ => None,
        }
    }

    fn is_number(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Const(Value::Int(_))
            | Expr::Add(..)
            | Expr::Subtract(..)
            | Expr::Multiply(..)
            | Expr::Number(_)
            | Expr::Aggregate { how: Aggregate::Number | Aggregate::Total, .. }
            | Expr::Percent { .. }
            | Expr::DateOf { .. }
            | Expr::Now => true,
            _ => matches!(
                self.kind(expr),
                Some(Kind::Int | Kind::Money { .. } | Kind::Duration | Kind::Instant | Kind::Date)
            ),
        }
    }

    /// A field of the event or of the answer.
    fn field(&self, place: &Expr) -> Option<&'m Field> {
        match place {
            Expr::Field(index) => self.model.event(self.event?).fields.get(usize::from(*index)),
            Expr::AnswerField(index) => self.answer.get(usize::from(*index)),
            _ => None,
        }
    }

    /// The words of an enumeration, where all are named.
    pub(super) fn words(&self, id: u16) -> Option<Vec<Text>> {
        match &self.model.kind(id).kind {
            Kind::Word { members, others: None } => {
                Some(members.iter().map(|member| member.name.clone()).collect())
            }
            _ => None,
        }
    }

    /// The type of a place.
    pub(super) fn type_of(&self, place: &Expr) -> Option<&'m Type> {
        let model = self.model;
        let id = match place {
            Expr::Field(_) | Expr::AnswerField(_) => self.field(place)?.kind,
            Expr::Variable(id) => model.variables.get(usize::from(*id))?.kind,
            Expr::Given(id) => model.givens.get(usize::from(*id))?.kind,
            Expr::Choice(id) => model.choices.get(usize::from(*id))?.kind,
            Expr::Output { output, field } => {
                model.outputs.get(usize::from(*output))?.fields.get(usize::from(*field))?.kind
            }
            Expr::Attribute { row, attribute } => {
                let record = &model.records[usize::from(model.rows.get(usize::from(*row))?.record)];
                record.attributes.get(usize::from(*attribute))?.kind
            }
            Expr::RowKey(row) => {
                model.records[usize::from(model.rows.get(usize::from(*row))?.record)].key_kind
            }
            Expr::Asked(attribute) => {
                model.records[usize::from(self.asked?)].attributes.get(usize::from(*attribute))?.kind
            }
            _ => return None,
        };
        model.types.get(usize::from(id))
    }

    fn kind(&self, place: &Expr) -> Option<&'m Kind> {
        self.type_of(place).map(|of| &of.kind)
    }
}

fn negative(sum: &Sum) -> Sum {
    sum.iter().map(|(place, factor)| (place.clone(), -factor)).collect()
}

fn added(left: (Sum, i128), right: (Sum, i128)) -> (Sum, i128) {
    let (mut sum, constant) = left;
    for (place, factor) in right.0 {
        match sum.iter_mut().find(|(known, _)| *known == place) {
            Some((_, own)) => *own = own.saturating_add(factor),
            None => sum.push((place, factor)),
        }
    }
    sum.retain(|(_, factor)| *factor != 0);
    (sum, constant.saturating_add(right.1))
}

fn difference(left: (Sum, i128), right: (Sum, i128)) -> (Sum, i128) {
    added(left, (negative(&right.0), -right.1))
}
