//! One observation to be explained: runs the machine on a universe, with every sequence of picks that it asks for.

use super::{
    marks::Marks,
    matching::Expected,
    script::{Outputs, Script},
};
use crate::{
    Observation,
    machine::{Fault, Halt, Machine, Universe},
    model::ElementId,
};

/// Why an observation was not judged.
pub(super) enum Stop {
    /// Nothing can be said from now on: by this statement, if one says so.
    Silent(Option<ElementId>),
    /// The question was wrong.
    Fault(Fault),
    /// Something is to be picked.
    Undecided {
        /// Out of how many.
        alternatives: usize,
    },
}

/// What was observed, what was done, and what would have been allowed.
pub(super) struct Trial<'a, E, F> {
    pub(super) machine: &'a Machine,
    /// Does to a universe what was done to the implementation.
    pub(super) call: F,
    pub(super) witness: Witness<'a, E>,
    /// Whether every reason must be given.
    pub(super) strict: bool,
    /// Whether a value may have been picked that is only shown later.
    pub(super) late: bool,
    pub(super) marks: &'a mut Marks,
    /// What was allowed, and not seen.
    pub(super) allowed: Vec<E>,
}

/// What is known of what was done.
pub(super) struct Witness<'a, E> {
    /// What was seen; anything is allowed where that is not known.
    pub(super) seen: Option<&'a E>,
    /// The outputs in it.
    pub(super) outputs: Outputs<'a>,
    /// Whether the implementation says itself what asked actors answered.
    pub(super) reported: bool,
}

impl<'a, E> Witness<'a, E> {
    /// Something that has no outputs.
    pub(super) fn of(seen: &'a E) -> Self {
        Self { seen: Some(seen), outputs: Outputs::Unknown, reported: false }
    }
}

impl<'a> Witness<'a, Observation> {
    /// Nothing is known.
    pub(super) const NONE: Self = Self { seen: None, outputs: Outputs::Unknown, reported: false };

    /// One observation.
    pub(super) fn one(seen: &'a Observation) -> Self {
        Self { outputs: Outputs::One(&seen.outputs), ..Self::of(seen) }
    }
}

impl<E, F> Trial<'_, E, F>
where
    E: Expected,
    F: Fn(&Machine, &mut Universe, &mut Script) -> Result<E, Halt>,
{
    /// Moves a universe on with these picks, and says whether the result allows what was seen.
    ///
    /// # Errors
    /// What stopped the machine; the universe is unchanged then.
    pub(super) fn run(&mut self, universe: &mut Universe, picks: &[usize]) -> Result<bool, Stop> {
        let mut script = Script::new(self.machine.model(), picks, self.witness.outputs, self.marks);
        match (self.call)(self.machine, universe, &mut script) {
            Ok(expected) if self.witness.seen.is_none_or(|seen| expected.allows(seen, self.strict)) => {
                self.marks.keep();
                Ok(true)
            }
            Ok(expected) => {
                self.allowed.push(expected);
                Ok(false)
            }
            Err(Halt::Fault(_)) if script.lacks() && self.late => Err(Stop::Silent(None)),
            Err(Halt::Fault(Fault::Chosen(..))) => {
                let mut script =
                    Script::sampling(self.machine.model(), picks, self.witness.outputs, self.marks);
                self.allowed.extend((self.call)(self.machine, universe, &mut script));
                Ok(false)
            }
            // Nothing would have been right with an answer that cannot be given.
            Err(Halt::Fault(Fault::Answer(_))) if self.witness.reported => Ok(false),
            Err(halt) => Err(halt.into()),
        }
    }

    /// The universes that follow from one in which something is to be picked.
    ///
    /// # Errors
    /// What stopped the machine for some of the picks.
    pub(super) fn branches(&mut self, universe: &Universe, most: usize) -> Result<Vec<Universe>, Stop> {
        let mut found = Vec::new();
        let mut open = vec![Vec::new()];
        let mut tried = 0;
        while let Some(picks) = open.pop() {
            let mut next = universe.clone();
            tried += 1;
            match self.run(&mut next, &picks) {
                _ if tried > most => return Err(Stop::Silent(None)),
                Ok(true) => found.push(next),
                Ok(false) => {}
                Err(Stop::Undecided { alternatives }) => {
                    open.extend((0..alternatives).rev().map(|pick| [&picks[..], &[pick]].concat()));
                }
                Err(stop) => return Err(stop),
            }
        }
        Ok(found)
    }
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Fault(fault) => Self::Fault(fault),
            Halt::Undecided { alternatives, .. } => Self::Undecided { alternatives },
            Halt::Silent(element) => Self::Silent(Some(element)),
        }
    }
}
