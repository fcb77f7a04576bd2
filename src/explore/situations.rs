//! Breadth first over what a flow can do: every situation with the shortest way to it.

use std::collections::HashMap;
use std::sync::Arc;

use flowspec_runtime::SessionId;
use flowspec_runtime::machine::Universe;
use flowspec_runtime::model::{ElementId, Provenance, StepId};
use flowspec_runtime::suite::Step;

use super::{Explorer, Move, Taken, place};

/// How many situations of one step are told apart; limits beyond that are counted up by the suite's section on limits.
const PER_STEP: usize = 12;

/// The session that situations are about.
pub const SESSION: SessionId = 0;

/// Where a session can be, with everything that may matter there.
#[derive(Debug, Clone)]
pub struct Situation {
    /// Which world it began in.
    pub world: usize,
    /// The situation before it; none where it is an opening.
    pub parent: Option<usize>,
    /// What led here.
    pub step: Step,
    /// The universe.
    pub universe: Arc<Universe>,
    /// Where the session is.
    pub place: StepId,
    /// The weakest mark on the way.
    pub provenance: Provenance,
    /// What can be done here: the handler, by its index in the step, and one input for each way it can go.
    pub moves: Vec<(usize, Move)>,
}

/// All situations that were found, each after the one before it.
#[derive(Debug, Default)]
pub struct Situations {
    /// The situations, nearest first.
    pub all: Vec<Situation>,
    /// Openings that were refused, with the world that they were tried in.
    pub refused: Vec<(usize, Step, Taken)>,
}

impl Situations {
    /// The nearest situation in each step, in the order in which they are found.
    pub fn nearest(&self) -> Vec<usize> {
        let mut seen = HashMap::new();
        self.all
            .iter()
            .enumerate()
            .filter(|(_, s)| seen.insert(s.place, ()).is_none())
            .map(|(index, _)| index)
            .collect()
    }

    /// The steps that lead to a situation, opening first.
    pub fn path(&self, situation: usize) -> Vec<&Step> {
        let mut steps = Vec::new();
        let mut next = Some(situation);
        while let Some(index) = next {
            steps.push(&self.all[index].step);
            next = self.all[index].parent;
        }
        steps.reverse();
        steps
    }

    /// One situation for each way in which what can be done differs, in the order in which they are found.
    pub fn telling(&self) -> Vec<usize> {
        let mut seen: HashMap<(StepId, Vec<&[ElementId]>), ()> = HashMap::new();
        let mut telling = Vec::new();
        for (index, situation) in self.all.iter().enumerate() {
            let ways = situation.moves.iter().map(|(_, way)| way.taken.visited.as_slice()).collect();
            if seen.insert((situation.place, ways), ()).is_none() {
                telling.push(index);
            }
        }
        telling
    }
}

impl Explorer<'_> {
    /// Every situation that a session of its own can come to, from each world.
    pub fn situations(&self, worlds: &[super::World]) -> Situations {
        let mut found = Situations::default();
        let mut in_step: HashMap<StepId, Vec<usize>> = HashMap::new();
        for (world, rows) in worlds.iter().enumerate() {
            let Some(universe) = self.runner.universe(rows).map(Arc::new) else { continue };
            for step in self.openings(SESSION, 0) {
                let Some(taken) = self.runner.take(&universe, &step) else { continue };
                match place(&taken.universe, SESSION) {
                    Some(_) => self.arrive(&mut found, &mut in_step, world, None, &step, &taken),
                    None => found.refused.push((world, step, taken)),
                }
            }
        }
        let mut next = 0;
        while next < found.all.len() {
            self.leave(&mut found, &mut in_step, next);
            next += 1;
        }
        self.look_beyond(&mut found);
        found
    }

    fn leave(&self, found: &mut Situations, in_step: &mut HashMap<StepId, Vec<usize>>, from: usize) {
        let situation = &found.all[from];
        let (universe, world) = (Arc::clone(&situation.universe), situation.world);
        let moves = self.moves_in(&universe, situation.place);
        for (_, way) in &moves {
            self.arrive(found, in_step, world, Some(from), &way.step, &way.taken);
        }
        if let Some(due) = universe.next_due() {
            let step = Step::Advance { to: due };
            if let Some(taken) = self.runner.take(&universe, &step) {
                self.arrive(found, in_step, world, Some(from), &step, &taken);
            }
        }
        found.all[from].moves = moves;
    }

    /// What the session can do in a step, each with its handler.
    pub(super) fn moves_in(&self, universe: &Arc<Universe>, place: StepId) -> Vec<(usize, Move)> {
        let (at, handlers) = (universe.now(), self.model.step(place).handlers.iter().enumerate());
        let of = |(index, handler)| {
            self.moves(universe, SESSION, at, handler).into_iter().map(move |way| (index, way))
        };
        handlers.flat_map(of).collect()
    }

    fn arrive(
        &self,
        found: &mut Situations,
        in_step: &mut HashMap<StepId, Vec<usize>>,
        world: usize,
        parent: Option<usize>,
        step: &Step,
        taken: &Taken,
    ) {
        let Some(place) = place(&taken.universe, SESSION) else { return };
        let known = in_step.entry(place).or_default();
        let full = known.iter().filter(|index| found.all[**index].world == world).count() >= PER_STEP;
        if full || known.iter().any(|index| found.all[*index].universe == taken.universe) {
            return;
        }
        known.push(found.all.len());
        let before = parent.map_or(Provenance::Stated, |parent| found.all[parent].provenance);
        let provenance = self.weakest(before, &taken.visited);
        let (step, universe) = (step.clone(), Arc::clone(&taken.universe));
        found.all.push(Situation { world, parent, step, universe, place, provenance, moves: Vec::new() });
    }

    /// The weakest mark among what was used, where `before` was the weakest until then.
    pub fn weakest(&self, before: Provenance, visited: &[ElementId]) -> Provenance {
        visited.iter().map(|id| self.model.element(*id).provenance).fold(before, Provenance::max)
    }
}
