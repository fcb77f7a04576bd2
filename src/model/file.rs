//! The statements of one file: its declarations, its defaults, its flows.

use std::collections::HashSet;

use super::Draft;
use super::builder::Builder;
use super::checklist;
use super::journey::Runs;
use super::program::{DeclaredId, Program, Space};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{Location, SourceId};
use crate::syntax::tree::{FlowKind, StatementKind};

/// What came of one file.
pub(super) struct FileOutcome {
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Declarations that something in the file refers to.
    pub(super) used: HashSet<DeclaredId>,
    pub(super) drafts: Vec<Draft>,
    /// What scenarios outside of flows say of its flows.
    pub(super) runs: Runs,
}

/// Resolves the declarations and flows of one file.
pub(super) fn resolve(program: &Program, file: usize) -> FileOutcome {
    let mut outcome = declarations(program, file);
    for statement in &program.files[file].tree.statements {
        if let StatementKind::Flow { kind: FlowKind::Flow, name, .. } = &statement.kind {
            let unfolded = checklist::unfold(program, file, statement, &mut outcome.diagnostics);
            let statement = unfolded.as_ref().unwrap_or(statement);
            let mut builder = Builder::new(program, file, name.as_str());
            let too_large = builder.is_too_large(statement);
            if !too_large {
                builder.flow(statement);
                outcome.runs.extend(builder.runs());
            }
            outcome.diagnostics.append(&mut builder.findings);
            outcome.used.extend(builder.used.iter().copied());
            outcome.drafts.extend((!too_large).then(|| builder.finish()));
        }
    }
    outcome
}

/// Reads what a file declares for all flows, whether or not one uses it.
fn declarations(program: &Program, file: usize) -> FileOutcome {
    let mut builder = Builder::new(program, file, "");
    builder.check_file_shape();
    builder.take_all();
    // Everything was taken; what a declaration refers to counts as used only if the declaration is.
    FileOutcome { diagnostics: builder.findings, used: HashSet::new(), drafts: Vec::new(), runs: Runs::new() }
}

/// Declarations that nothing refers to, in files that have flows, and names that were brought in for nothing; in files
/// with mistakes, nothing is said of these.
pub(super) fn unused(
    program: &Program,
    used: &HashSet<DeclaredId>,
    broken: &HashSet<SourceId>,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for file in &program.files {
        let has_flows = file.declared.iter().any(|(space, _)| *space == Space::Flow);
        let unreadable =
            file.tree.statements.iter().any(|statement| statement.kind == StatementKind::Unreadable);
        if !has_flows || unreadable || broken.contains(&file.id) {
            continue;
        }
        for (space, declared) in &file.declared {
            if *space != Space::Flow && !used.contains(&declared.id()) {
                let at = Location { source: file.id, span: declared.name.span };
                let message = format!("the {} `{}` is never used", space.noun(), declared.name);
                let whole = Location { source: file.id, span: declared.statement.span };
                findings.push(Diagnostic::new(codes::UNUSED_DECLARATION, at, message).mend(
                    "leave it out, or use it in a flow",
                    whole,
                    "",
                ));
            }
        }
        for (name, declared) in &file.used {
            if !used.contains(&declared.id()) {
                let at = Location { source: file.id, span: name.span };
                let message = format!("`{name}` is brought in and never used");
                findings.push(
                    Diagnostic::new(codes::UNUSED_DECLARATION, at, message).help("leave it out of the `use`"),
                );
            }
        }
    }
    findings
}
