//! A suite as the right implementation runs it: after each step everything that is remembered, and what was used, so
//! that a faulty variant has to run only from where its fault first makes a difference.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use flowspec_runtime::conformance::{Duel, Moment, Shown, Turn};
use flowspec_runtime::machine::Asked;
use flowspec_runtime::model::{ElementId, EventId, Expr, Model, StepId};
use flowspec_runtime::suite::{Step, Suite};
use flowspec_runtime::{Rows, Time};
use rustc_hash::FxHashMap;

/// What was done in one place of the tree, and what came of it.
pub(super) struct Trace {
    /// The trace before it; none begins a universe.
    pub(super) parent: Option<u32>,
    /// The rows that its universe began with.
    rows: u32,
    /// What was done.
    pub(super) step: Step,
    /// What the guards were asked.
    pub(super) asked: Asked,
    /// What the right implementation showed.
    pub(super) shown: Shown,
    /// What it remembers then.
    pub(super) after: Moment,
    /// The traces that follow.
    pub(super) next: Vec<u32>,
    /// The first test that comes here, by its place in the suite.
    pub(super) test: u32,
    /// The last instant that anything after it comes to.
    pub(super) latest: Time,
}

/// Every trace, each after the one before it, and where to look for what.
#[derive(Default)]
pub(super) struct Recorded {
    pub(super) traces: Vec<Trace>,
    /// The beginning of a universe, by its rows.
    begun: HashMap<u32, Moment>,
    /// The traces that used a statement.
    by_element: HashMap<ElementId, Vec<u32>>,
    /// The traces after which a session is in a step.
    by_place: HashMap<StepId, Vec<u32>>,
    /// Inputs that were not expected, by the step and the event.
    unlisted: HashMap<(StepId, EventId), Vec<u32>>,
    /// Openings, and questions about what is allowed.
    pub(super) openings: Vec<u32>,
    pub(super) questions: Vec<u32>,
    /// The traces in which there are several sessions.
    pub(super) crowded: Vec<u32>,
    known: HashMap<(u32, u32), Option<u32>>,
    near: Mutex<Near>,
}

/// By the address of a condition, the traces that break at most one part of it.
type Near = FxHashMap<usize, Arc<[u32]>>;

impl Recorded {
    /// Runs a suite with a duel that is about the flow as it is.
    pub(super) fn of(suite: &Suite, duel: &mut Duel) -> Self {
        let mut recorded = Self::default();
        duel.note_used();
        for (test, of) in (0..).zip(&suite.tests) {
            let mut way = vec![of.leaf];
            while let Some(parent) = way.last().and_then(|at| suite.nodes[*at as usize].parent) {
                way.push(parent);
            }
            let mut at = None;
            for node in way.into_iter().rev() {
                let known = recorded.known.get(&(of.rows, node)).copied();
                let next = known.unwrap_or_else(|| {
                    let step = &suite.steps[suite.nodes[node as usize].step as usize];
                    let grown = recorded.grow(duel, &suite.rows, of.rows, at, step, test);
                    recorded.known.insert((of.rows, node), grown);
                    grown
                });
                if next.is_none() {
                    break;
                }
                at = next;
            }
        }
        for at in (0..recorded.traces.len()).rev() {
            let Trace { parent, latest, .. } = recorded.traces[at];
            if let Some(parent) = parent {
                let before = &mut recorded.traces[parent as usize].latest;
                *before = latest.max(*before);
            }
        }
        recorded
    }

