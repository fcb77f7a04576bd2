//! Faults that are only asked about when something is known to be wrong: beside the variants that suites are measured by,
//! those that stand in several places at once, lead anywhere, or do in one step what belongs to another.

mod cases;
mod counting;
mod durations;
mod skipped;
mod values;

use std::collections::{BTreeMap, HashMap, HashSet};

use flowspec_runtime::Text;
use flowspec_runtime::model::{Body, ElementId, EventId, Handler, Model, Named, Outcome, ReasonId};

use super::part::Part;
use super::places::{Edit, Found, bodies, bodies_of, handlers, source};
use super::{Kind, Mutant, mutants, wrong_reason};

/// Faults that are thought of where no plain one explains what was seen.
pub fn far_fetched(model: &Model) -> Vec<Mutant> {
    of_kind(Kind::ValueNotKept, values::find(model))
        .chain(of_kind(Kind::WrongTarget, skipped::find(model)))
        .chain(of_kind(Kind::WindowExchanged, counting::find(model)))
        .chain(durations::find(model).into_iter().map(|(kind, found)| Mutant::of(kind, found)))
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

/// The same faults in several places, made in all of them that `explaining` names: at each event of a kind, or at
/// whatever has them. A mistake in what is shared shows wherever it is called from.
pub fn together(model: &Model, explaining: &[&Mutant]) -> Vec<Mutant> {
    let mut alike: BTreeMap<(Kind, String, Option<EventId>), Vec<&Mutant>> = BTreeMap::new();
    for mutant in explaining {
        let what = mutant.description.replace(&format!("`{}` ", source(model, mutant.element)), "");
        let what = what.split(" instead of ").next().unwrap_or(&what).to_owned();
        let mut groups = vec![None];
        groups.extend(mutant.event(model).map(Some));
        for event in groups {
            alike.entry((mutant.kind, what.clone(), event)).or_default().push(mutant);
        }
    }
    let mut found: Vec<Mutant> = Vec::new();
    // Those of one event first: what is named is then the narrower.
    let groups = alike.into_iter().filter(|(_, group)| group.len() > 1);
    let (of_one, of_many): (Vec<_>, Vec<_>) = groups.partition(|((_, _, event), _)| event.is_some());
    for ((_, what, event), group) in of_one.into_iter().chain(of_many) {
        let mut all = group[0].clone();
        for one in &group[1..] {
            all = all.joined(one).unwrap_or(all);
        }
        if found.iter().any(|known| known.parts == all.parts) {
            continue;
        }
        let place = event.map_or_else(
            || "everywhere".to_owned(),
            |event| format!("at each `{}`", model.events[usize::from(event)].name),
        );
        found.push(Mutant { description: format!("{place}: {what}"), ..all });
    }
    found
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
        let all = group[1..].iter().try_fold(group[0].clone(), |all, one| all.joined(one))?;
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

/// Branches that lead to any other step, also where they should stay.
fn elsewhere(model: &Model) -> Vec<Found> {
    let name = |step: usize| &model.steps[step].name;
    bodies(model, &mut |body| {
        let (right, instead) = match body.outcome {
            Outcome::To(to) => (Some(to), name(usize::from(to)).as_str()),
            Outcome::Stay => (None, "staying"),
            _ => return Vec::new(),
        };
        let others = (0..).zip(&model.steps).filter(|(other, _)| Some(*other) != right);
        let edits = others.map(|(other, step)| {
            let about = source(model, body.element);
            let description = format!("`{about}` goes to {} instead of {instead}", step.name);
            Edit::new(body.element, description, Body { outcome: Outcome::To(other), ..body.clone() })
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
