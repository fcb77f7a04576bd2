//! Scenarios outside of flows: sessions of several flows, one after another, over the same rows and one clock.

use std::collections::HashMap;

use flowspec_runtime::values::Values;
use flowspec_runtime::{Rows, Text, Value};

use super::builder::Builder;
use super::names::{self, Candidates};
use super::program::{Program, Space};
use super::{ElementId, ElementKind, Outcome, ScenarioLine};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Location;
use crate::syntax::tree::{Argument, Name, Statement, StatementKind as Is};

/// A worked example across flows.
#[derive(Debug)]
pub struct Journey {
    /// Its statement.
    pub location: Location,
    /// The rows that are there from the beginning.
    pub rows: Rows,
    /// The sessions, one after another.
    pub runs: Vec<Run>,
}

/// One session of a journey.
#[derive(Debug, Clone)]
pub struct Run {
    /// The flow's name.
    pub flow: Text,
    /// The `run` statement, among the elements of the flow.
    pub element: ElementId,
    /// What the session is opened with, by the index of the given.
    pub givens: Vec<(u16, Value)>,
    /// What is expected of opening it; that it opens, if nothing is said.
    pub opening: Option<Outcome>,
    /// What happens, in order.
    pub lines: Vec<ScenarioLine>,
}

/// The `run` statements of a flow, each by its place.
pub(super) type Runs = HashMap<Location, Run>;

/// Puts the journeys of all files together. One of which something is not known is left out: that was reported.
pub(super) fn collect(program: &Program, mut runs: Runs, findings: &mut Vec<Diagnostic>) -> Vec<Journey> {
    let mut journeys = Vec::new();
    for (file, statement) in program.journeys() {
        let location = Location { source: program.files[file].id, span: statement.head };
        let mut builder = Builder::new(program, file, "");
        let rows = builder.journey_rows(statement);
        let before = findings.len();
        findings.append(&mut builder.findings);
        let mut found = Vec::new();
        let mut wanted = 0;
        for (flow, child) in runs_of(statement) {
            wanted += 1;
            if flow_file(program, file, flow).is_none() {
                findings.push(unknown_flow(program, file, flow));
            }
            found.extend(runs.remove(&Location { source: location.source, span: child.span }));
        }
        if wanted == 0 {
            let finding = Diagnostic::new(codes::EMPTY_JOURNEY, location, "this scenario runs no flow");
            findings.push(finding.help("write `run FLOW { … }` in its block, or move it into a flow"));
        }
        if found.len() == wanted && findings.len() == before {
            journeys.push(Journey { location, rows, runs: found });
        }
    }
    journeys
}

impl<'a> Builder<'a> {
    /// What journeys say of the flow that was just built.
    pub(super) fn runs(&mut self) -> Runs {
        let mut runs = Runs::new();
        for (file, statement) in self.program.journeys() {
            let mut journey = None;
            for (flow, child) in runs_of(statement) {
                if flow.text != self.model.name || flow_file(self.program, file, flow) != Some(self.file) {
                    continue;
                }
                // Names are those of the flow's file, wherever the scenario stands.
                self.written_in = Some(file);
                let parent = *journey.get_or_insert_with(|| self.journey(statement));
                let run = self.run(child, parent);
                runs.insert(self.at(child.span), run);
                self.written_in = None;
            }
        }
        runs
    }

    fn journey(&mut self, statement: &'a Statement) -> ElementId {
        let path = format!("journey/{}", super::scenario::slug(statement));
        self.element(ElementKind::Scenario, path, statement, Some(self.model.element))
    }

    fn run(&mut self, statement: &'a Statement, parent: ElementId) -> Run {
        let path = self.below(parent, "run");
        let element = self.element(ElementKind::ScenarioLine, path, statement, Some(parent));
        let givens = match &statement.kind {
            Is::Run { arguments, .. } => self.run_givens(arguments),
            _ => Vec::new(),
        };
        let opening = self.expected_of(statement);
        let lines = self.scenario_lines(statement.children(), element);
        Run { flow: self.model.name.clone(), element, givens, opening, lines }
    }

    fn run_givens(&mut self, arguments: &'a [Argument]) -> Vec<(u16, Value)> {
        let given = arguments.iter().map(|given| self.scenario_given(&given.name, Some(&given.value)));
        given.flatten().collect()
    }

    fn journey_rows(&mut self, statement: &'a Statement) -> Rows {
        let mut rows = Rows::new();
        let journey = self.element(ElementKind::Scenario, "journey".to_owned(), statement, None);
        for child in statement.children() {
            let Is::Row { record, by } = &child.kind else { continue };
            let Some(row) = self.scenario_row(child, record, by, journey) else { continue };
            let record = &self.model.records[usize::from(row.record)];
            let fields = row.attributes.iter().map(|(index, value)| {
                let attribute = &record.attributes[usize::from(*index)];
                (attribute.name.clone(), Values::new(&self.model).on_wire(attribute.kind, value))
            });
            let key = Values::new(&self.model).on_wire(record.key_kind, &row.key);
            rows.entry(record.name.clone()).or_default().push((key, fields.collect()));
        }
        rows
    }
}

/// The `run` statements of a scenario.
fn runs_of(statement: &Statement) -> impl Iterator<Item = (&Name, &Statement)> {
    statement.children().iter().filter_map(|child| match &child.kind {
        Is::Run { flow, .. } => Some((flow, child)),
        _ => None,
    })
}

/// The file of the flow that a file means by a name: one of its folder.
fn flow_file(program: &Program, file: usize, name: &Name) -> Option<usize> {
    flows_beside(program, file).find(|(_, known)| known.text == name.text).map(|(file, _)| file)
}

fn flows_beside<'p>(program: &'p Program, file: usize) -> impl Iterator<Item = (usize, &'p Name)> {
    let folder = program.files[file].folder;
    let beside = program.files.iter().enumerate().filter(move |(_, other)| other.folder == folder);
    beside.flat_map(|(file, other)| {
        let flows = other.declared.iter().filter(|(space, _)| *space == Space::Flow);
        flows.map(move |(_, declared)| (file, declared.name))
    })
}

fn unknown_flow(program: &Program, file: usize, name: &Name) -> Diagnostic {
    let at = Location { source: program.files[file].id, span: name.span };
    let known = flows_beside(program, file).map(|(_, name)| name.as_str());
    let message = format!("there is no flow named `{name}` in this folder");
    names::suggest(Diagnostic::new(codes::UNKNOWN_DECLARATION, at, message), name, at, Candidates::new(known))
}
