//! Warnings that an author silences with a reason, and silences that silence nothing.
//!
//! `allow F0330 "because …"` keeps a warning quiet within the block that it stands in, its head included; at the level
//! of a file, in all of it. It is said of a place and not of a run, so nothing outside the specs can hide what is in them.

use crate::diagnostic::{Code, Diagnostic, Severity, codes};
use crate::source::{Location, SourceId, Span};
use crate::syntax::Tree;
use crate::syntax::tree::{Statement, StatementKind};

/// `allow F0330 "because …"`.
struct Silence<'t> {
    statement: &'t Statement,
    source: SourceId,
    code: &'t str,
    /// Where it holds; everywhere in the file, if it stands in no block.
    within: Option<Span>,
}

/// Takes away what is silenced, and says which silences do nothing; the trees stand in the order of their sources.
pub fn silence(trees: &[&Tree], findings: &mut Vec<Diagnostic>) {
    let mut silences = Vec::new();
    for (source, tree) in (0..).map(SourceId).zip(trees) {
        collect(source, None, &tree.statements, &mut silences);
    }
    if silences.is_empty() {
        return;
    }
    let mut told = Vec::new();
    for silence in &silences {
        let before = findings.len();
        match silence.mistake() {
            Some(mistake) => told.push(mistake),
            None => {
                findings.retain(|finding| !silence.covers(finding));
                if findings.len() == before {
                    told.push(silence.useless());
                }
            }
        }
    }
    findings.extend(told);
}

fn collect<'t>(
    source: SourceId,
    within: Option<Span>,
    statements: &'t [Statement],
    silences: &mut Vec<Silence<'t>>,
) {
    for statement in statements {
        if let StatementKind::Allow { code } = &statement.kind {
            silences.push(Silence { statement, source, code: code.as_str(), within });
        }
        collect(source, Some(statement.span), statement.children(), silences);
    }
}

impl Silence<'_> {
    fn location(&self, span: Span) -> Location {
        Location { source: self.source, span }
    }

    fn covers(&self, finding: &Diagnostic) -> bool {
        let place = finding.primary.location;
        finding.code.id() == self.code
            && place.source == self.source
            && self.within.is_none_or(|whole| whole.start <= place.span.start && place.span.end <= whole.end)
    }

    /// What keeps it from being one.
    fn mistake(&self) -> Option<Diagnostic> {
        let at = self.location(self.statement.head);
        let whole = self.location(self.statement.span);
        let finding = |message: String| Diagnostic::new(codes::NOT_SILENCED, at, message);
        match Code::find(self.code) {
            None => Some(finding(format!("there is no finding `{}`", self.code)).mend(
                "leave the line out",
                whole,
                "",
            )),
            Some(code) if code.severity() == Severity::Error => Some(
                finding(format!("`{}` is an error, and errors cannot be silenced", self.code))
                    .note(format!("{}: what has it cannot be built", code.title().to_lowercase()))
                    .mend("leave the line out, and mend what is wrong", whole, ""),
            ),
            Some(_) if self.statement.texts.iter().all(|text| text.value.value.trim().is_empty()) => {
                let end = Span { start: at.span.end, end: at.span.end };
                Some(
                    finding("a warning is silenced with a reason".into())
                        .note("who reads this later must know why nothing is wrong here")
                        .mend("say why", self.location(end), " \"because …\""),
                )
            }
            Some(_) => None,
        }
    }

    fn useless(&self) -> Diagnostic {
        let (at, whole) = (self.location(self.statement.head), self.location(self.statement.span));
        let scope = if self.within.is_some() { "in this block" } else { "in this file" };
        Diagnostic::new(codes::USELESS_SILENCE, at, "this silences nothing")
            .here(format!("`{}` is not found {scope}", self.code))
            .note("left behind, it would hide the next one that is found here")
            .mend("leave it out", whole, "")
    }
}
