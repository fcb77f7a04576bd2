//! Grows a suite test by test: a way to a situation, what is done there, and what it is called.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use flowspec_runtime::SessionId;
use flowspec_runtime::machine::Universe;
use flowspec_runtime::model::{ElementId, ElementKind, Model, Provenance};
use flowspec_runtime::suite::{Builder, Section, Step, Suite, Test};

use crate::explore::{Explorer, Situation, Situations, World, place};

/// What a section works with.
pub(super) struct Writer<'a> {
    /// The flow.
    pub(super) model: &'a Model,
    /// Performs steps and makes values.
    pub(super) explorer: &'a Explorer<'a>,
    /// The universes that tests begin in.
    pub(super) worlds: &'a [World],
    /// Where the flow can be.
    pub(super) situations: &'a Situations,
    builder: Builder,
    rows: HashMap<usize, u32>,
    nodes: HashMap<usize, u32>,
    leaves: HashSet<(u32, u32, ElementId)>,
}

/// A test that is being put together: where it is, and what was used on the way.
#[derive(Clone)]
pub(super) struct Thread {
    /// The universe now.
    pub(super) universe: Arc<Universe>,
    /// The last step.
    pub(super) node: Option<u32>,
    /// The weakest mark on the way.
    pub(super) provenance: Provenance,
    /// The rows it began with, as the suite numbers them.
    rows: u32,
    /// What the last step used.
    pub(super) visited: Vec<ElementId>,
}

impl<'a> Writer<'a> {
    /// An empty suite of a flow.
    pub(super) fn new(
        model: &'a Arc<Model>,
        explorer: &'a Explorer<'a>,
        worlds: &'a [World],
        situations: &'a Situations,
    ) -> Self {
        let builder = Builder::new(Arc::clone(model));
        let (rows, nodes, leaves) = (HashMap::new(), HashMap::new(), HashSet::new());
        Self { model, explorer, worlds, situations, builder, rows, nodes, leaves }
    }

    /// Drops tests that a longer one of the same requirement begins with.
    pub(super) fn drop_beginnings(&mut self) {
        self.builder.drop_beginnings();
    }

    /// The suite so far.
    pub(super) fn suite(&self) -> &Suite {
        self.builder.suite()
    }

    /// The suite.
    pub(super) fn finish(self) -> Suite {
        self.builder.finish()
    }

    /// A thread at a situation.
    pub(super) fn at(&mut self, situation: usize) -> Thread {
        let node = self.node_of(situation);
        let Situation { universe, provenance, world, .. } = &self.situations.all[situation];
        let (universe, provenance, world) = (Arc::clone(universe), *provenance, *world);
        Thread { universe, node: Some(node), provenance, rows: self.rows_of(world), visited: Vec::new() }
    }

    /// A thread at the beginning of a world.
    pub(super) fn begin(&mut self, world: usize) -> Option<Thread> {
        let universe = Arc::new(self.explorer.runner.universe(&self.worlds[world])?);
        let rows = self.rows_of(world);
        Some(Thread { universe, node: None, provenance: Provenance::Stated, rows, visited: Vec::new() })
    }

    /// A thread at the beginning of a universe with rows of its own.
    pub(super) fn begin_with(&mut self, rows: World) -> Option<Thread> {
        let universe = Arc::new(self.explorer.runner.universe(&rows)?);
        let rows = self.builder.rows(rows);
        Some(Thread { universe, node: None, provenance: Provenance::Stated, rows, visited: Vec::new() })
    }

    /// Does one thing more; false, and nothing done, where the spec is silent on it or it cannot be done.
    pub(super) fn go(&mut self, thread: &mut Thread, step: Step) -> bool {
        let Some((_, visited)) = self.explorer.runner.go(&mut thread.universe, &step) else { return false };
        thread.provenance = self.explorer.weakest(thread.provenance, &visited);
        thread.node = Some(self.builder.node(thread.node, step));
        thread.visited = visited;
        true
    }

    /// Makes a test of a thread, unless one that came before does the same for the same requirement.
    pub(super) fn test(
        &mut self,
        section: Section,
        thread: &Thread,
        requirements: &[ElementId],
        title: String,
    ) {
        let Some(leaf) = thread.node else { return };
        let named = requirements.first().copied().unwrap_or(self.model.element);
        if !self.leaves.insert((thread.rows, leaf, named)) {
            return;
        }
        self.builder.test(Test {
            id: "".into(),
            section,
            title,
            requirements: requirements.to_vec(),
            provenance: thread.provenance,
            why: String::new(),
            rows: thread.rows,
            leaf,
        });
    }

    /// Takes over the tests of another suite of the flow; `where_` says under what they were made.
    pub(super) fn adopt(&mut self, other: &Suite, where_: &str) {
        for test in &other.tests {
            let steps = other.steps(test).into_iter().cloned().collect::<Vec<_>>();
            let Some(leaf) = self.builder.path(steps) else { continue };
            let rows = self.builder.rows(other.rows[test.rows as usize].clone());
            if self.leaves.insert((rows, leaf, other.requirement(test))) {
                let title = format!("{}{where_}", test.title);
                self.builder.test(Test { title, rows, leaf, ..test.clone() });
            }
        }
    }

    /// The statement that decided the last step: what a person would name it by.
    pub(super) fn decisive(&self, visited: &[ElementId]) -> ElementId {
        let decides = |id: &ElementId| {
            use ElementKind as Kind;
            let kind = self.model.element(*id).kind;
            let outcome = matches!(
                kind,
                Kind::On | Kind::When | Kind::Otherwise | Kind::Refuse | Kind::Answer | Kind::Alternative
            );
            let barrier =
                matches!(kind, Kind::Limit | Kind::Constraint | Kind::Field | Kind::Default | Kind::Require);
            outcome || barrier || matches!(kind, Kind::After | Kind::Start)
        };
        visited.iter().rev().copied().find(decides).unwrap_or(self.model.element)
    }

    /// The path of a statement, as titles show it.
    pub(super) fn path(&self, element: ElementId) -> &str {
        &self.model.element(element).path
    }

    /// The name of the step that a session of a thread is in.
    pub(super) fn place(&self, thread: &Thread, session: SessionId) -> &str {
        place(&thread.universe, session).map_or("nowhere", |step| &self.model.step(step).name)
    }

    fn rows_of(&mut self, world: usize) -> u32 {
        let (builder, worlds) = (&mut self.builder, self.worlds);
        *self.rows.entry(world).or_insert_with(|| builder.rows(worlds[world].clone()))
    }

    /// The node of a situation; the nodes of the situations before it are grown first.
    fn node_of(&mut self, situation: usize) -> u32 {
        if let Some(node) = self.nodes.get(&situation) {
            return *node;
        }
        let mut way = vec![situation];
        while let Some(parent) = way.last().and_then(|last| self.situations.all[*last].parent) {
            way.push(parent);
            if self.nodes.contains_key(&parent) {
                break;
            }
        }
        let mut node = None;
        for next in way.into_iter().rev() {
            if let Some(known) = self.nodes.get(&next) {
                node = Some(*known);
                continue;
            }
            let grown = self.builder.node(node, self.situations.all[next].step.clone());
            self.nodes.insert(next, grown);
            node = Some(grown);
        }
        node.unwrap_or_default()
    }
}

/// The same step at another instant.
pub(super) fn at(step: &Step, at: flowspec_runtime::Time) -> Step {
    let mut step = step.clone();
    if let Some(instant) = step.at_mut() {
        *instant = at;
    }
    step
}
