//! After an input that should leave everything as it is, the step is another one that looks the same: something that
//! could be done before cannot be done any more.

use flowspec_runtime::model::{Model, Outcome, StepId, Timer};

use super::part::{Grown, Part};
use super::places::{Found, bodies_of};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    let twin = model.steps.len() as StepId;
    for (at, step) in model.steps.iter().enumerate() {
        for (index, handler) in step.handlers.iter().enumerate() {
            // What cannot be done in the twin: the next thing that can be done in the step.
            let lost = (index + 1) % step.handlers.len();
            let mut entering = handler.clone();
            let mut enters = false;
            bodies_of(&mut entering, &mut |body| match &mut body.outcome {
                Outcome::Stay => (body.outcome, enters) = (Outcome::To(twin), true),
                Outcome::Refuse { to: to @ None, .. } => (*to, enters) = (Some(twin), true),
                _ => {}
            });
            if !enters {
                continue;
            }
            let mut grown = step.clone();
            let missing = grown.handlers.remove(lost);
            let timers = model.timers.iter().filter(|timer| timer.step == Some(at as StepId));
            let timers = timers.map(|timer| Timer { step: Some(twin), ..timer.clone() }).collect();
            let grown = Grown { steps: vec![grown], timers, present: false };
            let event = |id| &model.event(id).name;
            let description = format!(
                "after `{}`, {} does not take `{}` any more",
                event(handler.event),
                step.name,
                event(missing.event)
            );
            let parts = vec![Part::Grown(grown), Part::Handler(at, index, entering)];
            found.push(Found { element: step.element, description, habit: None, parts });
        }
    }
    found
}
