//! What exploring a flow shows, for the checks that need it.

use std::collections::HashSet;

use flowspec_runtime::machine::Machine;

use super::across::{Footprint, Written};
use super::control::Control;
use super::properties::{Judge, Verdict, watched};
use crate::diagnostic::Diagnostic;
use crate::explore::space::{Budget, Edge, Elsewhere, Graph, Space};
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
    super::property_fails::find_vacuous,
    super::never_met::find,
    super::never_entered::find,
    super::never_taken::find,
    super::never_bites::find,
    super::overshadowed::find,
    super::stranded::find,
    super::success_by_failure::find,
];

/// Among others there are so many times as many situations to look at as there are for a session alone.
pub(super) const AMONG_OTHERS: usize = 10;

/// Explores a flow and says what that shows, and what becomes of its rules.
pub(super) fn explore(
    draft: &Draft,
    written: &Written,
    budget: &Budget,
    findings: &mut Vec<Diagnostic>,
) -> (Vec<Judged>, Option<Footprint>) {
    if budget.situations == 0 {
        return <_>::default();
    }
    let Ok(machine) = Machine::new(draft.model.clone()) else { return <_>::default() };
    let alone = Explored::new(draft, &machine, budget, Vec::new());
    let judged = super::property_fails::find(&alone, findings);
    super::unlimited::find(&alone, findings);
    let before = findings.clone();
    FINDS.iter().for_each(|find| find(&alone, findings));
    let others = written.elsewhere(draft);
    if findings.len() > before.len() && !others.is_empty() {
        // What one session cannot do by itself may come about while others change the rows: then it is no mistake.
        let budget = Budget { situations: budget.situations.saturating_mul(AMONG_OTHERS), ..budget.clone() };
        let among_others = Explored::new(draft, &machine, &budget, others);
        let (told, mut still) = (before.len(), before);
        FINDS.iter().for_each(|find| find(&among_others, &mut still));
        let same = |one: &Diagnostic, other: &Diagnostic| {
            one.code == other.code && one.primary.location == other.primary.location
        };
        let mut new = findings.split_off(told);
        new.retain(|finding| still[told..].iter().any(|other| same(finding, other)));
        findings.extend(new);
    }
    (judged, Footprint::of(draft, &machine, &alone.graph))
}

/// What a flow needs of rows, and what it leaves behind.
pub(super) fn footprint(draft: &Draft, budget: &Budget) -> Option<Footprint> {
    let machine = Machine::new(draft.model.clone()).ok().filter(|_| budget.situations > 0)?;
    let graph = Graph::explore(&Space::new(&machine, Vec::new(), &[]), budget);
    Footprint::of(draft, &machine, &graph)
}

impl<'d> Explored<'d> {
    fn new(draft: &'d Draft, machine: &'d Machine, budget: &'d Budget, others: Vec<Elsewhere>) -> Self {
        let watched = watched(&draft.model);
        let space = Space::new(machine, watched.clone(), &[]).with_others(others);
        let graph = Graph::explore(&space, budget);
        let openings = graph.openings.iter().map(|(.., edge)| edge);
        let edges = openings.chain(&graph.edges);
        let visited = edges.flat_map(|edge: &Edge| edge.seen.visited.iter().copied()).collect();
        Self { draft, machine, budget, control: Control::new(&draft.model), graph, watched, visited }
    }
}

impl Explored<'_> {
    pub(super) fn judge(&self) -> Judge<'_> {
        Judge {
            control: &self.control,
            graph: &self.graph,
            watched: &self.watched,
            machine: self.machine,
            budget: self.budget,
        }
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
