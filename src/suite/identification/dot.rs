//! A Mealy machine from DOT, in the dialects of AALpy, AutomataLib and LearnLib: `s0 -> s1 [label="in / out"]`, and
//! `__start0 -> s0` where the machine begins, wherever that stands.

use std::collections::BTreeMap;

use super::mealy::{Mealy, Symbol};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{Location, Source, SourceId, Span};

/// A machine that was read, with the names of its inputs and outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The machine; it begins in state 0.
    pub machine: Mealy,
    /// The states.
    pub states: Vec<String>,
    /// The inputs.
    pub inputs: Vec<String>,
    /// The outputs.
    pub outputs: Vec<String>,
}

/// An edge as it was written.
struct Edge {
    from: usize,
    to: usize,
    input: Symbol,
    output: Symbol,
    span: Span,
}

/// Reads a machine.
///
/// # Errors
/// The first thing that keeps the text from being a complete, deterministic Mealy machine.
pub fn read(source: &Source, id: SourceId) -> Result<Read, Box<Diagnostic>> {
    let text = source.text.as_str();
    let place = |span: Span| Location { source: id, span };
    let whole = |code, message: String| Box::new(Diagnostic::new(code, place(Span::new(0, 0)), message));
    let tokens = tokens(text).map_err(|at| {
        Box::new(Diagnostic::new(codes::NOT_DOT, place(Span::new(at, at)), "this is no DOT"))
    })?;
    let mut names = Names::default();
    let (mut inputs, mut outputs) = (Names::default(), Names::default());
    let mut edges: Vec<Edge> = Vec::new();
    let mut start = None;
    for statement in statements(&tokens) {
        let [from, Token { kind: Kind::Arrow, .. }, to, rest @ ..] = statement else {
            // A state may be named before it has an edge; the first one named is the first one there is.
            if let [Token { kind: Kind::Word(name), .. }, rest @ ..] = statement
                && matches!(rest.first(), None | Some(Token { kind: Kind::Open, .. }))
                && !matches!(name.as_str(), "graph" | "node" | "edge")
                && !name.starts_with("__start")
            {
                names.of(name);
            }
            continue;
        };
        let (Kind::Word(from_name), Kind::Word(to_name)) = (&from.kind, &to.kind) else { continue };
        if from_name.starts_with("__start") {
            start = Some(names.of(to_name));
            continue;
        }
        let span = Span::new(from.at, to.end);
        let label = label(rest);
        let Some((input, output)) = label.as_deref().and_then(|label| label.split_once('/')) else {
            let message = format!("the edge from `{from_name}` to `{to_name}` has no label `input/output`");
            return Err(Box::new(
                Diagnostic::new(codes::NO_OUTPUT, place(span), message)
                    .note("only Mealy machines are read: every edge shows an output"),
            ));
        };
        let edge = Edge {
            from: names.of(from_name),
            to: names.of(to_name),
            input: inputs.symbol(input.trim()),
            output: outputs.symbol(output.trim()),
            span,
        };
        edges.push(edge);
    }
    if edges.is_empty() {
        return Err(whole(codes::NOT_DOT, "there is no edge".to_owned()));
    }
    let states = names.list.len();
    let width = inputs.list.len();
    let start = start.unwrap_or_else(|| first_state(&names));
    let number = |state: usize| (state + states - start) % states;
    let mut table = vec![None; states * width];
    for edge in &edges {
        let cell = &mut table[number(edge.from) * width + usize::from(edge.input)];
        let goes = (edge.output, number(edge.to) as u32);
        if cell.is_some_and(|known| known != goes) {
            let (state, input) = (&names.list[edge.from], &inputs.list[usize::from(edge.input)]);
            let message = format!("`{input}` leads from `{state}` to more than one place");
            return Err(Box::new(Diagnostic::new(codes::NONDETERMINISTIC, place(edge.span), message)));
        }
        *cell = Some(goes);
    }
    if let Some(hole) = table.iter().position(Option::is_none) {
        let (state, input) = (&names.list[(hole / width + start) % states], &inputs.list[hole % width]);
        let message = format!("nothing is said of `{input}` in `{state}`");
        return Err(whole(codes::PARTIAL, message));
    }
    let table = table.into_iter().flatten().collect();
    let Some(machine) = Mealy::new(width, table) else {
        return Err(whole(codes::NOT_DOT, "there is no state".to_owned()));
    };
    let states = (0..states).map(|at| names.list[(at + start) % states].clone()).collect();
    Ok(Read { machine, states, inputs: inputs.list, outputs: outputs.list })
}

