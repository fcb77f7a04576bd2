//! Makes a failing sequence as short and as plain as it can be while it fails in the same way.
//!
//! Any part of a sequence is itself a test, because the oracle works out anew what is expected: nothing has to be
//! repaired after a step was left out.

use super::{End, Play, Shown, Step, Term};
use crate::{Observation, Rows, SessionId, Text, Verdict, model::Model, values::Values};

/// How many sequences are tried at most.
const TRIES: usize = 3_000;

/// Shortens sequences of one flow.
pub(super) struct Shrinker<'a> {
    model: &'a Model,
    play: &'a mut dyn FnMut(&Rows, &[Step]) -> Play,
    rows: Rows,
    symptom: Symptom,
    tries: usize,
}

/// What is the same about failures that are taken for one.
#[derive(Debug, PartialEq)]
struct Symptom {
    step: Option<Text>,
    crashed: bool,
    seen: Option<Verdict>,
    allowed: Vec<Option<Verdict>>,
}

/// The fewest rows and the shortest sequence found that fail as the given ones do; `first` is what these showed, and
/// `play` plays others.
pub fn shrink(
    model: &Model,
    rows: &Rows,
    steps: &[Step],
    first: &Play,
    play: &mut dyn FnMut(&Rows, &[Step]) -> Play,
) -> (Rows, Vec<Step>) {
    let mut steps = steps[..first.lines.len().min(steps.len())].to_vec();
    let symptom = Symptom::of(first, &steps);
    let mut shrinker = Shrinker { model, play, rows: rows.clone(), symptom, tries: TRIES };
    loop {
        let before = steps.clone();
        shrinker.leave_out(&mut steps);
        shrinker.join(&mut steps);
        shrinker.hurry(&mut steps);
        shrinker.simplify(&mut steps);
        shrinker.clear(&mut steps);
        if steps == before {
            return (shrinker.rows, steps);
        }
    }
}

