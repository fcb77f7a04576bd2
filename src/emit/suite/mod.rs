//! Suites as files: the data, the test program of the generated machines, and a macro for everybody else's tests.

mod view;

use flowspec_runtime::suite::Suite;

use super::templates::{Fault, Templates};
use super::{Files, MARK};
use view::View;

/// A suite, and the generated module whose machine must pass it.
#[derive(Debug, Clone, Copy)]
pub struct Suited<'a> {
    /// The suite.
    pub suite: &'a Suite,
    /// The module's name in Rust.
    pub module: &'a str,
}

/// The files of all suites of a run.
///
/// # Errors
/// Where a template cannot be printed.
pub fn emit(suites: &[Suited]) -> Result<Files, Fault> {
    let templates = Templates::new(&[
        ("program", include_str!("program.rs.j2")),
        ("macro", include_str!("macro.rs.j2")),
    ])?;
    let mut files = Files::default();
    for Suited { suite, module } in suites {
        files.add(format!("suites/{module}.json"), marked(suite));
    }
    let view = View::new(suites);
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
