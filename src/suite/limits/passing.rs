//! What neither uses a limit nor forgets its uses: it is done between uses, all over the flow, on as few ways as can be.

use std::collections::{BTreeMap, HashSet};

use flowspec_runtime::model::{Expr, Key, StepId};

use flowspec_runtime::suite::Step;

use super::ways::{Paths, Place};
use super::{Drill, Run, in_session};
use crate::explore::{Move, place};
use crate::suite::writer::Writer;

const PASSED_BY: &str = "what else can be done forgets no use";

/// What is still to be done in each step; in which steps a use is still to come.
struct Round<'p, 'w> {
    paths: &'p Paths<'w>,
    left: BTreeMap<StepId, Vec<Place>>,
    /// None where a new session can use the limit, whatever becomes of this one.
    useful: Option<HashSet<StepId>>,
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
        let own = self.gate.key == Key::Session;
        let useful = own.then(|| paths.leading_to(is_use, |way| self.passes_by(way)));
        let mut round = Round { paths: &paths, left: BTreeMap::new(), useful };
        for (at, _) in paths.all().filter(|(_, way)| self.passes_by(way)) {
            if round.leads_on(at) {
                round.left.entry(at.0).or_default().push(at);
            }
        }
        // What stays is done first.
        for (here, moves) in &mut round.left {
            moves.sort_by_key(|at| paths.target(*at) == Some(*here));
        }
        while !round.left.is_empty() {
            let Some(mut run) = self.used(writer, 0, self.fits.max(2) - 1) else { return };
            let Some(passed) = self.pass(writer, &mut run, &mut round) else { return };
            if passed && own {
                self.use_up(writer, &run, &round);
            } else if passed && self.up_to(writer, &mut run, 0, self.fits) {
                self.both(writer, &run, 0, PASSED_BY);
            }
        }
    }

    /// Does what is left wherever the session comes to, until nothing of it can be come to; whether anything was done.
    /// None where there was nothing to try.
    fn pass(&self, writer: &mut Writer, run: &mut Run, round: &mut Round) -> Option<bool> {
        let (mut tried, mut passed) = (false, false);
        loop {
            let is_left = |step| round.left.contains_key(&step);
            let may = |at: Place, way: &Move| self.passes_by(way) && round.leads_on(at);
            let here = place(&run.thread.universe, run.session);
            let way = here.and_then(|here| round.paths.way(here, is_left, may));
            let (mut on, way, there) = match (here, way) {
                (Some(here), Some(way)) => {
                    let there = way.last().and_then(|at| round.paths.target(*at)).unwrap_or(here);
                    (run.clone(), way, there)
                }
                // Another session does what this one does not come to any more.
                _ if round.useful.is_none() => {
                    let Some((&there, _)) = round.left.first_key_value() else { break };
                    match self.afresh(writer, run, there).filter(|on| on.uses == run.uses) {
                        Some(on) => (on, Vec::new(), there),
                        None => {
                            (tried, _) = (true, round.take(there));
                            continue;
                        }
                    }
                }
                _ => break,
            };
            let next = round.take(there)?;
            tried = true;
            for at in way.iter().chain([&next]) {
                let done = self.follow(writer, &mut on, round.paths, std::slice::from_ref(at), 0);
                let leads_on =
                    place(&on.thread.universe, on.session).is_some_and(|step| round.is_useful(step));
                if !(done && leads_on && on.uses == run.uses) || self.is_barrier(&on.thread.visited) {
                    break;
                }
                *run = on.clone();
                round.done(*at);
                passed = true;
            }
        }
        tried.then_some(passed)
    }

    /// The run with a new session in a step.
    fn afresh(&self, writer: &mut Writer, run: &Run, step: StepId) -> Option<Run> {
        let mut run = run.clone();
        if place(&run.thread.universe, run.session).is_some() {
            run.session += 1;
        }
        let mut nearest = writer.situations.nearest().into_iter();
        let there = nearest.find(|index| writer.situations.all[*index].place == step)?;
        let path: Vec<Step> = writer.situations.path(there).into_iter().cloned().collect();
        let arrived = path.into_iter().all(|step| {
            let step = in_session(&step, run.session, 0);
            self.go(writer, &mut run, step) && !self.is_barrier(&run.thread.visited)
        });
        (arrived && place(&run.thread.universe, run.session) == Some(step)).then_some(run)
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
                self.test(writer, &run, format!("{PASSED_BY}{what}"));
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
        self.paths.target(at).is_some_and(|there| self.is_useful(there))
    }

    fn is_useful(&self, step: StepId) -> bool {
        self.useful.as_ref().is_none_or(|useful| useful.contains(&step))
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