impl Shrinker<'_> {
    /// Whether a sequence fails in the same way; it is cut where it does.
    fn fails(&mut self, steps: &mut Vec<Step>) -> bool {
        if self.tries == 0 {
            return false;
        }
        self.tries -= 1;
        let play = (self.play)(&self.rows, steps);
        let fails = play.has_failed() && Symptom::of(&play, steps) == self.symptom;
        if fails {
            steps.truncate(play.lines.len());
        }
        fails
    }

    /// Leaves steps out, many at once at first.
    fn leave_out(&mut self, steps: &mut Vec<Step>) {
        let mut size = steps.len() / 2;
        while size > 0 {
            let mut at = 0;
            while at < steps.len() {
                let end = (at + size).min(steps.len());
                let mut fewer = [&steps[..at], &steps[end..]].concat();
                if self.fails(&mut fewer) {
                    *steps = fewer;
                } else {
                    at += size;
                }
            }
            size /= 2;
        }
    }

    /// Begins with fewer rows.
    fn clear(&mut self, steps: &mut Vec<Step>) {
        let places =
            self.rows.iter().flat_map(|(record, rows)| (0..rows.len()).map(|at| (record.clone(), at)));
        for (record, at) in places.collect::<Vec<_>>().into_iter().rev() {
            let before = self.rows.clone();
            if let Some(rows) = self.rows.get_mut(&record) {
                rows.remove(at);
            }
            if !self.fails(steps) {
                self.rows = before;
            }
        }
    }

    /// Has a session's part done by another one.
    fn join(&mut self, steps: &mut Vec<Step>) {
        let mut at = 1;
        while at < steps.len() {
            let joined = match steps[at] {
                Step::Open { session, .. } => {
                    let others = steps[..at].iter().rev().filter_map(Step::session);
                    let mut others: Vec<_> = others.filter(|other| *other != session).collect();
                    others.dedup();
                    others.into_iter().any(|other| self.does_for(steps, at, session, other))
                }
                _ => false,
            };
            at += usize::from(!joined);
        }
    }

    /// Whether it fails as well where what follows an opening is done in another session.
    fn does_for(
        &mut self,
        steps: &mut Vec<Step>,
        opened: usize,
        session: SessionId,
        other: SessionId,
    ) -> bool {
        let mut joined = steps.clone();
        joined.remove(opened);
        let rest = joined.iter_mut().skip(opened).filter_map(Step::session_mut);
        rest.filter(|known| **known == session).for_each(|known| *known = other);
        let fails = self.fails(&mut joined);
        if fails {
            *steps = joined;
        }
        fails
    }

    /// Makes every wait as short as it can be.
    fn hurry(&mut self, steps: &mut Vec<Step>) {
        for at in 0..steps.len() {
            let (mut least, mut most) = (0, wait(steps, at));
            while least < most && at < steps.len() {
                let try_wait = least + (most - least) / 2;
                let mut sooner = steps.clone();
                shorten(&mut sooner, at, wait(steps, at) - try_wait);
                if self.fails(&mut sooner) {
                    *steps = sooner;
                    most = try_wait;
                } else {
                    least = try_wait + 1;
                }
            }
        }
    }

    /// Leaves values out, or takes the plainest of their type.
    fn simplify(&mut self, steps: &mut Vec<Step>) {
        for at in 0..steps.len() {
            for field in (0..field_count(&steps[at])).rev() {
                let mut without = steps.clone();
                fields(&mut without[at]).map(|fields| fields.remove(field));
                if self.fails(&mut without) {
                    *steps = without;
                } else if let Some(plain) = self.plain(&steps[at], field) {
                    let mut plainer = steps.clone();
                    fields(&mut plainer[at]).into_iter().for_each(|fields| fields[field].1 = plain.clone());
                    if plainer != *steps && self.fails(&mut plainer) {
                        *steps = plainer;
                    }
                }
                if at >= steps.len() {
                    return;
                }
            }
        }
    }

    fn plain(&self, step: &Step, field: usize) -> Option<Term> {
        let kind = match step {
            Step::Apply { event, fields, .. } => {
                let event = self.model.events.iter().find(|known| known.name == *event)?;
                event.fields.iter().find(|known| known.name == fields[field].0)?.kind
            }
            Step::Open { given, .. } => {
                self.model.givens.iter().find(|known| known.name == given[field].0)?.kind
            }
            _ => return None,
        };
        Values::new(self.model).nth(kind, 0).map(Term::Value)
    }
}

impl Symptom {
    fn of(play: &Play, steps: &[Step]) -> Self {
        let line = play.lines.last();
        let step = line.and_then(|line| steps.get(line.step)).and_then(|step| match step {
            Step::Apply { event, .. } => Some(event.clone()),
            Step::May { capability, .. } => Some(capability.clone()),
            _ => None,
        });
        let mut allowed = match &play.end {
            End::Failed(allowed) => allowed.iter().map(verdict).collect(),
            _ => Vec::new(),
        };
        allowed.dedup();
        let crashed = matches!(play.end, End::Crashed(_));
        Self { step, crashed, seen: line.and_then(|line| verdict(&line.seen)), allowed }
    }
}

fn verdict(shown: &Shown) -> Option<Verdict> {
    match shown {
        Shown::Observation(Observation { verdict, .. }) => Some(verdict.clone()),
        _ => None,
    }
}

/// How long a step waits after the one before it.
fn wait(steps: &[Step], at: usize) -> i64 {
    let before = steps.iter().take(at).rev().find_map(Step::at).unwrap_or(0);
    steps.get(at).and_then(Step::at).map_or(0, |at| at - before)
}

/// Moves a step and all after it to an earlier instant.
fn shorten(steps: &mut [Step], at: usize, by: i64) {
    steps.iter_mut().skip(at).filter_map(Step::at_mut).for_each(|at| *at -= by);
}

fn fields(step: &mut Step) -> Option<&mut super::Terms> {
    match step {
        Step::Open { given: fields, .. } | Step::Apply { fields, .. } => Some(fields),
        _ => None,
    }
}

fn field_count(step: &Step) -> usize {
    match step {
        Step::Open { given: fields, .. } | Step::Apply { fields, .. } => fields.len(),
        _ => 0,
    }
}
