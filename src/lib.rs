//! flowspec compiles flow specs: text becomes a tree, the tree a model, and the model a reference implementation in
//! Rust, pages to read and a suite that any implementation must pass.
//!
//! The modules stand in the order of the pipeline, and each uses only those before it (`tests/architecture.rs`).

pub mod source;
pub mod diagnostic;
pub mod syntax;
pub mod format;
pub mod model;
pub mod explore;
pub mod check;
pub mod suite;
pub mod emit;
pub mod cli;

use std::sync::Arc;

use diagnostic::{Diagnostic, Severity, arrange};
use model::Model;
use source::Sources;
use syntax::Parsed;

/// What the specs of one run come to.
#[derive(Debug, Default)]
pub struct Compiled {
    /// One model for each flow in which nothing is wrong.
    pub models: Vec<Arc<Model>>,
    /// Everything that is wrong with them, by file and place, each said once.
    pub diagnostics: Vec<Diagnostic>,
}

impl Compiled {
    /// Whether something is wrong that keeps the specs from being built.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|finding| finding.severity() == Severity::Error)
    }
}

/// The pipeline, from what each source was read as to flows and findings.
pub fn compile(sources: &Sources, parsed: &[Parsed]) -> Compiled {
    let mut diagnostics: Vec<_> =
        parsed.iter().flat_map(|parsed| parsed.diagnostics.iter().cloned()).collect();
    let trees: Vec<_> = parsed.iter().map(|parsed| &parsed.tree).collect();
    let mut resolved = model::resolve(sources, &trees);
    check::check(&mut resolved);
    diagnostics.extend(resolved.diagnostics);
    arrange(&mut diagnostics, sources);
    Compiled { models: resolved.models, diagnostics }
}
