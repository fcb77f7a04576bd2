//! A situation from which no end can be reached any more, although one can from its step as such.

use super::example::Example;
use super::explored::Explored;
use super::properties::Way;
use crate::diagnostic::{Diagnostic, codes};

pub(super) fn find(explored: &Explored, findings: &mut Vec<Diagnostic>) {
    let (draft, graph) = (explored.draft, &explored.graph);
    let ends = draft.model.steps.iter().any(|step| step.end.is_some());
    if !explored.is_exact() || draft.model.endless || !ends {
        return;
    }
    let mut out: Vec<bool> =
        graph.nodes.iter().map(|node| draft.model.step(node.step).end.is_some()).collect();
    let mut back: Vec<Vec<u32>> = vec![Vec::new(); graph.nodes.len()];
    let mut open: Vec<u32> = Vec::new();
    for edge in &graph.edges {
        match edge.target {
            Some(target) => back[target as usize].push(edge.source),
            // Where the spec is silent, anything may follow: an end, too.
            None => out[edge.source as usize] = true,
        }
    }
    open.extend((0..).zip(&out).filter(|(_, out)| **out).map(|(node, _)| node));
    while let Some(node) = open.pop() {
        for before in std::mem::take(&mut back[node as usize]) {
            if !std::mem::replace(&mut out[before as usize], true) {
                open.push(before);
            }
        }
    }
    // Whoever cannot get out from the beginning lacks something that the flow is not about: what the rows hold.
    let from_the_flow = |node: usize| {
        let (opening, _) = graph.way(node as u32);
        let root = graph.openings[opening as usize].2.target;
        !out[node] && root.is_some_and(|root| out[root as usize])
    };
    let Some(stuck) = (0..out.len()).find(|node| from_the_flow(*node)) else { return };
    let step = graph.nodes[stuck].step;
    if explored.is_told(draft.model.step(step).element, findings) {
        return;
    }
    let (opening, edges) = graph.way(stuck as u32);
    let example = Example { model: &draft.model, graph };
    let way = Way { opening, edges, wait: 0 };
    let message =
        format!("in the step `{}` a session may be stuck: no end can be reached", draft.step_name(step));
    let finding = draft
        .finding(codes::STRANDED, draft.model.step(step).element, message)
        .here("nothing that anybody can do leads to an end from there")
        .note("the shortest way into it is below, as a scenario")
        .mend("see it happen", draft.before_brace(draft.model.element), example.scenario("stuck", &way))
        .help("give the step a way out that is always open");
    findings.push(finding);
}
