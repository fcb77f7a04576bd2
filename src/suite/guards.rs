//! Section 4: every guard on both sides of its boundaries, each condition turned alone, those of answers too.

use flowspec_runtime::model::{Branch, Handler, Outcome};
use flowspec_runtime::suite::Section;

use super::transitions::proceed;
use super::writer::Writer;
use crate::explore::SESSION;

/// Adds the tests of section 4: each value that a handler tells apart, and each condition where it alone decides, in every
/// situation that differs.
pub(super) fn derive(writer: &mut Writer) {
    near_misses(writer);
    let situations = writer.situations;
    for index in situations.telling() {
        let situation = &situations.all[index];
        let step = writer.model.step(situation.place);
        for handler in step.handlers.iter().filter(|handler| decides(handler)) {
            let event = &writer.model.event(handler.event).name;
            for draft in writer.explorer.variants(&situation.universe, SESSION, handler) {
                let mut thread = writer.at(index);
                let sent = writer.explorer.step_of(handler, SESSION, thread.universe.now(), &draft);
                if !writer.go(&mut thread, sent) {
                    continue;
                }
                let requirement = writer.decisive(&thread.visited);
                let title = format!("{event} comes to {}", writer.path(requirement));
                proceed(writer, &mut thread, index);
                writer.test(Section::Guard, &thread, &[requirement], title);
            }
        }
    }
}

/// Whether a handler may go several ways, by itself or by what an answer brings.
fn decides(handler: &Handler) -> bool {
    let by_answer = |branch: &Branch| match &branch.body.outcome {
        Outcome::Ask { answers, .. } => answers.iter().any(|answer| answer.branches.len() > 1),
        _ => false,
    };
    handler.branches.len() + handler.refusals.len() > 1 || handler.branches.iter().any(by_answer)
}

/// Texts that are almost what they must equal, once in each step.
fn near_misses(writer: &mut Writer) {
    let situations = writer.situations;
    for index in situations.nearest() {
        let situation = &situations.all[index];
        for handler in &writer.model.step(situation.place).handlers {
            let event = &writer.model.event(handler.event).name;
            for draft in writer.explorer.near_misses(&situation.universe, SESSION, handler) {
                let mut thread = writer.at(index);
                let sent = writer.explorer.step_of(handler, SESSION, thread.universe.now(), &draft);
                if writer.go(&mut thread, sent) {
                    let requirement = writer.decisive(&thread.visited);
                    let title = format!("{event} with a text that almost fits");
                    writer.test(Section::Guard, &thread, &[requirement], title);
                }
            }
        }
    }
}
