//! Section 11: which step was reached, even where an implementation does not show it.
//!
//! The skeleton of a flow is a Mealy machine: its steps, each in the nearest situation that is in it, and the inputs that
//! are accepted somewhere. Its harmonised identifiers follow every transition that moves. Where inputs are refused and
//! nothing moves, the sections before have already gone on from there.

use std::collections::HashMap;

use flowspec_runtime::model::StepId;
use flowspec_runtime::suite::{Section, Step};
use flowspec_runtime::{Observation, Verdict};

use super::identification::{Mealy, Symbol, identifiers};
use super::writer::{Writer, at};
use crate::explore::{Move, SESSION, place};

/// Steps and inputs beyond which a skeleton is too large for what it adds.
const MOST: usize = 64;

/// Adds the tests of section 11.
pub(super) fn derive(writer: &mut Writer) {
    let Some(skeleton) = Skeleton::of(writer) else { return };
    let identifiers = identifiers(&skeleton.machine);
    for (state, &situation) in skeleton.situations.iter().enumerate() {
        for (_, way) in moving(writer, situation) {
            let Some(reached) = place(&way.taken.universe, SESSION).and_then(|to| skeleton.state(to)) else {
                continue;
            };
            if reached == state {
                continue;
            }
            for identifier in &identifiers[reached] {
                let mut thread = writer.at(situation);
                if !writer.go(&mut thread, way.step.clone()) {
                    break;
                }
                let requirement = writer.decisive(&thread.visited);
                for input in identifier {
                    let step = &skeleton.inputs[usize::from(*input)];
                    let now = thread.universe.now();
                    if !writer.go(&mut thread, at(step, now)) {
                        break;
                    }
                }
                let to = &writer.model.step(skeleton.steps[reached]).name;
                let title = format!("{} leads to {to}, as what follows tells", writer.path(requirement));
                writer.test(Section::Identification, &thread, &[requirement], title);
            }
        }
    }
}

/// The steps of a flow as a machine.
struct Skeleton {
    machine: Mealy,
    /// By state.
    steps: Vec<StepId>,
    situations: Vec<usize>,
    inputs: Vec<Step>,
}

impl Skeleton {
    fn of(writer: &Writer) -> Option<Self> {
        let situations = writer.situations.nearest();
        let all = &writer.situations.all;
        let steps: Vec<StepId> = situations.iter().map(|situation| all[*situation].place).collect();
        let mut inputs: Vec<Step> = Vec::new();
        for (_, way) in situations.iter().flat_map(|situation| moving(writer, *situation)) {
            let input = at(&way.step, 0);
            if !inputs.contains(&input) {
                inputs.push(input);
            }
        }
        if inputs.is_empty() || steps.len() > MOST || inputs.len() > MOST {
            return None;
        }
        let mut outputs: HashMap<Vec<String>, Symbol> = HashMap::new();
        let mut table = Vec::new();
        for (state, situation) in situations.iter().enumerate() {
            let universe = &all[*situation].universe;
            for input in &inputs {
                let taken = writer.explorer.runner.take(universe, &at(input, universe.now()));
                let shown = taken.as_ref().map_or_else(Vec::new, |taken| shown(taken.observation.as_ref()));
                let fresh = Symbol::try_from(outputs.len()).ok()?;
                let output = *outputs.entry(shown).or_insert(fresh);
                let to = taken.and_then(|taken| place(&taken.universe, SESSION));
                let next = to.and_then(|to| steps.iter().position(|step| *step == to)).unwrap_or(state);
                table.push((output, next as u32));
            }
        }
        let machine = Mealy::new(inputs.len(), table)?;
        Some(Self { machine, steps, situations, inputs })
    }

    fn state(&self, step: StepId) -> Option<usize> {
        self.steps.iter().position(|known| *known == step)
    }
}

/// The moves of a situation that are accepted and leave its step.
fn moving<'w>(writer: &Writer<'w>, situation: usize) -> impl Iterator<Item = &'w (usize, Move)> + use<'w> {
    let situation = &writer.situations.all[situation];
    situation.moves.iter().filter(|(_, way)| {
        let accepted = way.taken.observation.as_ref().is_some_and(|seen| seen.verdict == Verdict::Accepted);
        accepted && place(&way.taken.universe, SESSION) != Some(situation.place)
    })
}

/// What an observation shows beside the step.
fn shown(observation: Option<&Observation>) -> Vec<String> {
    let Some(observation) = observation else { return Vec::new() };
    let mut shown = match &observation.verdict {
        Verdict::Accepted => vec!["accepted".to_owned()],
        Verdict::Refused(reasons) => reasons.iter().map(ToString::to_string).collect(),
    };
    shown.extend(observation.outputs.iter().map(|sent| format!("sends {}", sent.output)));
    shown
}
