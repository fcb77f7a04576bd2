//! A value picked by the implementation that can be had again and again, with no limit on the way round.
//!
//! It is said only where a session was seen to come round: from a situation in which the value is sent back to that same
//! situation, without counting anything. So nothing is said where a condition keeps one from coming back.

use std::collections::HashSet;

use super::explored::Explored;
use crate::diagnostic::{Diagnostic, codes};
use crate::explore::space::{Act, Edge, Graph};
use crate::model::{Action, Draft, ElementId, Model, OutputId, USER};

pub(super) fn find(explored: &Explored, findings: &mut Vec<Diagnostic>) {
    let (draft, graph) = (explored.draft, &explored.graph);
    let Counts { picked, counting } = Counts::of(&draft.model);
    let mut told: HashSet<ElementId> = HashSet::new();
    for edge in &graph.edges {
        for (sent, output, body) in picked.iter().filter(|(sent, ..)| edge.seen.visited.contains(sent)) {
            let again = !told.contains(sent)
                && is_by_user(&draft.model, graph, edge)
                && comes_round(graph, edge, &counting);
            if again {
                told.insert(*sent);
                findings.push(finding(draft, *sent, *output, *body));
            }
        }
    }
}

fn finding(draft: &Draft, sent: ElementId, output: OutputId, body: ElementId) -> Diagnostic {
    let name = &draft.model.outputs[usize::from(output)].name;
    draft
        .finding(codes::UNLIMITED, body, format!("`{name}` can be had again and again, without a limit"))
        .here("one can come back here and have another, as often as one likes")
        .label(draft.place(sent).head, "it is sent here")
        .note("no limit is counted on the way round")
        .help("declare a limit and `count` it here; `limit NAME: unbounded` says that any number is meant")
}

/// The statements that matter here.
struct Counts {
    /// Those that send a picked value, with the output, and the branch that they stand in.
    picked: Vec<(ElementId, OutputId, ElementId)>,
    /// Those that count.
    counting: HashSet<ElementId>,
}

impl Counts {
    fn of(model: &Model) -> Self {
        let (mut picked, mut counting) = (Vec::new(), HashSet::new());
        let mut see = |body: &crate::model::Body| {
            for action in &body.actions {
                match action {
                    Action::Count { element, .. } => {
                        counting.insert(*element);
                    }
                    Action::Send { output, element, .. } if is_picked(model, *output) => {
                        picked.push((*element, *output, body.element));
                    }
                    _ => {}
                }
            }
        };
        for branch in model.steps.iter().flat_map(|step| &step.handlers).flat_map(|handler| &handler.branches)
        {
            super::graph::each_body(&branch.body, &mut see);
        }
        Self { picked, counting }
    }
}

fn is_picked(model: &Model, output: OutputId) -> bool {
    model.outputs[usize::from(output)].fields.iter().any(|field| field.chosen)
}

fn is_by_user(model: &Model, graph: &Graph, edge: &Edge) -> bool {
    let Act::Event { handler, .. } = &edge.act else { return false };
    let step = model.step(graph.nodes[edge.source as usize].step);
    step.handlers
        .get(usize::from(*handler))
        .is_some_and(|handler| handler.actor == USER && handler.gates.is_empty())
}

/// Whether one can come from where something leads back to where it was done, counting nothing.
fn comes_round(graph: &Graph, edge: &Edge, counting: &HashSet<ElementId>) -> bool {
    let free = |edge: &&Edge| !edge.seen.visited.iter().any(|element| counting.contains(element));
    let Some(first) = edge.target else { return false };
    let mut seen: HashSet<u32> = HashSet::from([first]);
    let mut open = vec![first];
    while let Some(node) = open.pop() {
        if node == edge.source {
            return true;
        }
        let next = graph.out(node).iter().filter(|edge| !matches!(edge.act, Act::Wait(_))).filter(free);
        open.extend(next.filter_map(|edge| edge.target).filter(|target| seen.insert(*target)));
    }
    false
}
