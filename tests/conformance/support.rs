//! Flows from text and from `specs/`.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use flowspec::source::{Source, Sources};
use flowspec::{compile, syntax};
use flowspec_runtime::model::Model;

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
