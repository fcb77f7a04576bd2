//! Conditions of a flow as formulas that `decide` can solve.
//!
//! Each place that conditions read is a dimension: what its type takes, and unset where the flow does not rule that out.
//! A set of words has a dimension for each of its words, so that membership, emptiness and the number of members are
//! exact. What follows from a place's declaration (a field is read under a condition, an attribute needs its row) holds
//! everywhere. Expressions that are not decided are dimensions of their own, and where one shares a place with another
//! nothing is claimed of cases that rest on it.

mod case;
mod domain;
mod region;
mod sample;

use std::fmt::Debug;

use flowspec_runtime::{Text, Value};

pub(crate) use case::Case;
pub(crate) use region::Cases;
pub(crate) use sample::Sample;

use crate::decide::{Atom, Budget, Dim, Extent, Formula, Space, Values, Verdict, Witness, Word};
use crate::model::{Comparison, EventId, Expr, Field, Kind, Model, StepId};

/// What is known of the steps in which conditions are read.
pub(crate) trait Knowledge: Debug + Sync {
    /// Whether a place is set whenever a step is entered.
    fn is_set(&self, place: &Expr, step: StepId) -> bool;
}

/// What the names in conditions refer to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'m> {
    pub(crate) model: &'m Model,
    pub(crate) event: Option<EventId>,
    pub(crate) answer: &'m [Field],
    pub(crate) asked: Option<u16>,
    /// What is set in the step in which the conditions are read.
    pub(crate) known: Option<(&'m dyn Knowledge, StepId)>,
}

/// What a dimension stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Meaning {
    /// A value, or whether a row exists.
    Place(Expr),
    /// Whether a word is in a set.
    Member(Expr, Text),
    /// How many words are in a set that have no name.
    OtherMembers(Expr),
    /// An expression of which nothing more is known than its type.
    Opaque(Expr),
}

/// The conditions of one place of a flow, over dimensions that they share.
#[derive(Debug)]
pub(crate) struct Guards<'m> {
    pub(crate) scope: Scope<'m>,
    space: Space,
    meanings: Vec<Meaning>,
    words: Vec<Value>,
    /// What holds by the declarations of places.
    axioms: Vec<Formula>,
    budget: Budget,
}

/// How much work the conditions of one place may cost, in conditions looked at.
const BUDGET: Budget = Budget(20_000_000);

/// How much work one question may cost.
const QUESTION: u64 = 4_000_000;

impl<'m> Guards<'m> {
    pub(crate) fn new(scope: Scope<'m>) -> Self {
        let (space, meanings, words, axioms) = Default::default();
        Self { scope, space, meanings, words, axioms, budget: BUDGET }
    }

    /// Whether all of these can hold at once.
    pub(crate) fn solve(&mut self, formulas: &[&Formula]) -> Verdict {
        let mut budget = Budget(self.budget.0.min(QUESTION));
        let before = budget.0;
        let verdict = self.ask(formulas, &mut budget);
        self.budget.0 = self.budget.0.saturating_sub(before - budget.0);
        match verdict {
            Verdict::Possible(witness) if self.is_vague(&witness) => Verdict::Open,
            verdict => verdict,
        }
    }

    /// The same within a budget of its own, and also where the case rests on expressions of which little is known.
    pub(crate) fn ask(&self, formulas: &[&Formula], budget: &mut Budget) -> Verdict {
        self.space.solve(self.axioms.iter().chain(formulas.iter().copied()), budget)
    }

    /// Whether declarations say something of the places that conditions read.
    pub(crate) fn has_axioms(&self) -> bool {
        !self.axioms.is_empty()
    }

    /// Whether a condition holds in some cases and not in others, as far as it can be seen at once.
    pub(crate) fn is_open(&self, formula: &Formula) -> bool {
        self.space.holds(formula).is_none()
    }

    /// Whether a value is always one of so many words.
    pub(crate) fn has_no_more_words(&self, dim: Dim, count: usize) -> bool {
        let Extent { unset, values } = self.space.extent(dim);
        !unset && matches!(values, Values::Only(words) if words.len() <= count)
    }

