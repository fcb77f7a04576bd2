//! Whether conditions can hold together: exact, with a witness, and without a claim where the budget runs out.
//!
//! Conditions are formulas over dimensions: integers between bounds, words out of a finite choice or any text, each of
//! which may also be unset. [`Space::solve`] splits the space at the constants that the formulas name, always where the
//! fewest conditions are cut in two, and settles what a part decides. What holds between several dimensions (one equals
//! another, a sum is at most so much) is taken to be true or false, and whether that can be is then asked of two small
//! theories: classes of equal values, and integers under linear inequalities. Many conditions without such relations are
//! decided by counting what they leave.
//!
//! Nothing here knows of flows; `guards` turns conditions into formulas.

mod cells;
mod counting;
mod equality;
mod extent;
mod formula;
mod linear;
mod pairs;
mod part;
mod search;
mod split;

pub use extent::{Extent, Values, Word};
pub use formula::{Atom, Formula, Literal};
pub use linear::{Inequality, Integers, solve as solve_integers};
pub use pairs::{Bounds, Pairs};
pub use part::Part;
pub use search::Budget;

/// A dimension of a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dim(u32);

impl Dim {
    /// Its position among the dimensions of its space.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Something between several dimensions that holds or not; it does not hold where one of them is unset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    /// Two dimensions of words have the same value.
    Same(Dim, Dim),
    /// A sum of integers with their factors is at most this; no dimension twice, no factor 0.
    AtMost(Vec<(Dim, i128)>, i128),
}

impl Relation {
    fn dims(&self) -> impl Iterator<Item = Dim> + '_ {
        let (pair, sum) = match self {
            Self::Same(left, right) => (vec![*left, *right], &[][..]),
            Self::AtMost(sum, _) => (Vec::new(), sum.as_slice()),
        };
        pair.into_iter().chain(sum.iter().map(|(dim, _)| *dim))
    }
}

/// The dimensions over which formulas speak.
#[derive(Debug, Clone, Default)]
pub struct Space {
    extents: Vec<Extent>,
    relations: Vec<Relation>,
}

impl Space {
    /// Adds a dimension that can have these values.
    pub fn dimension(&mut self, extent: Extent) -> Dim {
        self.extents.push(extent);
        Dim(u32::try_from(self.extents.len() - 1).unwrap_or(u32::MAX))
    }

    /// All that a dimension can be.
    pub fn extent(&self, dim: Dim) -> &Extent {
        &self.extents[dim.index()]
    }

    /// The dimension at a position.
    pub fn dim_at(&self, index: usize) -> Option<Dim> {
        (index < self.extents.len()).then(|| Dim(u32::try_from(index).unwrap_or(u32::MAX)))
    }

    /// All that the dimension at a position can be.
    pub fn extent_at(&self, index: usize) -> &Extent {
        &self.extents[index]
    }

    /// Whether a relation speaks of the dimension at a position.
    pub fn speaks_of(&self, relation: u32, index: usize) -> bool {
        self.relation(relation).dims().any(|dim| dim.index() == index)
    }

    /// How many dimensions there are.
    pub fn len(&self) -> usize {
        self.extents.len()
    }

    /// Whether there is no dimension.
    pub fn is_empty(&self) -> bool {
        self.extents.is_empty()
    }

    /// What relations of the formulas stand for.
    pub fn relation(&self, relation: u32) -> &Relation {
        &self.relations[relation as usize]
    }

    /// Whether a formula holds everywhere, nowhere, or neither, as far as can be seen at once.
    pub fn holds(&self, formula: &Formula) -> Option<bool> {
        formula.within(&formula::Region::whole(self))
    }

    /// Whether a formula holds at a point, which has a value for each dimension.
    pub fn holds_at(&self, formula: &Formula, point: &[Point]) -> bool {
        formula.at(self, point)
    }

    /// That two dimensions of words are the same.
    pub fn same(&mut self, left: Dim, right: Dim) -> Formula {
        let (left, right) = (left.min(right), left.max(right));
        if left == right {
            return Formula::literal(Atom::Set(left), true);
        }
        self.related(Relation::Same(left, right))
    }

    /// That a sum of integers with their factors is at most this.
    pub fn at_most(&mut self, sum: &[(Dim, i128)], bound: i128) -> Formula {
        let mut terms: Vec<(Dim, i128)> = Vec::new();
        for (dim, factor) in sum {
            match terms.iter_mut().find(|(known, _)| known == dim) {
                Some((_, own)) => *own = own.saturating_add(*factor),
                None => terms.push((*dim, *factor)),
            }
        }
        terms.retain(|(_, factor)| *factor != 0);
        terms.sort_unstable();
        match terms.as_slice() {
            [] => Formula::constant(bound >= 0),
            [(dim, factor)] if *factor > 0 => {
                Formula::literal(Atom::AtMost(*dim, bound.div_euclid(*factor)), true)
            }
            [(dim, factor)] => {
                Formula::literal(Atom::AtLeast(*dim, -bound.div_euclid(factor.saturating_neg())), true)
            }
            _ => self.related(Relation::AtMost(terms, bound)),
        }
    }

    fn related(&mut self, relation: Relation) -> Formula {
        let known = self.relations.iter().position(|known| *known == relation);
        let index = known.unwrap_or_else(|| {
            self.relations.push(relation);
            self.relations.len() - 1
        });
        Formula::literal(Atom::Related(u32::try_from(index).unwrap_or(u32::MAX)), true)
    }
}

/// Whether formulas can hold together.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// They cannot.
    Impossible,
    /// They can, as in this case.
    Possible(Witness),
    /// It was not found out.
    Open,
}

/// A case in which formulas hold together.
#[derive(Debug, Clone)]
pub struct Witness {
    /// What each dimension may be, with the relations below; in all of that the formulas hold.
    pub extents: Vec<Extent>,
    /// The relations that matter, and whether they hold.
    pub relations: Vec<(u32, bool)>,
    /// A value for each dimension that fits all of it.
    pub values: Vec<Point>,
}

/// A value of a dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Point {
    /// No value.
    Unset,
    /// An integer.
    Int(i128),
    /// A word that was named.
    Word(Word),
    /// Some other text; equal numbers are equal texts.
    Other(u32),
}
