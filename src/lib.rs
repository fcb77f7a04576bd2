//! flowspec compiles flow specs: text becomes a tree, the tree a model, and the model a reference implementation in
//! Rust, pages to read and a suite that any implementation must pass.
//!
//! The modules stand in the order of the pipeline, and each uses only those before it (`tests/architecture.rs`).

pub mod source; // texts, and places in them
pub mod diagnostic; // what is wrong with them, and how that is shown
pub mod syntax; // text to tree, going on after mistakes
pub mod format; // tree to text
pub mod model; // trees to flows: names, types, places
pub mod decide; // whether conditions can hold together
pub mod guards; // conditions of flows as formulas, and cases as authors would write them
pub mod explore; // the situations a flow can be in, and the shortest way to each
pub mod check; // what is written soundly and still wrong
pub mod diff; // how two versions of specs differ, and who notices
pub mod suite; // what must be tested of a flow
pub mod facts; // facts of the source, what carries them, and what changed since
pub mod emit; // flows to files, in memory
pub mod harness; // implementations that run elsewhere, held against suites
pub mod cli; // arguments, files, colour, exit codes

use std::collections::HashSet;
use std::sync::Arc;

use check::{Budget, Judged};
use diagnostic::{Diagnostic, Severity, arrange};
use model::Model;
use source::{SourceId, Sources};
use syntax::Parsed;

/// What the specs of one run come to.
#[derive(Debug, Default)]
pub struct Compiled {
    /// Each flow in which nothing is wrong, in the order of the files and of the text.
    pub models: Vec<Arc<Model>>,
    /// Everything that is wrong with them, by file and place, each said once.
    pub diagnostics: Vec<Diagnostic>,
    /// What is known of the rules over runs (`never`, `always`, `follow`) of flows in which nothing else is wrong.
    pub judged: Vec<Judged>,
}

impl Compiled {
    /// Whether something is wrong that keeps the specs from being built.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|finding| finding.severity() == Severity::Error)
    }
}

/// The pipeline, from what each source was read as to flows and findings. No flow is explored, so that nothing is said of
/// what only shows in runs.
pub fn compile(sources: &Sources, parsed: &[Parsed]) -> Compiled {
    compile_within(sources, parsed, &Budget::of(0))
}

/// The same, and each flow in which nothing is wrong is explored as far as a budget goes.
pub fn compile_within(sources: &Sources, parsed: &[Parsed], budget: &Budget) -> Compiled {
    let mut diagnostics: Vec<_> =
        parsed.iter().flat_map(|parsed| parsed.diagnostics.iter().cloned()).collect();
    let trees: Vec<_> = parsed.iter().map(|parsed| &parsed.tree).collect();
    let mut resolved = model::resolve(sources, &trees);
    let judged = check::check(&mut resolved, budget);
    // What is left out or left over in a file that cannot be read throughout may only follow from that.
    let unreadable: HashSet<SourceId> =
        diagnostics.iter().map(|finding| finding.primary.location.source).collect();
    let follows = |finding: &Diagnostic| {
        finding.severity() == Severity::Warning && unreadable.contains(&finding.primary.location.source)
    };
    diagnostics.extend(resolved.diagnostics.into_iter().filter(|finding| !follows(finding)));
    check::silence(&trees, &mut diagnostics);
    arrange(&mut diagnostics, sources);
    Compiled { models: resolved.models, diagnostics, judged }
}
