//! Section 1: one way to each end, every scenario, and every way of opening that is refused.
//!
//! What a scenario expects is not read here: whether it can happen is a finding of `check`, and what is right the oracle
//! knows.

use flowspec_runtime::model::{Expr, Scenario, ScenarioLine, TypeId};
use flowspec_runtime::suite::{Say, Section, Seen, Step, Term, Terms};
use flowspec_runtime::values::sent;
use flowspec_runtime::{Fields, Text, Value};

use super::writer::{Thread, Writer};
use crate::explore::{SESSION, World};

/// Adds the tests of section 1.
pub(super) fn derive(writer: &mut Writer) {
    ends(writer);
    openings(writer);
    let model = writer.model;
    for scenario in &model.scenarios {
        if let Some(thread) = walk(writer, scenario) {
            let texts = &model.element(scenario.element).texts;
            let title = texts.values().next().cloned().unwrap_or_else(|| "scenario".to_owned());
            writer.test(Section::Way, &thread, &[scenario.element], title);
        }
    }
}

fn ends(writer: &mut Writer) {
    for situation in writer.situations.nearest() {
        let step = writer.model.step(writer.situations.all[situation].place);
        if step.end.is_some() {
            let thread = writer.at(situation);
            writer.test(Section::Way, &thread, &[step.element], format!("a way to {}", step.name));
        }
    }
}

fn openings(writer: &mut Writer) {
    let situations = writer.situations;
    let mut seen = Vec::new();
    for (world, step, taken) in &situations.refused {
        if seen.contains(&&taken.visited) {
            continue;
        }
        seen.push(&taken.visited);
        let Some(mut thread) = writer.begin(*world) else { continue };
        if writer.go(&mut thread, step.clone()) {
            let requirement = writer.decisive(&taken.visited);
            let title = format!("opening is refused: {}", writer.path(requirement));
            writer.test(Section::Way, &thread, &[requirement], title);
        }
    }
}

/// The thread of a scenario; none where the reference cannot walk it.
fn walk(writer: &mut Writer, scenario: &Scenario) -> Option<Thread> {
    let mut thread = writer.begin_with(rows(writer, scenario))?;
    let given = scenario.givens.iter().map(|(index, value)| {
        let given = &writer.model.givens[usize::from(*index)];
        (given.name.clone(), Term::Value(as_sent(writer, given.kind, value)))
    });
    let mut at = 0;
    let opening = opening(writer, given.collect());
    let opened = writer.go(&mut thread, opening);
    let mut lines = scenario.lines.iter().peekable();
    while let Some(line) = lines.next() {
        let step = match line {
            ScenarioLine::Do { event, actor, fields, .. } => {
                let mut answers = Vec::new();
                while let Some(ScenarioLine::Answer { actor, answer, fields, .. }) =
                    lines.next_if(|line| matches!(line, ScenarioLine::Answer { .. }))
                {
                    let actor = writer.model.actors[usize::from(*actor)].name.clone();
                    let fields = answer_terms(writer, &thread, fields);
                    answers.push(Say { actor, answer: answer.clone(), fields });
                }
                let event = writer.model.event(*event);
                let by = writer.model.actors[usize::from(*actor)].name.clone();
                let fields = fields.iter().map(|(index, expr)| {
                    let field = &event.fields[usize::from(*index)];
                    (field.name.clone(), term(writer, &thread, field.kind, expr))
                });
                let fields = fields.collect();
                Step::Apply { session: SESSION, at, event: event.name.clone(), by, fields, answers }
            }
            ScenarioLine::Wait { time, .. } => {
                at += time;
                Step::Advance { to: at }
            }
            ScenarioLine::May { capability, .. } => {
                let capability = &writer.model.capabilities[usize::from(*capability)];
                let subject = writer.explorer.subject(&thread.universe, SESSION, capability)?;
                Step::May { capability: capability.name.clone(), subject: Term::Value(subject), at }
            }
            ScenarioLine::Answer { .. } => continue,
        };
        if !writer.go(&mut thread, step) {
            return None;
        }
    }
    opened.then_some(thread)
}

fn opening(writer: &Writer, named: Terms) -> Step {
    let mut opening = writer.explorer.opening(SESSION, 0, 0);
    if let Step::Open { given, .. } = &mut opening {
        for (name, term) in named {
            match given.iter_mut().find(|(known, _)| *known == name) {
                Some((_, old)) => *old = term,
                None => given.push((name, term)),
            }
        }
    }
    opening
}

fn rows(writer: &Writer, scenario: &Scenario) -> World {
    let mut world = World::new();
    for row in &scenario.rows {
        let record = &writer.model.records[usize::from(row.record)];
        let attributes: Fields = row
            .attributes
            .iter()
            .map(|(index, value)| {
                let attribute = &record.attributes[usize::from(*index)];
                (attribute.name.clone(), as_sent(writer, attribute.kind, value))
            })
            .collect();
        let key = as_sent(writer, record.key_kind, &row.key);
        world.entry(record.name.clone()).or_default().push((key, attributes));
    }
    world
}

fn answer_terms(writer: &Writer, thread: &Thread, fields: &[(Text, Expr)]) -> Terms {
    let value = |expr: &Expr| writer.explorer.runner.value(&thread.universe, SESSION, expr);
    fields.iter().map(|(name, expr)| (name.clone(), Term::Value(value(expr)))).collect()
}

fn term(writer: &Writer, thread: &Thread, kind: TypeId, expr: &Expr) -> Term {
    if let Expr::Output { output, field } = expr {
        let output = &writer.model.outputs[usize::from(*output)];
        let field = &output.fields[usize::from(*field)];
        return Term::Seen(Seen::Sent(output.name.clone(), field.name.clone()));
    }
    let value = writer.explorer.runner.value(&thread.universe, SESSION, expr);
    Term::Value(as_sent(writer, kind, &value))
}

fn as_sent(writer: &Writer, kind: TypeId, value: &Value) -> Value {
    match value {
        Value::Int(int) => sent(&writer.model.kind(kind).kind, *int),
        other => other.clone(),
    }
}
