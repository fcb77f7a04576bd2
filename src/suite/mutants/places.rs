//! The places in a flow where something can be exchanged, whatever they stand in.

use flowspec_runtime::conformance::Habit;
use flowspec_runtime::model::{Action, Body, Branch, ElementId, Expr, Handler, Model, Outcome, Timer};

use super::part::Part;

/// A fault that was found possible.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) element: ElementId,
    pub(super) description: String,
    pub(super) habit: Option<Habit>,
    pub(super) parts: Vec<Part>,
}

impl Found {
    /// A fault that exchanges one part.
    pub(super) fn new(element: ElementId, description: impl Into<String>, part: Part) -> Self {
        Self { element, description: description.into(), habit: None, parts: vec![part] }
    }
}

/// Another version of something, with what is wrong with it.
pub(super) struct Edit<T> {
    pub(super) element: ElementId,
    pub(super) description: String,
    pub(super) with: T,
}

/// Other versions of something.
type Edits<T> = Vec<Edit<T>>;

/// Other versions of a condition, each with what is wrong with it.
pub(super) type Versions = Vec<(String, Expr)>;

impl<T> Edit<T> {
    pub(super) fn new(element: ElementId, description: impl Into<String>, with: T) -> Self {
        Self { element, description: description.into(), with }
    }
}

/// Every fault that other versions of what is performed make: in handlers, answers, alternatives, time-outs, limits and
/// at the beginning.
pub(super) fn bodies(model: &Model, edits: &mut dyn FnMut(&Body) -> Edits<Body>) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, branch) in model.start.iter().enumerate() {
        let exchanged = exchange(branch, |branch, see| body_in(&mut branch.body, see), edits);
        found.extend(founds(exchanged, |branch| Part::Start(at, branch)));
    }
    for (step, at, handler) in handlers(model) {
        for (index, branch) in handler.branches.iter().enumerate() {
            let exchanged = exchange(branch, |branch, see| body_in(&mut branch.body, see), edits);
            found.extend(founds(exchanged, |branch| Part::Branch(step, at, index, branch)));
        }
    }
    for (at, timer) in model.timers.iter().enumerate() {
        let exchanged = exchange(timer, |timer: &mut Timer, see| body_in(&mut timer.body, see), edits);
        found.extend(founds(exchanged, |timer| Part::Timer(at, timer)));
    }
    found
}

/// Every fault that other versions of a list of actions make; those of the limits' own blocks too.
pub(super) fn actions(model: &Model, edits: &mut dyn FnMut(&[Action]) -> Edits<Vec<Action>>) -> Vec<Found> {
    let mut found = bodies(model, &mut |body| {
        let edited = edits(&body.actions).into_iter();
        edited
            .map(|edit| {
                Edit::new(edit.element, edit.description, Body { actions: edit.with, ..body.clone() })
            })
            .collect()
    });
    for limit in 0..model.limits.len() {
        let mut versions = blocks(model, limit).map(|(place, actions)| (place, edits(actions)));
        let Some((first, edited)) = versions.next() else { continue };
        let mut faults: Vec<Found> = edited
            .into_iter()
            .map(|edit| {
                let part = with_block(first, limit, edit.with);
                Found::new(edit.element, edit.description, part)
            })
            .collect();
        // The block is one, wherever it reads a field of another event.
        for (place, edited) in versions {
            for (fault, edit) in faults.iter_mut().zip(edited) {
                fault.parts.push(with_block(place, limit, edit.with));
            }
        }
        found.extend(faults);
    }
    found
}

/// A handler with its step and its place there.
type Place<'m> = (usize, usize, &'m Handler);

/// What a limit does when it refuses, as it reads in each event.
pub(super) fn blocks(model: &Model, limit: usize) -> impl Iterator<Item = (Place<'_>, &[Action])> {
    handlers(model).filter_map(move |place| {
        let gate = place.2.gates.iter().find(|gate| usize::from(gate.limit) == limit)?;
        (!gate.actions.is_empty()).then_some((place, gate.actions.as_slice()))
    })
}

/// A handler in which a limit does something else when it refuses.
pub(super) fn with_block((step, at, handler): Place, limit: usize, actions: Vec<Action>) -> Part {
    let mut changed = handler.clone();
    for gate in changed.gates.iter_mut().filter(|gate| usize::from(gate.limit) == limit) {
        gate.actions.clone_from(&actions);
    }
    Part::Handler(step, at, changed)
}

