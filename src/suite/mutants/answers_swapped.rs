//! What follows from one answer of an asked actor follows from another one.

use flowspec_runtime::model::{Model, Outcome};

use super::part::Part;
use super::places::{Found, bodies_of, handlers};

pub(super) fn find(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (step, at, handler) in handlers(model) {
        let (mut place, mut pairs) = (0, Vec::new());
        bodies_of(&mut handler.clone(), &mut |body| {
            if let Outcome::Ask { answers, .. } = &body.outcome {
                for pair in answers.windows(2).enumerate() {
                    let (first, [one, other]) = pair else { continue };
                    pairs.push((place, first, one.element, one.name.clone(), other.name.clone()));
                }
            }
            place += 1;
        });
        for (place, first, element, one, other) in pairs {
            let (mut changed, mut index) = (handler.clone(), 0);
            bodies_of(&mut changed, &mut |body| {
                if let (true, Outcome::Ask { answers, .. }) = (index == place, &mut body.outcome)
                    && let [left, right, ..] = &mut answers[first..]
                {
                    std::mem::swap(&mut left.branches, &mut right.branches);
                }
                index += 1;
            });
            let description = format!("the answers `{one}` and `{other}` are swapped");
            found.push(Found::new(element, description, Part::Handler(step, at, changed)));
        }
    }
    found
}
