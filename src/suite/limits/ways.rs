//! The way from one step to another in the middle of a drill, and what is used and forgotten on it.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use flowspec_runtime::Time;
use flowspec_runtime::model::{ElementId, Key, StepId};
use flowspec_runtime::suite::Step;

use super::{Drill, Run, in_session};
use crate::explore::{Move, SESSION, Situations, place};
use crate::suite::writer::Writer;

/// The steps that can be come to, each with what can be done there, nearest first: one input for each way it can go.
pub(super) struct Paths<'w> {
    moves: BTreeMap<StepId, Vec<&'w (usize, Move)>>,
}

/// A move, by its step and its place among the moves there.
pub(super) type Place = (StepId, usize);

impl<'w> Paths<'w> {
    pub(super) fn of(situations: &'w Situations) -> Self {
        let mut moves: BTreeMap<StepId, Vec<&(usize, Move)>> = BTreeMap::new();
        for situation in &situations.all {
            let known = moves.entry(situation.place).or_default();
            for of in &situation.moves {
                if known.iter().all(|known| known.1.taken.visited != of.1.taken.visited) {
                    known.push(of);
                }
            }
        }
        Self { moves }
    }

    /// Every move.
    pub(super) fn all(&self) -> impl Iterator<Item = (Place, &'w Move)> {
        self.moves.keys().flat_map(|step| self.at(*step))
    }

    /// The moves of a step.
    pub(super) fn at(&self, step: StepId) -> impl Iterator<Item = (Place, &'w Move)> {
        let moves = self.moves.get(&step).into_iter().flatten();
        moves.enumerate().map(move |(index, (_, way))| ((step, index), way))
    }

    pub(super) fn step(&self, (step, index): Place) -> Option<&'w Step> {
        self.moves.get(&step)?.get(index).map(|(_, way)| &way.step)
    }

    /// Which handler of its step a move is for.
    pub(super) fn handler(&self, (step, index): Place) -> Option<usize> {
        self.moves.get(&step)?.get(index).map(|(handler, _)| *handler)
    }

    /// Where a move leads.
    pub(super) fn target(&self, (step, index): Place) -> Option<StepId> {
        let (_, way) = self.moves.get(&step)?.get(index)?;
        place(&way.taken.universe, SESSION)
    }

    /// The fewest moves from a step to one that is wanted, of those that may be taken.
    pub(super) fn way(
        &self,
        from: StepId,
        wanted: impl Fn(StepId) -> bool,
        may: impl Fn(Place, &Move) -> bool,
    ) -> Option<Vec<Place>> {
        let mut came: HashMap<StepId, Place> = HashMap::new();
        let mut waiting = VecDeque::from([from]);
        let to = loop {
            let here = waiting.pop_front()?;
            if wanted(here) {
                break here;
            }
            for (at, way) in self.at(here).filter(|(at, way)| may(*at, way)) {
                let Some(there) = place(&way.taken.universe, SESSION) else { continue };
                if there != from && !came.contains_key(&there) {
                    came.insert(there, at);
                    waiting.push_back(there);
                }
            }
        };
        let (mut moves, mut at) = (Vec::new(), to);
        while at != from {
            let before = came.get(&at)?;
            moves.push(*before);
            at = before.0;
        }
        moves.reverse();
        Some(moves)
    }

    /// The steps from which one that is wanted can be come to, by moves that may be taken.
    pub(super) fn leading_to(
        &self,
        wanted: impl Fn(StepId) -> bool,
        may: impl Fn(&Move) -> bool,
    ) -> HashSet<StepId> {
        let mut before: HashMap<StepId, Vec<StepId>> = HashMap::new();
        for ((here, _), way) in self.all().filter(|(_, way)| may(way)) {
            if let Some(there) = place(&way.taken.universe, SESSION) {
                before.entry(there).or_default().push(here);
            }
        }
        let mut waiting: Vec<StepId> = self.moves.keys().copied().filter(|step| wanted(*step)).collect();
        let mut leading: HashSet<StepId> = waiting.iter().copied().collect();
        while let Some(here) = waiting.pop() {
            for there in before.get(&here).into_iter().flatten() {
                if leading.insert(*there) {
                    waiting.push(*there);
                }
            }
        }
        leading
    }
}

impl<'a> Drill<'a> {
    /// Does one thing more, and keeps count of the uses.
    pub(super) fn go(&self, writer: &mut Writer, run: &mut Run, step: Step) -> bool {
        if !writer.go(&mut run.thread, step) {
            return false;
        }
        if self.forgets(&run.thread.visited) {
            run.uses = 0;
        }
        if self.uses(&run.thread.visited) {
            run.uses += 1;
        }
        true
    }

    /// Brings the session to a step by the fewest inputs.
    pub(super) fn go_to(&self, writer: &mut Writer, run: &mut Run, to: StepId, instant: Time) -> bool {
        let Some(from) = place(&run.thread.universe, run.session) else { return false };
        let paths = Paths::of(writer.situations);
        let Some(way) = paths.way(from, |step| step == to, |_, _| true) else { return false };
        self.follow(writer, run, &paths, &way, instant)
            && place(&run.thread.universe, run.session) == Some(to)
    }

    /// Makes these moves.
    pub(super) fn follow(
        &self,
        writer: &mut Writer,
        run: &mut Run,
        paths: &Paths,
        way: &[Place],
        instant: Time,
    ) -> bool {
        way.iter().all(|at| {
            let step = paths.step(*at).map(|step| in_session(step, run.session, instant));
            step.is_some_and(|step| self.go(writer, run, step))
        })
    }

    /// As many uses as fit but one, what forgets them somewhere else in the flow, and as many again, for each statement
    /// that does.
    pub(super) fn resets_elsewhere(&self, writer: &mut Writer<'a>) {
        for (element, here, way) in self.resetting_elsewhere(writer) {
            let Some(mut run) = self.used(writer, 0, self.fits - 1) else { continue };
            let step = in_session(&way.step, run.session, 0);
            if self.go_to(writer, &mut run, here, 0)
                && self.go(writer, &mut run, step)
                && run.thread.visited.contains(&element)
                && self.up_to(writer, &mut run, 0, self.fits)
            {
                let name = writer.path(element);
                self.both(writer, &run, 0, &format!("{} uses after `{name}`, and one more", self.fits));
            }
        }
    }

    /// The nearest input for each statement that forgets the uses of whoever is in the session, in other handlers.
    fn resetting_elsewhere(&self, writer: &Writer<'a>) -> Vec<(ElementId, StepId, &'a Move)> {
        if self.gate.key != Key::Session {
            return Vec::new();
        }
        let mut found: Vec<(ElementId, StepId, &Move)> = Vec::new();
        for index in writer.situations.nearest() {
            let situation = &writer.situations.all[index];
            for (at, way) in &situation.moves {
                let handler = &writer.model.step(situation.place).handlers[*at];
                if std::ptr::eq(handler, self.handler) {
                    continue;
                }
                for element in self.forgetting.iter().filter(|element| way.taken.visited.contains(element)) {
                    if !found.iter().any(|(known, ..)| known == element) {
                        found.push((*element, situation.place, way));
                    }
                }
            }
        }
        found
    }
}
