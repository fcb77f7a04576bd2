//! Section 7, of values that the implementation picks: one that was replaced by a later one, and the later one.

use flowspec_runtime::model::{Action, Comparison, ElementId, Expr, Handler, OutputId, Step as State};
use flowspec_runtime::suite::{Section, Seen, Step, Term};

use super::writer::{Writer, at};
use crate::explore::{Move, SESSION, actions_of, place, rivals_of};

/// Adds the tests of section 7.
pub(super) fn derive(writer: &mut Writer) {
    let situations = writer.situations;
    for index in situations.telling() {
        let situation = &situations.all[index];
        let step = writer.model.step(situation.place);
        for handler in &step.handlers {
            for (field, output, chosen) in compared(writer, handler) {
                let again = situation.moves.iter().map(|(_, way)| way).find(|way| {
                    sends(step, output, &way.taken.visited)
                        && place(&way.taken.universe, SESSION) == Some(situation.place)
                });
                let submit =
                    situation.moves.iter().find(|(at, _)| std::ptr::eq(&step.handlers[*at], handler));
                if let (Some(again), Some((_, submit))) = (again, submit) {
                    replaced(writer, index, handler, (field, output, chosen), again, submit);
                }
            }
        }
    }
}

/// The fields of a handler that must equal a chosen value, with the output and its field.
fn compared(writer: &Writer, handler: &Handler) -> Vec<(u16, OutputId, u16)> {
    let mut found = Vec::new();
    for rival in rivals_of(writer.model, handler) {
        if let (Some(Comparison::Equal | Comparison::NotEqual), Expr::Output { output, field }) =
            (rival.how, rival.with)
        {
            let place = (rival.field, *output, *field);
            if writer.model.outputs[usize::from(*output)].fields[usize::from(*field)].chosen
                && !found.contains(&place)
            {
                found.push(place);
            }
        }
    }
    found
}

fn sends(step: &State, output: OutputId, visited: &[ElementId]) -> bool {
    let sends = |action: &Action| matches!(action, Action::Send { output: of, .. } if *of == output);
    step.handlers.iter().any(|handler| actions_of(handler, sends).iter().any(|id| visited.contains(id)))
}

fn replaced(
    writer: &mut Writer,
    situation: usize,
    handler: &Handler,
    (field, output, chosen): (u16, OutputId, u16),
    again: &Move,
    submit: &Move,
) {
    let model = writer.model;
    let sent = &model.outputs[usize::from(output)];
    let names = (sent.name.clone(), sent.fields[usize::from(chosen)].name.clone());
    let name = &model.event(handler.event).fields[usize::from(field)].name;
    let earlier = (Seen::Earlier(names.0.clone(), names.1.clone(), 1), "the value before the last");
    let last = (Seen::Sent(names.0.clone(), names.1), "the last value");
    for (value, what) in [earlier, last] {
        let mut thread = writer.at(situation);
        let twice = (0..2).all(|_| {
            let step = at(&again.step, thread.universe.now());
            writer.go(&mut thread, step)
        });
        let mut step = at(&submit.step, thread.universe.now());
        if let Step::Apply { fields, .. } = &mut step {
            fields.retain(|(known, _)| known != name);
            fields.push((name.clone(), Term::Seen(value)));
        }
        if twice && writer.go(&mut thread, step) {
            let requirement = writer.decisive(&thread.visited);
            let title = format!("{}: {what} of {}", model.event(handler.event).name, names.0);
            writer.test(Section::Memory, &thread, &[requirement], title);
        }
    }
}
