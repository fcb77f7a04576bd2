//! What exploring shows: the rules of the specs hold, and rules that runs break come with runs that can be played.

use std::fs;

use flowspec::check::{BUDGET, Budget, Verdict};
use flowspec::source::{Source, SourceId, Sources};
use flowspec::{Compiled, compile_within, syntax};

fn compiled(text: &str) -> Compiled {
    let source = Source::new("example.flow", text);
    let parsed = syntax::parse(&source, SourceId(0));
    let mut sources = Sources::default();
    sources.add(source);
    compile_within(&sources, &[parsed], &Budget::of(BUDGET))
}

#[test]
fn the_rules_of_the_specs_hold_and_none_is_left_open() {
    for folder in fs::read_dir("specs").unwrap() {
        let (mut sources, mut parsed) = (Sources::default(), Vec::new());
        let mut paths: Vec<_> =
            fs::read_dir(folder.unwrap().path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "flow"));
        paths.sort();
        for path in paths {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let id = sources.add(Source::new(name, fs::read_to_string(&path).unwrap()));
            parsed.push(syntax::parse(sources.get(id), id));
        }
        let compiled = compile_within(&sources, &parsed, &Budget::of(BUDGET));
        assert_eq!(compiled.diagnostics, []);
        for judged in &compiled.judged {
            let holds = matches!(judged.verdict, Verdict::Proved | Verdict::Exhaustive(_));
            assert!(holds, "{}: {}: {}", judged.flow, judged.rule, judged.verdict);
        }
    }
}

#[test]
fn each_broken_rule_comes_with_a_run_that_can_be_played() {
    let mut paths: Vec<_> =
        fs::read_dir("tests/explore").unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let found = compiled(&text);
        let broken: Vec<_> =
            found.diagnostics.iter().filter(|finding| finding.code.id() == "F0605").collect();
        assert!(!broken.is_empty(), "{}: {:?}", path.display(), found.diagnostics);
        for finding in broken {
            let edit = finding.helps.iter().find_map(|help| help.edit.as_ref()).unwrap();
            let at = edit.location.span.start as usize;
            let with_run = format!("{}{}{}", &text[..at], edit.text, &text[at..]);
            let again = compiled(&with_run);
            let codes: Vec<_> = again.diagnostics.iter().map(|finding| finding.code.id()).collect();
            assert!(codes.contains(&"F0605"), "{}: {codes:?}", path.display());
            let wrong = again.diagnostics.iter().find(|finding| finding.code.id() != "F0605");
            assert!(wrong.is_none(), "{with_run}\n{wrong:?}");
        }
    }
}

#[test]
fn a_branch_for_every_step_is_taken_if_one_step_takes_it() {
    let text = "language 1\nflow a {\n  start -> first\n  remember name: text\n  anywhere {\n    on who {\n      when name is set -> \
                known\n      otherwise stay\n    }\n  }\n  step first {\n    on tell -> second {\n      field it: text\n      set name \
                = it\n    }\n  }\n  step second {\n    on leave -> left\n  }\n  end known success\n  end left failure\n}\n";
    let codes =
        |text: &str| compiled(text).diagnostics.iter().map(|finding| finding.code.id()).collect::<Vec<_>>();
    assert_eq!(codes(text), [""; 0]);
    // Where none takes it, that is said.
    assert_eq!(
        codes(&text.replace("set name = it", "set name = \"x\"").replace("name is set", "name == \"y\"")),
        ["F0322", "F0321"]
    );
}
