//! The rules of the language, one by one: flows with runs through them, and what each run must show.
//!
//! Every file in `cases/` holds a flow, then sections that begin with `--- ` and a sentence. A line of a section reads
//! `TIME SESSION EVENT FIELDS => WHAT IS SEEN`; `script.rs` has the notation. After each line the universe is also
//! stored and taken up again, and where a run halts it must be what it was before.

mod script;

use std::fmt::Write;

use flowspec_runtime::machine::Machine;

#[test]
fn every_run_shows_what_the_rules_say() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/machine/cases");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut runs, mut report) = (0, String::new());
    for file in &files {
        let name = file.file_name().unwrap().to_string_lossy();
        let text = std::fs::read_to_string(file).unwrap();
        let mut sections = text.split("\n--- ");
        let machine = Machine::new(script::flow(&name, sections.next().unwrap())).unwrap();
        for section in sections {
            let (title, lines) = section.split_once('\n').unwrap_or((section, ""));
            runs += 1;
            for failure in script::run(&machine, lines) {
                writeln!(report, "{name}: {title}\n    {failure}").unwrap();
            }
        }
    }
    assert!(runs >= 20, "only {runs} runs in {} files", files.len());
    assert!(report.is_empty(), "{report}");
}
