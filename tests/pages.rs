//! Pages and diagrams of the flows in `tests/emit`, each held by a snapshot.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use flowspec::emit::diagram;
use flowspec::emit::markdown::{Facts, Printer};
use flowspec::model::Model;
use flowspec::source::{Source, Sources};
use flowspec::{compile, syntax};

fn models(path: &Path) -> Vec<Arc<Model>> {
    let mut sources = Sources::default();
    let name = format!("tests/emit/{}", path.file_name().unwrap().to_str().unwrap());
    let id = sources.add(Source::new(name, fs::read_to_string(path).unwrap()));
    let parsed = [syntax::parse(sources.get(id), id)];
    let compiled = compile(&sources, &parsed);
    assert!(!compiled.has_errors(), "{:#?}", compiled.diagnostics);
    compiled.models
}

#[test]
fn pages_say_what_the_flow_says() {
    let printer = Printer::new().unwrap();
    insta::glob!("emit/*.flow", |path| {
        for model in models(path) {
            for language in &model.languages {
                let page = printer.page(&model, language, &Facts::default()).unwrap();
                insta::assert_snapshot!(format!("page_{}_{language}", model.name), page);
            }
        }
    });
}

#[test]
fn diagrams_show_what_the_flow_does() {
    insta::glob!("emit/*.flow", |path| {
        for model in models(path) {
            for language in &model.languages {
                let mermaid = diagram::mermaid(&model, language).unwrap();
                insta::assert_snapshot!(format!("mermaid_{}_{language}", model.name), mermaid);
                let dot = diagram::dot(&model, language).unwrap();
                insta::assert_snapshot!(format!("dot_{}_{language}", model.name), dot);
            }
        }
    });
}

#[test]
fn an_index_lists_every_flow_in_each_language() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emit");
    let models: Vec<_> =
        ["labels.flow", "words.flow"].iter().flat_map(|file| models(&root.join(file))).collect();
    let indexes = Printer::new().unwrap().indexes(&models).unwrap();
    let paths: Vec<_> = indexes.iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["docs/en/index.md", "docs/zh/index.md"]);
    let english = indexes.get("docs/en/index.md").unwrap();
    assert!(english.contains("[Withdraw cash](withdraw.md)"), "{english}");
    assert!(english.contains("[简体中文](../zh/index.md)"), "{english}");
}

#[test]
fn a_language_without_phrases_has_english_ones_and_its_own_labels() {
    let text = "language 1\nflow door \"Door\" de \"Tür\" {\n  start -> shut\n  step shut \"Shut\" de \"Zu\" {\n    \
                on push \"Push\" -> open\n  }\n  end open success \"Open\" de \"Offen\"\n}\n";
    let mut sources = Sources::default();
    let id = sources.add(Source::new("door.flow", text));
    let compiled = compile(&sources, &[syntax::parse(sources.get(id), id)]);
    let page = Printer::new().unwrap().page(&compiled.models[0], "de", &Facts::default()).unwrap();
    assert!(page.contains("# Tür"), "{page}");
    assert!(page.contains("### 1. Zu"), "{page}");
    assert!(page.contains("**Push**: it ends with *Offen*."), "{page}");
}
