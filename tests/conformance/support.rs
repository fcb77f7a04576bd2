//! Flows from text and from `specs/`, and the interpreter as an implementation.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use flowspec::source::{Source, Sources};
use flowspec::{compile, syntax};
use flowspec_runtime::machine::{Machine, Reference, Universe};
use flowspec_runtime::model::{Model, OutputId};
use flowspec_runtime::values::Values;
use flowspec_runtime::{
    Answer, Fields, Implementation, Input, May, Observation, Rows, SessionId, Time, Unsupported, Value,
};

/// The flow in a text.
pub(crate) fn flow(text: &str) -> Arc<Model> {
    models(vec![Source::new("specs/flow.flow", text)]).remove(0)
}

/// A flow of `specs/`.
pub(crate) fn spec(folder: &str, name: &str) -> Arc<Model> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs").join(folder);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "flow"));
    files.sort();
    let sources = files.iter().map(|path| {
        let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
        Source::new(name.to_str().unwrap(), fs::read_to_string(path).unwrap())
    });
    let models = models(sources.collect());
    models.into_iter().find(|model| model.name == name).unwrap()
}

fn models(files: Vec<Source>) -> Vec<Arc<Model>> {
    let (mut sources, mut parsed) = (Sources::default(), Vec::new());
    for file in files {
        let id = sources.add(file);
        parsed.push(syntax::parse(sources.get(id), id));
    }
    let compiled = compile(&sources, &parsed);
    let wrong: Vec<_> = compiled.diagnostics.iter().map(|finding| &finding.message).collect();
    assert!(!compiled.models.is_empty(), "{wrong:#?}");
    compiled.models
}

/// The interpreter, which takes the first of every choice.
pub(crate) struct Interpreter {
    model: Arc<Model>,
    machine: Machine,
    universe: Universe,
    picked: u32,
}

impl Interpreter {
    pub(crate) fn new(model: &Arc<Model>) -> Self {
        let machine = Machine::new(model.clone()).unwrap();
        let universe = machine.universe(&Rows::new(), &vec![0; model.choices.len()]).unwrap();
        Self { model: model.clone(), machine, universe, picked: 0 }
    }
}

/// A value that was not picked before, as far as the type has so many.
fn fresh(model: &Model, picked: &mut u32, output: OutputId, field: u16) -> Option<Value> {
    let kind = model.outputs[usize::from(output)].fields[usize::from(field)].kind;
    *picked += 1;
    Values::new(model).nth(kind, 100 + *picked).or_else(|| Values::new(model).nth(kind, 0))
}

impl Implementation for Interpreter {
    fn reset(&mut self, rows: &Rows) -> Result<(), Unsupported> {
        self.universe = self.machine.universe(rows, &vec![0; self.model.choices.len()]).unwrap();
        Ok(())
    }

    fn open(&mut self, session: SessionId, at: Time, given: &Fields) -> Result<Observation, Unsupported> {
        let Self { model, machine, universe, picked } = self;
        let mut reference = Reference(|output, field| fresh(model, picked, output, field));
        Ok(machine.open(universe, session, at, given, &mut reference).unwrap())
    }

    fn apply(&mut self, session: SessionId, at: Time, input: &Input, answers: &[Answer]) -> Observation {
        let Self { model, machine, universe, picked } = self;
        let mut reference = Reference(|output, field| fresh(model, picked, output, field));
        machine.apply(universe, session, at, input, answers, &mut reference).unwrap()
    }

    fn advance(&mut self, to: Time) -> Result<Vec<(SessionId, Observation)>, Unsupported> {
        let Self { model, machine, universe, picked } = self;
        let mut reference = Reference(|output, field| fresh(model, picked, output, field));
        Ok(machine.advance(universe, to, &mut reference).unwrap())
    }

    fn close(&mut self, session: SessionId) -> Result<(), Unsupported> {
        self.machine.close(&mut self.universe, session).unwrap();
        Ok(())
    }

    fn may(&mut self, capability: &str, subject: &Value, at: Time) -> Result<May, Unsupported> {
        let mut reference = Reference::without_chosen();
        Ok(self.machine.may(&mut self.universe, capability, subject, at, &mut reference).unwrap())
    }
}
