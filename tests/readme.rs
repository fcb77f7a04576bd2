//! What `README.md` and `docs/rust.md` quote stands in the files that they name, line by line, so that no example goes
//! stale.

use std::fs;

const QUOTES: [(&str, &str); 4] = [
    ("flow", "specs/sign_in/sign_in.flow"),
    ("markdown", "generated/docs/en/sign_in.md"),
    ("rust", "generated/src/sign_in.rs"),
    ("text", "tests/snapshots/mistakes__each_mistake_is_one_finding_with_its_place_and_its_mend.snap"),
];

#[test]
fn what_the_readme_quotes_is_what_the_files_say() {
    let readme = fs::read_to_string("README.md").unwrap();
    for (language, path) in QUOTES {
        let opening = format!("```{language}\n");
        let quoted = readme.split(&opening).nth(1).unwrap().split("```").next().unwrap();
        assert!(quoted.lines().count() > 1, "the example in {language} is empty");
        assert!(
            fs::read_to_string(path).unwrap().contains(quoted),
            "README.md quotes {path}, which no longer says so:\n{quoted}"
        );
    }
}

#[test]
fn what_the_page_for_rust_quotes_is_compiled_in_the_example() {
    let page = fs::read_to_string("docs/rust.md").unwrap();
    let files = ["Cargo.toml", "src/lib.rs", "tests/conformance.rs"]
        .map(|file| fs::read_to_string(format!("examples/implementations/rust/{file}")).unwrap());
    let blocks: Vec<&str> = page.split("```").skip(1).step_by(2).collect();
    let quoted = blocks.iter().filter_map(|block| {
        let (language, text) = block.split_once('\n')?;
        ["rust", "toml"].contains(&language).then_some(text)
    });
    let quoted: Vec<&str> = quoted.collect();
    assert!(quoted.len() >= 4, "{} examples", quoted.len());
    for text in quoted {
        assert!(
            files.iter().any(|file| file.contains(text)),
            "docs/rust.md quotes what is not there:\n{text}"
        );
    }
}