/// Where no beginning is marked: `s0` or `0`, or else the first state that is named.
fn first_state(names: &Names) -> usize {
    names.list.iter().position(|name| name == "s0" || name == "0").unwrap_or(0)
}

/// Names in the order in which they are first used.
#[derive(Default)]
struct Names {
    list: Vec<String>,
    known: BTreeMap<String, usize>,
}

impl Names {
    fn of(&mut self, name: &str) -> usize {
        *self.known.entry(name.to_owned()).or_insert_with(|| {
            self.list.push(name.to_owned());
            self.list.len() - 1
        })
    }

    fn symbol(&mut self, name: &str) -> Symbol {
        Symbol::try_from(self.of(name)).unwrap_or(Symbol::MAX)
    }
}

struct Token {
    kind: Kind,
    at: usize,
    end: usize,
}

enum Kind {
    Word(String),
    Arrow,
    Open,
    Close,
    Equals,
    /// A semicolon, a comma, a brace or the end of a line.
    Stop,
}

/// Cuts a text into tokens.
///
/// # Errors
/// The place of a string, a comment or a table that does not end.
fn tokens(text: &str) -> Result<Vec<Token>, usize> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        let rest = &text[at..];
        let (length, kind) = match next {
            '\n' | ';' | ',' | '{' | '}' => (1, Some(Kind::Stop)),
            '[' => (1, Some(Kind::Open)),
            ']' => (1, Some(Kind::Close)),
            '=' => (1, Some(Kind::Equals)),
            _ if next.is_whitespace() => (next.len_utf8(), None),
            '#' => (line(rest), None),
            _ if rest.starts_with("//") => (line(rest), None),
            _ if rest.starts_with("/*") => (rest.find("*/").ok_or(at)? + 2, None),
            _ if rest.starts_with("->") => (2, Some(Kind::Arrow)),
            '"' => {
                let (length, text) = quoted(rest).ok_or(at)?;
                (length, Some(Kind::Word(text)))
            }
            '<' => {
                let length = table(rest).ok_or(at)?;
                (length, Some(Kind::Word(cells(&rest[..length]))))
            }
            _ => {
                let ends = |c: char| c.is_whitespace() || "[]{};,=\"".contains(c);
                let length = rest.find(ends).unwrap_or(rest.len());
                let length = rest[..length].find("->").filter(|found| *found > 0).unwrap_or(length);
                (
                    length.max(next.len_utf8()),
                    Some(Kind::Word(rest[..length.max(next.len_utf8())].to_owned())),
                )
            }
        };
        tokens.extend(kind.map(|kind| Token { kind, at, end: at + length }));
        at += length;
    }
    Ok(tokens)
}

/// The text from here to the end of the line.
fn line(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// A quoted text, and how long it is as it stands there.
fn quoted(rest: &str) -> Option<(usize, String)> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((at + 1, text)),
            '\\' => text.extend(characters.next().map(|(_, escaped)| escaped)),
            other => text.push(other),
        }
    }
    None
}

/// How long an HTML label is.
fn table(rest: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, character) in rest.char_indices() {
        match character {
            '<' => depth += 1,
            '>' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// The text of an HTML label, its cells one after another.
fn cells(label: &str) -> String {
    let mut text = String::new();
    let mut depth = 0;
    for character in label.chars() {
        match character {
            '<' => depth += 1,
            '>' => depth -= 1,
            other if depth <= 1 => text.push(other),
            _ => {}
        }
    }
    text
}

/// The statements: what stands between stops outside brackets.
fn statements(tokens: &[Token]) -> Vec<&[Token]> {
    let (mut statements, mut from, mut open) = (Vec::new(), 0, false);
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open => open = true,
            Kind::Close => open = false,
            Kind::Stop if !open => {
                statements.push(&tokens[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    statements.push(&tokens[from..]);
    statements.retain(|statement| !statement.is_empty());
    statements
}

/// The label among the attributes.
fn label(tokens: &[Token]) -> Option<String> {
    tokens.windows(3).find_map(|window| match window {
        [
            Token { kind: Kind::Word(name), .. },
            Token { kind: Kind::Equals, .. },
            Token { kind: Kind::Word(value), .. },
        ] if name == "label" => Some(value.clone()),
        _ => None,
    })
}
