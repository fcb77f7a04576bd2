//! What the nearest situations leave out: statements that are used only further on, or when time has passed.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use flowspec_runtime::machine::Universe;
use flowspec_runtime::model::{ElementId, StepId};
use flowspec_runtime::suite::Step;
use rustc_hash::FxHashSet;

use super::inputs::ways;
use super::{Explorer, Move, SESSION, Situation, Situations, Taken, place, space};

/// How many situations are looked at before the statements that are left are given up.
const MOST: usize = 300;

/// A situation that is not among those that were found, unless it turns out to lead to something new.
struct Beyond {
    before: Before,
    step: Step,
    visited: Vec<ElementId>,
    universe: Arc<Universe>,
    place: StepId,
    moves: Vec<(usize, Move)>,
    /// Which it is among those that were found, once it is one of them.
    kept: Option<usize>,
}

/// The situation before one.
#[derive(Clone, Copy)]
enum Before {
    Found(usize),
    Beyond(usize),
}

impl Explorer<'_> {
    /// Adds the situations that lead to statements which no input uses in those that were found.
    pub(super) fn look_beyond(&self, found: &mut Situations) {
        let mut unseen = self.unseen(found);
        if unseen.is_empty() {
            return;
        }
        let keeping = space::keeping(self.runner.machine());
        let condensed = |universe: &Universe| match &keeping {
            Some(keeping) => self.runner.machine().condensed(universe, keeping),
            None => universe.clone(),
        };
        let mut known: FxHashSet<Universe> =
            found.all.iter().map(|situation| condensed(&situation.universe)).collect();
        let mut beyond: Vec<Beyond> = Vec::new();
        let mut waiting: VecDeque<Before> = (0..found.all.len()).map(Before::Found).collect();
        let mut looked = 0;
        while let Some(from) = waiting.pop_front() {
            let taken = match from {
                Before::Found(index) => self.leads_to(&found.all[index].universe, &found.all[index].moves),
                Before::Beyond(index) => {
                    looked += 1;
                    let Beyond { universe, place, .. } = &beyond[index];
                    let moves = self.moves_in(universe, *place);
                    let new = unseen.len();
                    unseen
                        .retain(|element| !moves.iter().any(|(_, way)| way.taken.visited.contains(element)));
                    beyond[index].moves = moves;
                    if unseen.len() < new {
                        self.keep(found, &mut beyond, index);
                    }
                    self.leads_to(&beyond[index].universe, &beyond[index].moves)
                }
            };
            if unseen.is_empty() || looked >= MOST {
                return;
            }
            for (step, Taken { universe, visited, .. }) in taken {
                let Some(place) = place(&universe, SESSION) else { continue };
                if known.insert(condensed(&universe)) {
                    waiting.push_back(Before::Beyond(beyond.len()));
                    beyond.push(Beyond {
                        before: from,
                        step,
                        visited,
                        universe,
                        place,
                        moves: Vec::new(),
                        kept: None,
                    });
                }
            }
        }
    }

    /// The branches and answers that no input uses.
    fn unseen(&self, found: &Situations) -> Vec<ElementId> {
        let moves = found.all.iter().flat_map(|situation| &situation.moves);
        let seen: HashSet<ElementId> = moves.flat_map(|(_, way)| way.taken.visited.iter().copied()).collect();
        let handlers = self.model.steps.iter().flat_map(|step| &step.handlers);
        handlers.flat_map(ways).filter(|element| !seen.contains(element)).collect()
    }

    /// What can be done: the moves, and letting time pass until something changes by itself.
    fn leads_to(&self, universe: &Arc<Universe>, moves: &[(usize, Move)]) -> Vec<(Step, Taken)> {
        let mut taken: Vec<(Step, Taken)> =
            moves.iter().map(|(_, way)| (way.step.clone(), way.taken.clone())).collect();
        for to in self.runner.machine().edges(universe) {
            let step = Step::Advance { to };
            taken.extend(self.runner.take(universe, &step).map(|taken| (step, taken)));
        }
        taken
    }

    /// Adds a situation with those before it.
    fn keep(&self, found: &mut Situations, beyond: &mut [Beyond], index: usize) {
        let mut way = vec![index];
        let mut before = beyond[index].before;
        let mut parent = loop {
            match before {
                Before::Found(parent) => break parent,
                Before::Beyond(index) => match beyond[index].kept {
                    Some(parent) => break parent,
                    None => {
                        way.push(index);
                        before = beyond[index].before;
                    }
                },
            }
        };
        for index in way.into_iter().rev() {
            let Beyond { step, visited, universe, place, moves, kept, .. } = &mut beyond[index];
            let Situation { world, provenance, .. } = found.all[parent];
            let provenance = self.weakest(provenance, visited);
            let (step, universe, moves) = (step.clone(), Arc::clone(universe), moves.clone());
            let (before, place) = (Some(parent), *place);
            parent = found.all.len();
            *kept = Some(parent);
            found.all.push(Situation { world, parent: before, step, universe, place, provenance, moves });
        }
    }
}