/// Every fault that other versions of a condition make; each is described after the statement that it stands in.
pub(super) fn guards(model: &Model, edits: &mut dyn FnMut(&Expr) -> Versions) -> Vec<Found> {
    let mut edits = |guard: &Guard| {
        let about = source(model, guard.0);
        let edited = edits(&guard.1).into_iter();
        edited
            .map(|(what, expr)| Edit::new(guard.0, format!("`{about}` {what}"), (guard.0, expr)))
            .collect::<Vec<_>>()
    };
    let mut found = Vec::new();
    for (at, branch) in model.start.iter().enumerate() {
        let exchanged =
            exchange(branch, |branch, see| guards_of_branches(std::slice::from_mut(branch), see), &mut edits);
        found.extend(founds(exchanged, |branch| Part::Start(at, branch)));
    }
    for (at, require) in model.requires.iter().enumerate() {
        let exchanged =
            exchange(require, |require, see| guard(require.element, &mut require.guard, see), &mut edits);
        found.extend(founds(exchanged, |require| Part::Require(at, require)));
    }
    for (at, limit) in model.limits.iter().enumerate() {
        let exchanged = exchange(
            limit,
            |limit, see| limit.active.iter_mut().for_each(|active| guard(limit.element, active, see)),
            &mut edits,
        );
        found.extend(founds(exchanged, |limit| Part::Limit(at, limit)));
    }
    for (event, at, field) in model
        .events
        .iter()
        .enumerate()
        .flat_map(|(event, of)| of.fields.iter().enumerate().map(move |(at, field)| (event, at, field)))
    {
        let exchanged = exchange(
            field,
            |field, see| field.when.iter_mut().for_each(|when| guard(field.element, when, see)),
            &mut edits,
        );
        found.extend(founds(exchanged, |field| Part::Field(event, at, field)));
    }
    for (step, at, handler) in handlers(model) {
        for (index, refusal) in handler.refusals.iter().enumerate() {
            let exchanged =
                exchange(refusal, |refusal, see| guard(refusal.element, &mut refusal.guard, see), &mut edits);
            found.extend(founds(exchanged, |refusal| Part::Refusal(step, at, index, refusal)));
        }
        for (index, branch) in handler.branches.iter().enumerate() {
            let exchanged = exchange(
                branch,
                |branch, see| guards_of_branches(std::slice::from_mut(branch), see),
                &mut edits,
            );
            found.extend(founds(exchanged, |branch| Part::Branch(step, at, index, branch)));
        }
    }
    for (capability, at, rule) in model
        .capabilities
        .iter()
        .enumerate()
        .flat_map(|(id, of)| of.rules.iter().enumerate().map(move |(at, rule)| (id, at, rule)))
    {
        let exchanged = exchange(
            rule,
            |rule, see| rule.guard.iter_mut().for_each(|asked| guard(rule.element, asked, see)),
            &mut edits,
        );
        found.extend(founds(exchanged, |rule| Part::Rule(capability, at, rule)));
    }
    found
}

/// Every handler with its step and its place there.
pub(super) fn handlers(model: &Model) -> impl Iterator<Item = (usize, usize, &Handler)> {
    model
        .steps
        .iter()
        .enumerate()
        .flat_map(|(step, of)| of.handlers.iter().enumerate().map(move |(at, handler)| (step, at, handler)))
}

/// A statement as it was written.
pub(super) fn source(model: &Model, element: ElementId) -> &str {
    &model.element(element).source
}

/// Calls `see` with every body of a handler, from the outside in.
pub(super) fn bodies_of(handler: &mut Handler, see: &mut dyn FnMut(&mut Body)) {
    bodies_of_branches(&mut handler.branches, see);
}

/// A condition with the statement that it stands in.
type Guard = (ElementId, Expr);

/// Every version of a part in which one of the places that `visit` comes to is edited.
fn exchange<T: Clone, S: Clone>(
    part: &T,
    visit: impl Fn(&mut T, &mut dyn FnMut(&mut S)),
    edits: &mut dyn FnMut(&S) -> Edits<S>,
) -> Edits<T> {
    let (mut places, mut edited) = (0, Vec::new());
    visit(&mut part.clone(), &mut |place| {
        edited.extend(edits(place).into_iter().map(|edit| (places, edit)));
        places += 1;
    });
    let version = |(at, edit): (usize, Edit<S>)| {
        let (mut changed, mut place, mut with) = (part.clone(), 0, Some(edit.with));
        visit(&mut changed, &mut |old| {
            if place == at
                && let Some(new) = with.take()
            {
                *old = new;
            }
            place += 1;
        });
        Edit::new(edit.element, edit.description, changed)
    };
    edited.into_iter().map(version).collect()
}

