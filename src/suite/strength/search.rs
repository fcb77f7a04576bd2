//! What a suite still needs: the shortest sequence that tells a variant from the right one, found by exploring both side
//! by side over the inputs that make a difference.
//!
//! Where the variant already remembers something else the exploration begins there; otherwise at every situation in
//! which the part that is faulty can be used.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use flowspec_runtime::conformance::{Duel, Moment, Turn};
use flowspec_runtime::machine::{Asked, Keeping, Universe};
use flowspec_runtime::suite::{Step, Term};
use flowspec_runtime::{SessionId, Time};

use rustc_hash::FxHashMap;

use super::arena::Arena;
use super::guarded::Guarded;
use super::recorded::Recorded;
use super::sight::Sight;
use super::touch::nearby;
use crate::explore::{Explorer, SESSION, place, space};
use crate::suite::mutants::Mutant;

/// How far an exploration goes.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// How many pairs of situations are looked at for one variant.
    pub pairs: usize,
    /// From how many places in the recorded suite it begins where the variant shows no difference there.
    pub places: usize,
}

/// How far is looked for a variant that nothing has told yet, unless somebody asks for more.
pub const BOUNDS: Bounds = Bounds { pairs: 150, places: 16 };

/// What an exploration finds.
#[derive(Debug, Clone, PartialEq)]
pub enum Telling {
    /// These rows, by their place in the suite, and these steps tell the variant from the right one.
    By(u32, Vec<Step>),
    /// Nothing does, of all that can be done from wherever the suite comes to.
    Nothing,
    /// Nothing did before the bound was reached.
    BoundReached,
}

/// Explores pairs.
pub(super) struct Search<'a> {
    pub(super) explorer: Explorer<'a>,
    pub(super) bounds: Bounds,
    /// The inputs that make a difference, by the universe that they are tried in, each with what guards are asked of it.
    inputs: FxHashMap<Universe, Arc<Inputs>>,
    /// What the right flow has to remember.
    kept: Option<Keeping>,
}

/// What is tried somewhere.
#[derive(Default)]
struct Inputs {
    every: Vec<(Step, Asked)>,
    /// Those of which it is not known beforehand what guards are asked.
    unknown: Vec<usize>,
}

/// A pair that was reached.
struct Reached {
    moment: Moment,
    /// The pair before it, and the step from there.
    from: Option<(usize, Step)>,
    /// The trace that the exploration began at.
    root: Option<u32>,
}

impl<'a> Search<'a> {
    pub(super) fn new(explorer: Explorer<'a>, bounds: Bounds) -> Self {
        let kept = space::keeping(explorer.runner.machine());
        Self { explorer, bounds, inputs: FxHashMap::default(), kept }
    }

    /// Looks for what tells a variant from the right one, which in these moments remembers something else.
    pub(super) fn tell(
        &mut self,
        arena: &mut Arena,
        recorded: &Recorded,
        mutant: &Mutant,
        other: Vec<(u32, Moment)>,
    ) -> Telling {
        let mut starts = other;
        let mut complete = true;
        if starts.is_empty() {
            (starts, complete) = self.beginnings(recorded, nearby(recorded, arena.model, mutant));
        }
        let guarded = Guarded::of(arena.model, mutant);
        let found = arena.with(mutant, |duel| {
            let sight = Sight::of(duel, self.explorer.runner.machine(), self.kept.as_ref(), mutant);
            self.explore(duel, &sight, guarded.as_ref(), starts)
        });
        match found {
            Some(Telling::By(root, suffix)) => {
                let (rows, mut steps) = recorded.way(root);
                steps.extend(suffix);
                Telling::By(rows, steps)
            }
            Some(Telling::Nothing) if !complete => Telling::BoundReached,
            Some(other) => other,
            None => Telling::BoundReached,
        }
    }

    /// The moments before some traces, as many as are looked at, each with the trace that it comes after; and whether
    /// these are all.
    fn beginnings(&self, recorded: &Recorded, mut places: Vec<u32>) -> (Vec<(u32, Moment)>, bool) {
        places
            .retain_mut(|at| recorded.traces[*at as usize].parent.inspect(|parent| *at = *parent).is_some());
        places.sort_unstable();
        places.dedup();
        let (mut seen, mut beginnings) = (HashSet::new(), Vec::new());
        for at in places {
            let moment = &recorded.traces[at as usize].after;
            if !seen.insert(moment.universe()) {
                continue;
            }
            if beginnings.len() == self.bounds.places {
                return (beginnings, false);
            }
            beginnings.push((at, moment.clone()));
        }
        (beginnings, true)
    }

