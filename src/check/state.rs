//! Literals that are taken to hold together, and whether they can.
//!
//! Equalities are merged into classes (union-find), each with a constant, the words left to it, or any text; integers
//! are held as differences `x - y <= c`, which fit together unless a circle of them adds up to less than nothing
//! (Bellman and Ford).

use flowspec_runtime::time::{DAY, FIRST_DATE, LAST_DATE};
use flowspec_runtime::{Text, Value};

use super::guards::{Guards, Literal, Sum};
use crate::model::{Expr, Kind, Rule};

/// Literals that hold together as far as was found out.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    literals: Vec<Literal>,
    vague: bool,
}

impl State {
    /// Takes a literal; no, if its opposite was taken.
    pub(super) fn add(&mut self, literal: &Literal) -> bool {
        let opposite = self.literals.iter().any(|known| match (known, literal) {
            (Literal::Set(a, one), Literal::Set(b, other)) => a == b && one != other,
            (Literal::Member(a, word, one), Literal::Member(b, same, other)) => {
                a == b && word == same && one != other
            }
            (Literal::Opaque(a, one), Literal::Opaque(b, other)) => a == b && one != other,
            _ => false,
        });
        if !self.literals.contains(literal) {
            self.vague |= match literal {
                Literal::Opaque(..) => true,
                Literal::AtMost(sum, _) => edge(sum, 0).is_none(),
                _ => false,
            };
            self.literals.push(literal.clone());
        }
        !opposite
    }

    /// Whether something was taken of which nothing is known.
    pub(super) fn is_vague(&self) -> bool {
        self.vague
    }

    /// What was taken, in the order in which it was.
    pub(super) fn literals(&self) -> &[Literal] {
        &self.literals
    }

    /// Whether all that was taken can hold at once.
    pub(super) fn is_consistent(&self, guards: &Guards) -> bool {
        Classes::new(&self.literals, guards).is_some_and(|classes| classes.can_be_filled())
            && Numbers::new(&self.literals, guards).is_consistent()
    }

    /// The words and constants that a place may have.
    pub(super) fn class(&self, place: &Expr, guards: &Guards) -> Class {
        let classes = Classes::new(&self.literals, guards);
        classes.map(|classes| classes.of(place)).unwrap_or_default()
    }

    /// The least and the greatest that a number may be, with the bounds of its type.
    pub(super) fn bounds(&self, place: &Expr, guards: &Guards) -> (Option<i128>, Option<i128>) {
        Numbers::new(&self.literals, guards).bounds(place)
    }
}

/// What is known of values that are equal to one another.
#[derive(Debug, Clone, Default)]
pub(super) struct Class {
    /// The constant that they are.
    pub(super) constant: Option<Value>,
    /// Constants that they are not.
    pub(super) excluded: Vec<Value>,
    /// All that they may be, where that is a finite choice.
    pub(super) domain: Option<Vec<Value>>,
}

impl Class {
    /// What they may still be, where that is a finite choice.
    pub(super) fn left(&self) -> Option<Vec<Value>> {
        let domain = self.domain.as_ref()?;
        Some(domain.iter().filter(|value| !self.excluded.contains(value)).cloned().collect())
    }
}

struct Classes<'s> {
    terms: Vec<&'s Expr>,
    parents: Vec<usize>,
    classes: Vec<Class>,
    apart: Vec<(usize, usize)>,
}

impl<'s> Classes<'s> {
    /// Merges what is equal; nothing if two constants would be one.
    fn new(literals: &'s [Literal], guards: &Guards) -> Option<Self> {
        let mut classes =
            Self { terms: Vec::new(), parents: Vec::new(), classes: Vec::new(), apart: Vec::new() };
        for literal in literals {
            let Literal::Equal(left, right, equal) = literal else { continue };
            let pair = (classes.term(left, guards), classes.term(right, guards));
            match equal {
                true => classes.merge(pair.0, pair.1)?,
                false => classes.apart.push(pair),
            }
        }
        for (left, right) in classes.apart.clone() {
            let (left, right) = (classes.root(left), classes.root(right));
            if left == right {
                return None;
            }
            for (one, other) in [(left, right), (right, left)] {
                if let Some(constant) = classes.classes[other].constant.clone() {
                    classes.classes[one].excluded.push(constant);
                }
            }
        }
        Some(classes)
    }

