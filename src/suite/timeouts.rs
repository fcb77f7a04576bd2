//! Section 6, time-outs: one millisecond before, at and after they are due; with something done just before.

use flowspec_runtime::model::{StepId, Timer, TimerBase, Waiting};
use flowspec_runtime::suite::{Section, Step};
use flowspec_runtime::{Time, Verdict};

use super::unlisted;
use super::writer::{Writer, at};
use crate::explore::{Move, SESSION, place};

/// Adds the tests of time-outs.
pub(super) fn derive(writer: &mut Writer) {
    let model = writer.model;
    for timer in &model.timers {
        for situation in places(writer, timer) {
            edges(writer, timer, situation);
        }
    }
}

/// The nearest situation in each step where the time-out runs.
fn places(writer: &Writer, timer: &Timer) -> Vec<usize> {
    let here =
        |place: StepId| timer.step.map_or(writer.model.step(place).end.is_none(), |step| step == place);
    let nearest = writer.situations.nearest();
    nearest.into_iter().filter(|index| here(writer.situations.all[*index].place)).collect()
}

fn edges(writer: &mut Writer, timer: &Timer, situation: usize) {
    let universe = &writer.situations.all[situation].universe;
    let (now, Some(due)) = (universe.now(), universe.next_due()) else { return };
    let name = format!(
        "{} in {}",
        writer.path(timer.element),
        writer.model.step(writer.situations.all[situation].place).name
    );
    for (instant, edge) in
        [(due - 1, "1 ms before it is due"), (due, "when it is due"), (due + 1, "1 ms after it is due")]
    {
        let mut thread = writer.at(situation);
        if writer.go(&mut thread, Step::Advance { to: instant }) {
            writer.test(Section::Limit, &thread, &[timer.element], format!("{name}: {edge}"));
        }
        // One input tells whether the time-out came first: which one makes no difference to that.
        if let Some((_, way)) = writer.situations.all[situation].moves.first() {
            let mut thread = writer.at(situation);
            if writer.go(&mut thread, at(&way.step, instant)) {
                writer.test(Section::Limit, &thread, &[timer.element], format!("{name}: an input {edge}"));
            }
        }
    }
    after_activity(writer, timer, situation, &name, now, due);
    late(writer, timer, situation, &name, due - now);
}

/// The step entered later than could be: what counts from its entry is due that much later, what counts from another
/// step's is not.
fn late(writer: &mut Writer, timer: &Timer, situation: usize, name: &str, full: Time) {
    let Some(parent) = writer.situations.all[situation].parent else { return };
    let before = &writer.situations.all[parent].universe;
    if before.next_due().is_none() && writer.model.defaults.waiting.0 != Waiting::Stay {
        // The spec may be silent on waiting there.
        return;
    }
    let delay = before.next_due().map_or(full / 2, |due| due - before.now() - 1).min(full - 1);
    let step = &writer.situations.all[situation].step;
    let step = at(step, step.at().unwrap_or_else(|| before.now()).saturating_add(delay));
    if delay < 1 {
        return;
    }
    let mut thread = writer.at(parent);
    let here = writer.situations.all[situation].place;
    if !writer.go(&mut thread, step) || place(&thread.universe, SESSION) != Some(here) {
        return;
    }
    let Some(due) = thread.universe.next_due() else { return };
    for (instant, edge) in [(due - 1, "1 ms before it is due"), (due, "when it is due")] {
        let mut thread = thread.clone();
        if writer.go(&mut thread, Step::Advance { to: instant }) {
            let title = format!("{name}, entered {delay} ms later: {edge}");
            writer.test(Section::Limit, &thread, &[timer.element], title);
        }
    }
}

/// Something done just before: it prolongs only a time-out that counts from the last activity.
fn after_activity(writer: &mut Writer, timer: &Timer, situation: usize, name: &str, now: Time, due: Time) {
    let full = due - now;
    for (nth, step) in activities(writer, timer, situation).into_iter().enumerate() {
        let step = at(&step, due - 1);
        // Of what does not prolong it, one event is looked at for longer.
        let instants = [due, due - 1 + full - 1, due - 1 + full];
        let looked_at =
            if nth == 0 || timer.base == TimerBase::Idle { &instants[..] } else { &instants[..1] };
        for &instant in looked_at {
            let mut thread = writer.at(situation);
            if writer.go(&mut thread, step.clone()) && writer.go(&mut thread, Step::Advance { to: instant }) {
                let title = format!(
                    "{name}: {} ms after something was done 1 ms before it was due",
                    instant - due + 1
                );
                writer.test(Section::Limit, &thread, &[timer.element], title);
            }
        }
    }
}

/// What can be done while the time-out runs: of each event what is taken, or else what is refused; both, and something
/// that is not expected, where all of that is activity.
fn activities(writer: &Writer, timer: &Timer, situation: usize) -> Vec<Step> {
    let here = &writer.situations.all[situation];
    let idle = timer.base == TimerBase::Idle;
    let refused =
        |way: &Move| way.taken.observation.as_ref().is_some_and(|seen| seen.verdict != Verdict::Accepted);
    let stays = |way: &Move| place(&way.taken.universe, SESSION) == Some(here.place);
    let mut steps = Vec::new();
    for handler in 0..writer.model.step(here.place).handlers.len() {
        let of_it = || here.moves.iter().filter(|(at, way)| *at == handler && stays(way)).map(|(_, way)| way);
        let taken = of_it().find(|way| !refused(way));
        steps.extend(taken.map(|way| way.step.clone()));
        if taken.is_none() || idle {
            steps.extend(of_it().find(|way| refused(way)).map(|way| way.step.clone()));
        }
    }
    if idle {
        steps.extend(unlisted::any(writer, here.place));
    }
    steps
}
