//! Judges a test by a real clock: at the instants at which things really happened.
//!
//! A request is sent at one instant and answered at a later one; what the implementation took for its time lies between
//! them. What is right at both is right; what is wrong at both is wrong; where only the milliseconds between them decide,
//! nothing can be said.

use std::vec;

use flowspec_runtime::conformance::{End, Lapse, Line, Oracle, Play, Shown, Target};
use flowspec_runtime::suite::Step;
use flowspec_runtime::{Answer, Fields, Input, May, Observation, Rows, SessionId, Time, Value};

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
    let mut at = |pick: fn(&(Time, Time)) -> Time| {
        let steps = moved(done, instants, pick);
        let among = oracle.every_combination();
        Play::on(oracle, &mut Replay(play.lines.clone().into_iter()), rows, among, &steps).end
    };
    let (sent, answered) = (at(|(sent, _)| *sent), at(|(_, answered)| *answered));
    // Where it was stopped for what was no failure, the rest was not seen.
    let cut_off = play.has_failed() && answered == End::Passed;
    let same = std::mem::discriminant(&sent) == std::mem::discriminant(&answered);
    if same && !cut_off { answered } else { End::Unsupported(EXACTLY) }
}

/// The steps at other instants.
fn moved(steps: &[&Step], instants: &[(Time, Time)], pick: fn(&(Time, Time)) -> Time) -> Vec<Step> {
    let mut instants = instants.iter();
    let moved = steps.iter().map(|step| {
        let mut step = (*step).clone();
        if let Some(at) = step.at_mut()
            && let Some(instant) = instants.next()
        {
            *at = pick(instant);
        }
        step
    });
    moved.collect()
}

/// Shows once more what was seen.
struct Replay(vec::IntoIter<Line>);

impl Replay {
    fn observation(&mut self) -> Result<Observation, Lapse> {
        match self.0.next().map(|line| line.seen) {
            Some(Shown::Observation(seen)) => Ok(seen),
            // The only session there is began by itself.
            _ => Err(Lapse::Unsupported),
        }
    }
}

impl Target for Replay {
    fn reset(&mut self, _: &Rows) -> Result<(), Lapse> {
        Ok(())
    }

    fn open(&mut self, _: SessionId, _: Time, _: &Fields) -> Result<Observation, Lapse> {
        self.observation()
    }

    fn apply(&mut self, _: SessionId, _: Time, _: &Input, _: &[Answer]) -> Result<Observation, Lapse> {
        self.observation()
    }

    fn advance(&mut self, _: Time) -> Result<Vec<(SessionId, Observation)>, Lapse> {
        match self.0.next().map(|line| line.seen) {
            Some(Shown::Sessions(seen)) => Ok(seen),
            _ => Err(Lapse::Unsupported),
        }
    }

    fn close(&mut self, _: SessionId) -> Result<(), Lapse> {
        self.0.next();
        Ok(())
    }

    fn may(&mut self, _: &str, _: &Value, _: Time) -> Result<May, Lapse> {
        match self.0.next().map(|line| line.seen) {
            Some(Shown::Permission(seen)) => Ok(seen),
            _ => Err(Lapse::Unsupported),
        }
    }
}
