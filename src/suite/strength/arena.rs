//! One faulty variant against the recorded suite: which test first tells it from the right one, if any does.

use flowspec_runtime::conformance::{Duel, Moment, Turn};
use flowspec_runtime::machine::{Asked, Universe};
use flowspec_runtime::model::Model;
use flowspec_runtime::{SessionId, Time};

use super::guarded::Guarded;
use super::recorded::{Recorded, Trace};
use super::touch::touched;
use super::waiting::Waiting;
use crate::suite::mutants::Mutant;

/// How many moments are kept in which a variant remembers something else without having shown it.
const KEPT: usize = 8;

/// What a suite makes of a variant.
pub(super) enum Caught {
    /// It is told from the right one by the step of this trace.
    At(u32),
    /// It is not; in these moments, each after its trace, it remembers something else.
    Not(Vec<(u32, Moment)>),
}

/// A trace that a variant is still to be run through.
struct Open {
    at: u32,
    before: Moment,
    /// Whether all that the variant has shown until then is what the right one shows.
    unseen: bool,
    /// Nothing shows of its fault before this instant.
    until: Time,
}

/// Runs variants.
pub(super) struct Arena<'a> {
    pub(super) model: &'a Model,
    pub(super) duel: Duel,
}

impl Arena<'_> {
    /// Does something while the duel's interpreter is a variant.
    pub(super) fn with<T>(&mut self, mutant: &Mutant, act: impl FnOnce(&mut Duel) -> T) -> Option<T> {
        with(&mut self.duel, self.model, mutant, act)
    }

    /// Holds a variant against the recorded suite.
    pub(super) fn hold(&mut self, recorded: &Recorded, mutant: &Mutant) -> Caught {
        let touched = match Guarded::of(self.model, mutant) {
            Some(guarded) => self.telling(recorded, mutant, &guarded),
            None => touched(recorded, self.model, mutant),
        };
        let waiting = Waiting::of(self.model, mutant);
        let held = self.with(mutant, |duel| match run(duel, recorded, &touched, waiting.as_ref()) {
            // Where else it remembers something else is where the search for what tells it begins.
            Caught::Not(_) if waiting.is_some() => run(duel, recorded, &touched, None),
            held => held,
        });
        held.unwrap_or(Caught::Not(Vec::new()))
    }

    /// The traces that may go another way in a variant that is faulty in one handler.
    fn telling(&self, recorded: &Recorded, mutant: &Mutant, guarded: &Guarded) -> Vec<u32> {
        let machine = self.duel.interpreter().machine();
        let those = |at: u32, test: &dyn Fn(&Universe, Option<SessionId>, &Asked) -> bool| {
            let Trace { step, asked, .. } = &recorded.traces[at as usize];
            recorded.before_trace(at).is_none_or(|before| test(before.universe(), step.session(), asked))
        };
        let mut telling = match guarded.kept_but_for_one() {
            Some(right) => {
                let is_near = |universe: &Universe, session, asked: &Asked| {
                    guarded.is_near(right, machine, universe, session, asked)
                };
                let near = || {
                    let mut touched = touched(recorded, self.model, mutant);
                    touched.retain(|at| those(*at, &is_near));
                    touched
                };
                recorded.near(right, near).to_vec()
            }
            None => touched(recorded, self.model, mutant),
        };
        let may_differ = |universe: &Universe, session, asked: &Asked| {
            guarded.may_differ(machine, universe, session, asked)
        };
        telling.retain(|at| those(*at, &may_differ));
        telling
    }
}

/// Does something while a duel's interpreter is a variant; none where no machine can run it.
pub(super) fn with<T>(
    duel: &mut Duel,
    model: &Model,
    mutant: &Mutant,
    act: impl FnOnce(&mut Duel) -> T,
) -> Option<T> {
    let mut mutant = mutant.clone();
    let (timers, pattern) = mutant.follows(model);
    let changed = duel.change(mutant.habit, timers, pattern, |model| mutant.swap(model));
    let result = changed.is_ok().then(|| act(duel));
    duel.change(None, timers, pattern, |model| mutant.swap_back(model)).ok()?;
    result
}

/// Runs a variant wherever it may go otherwise, and on from there as long as it remembers something else; of one that
/// waits, only what lasts long enough to show it.
fn run(duel: &mut Duel, recorded: &Recorded, touched: &[u32], waiting: Option<&Waiting>) -> Caught {
    let mut other = Vec::new();
    let mut passed = vec![false; recorded.traces.len()];
    for &at in touched {
        if passed[at as usize] {
            continue;
        }
        let Some(before) = recorded.before_trace(at) else { continue };
        let until = waiting.map_or(Time::MIN, |waiting| waiting.until(recorded, at));
        let mut open = vec![Open { at, before: before.clone(), unseen: true, until }];
        while let Some(Open { at, before, unseen, until }) = open.pop() {
            let trace = &recorded.traces[at as usize];
            if trace.latest < until {
                continue;
            }
            duel.back_to(&before);
            let Some(shown) = duel.act(&trace.step) else { continue };
            let interpreter = duel.interpreter();
            let same = trace.after.agrees(interpreter.universe(), interpreter.picked());
            let unseen = unseen && shown == trace.shown;
            if same && unseen {
                continue;
            }
            let moment = if unseen {
                // As long as all that was shown is what the right one shows, the oracle believes what it believed then.
                Some(trace.after.with(interpreter))
            } else {
                match duel.judge(&trace.step, &shown) {
                    Turn::Told => return Caught::At(at),
                    Turn::Allowed if !same => Some(duel.moment()),
                    Turn::Allowed | Turn::Open => None,
                }
            };
            let Some(moment) = moment else { continue };
            passed[at as usize] = true;
            let next =
                trace.next.iter().rev().filter(|next| recorded.traces[**next as usize].latest >= until);
            open.extend(next.map(|next| Open { at: *next, before: moment.clone(), unseen, until }));
            if other.len() < KEPT {
                other.push((at, moment));
            }
        }
    }
    Caught::Not(other)
}
