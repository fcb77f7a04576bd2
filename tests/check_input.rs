//! Specs that nobody would write: findings each time, no panic, in bounded time.

use std::fmt::Write;
use std::time::{Duration, Instant};

use flowspec::source::{Source, Sources};
use flowspec::{Compiled, compile, syntax};

fn compiled(text: &str) -> Compiled {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("specs/odd.flow", text));
    let parsed = syntax::parse(sources.get(id), id);
    compile(&sources, &[parsed])
}

fn codes(text: &str) -> Vec<&'static str> {
    compiled(text).diagnostics.iter().map(|finding| finding.code.id()).collect()
}

/// A number of statements that differ in a number.
fn many(count: usize, statement: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{}", statement(number));
        text
    })
}

#[test]
fn a_flow_that_is_too_large_is_told_and_nothing_of_it_is_used() {
    let steps = many(65_001, |number| format!("step s{number}"));
    assert_eq!(codes(&format!("language 1\nflow f {{\n{steps}}}\n")), ["F0004"]);
    let fields = many(20_001, |number| format!("field f{number}: int"));
    let text = format!(
        "language 1\nflow f {{\nstart -> a\nstep a {{\non go -> b {{\n{fields}}}\n}}\nend b success\n}}\n"
    );
    assert_eq!(codes(&text), ["F0004"]);
}

#[test]
fn a_thousand_mistakes_take_no_longer_than_a_thousand_times_one() {
    let steps = many(5_000, |number| format!("step s{number} {{\non go{number} -> t{number}\n}}"));
    let begun = Instant::now();
    let found = codes(&format!("language 1\nflow f {{\nstart -> s0\n{steps}end done success\n}}\n"));
    assert!((101..=201).contains(&found.len()), "the others are counted: {}", found.len());
    assert!(found.contains(&"F0301") && found.contains(&"F0119"), "{found:?}");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn what_is_valid_line_by_line_and_means_nothing_has_a_bounded_number_of_findings() {
    let lines = many(30_000, |number| format!("set x{number} = y"));
    let compiled = compiled(&format!("language 1\n{lines}"));
    assert_eq!(compiled.diagnostics.len(), 101);
    assert_eq!(compiled.diagnostics[100].message, "thousands more mistakes are not shown");
}

#[test]
fn of_many_warnings_the_last_one_that_is_shown_counts_the_others() {
    let types = many(250, |number| format!("type Unused{number} text"));
    let flow = "flow f {\nstart -> a\nstep a {\non go -> b\n}\nend b success\n}\n";
    let compiled = compiled(&format!("language 1\n{types}{flow}"));
    assert_eq!(compiled.diagnostics.len(), 100);
    assert_eq!(compiled.diagnostics[99].notes, ["150 more warnings of this file are not shown"]);
    assert_eq!(compiled.models.len(), 1, "the flow can be built");
}

#[test]
fn branches_over_many_words_are_told_apart_quickly() {
    let words: Vec<String> = (0..400).map(|number| format!("w{number}")).collect();
    let branches = many(399, |number| format!("when word == w{number} -> done"));
    let text = format!(
        "language 1\nflow f {{\nstart -> a\nstep a {{\non go {{\nfield word: {}\n{branches}}}\n}}\nend done success\n}}\n",
        words.join(" | ")
    );
    let begun = Instant::now();
    let compiled = compiled(&text);
    let found: Vec<&str> = compiled.diagnostics.iter().map(|finding| finding.primary.text.as_str()).collect();
    assert_eq!(found, ["nothing is said when: word = w399"]);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn what_refers_to_itself_or_to_nothing_is_told() {
    let flow = |inside: &str| {
        format!("language 1\n{inside}\nflow f {{\nstart -> a\nstep a {{\non go -> b\n}}\nend b success\n}}\n")
    };
    assert_eq!(codes(&flow("type A B\ntype B A")).first(), Some(&"F0205"));
    assert!(codes(&flow("use A from \"odd.flow\"")).contains(&"F0209"));
    assert!(codes(&flow("record r by r: text {\nfield r: text\n}")).contains(&"F0203"));
    assert!(codes(&flow("record a by k: nothing\nrecord a by k: text")).contains(&"F0202"));
    assert!(codes("language 1\nflow f\nflow f\n").contains(&"F0203"));
    assert!(
        codes("language 1\nflow f {\nstart -> f\nrow f by f.f\nlimit f: f per f within f while f -> f\n}\n")
            .len()
            > 3
    );
}

#[test]
fn the_block_of_a_limit_of_several_events_reads_no_field_of_one_of_them() {
    let flow = |value: &str| {
        format!(
            "language 1\nreason slow \"Slow\"\nflow f {{\nstart -> a\nremember last: int = 0\n\
             limit polls: 1 per client refuse slow {{\nset last = {value}\ncount polls\n}}\nstep a {{\n\
             on one stay {{\nfield client: text\nfield size: int\ncount polls\n}}\n\
             on two {{\nfield client: text\nfield other: int\nwhen last > other stay {{\ncount polls\n}}\notherwise -> b {{\ncount polls\n}}\n}}\n\
             }}\nend b success\n}}\n"
        )
    };
    assert_eq!(codes(&flow("last + 1")), ["F0218"]);
    assert_eq!(codes(&flow("size")), ["F0201"]);
}
