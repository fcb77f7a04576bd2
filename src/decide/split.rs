//! Where to split: at the constant at which the fewest conditions are left open on both sides.
//!
//! A condition that is a choice of literals, as the opposite of a rule of a decision table is, stays open only where all
//! its literals about a dimension fail. So a table that somebody made by dividing the cases is taken apart along the
//! same divisions, without a condition cut in two.

use std::collections::BTreeMap;

use super::Dim;
use super::extent::{Values, Word};
use super::formula::{Atom, Formula, Literal, Region};

/// A way to split what is left.
#[derive(Debug)]
pub(super) enum Split {
    /// Into integers up to this one, and those above with unset.
    At(Dim, i128),
    /// Into set and unset.
    Unset(Dim),
    /// Into each of these groups of words, and the rest with unset.
    Words(Dim, Vec<Vec<Word>>),
    /// Into where a relation holds and where it does not, this first.
    Related(Literal),
}

/// How good a split is: conditions that are left open more than once, then those in the largest part.
type Cost = (usize, usize);

/// The best way to split, if the conditions leave one.
pub(super) fn choose<'f>(region: &Region, conditions: impl Iterator<Item = &'f Formula>) -> Option<Split> {
    let mut sides = Sides { region, count: 0, dims: BTreeMap::new(), relations: BTreeMap::new() };
    conditions.for_each(|condition| sides.add(condition));
    sides.best()
}

/// What the conditions say of each dimension.
struct Sides<'r, 's> {
    region: &'r Region<'s>,
    count: usize,
    dims: BTreeMap<Dim, Side>,
    /// How many conditions stay open where a relation does not hold, where it holds, and in both cases.
    relations: BTreeMap<u32, [usize; 3]>,
}

/// What the conditions say of a dimension.
#[derive(Default)]
struct Side {
    /// How many of them speak of it.
    conditions: usize,
    /// Splits between an integer and the next.
    cuts: Vec<i128>,
    /// Where conditions stay open, from and to.
    lows: Vec<i128>,
    highs: Vec<i128>,
    /// Words, with the conditions that stay open there and only for some words, and those that stay open anywhere else.
    words: BTreeMap<Word, (usize, usize)>,
    /// For which words conditions stay open that do so only for some.
    among: Vec<Vec<Word>>,
    /// Conditions that stay open for every word.
    throughout: usize,
    /// Whether being set matters.
    set: bool,
}

/// Where a condition stays open in a dimension.
#[derive(Clone)]
enum Open {
    Between(i128, i128),
    Only(Vec<Word>),
    Not(Word),
    Throughout,
}

impl Sides<'_, '_> {
    fn add(&mut self, condition: &Formula) {
        self.count += 1;
        let clause = match condition {
            Formula::Any(parts) => {
                parts.iter().all(|part| matches!(part, Formula::Literal(_)) || none_of(part).is_some())
            }
            _ => false,
        };
        let mut open: Vec<(Dim, Open)> = Vec::new();
        if let (true, Formula::Any(parts)) = (clause, condition) {
            let is_open = |part: &&Formula| part.within(self.region).is_none();
            for (dim, mut words) in parts.iter().filter(is_open).filter_map(none_of) {
                let side = self.dims.entry(dim).or_default();
                words.retain(|word| self.region.literal(&is(dim, *word)).is_none());
                words.iter().for_each(|word| _ = side.words.entry(*word).or_default());
                meet(&mut open, dim, Open::Only(words));
            }
        }
        let mut see = |literal: &Literal| {
            if self.region.literal(literal).is_some() {
                return;
            }
            match literal.atom {
                Atom::Related(relation) => {
                    let counts = self.relations.entry(relation).or_default();
                    counts[if clause { usize::from(!literal.truth) } else { 2 }] += 1;
                }
                Atom::Set(dim) | Atom::AtMost(dim, _) | Atom::AtLeast(dim, _) | Atom::Is(dim, _) => {
                    self.literal(dim, literal, clause, &mut open);
                }
            }
        };
        match condition {
            Formula::Any(parts) if clause => {
                parts.iter().filter(|part| none_of(part).is_none()).for_each(|part| part.literals(&mut see));
            }
            condition => condition.literals(&mut see),
        }
        for (dim, open) in open {
            self.dims.entry(dim).or_default().stays(open);
        }
    }

    fn literal(&mut self, dim: Dim, literal: &Literal, clause: bool, open: &mut Vec<(Dim, Open)>) {
        let side = self.dims.entry(dim).or_default();
        let (least, greatest) = match self.region.extent(dim).values {
            Values::Range { least, greatest, .. } => (least, greatest),
            _ => (0, 0),
        };
        let (cut, below) = match literal.atom {
            Atom::AtMost(_, bound) => (bound, !literal.truth),
            Atom::AtLeast(_, bound) => (bound.saturating_sub(1), literal.truth),
            Atom::Is(_, word) => {
                side.words.entry(word).or_default();
                let stays = if literal.truth { Open::Not(word) } else { Open::Only(vec![word]) };
                return meet(open, dim, if clause { stays } else { Open::Throughout });
            }
            Atom::Set(_) | Atom::Related(_) => {
                side.set = true;
                return meet(open, dim, Open::Throughout);
            }
        };
        if least <= cut && cut < greatest {
            side.cuts.push(cut);
        }
        side.set |= self.region.extent(dim).unset;
        let stays = match (clause, below) {
            (false, _) => Open::Between(least, greatest),
            (true, true) => Open::Between(least, cut),
            (true, false) => Open::Between(cut.saturating_add(1), greatest),
        };
        meet(open, dim, stays);
    }

