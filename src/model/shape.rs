//! Which statement may stand in which block, and with which outcome.

use super::builder::Builder;
use super::element::keyword_span;
use crate::diagnostic::codes;
use crate::syntax::tree::{FlowKind, Outcome, OutcomeKind, Statement, StatementKind as Is};

/// What a block belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    File,
    Flow,
    Type,
    Record,
    Output,
    Capability,
    CapabilityRule,
    Start,
    StartBranch,
    Part,
    Stub,
    Anywhere,
    Step,
    Limit,
    Handler,
    Branch,
    Asked,
    Either,
    Alternative,
    After,
    Scenario,
    ScenarioRow,
    Journey,
    Run,
    /// A block for notes alone.
    Notes,
}

const BLOCKS: [(Block, &str); 24] = [
    (Block::File, "at the top of a file"),
    (Block::Flow, "in a flow"),
    (Block::Type, "in a type"),
    (Block::Record, "in a record"),
    (Block::Output, "in an output"),
    (Block::Capability, "in a capability"),
    (Block::CapabilityRule, "in a rule of a capability"),
    (Block::Start, "in `start`"),
    (Block::StartBranch, "in a branch of `start`"),
    (Block::Part, "in a part"),
    (Block::Stub, "in a stub"),
    (Block::Anywhere, "in `anywhere`"),
    (Block::Step, "in a step"),
    (Block::Limit, "in a limit"),
    (Block::Handler, "in `on`"),
    (Block::Branch, "in a branch"),
    (Block::Asked, "in an answer"),
    (Block::Either, "in `either`"),
    (Block::Alternative, "in an alternative"),
    (Block::After, "in `after`"),
    (Block::Scenario, "in a scenario"),
    (Block::ScenarioRow, "in a row of a scenario"),
    (Block::Journey, "in a scenario outside of flows"),
    (Block::Run, "in `run`"),
];

impl Block {
    fn phrase(self) -> &'static str {
        BLOCKS.iter().find(|(block, _)| *block == self).map_or("here", |(_, phrase)| phrase)
    }

    fn takes(self, kind: &Is) -> bool {
        match self {
            Self::File => {
                is_declaration(kind)
                    || matches!(
                        kind,
                        Is::Language { .. }
                            | Is::Facts { .. }
                            | Is::Use { .. }
                            | Is::Default { .. }
                            | Is::Flow { .. }
                            | Is::Scenario
                    )
            }
            Self::Flow => is_flow_level(kind),
            Self::Type => matches!(
                kind,
                Is::Member { .. }
                    | Is::Others { .. }
                    | Is::Length { .. }
                    | Is::Range { .. }
                    | Is::MultipleOf { .. }
                    | Is::MatchesCheck { .. }
                    | Is::MatchesPattern { .. }
                    | Is::Field(_)
            ),
            Self::Record => matches!(kind, Is::Field(_) | Is::Capability { .. }),
            Self::Output => matches!(kind, Is::Field(_)),
            Self::Capability => is_branch(kind),
            Self::Start => is_action(kind) || is_branch(kind),
            Self::StartBranch => is_action(kind),
            Self::Part => matches!(
                kind,
                Is::Start
                    | Is::Given(_)
                    | Is::Remember(_)
                    | Is::Row { .. }
                    | Is::Limit(_)
                    | Is::Step { .. }
                    | Is::End { .. }
            ),
            Self::Stub => matches!(kind, Is::Given(_) | Is::End { .. }),
            Self::Anywhere => matches!(kind, Is::On { .. }),
            Self::Step => matches!(kind, Is::On { .. } | Is::After(_) | Is::Call { .. }),
            Self::Handler => {
                is_action(kind)
                    || is_branch(kind)
                    || matches!(kind, Is::Field(_) | Is::Check { .. } | Is::RefuseWhen { .. })
            }
            Self::Branch => is_action(kind) || matches!(kind, Is::Check { .. }),
            Self::Asked => is_action(kind) || is_branch(kind) || matches!(kind, Is::Field(_)),
            Self::Limit | Self::Either | Self::Alternative | Self::After => is_action(kind),
            Self::Scenario => matches!(
                kind,
                Is::Do { .. }
                    | Is::Answer { .. }
                    | Is::Wait { .. }
                    | Is::May { .. }
                    | Is::Row { .. }
                    | Is::Given(_)
            ),
            Self::Journey => matches!(kind, Is::Row { .. } | Is::Run { .. }),
            Self::Run => {
                matches!(kind, Is::Do { .. } | Is::Answer { .. } | Is::Wait { .. } | Is::May { .. })
            }
            Self::ScenarioRow => matches!(kind, Is::Set { .. }),
            Self::CapabilityRule | Self::Notes => false,
        }
    }
}