    /// Whether a case rests on an expression of which little is known and that shares a place with another.
    fn is_vague(&self, witness: &Witness) -> bool {
        let places = |expr: &Expr| {
            let mut places: Vec<Expr> = Vec::new();
            expr.walk(&mut |part| {
                let item = matches!(part, Expr::Const(_) | Expr::Item | Expr::ItemField(_));
                if part != expr && !item {
                    places.push(part.clone());
                }
            });
            places
        };
        let decides = |dim: usize| {
            let narrowed = witness.extents[dim] != *self.space.extent_at(dim);
            narrowed || witness.relations.iter().any(|(id, _)| self.space.speaks_of(*id, dim))
        };
        self.meanings.iter().enumerate().any(|(dim, meaning)| {
            let Meaning::Opaque(expr) = meaning else { return false };
            let inner = places(expr);
            decides(dim)
                && self.meanings.iter().enumerate().any(|(other, meaning)| match meaning {
                    Meaning::Opaque(other_expr) => {
                        other != dim
                            && decides(other)
                            && places(other_expr).iter().any(|place| inner.contains(place))
                    }
                    Meaning::Place(place) | Meaning::Member(place, _) | Meaning::OtherMembers(place) => {
                        inner.contains(place) && decides(other)
                    }
                })
        })
    }

    /// A condition as a formula.
    pub(crate) fn formula(&mut self, expr: &Expr) -> Formula {
        match expr {
            Expr::Not(inner) => self.formula(inner).negated(),
            Expr::And(parts) => Formula::All(parts.iter().map(|part| self.formula(part)).collect()),
            Expr::Or(parts) => Formula::Any(parts.iter().map(|part| self.formula(part)).collect()),
            Expr::Const(Value::Bool(value)) => Formula::constant(*value),
            Expr::IsSet(place) => self.set(place),
            Expr::IsEmpty(of) => self.emptiness(of),
            Expr::In { word, set } => self.membership(word, set),
            Expr::Compare { how, left, right } => self.comparison(*how, left, right),
            _ => {
                let dim = self.dim(expr);
                let truth = self.word(&Value::Bool(true));
                Formula::literal(Atom::Is(dim, truth), true)
            }
        }
    }

    /// That a place is set.
    fn set(&mut self, place: &Expr) -> Formula {
        match self.resolved(place) {
            Expr::Const(value) => Formula::constant(value.is_set()),
            place => Formula::literal(Atom::Set(self.dim(&place)), true),
        }
    }

    fn emptiness(&mut self, of: &Expr) -> Formula {
        match self.kind(of) {
            Some(Kind::Set { .. }) => {
                let sum = self.size(of);
                let none = sum.iter().map(|(dim, _)| Formula::literal(Atom::AtMost(*dim, 0), true));
                let none = none.collect();
                Formula::All(vec![self.set(of), Formula::All(none)])
            }
            _ => self.equality(of, &Expr::Const(Value::Text(Text::default()))),
        }
    }

    /// How many members a set has, as a sum.
    fn size(&mut self, set: &Expr) -> Vec<(Dim, i128)> {
        self.dim(set);
        let own = (0..self.meanings.len()).filter(|dim| {
            matches!(&self.meanings[*dim], Meaning::Member(of, _) | Meaning::OtherMembers(of) if of == set)
        });
        own.filter_map(|dim| Some((self.space.dim_at(dim)?, 1))).collect()
    }

