//! What a suite is worth: of the faulty variants of its flow, how many differ, and how many of those it catches.
//!
//! Whether a variant differs is found by exploring it beside the right flow, with the oracle that judges
//! implementations: a variant that does only what the spec leaves open does not differ.

mod arena;
mod guarded;
mod recorded;
mod search;
mod sight;
mod touch;
mod waiting;

pub use search::{BOUNDS, Bounds, Telling};

use std::sync::{Arc, Mutex, PoisonError};

use flowspec_runtime::Rows;
use flowspec_runtime::conformance::{Duel, Turn};
use flowspec_runtime::machine::{Machine, Unfit};
use flowspec_runtime::model::Model;
use flowspec_runtime::suite::{Section, Step, Suite};
use rayon::prelude::*;

use super::mutants::{Mutant, mutants};
use crate::explore::Explorer;
use arena::{Arena, Caught};
use recorded::Recorded;
use search::Search;

/// What became of a variant.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// A test tells it from the right one; the first that does is of this section, and stands here in the suite.
    Caught(Section, usize),
    /// Only this does.
    Survives(Telling),
}

/// How strong a suite is.
#[derive(Debug, Clone, PartialEq)]
pub struct Strength {
    /// Each variant with what became of it.
    pub verdicts: Vec<(Mutant, Verdict)>,
}

impl Strength {
    /// How many variants are caught.
    pub fn caught(&self) -> usize {
        self.verdicts.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Caught(..))).count()
    }

    /// How many variants differ from the right flow, as far as was looked.
    pub fn differing(&self) -> usize {
        let differs = |verdict: &Verdict| {
            !matches!(verdict, Verdict::Survives(Telling::Nothing | Telling::BoundReached))
        };
        self.verdicts.iter().filter(|(_, verdict)| differs(verdict)).count()
    }
}

/// Holds a suite against every faulty variant of its flow.
///
/// # Errors
/// Where no machine can run the flow.
pub fn strength(suite: &Suite, bounds: Bounds) -> Result<Strength, Unfit> {
    against(suite, &mutants(&suite.model), bounds)
}

/// Holds a suite against these variants.
///
/// # Errors
/// Where no machine can run the flow.
pub fn against(suite: &Suite, variants: &[Mutant], bounds: Bounds) -> Result<Strength, Unfit> {
    let model: &Arc<Model> = &suite.model;
    let machine = Machine::new(Arc::clone(model))?;
    let mut duel = Duel::new(model)?;
    let recorded = Recorded::of(suite, &mut duel);
    let portion = variants.len().div_ceil(4 * rayon::current_num_threads()).max(8);
    // Who has done a portion does another: what a search has found out serves for the next.
    let idle = Mutex::new(Vec::new());
    let workers = || idle.lock().unwrap_or_else(PoisonError::into_inner);
    let portions: Result<Vec<_>, Unfit> = variants
        .par_chunks(portion)
        .map(|variants| {
            let rested = workers().pop();
            let (mut arena, mut search) = match rested {
                Some(worker) => worker,
                None => {
                    let explorer = Explorer::new(model, &machine);
                    (Arena { model, duel: Duel::new(model)? }, Search::new(explorer, bounds))
                }
            };
            let verdict = |mutant: &Mutant| match arena.hold(&recorded, mutant) {
                Caught::At(at) => {
                    let test = recorded.traces[at as usize].test as usize;
                    Verdict::Caught(suite.tests[test].section, test)
                }
                Caught::Not(other) => Verdict::Survives(search.tell(&mut arena, &recorded, mutant, other)),
            };
            let judged = variants.iter().cloned().zip(variants.iter().map(verdict)).collect::<Vec<_>>();
            workers().push((arena, search));
            Ok(judged)
        })
        .collect();
    Ok(Strength { verdicts: portions?.concat() })
}

/// Whether a sequence tells a variant from the right one.
pub fn tells(duel: &mut Duel, rows: &Rows, steps: &[Step], mutant: &Mutant) -> bool {
    let model = Arc::clone(duel.flow());
    let plays = |duel: &mut Duel| {
        duel.begin(rows)
            && steps.iter().find_map(|step| match duel.step(step) {
                Turn::Allowed => None,
                Turn::Told => Some(true),
                Turn::Open => Some(false),
            }) == Some(true)
    };
    arena::with(duel, &model, mutant, plays) == Some(true)
}

/// Holds a suite against a sample of pairs of faults, each of which is caught by itself; always the same sample.
///
/// # Errors
/// Where no machine can run the flow.
pub fn pairs(suite: &Suite, alone: &Strength, count: usize, bounds: Bounds) -> Result<Strength, Unfit> {
    let caught: Vec<&Mutant> = alone
        .verdicts
        .iter()
        .filter(|(_, verdict)| matches!(verdict, Verdict::Caught(..)))
        .map(|(mutant, _)| mutant)
        .collect();
    let mut sample = Vec::new();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    // Pairs of the same part are passed over: so many tries are enough for as many pairs as there are.
    for _ in 0..count * 4 {
        let (Some(first), Some(second)) = (pick(&caught, &mut random), pick(&caught, &mut random)) else {
            break;
        };
        sample.extend(first.with(second));
        if sample.len() == count {
            break;
        }
    }
    against(suite, &sample, bounds)
}

/// One of several, by a generator whose sequence is the same everywhere (xorshift).
fn pick<'m>(among: &[&'m Mutant], random: &mut u64) -> Option<&'m Mutant> {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    let at = random.checked_rem(among.len() as u64)?;
    among.get(at as usize).copied()
}