fn is_declaration(kind: &Is) -> bool {
    matches!(
        kind,
        Is::Type { .. }
            | Is::Record(_)
            | Is::Reason { .. }
            | Is::Actor { .. }
            | Is::Output { .. }
            | Is::Choice { .. }
    )
}

fn is_flow_level(kind: &Is) -> bool {
    matches!(
        kind,
        Is::Start
            | Is::Given(_)
            | Is::Remember(_)
            | Is::Row { .. }
            | Is::Require { .. }
            | Is::Limit(_)
            | Is::Step { .. }
            | Is::End { .. }
            | Is::Choice { .. }
            | Is::After(_)
            | Is::Capability { .. }
            | Is::Never { .. }
            | Is::Always { .. }
            | Is::Follow(_)
            | Is::Indistinguishable(_)
            | Is::Scenario
            | Is::Checklist { .. }
            | Is::Anywhere
    )
}

fn is_action(kind: &Is) -> bool {
    matches!(
        kind,
        Is::Set { .. } | Is::Count { .. } | Is::Uncount { .. } | Is::Reset { .. } | Is::Send { .. }
    )
}

fn is_branch(kind: &Is) -> bool {
    matches!(kind, Is::When { .. } | Is::Otherwise)
}

impl<'a> Builder<'a> {
    /// Holds the statements of a file against where they may stand, flows and declarations only as wholes.
    pub(super) fn check_file_shape(&mut self) {
        for statement in &self.program.files[self.file].tree.statements {
            if !is_declaration(&statement.kind) && !matches!(statement.kind, Is::Flow { .. }) {
                self.check_in(statement, Block::File, None);
            }
        }
    }

    /// Holds a declaration or a flow, and all in it, against where statements may stand.
    pub(super) fn check_shape(&mut self, statement: &'a Statement) {
        self.check_in(statement, Block::File, None);
    }

    fn check_in(&mut self, statement: &'a Statement, block: Block, parent: Option<&'a Statement>) {
        if matches!(statement.kind, Is::Note { .. } | Is::Contact { .. } | Is::Link { .. } | Is::Allow { .. })
        {
            return self.check_outcome(statement, &[]);
        }
        if statement.kind == Is::Unreadable {
            self.excuse(statement);
            return;
        }
        let asked =
            matches!(parent, Some(parent) if outcome_is(parent, |kind| matches!(kind, OutcomeKind::Ask(_))));
        let either =
            matches!(parent, Some(parent) if outcome_is(parent, |kind| matches!(kind, OutcomeKind::Either)));
        let fits = block.takes(&statement.kind)
            || asked && matches!(statement.kind, Is::On { .. })
            || either && statement.kind == Is::Alternative;
        if !fits {
            return self.misplaced(statement, block);
        }
        let block = if asked && matches!(statement.kind, Is::On { .. }) { Block::Asked } else { block };
        let inner = inner_block(statement, block);
        self.check_outcome(statement, allowed(statement, block));
        for child in statement.children() {
            self.check_in(child, inner, Some(statement));
        }
    }

    fn misplaced(&mut self, statement: &Statement, block: Block) {
        let span = keyword_span(statement, self.text(statement.head));
        let keyword = self.text(span);
        let finding =
            self.finding(codes::MISPLACED, span, format!("`{keyword}` cannot stand {}", block.phrase()));
        let places: Vec<&str> = BLOCKS
            .iter()
            .filter(|(block, _)| block.takes(&statement.kind))
            .map(|(_, phrase)| *phrase)
            .collect();
        let finding = if statement.kind == Is::Alternative {
            finding.help(format!(
                "an outcome stands in the line of what comes to it: `on EVENT {keyword} …`, `when CONDITION {keyword} …` or \
                 `otherwise {keyword} …`"
            ))
        } else if places.is_empty() {
            finding
        } else {
            finding.help(format!("it stands {}", places.join(", ")))
        };
        self.report(finding);
        self.excuse(statement);
    }

    fn check_outcome(&mut self, statement: &Statement, allowed: &[&str]) {
        let Some(outcome) = &statement.outcome else { return };
        let word = outcome_word(outcome);
        if allowed.contains(&word) {
            if let OutcomeKind::Refuse { hold: Some(hold), .. } = &outcome.kind
                && !matches!(statement.kind, Is::Limit(_))
            {
                let finding =
                    self.finding(codes::MISPLACED, hold.span, "only a limit holds its key for a time");
                self.report(finding.help("write `for` where the limit is declared"));
            }
            return;
        }
        let span = keyword_span(statement, self.text(statement.head));
        let keyword = self.text(span);
        let finding =
            self.finding(codes::MISPLACED, outcome.span, format!("`{keyword}` cannot come to `{word}` here"));
        let finding = match allowed {
            [] => finding.help(format!("leave `{word}` out")),
            _ => finding.help(format!(
                "it may be {}",
                allowed.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
            )),
        };
        self.report(finding);
        self.gap(statement.span);
    }
}

