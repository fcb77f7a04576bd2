//! Tree to model: names become indices, types are known, and each flow stands by itself with all that it uses.
//!
//! A flow is built by a `Builder`, which takes what the flow uses out of the `Program` of all
//! files, so that a model holds nothing else. What an author got wrong is reported once, at the place where it stands;
//! what only follows from that is kept quiet: a name that could not be resolved has a sort that fits everywhere.

mod action;
mod ask;
mod builder;
mod calculation;
mod call;
mod capability;
mod checklist;
mod compose;
mod constraint;
mod declaration;
mod element;
mod event;
mod expr;
mod file;
mod flow;
mod handler;
mod journey;
mod knowledge;
mod limit;
mod list;
mod literal;
mod misfit;
mod names;
mod path;
mod program;
mod property;
mod row;
mod scenario;
mod scope;
mod shape;
mod size;
mod sort;
mod timer;
mod types;
mod written;

use std::collections::HashSet;
use std::sync::Arc;

pub use flowspec_runtime::model::*;
pub use journey::{Journey, Run};
pub(crate) use written::duration;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Location, SourceId, Sources, Span};
use crate::syntax::Tree;
use program::Program;
use rayon::prelude::*;

/// What the files of a run mean.
#[derive(Debug, Default)]
pub struct Resolved {
    /// One model for each flow in which nothing is wrong, in the order of the files and of the text.
    pub models: Vec<Arc<Model>>,
    /// Everything that is wrong with names, types and shapes, in the order of the files and of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// Every flow as far as it was understood, with the places of its statements; what `check` works on.
    pub drafts: Vec<Draft>,
    /// Scenarios across flows, in the order of the files and of the text.
    pub journeys: Vec<Journey>,
}

/// A flow as far as it was understood.
#[derive(Debug)]
pub struct Draft {
    /// The model; where something is wrong, with gaps.
    pub model: Arc<Model>,
    /// Where each element stands, by its id.
    pub places: Vec<Place>,
    /// Values that are read where only set ones may be, in the order of the text.
    pub reads: Vec<Read>,
    /// What calls are given, as the text has it; in the model a branch may set it and hand it on at once.
    pub arguments: Vec<Expr>,
    /// Whether nothing is wrong with it so far.
    pub sound: bool,
    /// Statements of which something is not known; nothing can be said of what these would have led to or used.
    pub gaps: Vec<Location>,
}

/// Where an element stands in the author's text.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// From the keyword to the last mark.
    pub head: Location,
    /// The name in its head, or the keyword.
    pub name: Location,
    /// From the keyword to the end of the block.
    pub whole: Span,
    /// How far its line is indented, in characters.
    pub indent: u32,
    /// Whether its file names the facts that it was written from.
    pub sourced: bool,
}

/// A value that has to be set where it is read.
#[derive(Debug, Clone)]
pub struct Read {
    /// What is read: a variable, an output's field, an attribute.
    pub what: Expr,
    /// How the author calls it.
    pub name: String,
    /// Where.
    pub location: Location,
    /// The step in which it is read; none where it is in any.
    pub step: Option<StepId>,
}

/// Resolves all files of a run together; the trees stand in the order of their sources.
pub fn resolve(sources: &Sources, trees: &[&Tree]) -> Resolved {
    let unfolded;
    let (mut program, mut diagnostics) = Program::new(sources, trees, None);
    if program.has_parts_with_checklists() {
        unfolded = checklist::parts(&program, &mut diagnostics);
        program = Program::new(sources, trees, Some(&unfolded)).0;
    }
    let mut used = HashSet::new();
    let mut drafts = Vec::new();
    let mut runs = journey::Runs::new();
    let outcomes: Vec<_> =
        (0..program.files.len()).into_par_iter().map(|file| file::resolve(&program, file)).collect();
    for outcome in outcomes {
        diagnostics.extend(outcome.diagnostics);
        used.extend(outcome.used);
        drafts.extend(outcome.drafts);
        runs.extend(outcome.runs);
    }
    let journeys = journey::collect(&program, runs, &mut diagnostics);
    let broken = diagnostics.iter().filter(|finding| finding.severity() == Severity::Error);
    let broken: HashSet<SourceId> = broken.map(|finding| finding.primary.location.source).collect();
    diagnostics.extend(file::unused(&program, &used, &broken));
    diagnostics.sort_by_key(|finding| finding.primary.location);
    let models =
        drafts.iter().filter(|draft: &&Draft| draft.sound).map(|draft| draft.model.clone()).collect();
    Resolved { models, diagnostics, drafts, journeys }
}