    fn term(&mut self, expr: &'s Expr, guards: &Guards) -> usize {
        if let Some(known) = self.terms.iter().position(|term| *term == expr) {
            return known;
        }
        let constant = if let Expr::Const(value) = expr { Some(value.clone()) } else { None };
        self.terms.push(expr);
        self.parents.push(self.parents.len());
        self.classes.push(Class { constant, excluded: Vec::new(), domain: domain(expr, guards) });
        self.terms.len() - 1
    }

    fn root(&self, mut term: usize) -> usize {
        while self.parents[term] != term {
            term = self.parents[term];
        }
        term
    }

    fn merge(&mut self, left: usize, right: usize) -> Option<()> {
        let (left, right) = (self.root(left), self.root(right));
        if left == right {
            return Some(());
        }
        let other = self.classes[right].clone();
        let class = &mut self.classes[left];
        match (&class.constant, other.constant) {
            (Some(one), Some(two)) if *one != two => return None,
            (None, Some(constant)) => class.constant = Some(constant),
            _ => {}
        }
        class.domain = match (class.domain.take(), other.domain) {
            (Some(one), Some(two)) => Some(one.into_iter().filter(|value| two.contains(value)).collect()),
            (one, two) => one.or(two),
        };
        self.parents[right] = left;
        Some(())
    }

    /// Whether every class can have a value of its own choice, apart from those that it must differ from.
    fn can_be_filled(&self) -> bool {
        let roots: Vec<usize> = (0..self.terms.len()).filter(|term| self.parents[*term] == *term).collect();
        let mut values: Vec<Option<Value>> = vec![None; self.terms.len()];
        for root in &roots {
            let class = &self.classes[*root];
            if let Some(constant) = &class.constant {
                let fits = class.domain.as_ref().is_none_or(|domain| domain.contains(constant));
                if !fits || class.excluded.contains(constant) {
                    return false;
                }
                values[*root] = Some(constant.clone());
            }
        }
        let free: Vec<usize> = roots.into_iter().filter(|root| values[*root].is_none()).collect();
        self.fill(&free, &mut values, &mut 10_000)
    }

    fn fill(&self, free: &[usize], values: &mut Vec<Option<Value>>, tries: &mut u32) -> bool {
        let Some((root, rest)) = free.split_first() else { return true };
        let Some(left) = self.classes[*root].left() else { return self.fill(rest, values, tries) };
        for value in left {
            if *tries == 0 {
                return true;
            }
            *tries -= 1;
            let clash = self.apart.iter().any(|(one, other)| {
                let (one, other) = (self.root(*one), self.root(*other));
                let against = if one == *root { other } else { one };
                (one == *root || other == *root) && values[against].as_ref() == Some(&value)
            });
            if clash {
                continue;
            }
            values[*root] = Some(value);
            if self.fill(rest, values, tries) {
                return true;
            }
            values[*root] = None;
        }
        false
    }

    fn of(&self, place: &Expr) -> Class {
        let term = self.terms.iter().position(|term| *term == place);
        term.map(|term| self.classes[self.root(term)].clone()).unwrap_or_default()
    }
}

/// All values of a place, where these are few.
fn domain(place: &Expr, guards: &Guards) -> Option<Vec<Value>> {
    match &guards.type_of(place)?.kind {
        Kind::Bool => Some(vec![Value::Bool(false), Value::Bool(true)]),
        Kind::Word { members, others: None } => {
            Some(members.iter().map(|member| Value::Text(Text::clone(&member.name))).collect())
        }
        _ => None,
    }
}

/// Integers, as differences that are bounded from above; the first stands for 0.
struct Numbers<'s> {
    places: Vec<Option<&'s Expr>>,
    /// From, to, at most: `to - from <= bound`.
    edges: Vec<(usize, usize, i128)>,
}

impl<'s> Numbers<'s> {
    fn new(literals: &'s [Literal], guards: &Guards) -> Self {
        let mut numbers = Self { places: vec![None], edges: Vec::new() };
        for literal in literals {
            let Literal::AtMost(sum, bound) = literal else { continue };
            let Some((plus, minus, bound)) = edge(sum, *bound) else { continue };
            let to = plus.map_or(0, |place| numbers.place(place, guards));
            let from = minus.map_or(0, |place| numbers.place(place, guards));
            numbers.edges.push((from, to, bound));
        }
        numbers.fit_multiples(guards);
        numbers
    }

