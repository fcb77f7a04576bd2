//! Sound specs from all sorts of fields, a file each in `sound/`: nothing is said of any of them, however far their flows
//! are explored, and each of their rules is proved or held against every situation.

use std::fs;
use std::path::Path;

use flowspec::check::{BUDGET, Budget};
use flowspec::diagnostic::terminal::Terminal;
use flowspec::source::{Source, Sources};
use flowspec::{compile_within, syntax};

#[test]
fn nothing_is_said_of_a_sound_spec() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sound");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 10);
    let mut said = String::new();
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap();
        let mut sources = Sources::default();
        let id = sources.add(Source::new(name, fs::read_to_string(&path).unwrap()));
        let parsed = syntax::parse(sources.get(id), id);
        let compiled = compile_within(&sources, &[parsed], &Budget::of(BUDGET));
        for finding in &compiled.diagnostics {
            said += &(Terminal::plain().render(finding, &sources) + "\n");
        }
        for judged in &compiled.judged {
            if !matches!(judged.verdict.word(), "proved" | "exhaustive") {
                said += &format!("{name}: {}: {}\n", judged.rule, judged.verdict);
            }
        }
    }
    assert_eq!(said, "");
}
