//! Which statements and ways of a flow were seen at work, and in how many tests.

use flowspec_runtime::model::{ElementId, ElementKind as Kind, EndKind, Model, Provenance};
use serde::{Deserialize, Serialize};

use super::Place;
use crate::emit::diagram::graph::{self, graph};

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
        let drawn = graph(model, model.languages.first().map_or("en", |language| language));
        Self {
            statements: statements.collect(),
            nodes: drawn.nodes.into_iter().map(Node::from).collect(),
            edges: drawn.edges.into_iter().map(|edge| Edge::of(model, edge)).collect(),
        }
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

impl From<graph::Node> for Node {
    fn from(graph::Node { id, label, shape }: graph::Node) -> Self {
        let shape = match shape {
            graph::Shape::Begin => Shape::Begin,
            graph::Shape::Step => Shape::Step,
            graph::Shape::End(EndKind::Success) => Shape::Success,
            graph::Shape::End(EndKind::Failure) => Shape::Failure,
            graph::Shape::End(EndKind::Handover) => Shape::Handover,
            graph::Shape::Parting => Shape::Parting,
            graph::Shape::Asked => Shape::Asked,
            graph::Shape::Elsewhere => Shape::Elsewhere,
        };
        Self { id, label, shape }
    }
}

impl Edge {
    /// What is drawn once, from any step, stands for the same statement at each of them.
    fn of(model: &Model, edge: graph::Edge) -> Self {
        let graph::Edge { from, to, labels, way, mut elements } = edge;
        if from == "any" {
            let place = |element: ElementId| (model.element(element).file, model.element(element).line);
            let places: Vec<_> = elements.iter().map(|element| place(*element)).collect();
            let all = (0..).zip(&model.elements).map(|(id, _)| id);
            elements = all.filter(|id| places.contains(&place(*id))).collect();
        }
        let way = match way {
            graph::Way::Accepted => Way::Accepted,
            graph::Way::Refused => Way::Refused,
            graph::Way::TimeOut => Way::TimeOut,
        };
        elements.sort_unstable();
        elements.dedup();
        Self { from, to, labels, way, elements }
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
