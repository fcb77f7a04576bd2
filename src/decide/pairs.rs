//! Pairs that bounds of single dimensions do not tell apart, for thousands at once: a row of bits for each says which
//! earlier ones it does not rule out.

use std::collections::BTreeMap;

/// The least and the greatest that something can be in a dimension.
pub type Bounds = (i128, i128);

/// Pairs that their bounds do not tell apart.
#[derive(Debug)]
pub struct Pairs {
    width: usize,
    rows: Vec<u64>,
}

impl Pairs {
    /// Of these, each with its bounds in the dimensions that it narrows.
    pub fn new<D: Ord>(of: impl ExactSizeIterator<Item: IntoIterator<Item = (D, Bounds)>>) -> Self {
        let count = of.len();
        let width = count.div_ceil(64);
        let mut rows = vec![0_u64; width * count];
        for (index, row) in rows.chunks_mut(width.max(1)).enumerate() {
            row[..index / 64].fill(u64::MAX);
            row[index / 64] = (1 << (index % 64)) - 1;
        }
        let mut dims: BTreeMap<D, Vec<(usize, Bounds)>> = BTreeMap::new();
        for (index, bounded) in of.enumerate() {
            for (dim, bounds) in bounded {
                dims.entry(dim).or_default().push((index, bounds));
            }
        }
        let mut pairs = Self { width, rows };
        for bounded in dims.values() {
            // Those that end before another begins exclude it, and the other way round.
            pairs.rule_out(bounded, |bounds| bounds.1, |bounds| bounds.0);
            pairs.rule_out(bounded, |bounds| -bounds.0, |bounds| -bounds.1);
        }
        pairs
    }

    /// Those before one that it may share something with.
    pub fn before(&self, one: usize) -> impl Iterator<Item = usize> + '_ {
        let row = &self.rows[one * self.width..(one + 1) * self.width];
        row.iter().enumerate().filter(|(_, bits)| **bits != 0).flat_map(move |(place, bits)| {
            (0..64).filter(move |bit| bits & (1 << bit) != 0).map(move |bit| place * 64 + bit)
        })
    }

    fn rule_out(
        &mut self,
        bounded: &[(usize, Bounds)],
        ends: impl Fn(&Bounds) -> i128,
        begins: impl Fn(&Bounds) -> i128,
    ) {
        let ordered = |by: &dyn Fn(&Bounds) -> i128| {
            let mut ordered: Vec<(i128, usize)> =
                bounded.iter().map(|(index, bounds)| (by(bounds), *index)).collect();
            ordered.sort_unstable();
            ordered
        };
        let mut ended = vec![0_u64; self.width];
        let mut next = ordered(&ends).into_iter().peekable();
        for (begin, index) in ordered(&begins) {
            while let Some((_, other)) = next.next_if(|(end, _)| *end < begin) {
                ended[other / 64] |= 1 << (other % 64);
            }
            // Only those before one are asked for.
            let row = &mut self.rows[index * self.width..][..index / 64 + 1];
            row.iter_mut().zip(&ended).for_each(|(own, ended)| *own &= !ended);
        }
    }
}
