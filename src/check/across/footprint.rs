//! What a flow needs of the rows that it begins with, and what it leaves behind: read off all that it was seen to do.

use std::collections::HashMap;

use flowspec_runtime::machine::Machine;
use flowspec_runtime::{Fields, Rows, Value};

use super::written::set_by;
use crate::explore::space::Graph;
use crate::model::{Draft, ElementId, EndKind, Kind, StepId};
use crate::source::Location;

/// Which of the beginnings are meant; there are never more than [`MOST`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Beginnings([u64; 4]);

const MOST: usize = 256;

impl Beginnings {
    fn add(&mut self, beginning: usize) {
        self.0[beginning / 64] |= 1 << (beginning % 64);
    }

    /// Takes others in; whether there was a new one.
    fn merge(&mut self, other: Self) -> bool {
        let before = *self;
        self.0.iter_mut().zip(other.0).for_each(|(own, other)| *own |= other);
        before != *self
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0.iter().zip(other.0).any(|(own, other)| own & other != 0)
    }

    pub(super) fn contains(self, beginning: usize) -> bool {
        self.0[beginning / 64] >> (beginning % 64) & 1 == 1
    }
}

impl FromIterator<usize> for Beginnings {
    fn from_iter<I: IntoIterator<Item = usize>>(all: I) -> Self {
        let mut set = Self::default();
        all.into_iter().for_each(|one| set.add(one));
        set
    }
}

/// What a row must have for a session to begin like that.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Need {
    pub(super) record: u16,
    /// The attribute; none for the row itself.
    pub(super) attribute: Option<u16>,
    /// The value, where it is one of a few; otherwise any will do.
    pub(super) value: Option<Value>,
}

/// A flow, by the rows that its sessions may begin with.
#[derive(Debug, Clone)]
pub(in crate::check) struct Footprint {
    /// The rows, and what has to be there for each of them.
    pub(super) rows: Vec<Rows>,
    pub(super) needs: Vec<Vec<Need>>,
    /// Those from which a session can be completed, or may be for all that is known.
    pub(super) completed: Beginnings,
    /// Those of them for which that was seen.
    pub(super) seen: Beginnings,
    /// The statements that set something of a row, with those from which they are performed.
    pub(super) sets: HashMap<ElementId, Beginnings>,
    /// The steps that are entered, nearest first.
    pub(super) steps: Vec<StepId>,
    /// Whether nothing was left out.
    pub(super) whole: bool,
}

impl Footprint {
    /// What exploring a flow has shown.
    pub(in crate::check) fn of(draft: &Draft, machine: &Machine, graph: &Graph) -> Option<Self> {
        if graph.beginnings.len() > MOST {
            return None;
        }
        let reached = reached(graph);
        let needs = needs(draft, machine, &graph.beginnings);
        let mut footprint = Self {
            rows: graph.beginnings.clone(),
            needs,
            completed: Beginnings::default(),
            seen: Beginnings::default(),
            sets: HashMap::new(),
            steps: Vec::new(),
            whole: graph.whole && (graph.complete || graph.begun && graph.nodes.is_empty()),
        };
        footprint.ends(draft, graph, &reached);
        footprint.writes(draft, graph, &reached);
        for node in &graph.nodes {
            if !footprint.steps.contains(&node.step) {
                footprint.steps.push(node.step);
            }
        }
        Some(footprint)
    }

    fn ends(&mut self, draft: &Draft, graph: &Graph, reached: &[Beginnings]) {
        let model = &draft.model;
        let has = |kind| model.steps.iter().any(|step| step.end == Some(kind));
        let good = |step: StepId| match model.step(step).end {
            Some(end) => end == EndKind::Success || !has(EndKind::Success),
            None => false,
        };
        let endless = model.steps.iter().all(|step| step.end.is_none());
        for (number, (node, reached)) in (0..).zip(graph.nodes.iter().zip(reached)) {
            if good(node.step) || endless {
                self.seen.merge(*reached);
            } else if !graph.is_explored(number) {
                self.completed.merge(*reached);
            }
        }
        // Where the spec is silent, anything may follow.
        for edge in graph.edges.iter().filter(|edge| edge.seen.silent) {
            self.completed.merge(reached[edge.source as usize]);
        }
        for (beginning, _, edge) in &graph.openings {
            if edge.seen.silent {
                self.completed.add(*beginning as usize);
            }
        }
        self.completed.merge(self.seen);
    }