fn founds<T>(edits: Vec<Edit<T>>, part: impl Fn(T) -> Part) -> Vec<Found> {
    edits.into_iter().map(|edit| Found::new(edit.element, edit.description, part(edit.with))).collect()
}

pub(super) fn bodies_of_branches(branches: &mut [Branch], see: &mut dyn FnMut(&mut Body)) {
    branches.iter_mut().for_each(|branch| body_in(&mut branch.body, see));
}

fn body_in(body: &mut Body, see: &mut dyn FnMut(&mut Body)) {
    see(body);
    match &mut body.outcome {
        Outcome::Ask { answers, .. } => {
            answers.iter_mut().for_each(|answer| bodies_of_branches(&mut answer.branches, see));
        }
        Outcome::Either(bodies) => bodies.iter_mut().for_each(|body| body_in(body, see)),
        _ => {}
    }
}

fn guards_of_branches(branches: &mut [Branch], see: &mut dyn FnMut(&mut Guard)) {
    for branch in branches {
        if let Some(expr) = &mut branch.guard {
            guard(branch.element, expr, see);
        }
        if let Outcome::Ask { answers, .. } = &mut branch.body.outcome {
            answers.iter_mut().for_each(|answer| guards_of_branches(&mut answer.branches, see));
        }
    }
}

fn guard(element: ElementId, expr: &mut Expr, see: &mut dyn FnMut(&mut Guard)) {
    let mut place = (element, std::mem::replace(expr, Expr::Now));
    see(&mut place);
    *expr = place.1;
}

/// Every version of an expression in which one part is another; `positive` tells whether making that part true can
/// only make the whole true.
pub(super) fn rewrites(expr: &Expr, positive: bool, rule: &dyn Fn(&Expr, bool) -> Versions) -> Versions {
    let mut versions = rule(expr, positive);
    match expr {
        Expr::Not(inner) => {
            let inner = rewrites(inner, !positive, rule).into_iter();
            versions.extend(inner.map(|(what, part)| (what, Expr::Not(Box::new(part)))));
        }
        Expr::And(parts) | Expr::Or(parts) => {
            for (at, part) in parts.iter().enumerate() {
                for (what, version) in rewrites(part, positive, rule) {
                    let what = within(&what, at + 1);
                    let mut parts = parts.clone();
                    parts[at] = version;
                    let whole = if matches!(expr, Expr::And(_)) { Expr::And(parts) } else { Expr::Or(parts) };
                    versions.push((what, whole));
                }
            }
        }
        _ => {}
    }
    versions
}

/// What is wrong, in one condition of several.
fn within(what: &str, condition: usize) -> String {
    let (part, of) = (" in condition ", " of condition ");
    if what.contains(part) {
        format!("{}{of}{condition}", what.replace(of, " of part ").replace(part, " in part "))
    } else {
        format!("{what}{part}{condition}")
    }
}

/// The other versions of an expression in which one of its integers is one more or one less.
pub(super) fn neighbours(expr: &Expr) -> Vec<(i64, Expr)> {
    use flowspec_runtime::Value;
    match expr {
        Expr::Const(Value::Int(int)) => [1, -1]
            .into_iter()
            .filter_map(|by| Some((by, Expr::Const(Value::Int(int.checked_add(by)?)))))
            .collect(),
        other => [1, -1]
            .into_iter()
            .map(|by| {
                let one = Box::new(Expr::Const(Value::Int(by)));
                (by, Expr::Add(Box::new(other.clone()), one))
            })
            .collect(),
    }
}

/// "6 instead of 5", or "one more than `n`".
pub(super) fn instead(expr: &Expr, by: i64, shown: &dyn Fn(i64) -> String) -> String {
    if let Expr::Const(value) = expr
        && let Some(int) = value.as_int()
    {
        return format!("{} instead of {}", shown(int.saturating_add(by)), shown(int));
    }
    (if by > 0 { "one more than it should be" } else { "one less than it should be" }).to_owned()
}
