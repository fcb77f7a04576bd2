//! A comparison as a person, a page or a tool reads it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Audience, Change, Comparison, FlowChanges, Level};
use crate::diagnostic::counted;

/// The audiences with their headings, those who must know first.
const AUDIENCES: [(Audience, &str); 3] = [
    (Audience::Callers, "callers notice"),
    (Audience::Implementers, "implementers must change"),
    (Audience::Readers, "only the pages show"),
];

/// For a terminal.
pub fn human(comparison: &Comparison) -> String {
    let mut out = String::new();
    for flow in comparison.flows.iter().filter(|flow| flow.level() != Level::None || flow.cut) {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{}: {}", flow.flow, flow.level().name());
        for (audience, heading) in AUDIENCES {
            let changes: Vec<&Change> = of(flow, audience).collect();
            if changes.is_empty() {
                continue;
            }
            let _ = writeln!(out, "  {heading}");
            for change in changes {
                let _ = writeln!(out, "    {}: {}", change.place, change.text);
                if let Some(witness) = &change.witness {
                    for line in &witness.lines {
                        let _ = writeln!(out, "        {line}");
                    }
                    let _ = writeln!(out, "          before: {}", witness.before);
                    let _ = writeln!(out, "          now:    {}", witness.now);
                }
            }
        }
        if flow.cut {
            let _ = writeln!(out, "  {}", cut(flow));
        }
        out.push('\n');
    }
    let _ = writeln!(out, "version: {}", verdict(comparison.level()));
    out
}

/// A page.
pub fn markdown(comparison: &Comparison) -> String {
    let mut out = format!("# What changed\n\nVersion: **{}**\n", verdict(comparison.level()));
    for flow in comparison.flows.iter().filter(|flow| flow.level() != Level::None) {
        let _ = write!(out, "\n## {}: {}\n", escaped(&flow.flow), flow.level().name());
        for (audience, heading) in AUDIENCES {
            let changes: Vec<&Change> = of(flow, audience).collect();
            if changes.is_empty() {
                continue;
            }
            let mut heading = heading.to_owned();
            heading[..1].make_ascii_uppercase();
            let _ = write!(out, "\n### {}: {heading}\n\n", escaped(&flow.flow));
            for change in changes {
                let _ = writeln!(out, "- {}: {}", code(&change.place), escaped(&change.text));
                if let Some(witness) = &change.witness {
                    let _ = writeln!(out, "\n  ```text");
                    for line in &witness.lines {
                        let _ = writeln!(out, "  {}", fenced(line));
                    }
                    let _ = writeln!(out, "  before: {}", fenced(&witness.before));
                    let _ = writeln!(out, "  now:    {}", fenced(&witness.now));
                    let _ = writeln!(out, "  ```\n");
                }
            }
        }
        if flow.cut {
            let _ = write!(out, "\n{}\n", escaped(&cut(flow)));
        }
    }
    out
}

/// For tools.
pub fn json(comparison: &Comparison) -> Value {
    let change = |change: &Change| {
        let witness = change
            .witness
            .as_ref()
            .map(|witness| json!({ "lines": witness.lines, "before": witness.before, "now": witness.now }));
        json!({
            "audience": name(change.audience), "place": change.place, "text": change.text, "witness": witness,
        })
    };
    let flow = |flow: &FlowChanges| {
        json!({
            "flow": flow.flow,
            "level": flow.level().name(),
            "changes": flow.changes.iter().map(change).collect::<Vec<_>>(),
            "compared": flow.compared,
            "cut": flow.cut,
        })
    };
    json!({
        "level": comparison.level().name(),
        "flows": comparison.flows.iter().map(flow).collect::<Vec<_>>(),
    })
}

fn of(flow: &FlowChanges, audience: Audience) -> impl Iterator<Item = &Change> {
    flow.changes.iter().filter(move |change| change.audience == audience)
}

fn name(audience: Audience) -> &'static str {
    match audience {
        Audience::Callers => "callers",
        Audience::Implementers => "implementers",
        Audience::Readers => "readers",
    }
}

fn verdict(level: Level) -> &'static str {
    match level {
        Level::None => "none, nothing differs",
        Level::Patch => "patch, only the pages read differently",
        Level::Minor => "minor, something is demanded that was not",
        Level::Major => "major, something that was promised is not any more",
    }
}

fn cut(flow: &FlowChanges) -> String {
    let pairs = counted(flow.compared, "pair");
    format!("what happens was compared in the nearest {pairs} of situations, and there are more")
}

/// Text in which nothing is markup.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\\' | '*' | '_' | '<' | '>' | '[' | ']' | '#' | '&' | '|' | '~') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}

/// A line within a block of code, which it cannot end.
fn fenced(text: &str) -> String {
    text.replace("```", "'''").replace(['\n', '\r'], " ")
}
