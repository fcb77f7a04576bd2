//! The search: settle what must be, split what is left, ask the theories whether what was taken can be.

use super::counting;
use super::equality::{self, Words};
use super::extent::{Extent, Values};
use super::formula::{Formula, Region};
use super::linear::{self, Inequality, Integers};
use super::split::{self, Split};
use super::{Dim, Point, Relation, Space, Verdict, Witness};

/// A sum with its bound, and whether it is decided to keep it.
type Decided<'s> = (&'s [(Dim, i128)], i128, bool);

/// How much work searches may do, in conditions looked at.
#[derive(Debug, Clone, Copy)]
pub struct Budget(pub u64);

impl Budget {
    pub(super) fn spend(&mut self, work: usize) -> bool {
        let left = self.0.checked_sub(work as u64);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

impl Space {
    /// Whether all of these can hold at once.
    pub fn solve<'f>(&self, formulas: impl IntoIterator<Item = &'f Formula>, budget: &mut Budget) -> Verdict {
        if self.extents.iter().any(Extent::is_empty) {
            return Verdict::Impossible;
        }
        let conditions = flattened(formulas);
        let many = conditions.len() > MANY;
        if let Some(verdict) = many.then(|| counting::solve(self, &conditions, budget)).flatten() {
            return verdict;
        }
        let active = (0..conditions.len()).collect();
        Search { region: Region::whole(self), conditions, budget }.search(active, 0)
    }

    /// The same by counting alone, as many conditions are decided; nothing where that does not do.
    pub fn solve_by_counting<'f>(
        &self,
        formulas: impl IntoIterator<Item = &'f Formula>,
        budget: &mut Budget,
    ) -> Option<Verdict> {
        counting::solve(self, &flattened(formulas), budget)
    }
}

/// Takes conjunctions apart, so that each condition is looked at by itself.
fn flattened<'f>(formulas: impl IntoIterator<Item = &'f Formula>) -> Vec<&'f Formula> {
    let mut conditions = Vec::new();
    formulas.into_iter().for_each(|formula| flatten(formula, &mut conditions));
    conditions
}

fn flatten<'f>(formula: &'f Formula, into: &mut Vec<&'f Formula>) {
    match formula {
        Formula::All(parts) => parts.iter().for_each(|part| flatten(part, into)),
        Formula::Any(parts) if parts.len() == 1 => parts.iter().for_each(|part| flatten(part, into)),
        other => into.push(other),
    }
}

/// From so many conditions on, cells are counted.
const MANY: usize = 60;

struct Search<'s, 'f, 'b> {
    region: Region<'s>,
    conditions: Vec<&'f Formula>,
    budget: &'b mut Budget,
}

/// Splits within splits beyond this are not followed; no condition that a person writes comes near.
pub(super) const DEPTH: usize = 2_000;

