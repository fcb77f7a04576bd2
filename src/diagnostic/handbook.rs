//! Every explanation on one page: `docs/checks.md`.

use std::fmt::Write as _;

use super::{Code, Severity, codes};

/// The groups of codes, by their first two digits.
const GROUPS: [(&str, &str); 10] = [
    ("F00", "Files"),
    ("F01", "How it is written"),
    ("F02", "Names and types"),
    ("F03", "Steps and branches"),
    ("F04", "Limits and time"),
    ("F05", "Sources, texts and silences"),
    ("F06", "Scenarios and rules"),
    ("F07", "Shared parts and checklists"),
    ("F08", "Machines of other tools"),
    ("F09", "Not supported yet"),
];

const BEGINNING: &str = "\
# What is checked

Every finding of `flowspec check`, with an example that gives it and its mend. `flowspec explain CODE` shows one of them,
and `flowspec explain --all` makes this page. An error keeps a spec from being built; a warning that is meant is silenced
where it stands, with a reason: `allow CODE \"because …\"`.
";

/// The page, in Markdown.
pub fn page() -> String {
    let mut out = String::from(BEGINNING);
    for (prefix, title) in GROUPS {
        let of_group: Vec<&Code> = codes::ALL.iter().filter(|code| code.id().starts_with(prefix)).collect();
        if of_group.is_empty() {
            continue;
        }
        // Writing to a string does not fail.
        let _ = write!(out, "\n## {title}\n\n| code | | |\n| --- | --- | --- |\n");
        for code in &of_group {
            let _ =
                writeln!(out, "| {} | {} | {} |", code.id(), kind(**code), code.title().replace('|', "\\|"));
        }
        of_group.into_iter().for_each(|code| explanation(&mut out, *code));
    }
    out
}

/// One explanation, its headings two levels lower.
fn explanation(out: &mut String, code: Code) {
    let _ = write!(out, "\n### {}: {}\n", code.id(), code.title());
    let rest = code.explanation().split_once('\n').map_or("", |(_, rest)| rest);
    let mut fenced = false;
    for line in rest.trim_end().lines() {
        fenced ^= line.starts_with("```");
        let lower = if !fenced && line.starts_with('#') { "##" } else { "" };
        let _ = writeln!(out, "{lower}{line}");
    }
}

fn kind(code: Code) -> &'static str {
    match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