    fn membership(&mut self, word: &Expr, set: &Expr) -> Formula {
        if let Expr::Const(Value::List(members)) = set {
            let each = |word: &Expr, member: &Value, guards: &mut Self| {
                guards.equality(word, &Expr::Const(member.clone()))
            };
            return Formula::Any(members.iter().map(|member| each(word, member, self)).collect());
        }
        self.dim(set);
        if let Expr::Const(Value::Text(word)) = word {
            return self.member(set, word);
        }
        let named: Vec<Text> = self
            .meanings
            .iter()
            .filter_map(|meaning| match meaning {
                Meaning::Member(of, word) if of == set => Some(word.clone()),
                _ => None,
            })
            .collect();
        let mut cases = Vec::new();
        let mut other = vec![self.set(word)];
        for each in &named {
            let same = self.equality(word, &Expr::Const(Value::Text(each.clone())));
            other.push(same.negated());
            cases.push(Formula::All(vec![same, self.member(set, each)]));
        }
        if self.meanings.contains(&Meaning::OtherMembers(set.clone())) {
            let whole = Expr::In { word: word.clone().into(), set: set.clone().into() };
            let dim = self.dim(&whole);
            let truth = self.word(&Value::Bool(true));
            other.push(Formula::literal(Atom::Is(dim, truth), true));
            cases.push(Formula::All(other));
        }
        Formula::Any(cases)
    }

    fn member(&mut self, set: &Expr, word: &Text) -> Formula {
        match self.known_dim(&Meaning::Member(set.clone(), word.clone())) {
            Some(dim) => Formula::All(vec![self.set(set), Formula::literal(Atom::AtLeast(dim, 1), true)]),
            None => Formula::FALSE,
        }
    }

    fn comparison(&mut self, how: Comparison, left: &Expr, right: &Expr) -> Formula {
        if how == Comparison::NotEqual {
            return self.comparison(Comparison::Equal, left, right).negated();
        }
        if !self.is_number(left) && !self.is_number(right) {
            return self.equality(left, right);
        }
        let (Some(left), Some(right)) = (self.sum(left), self.sum(right)) else {
            let whole = Expr::Compare { how, left: left.clone().into(), right: right.clone().into() };
            let dim = self.dim(&whole);
            let truth = self.word(&Value::Bool(true));
            return Formula::literal(Atom::Is(dim, truth), true);
        };
        let (sum, zero) = difference(left, &right);
        let opposite: Vec<(Dim, i128)> = sum.iter().map(|(dim, factor)| (*dim, -factor)).collect();
        match how {
            Comparison::Less => self.space.at_most(&sum, -zero - 1),
            Comparison::LessOrEqual => self.space.at_most(&sum, -zero),
            Comparison::Greater => self.space.at_most(&opposite, zero - 1),
            Comparison::GreaterOrEqual => self.space.at_most(&opposite, zero),
            Comparison::Equal | Comparison::NotEqual => {
                Formula::All(vec![self.space.at_most(&sum, -zero), self.space.at_most(&opposite, zero)])
            }
        }
    }

    /// That two values which are no numbers are set and the same.
    fn equality(&mut self, left: &Expr, right: &Expr) -> Formula {
        let (left, right) = (self.resolved(left), self.resolved(right));
        if matches!(self.kind(&left).or(self.kind(&right)), Some(Kind::Set { .. })) {
            return self.same_sets(&left, &right);
        }
        match (&left, &right) {
            (Expr::Const(one), Expr::Const(other)) => Formula::constant(one.is_set() && one == other),
            (place, Expr::Const(value)) | (Expr::Const(value), place) => match self.truth(place) {
                Some(formula) if *value == Value::Bool(true) => formula,
                Some(formula) => formula.negated(),
                None => {
                    let (dim, word) = (self.dim(place), self.word(value));
                    Formula::literal(Atom::Is(dim, word), true)
                }
            },
            (one, other) => match (self.truth(one), self.truth(other)) {
                (None, None) => {
                    let (one, other) = (self.dim(one), self.dim(other));
                    self.space.same(one, other)
                }
                (left, right) => {
                    let (left, right) = (
                        left.unwrap_or_else(|| self.formula(one)),
                        right.unwrap_or_else(|| self.formula(other)),
                    );
                    left.iff(&right)
                }
            },
        }
    }