impl Search<'_, '_, '_> {
    /// Whether those conditions that are still open can all hold in what is left.
    fn search(&mut self, mut open: Vec<usize>, depth: usize) -> Verdict {
        let mark = self.region.mark();
        let decided = self.decided();
        let verdict = match self.settle(&mut open) {
            Settled::Impossible => Verdict::Impossible,
            Settled::Exhausted => Verdict::Open,
            Settled::Done if open.is_empty() => self.witness(),
            Settled::Done if depth >= DEPTH => Verdict::Open,
            Settled::Done if self.decided() != decided && matches!(self.witness(), Verdict::Impossible) => {
                Verdict::Impossible
            }
            Settled::Done => self.divide(&open, depth),
        };
        self.region.undo(mark);
        verdict
    }

    fn decided(&self) -> usize {
        self.region.related.iter().filter(|truth| truth.is_some()).count()
    }

    /// Takes what must be until nothing new follows.
    fn settle(&mut self, open: &mut Vec<usize>) -> Settled {
        loop {
            if !self.budget.spend(open.len() + 1) {
                return Settled::Exhausted;
            }
            let (mut changed, mut impossible) = (false, false);
            open.retain(|index| {
                if impossible {
                    return true;
                }
                let forced = force(self.conditions[*index], &mut self.region, &mut changed);
                impossible = forced == Some(false);
                forced.is_none()
            });
            match (impossible, changed) {
                (true, _) => return Settled::Impossible,
                (_, false) => return Settled::Done,
                _ => {}
            }
        }
    }

    fn divide(&mut self, open: &[usize], depth: usize) -> Verdict {
        let conditions = open.iter().map(|index| self.conditions[*index]);
        let Some(split) = split::choose(&self.region, conditions) else { return Verdict::Open };
        let mut verdict = Verdict::Impossible;
        for part in self.parts(&split) {
            let mark = self.region.mark();
            let possible = match part {
                Part::Extent(dim, extent) => self.region.leave(dim, extent),
                Part::Relation(literal) => self.region.apply(&literal),
            };
            let found = if possible { self.search(open.to_vec(), depth + 1) } else { Verdict::Impossible };
            self.region.undo(mark);
            match found {
                Verdict::Possible(witness) => return Verdict::Possible(witness),
                Verdict::Open => verdict = Verdict::Open,
                Verdict::Impossible => {}
            }
        }
        verdict
    }

    fn parts(&self, split: &Split) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut part = |dim: Dim, unset, values: Values| {
            let extent = Extent { unset, values };
            if !extent.is_empty() {
                parts.push(Part::Extent(dim, extent));
            }
        };
        match split {
            Split::At(dim, bound) => {
                let extent = self.region.extent(*dim);
                part(*dim, false, extent.values.at_most(*bound));
                part(*dim, extent.unset, extent.values.at_least(bound.saturating_add(1)));
            }
            Split::Unset(dim) => {
                part(*dim, false, self.region.extent(*dim).values.clone());
                part(*dim, true, Values::None);
            }
            Split::Words(dim, groups) => {
                let extent = self.region.extent(*dim);
                let mut rest = extent.values.clone();
                for group in groups {
                    part(*dim, false, Values::Only(group.clone()));
                    rest = group.iter().fold(rest, |rest, word| rest.without(*word));
                }
                part(*dim, extent.unset, rest);
            }
            Split::Related(literal) => {
                parts.push(Part::Relation(*literal));
                parts.push(Part::Relation(super::Literal { truth: !literal.truth, ..*literal }));
            }
        }
        parts
    }

    /// A value for every dimension, if the theories find that what was taken can be.
    fn witness(&self) -> Verdict {
        let words = match equality::solve(&self.region) {
            Words::Some(words) => words,
            Words::None => return Verdict::Impossible,
            Words::Open => return self.unless_numbers_fail(),
        };
        let numbers = match self.numbers() {
            Ok(numbers) => numbers,
            Err(verdict) => return verdict,
        };
        let mut values: Vec<Point> = (0_u32..).zip(&self.region.extents).map(any_point).collect();
        for (relation, truth) in self.region.space.relations.iter().zip(&self.region.related) {
            if *truth == Some(false) {
                // Where a relation does not hold, a dimension that may be unset is.
                for dim in relation.dims().filter(|dim| self.region.extent(*dim).unset) {
                    values[dim.index()] = Point::Unset;
                }
            }
        }
        for (dim, point) in words.into_iter().chain(numbers) {
            values[dim.index()] = point;
        }
        let relations = (0_u32..).zip(&self.region.related);
        let relations = relations.filter_map(|(id, truth)| Some((id, (*truth)?))).collect();
        Verdict::Possible(Witness { extents: self.region.extents.clone(), relations, values })
    }

    fn unless_numbers_fail(&self) -> Verdict {
        match self.numbers() {
            Err(Verdict::Impossible) => Verdict::Impossible,
            _ => Verdict::Open,
        }
    }

    /// Integers that fulfil the sums that were decided.
    fn numbers(&self) -> Result<Vec<(Dim, Point)>, Verdict> {
        let region = &self.region;
        let mut dims: Vec<Dim> = Vec::new();
        let mut sums: Vec<Decided> = Vec::new();
        for (relation, truth) in region.space.relations.iter().zip(&region.related) {
            let (Relation::AtMost(sum, bound), Some(truth)) = (relation, truth) else { continue };
            if !truth && sum.iter().any(|(dim, _)| region.extent(*dim).unset) {
                continue;
            }
            dims.extend(sum.iter().map(|(dim, _)| *dim));
            sums.push((sum, *bound, *truth));
        }
        dims.sort_unstable();
        dims.dedup();
        if sums.is_empty() {
            return Ok(Vec::new());
        }
        let system = System { dims: &dims, region };
        let rows = system.rows(&sums).ok_or(Verdict::Open)?;
        match linear::solve(dims.len(), &rows) {
            Integers::None => Err(Verdict::Impossible),
            Integers::Open => Err(Verdict::Open),
            Integers::Some(values) => {
                let value =
                    |(dim, value): (&Dim, i128)| (*dim, Point::Int(value.saturating_mul(system.step(*dim))));
                Ok(dims.iter().zip(values).map(value).collect())
            }
        }
    }
}

