//! The first statement of a file: which version of the language it is written in.

use super::findings::Findings;
use super::tree::{Statement, StatementKind, Tree};
use crate::diagnostic::{Diagnostic, codes};

/// Reports a file that does not begin with `language 1`.
pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    let finding = match tree.statements.first() {
        Some(Statement { kind: StatementKind::Language { version: 1 }, .. }) => return,
        Some(Statement { kind: StatementKind::Language { version }, head, .. }) => {
            let place = findings.location(head.start as usize, head.end as usize);
            Diagnostic::new(
                codes::UNKNOWN_VERSION,
                place,
                format!("there is no version {version} of the language"),
            )
            .mend("say the version that this file is written in", place, "language 1")
        }
        first => {
            let (start, end) =
                first.map_or((0, 0), |first| (first.head.start as usize, first.head.end as usize));
            let beginning = findings.location(0, 0);
            Diagnostic::new(
                codes::MISSING_LANGUAGE,
                findings.location(start, end),
                "the file does not say its language",
            )
            .mend("begin it with `language 1`", beginning, "language 1\n")
        }
    };
    findings.add(finding);
}
