//! What exploring a flow shows, for the checks that need it.

use std::collections::HashSet;

use flowspec_runtime::machine::Machine;

use super::control::Control;
use super::properties::{Judge, Verdict, watched};
use crate::diagnostic::Diagnostic;
use crate::explore::space::{Budget, Edge, Graph, Space};
use crate::model::{Atom, Draft, ElementId};

/// A flow with all that it was seen to do.
pub(super) struct Explored<'d> {
    pub(super) draft: &'d Draft,
    pub(super) machine: &'d Machine,
    pub(super) budget: &'d Budget,
    pub(super) control: Control,
    pub(super) graph: Graph,
    pub(super) watched: Vec<Atom>,
    /// The statements that were performed somewhere.
    pub(super) visited: HashSet<ElementId>,
}

/// What becomes of a rule over runs.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The flow.
    pub flow: flowspec_runtime::Text,
    /// The rule as it is written.
    pub rule: String,
    /// Where it stands.
    pub location: crate::source::Location,
    /// What is known of it.
    pub verdict: Verdict,
}

/// What finds something in what a flow was seen to do.
type Find = fn(&Explored, &mut Vec<Diagnostic>);

const FINDS: &[Find] = &[
    super::never_met::find,
    super::never_entered::find,
    super::never_taken::find,
    super::never_bites::find,
    super::overshadowed::find,
    super::stranded::find,
    super::success_by_failure::find,
];

/// Explores a flow and says what that shows, and what becomes of its rules.
pub(super) fn explore(draft: &Draft, budget: &Budget, findings: &mut Vec<Diagnostic>) -> Vec<Judged> {
    if budget.situations == 0 {
        return Vec::new();
    }
    let Ok(machine) = Machine::new(draft.model.clone()) else { return Vec::new() };
    let watched = watched(&draft.model);
    let space = Space::new(&machine, watched.clone(), &[]);
    let graph = Graph::explore(&space, budget);
    let openings = graph.openings.iter().map(|(.., edge)| edge);
    let visited =
        openings.chain(&graph.edges).flat_map(|edge: &Edge| edge.seen.visited.iter().copied()).collect();
    let explored = Explored {
        draft,
        machine: &machine,
        budget,
        control: Control::new(&draft.model),
        graph,
        watched,
        visited,
    };
    let judged = super::property_fails::find(&explored, findings);
    FINDS.iter().for_each(|find| find(&explored, findings));
    judged
}

impl Explored<'_> {
    pub(super) fn judge(&self) -> Judge<'_> {
        Judge { control: &self.control, graph: &self.graph, watched: &self.watched }
    }

    /// Whether what was not seen cannot happen.
    pub(super) fn is_exact(&self) -> bool {
        self.graph.whole && self.graph.complete
    }

    /// Whether something is said about a place already.
    pub(super) fn is_told(&self, element: ElementId, findings: &[Diagnostic]) -> bool {
        let whole = self.draft.whole(element);
        findings.iter().any(|finding| {
            let at = finding.primary.location;
            at.source == whole.source && whole.span.start <= at.span.start && at.span.end <= whole.span.end
        })
    }
}
