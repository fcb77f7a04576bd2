//! Statements of a function body, and how they are printed.

use super::layout::Code;

/// A statement.
#[derive(Debug, Clone)]
pub(super) enum Statement {
    /// Code on lines of its own.
    Line(Code),
    /// A comment.
    Comment(String),
    /// `head {`, statements, and perhaps `} else {` and more of them; then what stands behind the last brace.
    Block(Vec<(Code, Vec<Statement>)>, &'static str),
}

impl Statement {
    /// A line.
    pub(super) fn line(code: impl Into<Code>) -> Self {
        Self::Line(code.into())
    }

    /// A block without an `else`.
    pub(super) fn block(head: impl Into<Code>, body: Vec<Self>) -> Self {
        Self::Block(vec![(head.into(), body)], "")
    }

    /// `if condition {`.
    pub(super) fn when(condition: Code, body: Vec<Self>) -> Self {
        Self::block(Code::condition("if ", condition), body)
    }
}

/// Decides what is moved and what is cloned, from the last statement to the first.
pub(super) fn settle(statements: &mut [Statement], later: &mut Vec<String>) {
    for statement in statements.iter_mut().rev() {
        match statement {
            Statement::Line(code) => code.settle(later),
            Statement::Comment(_) => {}
            Statement::Block(parts, _) => {
                let after = later.clone();
                for (head, body) in parts.iter_mut().rev() {
                    // After a block that returns, nothing is read; and of several blocks only one is run.
                    let mut inner = if returns(body) { Vec::new() } else { after.clone() };
                    settle(body, &mut inner);
                    head.settle(&mut inner);
                    later.append(&mut inner);
                }
            }
        }
    }
}

fn returns(body: &[Statement]) -> bool {
    matches!(body.last(), Some(Statement::Line(code)) if code.starts_with("return "))
}

/// Whether code reads a field or calls a method of a local.
pub(super) fn uses(statements: &[Statement], local: &str) -> bool {
    let code = print(statements, 0);
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let place = format!("{local}.");
    lines.into_iter().any(|line| {
        line.match_indices(&place).any(|(at, _)| {
            !line[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
        })
    })
}

/// Statements as lines, so many levels in.
pub(super) fn print(statements: &[Statement], level: usize) -> String {
    let mut out = String::new();
    let indent = " ".repeat(level * 4);
    for statement in statements {
        match statement {
            Statement::Line(code) => out.extend([&indent, code.print(level * 4).as_str(), "\n"]),
            Statement::Comment(text) => out.extend([&indent, "// ", text.as_str(), "\n"]),
            Statement::Block(parts, end) => {
                for (index, (head, body)) in parts.iter().enumerate() {
                    let lead = if index == 0 { "" } else { "} " };
                    out.extend([&indent, lead, head.print(level * 4 + lead.len()).as_str(), "\n"]);
                    out.push_str(&print(body, level + 1));
                }
                out.extend([&indent, "}", end, "\n"]);
            }
        }
    }
    out
}
