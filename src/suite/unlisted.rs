//! Section 5: every event of the user's that a step does not expect is refused, and nothing has changed.

use flowspec_runtime::model::{Event, StepId, USER};
use flowspec_runtime::suite::{Section, Step, Term};

use super::transitions::proceed;
use super::writer::Writer;
use crate::explore::SESSION;

/// How many events are tried in one step: a flow of thousands must not need millions of tries.
const MOST: usize = 48;

/// Adds the tests of section 5: in each step one that tries every event, since each must leave everything as it was. A
/// failure is cut down to the event that is to blame.
pub(super) fn derive(writer: &mut Writer) {
    let model = writer.model;
    for situation in writer.situations.nearest() {
        let place = writer.situations.all[situation].place;
        let mut thread = writer.at(situation);
        let events = (0..).zip(&model.events).cycle().skip(usize::from(place)).take(model.events.len());
        let unlisted: Vec<_> = events
            .filter(|(id, _)| !listed(writer, place, *id) && raised_by_user(writer, *id))
            .take(MOST)
            .collect();
        let mut tried = 0;
        for (_, event) in unlisted {
            let step = ordinary(writer, event, thread.universe.now());
            tried += usize::from(writer.go(&mut thread, step));
        }
        if tried > 0 {
            let element = model.defaults.unlisted.1.unwrap_or(model.step(place).element);
            proceed(writer, &mut thread, situation);
            let title = format!("what is not expected in {} changes nothing", model.step(place).name);
            writer.test(Section::Unlisted, &thread, &[model.step(place).element, element], title);
        }
    }
}

fn listed(writer: &Writer, place: StepId, event: u16) -> bool {
    writer.model.step(place).handlers.iter().any(|handler| handler.event == event && handler.actor == USER)
}

fn raised_by_user(writer: &Writer, event: u16) -> bool {
    let mut handlers = writer.model.steps.iter().flat_map(|step| &step.handlers);
    handlers.any(|handler| handler.event == event && handler.actor == USER)
}

fn ordinary(writer: &Writer, event: &Event, at: flowspec_runtime::Time) -> Step {
    let fields = event.fields.iter().filter_map(|field| {
        let value = writer.explorer.values.nth(field.kind, 0)?;
        Some((field.name.clone(), Term::Value(value)))
    });
    let fields = fields.collect();
    let by = writer.model.actors[usize::from(USER)].name.clone();
    Step::Apply { session: SESSION, at, event: event.name.clone(), by, fields, answers: Vec::new() }
}
