//! Flows to files in memory: Rust, pages, suites and diagrams. Writing them is the work of `cli`.

pub mod diagram;
mod files;
pub mod markdown;
mod names;
pub mod rust;
pub mod suite;
pub(crate) mod templates;
pub(crate) mod text;
mod words;

pub use files::{Files, MARK};
pub use templates::Fault;

use std::collections::BTreeMap;
use std::sync::Arc;

use flowspec_runtime::suite::Suite;
use rayon::prelude::*;

use crate::model::Model;
use crate::source::beside;
use markdown::{Facts, Printer};

/// Everything that flows give, with the suite of each. `facts` are the texts of the files of facts by their names.
///
/// # Errors
/// Where a template cannot be printed, which is a fault of ours.
pub fn emit(
    models: &[Arc<Model>],
    suites: &[Suite],
    facts: &BTreeMap<String, String>,
) -> Result<Files, Fault> {
    let facts: BTreeMap<&str, Facts> =
        facts.iter().map(|(name, text)| (name.as_str(), Facts::read(text))).collect();
    let printer = Printer::new()?;
    let mut files = printer.indexes(models)?;
    files.append(rust::emit(models)?);
    files.append(suite::emit(models, suites)?);
    let none = Facts::default();
    let pages = models.par_iter().map(|model| {
        let of_model = facts_of(model).and_then(|name| facts.get(name.as_str())).unwrap_or(&none);
        printer.pages(model, of_model)
    });
    for pages in pages.collect::<Result<Vec<_>, Fault>>()? {
        files.append(pages);
    }
    Ok(files)
}

/// The name of the file of facts that a flow was written from.
fn facts_of(model: &Model) -> Option<String> {
    Some(beside(model.files.first()?, model.facts.as_deref()?))
}
