//! What `README.md` quotes stands in the files that it names, line by line, so that no example goes stale.

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
