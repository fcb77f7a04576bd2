//! A flow that nobody can complete, given what the other flows leave behind.

use super::footprint::{Beginnings, Footprint, Need};
use super::supply::Supply;
use super::written::{place_of, set_by};
use crate::check::graph::each_body;
use crate::diagnostic::{Diagnostic, codes};
use crate::model::{Draft, ElementId, Expr, Model, Outcome, Resolved, StepId};
use crate::source::Location;

/// The finding at what stands in the way; none if nobody could complete the flow whatever the rows held, which other
/// checks speak of.
pub(super) fn finding(
    resolved: &Resolved,
    draft: &Draft,
    [alone, among]: [&Footprint; 2],
    supply: &Supply,
    missing: &mut Vec<Location>,
) -> Option<Diagnostic> {
    let unmet = |needs: &Vec<Need>| -> Vec<Need> {
        needs.iter().filter(|need| !supply.meets(draft, need)).cloned().collect()
    };
    // Where nobody was seen to complete it, somebody may for all that is known.
    let good = if alone.seen == Beginnings::default() { alone.completed } else { alone.seen };
    let completed = (0..).zip(&alone.needs).filter(|(beginning, _)| good.contains(*beginning));
    let unmet = completed.map(|(_, needs)| unmet(needs)).min_by_key(Vec::len)?;
    let first = unmet.iter().find(|need| need.attribute.is_some()).or(unmet.first())?;
    let model = &draft.model;
    let at = reading(model, among, first).unwrap_or(model.element);
    let attributes = || unmet.iter().filter(|need| need.attribute.is_some());
    missing.extend(attributes().filter_map(|need| Some(place_of(draft, need.record, need.attribute?))));
    let mut lacks: Vec<String> = attributes().map(|need| lack(model, need)).collect();
    if lacks.is_empty() {
        lacks.push(lack(model, first));
    }
    let mut finding = draft
        .finding(codes::NOBODY_COMPLETES, at, format!("nobody can complete `{}`", model.name))
        .here(format!("before anybody comes past this, {}", lacks.join(", and ")));
    finding = match setters(resolved, draft, first) {
        setters if setters.is_empty() => finding,
        setters => finding.note(format!("{} would, and nobody comes so far in it", setters.join(", "))),
    };
    let waits = |step: &&StepId| model.step(**step).end.is_none();
    let furthest = among.steps.iter().rev().find(waits).map(|step| draft.step_name(*step));
    finding
        .note(match furthest {
            Some(step) => {
                format!("the furthest that anybody gets is `{step}`, whatever was done in other flows before")
            }
            None => "no session of it is ever opened, whatever was done in other flows before".to_owned(),
        })
        .help("let a flow that comes before leave it behind")
        .help(format!(
            "or, if it comes from elsewhere, say so: `allow {} \"…\"`",
            codes::NOBODY_COMPLETES.id()
        ))
        .into()
}

/// What is missing, in words.
fn lack(model: &Model, need: &Need) -> String {
    let record = &model.records[usize::from(need.record)];
    let Some(attribute) = need.attribute else {
        return format!("no flow makes a row of `{}`", record.name);
    };
    let name = &record.attributes[usize::from(attribute)].name;
    match need.value.as_ref().map(|value| serde_json::json!(value)) {
        None => format!("no flow sets `{}.{name}`", record.name),
        Some(serde_json::Value::String(word)) => format!("no flow sets `{}.{name}` to `{word}`", record.name),
        Some(value) => format!("no flow sets `{}.{name}` to `{value}`", record.name),
    }
}

/// The flows that would leave behind what is missing, if anybody came so far in them.
fn setters(resolved: &Resolved, draft: &Draft, need: &Need) -> Vec<String> {
    let Some(attribute) = need.attribute else { return Vec::new() };
    let wanted = place_of(draft, need.record, attribute);
    let sets = |other: &&Draft| {
        let mut sets = false;
        other.model.actions(&mut |action| {
            let Some((record, attribute, value)) = set_by(&other.model, action) else { return };
            let right = match (value, &need.value) {
                (Expr::Const(value), Some(needed)) => value == needed,
                _ => true,
            };
            sets |= right && place_of(other, record, attribute) == wanted;
        });
        sets
    };
    let flows = resolved.drafts.iter().filter(sets);
    flows.map(|flow| format!("`{}`", flow.model.name)).collect()
}

/// The first statement that reads what is missing: a `require`, or a condition in a step that somebody comes to.
fn reading(model: &Model, among: &Footprint, need: &Need) -> Option<ElementId> {
    let reads = |expr: &Expr| expr.any(&mut |part| is_read(model, part, need));
    let required = model.requires.iter().find(|require| reads(&require.guard));
    let begins = || model.start.iter().find(|branch| branch.guard.as_ref().is_some_and(reads));
    let mut found = required.map(|require| require.element).or_else(|| begins().map(|branch| branch.element));
    let entered = (0..).zip(&model.steps).filter(|(step, _)| among.steps.contains(step));
    for handler in entered.flat_map(|(_, step)| &step.handlers) {
        let refusal = handler.refusals.iter().find(|refusal| reads(&refusal.guard));
        found = found.or(refusal.map(|refusal| refusal.element));
        for branch in &handler.branches {
            let here = branch.guard.as_ref().is_some_and(reads).then_some(branch.element);
            found = found.or(here);
            each_body(&branch.body, &mut |body| {
                let Outcome::Ask { answers, .. } = &body.outcome else { return };
                let mut branches = answers.iter().flat_map(|case| &case.branches);
                let inner = branches.find(|branch| branch.guard.as_ref().is_some_and(reads));
                found = found.or(inner.map(|branch| branch.element));
            });
        }
    }
    found
}

fn is_read(model: &Model, part: &Expr, need: &Need) -> bool {
    let is_of = |row: u16| model.rows[usize::from(row)].record == need.record;
    match part {
        Expr::Attribute { row, attribute } => {
            is_of(*row) && need.attribute.is_none_or(|needed| needed == *attribute)
        }
        Expr::RowExists(row) => is_of(*row) && need.attribute.is_none(),
        _ => false,
    }
}
