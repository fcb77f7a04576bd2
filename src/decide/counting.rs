//! Whether blocks leave something of a space free, by counting cells.
//!
//! Each condition rules out some blocks of cells. While these count fewer cells than there are, one is free, and it is
//! found by going to where they are short of them again and again. Where they count as many and no two of them share a
//! cell, none is free. Only where blocks share cells and count enough is the space divided to find out, so that a
//! sound table of rules is no more work than its rules, however they divide the cases.

use super::cells::{Axis, Block, Stretch, axes, blocks, shared};
use super::formula::{Formula, Region};
use super::pairs::Pairs;
use super::search::{Budget, DEPTH, any_point};
use super::{Space, Verdict, Witness};

/// More pairs of blocks that share cells than so many times their number are not kept.
const PAIRS: usize = 64;

/// More blocks than these are not counted.
const MOST: usize = 40_000;

/// Whether all conditions can hold at once; nothing where that is not a matter of counting.
pub(super) fn solve(space: &Space, conditions: &[&Formula], budget: &mut Budget) -> Option<Verdict> {
    let axes = axes(space, conditions.iter().copied());
    if axes.iter().any(|axis| axis.count() == 0) {
        return Some(Verdict::Impossible);
    }
    let mut excluded: Vec<Block> = Vec::new();
    for condition in conditions {
        excluded.extend(blocks(&axes, condition, false)?);
    }
    if excluded.len() > MOST {
        return None;
    }
    let whole = axes.iter().map(|axis| (0, axis.count())).collect();
    let mut search = Counting { axes: &axes, blocks: &excluded, budget };
    let place = search.place(whole, (0..excluded.len()).collect(), None);
    Some(match search.free(place, 0) {
        Found::Nothing => Verdict::Impossible,
        Found::Unknown => return None,
        Found::Free(stretches) => {
            let extents = axes.iter().zip(stretches).map(|(axis, stretch)| axis.extent(stretch));
            let mut region = Region::whole(space);
            region.extents = extents.collect();
            let values = (0_u32..).zip(&region.extents).map(any_point).collect();
            Verdict::Possible(Witness { extents: region.extents, relations: Vec::new(), values })
        }
    })
}

struct Counting<'a, 'b> {
    axes: &'a [Axis],
    blocks: &'a [Block],
    budget: &'b mut Budget,
}

/// A part of the space: a stretch of each dimension.
struct Place {
    stretches: Vec<Stretch>,
    /// The blocks that have cells in it.
    blocks: Vec<usize>,
    /// Those of them that share cells in it, two by two, once that is known.
    pairs: Option<Vec<(usize, usize)>>,
    /// How many cells it has, unless there are too many to count.
    size: Option<u128>,
    /// How many the blocks have in it, cells of two of them twice.
    ruled_out: Option<u128>,
    /// Whether a block has all of it.
    full: bool,
}

impl Place {
    /// Whether the blocks cannot have all of it.
    fn is_short(&self) -> bool {
        matches!((self.size, self.ruled_out), (Some(size), Some(ruled_out)) if ruled_out < size)
    }
}

enum Found {
    Free(Vec<Stretch>),
    Nothing,
    Unknown,
}

impl Counting<'_, '_> {
    /// Some part of a place that no block has cells in.
    fn free(&mut self, mut place: Place, depth: usize) -> Found {
        if place.full {
            return Found::Nothing;
        }
        if place.blocks.is_empty() {
            return Found::Free(place.stretches);
        }
        if depth >= DEPTH || !self.budget.spend(place.blocks.len()) {
            return Found::Unknown;
        }
        if !place.is_short() && place.size.is_some() {
            let known = place.pairs.take();
            let Some(pairs) = known.or_else(|| self.sharing(&place)) else { return Found::Unknown };
            if pairs.is_empty() {
                return Found::Nothing;
            }
            place.pairs = Some(pairs);
        }
        let Some((dim, cut)) = self.best_cut(&place) else { return Found::Unknown };
        let mut sides = [(place.stretches[dim].0, cut), (cut, place.stretches[dim].1)].map(|stretch| {
            let mut stretches = place.stretches.clone();
            stretches[dim] = stretch;
            self.place(stretches, place.blocks.clone(), place.pairs.as_deref())
        });
        sides.sort_by_key(|side| (!side.is_short(), side.blocks.len()));
        let mut found = Found::Nothing;
        for side in sides {
            match self.free(side, depth + 1) {
                Found::Nothing => {}
                Found::Unknown => found = Found::Unknown,
                free => return free,
            }
        }
        found
    }

