//! Checklists: one step with an event for each task, and a remembered mark for each that is ticked.
//!
//! What stands here becomes statements of the core before anything else looks at the flow. Everything that is made has
//! the place of the task or the checklist that it was made of.

use std::collections::HashMap;

use super::program::{DeclaredId, Found, Program, Space};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{Location, Span};
use crate::syntax::tree::{
    CompareOperator, Declaration, Expression, ExpressionKind, Mark, Name, Outcome, OutcomeKind, Path,
    Statement, StatementKind as Is, Task, TypeKind, TypeReference,
};

/// The parts that have checklists, with these unfolded.
pub(super) fn parts(program: &Program, findings: &mut Vec<Diagnostic>) -> HashMap<DeclaredId, Statement> {
    let declared = program.files.iter().flat_map(|file| &file.declared);
    let parts = declared.filter(|(space, _)| *space == Space::Part);
    parts
        .filter_map(|(_, part)| Some((part.id(), unfold(program, part.file, part.statement, findings)?)))
        .collect()
}

/// The flow or part with its checklists unfolded; none where it has none.
pub(super) fn unfold(
    program: &Program,
    file: usize,
    flow: &Statement,
    findings: &mut Vec<Diagnostic>,
) -> Option<Statement> {
    if !has_checklist(flow) {
        return None;
    }
    let mut unfolded = flow.clone();
    let mut block = Vec::new();
    for child in flow.children() {
        match &child.kind {
            Is::Checklist { name } => {
                Unfolding { program, file, flow, findings }.checklist(child, name, &mut block)
            }
            _ => block.push(child.clone()),
        }
    }
    unfolded.block = Some(block);
    Some(unfolded)
}

/// Whether a flow or part has a checklist.
pub(super) fn has_checklist(flow: &Statement) -> bool {
    flow.children().iter().any(|child| matches!(child.kind, Is::Checklist { .. }))
}

struct Unfolding<'u, 'p> {
    program: &'u Program<'p>,
    file: usize,
    flow: &'u Statement,
    findings: &'u mut Vec<Diagnostic>,
}

/// A task with what ticking it is made of.
struct Item<'t> {
    statement: &'t Statement,
    task: &'t Task,
    each: Option<Each>,
}

/// The list whose members are ticked one by one.
struct Each {
    list: Path,
    /// What a member is.
    of: TypeReference,
    /// The members that have a name; others may be ticked and are not waited for.
    members: Vec<Name>,
    /// Whether there are others.
    open: bool,
}

impl Unfolding<'_, '_> {
    fn checklist(&mut self, statement: &Statement, name: &Name, block: &mut Vec<Statement>) {
        let tasks = statement.children().iter().filter_map(|child| match &child.kind {
            Is::Task(task) => Some((child, &**task)),
            _ => None,
        });
        let mut items = Vec::new();
        for (child, task) in tasks {
            let each = task.for_each.as_ref().and_then(|list| self.each(list));
            items.push(Item { statement: child, task, each });
        }
        for item in &items {
            self.check_needs(item, &items);
        }
        if items.iter().all(|item| item.task.optional) {
            let finding =
                self.finding(codes::NOTHING_TO_DO, name.span, "this checklist has no task that must be done");
            self.findings.push(
                finding
                    .note("it would never be complete")
                    .help("write its tasks, one of them not `optional`"),
            );
        }
        if statement.outcome.is_none() {
            let finding = self.finding(
                codes::NO_OUTCOME,
                statement.head,
                "this does not say what follows when all is done",
            );
            self.findings.push(finding.help(format!("write where it goes: `checklist {name} -> STEP`")));
        }
        for item in &items {
            block.extend(ticks(item).into_iter().map(|tick| remember(item, tick)));
        }
        let mut step = Statement { kind: Is::Step { name: name.clone(), like: None }, ..statement.clone() };
        step.outcome = None;
        let others = statement.children().iter().filter(|child| !matches!(child.kind, Is::Task(_)));
        let events = items.iter().map(|item| event(item, &items, statement));
        step.block = Some(events.chain(others.cloned()).collect());
        block.push(step);
    }

    fn check_needs(&mut self, item: &Item, items: &[Item]) {
        for needed in &item.task.needs {
            if items.iter().all(|other| other.task.name.text != needed.text) {
                let at = self.at(needed.span);
                let message = format!("there is no task named `{needed}` in this checklist");
                let known = items.iter().map(|item| item.task.name.as_str());
                let finding = Diagnostic::new(codes::UNKNOWN_NAME, at, message);
                let known = super::names::Candidates::new(known);
                self.findings.push(super::names::suggest(finding, needed, at, known));
            }
        }
    }

