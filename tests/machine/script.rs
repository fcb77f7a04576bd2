//! A small notation for runs: what is sent at an instant, and what a reader expects to see.

use std::sync::Arc;

use flowspec::diagnostic::Severity;
use flowspec::model::{self, Model};
use flowspec::source::{Source, Sources};
use flowspec::syntax;
use flowspec_runtime::machine::{Fault, Halt, Machine, Point, Resolve, Universe};
use flowspec_runtime::model::{ElementId, OutputId};
use flowspec_runtime::{Answer, Fields, Input, May, Observation, Rows, Text, Time, Value, Verdict};

/// The flow of a text, which must have exactly one and nothing wrong with it.
pub(crate) fn flow(name: &str, text: &str) -> Arc<Model> {
    let mut sources = Sources::default();
    let id = sources.add(Source::new(name, text));
    let parsed = syntax::parse(sources.get(id), id);
    let resolved = model::resolve(&sources, &[&parsed.tree]);
    let errors = parsed.diagnostics.iter().chain(&resolved.diagnostics);
    let errors = errors.filter(|found| found.severity() == Severity::Error).map(|found| {
        let place = sources.get(id).slice(found.primary.location.span);
        format!("{name}: {} at `{place}`", found.message)
    });
    let errors: Vec<String> = errors.collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    assert_eq!(resolved.models.len(), 1, "{name}: one flow");
    resolved.models[0].clone()
}

/// Runs a script line by line and returns the lines that went otherwise, with what happened.
pub(crate) fn run(machine: &Machine, script: &str) -> Vec<String> {
    let mut rows = Rows::new();
    let mut universe = None;
    let mut failures = Vec::new();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(row) = line.strip_prefix("row ") {
            let words: Vec<&str> = row.split_whitespace().collect();
            rows.entry(words[0].into()).or_default().push((value(words[1]), fields(&words[2..])));
            continue;
        }
        let (request, expected) = line.split_once("=>").unwrap_or_else(|| panic!("no `=>` in `{line}`"));
        let words: Vec<&str> = request.split_whitespace().collect();
        let choices: Vec<usize> =
            words.iter().filter_map(|word| word.strip_prefix("choice:")?.parse().ok()).collect();
        if words[0] == "reset" {
            let result = machine.universe(&rows, &choices);
            let seen = result.as_ref().map_or_else(|fault| format!("fault: {fault}"), |_| "ready".to_owned());
            universe = result.ok();
            check(line, expected, &seen, &mut failures);
            continue;
        }
        let universe =
            universe.get_or_insert_with(|| machine.universe(&rows, &choices).expect("rows that fit"));
        let before = universe.clone();
        let seen = step(machine, universe, &words);
        if seen.starts_with("halts") {
            assert_eq!(*universe, before, "a run that halts changes nothing: {line}");
        }
        let json = serde_json::to_string(universe).expect("plain data");
        let stored: Universe = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
        assert_eq!(stored, *universe, "what is stored is what was: {line}");
        check(line, expected, &seen, &mut failures);
    }
    failures
}

fn check(line: &str, expected: &str, seen: &str, failures: &mut Vec<String>) {
    if expected.trim() != seen {
        failures.push(format!("{line}\n        seen => {seen}"));
    }
}

fn step(machine: &Machine, universe: &mut Universe, words: &[&str]) -> String {
    let at = time(words[0]);
    let mut decided = Decided::new(machine, &words[1..]);
    match words[1..] {
        ["advance", ..] => match machine.advance(universe, at, &mut decided) {
            Ok(seen) => seen
                .iter()
                .map(|(id, seen)| format!("{} {}", name(*id), shown(seen)))
                .collect::<Vec<_>>()
                .join("; "),
            Err(halt) => halted(&halt),
        },
        ["may", capability, subject, ..] => {
            match machine.may(universe, capability, &value(subject), at, &mut decided) {
                Ok(May::Allowed) => "allowed".to_owned(),
                Ok(May::Denied(reason)) => format!("denied {reason}"),
                Ok(May::Unstated) => "unstated".to_owned(),
                Err(halt) => halted(&halt),
            }
        }
        [who, "close", ..] => match machine.close(universe, session(who)) {
            Ok(()) => "closed".to_owned(),
            Err(fault) => halted(&fault.into()),
        },
        [who, "open", ref rest @ ..] => {
            result(machine.open(universe, session(who), at, &fields(rest), &mut decided))
        }
        [who, event, ref rest @ ..] => {
            let (event, by) = event.split_once('@').unwrap_or((event, "user"));
            let input = Input { event: event.into(), by: by.into(), fields: fields(rest) };
            result(machine.apply(universe, session(who), at, &input, &answers(rest), &mut decided))
        }
        _ => panic!("what is `{words:?}`?"),
    }
}

