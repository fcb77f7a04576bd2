//! Which tests of suites stand on which facts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use flowspec_runtime::Text;
use flowspec_runtime::model::{ElementId, Model};
use flowspec_runtime::suite::Suite;

/// A test of a suite.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TestName {
    /// The flow.
    pub flow: Text,
    /// Its eight digits.
    pub id: Text,
}

/// The tests that serve each id of each file of facts. `named` says which file of facts a spec has.
pub(super) fn tests_of<'a>(
    suites: &'a [Suite],
    named: &HashMap<&str, String>,
) -> BTreeMap<(String, &'a str), BTreeSet<TestName>> {
    let mut found: BTreeMap<_, BTreeSet<TestName>> = BTreeMap::new();
    for suite in suites {
        let model = &suite.model;
        for test in &suite.tests {
            let name = TestName { flow: model.name.clone(), id: test.id.clone() };
            for (element, id) in test.requirements.iter().flat_map(|element| stands_on(model, *element)) {
                let file = model.files.get(usize::from(model.element(element).file));
                if let Some(facts) = file.and_then(|file| named.get(file.as_str())) {
                    found.entry((facts.clone(), id)).or_default().insert(name.clone());
                }
            }
        }
    }
    found
}

/// What a statement stands on: its own marks, or those of the nearest statement around it that has some.
fn stands_on(model: &Model, element: ElementId) -> Vec<(ElementId, &str)> {
    let mut next = Some(element);
    while let Some(id) = next {
        let element = model.element(id);
        let assumed = element.assumptions.iter().map(|assumption| &assumption.id);
        let marks: Vec<_> = element.facts.iter().chain(assumed).map(|mark| (id, mark.as_str())).collect();
        if !marks.is_empty() {
            return marks;
        }
        next = element.parent;
    }
    Vec::new()
}