    /// What is given or remembered under the name of a list, with the named members of its type.
    fn each(&mut self, list: &Path) -> Option<Each> {
        let declared = self.flow.children().iter().find_map(|child| match &child.kind {
            Is::Given(declaration) | Is::Remember(declaration) if declaration.name.text == list.text => {
                Some(declaration)
            }
            _ => None,
        });
        let Some(TypeKind::Set { of }) = declared.map(|declaration| &declaration.of.kind) else {
            let message = format!("`{list}` is no set that is given or remembered");
            let finding = self.finding(codes::UNKNOWN_NAME, list.span, message);
            self.findings.push(finding.help(format!("declare it: `given {list}: set of TYPE`")));
            return None;
        };
        let (members, open) = self.members(of);
        Some(Each { list: list.clone(), of: (**of).clone(), members, open })
    }

    /// The members of a type that have names, and whether there are others.
    fn members(&self, of: &TypeReference) -> (Vec<Name>, bool) {
        let TypeKind::Named { name, .. } = &of.kind else { return (Vec::new(), false) };
        let Found::Declared(declared) = self.program.find(self.file, Space::Type, name.as_str()) else {
            let first = Some(name).filter(|name| name.as_str() != "word");
            return (first.into_iter().chain(&of.words).cloned().collect(), false);
        };
        let open = declared.statement.children().iter().any(|child| matches!(child.kind, Is::Others { .. }));
        let members = declared.statement.children().iter().filter_map(|child| match &child.kind {
            Is::Member { name } => Some(name.clone()),
            _ => None,
        });
        (members.collect(), open)
    }

    fn at(&self, span: Span) -> Location {
        Location { source: self.program.files[self.file].id, span }
    }

    fn finding(&self, code: crate::diagnostic::Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, self.at(span), message)
    }
}

/// What is remembered of a task: a mark for itself, or one for each member of its list.
fn ticks(item: &Item) -> Vec<Name> {
    let task = &item.task.name;
    let named = |text: String| Name { text: text.into(), span: task.span };
    match &item.each {
        None => vec![named(format!("done/{task}"))],
        Some(each) => each.members.iter().map(|member| named(format!("done/{task}/{member}"))).collect(),
    }
}

fn remember(item: &Item, tick: Name) -> Statement {
    let span = item.task.name.span;
    let kind = Is::Remember(Box::new(Declaration {
        name: tick,
        optional: false,
        of: TypeReference {
            span,
            kind: TypeKind::Named { name: Name { text: "bool".into(), span }, currency: None },
            secret: false,
            words: Box::default(),
        },
        default: Some(Box::new(Expression { span, kind: ExpressionKind::Boolean(false) })),
        when: None,
        chosen: false,
        fixed: false,
    }));
    Statement { kind, outcome: None, block: None, ..item.statement.clone() }
}

/// The event of a task.
fn event(item: &Item, items: &[Item], checklist: &Statement) -> Statement {
    let mut block = Vec::new();
    let span = item.task.name.span;
    let own: Vec<&Statement> = item.statement.children().iter().collect();
    let is_note = |child: &&&Statement| {
        matches!(
            child.kind,
            Is::Note { .. } | Is::Contact { .. } | Is::Link { .. } | Is::Allow { .. } | Is::Field(_)
        )
    };
    block.extend(own.iter().filter(is_note).map(|child| (*child).clone()));
    let actions: Vec<Statement> =
        own.iter().filter(|child| !is_note(child)).map(|child| (*child).clone()).collect();
    if let Some(each) = &item.each {
        block.push(member_field(item, each));
        let outside = not(Expression {
            span,
            kind: ExpressionKind::In {
                item: Box::new(read("member", span)),
                list: Box::new(Expression { span, kind: ExpressionKind::Path(each.list.clone()) }),
            },
        });
        block.push(refuse(item, "unexpected".into(), outside));
    }
    for needed in &item.task.needs {
        if let Some(other) = items.iter().find(|other| other.task.name.text == needed.text) {
            let reason = format!("needs:{needed}");
            block.push(refuse(item, reason, not(done(other, None, span))));
        }
    }
    for (index, tick) in ticks(item).into_iter().enumerate() {
        block.extend(branches(item, index, tick, items, checklist, &actions));
    }
    if item.each.as_ref().is_some_and(|each| each.open) {
        block.push(made(item, Is::Otherwise, Some(OutcomeKind::Stay), Vec::new()));
    }
    let kind = Is::On { event: item.task.name.clone(), actor: None };
    Statement { kind, outcome: None, block: Some(block), ..item.statement.clone() }
}