fn result(result: Result<Observation, Halt>) -> String {
    result.map_or_else(|halt| halted(&halt), |seen| shown(&seen))
}

fn halted(halt: &Halt) -> String {
    match halt {
        Halt::Fault(Fault::Spec(_)) => "halts: the spec's fault".to_owned(),
        Halt::Fault(fault) => format!("halts: {fault}"),
        Halt::Undecided { point, alternatives } => {
            let point = match point {
                Point::Either(_) => "either",
                Point::OrMore(_) => "or more",
                Point::OrLater(_) => "or later",
                Point::Order => "order",
            };
            format!("halts: {point}, one of {alternatives}")
        }
        Halt::Silent(_) => "halts: silent".to_owned(),
    }
}

/// `accepted in terms, sms(to=138)`.
fn shown(seen: &Observation) -> String {
    let mut text = match &seen.verdict {
        Verdict::Accepted => "accepted".to_owned(),
        Verdict::Refused(reasons) => format!("refused {}", reasons.join(" ")),
    };
    if let Some(step) = &seen.step {
        text += &format!(" in {step}");
    }
    for sent in &seen.outputs {
        let field = |(name, value): &(Text, Value)| format!("{name}={}", written(value));
        let fields: Vec<String> = sent.fields.0.iter().map(field).collect();
        text += &format!(", {}({})", sent.output, fields.join(" "));
    }
    text
}

fn written(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        other => serde_json::to_string(other).expect("plain data"),
    }
}

fn session(name: &str) -> u32 {
    u32::from(name.as_bytes()[0] - b'a')
}

fn name(session: u32) -> char {
    char::from(b'a' + session as u8)
}

/// `10min-1`: units and milliseconds, added up.
fn time(text: &str) -> Time {
    let mut sum = 0;
    for part in text.replace('-', "+-").split('+').filter(|part| !part.is_empty()) {
        let (sign, part) = part.strip_prefix('-').map_or((1, part), |rest| (-1, rest));
        let digits = part.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        let unit = match &part[digits.len()..] {
            "" => 1,
            "s" => 1_000,
            "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            unit => panic!("no unit `{unit}`"),
        };
        sum += sign * unit * digits.parse::<i64>().unwrap_or_else(|error| panic!("{error}: {text}"));
    }
    sum
}

/// JSON, or else text.
fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

/// `phone=138 region=none`; words of another shape are something else.
fn fields(words: &[&str]) -> Fields {
    let is_field = |word: &&&str| !word.contains([':', '~', '?']) || word.find('=') < word.find(':');
    let split = words.iter().filter(is_field).filter_map(|word| word.split_once('='));
    split.map(|(name, text)| (name, value(text))).collect()
}

/// `bank:differs`, or `bank:differs,since=5`.
fn answers(words: &[&str]) -> Vec<Answer> {
    let answer = |word: &&str| {
        let (actor, rest) = word.split_once(':').filter(|(actor, _)| !actor.contains(['=', '~', '?']))?;
        let mut parts = rest.split(',');
        let answer = parts.next()?.into();
        Some(Answer { actor: actor.into(), answer, fields: fields(&parts.collect::<Vec<_>>()) })
    };
    words.iter().filter_map(answer).collect()
}

/// What a line decides: `?1` picks the second alternative, `?none` none; `~sms.code=5` is a chosen value;
/// `?silent` goes on where the spec is silent. After the last pick the first alternative is taken.
struct Decided<'m> {
    machine: &'m Machine,
    picks: std::vec::IntoIter<Option<usize>>,
    chosen: Vec<(String, Value)>,
    silent: bool,
}

impl<'m> Decided<'m> {
    fn new(machine: &'m Machine, words: &[&str]) -> Self {
        let picks = words.iter().filter_map(|word| word.strip_prefix('?')).filter(|word| *word != "silent");
        let chosen = words.iter().filter_map(|word| word.strip_prefix('~')?.split_once('='));
        Self {
            machine,
            picks: picks.map(|word| word.parse().ok()).collect::<Vec<_>>().into_iter(),
            chosen: chosen.map(|(name, text)| (name.to_owned(), value(text))).collect(),
            silent: words.contains(&"?silent"),
        }
    }
}

impl Resolve for Decided<'_> {
    fn pick(&mut self, _: Point, _: usize) -> Option<usize> {
        self.picks.next().unwrap_or(Some(0))
    }

    fn chosen(&mut self, output: OutputId, field: u16) -> Option<Value> {
        let output = &self.machine.model().outputs[usize::from(output)];
        let name = format!("{}.{}", output.name, output.fields[usize::from(field)].name);
        let index = self.chosen.iter().position(|(chosen, _)| *chosen == name)?;
        Some(self.chosen.remove(index).1)
    }

    fn silent(&mut self, _: ElementId) -> bool {
        self.silent
    }
}