    fn best(self) -> Option<Split> {
        let mut best: Option<(Cost, Split)> = None;
        let mut offer = |cost: Cost, split: Split| {
            if best.as_ref().is_none_or(|(known, _)| cost < *known) {
                best = Some((cost, split));
            }
        };
        for (dim, side) in self.dims {
            let others = self.count - side.conditions;
            let extent = self.region.extent(dim);
            if !side.words.is_empty() {
                let (cost, words) = side.words_cost(others);
                offer(cost, Split::Words(dim, words));
            }
            let unset = extent.unset && extent.may_be_set();
            if unset && side.set {
                offer((self.count, self.count), Split::Unset(dim));
            }
            if let Some((cost, cut)) = side.best_cut(others) {
                offer(cost, Split::At(dim, cut));
            }
        }
        for (relation, [failing, holding, both]) in self.relations {
            let others = self.count.saturating_sub(failing + holding + both) + both;
            let cost = (others + 1, others + failing.max(holding));
            offer(cost, Split::Related(Literal { atom: Atom::Related(relation), truth: true }));
        }
        best.map(|(_, split)| split)
    }
}

/// The words that a dimension is to be none of, if that is all that a formula says: the opposite of `a or b`.
fn none_of(formula: &Formula) -> Option<(Dim, Vec<Word>)> {
    let Formula::All(parts) = formula else { return None };
    let mut found: Option<(Dim, Vec<Word>)> = None;
    for part in parts {
        let Formula::Literal(Literal { atom: Atom::Is(dim, word), truth: false }) = part else { return None };
        let (known, words) = found.get_or_insert_with(|| (*dim, Vec::new()));
        if known != dim {
            return None;
        }
        words.push(*word);
    }
    found
}

fn is(dim: Dim, word: Word) -> Literal {
    Literal { atom: Atom::Is(dim, word), truth: true }
}

/// Where a condition stays open that has two literals about one dimension.
fn meet(open: &mut Vec<(Dim, Open)>, dim: Dim, stays: Open) {
    match open.iter_mut().find(|(known, _)| *known == dim) {
        Some((_, known)) => {
            *known = match (known.clone(), stays) {
                (Open::Between(low, high), Open::Between(least, greatest)) => {
                    Open::Between(low.max(least), high.min(greatest))
                }
                (only @ Open::Only(_), _) | (_, only @ Open::Only(_)) => only,
                (between @ Open::Between(..), _) | (_, between @ Open::Between(..)) => between,
                _ => Open::Throughout,
            };
        }
        None => open.push((dim, stays)),
    }
}

impl Side {
    fn stays(&mut self, open: Open) {
        self.conditions += 1;
        match open {
            Open::Between(low, high) => {
                self.lows.push(low);
                self.highs.push(high);
            }
            Open::Only(words) => {
                words.iter().for_each(|word| self.words.entry(*word).or_default().0 += 1);
                self.among.push(words);
            }
            Open::Not(word) => self.words.entry(word).or_default().1 += 1,
            Open::Throughout => self.throughout += 1,
        }
    }

    /// How good it is to split into words: into groups of which no condition has words of two, if there are several.
    fn words_cost(&self, others: usize) -> (Cost, Vec<Vec<Word>>) {
        let elsewhere: usize = self.words.values().map(|(_, not)| not).sum();
        let always = others + self.throughout + self.lows.len();
        let mut groups = self.groups();
        if groups.len() < 2 {
            groups = self.words.keys().map(|word| vec![*word]).collect();
        }
        let (mut copies, mut largest) = (0, elsewhere + always);
        for group in &groups {
            let only = match group.as_slice() {
                [word] => self.words.get(word).map_or(0, |(only, not)| only + elsewhere - not),
                _ => {
                    self.among.iter().filter(|words| words.iter().any(|word| group.contains(word))).count()
                        + elsewhere
                }
            };
            copies += only + always;
            largest = largest.max(only + always);
        }
        copies += elsewhere + always;
        ((copies.saturating_sub(others + self.conditions), largest), groups)
    }

    /// Words that some condition has together, directly or by way of others.
    fn groups(&self) -> Vec<Vec<Word>> {
        let mut groups: Vec<Vec<Word>> = self.words.keys().map(|word| vec![*word]).collect();
        for words in self.among.iter().filter(|words| words.len() > 1) {
            let (joined, apart): (Vec<_>, Vec<_>) =
                groups.into_iter().partition(|group| words.iter().any(|word| group.contains(word)));
            groups = apart;
            groups.push(joined.concat());
            if groups.len() == 1 {
                break;
            }
        }
        groups.iter_mut().for_each(|group| group.sort_unstable());
        groups.sort_unstable();
        groups
    }

    /// The cut that the fewest conditions straddle; of these, the one that divides best.
    fn best_cut(mut self, others: usize) -> Option<(Cost, i128)> {
        self.cuts.sort_unstable();
        self.cuts.dedup();
        self.lows.sort_unstable();
        self.highs.sort_unstable();
        let always = others + self.throughout;
        let cost = |cut: i128| {
            let left = self.lows.partition_point(|low| *low <= cut);
            let ended = self.highs.partition_point(|high| *high <= cut);
            let right = self.highs.len() - ended;
            ((left.saturating_sub(ended) + always, left.max(right) + always), cut)
        };
        self.cuts.iter().map(|cut| cost(*cut)).min()
    }
}