    /// A truth value that is computed, as a condition; nothing for a place.
    fn truth(&mut self, expr: &Expr) -> Option<Formula> {
        let computed = matches!(
            expr,
            Expr::Not(_)
                | Expr::And(_)
                | Expr::Or(_)
                | Expr::Compare { .. }
                | Expr::In { .. }
                | Expr::IsSet(_)
                | Expr::IsEmpty(_)
        );
        computed.then(|| self.formula(expr))
    }

    fn same_sets(&mut self, left: &Expr, right: &Expr) -> Formula {
        let (set, other) = if matches!(left, Expr::Const(_)) { (right, left) } else { (left, right) };
        self.dim(set);
        let mut parts = vec![self.set(set), self.set(other)];
        for meaning in self.meanings.clone() {
            match meaning {
                Meaning::Member(of, word) if of == *set => {
                    let own = self.member(set, &word);
                    let theirs = match other {
                        Expr::Const(Value::List(members)) => {
                            Formula::constant(members.contains(&Value::Text(word)))
                        }
                        _ => {
                            self.dim(other);
                            self.member(other, &word)
                        }
                    };
                    parts.push(own.iff(&theirs));
                }
                Meaning::OtherMembers(of) if of == *set => parts.push(self.same_others(set, other)),
                _ => {}
            }
        }
        Formula::All(parts)
    }

    /// That two sets have the same words without a name: none, or it is not known.
    fn same_others(&mut self, set: &Expr, other: &Expr) -> Formula {
        let own = self.no_others(set);
        match other {
            Expr::Const(_) => own,
            _ => {
                let theirs = self.no_others(other);
                let whole = Expr::Compare {
                    how: Comparison::Equal,
                    left: set.clone().into(),
                    right: other.clone().into(),
                };
                let (dim, truth) = (self.dim(&whole), self.word(&Value::Bool(true)));
                let alike = Formula::literal(Atom::Is(dim, truth), true);
                let some = Formula::All(vec![own.negated(), theirs.negated(), alike]);
                Formula::Any(vec![Formula::All(vec![own, theirs]), some])
            }
        }
    }

    fn no_others(&mut self, set: &Expr) -> Formula {
        match self.known_dim(&Meaning::OtherMembers(set.clone())) {
            Some(dim) => Formula::literal(Atom::AtMost(dim, 0), true),
            None => Formula::TRUE,
        }
    }

    /// An expression as dimensions with factors and a constant.
    fn sum(&mut self, expr: &Expr) -> Option<(Vec<(Dim, i128)>, i128)> {
        match expr {
            Expr::Const(Value::Int(int)) => Some((Vec::new(), i128::from(*int))),
            Expr::Add(left, right) => {
                let (mut sum, constant) = self.sum(left)?;
                let (more, other) = self.sum(right)?;
                sum.extend(more);
                Some((sum, constant.checked_add(other)?))
            }
            Expr::Subtract(left, right) => {
                let right = self.sum(right)?;
                Some(difference(self.sum(left)?, &right))
            }
            Expr::Multiply(of, factor) => {
                let (sum, constant) = self.sum(of)?;
                let factor = i128::from(*factor);
                let sum = sum.into_iter().map(|(dim, own)| Some((dim, own.checked_mul(factor)?)));
                Some((sum.collect::<Option<_>>()?, constant.checked_mul(factor)?))
            }
            Expr::Number(set) if matches!(self.kind(set), Some(Kind::Set { .. })) => {
                Some((self.size(set), 0))
            }
            _ => match self.resolved(expr) {
                Expr::Const(Value::Int(int)) => Some((Vec::new(), i128::from(int))),
                place => Some((vec![(self.dim(&place), 1)], 0)),
            },
        }
    }
}

fn difference(left: (Vec<(Dim, i128)>, i128), right: &(Vec<(Dim, i128)>, i128)) -> (Vec<(Dim, i128)>, i128) {
    let (mut sum, constant) = left;
    sum.extend(right.0.iter().map(|(dim, factor)| (*dim, -factor)));
    (sum, constant.saturating_sub(right.1))
}
