//! What a module imports: whatever of a known list its code names.

/// What can be imported, by the module that has it.
const KNOWN: &[(&str, &[&str])] = &[
    ("std::collections", &["BTreeSet"]),
    ("std::sync", &["LazyLock"]),
    ("flowspec_runtime::time", &["DAY", "HOUR", "MINUTE", "SECOND"]),
    (
        "flowspec_runtime::typed",
        &[
            "self", "Chosen", "Flow", "Invalid", "Limit", "List", "Nothing", "OpenWord", "Reading",
            "Reasons", "Row", "Sample", "Table", "Typed", "Word",
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
            "percent_of",
            "words",
        ],
    ),
    ("serde", &["Deserialize", "Serialize"]),
];

/// The `use` lines that a module's code needs.
pub(super) fn imports(code: &str) -> String {
    let words = words(code);
    let named = |name: &str| words.binary_search(&if name == "self" { "typed" } else { name }).is_ok();
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

/// Every identifier of the code, sorted, without those in comments and literals.
fn words(code: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for line in code.lines() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        for (index, part) in unquoted(line).enumerate() {
            if index % 2 == 0 {
                words.extend(unqualified(part));
            }
        }
    }
    words.sort_unstable();
    words.dedup();
    words
}

/// The identifiers of a part of a line that stand behind no path.
fn unqualified(part: &str) -> impl Iterator<Item = &str> {
    let boundary = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let names = part.split(boundary).filter(|name| !name.is_empty());
    names.filter(move |name| {
        let at = name.as_ptr() as usize - part.as_ptr() as usize;
        !part[..at].ends_with("::")
    })
}

/// The parts of a line between its quotation marks: every other one is a literal.
fn unquoted(line: &str) -> impl Iterator<Item = &str> {
    let mut parts = Vec::new();
    let (mut from, mut escaped, mut inside) = (0, false, false);
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' => {
                parts.push(&line[from..at]);
                from = at + 1;
                inside = !inside;
            }
            _ => {}
        }
    }
    parts.push(&line[from..]);
    parts.into_iter()
}