    /// Adds what comes after a trace; none where nothing can be said of it.
    pub(super) fn grow(
        &mut self,
        duel: &mut Duel,
        every: &[Rows],
        rows: u32,
        parent: Option<u32>,
        step: &Step,
        test: u32,
    ) -> Option<u32> {
        if parent.is_none() && !self.begun.contains_key(&rows) {
            if !duel.begin(&every[rows as usize]) {
                return None;
            }
            self.begun.insert(rows, duel.moment());
        }
        duel.back_to(self.before(parent, rows)?);
        let asked = duel.asked(duel.interpreter().machine(), step);
        let (shown, turn) = duel.step_right(step)?;
        let used = duel.used();
        if turn != Turn::Allowed {
            return None;
        }
        let at = u32::try_from(self.traces.len()).ok()?;
        self.index(duel, at, step, &used);
        if let Some(parent) = parent {
            self.traces[parent as usize].next.push(at);
        }
        let after = duel.moment();
        let (step, latest, next) = (step.clone(), after.universe().now(), Vec::new());
        self.traces.push(Trace { parent, rows, step, asked, shown, after, next, test, latest });
        Some(at)
    }

    /// Everything that was remembered before a trace.
    pub(super) fn before(&self, parent: Option<u32>, rows: u32) -> Option<&Moment> {
        match parent {
            Some(parent) => self.traces.get(parent as usize).map(|trace| &trace.after),
            None => self.begun.get(&rows),
        }
    }

    /// The same of a trace that is there.
    pub(super) fn before_trace(&self, at: u32) -> Option<&Moment> {
        let trace = &self.traces[at as usize];
        self.before(trace.parent, trace.rows)
    }

    /// The rows and the steps that lead to a trace.
    pub(super) fn way(&self, at: u32) -> (u32, Vec<Step>) {
        let (mut steps, mut next) = (Vec::new(), Some(at));
        while let Some(at) = next {
            steps.push(self.traces[at as usize].step.clone());
            next = self.traces[at as usize].parent;
        }
        steps.reverse();
        (self.traces[at as usize].rows, steps)
    }

    /// The traces that break at most one part of a condition; worked out the first time.
    pub(super) fn near(&self, condition: &Expr, find: impl FnOnce() -> Vec<u32>) -> Arc<[u32]> {
        let address = std::ptr::from_ref(condition).addr();
        let near = || self.near.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = near().get(&address) {
            return Arc::clone(known);
        }
        let found: Arc<[u32]> = find().into();
        near().insert(address, Arc::clone(&found));
        found
    }

    pub(super) fn with_element(&self, element: ElementId) -> &[u32] {
        self.by_element.get(&element).map_or(&[], Vec::as_slice)
    }

    pub(super) fn in_step(&self, step: StepId) -> &[u32] {
        self.by_place.get(&step).map_or(&[], Vec::as_slice)
    }

    pub(super) fn unlisted(&self, step: StepId, event: EventId) -> &[u32] {
        self.unlisted.get(&(step, event)).map_or(&[], Vec::as_slice)
    }

    fn index(&mut self, duel: &Duel, at: u32, step: &Step, used: &[ElementId]) {
        for element in used {
            let traces = self.by_element.entry(*element).or_default();
            if traces.last() != Some(&at) {
                traces.push(at);
            }
        }
        let sessions = duel.interpreter().universe().sessions();
        for session in sessions {
            let traces = self.by_place.entry(session.step()).or_default();
            if traces.last() != Some(&at) {
                traces.push(at);
            }
        }
        if sessions.len() > 1 {
            self.crowded.push(at);
        }
        match step {
            Step::Open { .. } => self.openings.push(at),
            Step::May { .. } => self.questions.push(at),
            Step::Apply { session, event, by, .. } => {
                let place = sessions.iter().find(|one| one.id() == *session).map(|one| one.step());
                let model: &Model = duel.interpreter().machine().model();
                let id = (0..).zip(&model.events).find(|(_, known)| known.name == *event).map(|(id, _)| id);
                if let (Some(place), Some(id)) = (place, id) {
                    let listed = model.step(place).handlers.iter().any(|handler| {
                        handler.event == id && model.actors[usize::from(handler.actor)].name == *by
                    });
                    if !listed {
                        self.unlisted.entry((place, id)).or_default().push(at);
                    }
                }
            }
            Step::Advance { .. } | Step::Close { .. } => {}
        }
    }
}