/// What became of settling.
enum Settled {
    Impossible,
    Exhausted,
    Done,
}

enum Part {
    Extent(Dim, Extent),
    Relation(super::Literal),
}

/// Takes what a condition leaves no choice about; whether it then holds, or cannot.
fn force(formula: &Formula, region: &mut Region, changed: &mut bool) -> Option<bool> {
    match formula {
        Formula::Literal(literal) => {
            if let Some(truth) = region.literal(literal) {
                return Some(truth);
            }
            *changed = true;
            Some(region.apply(literal))
        }
        Formula::All(parts) => {
            let mut all = Some(true);
            for part in parts {
                match force(part, region, changed) {
                    Some(true) => {}
                    Some(false) => return Some(false),
                    None => all = None,
                }
            }
            all
        }
        Formula::Any(parts) => {
            let mut only = None;
            for part in parts {
                match part.within(region) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None if only.is_some() => return None,
                    None => only = Some(part),
                }
            }
            only.map_or(Some(false), |part| force(part, region, changed))
        }
    }
}

/// Any value of a dimension; texts of different dimensions differ.
pub(super) fn any_point((dim, extent): (u32, &Extent)) -> Point {
    match &extent.values {
        Values::None => Point::Unset,
        Values::Range { least, greatest, .. } => Point::Int(0_i128.clamp(*least, *greatest)),
        Values::Only(words) => words.first().map_or(Point::Unset, |word| Point::Word(*word)),
        Values::Except(_) => Point::Other(dim.saturating_add(1_000_000)),
    }
}

/// Dimensions of integers as variables of inequalities.
struct System<'r, 's> {
    dims: &'r [Dim],
    region: &'r Region<'s>,
}

impl System<'_, '_> {
    fn step(&self, dim: Dim) -> i128 {
        if let Values::Range { step, .. } = self.region.extent(dim).values { step } else { 1 }
    }

    /// Sums and bounds as inequalities over multiples of each dimension's step.
    fn rows(&self, sums: &[Decided]) -> Option<Vec<Inequality>> {
        let mut rows = Vec::new();
        for (sum, bound, truth) in sums {
            let mut factors = vec![0_i128; self.dims.len()];
            for (dim, factor) in *sum {
                let factor = if *truth { *factor } else { factor.checked_neg()? };
                factors[self.dims.binary_search(dim).ok()?] = factor.checked_mul(self.step(*dim))?;
            }
            let bound = if *truth { *bound } else { bound.checked_neg()?.checked_sub(1)? };
            rows.push(Inequality { factors, bound });
        }
        for (place, dim) in self.dims.iter().enumerate() {
            let Values::Range { least, greatest, step } = self.region.extent(*dim).values else { continue };
            for (factor, bound) in [(1, greatest / step), (-1, (least / step).checked_neg()?)] {
                let mut factors = vec![0; self.dims.len()];
                factors[place] = factor;
                rows.push(Inequality { factors, bound });
            }
        }
        Some(rows)
    }
}