fn outcome_is(statement: &Statement, test: impl Fn(&OutcomeKind) -> bool) -> bool {
    statement.outcome.as_ref().is_some_and(|outcome| test(&outcome.kind))
}

fn outcome_word(outcome: &Outcome) -> &'static str {
    match outcome.kind {
        OutcomeKind::To(_) => "->",
        OutcomeKind::Stay => "stay",
        OutcomeKind::Restart => "restart",
        OutcomeKind::Resume => "resume",
        OutcomeKind::Refuse { .. } => "refuse",
        OutcomeKind::Ask(_) => "ask",
        OutcomeKind::Either => "either",
        OutcomeKind::Silent => "silent",
        OutcomeKind::Allow => "allow",
        OutcomeKind::Deny(_) => "deny",
        OutcomeKind::Unstated => "unstated",
    }
}

/// The outcomes that a statement may have where it stands.
fn allowed(statement: &Statement, block: Block) -> &'static [&'static str] {
    const PERMISSION: &[&str] = &["allow", "deny", "unstated"];
    const EXPECTED: &[&str] = &["->", "stay", "restart", "resume", "refuse", "silent"];
    match (&statement.kind, block) {
        (
            Is::On { .. } | Is::When { .. } | Is::Otherwise,
            Block::Handler | Block::Branch | Block::Step | Block::Anywhere,
        ) => &["->", "stay", "restart", "resume", "refuse", "ask", "either", "silent"],
        (Is::On { .. } | Is::When { .. } | Is::Otherwise, Block::Asked) => {
            &["->", "stay", "restart", "resume", "refuse", "either", "silent"]
        }
        (Is::When { .. } | Is::Otherwise, Block::Capability) => PERMISSION,
        (Is::When { .. } | Is::Otherwise, Block::Start) | (Is::Start, _) => &["->"],
        (Is::End { .. }, Block::Part | Block::Stub) => &["silent"],
        (Is::Require { .. }, _) => &["refuse"],
        (Is::Limit(_), _) => &["refuse", "->", "silent"],
        (Is::After(_), _) => &["->", "stay", "restart", "resume", "either", "silent"],
        (Is::Alternative, _) => &["->", "stay", "restart", "resume", "refuse", "silent"],
        (Is::Default { subject }, _) => {
            use crate::syntax::tree::DefaultSubject as Subject;
            match subject {
                Subject::Unlisted => &["refuse", "silent"],
                Subject::Missing | Subject::Invalid => &["refuse"],
                Subject::Waiting => &["stay", "silent"],
                Subject::OrderStrict => &[],
            }
        }
        (Is::Scenario, Block::File) => &[],
        (Is::Run { .. }, _) => &["refuse"],
        (Is::Scenario | Is::Do { .. } | Is::Answer { .. } | Is::Wait { .. }, _) => EXPECTED,
        (Is::May { .. }, _) => PERMISSION,
        _ => &[],
    }
}

/// What the block of a statement belongs to.
fn inner_block(statement: &Statement, outer: Block) -> Block {
    match (&statement.kind, outer) {
        (Is::Flow { kind: FlowKind::Part, .. }, _) => Block::Part,
        (Is::Flow { kind: FlowKind::Stub, .. }, _) => Block::Stub,
        (Is::Flow { .. }, _) => Block::Flow,
        (Is::Type { .. }, _) => Block::Type,
        (Is::Record(_), _) => Block::Record,
        (Is::Output { .. }, _) => Block::Output,
        (Is::Capability { .. }, _) => Block::Capability,
        (Is::When { .. } | Is::Otherwise, Block::Capability) => Block::CapabilityRule,
        (Is::When { .. } | Is::Otherwise, Block::Start) => Block::StartBranch,
        (Is::When { .. } | Is::Otherwise, _) => Block::Branch,
        (Is::Start, _) => Block::Start,
        (Is::Step { .. }, _) => Block::Step,
        (Is::Limit(_), _) => Block::Limit,
        (Is::Anywhere, _) => Block::Anywhere,
        (Is::On { .. }, Block::Step | Block::Anywhere) => Block::Handler,
        (Is::On { .. }, _) => Block::Asked,
        (Is::Alternative, _) => Block::Alternative,
        (Is::After(_), _) => Block::After,
        (Is::Scenario, Block::File) => Block::Journey,
        (Is::Scenario, _) => Block::Scenario,
        (Is::Run { .. }, _) => Block::Run,
        (Is::Row { .. }, Block::Scenario | Block::Journey) => Block::ScenarioRow,
        _ => Block::Notes,
    }
}
