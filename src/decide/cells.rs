//! The cells into which constants divide the dimensions of a space, and the blocks of them that conditions are.
//!
//! Within a cell no condition tells two values apart, so whatever conditions without relations say of a space is said of
//! finitely many cells.

use super::extent::{Extent, Values, Word};
use super::formula::{Atom, Formula, Literal};
use super::{Dim, Space};

/// Cells of a dimension from the first to before the second.
pub(super) type Stretch = (u32, u32);

/// Some cells of a dimension, as stretches in order that do not touch.
pub(super) type Cells = Vec<Stretch>;

/// Some cells of each dimension that it narrows, by dimension: all points whose every value is among them.
pub(super) type Block = Vec<(usize, Cells)>;

/// More blocks than this for one condition are not made.
const BLOCKS: usize = 64;

/// A dimension in cells; being unset, where that can be, is the last.
#[derive(Debug)]
pub(super) struct Axis {
    values: Divided,
    unset: bool,
    count: u32,
}

#[derive(Debug)]
enum Divided {
    /// Numbers up to each of these, from `least`.
    Numbers { least: i128, ends: Vec<i128>, step: i128 },
    /// Each of these words, and then the rest, unless there is none.
    Words { named: Vec<Word>, rest: Values },
}

/// The dimensions of a space, as what is named of them divides them.
pub(super) fn axes<'f>(space: &Space, conditions: impl Iterator<Item = &'f Formula>) -> Vec<Axis> {
    let mut cuts: Vec<Vec<i128>> = vec![Vec::new(); space.len()];
    let mut words: Vec<Vec<Word>> = vec![Vec::new(); space.len()];
    conditions.for_each(|condition| {
        condition.literals(&mut |literal| match literal.atom {
            Atom::AtMost(dim, bound) => cuts[dim.index()].push(bound),
            Atom::AtLeast(dim, bound) => cuts[dim.index()].push(bound.saturating_sub(1)),
            Atom::Is(dim, word) => words[dim.index()].push(word),
            Atom::Set(_) | Atom::Related(_) => {}
        });
    });
    let named = cuts.into_iter().zip(words).enumerate();
    named.map(|(place, (cuts, words))| Axis::new(space.extent_at(place), cuts, words)).collect()
}

impl Axis {
    fn new(extent: &Extent, mut cuts: Vec<i128>, mut words: Vec<Word>) -> Self {
        let values = match &extent.values {
            Values::Range { least, greatest, step } => {
                cuts.iter_mut().for_each(|cut| *cut = cut.div_euclid(*step) * step);
                cuts.retain(|cut| least <= cut && cut < greatest);
                cuts.push(*greatest);
                cuts.sort_unstable();
                cuts.dedup();
                Divided::Numbers { least: *least, ends: cuts, step: *step }
            }
            values => {
                words.retain(|word| values.contains(*word));
                words.sort_unstable();
                words.dedup();
                let rest = words.iter().fold(values.clone(), |rest, word| rest.without(*word));
                Divided::Words { named: words, rest }
            }
        };
        let set = match &values {
            Divided::Numbers { ends, .. } => ends.len(),
            Divided::Words { named, rest } => named.len() + usize::from(*rest != Values::None),
        };
        let count = u32::try_from(set + usize::from(extent.unset)).unwrap_or(u32::MAX);
        Self { values, unset: extent.unset, count }
    }

    /// How many cells there are.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// Where a literal about this dimension holds.
    fn holding(&self, literal: &Literal) -> Cells {
        let set = self.count - u32::from(self.unset);
        let cells = match (&literal.atom, &self.values) {
            (Atom::Set(_), _) => (0, set),
            (Atom::AtMost(_, bound), Divided::Numbers { ends, .. }) => {
                (0, to_cell(ends.partition_point(|end| end <= bound)))
            }
            (Atom::AtLeast(_, bound), Divided::Numbers { ends, .. }) => {
                (to_cell(ends.partition_point(|end| end < bound)), set)
            }
            (Atom::Is(_, word), Divided::Words { named, .. }) => match named.binary_search(word) {
                Ok(place) => (to_cell(place), to_cell(place) + 1),
                Err(_) => (0, 0),
            },
            _ => (0, 0),
        };
        let holding = if cells.0 < cells.1 { vec![cells] } else { Vec::new() };
        if literal.truth { holding } else { self.others(&holding) }
    }

    /// All cells but these.
    fn others(&self, cells: &[Stretch]) -> Cells {
        let mut others = Vec::with_capacity(cells.len() + 1);
        let mut from = 0;
        for (start, end) in cells.iter().copied().chain([(self.count, self.count)]) {
            if from < start {
                others.push((from, start));
            }
            from = end;
        }
        others
    }

