//! The diagram of a flow, for Mermaid and for Graphviz: steps, what leads from one to another, and what ends it.

mod dot;
pub(crate) mod graph;
mod mermaid;

use flowspec_runtime::model::Model;

use super::Fault;
use super::templates::Templates;

/// What prints diagrams.
pub(crate) const TEMPLATES: [(&str, &str); 2] =
    [("mermaid", include_str!("mermaid.j2")), ("dot", include_str!("dot.j2"))];

/// The diagram for Mermaid, with captions in a language.
pub fn mermaid(model: &Model, language: &str) -> Result<String, Fault> {
    mermaid::print(&graph::graph(model, language), &Templates::new(&TEMPLATES)?)
}

/// The diagram for Mermaid, unless it is larger than what Mermaid draws where nobody raised its bounds.
pub(crate) fn mermaid_if_small(
    model: &Model,
    language: &str,
    templates: &Templates,
) -> Result<Option<String>, Fault> {
    let graph = graph::graph(model, language);
    if graph.edges.len() > mermaid::MOST_EDGES {
        return Ok(None);
    }
    Ok(Some(mermaid::print(&graph, templates)?).filter(|text| text.chars().count() < mermaid::MOST_TEXT))
}

/// The diagram for Graphviz, with captions in a language.
pub fn dot(model: &Model, language: &str) -> Result<String, Fault> {
    dot::print(&graph::graph(model, language), &Templates::new(&TEMPLATES)?)
}