    fn explore(
        &mut self,
        duel: &mut Duel,
        sight: &Sight,
        guarded: Option<&Guarded>,
        starts: Vec<(u32, Moment)>,
    ) -> Telling {
        let mut reached: Vec<Reached> = Vec::new();
        let mut queue = VecDeque::new();
        let mut seen = HashSet::new();
        for (root, moment) in starts {
            duel.back_to(&moment);
            if seen.insert(sight.fingerprint(duel)) {
                queue.push_back(reached.len());
                reached.push(Reached { moment, from: None, root: Some(root) });
            }
        }
        let mut looked = 0;
        while let Some(at) = queue.pop_front() {
            looked += 1;
            if looked > self.bounds.pairs {
                return Telling::BoundReached;
            }
            let moment = reached[at].moment.clone();
            duel.back_to(&moment);
            let (inputs, waits) = self.inputs(duel);
            let together = guarded.filter(|_| duel.believed() == Some(duel.interpreter().universe()));
            let aimed = together.map(|guarded| guarded.inputs(&self.explorer, moment.universe()));
            let tried = |(step, asked): &&(Step, Asked)| {
                let alone = !(sight.apart && matches!(step, Step::Open { .. }));
                let universe = moment.universe();
                alone
                    && together.is_none_or(|guarded| {
                        guarded.may_differ(self.explorer.runner.machine(), universe, step.session(), asked)
                    })
            };
            let Inputs { every, unknown } = &*inputs;
            let inputs: Vec<_> = match &aimed {
                Some((aimed, true)) if aimed.is_empty() => {
                    unknown.iter().map(|at| &every[*at]).filter(tried).collect()
                }
                _ => every.iter().filter(tried).collect(),
            };
            let inputs = inputs.into_iter().map(|(step, _)| step);
            let waits = waits.iter().filter(|_| together.is_none());
            for step in inputs.chain(waits).chain(aimed.iter().flat_map(|(aimed, _)| aimed)) {
                duel.back_to(&moment);
                match duel.step(step) {
                    Turn::Told => return told(&reached, at, step.clone()),
                    // Who remembers the same goes on as the right one does, which other places are there for.
                    Turn::Allowed if sight.differing(duel).is_some_and(|pair| seen.insert(pair)) => {
                        queue.push_back(reached.len());
                        let from = Some((at, step.clone()));
                        reached.push(Reached { moment: duel.moment(), from, root: None });
                    }
                    Turn::Allowed | Turn::Open => {}
                }
            }
        }
        Telling::Nothing
    }

    /// The inputs that make a difference to either of the two, and those that only let time pass.
    fn inputs(&mut self, duel: &Duel) -> (Arc<Inputs>, Vec<Step>) {
        let Some(believed) = duel.believed() else { return (Arc::default(), Vec::new()) };
        let inputs = match self.inputs.get(believed) {
            Some(inputs) => Arc::clone(inputs),
            None => {
                let right = self.explorer.runner.machine();
                let asked = |step| {
                    let asked = duel.asked(right, &step);
                    (step, asked)
                };
                let every: Vec<_> = inputs_of(&self.explorer, believed).into_iter().map(asked).collect();
                let is_unknown = |at: &usize| every[*at].1 == Asked::Unknown;
                let unknown = (0..every.len()).filter(is_unknown).collect();
                let inputs = Arc::new(Inputs { every, unknown });
                self.inputs.insert(believed.clone(), Arc::clone(&inputs));
                inputs
            }
        };
        let now = believed.now();
        let mut instants: Vec<Time> = Vec::new();
        let machine = duel.interpreter().machine();
        for universe in [believed, &**duel.interpreter().universe()] {
            for edge in machine.edges(universe) {
                instants.extend([edge - 1, edge].into_iter().filter(|instant| *instant > now));
            }
        }
        instants.sort_unstable();
        instants.dedup();
        (inputs, instants.into_iter().map(|to| Step::Advance { to }).collect())
    }
}

/// The inputs that make a difference in a universe, beside letting time pass.
fn inputs_of(explorer: &Explorer, universe: &Universe) -> Vec<Step> {
    let model = explorer.model;
    let at = universe.now();
    let mut inputs = Vec::new();
    for session in universe.sessions().iter().map(|session| session.id()) {
        let Some(step) = place(universe, session) else { continue };
        for handler in &model.step(step).handlers {
            for draft in explorer.variants(universe, session, handler) {
                inputs.push(explorer.step_of(handler, session, at, &draft));
            }
        }
    }
    for capability in &model.capabilities {
        if let Some(subject) = explorer.subject(universe, SESSION, capability) {
            let (capability, subject) = (capability.name.clone(), Term::Value(subject));
            inputs.push(Step::May { capability, subject, at });
        }
    }
    let sessions = universe.sessions().len() as SessionId;
    if sessions < 2 {
        inputs.push(explorer.opening(sessions, at, sessions));
        // The same values as the first: what sessions share by key shows only then.
        inputs.push(explorer.opening(sessions, at, 0));
    }
    inputs
}

fn told(reached: &[Reached], at: usize, last: Step) -> Telling {
    let mut steps = vec![last];
    let mut next = at;
    while let Some((from, step)) = &reached[next].from {
        steps.push(step.clone());
        next = *from;
    }
    steps.reverse();
    match reached[next].root {
        Some(root) => Telling::By(root, steps),
        None => Telling::BoundReached,
    }
}
