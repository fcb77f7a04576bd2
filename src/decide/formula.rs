//! Conditions without negations over literals, and what a part of the space makes of them.

use super::extent::{Extent, Values, Word};
use super::{Dim, Point, Relation, Space};

/// A condition that is not made of others; none holds where its dimension is unset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Atom {
    /// The dimension is set.
    Set(Dim),
    /// An integer is at most this.
    AtMost(Dim, i128),
    /// An integer is at least this.
    AtLeast(Dim, i128),
    /// A word is this one.
    Is(Dim, Word),
    /// A relation of the space holds.
    Related(u32),
}

impl Atom {
    /// The one dimension that it is about, unless it is a relation.
    pub fn dim(&self) -> Option<Dim> {
        match self {
            Self::Set(dim) | Self::AtMost(dim, _) | Self::AtLeast(dim, _) | Self::Is(dim, _) => Some(*dim),
            Self::Related(_) => None,
        }
    }
}

impl Atom {
    fn at(&self, space: &Space, point: &[Point]) -> bool {
        let value = |dim: &Dim| point[dim.index()];
        match self {
            Self::Set(dim) => value(dim) != Point::Unset,
            Self::AtMost(dim, bound) => matches!(value(dim), Point::Int(int) if int <= *bound),
            Self::AtLeast(dim, bound) => matches!(value(dim), Point::Int(int) if int >= *bound),
            Self::Is(dim, word) => value(dim) == Point::Word(*word),
            Self::Related(relation) => match space.relation(*relation) {
                Relation::Same(left, right) => value(left) != Point::Unset && value(left) == value(right),
                Relation::AtMost(sum, bound) => {
                    let term = |(dim, factor): &(Dim, i128)| match value(dim) {
                        Point::Int(int) => int.checked_mul(*factor),
                        _ => None,
                    };
                    let sum = sum.iter().map(term).try_fold(0, |sum: i128, term| sum.checked_add(term?));
                    sum.is_some_and(|sum| sum <= *bound)
                }
            },
        }
    }
}

/// An atom or its opposite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Literal {
    /// The atom.
    pub atom: Atom,
    /// Whether it holds.
    pub truth: bool,
}

/// A condition in negation normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Formula {
    /// A literal.
    Literal(Literal),
    /// All of these; always, if there is none.
    All(Vec<Formula>),
    /// At least one of these; never, if there is none.
    Any(Vec<Formula>),
}

impl Formula {
    /// What always holds.
    pub const TRUE: Self = Self::All(Vec::new());
    /// What never holds.
    pub const FALSE: Self = Self::Any(Vec::new());

    /// One that always or never holds.
    pub fn constant(truth: bool) -> Self {
        if truth { Self::TRUE } else { Self::FALSE }
    }

    /// An atom, or its opposite.
    pub fn literal(atom: Atom, truth: bool) -> Self {
        Self::Literal(Literal { atom, truth })
    }

    /// The opposite.
    #[must_use]
    pub fn negated(&self) -> Self {
        match self {
            Self::Literal(Literal { atom, truth }) => Self::literal(*atom, !truth),
            Self::All(parts) => Self::Any(parts.iter().map(Self::negated).collect()),
            Self::Any(parts) => Self::All(parts.iter().map(Self::negated).collect()),
        }
    }

    /// That this one holds just where another does.
    #[must_use]
    pub fn iff(&self, other: &Self) -> Self {
        Self::Any(vec![
            Self::All(vec![self.clone(), other.clone()]),
            Self::All(vec![self.negated(), other.negated()]),
        ])
    }

    /// Visits its literals, in order.
    pub fn literals(&self, visit: &mut impl FnMut(&Literal)) {
        match self {
            Self::Literal(literal) => visit(literal),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.literals(visit)),
        }
    }

    /// Whether it holds at a point.
    pub(super) fn at(&self, space: &Space, point: &[Point]) -> bool {
        match self {
            Self::Literal(Literal { atom, truth }) => atom.at(space, point) == *truth,
            Self::All(parts) => parts.iter().all(|part| part.at(space, point)),
            Self::Any(parts) => parts.iter().any(|part| part.at(space, point)),
        }
    }

    /// Whether it holds throughout a part of the space, nowhere in it, or neither.
    pub(super) fn within(&self, region: &Region) -> Option<bool> {
        match self {
            Self::Literal(literal) => region.literal(literal),
            Self::All(parts) => combined(parts, region, false),
            Self::Any(parts) => combined(parts, region, true),
        }
    }
}

/// Whether parts decide: one that is `winning` does, and so does none that is open.
fn combined(parts: &[Formula], region: &Region, winning: bool) -> Option<bool> {
    let mut all = Some(!winning);
    for part in parts {
        match part.within(region) {
            Some(truth) if truth == winning => return Some(winning),
            Some(_) => {}
            None => all = None,
        }
    }
    all
}

