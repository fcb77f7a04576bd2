//! What the templates print: names of tests that are legal and differ.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Suited;

/// The tests that every suite has, whatever its requirements.
const OTHERS: [&str; 4] = ["earlier_failures", "one_value_of_each_choice", "random_walks", "subject"];

/// How wide a line of Rust is at most, and how much of a line of the program is not its module's name.
const WIDTH: usize = 110;
const BESIDE_MODULES: usize = r#"        .of::<generated::::Machine>(include_str!("../suites/.json"))"#.len();

/// All suites.
#[derive(Serialize)]
pub(super) struct View {
    mark: &'static str,
    flows: Vec<Flow>,
}

#[derive(Serialize)]
struct Flow {
    module: String,
    constant: String,
    /// Whether its line of the program is wider than rustfmt leaves it.
    wide: bool,
    requirements: Vec<Requirement>,
}

#[derive(Serialize)]
struct Requirement {
    name: String,
    /// The path as a literal of Rust.
    path: String,
}

impl View {
    pub(super) fn new(suites: &[Suited]) -> Self {
        let flow = |suited: &Suited| Flow {
            module: suited.module.clone(),
            constant: suited.module.to_uppercase(),
            wide: BESIDE_MODULES + 2 * suited.module.len() > WIDTH,
            requirements: requirements(suited),
        };
        Self { mark: super::MARK, flows: suites.iter().map(flow).collect() }
    }
}

/// Each statement that names tests, in the order in which they run.
fn requirements(Suited { suite, .. }: &Suited) -> Vec<Requirement> {
    let mut listed = BTreeSet::new();
    let mut taken: BTreeSet<String> = OTHERS.map(str::to_owned).into();
    let elements = suite.tests.iter().map(|test| suite.requirement(test));
    let fresh = elements.filter(|element| listed.insert(*element));
    let requirement = |element| {
        let path = &suite.model.element(element).path;
        let name = identifier(path);
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let name = std::iter::once(name.clone()).chain(numbered).find(|name| taken.insert(name.clone()));
        Requirement { name: name.unwrap_or_default(), path: format!("{path:?}") }
    };
    fresh.map(requirement).collect()
}

/// `password/submit` as `password_submit`.
fn identifier(path: &str) -> String {
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name = words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_");
    // Neither a keyword nor a number may stand alone.
    if name.contains('_') && !name.starts_with(|c: char| c.is_ascii_digit()) {
        name
    } else {
        format!("the_{name}")
    }
}
