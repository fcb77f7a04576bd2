//! Which statements and ways of a flow were seen at work, and in how many tests.

use flowspec_runtime::model::{ElementId, ElementKind as Kind, Model, Provenance};
use serde::{Deserialize, Serialize};

use super::Place;

/// What was seen at work, statement by statement, and the diagram with it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Coverage {
    /// The statements that a test can come to, in the order of the text.
    pub statements: Vec<Statement>,
    /// The boxes of the diagram.
    #[serde(default)]
    pub nodes: Vec<Node>,
    /// The arrows of the diagram.
    #[serde(default)]
    pub edges: Vec<Edge>,
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Its index among the flow's elements, the same while the spec is.
    pub element: ElementId,
    /// Its path.
    pub path: String,
    /// How it is written.
    pub source: String,
    /// Where it stands.
    pub place: Place,
    /// Where it stands with the source.
    pub provenance: Provenance,
    /// In how many tests it was used.
    pub tests: u64,
}

/// A box of the diagram.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its name within the diagram.
    pub id: String,
    /// What it says.
    pub label: String,
    /// What it stands for.
    pub shape: Shape,
}

/// What a box stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Where a session begins.
    Begin,
    /// A step.
    Step,
    /// An end that the person came for.
    Success,
    /// An end that the person did not come for.
    Failure,
    /// An end where somebody else goes on.
    Handover,
    /// Where the ways of one event part.
    Parting,
    /// Where an actor is asked.
    Asked,
    /// Any step, or the one that was interrupted.
    Elsewhere,
}

/// An arrow of the diagram.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// From this box.
    pub from: String,
    /// To this one.
    pub to: String,
    /// What leads along it, a line each.
    pub labels: Vec<String>,
    /// Whether it is a refusal, or time, that leads along it.
    pub way: Way,
    /// The statements that lead along it.
    pub elements: Vec<ElementId>,
}

/// What leads along an arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Something accepted.
    Accepted,
    /// A refusal that moves, or a limit that is full.
    Refused,
    /// Time.
    TimeOut,
}

impl Coverage {
    /// That of a flow of which nothing was seen yet.
    pub fn of(model: &Model) -> Self {
        let listed = (0..).zip(&model.elements).filter(|(_, element)| {
            let parent = element.parent.map(|parent| model.element(parent).kind);
            is_performed(element.kind)
                || (element.kind == Kind::Field && matches!(parent, Some(Kind::On | Kind::Answer)))
        });
        let statements = listed.map(|(id, element)| Statement {
            element: id,
            path: element.path.clone(),
            source: element.source.clone(),
            place: Place::of(model, id),
            provenance: element.provenance,
            tests: 0,
        });
        Self { statements: statements.collect(), nodes: Vec::new(), edges: Vec::new() }
    }

    /// A test used these statements, each named once.
    pub fn add(&mut self, used: impl IntoIterator<Item = ElementId>) {
        for element in used {
            let at = self.statements.binary_search_by_key(&element, |statement| statement.element);
            if let Some(statement) = at.ok().and_then(|at| self.statements.get_mut(at)) {
                statement.tests += 1;
            }
        }
    }

    /// Adds what another run of the same spec saw.
    pub fn merge(&mut self, other: &Self) {
        for (own, others) in self.statements.iter_mut().zip(&other.statements) {
            own.tests += others.tests;
        }
    }

    /// In how many tests a statement was used; none where no test can come to it.
    pub fn tests(&self, element: ElementId) -> Option<u64> {
        let at = self.statements.binary_search_by_key(&element, |statement| statement.element).ok()?;
        self.statements.get(at).map(|statement| statement.tests)
    }

    /// How many statements were used, out of how many.
    pub fn share(&self) -> (usize, usize) {
        (self.statements.iter().filter(|statement| statement.tests > 0).count(), self.statements.len())
    }
}

/// Whether something happens by a statement of this kind.
fn is_performed(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Require
            | Kind::Limit
            | Kind::On
            | Kind::When
            | Kind::Otherwise
            | Kind::Refuse
            | Kind::Answer
            | Kind::Alternative
            | Kind::After
            | Kind::Set
            | Kind::Count
            | Kind::Uncount
            | Kind::Reset
            | Kind::Send
            | Kind::Rule
    )
}