    fn place(&mut self, place: &'s Expr, guards: &Guards) -> usize {
        if let Some(known) = self.places.iter().position(|known| *known == Some(place)) {
            return known;
        }
        self.places.push(Some(place));
        let id = self.places.len() - 1;
        let (least, greatest) = range(place, guards);
        self.edges.extend(least.map(|least| (id, 0, -least)));
        self.edges.extend(greatest.map(|greatest| (0, id, greatest)));
        id
    }

    /// Bounds of a number that only has multiples of something are multiples too.
    fn fit_multiples(&mut self, guards: &Guards) {
        for (id, place) in (0..).zip(&self.places) {
            let Some(step) = place.and_then(|place| multiple(place, guards)) else { continue };
            for (from, to, bound) in &mut self.edges {
                if (*from, *to) == (0, id) || (*from, *to) == (id, 0) {
                    *bound = bound.div_euclid(step) * step;
                }
            }
        }
    }

    fn is_consistent(&self) -> bool {
        let mut distances = vec![0_i128; self.places.len()];
        for _ in 0..=self.places.len() {
            if !self.relax(&mut distances) {
                return true;
            }
        }
        false
    }

    fn relax(&self, distances: &mut [i128]) -> bool {
        let mut changed = false;
        for (from, to, bound) in &self.edges {
            let through = distances[*from].saturating_add(*bound);
            if through < distances[*to] {
                distances[*to] = through;
                changed = true;
            }
        }
        changed
    }

    fn bounds(&self, place: &Expr) -> (Option<i128>, Option<i128>) {
        let Some(id) = self.places.iter().position(|known| *known == Some(place)) else {
            return (None, None);
        };
        let greatest = self.distance(0, id);
        let least = self.distance(id, 0).map(|distance| -distance);
        (least, greatest)
    }

    fn distance(&self, start: usize, end: usize) -> Option<i128> {
        let far = i128::MAX / 4;
        let mut distances = vec![far; self.places.len()];
        distances[start] = 0;
        for _ in 0..self.places.len() {
            for (from, to, bound) in &self.edges {
                if distances[*from] < far {
                    distances[*to] = distances[*to].min(distances[*from].saturating_add(*bound));
                }
            }
        }
        (distances[end] < far).then_some(distances[end])
    }
}

/// A sum that is at most something, as one value less another; nothing where it is more than that.
fn edge(sum: &Sum, bound: i128) -> Option<(Option<&Expr>, Option<&Expr>, i128)> {
    match sum.as_slice() {
        [] => Some((None, None, bound)),
        [(place, factor)] if *factor > 0 => Some((Some(place), None, bound.div_euclid(*factor))),
        [(place, factor)] => Some((None, Some(place), bound.div_euclid(-*factor))),
        [(plus, 1), (minus, -1)] | [(minus, -1), (plus, 1)] => Some((Some(plus), Some(minus), bound)),
        _ => None,
    }
}

/// The least and the greatest that a number's type takes.
pub(super) fn range(place: &Expr, guards: &Guards) -> (Option<i128>, Option<i128>) {
    let Some(of) = guards.type_of(place) else { return (None, None) };
    let (mut least, mut greatest) = match of.kind {
        Kind::Duration | Kind::Instant => (Some(0), None),
        Kind::Date => (Some(i128::from(FIRST_DATE)), Some(i128::from(LAST_DATE))),
        _ => (None, None),
    };
    for constraint in &of.constraints {
        if let Rule::Range { min, max } = &constraint.rule {
            least = min.map(i128::from).max(least);
            greatest = match (greatest, max.map(i128::from)) {
                (Some(one), Some(other)) => Some(std::cmp::min(one, other)),
                (one, other) => one.or(other),
            };
        }
    }
    (least, greatest)
}

fn multiple(place: &Expr, guards: &Guards) -> Option<i128> {
    let of = guards.type_of(place)?;
    if of.kind == Kind::Date {
        return Some(DAY.into());
    }
    of.constraints.iter().find_map(|constraint| match constraint.rule {
        Rule::MultipleOf(step) => Some(i128::from(step)),
        _ => None,
    })
}
