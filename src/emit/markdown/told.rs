//! What a page speaks of: a model has whole records and all their types, of which a flow may use little.

use std::collections::HashSet;

use flowspec_runtime::model::{
    Action, Capability, ElementId, ElementKind, Expr, Kind, Model, Outcome, ScenarioLine, Target, TypeId,
};

use crate::emit::words::is_of_task;

/// A record with one of its attributes.
type Attribute = (u16, u16);

/// The statements that a page leaves out.
pub(super) struct Told(HashSet<ElementId>);

impl Told {
    pub(super) fn of(model: &Model) -> Self {
        let (read, set) = attributes(model);
        let asked = capabilities(model, &set);
        let mut told: HashSet<Attribute> = read.union(&set).copied().collect();
        for capability in model.capabilities.iter().filter(|it| asked.contains(&it.element)) {
            told.extend(capability.record.iter().flat_map(|record| reads(capability, *record)));
        }
        let mut out: HashSet<ElementId> = HashSet::new();
        for (id, record) in (0..).zip(&model.records) {
            let attributes = (0..).zip(&record.attributes);
            out.extend(attributes.filter(|(at, _)| !told.contains(&(id, *at))).map(|(_, it)| it.element));
        }
        out.extend(model.capabilities.iter().map(|it| it.element).filter(|id| !asked.contains(id)));
        // The events of tasks say that these may be done.
        let marks = model.variables.iter().map(|variable| variable.element);
        out.extend(marks.filter(|element| is_of_task(model, *element)));
        let types = types(model, &told);
        let unused = (0..).zip(&model.types).filter(|(id, _)| !types.contains(id));
        out.extend(unused.filter_map(|(_, kind)| kind.element));
        // What stands in a statement that is left out is left out with it.
        for (id, element) in (0..).zip(&model.elements) {
            if element.parent.is_some_and(|parent| out.contains(&parent)) {
                out.insert(id);
            }
        }
        Self(out)
    }

    /// Whether the page speaks of a statement.
    pub(super) fn is_told(&self, element: ElementId) -> bool {
        !self.0.contains(&element)
    }
}

/// The attributes that the flow reads, and those that it sets, each with its record.
fn attributes(model: &Model) -> (HashSet<Attribute>, HashSet<Attribute>) {
    let (mut read, mut set) = (HashSet::new(), HashSet::new());
    let record = |row: u16| model.rows[usize::from(row)].record;
    model.expressions(&mut |expr| {
        if let Expr::Attribute { row, attribute } = expr {
            read.insert((record(*row), *attribute));
        }
    });
    for require in &model.requires {
        require.guard.each(&mut |expr| {
            if let Expr::Attribute { row, attribute } = expr {
                read.insert((record(*row), *attribute));
            }
        });
    }
    model.actions(&mut |action| {
        if let Action::Set { target: Target::Attribute { row, attribute }, .. } = action {
            set.insert((record(*row), *attribute));
        }
    });
    (read, set)
}

/// The capabilities that the flow makes a difference to, or that one of its examples asks for.
fn capabilities(model: &Model, set: &HashSet<Attribute>) -> HashSet<ElementId> {
    let lines = model.scenarios.iter().flat_map(|scenario| &scenario.lines);
    let asked: HashSet<u16> = lines
        .filter_map(|line| match line {
            ScenarioLine::May { capability, .. } => Some(*capability),
            _ => None,
        })
        .collect();
    let mut told = HashSet::new();
    for (id, capability) in (0..).zip(&model.capabilities) {
        let touched = |record| reads(capability, record).any(|attribute| set.contains(&attribute));
        if asked.contains(&id) || capability.record.is_none_or(touched) {
            told.insert(capability.element);
        }
    }
    // One that depends on nothing goes with the others of its record.
    let records: HashSet<u16> = model
        .capabilities
        .iter()
        .filter(|it| told.contains(&it.element))
        .filter_map(|capability| capability.record)
        .collect();
    for capability in &model.capabilities {
        let with_others = |record| records.contains(&record) && reads(capability, record).next().is_none();
        if capability.record.is_some_and(with_others) {
            told.insert(capability.element);
        }
    }
    told
}

/// The attributes that a capability of a record depends on.
fn reads(capability: &Capability, record: u16) -> impl Iterator<Item = Attribute> {
    let mut found = Vec::new();
    for guard in capability.rules.iter().filter_map(|rule| rule.guard.as_ref()) {
        guard.each(&mut |expr| {
            if let Expr::Asked(attribute) = expr {
                found.push((record, *attribute));
            }
        });
    }
    found.into_iter()
}

/// The types of all that is told.
fn types(model: &Model, attributes: &HashSet<Attribute>) -> HashSet<TypeId> {
    let mut open: Vec<TypeId> = Vec::new();
    open.extend(model.givens.iter().chain(&model.variables).map(|it| it.kind));
    open.extend(model.events.iter().flat_map(|event| &event.fields).map(|field| field.kind));
    open.extend(model.outputs.iter().flat_map(|output| &output.fields).map(|field| field.kind));
    open.extend(model.choices.iter().map(|choice| choice.kind));
    open.extend(model.limits.iter().map(|limit| limit.kind));
    let handlers = model.steps.iter().flat_map(|step| &step.handlers);
    for branch in handlers.flat_map(|handler| &handler.branches) {
        if let Outcome::Ask { answers, .. } = &branch.body.outcome {
            open.extend(answers.iter().flat_map(|answer| &answer.fields).map(|field| field.kind));
        }
    }
    for (id, record) in (0..).zip(&model.records) {
        open.push(record.key_kind);
        let told = (0..).zip(&record.attributes).filter(|(at, _)| attributes.contains(&(id, *at)));
        open.extend(told.map(|(_, attribute)| attribute.kind));
    }
    let mut known = HashSet::new();
    while let Some(id) = open.pop() {
        if known.insert(id) {
            match &model.kind(id).kind {
                Kind::List { of, .. } | Kind::Set { of } => open.push(*of),
                Kind::Entry { fields } => open.extend(fields.iter().map(|field| field.kind)),
                _ => {}
            }
        }
    }
    known
}

/// Whether a value belongs to a call: what its part is given.
pub(super) fn is_of_call(model: &Model, element: ElementId) -> bool {
    let element = model.element(element);
    element.kind == ElementKind::Remember && element.path.starts_with("given/")
}
