//! Suites as files: the data, the test program of the generated machines, and a macro for everybody else's tests.

mod view;

use std::sync::Arc;

use flowspec_runtime::model::Model;
use flowspec_runtime::suite::Suite;
use rayon::prelude::*;

use super::templates::{Fault, Templates};
use super::{Files, MARK, rust};
use view::View;

/// A suite, and the generated module whose machine must pass it.
struct Suited<'s> {
    suite: &'s Suite,
    module: String,
}

/// The suite of each flow, and what runs them.
///
/// # Errors
/// Where a template cannot be printed, or a model cannot be run.
pub fn emit(models: &[Arc<Model>], suites: &[Suite]) -> Result<Files, Fault> {
    let modules = rust::modules(models).into_iter().zip(suites);
    let suites: Vec<Suited> = modules.map(|(module, suite)| Suited { suite, module }).collect();
    let templates = Templates::new(&[
        ("program", include_str!("program.rs.j2")),
        ("macro", include_str!("macro.rs.j2")),
    ])?;
    let mut files = Files::default();
    let texts: Vec<_> = suites.par_iter().map(|suited| marked(suited.suite)).collect();
    for (Suited { module, .. }, text) in suites.iter().zip(texts) {
        files.add(format!("suites/{module}.json"), text);
    }
    let view = View::new(&suites);
    files.add("tests/conformance.rs", templates.print("program", &view)?);
    files.add("src/conformance.rs", templates.print("macro", &view)?);
    Ok(files)
}

/// JSON has no comments: the mark is a value that no reader looks at.
fn marked(suite: &Suite) -> String {
    let from = suite.model.files.first().map_or("", |file| file.as_str());
    let mark = serde_json::Value::from(format!("{MARK} from {from}; do not edit."));
    suite.to_json().replacen('{', &format!("{{\"_\":{mark},\n"), 1)
}