/// Ticked before; ticked as the last one; ticked with others still to be done.
fn branches(
    item: &Item,
    index: usize,
    tick: Name,
    items: &[Item],
    checklist: &Statement,
    actions: &[Statement],
) -> Vec<Statement> {
    let span = item.task.name.span;
    let this = item.each.as_ref().map(|each| {
        let word = read(each.members[index].as_str(), span);
        equal(read("member", span), word)
    });
    let ticked = || read(tick.as_str(), span);
    let set = Statement {
        kind: Is::Set {
            target: Path { text: tick.text.clone(), span },
            value: Some(Box::new(Expression { span, kind: ExpressionKind::Boolean(true) })),
        },
        outcome: None,
        block: None,
        texts: Box::default(),
        ..item.statement.clone()
    };
    let doing: Vec<Statement> = std::iter::once(set).chain(actions.iter().cloned()).collect();
    let with = |mut parts: Vec<Expression>| {
        parts.splice(0..0, this.clone());
        all(parts, span)
    };
    let mut branches = Vec::new();
    let mut when = |condition: Expression, outcome: OutcomeKind, block: Vec<Statement>| {
        branches.push(made(item, Is::When { condition }, Some(outcome), block));
    };
    when(with(vec![ticked()]), OutcomeKind::Stay, Vec::new());
    let rest = (!item.task.optional).then(|| {
        let others = items.iter().filter(|other| !other.task.optional);
        let others = others.filter_map(|other| {
            let same = other.task.name.text == item.task.name.text;
            match (same, &item.each) {
                (true, None) => None,
                (true, Some(_)) => Some(done(other, Some(index), span)),
                (false, _) => Some(done(other, None, span)),
            }
        });
        others.collect::<Vec<_>>()
    });
    let target = checklist.outcome.as_ref().map(|outcome| outcome.kind.clone());
    match (rest, target) {
        (Some(rest), Some(target)) if rest.is_empty() => {
            when(with(vec![not(ticked())]), target, doing);
        }
        (Some(rest), Some(target)) => {
            let rest = all(rest, span);
            when(with(vec![not(ticked()), rest.clone()]), target, doing.clone());
            when(with(vec![not(ticked()), not(rest)]), OutcomeKind::Stay, doing);
        }
        _ => when(with(vec![not(ticked())]), OutcomeKind::Stay, doing),
    }
    branches
}

/// That a task is done: each of its members that is in its list is ticked, but for one.
fn done(item: &Item, but: Option<usize>, span: Span) -> Expression {
    let Some(Each { list, members, .. }) = &item.each else { return read(ticks(item)[0].as_str(), span) };
    let parts = ticks(item).into_iter().zip(members).enumerate().filter(|(index, _)| Some(*index) != but);
    let parts = parts.map(|(_, (tick, member))| {
        let listed = ExpressionKind::In {
            item: Box::new(read(member.as_str(), span)),
            list: Box::new(Expression { span, kind: ExpressionKind::Path(list.clone()) }),
        };
        let outside = not(Expression { span, kind: listed });
        let either = ExpressionKind::Or(vec![read(tick.as_str(), span), outside]);
        parenthesised(Expression { span, kind: either })
    });
    all(parts.collect(), span)
}

fn member_field(item: &Item, each: &Each) -> Statement {
    let span = item.task.name.span;
    let of = each.of.clone();
    let declaration = Declaration {
        name: Name { text: "member".into(), span },
        optional: false,
        of,
        default: None,
        when: None,
        chosen: false,
        fixed: false,
    };
    made(item, Is::Field(Box::new(declaration)), None, Vec::new())
}

fn refuse(item: &Item, reason: String, condition: Expression) -> Statement {
    let name = Name { text: reason.into(), span: item.task.name.span };
    made(item, Is::RefuseWhen { reason: name, condition: Box::new(condition) }, None, Vec::new())
}

/// A statement in the place of a task, with its marks.
fn made(item: &Item, kind: Is, outcome: Option<OutcomeKind>, block: Vec<Statement>) -> Statement {
    let span = item.task.name.span;
    let marks: Box<[Mark]> = item.statement.marks.clone();
    let outcome = outcome.map(|kind| Outcome { span, kind });
    let (texts, comments) = (Box::default(), None);
    Statement {
        span: item.statement.span,
        head: item.statement.head,
        kind,
        texts,
        outcome,
        marks,
        block: Some(block),
        comments,
    }
}

fn read(name: &str, span: Span) -> Expression {
    Expression { span, kind: ExpressionKind::Path(Path { text: name.into(), span }) }
}

fn not(inner: Expression) -> Expression {
    Expression { span: inner.span, kind: ExpressionKind::Not(Box::new(parenthesised(inner))) }
}

fn parenthesised(inner: Expression) -> Expression {
    Expression { span: inner.span, kind: ExpressionKind::Parenthesised(Box::new(inner)) }
}

fn equal(left: Expression, right: Expression) -> Expression {
    let operator = CompareOperator::Equal;
    Expression {
        span: left.span,
        kind: ExpressionKind::Compare { operator, left: Box::new(left), right: Box::new(right) },
    }
}

fn all(mut parts: Vec<Expression>, span: Span) -> Expression {
    match parts.len() {
        0 => Expression { span, kind: ExpressionKind::Boolean(true) },
        1 => parts.remove(0),
        _ => parenthesised(Expression { span, kind: ExpressionKind::And(parts) }),
    }
}