/// A part of a space: what is left of each dimension, and the relations that were decided.
#[derive(Debug)]
pub(super) struct Region<'s> {
    pub(super) space: &'s Space,
    pub(super) extents: Vec<Extent>,
    pub(super) related: Vec<Option<bool>>,
    /// What was changed, to be undone.
    trail: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Extent(usize, Extent),
    Related(usize),
}

impl<'s> Region<'s> {
    pub(super) fn whole(space: &'s Space) -> Self {
        let related = vec![None; space.relations.len()];
        Self { space, extents: space.extents.clone(), related, trail: Vec::new() }
    }

    pub(super) fn extent(&self, dim: Dim) -> &Extent {
        &self.extents[dim.index()]
    }

    /// A mark to go back to.
    pub(super) fn mark(&self) -> usize {
        self.trail.len()
    }

    /// Takes back all changes since a mark.
    pub(super) fn undo(&mut self, mark: usize) {
        while self.trail.len() > mark {
            match self.trail.pop() {
                Some(Change::Extent(dim, extent)) => self.extents[dim] = extent,
                Some(Change::Related(relation)) => self.related[relation] = None,
                None => return,
            }
        }
    }

    /// Leaves this of a dimension; no, if nothing is left.
    pub(super) fn leave(&mut self, dim: Dim, extent: Extent) -> bool {
        let possible = !extent.is_empty();
        let known = &mut self.extents[dim.index()];
        if *known != extent {
            let before = std::mem::replace(known, extent);
            self.trail.push(Change::Extent(dim.index(), before));
        }
        possible
    }

    /// Whether a literal holds throughout, nowhere, or neither.
    pub(super) fn literal(&self, literal: &Literal) -> Option<bool> {
        self.atom(&literal.atom).map(|truth| truth == literal.truth)
    }

    fn atom(&self, atom: &Atom) -> Option<bool> {
        match atom {
            Atom::Set(dim) => {
                let extent = self.extent(*dim);
                if extent.unset && extent.may_be_set() { None } else { Some(!extent.unset) }
            }
            Atom::AtMost(dim, bound) => {
                self.number(*dim, |least, greatest| (greatest <= *bound, least > *bound))
            }
            Atom::AtLeast(dim, bound) => {
                self.number(*dim, |least, greatest| (least >= *bound, greatest < *bound))
            }
            Atom::Is(dim, word) => {
                let extent = self.extent(*dim);
                if !extent.values.contains(*word) {
                    return Some(false);
                }
                let only = matches!(&extent.values, Values::Only(words) if words.len() == 1);
                (only && !extent.unset).then_some(true)
            }
            Atom::Related(relation) => {
                let decided = self.related[*relation as usize];
                decided.or_else(|| {
                    let unset = self.space.relation(*relation).dims().any(|dim| self.extent(dim).is_unset());
                    unset.then_some(false)
                })
            }
        }
    }

    fn number(&self, dim: Dim, judge: impl Fn(i128, i128) -> (bool, bool)) -> Option<bool> {
        let extent = self.extent(dim);
        let Values::Range { least, greatest, .. } = extent.values else { return Some(false) };
        match judge(least, greatest) {
            (true, _) if !extent.unset => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }

    /// Leaves only where a literal holds; no, if that is nowhere.
    pub(super) fn apply(&mut self, literal: &Literal) -> bool {
        if let Some(truth) = self.literal(literal) {
            return truth;
        }
        let Some(dim) = literal.atom.dim() else { return self.relate(literal) };
        let extent = self.extent(dim);
        let values = match (&literal.atom, literal.truth) {
            (Atom::Set(_), true) => extent.values.clone(),
            (Atom::Set(_), false) => Values::None,
            (Atom::AtMost(_, bound), true) => extent.values.at_most(*bound),
            (Atom::AtMost(_, bound), false) => extent.values.at_least(bound.saturating_add(1)),
            (Atom::AtLeast(_, bound), true) => extent.values.at_least(*bound),
            (Atom::AtLeast(_, bound), false) => extent.values.at_most(bound.saturating_sub(1)),
            (Atom::Is(_, word), true) if extent.values.contains(*word) => Values::Only(vec![*word]),
            (Atom::Is(_, word), false) => extent.values.without(*word),
            (Atom::Is(..) | Atom::Related(_), _) => Values::None,
        };
        let unset = extent.unset && !literal.truth;
        self.leave(dim, Extent { unset, values })
    }

    fn relate(&mut self, literal: &Literal) -> bool {
        let Atom::Related(relation) = literal.atom else { return false };
        self.related[relation as usize] = Some(literal.truth);
        self.trail.push(Change::Related(relation as usize));
        let dims: Vec<Dim> = self.space.relation(relation).dims().collect();
        !literal.truth
            || dims.into_iter().all(|dim| {
                let values = self.extent(dim).values.clone();
                self.leave(dim, Extent { unset: false, values })
            })
    }
}