    fn writes(&mut self, draft: &Draft, graph: &Graph, reached: &[Beginnings]) {
        draft.model.actions(&mut |action| {
            if set_by(&draft.model, action).is_some() {
                self.sets.insert(action.element(), Beginnings::default());
            }
        });
        if self.sets.is_empty() {
            return;
        }
        for (beginning, _, edge) in &graph.openings {
            for element in &edge.seen.visited {
                if let Some(set) = self.sets.get_mut(element) {
                    set.add(*beginning as usize);
                }
            }
        }
        for edge in &graph.edges {
            for element in &edge.seen.visited {
                if let Some(set) = self.sets.get_mut(element) {
                    set.merge(reached[edge.source as usize]);
                }
            }
        }
    }
}

/// Of each situation, the beginnings from which it is reached.
fn reached(graph: &Graph) -> Vec<Beginnings> {
    let mut reached = vec![Beginnings::default(); graph.nodes.len()];
    for (beginning, _, edge) in &graph.openings {
        if let Some(target) = edge.target {
            reached[target as usize].add(*beginning as usize);
        }
    }
    let mut changed = true;
    while std::mem::take(&mut changed) {
        for edge in &graph.edges {
            if let Some(target) = edge.target {
                let from = reached[edge.source as usize];
                changed |= reached[target as usize].merge(from);
            }
        }
    }
    reached
}

/// What has to be there for a universe to begin with each of these rows.
fn needs(draft: &Draft, machine: &Machine, beginnings: &[Rows]) -> Vec<Vec<Need>> {
    let mut all = vec![Vec::new(); beginnings.len()];
    for (record, declared) in (0..).zip(&draft.model.records) {
        let row = |rows: &Rows| Some(rows.get(&declared.name)?.first()?.1.clone());
        let rows: Vec<_> = beginnings.iter().map(row).collect();
        for (needs, _) in all.iter_mut().zip(&rows).filter(|(_, row)| row.is_some()) {
            needs.push(Need { record, attribute: None, value: None });
        }
        for (attribute, of) in (0..).zip(&declared.attributes) {
            let read = |row: &Option<Fields>| machine.read_as(of.kind, row.as_ref()?.get(&of.name));
            let values: Vec<Option<Value>> = rows.iter().map(read).collect();
            let mut told_apart: Vec<&Value> = values.iter().flatten().collect();
            told_apart.sort();
            told_apart.dedup();
            // Where the flow only asks whether it is set, any value will do.
            let few = matches!(draft.model.kind(of.kind).kind, Kind::Bool | Kind::Word { .. });
            let exact = few && told_apart.len() > 1;
            for (needs, value) in all.iter_mut().zip(&values) {
                if value.is_some() && *value != of.default {
                    let value = value.clone().filter(|_| exact);
                    needs.push(Need { record, attribute: Some(attribute), value });
                }
            }
        }
    }
    all
}

/// The places where records are declared that a flow makes rows of where there is none.
pub(super) fn made_anew(draft: &Draft, footprint: &Footprint) -> Vec<Location> {
    let mut made = Vec::new();
    draft.model.actions(&mut |action| {
        let Some((record, ..)) = set_by(&draft.model, action) else { return };
        let declared = &draft.model.records[usize::from(record)];
        let without = |beginning: &usize| !footprint.rows[*beginning].contains_key(&declared.name);
        let without: Beginnings = (0..footprint.rows.len()).filter(without).collect();
        if footprint.sets.get(&action.element()).is_some_and(|from| from.meets(without)) {
            made.push(draft.place(declared.element).name);
        }
    });
    made
}