    fn place(
        &self,
        stretches: Vec<Stretch>,
        mut blocks: Vec<usize>,
        pairs: Option<&[(usize, usize)]>,
    ) -> Place {
        let size =
            stretches.iter().try_fold(1_u128, |size, (from, to)| size.checked_mul(u128::from(to - from)));
        let (mut ruled_out, mut full) = (Some(0_u128), false);
        blocks.retain(|block| {
            let mut own = size;
            let mut all = true;
            for (dim, cells) in &self.blocks[*block] {
                let (within, width) = (within(cells, stretches[*dim]), stretches[*dim].1 - stretches[*dim].0);
                if within == 0 {
                    return false;
                }
                all &= within == width;
                // Dividing first keeps the product within bounds.
                own = own.map(|own| own / u128::from(width) * u128::from(within));
            }
            full |= all;
            ruled_out = ruled_out.zip(own).and_then(|(sum, own)| sum.checked_add(own));
            true
        });
        let mut place = Place { stretches, blocks, pairs: None, size, ruled_out, full };
        let share = |(one, other): &(usize, usize)| self.share(*one, *other, &place.stretches);
        place.pairs = pairs.map(|pairs| pairs.iter().copied().filter(share).collect());
        place
    }

    /// The pairs of blocks that share cells; nothing where these are too many.
    fn sharing(&mut self, place: &Place) -> Option<Vec<(usize, usize)>> {
        let hulls = place.blocks.iter().map(|block| {
            let hull = |(dim, cells): &(usize, Vec<Stretch>)| {
                let (first, last) = (cells.first()?, cells.last()?);
                Some((*dim, (i128::from(first.0), i128::from(last.1) - 1)))
            };
            self.blocks[*block].iter().filter_map(hull)
        });
        let candidates = Pairs::new(hulls);
        let mut pairs = Vec::new();
        for second in 0..place.blocks.len() {
            for first in candidates.before(second) {
                let (one, other) = (place.blocks[first], place.blocks[second]);
                if self.share(one, other, &place.stretches) {
                    if pairs.len() > PAIRS * place.blocks.len() {
                        return None;
                    }
                    pairs.push((one, other));
                }
            }
        }
        self.budget.spend(pairs.len() + place.blocks.len()).then_some(pairs)
    }

    /// Whether two blocks share a cell in a part of the space.
    fn share(&self, one: usize, other: usize, stretches: &[Stretch]) -> bool {
        let (one, other) = (&self.blocks[one], &self.blocks[other]);
        let alone = |block: &Block| block.iter().all(|(dim, cells)| within(cells, stretches[*dim]) > 0);
        let of_both = |(dim, cells): &(usize, Vec<Stretch>)| {
            one.binary_search_by_key(dim, |(dim, _)| *dim)
                .map_or(true, |place| within(&shared(&one[place].1, cells), stretches[*dim]) > 0)
        };
        alone(one) && alone(other) && other.iter().all(of_both)
    }

    /// The cut that the fewest blocks straddle; of these, the one that divides best.
    fn best_cut(&self, place: &Place) -> Option<(usize, u32)> {
        let mut begins: Vec<Vec<u32>> = vec![Vec::new(); self.axes.len()];
        let mut ends = begins.clone();
        for block in &place.blocks {
            for (dim, cells) in &self.blocks[*block] {
                let (from, to) = place.stretches[*dim];
                let mut inner = cells.iter().filter(|cells| cells.0 < to && cells.1 > from);
                let Some(first) = inner.next() else { continue };
                let last = inner.next_back().unwrap_or(first);
                begins[*dim].push(first.0.max(from));
                ends[*dim].push(last.1.min(to));
            }
        }
        let mut best: Option<((usize, usize), (usize, u32))> = None;
        for (dim, (begins, ends)) in begins.iter_mut().zip(&mut ends).enumerate() {
            begins.sort_unstable();
            ends.sort_unstable();
            let always = place.blocks.len() - begins.len();
            let (from, to) = place.stretches[dim];
            let (mut begun, mut ended) = (0, 0);
            let mut cuts: Vec<u32> = begins.iter().chain(ends.iter()).copied().collect();
            cuts.sort_unstable();
            cuts.dedup();
            for cut in cuts.into_iter().filter(|cut| from < *cut && *cut < to) {
                begun += begins[begun..].iter().take_while(|begin| **begin < cut).count();
                ended += ends[ended..].iter().take_while(|end| **end <= cut).count();
                let right = ends.len() - ended;
                let cost = (begun - ended + always, begun.max(right) + always);
                if best.as_ref().is_none_or(|(known, _)| cost < *known) {
                    best = Some((cost, (dim, cut)));
                }
            }
        }
        // Blocks that only words in between tell apart have no end within: any cut then leads on.
        best.map(|(_, cut)| cut).or_else(|| {
            let wide = |(_, (from, to)): &(usize, &Stretch)| to - from > 1;
            let (dim, (from, to)) =
                place.stretches.iter().enumerate().filter(wide).max_by_key(|(_, (from, to))| to - from)?;
            Some((dim, from + (to - from) / 2))
        })
    }
}

/// How many of these cells are in a stretch.
fn within(cells: &[Stretch], (from, to): Stretch) -> u32 {
    cells.iter().map(|cells| cells.1.min(to).saturating_sub(cells.0.max(from))).sum()
}
