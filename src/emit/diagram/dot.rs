//! A diagram for Graphviz.

use flowspec_runtime::model::EndKind;
use serde::Serialize;

use super::graph::{Edge, Graph, Node, Shape, Way};
use crate::emit::Fault;
use crate::emit::templates::Templates;

#[derive(Serialize)]
struct View {
    nodes: Vec<NodeView>,
    edges: Vec<EdgeView>,
}

#[derive(Serialize)]
struct NodeView {
    id: String,
    label: String,
    style: &'static str,
}

#[derive(Serialize)]
struct EdgeView {
    from: String,
    to: String,
    label: String,
    style: &'static str,
}

pub(super) fn print(graph: &Graph, templates: &Templates) -> Result<String, Fault> {
    let view =
        View { nodes: graph.nodes.iter().map(node).collect(), edges: graph.edges.iter().map(edge).collect() };
    templates.print("dot", &view)
}

fn node(node: &Node) -> NodeView {
    let style = match node.shape {
        Shape::Begin => "shape=circle, width=0.2",
        Shape::Step => "shape=box",
        Shape::End(EndKind::Success) => "shape=box, style=rounded, penwidth=2, color=\"#2da44e\"",
        Shape::End(EndKind::Failure) => "shape=box, style=rounded, penwidth=2, color=\"#cf222e\"",
        Shape::End(EndKind::Handover) => "shape=box, style=rounded, penwidth=2, color=\"#bf8700\"",
        Shape::Parting => "shape=diamond, width=0.3, height=0.3",
        Shape::Asked => "shape=hexagon",
        Shape::Elsewhere => "shape=box, style=\"rounded,dashed\"",
    };
    NodeView { id: node.id.clone(), label: escape(&node.label), style }
}

fn edge(edge: &Edge) -> EdgeView {
    let style = match edge.way {
        Way::Accepted => "solid",
        Way::Refused | Way::TimeOut => "dashed",
    };
    let labels: Vec<_> = edge.labels.iter().map(|label| escape(label)).collect();
    EdgeView { from: edge.from.clone(), to: edge.to.clone(), label: labels.join("\\n"), style }
}

/// A text as it stands between quotes in DOT, where a backslash escapes and `&` begins an entity.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '&' => out.push_str("&amp;"),
            '\n' => out.push_str("\\n"),
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
        fn an_escaped_text_ends_no_string(text in ".*|[ -~]*") {
            let mut chars = escape(&text).chars().collect::<Vec<_>>().into_iter();
            while let Some(char) = chars.next() {
                prop_assert!(char != '"' && char != '\n');
                if char == '\\' {
                    prop_assert!(matches!(chars.next(), Some('\\' | '"' | 'n')));
                }
            }
        }
    }
}
