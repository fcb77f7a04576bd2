//! Faults that are only asked about when something is known to be wrong: beside the variants that suites are measured by,
//! those that stand in several places at once, lead anywhere, or do in one step what belongs to another.

mod cases;
mod counting;
mod skipped;
mod values;

use std::collections::{HashMap, HashSet};

use flowspec_runtime::Text;
use flowspec_runtime::model::{Body, ElementId, Handler, Model, Named, Outcome, ReasonId};

use super::part::Part;
use super::places::{Edit, Found, bodies, bodies_of, handlers, source};
use super::{Kind, Mutant, mutants, wrong_reason};

/// Faults that are thought of where no plain one explains what was seen.
pub fn far_fetched(model: &Model) -> Vec<Mutant> {
    of_kind(Kind::ValueNotKept, values::find(model))
        .chain(of_kind(Kind::WrongTarget, skipped::find(model)))
        .chain(of_kind(Kind::WindowExchanged, counting::find(model)))
        .collect()
}

/// Cases that the flow does not tell apart, and reasons that it does not have: `unknown` are those that were given.
pub fn told_apart(model: &Model, unknown: &[Text]) -> Vec<Mutant> {
    let cases = of_kind(Kind::CountLost, cases::find(model));
    let of_its_own = unknown.iter().flat_map(|reason| with_a_reason_of_its_own(model, reason));
    cases.chain(of_kind(Kind::WrongReason, of_its_own.collect())).collect()
}

/// Refusals for a reason that the flow does not have.
fn with_a_reason_of_its_own(model: &Model, reason: &Text) -> Vec<Found> {
    let Ok(id) = ReasonId::try_from(model.reasons.len()) else { return Vec::new() };
    let mut reasons = model.reasons.clone();
    reasons.push(Named { name: reason.clone(), element: None });
    let more = Model { reasons: reasons.clone(), ..model.clone() };
    let mut found = wrong_reason::always(&more, id);
    found.extend(cases::told_apart(&more, id));
    for one in &mut found {
        one.parts.push(Part::Reasons(reasons.clone()));
    }
    found
}

/// Every fault that an implementation is suspected of, the plain ones first.
pub fn suspects(model: &Model) -> Vec<Mutant> {
    let mut suspects = mutants(model);
    let further = of_kind(Kind::WrongTarget, elsewhere(model))
        .chain(of_kind(Kind::UnexpectedAccepted, as_in_another_step(model)))
        .chain(of_kind(Kind::ValueNotKept, done_there_too(model)));
    // The same fault twice would be taken for two that look the same.
    let known: HashSet<(ElementId, String)> =
        suspects.iter().map(|mutant| (mutant.element, mutant.description.clone())).collect();
    suspects.extend(further.filter(|mutant| !known.contains(&(mutant.element, mutant.description.clone()))));
    let everywhere = everywhere(model, &suspects);
    suspects.extend(everywhere);
    suspects
}

fn of_kind(kind: Kind, found: Vec<Found>) -> impl Iterator<Item = Mutant> {
    found.into_iter().map(move |found| Mutant::of(kind, found))
}

/// The same faults of the same conditions and statements, made wherever these stand: a mistake in what is shared.
fn everywhere(model: &Model, suspects: &[Mutant]) -> Vec<Mutant> {
    let mut alike: HashMap<(Kind, &str, String), Vec<&Mutant>> = HashMap::new();
    for mutant in suspects {
        let statement = source(model, mutant.element);
        let what = mutant.description.replace(statement, "");
        alike.entry((mutant.kind, condition(statement), what)).or_default().push(mutant);
    }
    let mut groups: Vec<_> = alike.into_values().filter(|group| group.len() > 1).collect();
    groups.sort_by_key(|group| (group[0].kind, group[0].element, &group[0].description));
    let together = |group: Vec<&Mutant>| {
        let all = group[1..].iter().try_fold(group[0].clone(), |all, one| all.with(one))?;
        Some(Mutant { description: format!("everywhere: {}", group[0].description), ..all })
    };
    groups.into_iter().filter_map(together).collect()
}

/// The condition of a statement, or all of it where it has none.
fn condition(statement: &str) -> &str {
    let Some((_, rest)) = statement.split_once("when ") else { return statement };
    let ends = [" refuse ", " -> ", " stay", " ask ", " either"].into_iter().filter_map(|end| rest.find(end));
    &rest[..ends.min().unwrap_or(rest.len())]
}

/// What is done after one answer is done after another one as well.
fn done_there_too(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (step, at, handler) in handlers(model) {
        let mut bodies = Vec::new();
        bodies_of(&mut handler.clone(), &mut |body| bodies.push(body.clone()));
        for (place, body) in bodies.iter().enumerate() {
            let others = bodies.iter().filter(|other| other.element != body.element);
            for action in
                others.flat_map(|other| &other.actions).filter(|action| !body.actions.contains(action))
            {
                let (mut changed, mut index) = (handler.clone(), 0);
                bodies_of(&mut changed, &mut |body| {
                    if index == place {
                        body.actions.push(action.clone());
                    }
                    index += 1;
                });
                let what = source(model, action.element());
                let description = format!("`{}` does `{what}`, too", source(model, body.element));
                found.push(Found::new(body.element, description, Part::Handler(step, at, changed)));
            }
        }
    }
    found
}

/// Branches that lead to any other step.
fn elsewhere(model: &Model) -> Vec<Found> {
    let name = |step: usize| &model.steps[step].name;
    bodies(model, &mut |body| {
        let Outcome::To(to) = body.outcome else { return Vec::new() };
        let right = usize::from(to);
        let others = (0..model.steps.len()).filter(|other| *other != right);
        let edits = others.map(|other| {
            let description = format!(
                "`{}` goes to {} instead of {}",
                source(model, body.element),
                name(other),
                name(right)
            );
            let outcome = Outcome::To(u16::try_from(other).unwrap_or(to));
            Edit::new(body.element, description, Body { outcome, ..body.clone() })
        });
        edits.collect()
    })
}

/// Events that do in one step what they do in another.
fn as_in_another_step(model: &Model) -> Vec<Found> {
    let mut found = Vec::new();
    for (step, at, handler) in handlers(model) {
        let same = handlers(model).filter(|(other, _, of)| {
            *other != step && of.event == handler.event && of.actor == handler.actor
        });
        for (other, _, of) in same {
            let event = &model.event(handler.event).name;
            let (here, there) = (&model.steps[step].name, &model.steps[other].name);
            let description = format!("`{event}` does in {here} what it does in {there}");
            let (branches, refusals) = (of.branches.clone(), of.refusals.clone());
            let held_back = Handler { branches, refusals, ..handler.clone() };
            let as_there = (of.gates != handler.gates).then(|| of.clone());
            for changed in as_there.into_iter().chain([held_back]) {
                let part = Part::Handler(step, at, changed);
                found.push(Found::new(handler.element, description.clone(), part));
            }
        }
    }
    found
}
