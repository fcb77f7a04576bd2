//! The worked examples of the project's specs: that they are there, and that `check`, which plays them, is content.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;

use flowspec::model::ElementKind;
use flowspec::source::{Source, Sources};
use flowspec::{Compiled, compile, syntax};

#[test]
fn every_flow_has_scenarios_and_each_comes_out_as_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs");
    for folder in fs::read_dir(root).unwrap() {
        let compiled = compiled(&folder.unwrap().path());
        assert_eq!(compiled.diagnostics, []);
        for model in &compiled.models {
            let scenarios = model.elements.iter().filter(|element| element.kind == ElementKind::Scenario);
            assert!(scenarios.count() > 1, "`{}` has too few examples", model.name);
        }
    }
}

fn compiled(folder: &Path) -> Compiled {
    let (mut sources, mut parsed) = (Sources::default(), Vec::new());
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "flow"));
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let id = sources.add(Source::new(name, fs::read_to_string(&path).unwrap()));
        parsed.push(syntax::parse(sources.get(id), id));
    }
    compile(&sources, &parsed)
}
