//! Section 8: what another party answers: an answer that leaves the session where it is, and then every other one.
//!
//! Every answer by itself is a transition of section 2. What the spec leaves open (`either`, `choice`) no input can
//! bring about: the oracle follows whatever is seen.

use flowspec_runtime::suite::{Section, Step};

use super::writer::{Writer, at};
use crate::explore::{SESSION, place};

/// Adds the tests of section 8.
pub(super) fn derive(writer: &mut Writer) {
    let situations = writer.situations;
    for index in situations.nearest() {
        let situation = &situations.all[index];
        let answered: Vec<_> = situation
            .moves
            .iter()
            .filter(|(_, way)| matches!(&way.step, Step::Apply { answers, .. } if !answers.is_empty()))
            .collect();
        for (handler, first) in &answered {
            if place(&first.taken.universe, SESSION) != Some(situation.place) {
                continue;
            }
            for (_, second) in answered.iter().filter(|(other, _)| other == handler) {
                let mut thread = writer.at(index);
                if writer.go(&mut thread, first.step.clone()) {
                    let step = at(&second.step, thread.universe.now());
                    if writer.go(&mut thread, step) {
                        let requirement = writer.decisive(&thread.visited);
                        let title = format!("{}, after another answer", writer.path(requirement));
                        writer.test(Section::World, &thread, &[requirement], title);
                    }
                }
            }
        }
    }
}
