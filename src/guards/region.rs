//! Cases as large as they can be told: a case that was found is widened until a condition would stand in its way.

use super::{Atom, Case, Extent, Formula, Guards, Values, Verdict, Witness};
use crate::decide::{Dim, Part};

/// Cases in which conditions hold.
#[derive(Debug)]
pub(crate) struct Cases {
    /// Each as wide as it can be, apart from one another.
    pub(crate) cases: Vec<Case>,
    /// Whether these are all there are.
    pub(crate) complete: bool,
}

/// A dimension of more words than this is widened to all of them or not at all.
const WORDS: usize = 32;

impl Guards<'_> {
    /// Cases in which all of these hold, at most so many. What must not hold in them stands in `against`: together with
    /// what is `given`, it is the opposite of what holds.
    pub(crate) fn cases(
        &mut self,
        given: &[&Formula],
        holds: &[&Formula],
        against: &[&Formula],
        most: usize,
    ) -> Cases {
        let mut cases: Vec<Case> = Vec::new();
        let mut told: Vec<Formula> = Vec::new();
        loop {
            let others: Vec<Formula> = told.iter().map(Formula::negated).collect();
            let all: Vec<&Formula> = given.iter().chain(holds).copied().chain(&others).collect();
            let witness = match self.solve(&all) {
                Verdict::Possible(witness) => witness,
                Verdict::Impossible => return Cases { cases, complete: true },
                Verdict::Open => return Cases { cases, complete: false },
            };
            if cases.len() == most {
                return Cases { cases, complete: false };
            }
            let blockers: Vec<&Formula> = against.iter().copied().chain(&told).collect();
            let part = self.widened(witness.part(), given, &blockers);
            let formula = part.formula(&self.space);
            let values = match self.solve(&[&all[..], &[&formula]].concat()) {
                Verdict::Possible(Witness { values, .. }) => values,
                Verdict::Impossible | Verdict::Open => witness.values,
            };
            told.push(formula);
            cases.push(Case { part, values });
        }
    }

    fn widened(&mut self, mut part: Part, given: &[&Formula], against: &[&Formula]) -> Part {
        self.decide_unset(&mut part, |extent, full| extent != full);
        for relation in (0..part.relations.len()).rev() {
            let mut wider = part.clone();
            wider.relations.remove(relation);
            if self.is_free(&wider, given, against) {
                part = wider;
            }
        }
        let cuts = self.cuts(against);
        for (place, cuts) in cuts.iter().enumerate() {
            let full = self.space.extent_at(place).clone();
            if part.extents[place] == full {
                continue;
            }
            let mut candidates = vec![full.clone()];
            if full.unset && part.extents[place].may_be_set() {
                candidates.push(Extent { unset: false, values: full.values.clone() });
            }
            let taken =
                candidates.into_iter().any(|wider| self.take(&mut part, place, wider, given, against));
            if !taken {
                self.widen_a_little(&mut part, place, cuts, given, against);
            }
        }
        let related: Vec<bool> = (0..part.extents.len())
            .map(|place| part.relations.iter().any(|(relation, _)| self.space.speaks_of(*relation, place)))
            .collect();
        let mut place = related.into_iter();
        self.decide_unset(&mut part, |_, _| place.next().unwrap_or_default());
        part
    }

    /// Leaves out that dimensions may be unset that can be set as well: the two are told as two cases.
    fn decide_unset(&self, part: &mut Part, mut which: impl FnMut(&Extent, &Extent) -> bool) {
        for (place, extent) in part.extents.iter_mut().enumerate() {
            if which(extent, self.space.extent_at(place)) && extent.unset && extent.may_be_set() {
                extent.unset = false;
            }
        }
    }

    /// Widens a dimension that cannot be left out altogether.
    fn widen_a_little(
        &mut self,
        part: &mut Part,
        place: usize,
        cuts: &[i128],
        given: &[&Formula],
        against: &[&Formula],
    ) {
        let (unset, full) = (part.extents[place].unset, self.space.extent_at(place).values.clone());
        match (part.extents[place].values.clone(), &full) {
            (Values::Range { .. }, Values::Range { least, greatest, step }) => {
                let lows: Vec<i128> =
                    std::iter::once(*least).chain(cuts.iter().map(|cut| cut.saturating_add(1))).collect();
                let highs: Vec<i128> = std::iter::once(*greatest).chain(cuts.iter().rev().copied()).collect();
                for (bounds, below) in [(lows, true), (highs, false)] {
                    // The widest that is free; narrower ones follow one after another.
                    let wider = |bound: i128, part: &Part| {
                        let Values::Range { least, greatest, .. } = part.extents[place].values else {
                            return None;
                        };
                        let widens = if below { bound < least } else { bound > greatest };
                        let (low, high) = if below { (bound, greatest) } else { (least, bound) };
                        widens.then(|| Extent { unset, values: Values::range(low, high, *step) })
                    };
                    let position = |guards: &mut Self, part: &Part, index: usize| {
                        let extent = wider(bounds[index], part)?;
                        let mut candidate = part.clone();
                        candidate.extents[place] = extent;
                        guards.is_free(&candidate, given, against).then_some(candidate)
                    };
                    let (mut from, mut to) = (0, bounds.len());
                    while from < to {
                        let middle = from + (to - from) / 2;
                        if wider(bounds[middle], part).is_none() {
                            to = middle;
                        } else if let Some(candidate) = position(self, part, middle) {
                            *part = candidate;
                            to = middle;
                        } else {
                            from = middle + 1;
                        }
                    }
                }
            }
            (Values::Only(own), Values::Only(all)) if all.len() <= WORDS => {
                let mut own = own;
                for word in all {
                    if !own.contains(word) {
                        let values = Values::only(own.iter().copied().chain([*word]).collect());
                        if self.take(part, place, Extent { unset, values }, given, against) {
                            own.push(*word);
                        }
                    }
                }
            }
            (Values::Only(_), Values::Except(known)) => {
                let values = Values::Except(known.clone());
                let words = self.named(against, place);
                let values = words.into_iter().fold(values, |values, word| values.without_word(word));
                if self.take(part, place, Extent { unset, values }, given, against) {
                    self.widen_a_little(part, place, cuts, given, against);
                }
            }
            (Values::Except(words), Values::Except(known)) => {
                let mut left = words;
                for word in left.clone().into_iter().filter(|word| !known.contains(word)) {
                    let fewer: Vec<_> = left.iter().copied().filter(|other| *other != word).collect();
                    let extent = Extent { unset, values: Values::Except(fewer.clone()) };
                    if self.take(part, place, extent, given, against) {
                        left = fewer;
                    }
                }
            }
            _ => {}
        }
    }

    fn take(
        &mut self,
        part: &mut Part,
        place: usize,
        extent: Extent,
        given: &[&Formula],
        against: &[&Formula],
    ) -> bool {
        let before = std::mem::replace(&mut part.extents[place], extent);
        let free = self.is_free(part, given, against);
        if !free {
            part.extents[place] = before;
        }
        free
    }

    /// Whether none of these holds anywhere in a part.
    fn is_free(&mut self, part: &Part, given: &[&Formula], against: &[&Formula]) -> bool {
        let formula = part.formula(&self.space);
        let open: Vec<&Formula> = {
            let judge = part.judge(&self.space);
            against.iter().copied().filter(|blocker| judge(blocker) != Some(false)).collect()
        };
        open.into_iter().all(|blocker| {
            let all: Vec<&Formula> = given.iter().copied().chain([&formula, blocker]).collect();
            matches!(self.solve(&all), Verdict::Impossible)
        })
    }

    /// For each dimension, where conditions divide it, in order.
    fn cuts(&self, formulas: &[&Formula]) -> Vec<Vec<i128>> {
        let mut cuts = vec![Vec::new(); self.space.len()];
        for formula in formulas {
            formula.literals(&mut |literal| match literal.atom {
                Atom::AtMost(dim, bound) => cuts[dim.index()].push(bound),
                Atom::AtLeast(dim, bound) => cuts[dim.index()].push(bound.saturating_sub(1)),
                _ => {}
            });
        }
        for cuts in &mut cuts {
            cuts.sort_unstable();
            cuts.dedup();
        }
        cuts
    }

    /// The words that conditions name of a dimension.
    fn named(&self, formulas: &[&Formula], place: usize) -> Vec<crate::decide::Word> {
        let mut words = Vec::new();
        for formula in formulas {
            formula.literals(&mut |literal| match literal.atom {
                Atom::Is(dim, word) if dim.index() == place => words.push(word),
                _ => {}
            });
        }
        words
    }

    /// The dimensions that a part narrows, or that its relations speak of.
    pub(super) fn spoken_of(&self, part: &Part) -> Vec<Dim> {
        let matters = |place: &usize| {
            part.extents[*place] != *self.space.extent_at(*place)
                || part.relations.iter().any(|(relation, _)| self.space.speaks_of(*relation, *place))
        };
        (0..part.extents.len()).filter(matters).filter_map(|place| self.space.dim_at(place)).collect()
    }
}
