//! A situation from which no end can be reached any more, although one can from its step as such.

use super::example::Example;
use super::explored::Explored;
use crate::diagnostic::{Diagnostic, codes};
use crate::explore::space::{Act, Edge, Graph, Node};
use crate::model::{Model, StepId, USER};

/// More answers than these are not named.
const MOST: usize = 5;

pub(super) fn find(explored: &Explored, findings: &mut Vec<Diagnostic>) {
    let (draft, graph) = (explored.draft, &explored.graph);
    let ends = draft.model.steps.iter().any(|step| step.end.is_some());
    if !graph.complete || draft.model.endless || !ends {
        return;
    }
    let out = ways_out(explored);
    // Whoever cannot get out from the beginning lacks something that the flow is not about: what the rows hold.
    let strands = graph
        .edges
        .iter()
        .filter(|edge| out[edge.source as usize] && edge.target.is_some_and(|target| !out[target as usize]));
    let mut steps: Vec<(StepId, Vec<&Edge>)> = Vec::new();
    for edge in strands {
        let Some(target) = edge.target else { continue };
        let step = graph.nodes[target as usize].step;
        match steps.iter_mut().find(|(known, _)| *known == step) {
            Some((_, edges)) => edges.push(edge),
            None => steps.push((step, vec![edge])),
        }
    }
    for (step, edges) in steps {
        findings.push(finding(explored, step, &edges));
    }
}

/// Of each situation, whether there is a way out, whenever one is there.
fn ways_out(explored: &Explored) -> Vec<bool> {
    let (draft, graph) = (explored.draft, &explored.graph);
    // Where it was not looked any further, there may be a way out.
    let may_be_out = |(number, node): (u32, &Node)| {
        !graph.is_explored(number) || draft.model.step(node.step).end.is_some()
    };
    let mut out: Vec<bool> = (0..).zip(&graph.nodes).map(may_be_out).collect();
    let mut back: Vec<Vec<u32>> = vec![Vec::new(); graph.nodes.len()];
    for edge in &graph.edges {
        match edge.target {
            Some(target) => back[target as usize].push(edge.source),
            // Where the spec is silent, anything may follow: an end, too.
            None => out[edge.source as usize] = true,
        }
    }
    let mut open: Vec<u32> = (0..).zip(&out).filter(|(_, out)| **out).map(|(node, _)| node).collect();
    while let Some(node) = open.pop() {
        for before in &back[node as usize] {
            if !out[*before as usize] && leads_out(graph, *before, &out) {
                out[*before as usize] = true;
                open.push(*before);
            }
        }
    }
    out
}

/// Whether one gets out by something that can be done, or by waiting, whichever of the time-outs comes first.
fn leads_out(graph: &Graph, node: u32, out: &[bool]) -> bool {
    let is_out = |edge: &Edge| edge.target.is_none_or(|target| out[target as usize]);
    let time = graph.nodes[node as usize].time();
    let (waits, acts): (Vec<&Edge>, Vec<&Edge>) =
        graph.out(node).iter().partition(|edge| matches!(edge.act, Act::Wait(_)) && edge.time() != time);
    if acts.into_iter().any(is_out) {
        return true;
    }
    !waits.is_empty()
        && waits
            .chunk_by(|one, other| one.time() == other.time())
            .all(|at_once| at_once.iter().any(|edge| is_out(edge)))
}

fn finding(explored: &Explored, step: StepId, edges: &[&Edge]) -> Diagnostic {
    let (draft, graph) = (explored.draft, &explored.graph);
    let nearest = edges.iter().filter_map(|edge| edge.target).min().unwrap_or_default();
    let (opening, way) = graph.way(nearest);
    let run = graph.run(opening, &way);
    let message =
        format!("in the step `{}` a session may be stuck: no end can be reached", draft.step_name(step));
    let mut finding = draft
        .finding(codes::STRANDED, draft.model.step(step).element, message)
        .here("nothing that anybody can do leads to an end from there");
    let answers = answers(&draft.model, graph, edges);
    if !answers.is_empty() {
        finding = finding.note(format!("what strands the person: {}", answers.join(", ")));
    }
    if let Some(run) = run {
        finding = Example::shown(finding, draft, "leads into it", "stuck", &run);
    }
    finding.help("give the step a way out that is always open")
}

/// The answers, and the events of others, that lead into a situation without a way out.
fn answers(model: &Model, graph: &Graph, edges: &[&Edge]) -> Vec<String> {
    let mut all = Vec::new();
    for edge in edges {
        let Act::Event { handler, draft } = &edge.act else { continue };
        let from = model.step(graph.nodes[edge.source as usize].step);
        let Some(handler) = from.handlers.get(usize::from(*handler)) else { continue };
        let event = &model.event(handler.event).name;
        let told = match (&edge.seen.answered, draft.answers.first()) {
            (Some(answer), Some(say)) => format!("the answer `{answer}` of `{}` to `{event}`", say.actor),
            _ if handler.actor != USER => {
                format!("`{event}` by `{}`", model.actors[usize::from(handler.actor)].name)
            }
            _ => continue,
        };
        if !all.contains(&told) && all.len() < MOST {
            all.push(told);
        }
    }
    all
}
