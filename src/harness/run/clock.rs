//! Judges a test by a real clock: at the instants at which things really happened.
//!
//! A request is sent at one instant and answered at a later one; what the implementation took for its time lies between
//! them. What is right at all of these is right; what is wrong at all of them is wrong; where only the milliseconds between
//! them decide, nothing can be said.

use flowspec_runtime::conformance::{End, Oracle, Play};
use flowspec_runtime::suite::Step;
use flowspec_runtime::{Rows, Time};

use super::replay::Replay;

/// What a test can not be asked for by a real clock.
const EXACTLY: &str = "an instant that is exact to the millisecond";

/// How a test really ended: `instants` has when each of its steps that names one was asked and answered.
pub(super) fn judge(
    oracle: &mut Oracle,
    rows: &Rows,
    steps: &[&Step],
    play: &Play,
    instants: &[(Time, Time)],
) -> End {
    if let End::Unsupported(_) | End::Invalid(_) = play.end {
        return play.end.clone();
    }
    let done = &steps[..play.lines.len().min(steps.len())];
    let mut ends = courses(instants).into_iter().map(|course| {
        let steps = moved(done, &course);
        let among = oracle.every_combination();
        Play::on(oracle, &mut Replay::of(&play.lines), rows, among, &steps).end
    });
    let Some(end) = ends.next() else { return play.end.clone() };
    let same = ends.all(|other| std::mem::discriminant(&other) == std::mem::discriminant(&end));
    // Where it was stopped for what was no failure, the rest was not seen.
    let cut_off = play.has_failed() && end == End::Passed;
    if same && !cut_off { end } else { End::Unsupported(EXACTLY) }
}

/// The instants that an implementation may have taken for those of the steps: each as it was asked, each as it was
/// answered, and for every step the shortest and the longest wait between those up to it and those after it.
fn courses(instants: &[(Time, Time)]) -> Vec<Vec<Time>> {
    let course = |first: fn(&(Time, Time)) -> Time, then: fn(&(Time, Time)) -> Time, turn: usize| {
        let mut last = Time::MIN;
        let times = instants.iter().enumerate().map(|(number, instant)| {
            // Time does not go back, though two of these intervals may overlap.
            last = last.max(if number < turn { first(instant) } else { then(instant) });
            last
        });
        times.collect::<Vec<Time>>()
    };
    let turns = 0..=instants.len();
    turns.flat_map(|turn| [course(|it| it.0, |it| it.1, turn), course(|it| it.1, |it| it.0, turn)]).collect()
}

/// The steps at other instants.
fn moved(steps: &[&Step], instants: &[Time]) -> Vec<Step> {
    let mut instants = instants.iter();
    let moved = steps.iter().map(|step| {
        let mut step = (*step).clone();
        if let Some(at) = step.at_mut()
            && let Some(instant) = instants.next()
        {
            *at = *instant;
        }
        step
    });
    moved.collect()
}