    fn is_all(&self, cells: &[Stretch]) -> bool {
        *cells == [(0, self.count)]
    }

    /// What the dimension may be within some cells.
    pub(super) fn extent(&self, (from, to): Stretch) -> Extent {
        let unset = self.unset && to == self.count;
        let set = (to - u32::from(unset)).max(from);
        let (first, last) = (from as usize, set as usize);
        let values = match &self.values {
            _ if first == last => Values::None,
            Divided::Numbers { least, ends, step } => {
                let low = first.checked_sub(1).map_or(*least, |before| ends[before] + step);
                Values::range(low, ends[last - 1], *step)
            }
            Divided::Words { named, rest } if last <= named.len() => {
                Values::Only(named[first..last].to_vec())
            }
            Divided::Words { named, rest } => match rest {
                Values::Only(others) => Values::only([&named[first..], others].concat()),
                Values::Except(words) => {
                    let outside = words.iter().filter(|word| !named[first..].contains(word));
                    Values::Except(outside.copied().collect())
                }
                _ => Values::only(named[first..].to_vec()),
            },
        };
        Extent { unset, values }
    }
}

fn to_cell(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// The blocks in which a condition holds, or does not; nothing where it speaks of relations, or they are too many.
pub(super) fn blocks(axes: &[Axis], condition: &Formula, truth: bool) -> Option<Vec<Block>> {
    match condition {
        Formula::Literal(literal) => {
            let dim = literal.atom.dim()?;
            let literal = Literal { truth: literal.truth == truth, ..*literal };
            Some(narrowed(axes, dim, axes[dim.index()].holding(&literal)))
        }
        Formula::All(parts) | Formula::Any(parts) => {
            let parts = parts.iter().map(|part| blocks(axes, part, truth));
            if matches!(condition, Formula::All(_)) == truth { all_of(parts) } else { any_of(axes, parts) }
        }
    }
}

fn narrowed(axes: &[Axis], dim: Dim, cells: Cells) -> Vec<Block> {
    match cells.is_empty() {
        true => Vec::new(),
        false if axes[dim.index()].is_all(&cells) => vec![Block::new()],
        false => vec![vec![(dim.index(), cells)]],
    }
}

fn all_of(parts: impl Iterator<Item = Option<Vec<Block>>>) -> Option<Vec<Block>> {
    let mut all = vec![Block::new()];
    for part in parts {
        let part = part?;
        if all.len() * part.len() > BLOCKS {
            return None;
        }
        all = all.iter().flat_map(|one| part.iter().filter_map(|other| both(one, other))).collect();
    }
    Some(all)
}

/// What is in two blocks, if anything is.
fn both(one: &Block, other: &Block) -> Option<Block> {
    let mut both = one.clone();
    for (dim, cells) in other {
        match both.binary_search_by_key(dim, |(dim, _)| *dim) {
            Ok(place) => {
                let shared = shared(&both[place].1, cells);
                if shared.is_empty() {
                    return None;
                }
                both[place].1 = shared;
            }
            Err(place) => both.insert(place, (*dim, cells.clone())),
        }
    }
    Some(both)
}

/// The cells that are in both.
pub(super) fn shared(one: &[Stretch], other: &[Stretch]) -> Cells {
    let mut shared = Vec::new();
    let (mut left, mut right) = (0, 0);
    while let (Some(a), Some(b)) = (one.get(left), other.get(right)) {
        let (from, to) = (a.0.max(b.0), a.1.min(b.1));
        if from < to {
            shared.push((from, to));
        }
        if a.1 < b.1 { left += 1 } else { right += 1 }
    }
    shared
}

/// Blocks that narrow one and the same dimension alone are joined into one.
fn any_of(axes: &[Axis], parts: impl Iterator<Item = Option<Vec<Block>>>) -> Option<Vec<Block>> {
    let mut any: Vec<Block> = Vec::new();
    for block in parts.collect::<Option<Vec<_>>>()?.into_iter().flatten() {
        let same = match block.as_slice() {
            [] => return Some(vec![block]),
            [(dim, _)] => any.iter().position(|known| known.len() == 1 && known[0].0 == *dim),
            _ => None,
        };
        match same {
            Some(place) => {
                let axis = &axes[block[0].0];
                let neither = shared(&axis.others(&any[place][0].1), &axis.others(&block[0].1));
                if neither.is_empty() {
                    return Some(vec![Block::new()]);
                }
                any[place][0].1 = axis.others(&neither);
            }
            None => any.push(block),
        }
    }
    (any.len() <= BLOCKS).then_some(any)
}
