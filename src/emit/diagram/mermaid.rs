//! A diagram as a Mermaid flowchart.

use flowspec_runtime::model::EndKind;
use serde::Serialize;

use super::graph::{Edge, Graph, Node, Shape, Way};
use crate::emit::Fault;
use crate::emit::templates::Templates;

/// How many edges Mermaid draws, unless told otherwise.
pub(super) const MOST_EDGES: usize = 500;
/// How many characters Mermaid reads, unless told otherwise.
pub(super) const MOST_TEXT: usize = 50_000;

#[derive(Serialize)]
struct View {
    nodes: Vec<NodeView>,
    edges: Vec<EdgeView>,
    classes: Vec<ClassView>,
}

#[derive(Serialize)]
struct NodeView {
    id: String,
    open: &'static str,
    label: String,
    close: &'static str,
}

#[derive(Serialize)]
struct EdgeView {
    from: String,
    arrow: &'static str,
    label: String,
    to: String,
}

#[derive(Serialize)]
struct ClassView {
    name: &'static str,
    style: &'static str,
    nodes: String,
}

pub(super) fn print(graph: &Graph, templates: &Templates) -> Result<String, Fault> {
    let view = View {
        nodes: graph.nodes.iter().map(|it| node(it, graph)).collect(),
        edges: graph.edges.iter().filter(|edge| !stays(edge)).map(edge).collect(),
        classes: CLASSES.iter().filter_map(|class| class_view(class, graph)).collect(),
    };
    templates.print("mermaid", &view)
}

/// Whether an edge leads back to where it begins. Mermaid draws the labels of such loops over one another, so that what
/// stays at a step is written into it.
fn stays(edge: &Edge) -> bool {
    edge.from == edge.to && !edge.labels.is_empty()
}

fn node(node: &Node, graph: &Graph) -> NodeView {
    let (open, close) = match node.shape {
        Shape::Begin => ("((", "))"),
        Shape::Step => ("[", "]"),
        Shape::End(_) => ("([", "])"),
        Shape::Parting => ("{", "}"),
        Shape::Asked => ("{{", "}}"),
        Shape::Elsewhere => ("(", ")"),
    };
    let mut label = if node.label.is_empty() { " ".to_owned() } else { escape(&node.label) };
    let loops = graph.edges.iter().filter(|edge| edge.from == node.id && stays(edge));
    for stays in loops.flat_map(|edge| &edge.labels) {
        label += &format!("<br>↻ {}", escape(stays));
    }
    NodeView { id: node.id.clone(), open, label, close }
}

fn edge(edge: &Edge) -> EdgeView {
    let arrow = match edge.way {
        Way::Accepted => "-->",
        Way::Refused | Way::TimeOut => "-.->",
    };
    let labels: Vec<_> = edge.labels.iter().map(|label| escape(label)).collect();
    EdgeView { from: edge.from.clone(), arrow, label: labels.join("<br>"), to: edge.to.clone() }
}

/// A class with its style and the nodes that have it. Only borders are coloured: they show on light and on dark.
type Class = (&'static str, &'static str, fn(Shape) -> bool);

const CLASSES: [Class; 4] = [
    ("success", "stroke:#2da44e,stroke-width:3px", |shape| shape == Shape::End(EndKind::Success)),
    ("failure", "stroke:#cf222e,stroke-width:3px", |shape| shape == Shape::End(EndKind::Failure)),
    ("handover", "stroke:#bf8700,stroke-width:3px", |shape| shape == Shape::End(EndKind::Handover)),
    ("elsewhere", "stroke-dasharray:4 4", |shape| shape == Shape::Elsewhere),
];

fn class_view((name, style, has): &Class, graph: &Graph) -> Option<ClassView> {
    let nodes: Vec<_> =
        graph.nodes.iter().filter(|node| has(node.shape)).map(|node| node.id.as_str()).collect();
    (!nodes.is_empty()).then(|| ClassView { name, style, nodes: nodes.join(",") })
}

/// A text as it stands between quotes in Mermaid: every sign that Mermaid, its Markdown or HTML reads is a number.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\n' => out.push_str("<br>"),
            ' ' | ',' | '(' | ')' | '?' | '\'' | '/' => out.push(char),
            _ if char.is_ascii_alphanumeric() => out.push(char),
            _ if char.is_ascii_punctuation() => out.push_str(&format!("#{};", u32::from(char))),
            _ if char.is_control() => out.push(' '),
            _ => crate::emit::text::push_visible(&mut out, char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::escape;

    proptest! {
        #[test]
        fn an_escaped_text_has_no_sign_that_mermaid_reads(text in ".*|[ -~]*") {
            let escaped = escape(&text);
            let active = |char: char| char.is_control() || (char.is_ascii_punctuation() && !"#;,()?'/+".contains(char));
            let left = escaped.replace("<br>", "");
            prop_assert!(!left.contains(active), "{}", escaped);
            for number in left.split('#').skip(1) {
                prop_assert!(number.split(';').next().is_some_and(|number| number.parse::<u32>().is_ok()), "{}", escaped);
            }
        }
    }

    #[test]
    fn signs_become_their_numbers() {
        assert_eq!(escape("a \"b\" <c> #d; |e|"), "a #34;b#34; #60;c#62; #35;d#59; #124;e#124;");
    }
}
