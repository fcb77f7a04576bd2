//! Words that are equal or differ: classes of equal ones (union-find), and a value for each class.

use super::extent::{Values, Word};
use super::formula::Region;
use super::{Dim, Point, Relation};

/// How many values are tried before nothing is claimed.
const TRIES: u32 = 20_000;

/// What became of equalities.
pub(super) enum Words {
    /// They cannot all hold.
    None,
    /// These values of dimensions fulfil them.
    Some(Vec<(Dim, Point)>),
    /// It was not found out.
    Open,
}

/// Values for all dimensions of words that relations of a region speak of.
pub(super) fn solve(region: &Region) -> Words {
    let mut classes = Classes::default();
    for (relation, truth) in region.space.relations.iter().zip(&region.related) {
        let (Relation::Same(left, right), Some(truth)) = (relation, truth) else { continue };
        // What is unset is equal to nothing.
        if !*truth && (region.extent(*left).unset || region.extent(*right).unset) {
            continue;
        }
        let pair = (classes.member(*left, region), classes.member(*right, region));
        match truth {
            true => classes.merge(pair.0, pair.1),
            false => classes.apart.push(pair),
        }
    }
    classes.fill()
}

#[derive(Default)]
struct Classes {
    dims: Vec<Dim>,
    parents: Vec<usize>,
    values: Vec<Values>,
    apart: Vec<(usize, usize)>,
}

impl Classes {
    fn member(&mut self, dim: Dim, region: &Region) -> usize {
        self.dims.iter().position(|known| *known == dim).unwrap_or_else(|| {
            self.dims.push(dim);
            self.parents.push(self.parents.len());
            self.values.push(region.extent(dim).values.clone());
            self.dims.len() - 1
        })
    }

    fn root(&self, mut member: usize) -> usize {
        while self.parents[member] != member {
            member = self.parents[member];
        }
        member
    }

    fn merge(&mut self, left: usize, right: usize) {
        let (left, right) = (self.root(left), self.root(right));
        if left != right {
            self.values[left] = self.values[left].intersection(&self.values[right]);
            self.parents[right] = left;
        }
    }

    fn fill(&self) -> Words {
        let roots = (0..self.dims.len()).filter(|member| self.parents[*member] == *member);
        let (mut finite, mut free): (Vec<usize>, Vec<usize>) =
            roots.partition(|root| matches!(self.values[*root], Values::Only(_) | Values::None));
        finite
            .sort_by_key(|root| if let Values::Only(words) = &self.values[*root] { words.len() } else { 0 });
        let apart: Vec<(usize, usize)> =
            self.apart.iter().map(|(one, other)| (self.root(*one), self.root(*other))).collect();
        if apart.iter().any(|(one, other)| one == other) {
            return Words::None;
        }
        let mut chosen: Vec<Option<Point>> = vec![None; self.dims.len()];
        let mut tries = TRIES;
        match self.choose(&finite, &apart, &mut chosen, &mut tries) {
            Some(true) => {}
            Some(false) => return Words::None,
            None => return Words::Open,
        }
        // There are more texts than can be named, so these never stand in one another's way.
        for (number, root) in (0..).zip(free.drain(..)) {
            chosen[root] = Some(Point::Other(number));
        }
        let value = |member: usize| chosen[self.root(member)].unwrap_or(Point::Unset);
        Words::Some(self.dims.iter().enumerate().map(|(member, dim)| (*dim, value(member))).collect())
    }

    fn choose(
        &self,
        open: &[usize],
        apart: &[(usize, usize)],
        chosen: &mut Vec<Option<Point>>,
        tries: &mut u32,
    ) -> Option<bool> {
        let Some((root, rest)) = open.split_first() else { return Some(true) };
        let words: &[Word] = if let Values::Only(words) = &self.values[*root] { words } else { &[] };
        for word in words {
            *tries = tries.checked_sub(1)?;
            let point = Some(Point::Word(*word));
            let clash = apart.iter().any(|(one, other)| {
                (one == root && chosen[*other] == point) || (other == root && chosen[*one] == point)
            });
            if clash {
                continue;
            }
            chosen[*root] = point;
            if self.choose(rest, apart, chosen, tries)? {
                return Some(true);
            }
            chosen[*root] = None;
        }
        Some(false)
    }
}
