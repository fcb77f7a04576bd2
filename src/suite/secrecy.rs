//! Section 10: what must look the same to somebody: the same done in a world of the one case, and in one of the other.
//!
//! For each thing that can be seen once the cases have come up, a pair of tests. The check has shown that both are expected
//! to look alike; so an implementation that passes both does not tell the cases apart there.

use flowspec_runtime::model::{Claim, Property, StepId, Waiting};
use flowspec_runtime::suite::{Section, Step, Term};

use super::writer::{Thread, Writer};
use crate::check::{BUDGET, Budget};
use crate::explore::SESSION;
use crate::explore::space::{Act, Apart, Promise, Twins};

/// Adds the tests of section 10.
pub(super) fn derive(writer: &mut Writer) {
    let model = writer.model;
    for property in &model.properties {
        let Claim::Indistinguishable { one, other, event, to, without } = &property.claim else { continue };
        let promise = Promise { cases: [one, other], event: *event, to: *to, without };
        let twins = Twins::explore(writer.explorer.runner.machine(), &promise, &Budget::of(BUDGET));
        // A suite does not wait where the spec is silent on waiting.
        let waits = model.defaults.waiting.0 == Waiting::Stay
            || model.steps.iter().enumerate().all(|(step, known)| {
                known.end.is_some() || model.timers.iter().any(|timer| timer.step == Some(step as StepId))
            });
        for apart in &twins.alike {
            let still = apart.lines.iter().all(|line| !matches!(line.act, Act::Wait(_)));
            if waits || still {
                pair(writer, property, apart);
            }
        }
    }
}

/// The two tests of a pair; both or none.
fn pair(writer: &mut Writer, property: &Property, apart: &Apart) {
    let threads = [0, 1].map(|side| run(writer, apart, side));
    let [Some(one), Some(other)] = threads else { return };
    let seen = apart.lines.last().map(|last| last.seen[0].reasons.join(", ")).unwrap_or_default();
    let seen = if seen.is_empty() { "accepted".to_owned() } else { format!("refused: {seen}") };
    let path = writer.path(property.element).to_owned();
    for (thread, which) in [(one, "the one case"), (other, "the other case")] {
        let requirement = writer.decisive(&thread.visited);
        let title = format!("{path}, {which} after {} steps, {seen}", apart.lines.len());
        writer.test(Section::Secrecy, &thread, &[property.element, requirement], title);
    }
}

/// A run on one side; none, if the spec is silent on something in it.
fn run(writer: &mut Writer, apart: &Apart, side: usize) -> Option<Thread> {
    let mut thread = writer.begin_with(apart.rows[side].clone())?;
    let given = apart.given.0.iter().map(|(name, value)| (name.clone(), Term::Value(value.clone())));
    let open = Step::Open { session: SESSION, at: apart.clock, given: given.collect() };
    let mut goes_on = writer.go(&mut thread, open);
    for line in &apart.lines {
        let now = thread.universe.now();
        let step = match &line.act {
            Act::Wait(by) => Step::Advance { to: now + by },
            Act::Event { handler, draft } => {
                let handler = writer.model.step(line.step).handlers.get(usize::from(*handler))?;
                Step::Apply {
                    session: SESSION,
                    at: now,
                    event: writer.model.event(handler.event).name.clone(),
                    by: writer.model.actors[usize::from(handler.actor)].name.clone(),
                    fields: draft.fields.clone(),
                    answers: draft.answers.clone(),
                }
            }
            // Nobody else is about in these runs, and what is done in them is expected.
            Act::Elsewhere | Act::Unexpected(_) => return None,
            Act::Open(given) => {
                goes_on &= writer.go(&mut thread, Step::Close { session: SESSION });
                let given = given.0.iter().map(|(name, value)| (name.clone(), Term::Value(value.clone())));
                Step::Open { session: SESSION, at: now, given: given.collect() }
            }
        };
        goes_on &= writer.go(&mut thread, step);
    }
    goes_on.then_some(thread)
}
