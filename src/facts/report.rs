//! Traces as a person or a tool reads them: a table, JSON, a page of Markdown.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Kind, State, Trace, Traced};
use crate::diagnostic::counted;
use crate::source::Sources;

/// From the page to the folder that the compiler ran in: it lies in `generated/docs/LANGUAGE/`.
const ROOT: &str = "../../../";

/// A line for each fact, then what hangs in the air.
pub fn table(traces: &[Trace], sources: &Sources) -> String {
    let mut out = String::new();
    for trace in traces {
        let width = trace.facts.iter().map(|traced| traced.fact.id.len()).max().unwrap_or(0);
        let class = trace.facts.iter().map(|traced| traced.fact.class.len()).max().unwrap_or(0);
        // Writing to a string does not fail.
        let _ = writeln!(out, "{}", trace.name);
        for traced in &trace.facts {
            let (statements, tests) = (traced.carriers.len(), traced.tests.len());
            let fact = &traced.fact;
            let first = traced.carriers.first().map_or(String::new(), |carrier| {
                format!("{}:{}", sources.get(carrier.source).name, carrier.line)
            });
            let line = format!(
                "  {:width$}  {:class$}  {:>14}  {:>9}  {}{first}",
                fact.id,
                fact.class,
                counted(statements, "statement"),
                counted(tests, "test"),
                state(traced),
            );
            let _ = writeln!(out, "{}", line.trim_end());
            let stale = traced.carriers.iter().filter(|_| traced.state == State::Changed);
            for carrier in stale {
                let file = &sources.get(carrier.source).name;
                let _ = writeln!(out, "      look at {file}:{}  {}", carrier.line, carrier.head);
            }
        }
        for fault in &trace.faults {
            let line = if fault.line == 0 { String::new() } else { format!(":{}", fault.line) };
            let id = if fault.id.is_empty() { String::new() } else { format!("{}: ", fault.id) };
            let _ = writeln!(out, "  ! {}{line}  {id}{}", fault.file, fault.message);
        }
        let _ = writeln!(out, "{}", sum(trace));
    }
    out
}

/// What of a file of facts is carried, in a sentence.
fn sum(trace: &Trace) -> String {
    let of = |kind: Kind| trace.facts.iter().filter(move |traced| traced.fact.kind == kind);
    let carried = of(Kind::Fact).filter(|traced| !traced.carriers.is_empty()).count();
    let cited = of(Kind::Reading).filter(|traced| !traced.carriers.is_empty()).count();
    let (facts, readings) = (of(Kind::Fact).count(), of(Kind::Reading).count());
    let faults = match trace.faults.len() {
        0 => "nothing hangs in the air".to_owned(),
        some => format!("{} in the air", counted(some, "thing")),
    };
    format!(
        "{}: {carried} of {facts} facts carried, {cited} of {readings} readings cited, {faults}\n",
        trace.name
    )
}

fn state(traced: &Traced) -> &'static str {
    if traced.state == State::Changed { "changed  " } else { "" }
}

/// The same for tools: an object for each file of facts.
pub fn json(traces: &[Trace], sources: &Sources) -> String {
    let traces: Vec<Value> = traces.iter().map(|trace| of_trace(trace, sources)).collect();
    let mut text = serde_json::to_string_pretty(&traces).unwrap_or_default();
    text.push('\n');
    text
}

fn of_trace(trace: &Trace, sources: &Sources) -> Value {
    let facts = trace.facts.iter().map(|traced| {
        let fact = &traced.fact;
        let statements = traced.carriers.iter().map(|carrier| {
            json!({"file": sources.get(carrier.source).name.as_str(), "line": carrier.line, "head": carrier.head})
        });
        let tests = traced.tests.iter().map(|test| json!({"flow": test.flow.as_str(), "id": test.id.as_str()}));
        let kind = match fact.kind {
            Kind::Fact => "fact",
            Kind::Reading => "reading",
            Kind::Remark => "remark",
        };
        let state = match traced.state {
            State::Confirmed => "confirmed",
            State::Changed => "changed",
            State::New => "new",
        };
        json!({
            "id": fact.id, "class": fact.class, "kind": kind, "text": fact.text, "label": fact.label,
            "clause": fact.clause, "line": fact.line, "digest": fact.digest(), "state": state,
            "statements": statements.collect::<Vec<_>>(), "tests": tests.collect::<Vec<_>>(),
        })
    });
    let faults = trace.faults.iter().map(
        |fault| json!({"id": fault.id, "file": fault.file, "line": fault.line, "message": fault.message}),
    );
    json!({
        "facts": facts.collect::<Vec<_>>(), "faults": faults.collect::<Vec<_>>(), "file": trace.name,
    })
}

/// A page: under each heading of the file of facts a table of its rows, with the statements that carry them.
pub fn markdown(traces: &[Trace], sources: &Sources) -> String {
    let mut out = "# From fact to test\n\nEvery fact and reading, the statements that stand on it, and how many tests do.\n".to_owned();
    for trace in traces {
        let _ = write!(out, "\n## {}\n\n{}", escaped(&trace.name), escaped(&sum(trace)));
        let mut heading = "";
        for traced in &trace.facts {
            if traced.fact.heading != heading {
                heading = &traced.fact.heading;
                let name = trace.name.rsplit_once('/').map_or("", |(folder, _)| folder);
                let name = name.rsplit('/').next().unwrap_or(name);
                let _ = write!(
                    out,
                    "\n### {} ({})\n\n| id | what it says | statements | tests |\n| --- | --- | --- | --- |\n",
                    escaped(heading),
                    escaped(name),
                );
            }
            let statements: Vec<String> = traced
                .carriers
                .iter()
                .map(|carrier| {
                    let file = &sources.get(carrier.source).name;
                    let short = file.rsplit('/').next().unwrap_or(file);
                    format!("[{}:{}]({ROOT}{file}#L{})", escaped(short), carrier.line, carrier.line)
                })
                .collect();
            let statements = if statements.is_empty() { "none".to_owned() } else { statements.join(", ") };
            let (fact, tests) = (&traced.fact, traced.tests.len());
            let _ =
                writeln!(out, "| {} | {} | {statements} | {tests} |", escaped(&fact.id), escaped(&fact.text));
        }
    }
    out
}

/// Harmless in a table of Markdown.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars() {
        if matches!(char, '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>') {
            out.push('\\');
        }
        out.push(char);
    }
    // An address in a fact is no link.
    out.replace("www.", "www\\.").replace("://", ":\\//")
}
