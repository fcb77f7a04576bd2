//! What a module imports: whatever of a known list its code names.

use std::collections::{BTreeSet, HashSet};

/// What can be imported, by the module that has it.
const KNOWN: &[(&str, &[&str])] = &[
    ("std::collections", &["BTreeSet"]),
    ("std::sync", &["LazyLock"]),
    ("flowspec_runtime::time", &["DAY", "HOUR", "MINUTE", "SECOND"]),
    (
        "flowspec_runtime::typed",
        &[
            "self", "Chosen", "Field", "Flow", "Invalid", "Limit", "List", "Nothing", "OpenWord", "Reasons",
            "Row", "Sample", "Table", "Typed", "Word",
        ],
    ),
    (
        "flowspec_runtime",
        &[
            "Answer",
            "Counter",
            "Fields",
            "Input",
            "May",
            "Pattern",
            "Period",
            "Rounding",
            "Rows",
            "Sent",
            "Text",
            "Time",
            "Uses",
            "Value",
            "Window",
            "date_of",
            "has_length",
            "is_digits",
            "is_multiple_of",
            "is_within",
            "newtype",
            "outputs",
            "percent_of",
            "stored",
            "words",
        ],
    ),
];

/// The `use` lines that a module's code needs.
pub(super) fn imports(code: &str) -> String {
    let words = words(code);
    let named = |name: &str| words.contains(name);
    let mut out = String::new();
    for (index, (module, names)) in KNOWN.iter().enumerate() {
        let mut used = names.iter().copied().filter(|name| named(name)).collect::<Vec<_>>();
        // The traits that methods need are not named by their calls.
        if *module == "flowspec_runtime::typed" {
            used.retain(|name| !matches!(*name, "Word" | "OpenWord" | "Typed"));
            let called = |method: &str| code.contains(method);
            for (name, needed) in [
                ("OpenWord", code.contains("::of(\"")),
                ("Typed", called(".write()")),
                ("Word", called(".word()") && !called("OpenWord")),
            ] {
                if needed {
                    used.push(name);
                }
            }
            used.sort_unstable_by_key(|name| (*name != "self", *name));
        }
        match used.as_slice() {
            [] => {}
            ["self"] => out.push_str(&format!("use {module};\n")),
            [one] => out.push_str(&format!("use {module}::{one};\n")),
            _ => out.push_str(&listed(module, &used)),
        }
        let next = KNOWN.get(index + 1).map(|(next, _)| *next);
        if module.starts_with("std") && next.is_some_and(|next| !next.starts_with("std")) && !out.is_empty() {
            out.push('\n');
        }
    }
    out
}

/// On one line, or in as few as they fit.
fn listed(module: &str, names: &[&str]) -> String {
    let line = format!("use {module}::{{{}}};\n", names.join(", "));
    if line.len() <= 109 {
        return line;
    }
    let mut out = format!("use {module}::{{\n");
    let mut column = 0;
    for name in names {
        if column > 0 && column + name.len() + 2 > 109 {
            out.push('\n');
            column = 0;
        }
        let lead = if column == 0 { "    " } else { " " };
        out.extend([lead, name, ","]);
        column += lead.len() + name.len() + 1;
    }
    out.push_str("\n};\n");
    out
}

/// The known names that stand in the code, without those in comments and literals, and those behind a path.
fn words(code: &str) -> BTreeSet<&'static str> {
    let known: HashSet<&'static str> = KNOWN.iter().flat_map(|(_, names)| *names).copied().collect();
    let mut found = BTreeSet::new();
    for line in code.lines() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        for part in unquoted(line).step_by(2) {
            // The module itself is imported where it is named.
            let names = unqualified(part).filter(|name| *name != "self");
            let names = names.map(|name| if name == "typed" { "self" } else { name });
            found.extend(names.filter_map(|name| known.get(name).copied()));
        }
    }
    found
}

/// The identifiers of a part of a line that stand behind no path.
fn unqualified(part: &str) -> impl Iterator<Item = &str> {
    let bytes = part.as_bytes();
    let is_name = |at: usize| bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_';
    let mut next = 0;
    std::iter::from_fn(move || {
        loop {
            let start = (next..bytes.len()).find(|at| is_name(*at))?;
            next = (start..bytes.len()).find(|at| !is_name(*at)).unwrap_or(bytes.len());
            if !bytes[..start].ends_with(b"::") {
                return Some(&part[start..next]);
            }
        }
    })
}

/// The parts of a line between its quotation marks: every other one is a literal.
fn unquoted(line: &str) -> impl Iterator<Item = &str> {
    let (mut from, mut inside) = (Some(0), false);
    std::iter::from_fn(move || {
        let start = from?;
        let mut escaped = false;
        let end = line.as_bytes()[start..].iter().position(|byte| match byte {
            _ if escaped => {
                escaped = false;
                false
            }
            b'\\' if inside => {
                escaped = true;
                false
            }
            byte => *byte == b'"',
        });
        inside = !inside;
        from = end.map(|end| start + end + 1);
        Some(&line[start..end.map_or(line.len(), |end| start + end)])
    })
}
