//! Section 9: the same event twice, and often where it changes nothing; two sessions side by side; leaving half-way and beginning again; a value that another
//! session was sent.

use flowspec_runtime::model::StepId;
use flowspec_runtime::suite::{Section, Seen, Step, Term};
use flowspec_runtime::{SessionId, Time, Verdict};

use super::transitions::proceed;
use super::writer::{Thread, Writer, at};
use crate::explore::{SESSION, place};

/// How often is often.
const OFTEN: usize = 6;

/// Another session.
pub(super) const OTHER: SessionId = 1;

/// Adds the tests of section 9.
pub(super) fn derive(writer: &mut Writer) {
    for situation in writer.situations.nearest() {
        let place = writer.situations.all[situation].place;
        if writer.model.step(place).end.is_some() {
            side_by_side(writer, situation, place);
        } else {
            twice(writer, situation);
            often(writer, situation);
            again(writer, situation, place);
            anothers(writer, situation);
        }
    }
}

/// Whatever is accepted here, and the very same once more.
fn twice(writer: &mut Writer, situation: usize) {
    let mut tried = Vec::new();
    for (handler, way) in &writer.situations.all[situation].moves {
        let accepted = way.taken.observation.as_ref().is_some_and(|seen| seen.verdict == Verdict::Accepted);
        if !accepted || tried.contains(handler) {
            continue;
        }
        tried.push(*handler);
        let mut thread = writer.at(situation);
        if writer.go(&mut thread, way.step.clone()) {
            let requirement = writer.decisive(&thread.visited);
            if writer.go(&mut thread, way.step.clone()) {
                let title = format!("{} twice", writer.path(requirement));
                writer.test(Section::Repetition, &thread, &[requirement], title);
            }
        }
    }
}

/// Each event that leads nowhere, refused or not, again and again: an implementation may have limits that the flow has not.
fn often(writer: &mut Writer, situation: usize) {
    let here = writer.situations.all[situation].place;
    let mut tried = Vec::new();
    for (_, way) in &writer.situations.all[situation].moves {
        let mut thread = writer.at(situation);
        let (mut named, mut times) = (None, 0);
        while times < OFTEN {
            let mut next = thread.clone();
            let step = at(&way.step, next.universe.now());
            if !writer.go(&mut next, step) || place(&next.universe, SESSION) != Some(here) {
                break;
            }
            // A limit of the flow has tests of its own.
            let requirement = writer.decisive(&next.visited);
            if named.is_some_and(|named| named != requirement) || tried.contains(&requirement) {
                break;
            }
            (thread, named, times) = (next, Some(requirement), times + 1);
        }
        if let Some(requirement) = named.filter(|_| times > 1) {
            tried.push(requirement);
            proceed(writer, &mut thread, situation);
            let title = format!("{} {times} times", writer.path(requirement));
            writer.test(Section::Repetition, &thread, &[requirement], title);
        }
    }
}

/// The way to an end, walked by two sessions in turn.
fn side_by_side(writer: &mut Writer, situation: usize, end: StepId) {
    let model = writer.model;
    let world = writer.situations.all[situation].world;
    let steps: Vec<Step> = writer.situations.path(situation).into_iter().cloned().collect();
    let Some(mut thread) = writer.begin(world) else { return };
    for step in &steps {
        if !writer.go(&mut thread, step.clone()) {
            break;
        }
        let step = match step {
            Step::Open { at, .. } => writer.explorer.opening(OTHER, *at, 0),
            Step::Advance { .. } => continue,
            other => with_other_values(writer, &thread, of_session(other, OTHER)),
        };
        if !writer.go(&mut thread, step) {
            break;
        }
    }
    let element = model.step(end).element;
    let title = format!("two sessions side by side, on the way to {}", model.step(end).name);
    writer.test(Section::Repetition, &thread, &[element], title);
}

/// The same step with other values, as far as they lead to the same place.
fn with_other_values(writer: &Writer, thread: &Thread, step: Step) -> Step {
    let model = writer.model;
    let to = |step: &Step| {
        let taken = writer.explorer.runner.take(&thread.universe, step)?;
        place(&taken.universe, OTHER)
    };
    let wanted = to(&step);
    let mut varied = step;
    let Step::Apply { event, .. } = &varied else { return varied };
    let Some(event) = model.events.iter().find(|known| known.name == *event) else { return varied };
    for field in &event.fields {
        let mut tried = varied.clone();
        let Step::Apply { fields, .. } = &mut tried else { continue };
        let term = fields.iter_mut().find(|(name, _)| *name == field.name).map(|(_, term)| term);
        if let (Some(term @ Term::Value(_)), Some(value)) = (term, writer.explorer.values.nth(field.kind, 1))
        {
            *term = Term::Value(value);
            if to(&tried) == wanted {
                varied = tried;
            }
        }
    }
    varied
}

/// To a step, away from it, and there again: what was left must not show.
fn again(writer: &mut Writer, situation: usize, left: StepId) {
    let steps: Vec<Step> = writer.situations.path(situation).into_iter().cloned().collect();
    let mut thread = writer.at(situation);
    if !writer.go(&mut thread, Step::Close { session: SESSION }) {
        return;
    }
    let now: Time = thread.universe.now();
    for step in &steps {
        let later = step.at().map_or(now, |instant| instant + now);
        if !writer.go(&mut thread, at(step, later)) {
            break;
        }
    }
    let model = writer.model;
    let title = format!("left in {}, and begun again", model.step(left).name);
    writer.test(Section::Repetition, &thread, &[model.step(left).element], title);
}

/// A value that another session was sent, where this one's own is asked for.
fn anothers(writer: &mut Writer, situation: usize) {
    let steps: Vec<Step> = writer.situations.path(situation).into_iter().cloned().collect();
    let ways = &writer.situations.all[situation].moves;
    let sent = ways.iter().find_map(|(_, way)| {
        let Step::Apply { fields, .. } = &way.step else { return None };
        fields.iter().find_map(|(name, term)| match term {
            Term::Seen(Seen::Sent(output, field)) => {
                Some((way.step.clone(), name.clone(), output.clone(), field.clone()))
            }
            _ => None,
        })
    });
    let Some((mut submit, name, output, field)) = sent else { return };
    let mut thread = writer.at(situation);
    if !walk(writer, &mut thread, &steps) {
        return;
    }
    if let Step::Apply { fields, at, .. } = &mut submit {
        *at = thread.universe.now();
        if let Some((_, term)) = fields.iter_mut().find(|(known, _)| *known == name) {
            *term = Term::Seen(Seen::Of(OTHER, output.clone(), field));
        }
    }
    if writer.go(&mut thread, submit) {
        let requirement = writer.decisive(&thread.visited);
        let title = format!("{name}: the value of {output} that another session was sent");
        writer.test(Section::Repetition, &thread, &[requirement], title);
    }
}

/// The other session goes the same way, from where the clock stands.
pub(super) fn walk(writer: &mut Writer, thread: &mut Thread, steps: &[Step]) -> bool {
    let now = thread.universe.now();
    steps.iter().all(|step| match step {
        Step::Open { .. } => {
            let opening = writer.explorer.opening(OTHER, now, 0);
            writer.go(thread, opening)
        }
        Step::Advance { .. } => false,
        other => writer.go(thread, at(&of_session(other, OTHER), now)),
    })
}

/// The same step of another session.
pub(super) fn of_session(step: &Step, session: SessionId) -> Step {
    let mut step = step.clone();
    if let Some(of) = step.session_mut() {
        *of = session;
    }
    step
}
