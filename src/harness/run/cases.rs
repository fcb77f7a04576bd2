//! What is to be run: sequences that failed before, then the chosen tests of the suite in their order.

use std::collections::HashMap;
use std::io;
use std::sync::LazyLock;

use flowspec_runtime::conformance::{Kept, Regressions};
use flowspec_runtime::model::{ElementId, Provenance};
use flowspec_runtime::suite::{Section, Step, Suite, Test};
use flowspec_runtime::{Rows, SessionId};

use super::{Options, order};

/// Everything that is to be run.
#[derive(Debug)]
pub(super) struct Cases<'a> {
    suite: &'a Suite,
    /// What failed before.
    pub(super) kept: Vec<(Test, Kept)>,
    /// Tests of the suite, as indices into it, in the order in which they run.
    pub(super) chosen: Vec<usize>,
    /// Those that were not chosen because they stand on an assumption.
    pub(super) assumed: Vec<usize>,
}

/// One thing that is run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) test: &'a Test,
    pub(super) rows: &'a Rows,
    steps: Result<&'a Suite, &'a [Step]>,
}

impl<'a> Cases<'a> {
    /// What `options` chooses of a suite, and what was kept of earlier runs.
    pub(super) fn new(suite: &'a Suite, options: &Options, kept: Option<&Regressions>) -> io::Result<Self> {
        let (assumed, chosen) = options.selection.choose(suite);
        let chosen = if options.budget.is_some() { order::by_yield(suite, chosen) } else { chosen };
        let kept = match kept {
            // What was kept may use any statement, and belongs to no shard.
            Some(kept) if options.selection.is_whole() => kept.read()?,
            _ => Vec::new(),
        };
        let kept = kept.into_iter().enumerate().map(|(at, kept)| (again(suite, at, &kept), kept)).collect();
        Ok(Self { suite, kept, chosen, assumed })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.kept.len() + self.chosen.len()
    }

    /// A test of the suite.
    pub(super) fn of_suite(&self, index: usize) -> Case<'a> {
        let test = &self.suite.tests[index];
        Case { test, rows: &self.suite.rows[test.rows as usize], steps: Ok(self.suite) }
    }
}

impl<'a> Case<'a> {
    /// A sequence that stands in no suite.
    pub(super) fn of(test: &'a Test, rows: &'a Rows, steps: &'a [Step]) -> Self {
        Self { test, rows, steps: Err(steps) }
    }

    /// What is done, where no more sessions than these can be open at once: one that is done with is left before there
    /// would be too many.
    pub(super) fn steps(&self, most: usize) -> Vec<&'a Step> {
        let steps = match self.steps {
            Ok(suite) => suite.steps(self.test),
            Err(steps) => steps.iter().collect(),
        };
        let opened = steps.iter().filter(|step| matches!(step, Step::Open { .. })).count();
        if opened > most { leaving(&steps, most) } else { steps }
    }
}

/// Leaving each of as many sessions as a suite has at most.
static CLOSES: LazyLock<Vec<Step>> =
    LazyLock::new(|| (0..256).map(|session| Step::Close { session }).collect());

/// The steps with those sessions left that are used no more, wherever too many would be open.
fn leaving<'a>(steps: &[&'a Step], most: usize) -> Vec<&'a Step> {
    let last_use: HashMap<SessionId, usize> =
        steps.iter().enumerate().filter_map(|(at, step)| Some((step.session()?, at))).collect();
    let (mut fitting, mut open) = (Vec::with_capacity(steps.len()), Vec::new());
    for (at, step) in steps.iter().enumerate() {
        match step {
            Step::Open { session, .. } => {
                let done = open.iter().position(|known| last_use[known] < at);
                if let (true, Some(done)) = (open.len() >= most, done) {
                    fitting.extend(CLOSES.get(open.remove(done) as usize));
                }
                open.push(*session);
            }
            Step::Close { session } => open.retain(|known| known != session),
            _ => {}
        }
        fitting.push(*step);
    }
    fitting
}

/// The test that a kept sequence is.
fn again(suite: &Suite, at: usize, kept: &Kept) -> Test {
    let named = suite.model.elements.iter().position(|element| element.path == kept.requirement);
    let requirement = named.map_or(suite.model.element, |at| at as ElementId);
    Test {
        id: format!("kept-{}", at + 1).into(),
        section: Section::Regression,
        title: kept.title.clone(),
        requirements: vec![requirement],
        provenance: Provenance::Assumed,
        why: "it failed before".to_owned(),
        rows: 0,
        leaf: 0,
    }
}
