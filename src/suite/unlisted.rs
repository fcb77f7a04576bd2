//! Section 5: every event of the user's that a step does not expect is refused, and nothing has changed.

use flowspec_runtime::model::{Event, Model, StepId, USER};
use flowspec_runtime::suite::{Section, Step, Term};

use super::transitions::proceed;
use super::writer::{Writer, at};
use crate::explore::SESSION;

/// How many events are tried in one step: a flow of thousands must not need millions of tries.
const MOST: usize = 48;

/// Adds the tests of section 5: in each step one that tries every event, since each must leave everything as it was. A
/// failure is cut down to the event that is to blame.
pub(super) fn derive(writer: &mut Writer) {
    let model = writer.model;
    let raised = raised_by_user(writer);
    let inputs: Vec<Option<Step>> = model
        .events
        .iter()
        .zip(raised)
        .map(|(event, raised)| raised.then(|| ordinary(writer, event)))
        .collect();
    for situation in writer.situations.nearest() {
        let place = writer.situations.all[situation].place;
        let mut thread = writer.at(situation);
        let inputs = (0..).zip(&inputs).cycle().skip(usize::from(place)).take(model.events.len());
        let unlisted = inputs
            .filter(|(event, _)| !listed(writer.model, place, *event))
            .filter_map(|(_, input)| input.as_ref())
            .take(MOST);
        let mut tried = 0;
        for input in unlisted {
            let step = at(input, thread.universe.now());
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

/// An event of the user's that a step does not expect.
pub(super) fn any(writer: &Writer, place: StepId) -> Option<Step> {
    let raised = raised_by_user(writer);
    let mut events = (0..).zip(writer.model.events.iter().zip(raised));
    let (_, (event, _)) = events.find(|(id, (_, raised))| *raised && !listed(writer.model, place, *id))?;
    Some(ordinary(writer, event))
}

fn listed(model: &Model, place: StepId, event: u16) -> bool {
    model.step(place).handlers.iter().any(|handler| handler.event == event && handler.actor == USER)
}

/// By event: whether the user raises it anywhere.
fn raised_by_user(writer: &Writer) -> Vec<bool> {
    let mut raised = vec![false; writer.model.events.len()];
    let handlers = writer.model.steps.iter().flat_map(|step| &step.handlers);
    handlers
        .filter(|handler| handler.actor == USER)
        .for_each(|handler| raised[usize::from(handler.event)] = true);
    raised
}

fn ordinary(writer: &Writer, event: &Event) -> Step {
    let fields = event.fields.iter().filter_map(|field| {
        let value = writer.explorer.values.nth(field.kind, 0)?;
        Some((field.name.clone(), Term::Value(value)))
    });
    let fields = fields.collect();
    let by = writer.model.actors[usize::from(USER)].name.clone();
    Step::Apply { session: SESSION, at: 0, event: event.name.clone(), by, fields, answers: Vec::new() }
}
