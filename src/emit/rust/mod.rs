//! Flows as Rust: a module per flow, that opens sessions and takes events.

mod body;
mod expr;
mod flow;
mod imports;
mod items;
mod key;
mod layout;
mod reading;
mod sample;
mod sends;
mod statement;
mod text;
mod timers;
mod types;
mod view;

use std::sync::{Arc, OnceLock};

use flowspec_runtime::model::Model;
use rayon::prelude::*;
use serde::Serialize;

use super::names::{Names, snake};
use super::templates::Templates;
use super::{Fault, Files};

/// What the crate's root prints.
#[derive(Serialize)]
struct Root {
    modules: Vec<String>,
}

/// The module of each flow, by what Rust calls it.
pub fn modules(models: &[Arc<Model>]) -> Vec<String> {
    let mut names = Names::with(&["lib", "conformance"]);
    models.iter().map(|model| names.take(snake(&model.name), "_flow")).collect()
}

/// A module per flow, and the crate's root.
///
/// # Errors
/// Where a template could not be printed.
pub fn emit(models: &[Arc<Model>]) -> Result<Files, Fault> {
    let mut files = Files::default();
    let mut modules = modules(models);
    let texts = models.par_iter().map(|model| module(model)).collect::<Result<Vec<_>, Fault>>()?;
    for (name, text) in modules.iter().zip(texts) {
        files.add(format!("src/{name}.rs"), text);
    }
    modules.sort_unstable();
    files.add("src/lib.rs", templates()?.print("crate", &Root { modules })?);
    Ok(files)
}

/// A flow as a module.
fn module(model: &Model) -> Result<String, Fault> {
    let flow = flow::Flow::of(model);
    let view = view::module(&flow);
    let code = templates()?.print("module", &view)?;
    let mut out = format!("// {} from {}; do not edit.\n\n", super::MARK, view.source);
    for line in &view.docs {
        out.push_str(if line.is_empty() { "//!" } else { "//! " });
        out.extend([line, "\n"]);
    }
    out.push('\n');
    out.push_str(&imports::imports(&code));
    out.push('\n');
    out.push_str(&code);
    Ok(out)
}

fn templates() -> Result<&'static Templates, Fault> {
    static TEMPLATES: OnceLock<Templates> = OnceLock::new();
    if let Some(templates) = TEMPLATES.get() {
        return Ok(templates);
    }
    let made =
        Templates::new(&[("crate", include_str!("crate.rs.j2")), ("module", include_str!("module.rs.j2"))])?;
    Ok(TEMPLATES.get_or_init(|| made))
}
