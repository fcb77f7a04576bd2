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

/// How many rows of a kind something carries, and how many there are.
fn counts(trace: &Trace, kind: Kind) -> (usize, usize) {
    let of_kind = || trace.facts.iter().filter(|traced| traced.fact.kind == kind);
    (of_kind().filter(|traced| !traced.carriers.is_empty()).count(), of_kind().count())
}

/// What of a file of facts is carried, in a sentence.
fn sum(trace: &Trace) -> String {
    let (carried, facts) = counts(trace, Kind::Fact);
    let (cited, readings) = counts(trace, Kind::Reading);
    let faults = match trace.faults.len() {
        0 => "nothing hangs in the air".to_owned(),
        some => format!("{} in the air", counted(some, "thing")),
    };
    format!(
        "{}: {carried} of {facts} facts carried, {cited} of {readings} readings cited, {faults}\n",
        trace.name
    )
}

fn sum_in_chinese(trace: &Trace) -> String {
    let (carried, facts) = counts(trace, Kind::Fact);
    let (cited, readings) = counts(trace, Kind::Reading);
    let faults = match trace.faults.len() {
        0 => "没有悬空之处".to_owned(),
        some => format!("悬空之处 {some} 项"),
    };
    format!(
        "事实 {facts} 条，有语句依据的 {carried} 条；解读 {readings} 条，被引用的 {cited} 条；{faults}。\n"
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

/// The fixed words of the page, in a language.
struct Phrases {
    title: &'static str,
    lead: &'static str,
    columns: &'static str,
    none: &'static str,
}

const ENGLISH: Phrases = Phrases {
    title: "From fact to test",
    lead: "Every fact and reading, the statements that stand on it, and how many tests do.",
    columns: "| id | what it says | statements | tests |",
    none: "none",
};

const CHINESE: Phrases = Phrases {
    title: "从事实到测试",
    lead: "每条事实与解读、依据它的语句，以及相应测试的数目。",
    columns: "| 编号 | 内容 | 语句 | 测试数 |",
    none: "无",
};

/// A page in a language: under each heading of the file of facts a table of its rows, with the statements that carry them.
pub fn markdown(traces: &[Trace], sources: &Sources, language: &str) -> String {
    let say = if language == "zh" { &CHINESE } else { &ENGLISH };
    let mut out = format!("# {}\n\n{}\n", say.title, say.lead);
    for trace in traces {
        let sum = if language == "zh" { sum_in_chinese(trace) } else { sum(trace) };
        let _ = write!(out, "\n## {}\n\n{}", escaped(&trace.name), escaped(&sum));
        let mut heading = "";
        for traced in &trace.facts {
            if traced.fact.heading != heading {
                heading = &traced.fact.heading;
                let name = trace.name.rsplit_once('/').map_or("", |(folder, _)| folder);
                let name = name.rsplit('/').next().unwrap_or(name);
                let title = format!("{} ({name})", traced.fact.heading(language));
                let _ =
                    write!(out, "\n### {}\n\n{}\n| --- | --- | --- | --- |\n", escaped(&title), say.columns);
            }
            let _ = writeln!(out, "{}", page_row(traced, sources, say, language));
        }
    }
    out
}

fn page_row(traced: &Traced, sources: &Sources, say: &Phrases, language: &str) -> String {
    let statements = traced.carriers.iter().map(|carrier| {
        let file = &sources.get(carrier.source).name;
        let short = file.rsplit('/').next().unwrap_or(file);
        format!("[{}:{}]({ROOT}{file}#L{})", escaped(short), carrier.line, carrier.line)
    });
    let statements = statements.collect::<Vec<_>>().join(", ");
    let statements = if statements.is_empty() { say.none } else { &statements };
    let (fact, tests) = (&traced.fact, traced.tests.len());
    format!("| {} | {} | {statements} | {tests} |", escaped(&fact.id), escaped(fact.text(language)))
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
