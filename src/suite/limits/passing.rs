//! What neither uses a limit nor forgets its uses: it is done between uses, all over the flow, on as few ways as can be.

use std::collections::{BTreeMap, HashSet};

use flowspec_runtime::model::{Expr, Key, StepId};

use super::ways::{Paths, Place};
use super::{Drill, Run};
use crate::explore::{Move, SESSION, place};
use crate::suite::writer::Writer;

/// What is still to be done in each step; in which steps a use is still to come.
struct Round<'p, 'w> {
    paths: &'p Paths<'w>,
    left: BTreeMap<StepId, Vec<Place>>,
    useful: HashSet<StepId>,
}

impl<'a> Drill<'a> {
    /// As many uses as fit but one, whatever else can be done from there on, and on until the limit refuses: nothing of
    /// that forgets a use.
    pub(super) fn passing_by(&self, writer: &mut Writer<'a>) {
        if hangs_on_the_event(&self.gate.key) {
            return;
        }
        let paths = Paths::of(writer.situations);
        let is_use = |step| self.use_at(&paths, step).is_some();
        let useful = paths.leading_to(is_use, |way| self.passes_by(way));
        let mut left: BTreeMap<StepId, Vec<Place>> = BTreeMap::new();
        for (at, way) in paths.all().filter(|(_, way)| self.passes_by(way)) {
            if place(&way.taken.universe, SESSION).is_some_and(|there| useful.contains(&there)) {
                left.entry(at.0).or_default().push(at);
            }
        }
        // What stays is done first.
        for (here, moves) in &mut left {
            moves.sort_by_key(|at| paths.target(*at) == Some(*here));
        }
        let mut round = Round { paths: &paths, left, useful };
        while !round.left.is_empty() {
            let Some(mut run) = self.used(writer, 0, self.fits.max(2) - 1) else { return };
            let Some(passed) = self.pass(writer, &mut run, &mut round) else { return };
            if passed {
                self.use_up(writer, &run, &round);
            }
        }
    }

    /// Does what is left wherever the session comes to, until nothing of it can be come to; whether anything was done.
    /// None where there was nothing to try.
    fn pass(&self, writer: &mut Writer, run: &mut Run, round: &mut Round) -> Option<bool> {
        let (mut tried, mut passed) = (false, false);
        loop {
            let here = place(&run.thread.universe, run.session)?;
            let is_left = |step| round.left.contains_key(&step);
            let may = |at: Place, way: &Move| self.passes_by(way) && round.leads_on(at);
            let Some(way) = round.paths.way(here, is_left, may) else { break };
            let there = way.last().and_then(|at| round.paths.target(*at)).unwrap_or(here);
            let next = round.take(there)?;
            tried = true;
            for at in way.iter().chain([&next]) {
                let mut on = run.clone();
                let uses = run.uses;
                let done = self.follow(writer, &mut on, round.paths, std::slice::from_ref(at), 0);
                let useful =
                    place(&on.thread.universe, on.session).is_some_and(|at| round.useful.contains(&at));
                if !(done && useful && on.uses == uses) || self.is_barrier(&on.thread.visited) {
                    break;
                }
                *run = on;
                round.done(*at);
                passed = true;
            }
        }
        tried.then_some(passed)
    }

    /// Uses the limit, wherever that can be done, until it is full, and tests what comes after that: another use, and what
    /// is none, since whoever refuses a use for itself may give the same reason.
    fn use_up(&self, writer: &mut Writer, run: &Run, round: &Round) {
        let mut run = run.clone();
        loop {
            let Some(here) = place(&run.thread.universe, run.session) else { return };
            let is_use = |step| self.use_at(round.paths, step).is_some();
            let Some(way) = round.paths.way(here, is_use, |_, way| self.passes_by(way)) else { return };
            let there = way.last().and_then(|at| round.paths.target(*at)).unwrap_or(here);
            let Some(next) = self.use_at(round.paths, there) else { return };
            if !self.follow(writer, &mut run, round.paths, &way, 0) {
                return;
            }
            if run.uses >= self.fits {
                return self.beyond(writer, &run, round.paths, next);
            }
            let uses = run.uses;
            if !self.follow(writer, &mut run, round.paths, &[next], 0) || run.uses == uses {
                return;
            }
        }
    }

    /// Tests that the limit refuses a use, and another input of the same handler.
    fn beyond(&self, writer: &mut Writer, full: &Run, paths: &Paths, next: Place) {
        let of = |at: Place| paths.handler(at);
        let other = paths.at(next.0).find(|(at, way)| of(*at) == of(next) && self.passes_by(way));
        for at in std::iter::once(next).chain(other.map(|(at, _)| at)) {
            let mut run = full.clone();
            if self.follow(writer, &mut run, paths, &[at], 0) && self.is_barrier(&run.thread.visited) {
                let what = if at == next { "" } else { ", with an input that does not count" };
                self.test(writer, &run, format!("what else can be done forgets no use{what}"));
            }
        }
    }

    /// A use that can be made in a step.
    fn use_at(&self, paths: &Paths, step: StepId) -> Option<Place> {
        paths.at(step).find(|(_, way)| self.uses(&way.taken.visited)).map(|(at, _)| at)
    }

    /// Whether a move has nothing to do with the limit.
    fn passes_by(&self, way: &Move) -> bool {
        let visited = &way.taken.visited;
        !self.uses(visited) && !self.forgets(visited) && !self.is_barrier(visited)
    }
}

impl Round<'_, '_> {
    /// Whether a move leads to where a use is still to come.
    fn leads_on(&self, at: Place) -> bool {
        self.paths.target(at).is_some_and(|there| self.useful.contains(&there))
    }

    /// Something that is left in a step.
    fn take(&mut self, step: StepId) -> Option<Place> {
        let next = self.left.get_mut(&step)?.pop();
        self.left.retain(|_, moves| !moves.is_empty());
        next
    }

    /// What was done on the way is not left any more.
    fn done(&mut self, at: Place) {
        if let Some(moves) = self.left.get_mut(&at.0) {
            moves.retain(|left| *left != at);
            if moves.is_empty() {
                self.left.remove(&at.0);
            }
        }
    }
}

/// Whether each input may be counted by a key of its own.
fn hangs_on_the_event(key: &Key) -> bool {
    match key {
        Key::Universe | Key::Session => false,
        Key::Value(expr) => expr.any(&mut |inner| matches!(inner, Expr::Field(_) | Expr::AnswerField(_))),
    }
}
