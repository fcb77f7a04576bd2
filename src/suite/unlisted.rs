//! Section 5: every event that a step does not expect is refused, and nothing has changed: those of the user's, and those that
//! others raise elsewhere, raised by them and by the user.

use flowspec_runtime::model::{Event, Model, StepId, USER};
use flowspec_runtime::suite::{Section, Step, Term};

use super::transitions::proceed;
use super::writer::{Writer, at};
use crate::explore::SESSION;

/// How many events are tried in one step: a flow of thousands must not need millions of tries.
const MOST: usize = 48;

/// An event, who raises it, and the input.
type Raised = (u16, u16, Step);

/// Adds the tests of section 5: in each step one that tries every event, since each must leave everything as it was. A
/// failure is cut down to the event that is to blame. What others raise has a test of its own, because not every
/// implementation can be made to hear them.
pub(super) fn derive(writer: &mut Writer) {
    let model = writer.model;
    let (raised, reader) = (raised(writer), &*writer);
    let (of_user, of_others): (Vec<Raised>, Vec<Raised>) = (0..)
        .zip(&model.events)
        .zip(&raised)
        .flat_map(|((id, event), by)| {
            // What only others raise, the user might try as well.
            let by =
                if by.contains(&USER) || by.is_empty() { by.clone() } else { [&by[..], &[USER]].concat() };
            by.into_iter().map(move |actor| (id, actor, ordinary(reader, event, actor)))
        })
        .partition(|(event, actor, _)| *actor == USER && raised[usize::from(*event)].contains(&USER));
    for situation in writer.situations.nearest() {
        let place = writer.situations.all[situation].place;
        let name = &model.step(place).name;
        tried(writer, situation, &of_user, format!("what is not expected in {name} changes nothing"));
        let title = format!("what others do elsewhere changes nothing in {name}");
        tried(writer, situation, &of_others, title);
    }
}

/// One after the other in one situation, as far as the step does not list it.
fn tried(writer: &mut Writer, situation: usize, inputs: &[Raised], title: String) {
    let model = writer.model;
    let place = writer.situations.all[situation].place;
    let mut thread = writer.at(situation);
    let inputs = inputs.iter().cycle().skip(usize::from(place)).take(inputs.len());
    let unlisted = inputs.filter(|(event, actor, _)| !listed(model, place, *event, *actor)).take(MOST);
    let mut tried = 0;
    for (_, _, input) in unlisted {
        let step = at(input, thread.universe.now());
        tried += usize::from(writer.go(&mut thread, step));
    }
    if tried > 0 {
        let element = model.defaults.unlisted.1.unwrap_or(model.step(place).element);
        proceed(writer, &mut thread, situation);
        writer.test(Section::Unlisted, &thread, &[model.step(place).element, element], title);
    }
}

/// An event of the user's that a step does not expect.
pub(super) fn any(writer: &Writer, place: StepId) -> Option<Step> {
    let raised = raised(writer);
    let mut events = (0..).zip(writer.model.events.iter().zip(raised));
    let (_, (event, _)) =
        events.find(|(id, (_, by))| by.contains(&USER) && !listed(writer.model, place, *id, USER))?;
    Some(ordinary(writer, event, USER))
}

fn listed(model: &Model, place: StepId, event: u16, actor: u16) -> bool {
    model.step(place).handlers.iter().any(|handler| handler.event == event && handler.actor == actor)
}

/// By event: who raises it anywhere.
fn raised(writer: &Writer) -> Vec<Vec<u16>> {
    let mut raised: Vec<Vec<u16>> = vec![Vec::new(); writer.model.events.len()];
    for handler in writer.model.steps.iter().flat_map(|step| &step.handlers) {
        let by = &mut raised[usize::from(handler.event)];
        if !by.contains(&handler.actor) {
            by.push(handler.actor);
        }
    }
    raised
}

fn ordinary(writer: &Writer, event: &Event, actor: u16) -> Step {
    let fields = event.fields.iter().filter_map(|field| {
        let value = writer.explorer.values.nth(field.kind, 0)?;
        Some((field.name.clone(), Term::Value(value)))
    });
    let fields = fields.collect();
    let by = writer.model.actors[usize::from(actor)].name.clone();
    Step::Apply { session: SESSION, at: 0, event: event.name.clone(), by, fields, answers: Vec::new() }
}
