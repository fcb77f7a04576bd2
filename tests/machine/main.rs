//! The rules of the language, one by one: flows with runs through them, and what each run must show.
//!
//! Every file in `cases/` holds a flow, then sections that begin with `--- ` and a sentence. A line of a section reads
//! `TIME SESSION EVENT FIELDS => WHAT IS SEEN`; `script.rs` has the notation. After each line the universe is also
//! stored and taken up again, and where a run halts it must be what it was before.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its cases has nothing better to say")]

mod script;
mod uses;
mod walks;

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use flowspec_runtime::machine::Machine;
use flowspec_runtime::model::{Model, Outcome};

#[test]
fn every_run_shows_what_the_rules_say() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/machine/cases");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut report = String::new();
    let runs: usize = files.iter().map(|file| run_file(file, Arc::clone, &mut report)).sum();
    assert!(runs >= 20, "only {runs} runs in {} files", files.len());
    assert!(report.is_empty(), "{report}");
}

#[test]
fn an_interrupted_step_can_be_resumed() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/machine/interruption.txt");
    let mut report = String::new();
    run_file(Path::new(file), interruptible, &mut report);
    assert!(report.is_empty(), "{report}");
}

/// Runs the sections of a file, and returns how many there were.
fn run_file(file: &Path, prepare: fn(&Arc<Model>) -> Arc<Model>, report: &mut String) -> usize {
    let name = file.file_name().unwrap().to_string_lossy();
    let text = std::fs::read_to_string(file).unwrap();
    let mut sections = text.split("\n--- ");
    let model = script::flow(&name, sections.next().unwrap());
    let machine = Machine::new(prepare(&model)).unwrap();
    let sections: Vec<_> = sections.collect();
    for section in &sections {
        let (title, lines) = section.split_once('\n').unwrap_or((section, ""));
        for failure in script::run(&machine, lines) {
            writeln!(report, "{name}: {title}\n    {failure}").unwrap();
        }
    }
    sections.len()
}

/// `help` and `ring` as an `anywhere` would put them into each step, and `resume` as an outcome: the compiler does not
/// take that sugar yet.
fn interruptible(model: &Arc<Model>) -> Arc<Model> {
    let mut model = Model::clone(model);
    let events: Vec<String> = model.events.iter().map(|event| event.name.to_string()).collect();
    for handler in model.steps.iter_mut().flat_map(|step| &mut step.handlers) {
        match events[usize::from(handler.event)].as_str() {
            "help" | "ring" => handler.anywhere = true,
            "resume" => handler.branches[0].body.outcome = Outcome::Resume,
            _ => {}
        }
    }
    Arc::new(model)
}
