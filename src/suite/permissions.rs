//! Part of section 2: what may be done, asked in every situation that differs.

use flowspec_runtime::suite::{Section, Step, Term};

use super::writer::Writer;
use crate::explore::SESSION;

/// Asks each capability in each telling situation; where the spec does not state an answer there is no test.
pub(super) fn derive(writer: &mut Writer) {
    let model = writer.model;
    let situations = writer.situations;
    let mut seen = Vec::new();
    for index in situations.telling() {
        let situation = &situations.all[index];
        for capability in &model.capabilities {
            let mut thread = writer.at(index);
            let Some(subject) = writer.explorer.subject(&thread.universe, SESSION, capability) else {
                continue;
            };
            let (capability_name, at) = (capability.name.clone(), thread.universe.now());
            if !writer
                .go(&mut thread, Step::May { capability: capability_name, subject: Term::Value(subject), at })
            {
                continue;
            }
            let answer = (situation.place, capability.element, thread.visited.clone());
            if seen.contains(&answer) {
                continue;
            }
            seen.push(answer);
            let title = format!("{} is asked in {}", capability.name, model.step(situation.place).name);
            writer.test(Section::Transition, &thread, &[capability.element], title);
        }
    }
}
