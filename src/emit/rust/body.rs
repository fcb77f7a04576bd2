//! What a step, a time-out and the start of a flow do, as statements: gates, guards, branches, actions, outcomes.

use std::collections::BTreeSet;

use flowspec_runtime::model::{
    Action, ActorId, AnswerCase, Body, Bound, Branch, ElementId, Expr, Gate, Handler, Key, LimitId,
    LimitOutcome, Outcome, OutputId, Refusal, RowId, Target, TypeId, Window,
};

use super::expr::{Operand, Scope};
use super::layout::{Code, code};
use super::statement::Statement;
use super::text::{comment, millis};
use super::types::Shape;

/// What follows an event in a step, from its gates to its branches.
pub(super) fn handler<'a>(scope: &Scope<'a>, handler: &'a Handler) -> Vec<Statement> {
    let mut scope = scope.clone();
    let mut statements = Vec::new();
    if let Some(local) = conditional_fields(&scope) {
        statements.push(Statement::line(format!("{local}.settle(turn)?;")));
    }
    let limits = limits_of(handler);
    statements.extend(limits.iter().flat_map(|limit| computed_limit(&scope, *limit)));
    statements.extend(gates(&scope, &handler.gates));
    let refused = handler.refusals.iter().map(|refusal| &refusal.guard);
    let guards = refused.chain(handler.branches.iter().filter_map(|branch| branch.guard.as_ref()));
    statements.extend(bind_rows(&mut scope, guards));
    statements.extend(refusals(&scope, &handler.refusals));
    statements.extend(branches(&scope, &handler.branches, &[]));
    super::statement::settle(&mut statements, &mut Vec::new());
    statements
}

/// A body that stands alone: that of a time-out.
pub(super) fn alone<'a>(scope: &Scope<'a>, body: &'a Body) -> Vec<Statement> {
    let mut statements = Vec::new();
    statements.extend(counted(&body.actions).flat_map(|limit| computed_limit(scope, limit)));
    statements.extend(outcome(scope, body, &[]));
    super::statement::settle(&mut statements, &mut Vec::new());
    statements
}

/// Where a flow begins.
pub(super) fn start<'a>(scope: &Scope<'a>, starts: &'a [Branch]) -> Vec<Statement> {
    let mut statements = branches(scope, starts, &[]);
    super::statement::settle(&mut statements, &mut Vec::new());
    statements
}

/// `refuse R when G`: all that hold are given together.
pub(super) fn refusals(scope: &Scope, refusals: &[Refusal]) -> Vec<Statement> {
    let guarded = refusals.iter().map(|refusal| {
        (Some(refusal.element), scope.condition(&refusal.guard), scope.flow.reason(refusal.reason))
    });
    reasons(scope, "reasons", guarded.collect())
}

/// Refuses for every reason whose condition holds.
pub(super) fn reasons(
    scope: &Scope,
    local: &str,
    guarded: Vec<(Option<ElementId>, Code, String)>,
) -> Vec<Statement> {
    let one = guarded.len() == 1;
    let mut statements = Vec::new();
    if guarded.len() > 1 {
        statements.push(Statement::line(format!("let mut {local} = Reasons::None;")));
    }
    for (element, condition, reason) in guarded {
        statements.extend(element.map(|element| comment(scope.flow.model, element)));
        let line = if one { refused(&reason, true) } else { format!("{local}.add({reason});") };
        statements.push(Statement::when(condition, vec![Statement::line(line)]));
    }
    if statements.len() > 2 && !one {
        statements.push(Statement::line(format!("{local}.none()?;")));
    }
    statements
}

fn refused(reason: &str, early: bool) -> String {
    if early { format!("return Err({reason}.into());") } else { format!("Err({reason}.into())") }
}

/// The event's local, where some of its fields are read on a condition.
fn conditional_fields(scope: &Scope) -> Option<String> {
    let event = scope.event?;
    let conditional = scope.flow.model.event(event).fields.iter().any(|field| field.when.is_some());
    conditional.then(|| scope.fields.clone()).flatten()
}

fn limits_of(handler: &Handler) -> Vec<LimitId> {
    handler.gates.iter().map(|gate| gate.limit).collect()
}

fn counted(actions: &[Action]) -> impl Iterator<Item = LimitId> {
    actions.iter().filter_map(|action| match action {
        Action::Count { limit, .. } => Some(*limit),
        _ => None,
    })
}

/// A limit whose bound, window, hold or condition is read now.
fn computed_limit(scope: &Scope, id: LimitId) -> Vec<Statement> {
    let names = &scope.flow.limits[usize::from(id)];
    if !names.computed || !names.counts {
        return Vec::new();
    }
    let applies = format!("{}_applies", names.name);
    let condition = scope.flow.model.limit(id).active.as_ref();
    let condition =
        condition.map(|active| Code::assign(format!("let {applies}"), scope.condition(active), ";"));
    let limit = Code::assign(format!("let {}", names.name), limit(scope, id), ";");
    condition.into_iter().chain([limit]).map(Statement::Line).collect()
}

/// A limit as it stands now.
pub(super) fn limit(scope: &Scope, id: LimitId) -> Code {
    let limit = scope.flow.model.limit(id);
    let bound = match &limit.bound {
        Bound::AtMost(Expr::Const(value)) => super::types::integer(value.as_int().unwrap_or_default()).into(),
        Bound::AtMost(bound) => scope.wide(bound),
        Bound::Unbounded => "i128::MAX".into(),
    };
    let (window, varies) = match &limit.window {
        Window::All => ("Window::All".into(), false),
        Window::Rolling(Expr::Const(value)) => {
            (format!("Window::Rolling({})", millis(value.as_int().unwrap_or_default())).into(), false)
        }
        Window::Rolling(width) => (Code::call("Window::Rolling", vec![scope.int(width)]), true),
        Window::Calendar { period, offset } => {
            (format!("Window::Calendar(Period::{period:?}, {offset})").into(), false)
        }
    };
    let mut calls: Vec<Code> = Vec::new();
    if let LimitOutcome::Refuse { hold: Some(hold), .. } = &limit.outcome {
        calls.push(code![".holding(", time(scope, hold), ")"]);
    }
    if varies {
        calls.push(".varying()".into());
    }
    if limit.active.is_some() {
        calls.push(format!(".applies({}_applies)", scope.flow.limits[usize::from(id)].name).into());
    }
    let made = Code::call("Limit::new", vec![bound, window]);
    if calls.is_empty() { made } else { Code::chain(made, calls) }
}

/// So many milliseconds.
pub(super) fn time(scope: &Scope, expr: &Expr) -> Code {
    match expr {
        Expr::Const(value) => millis(value.as_int().unwrap_or_default()).into(),
        _ => scope.int(expr),
    }
}

/// A call of a method of the runtime's `Limit` on the uses under a key.
fn call(scope: &Scope, id: LimitId, key: &Key, method: &str, amount: Code) -> Option<Code> {
    let names = &scope.flow.limits[usize::from(id)];
    let borrow = if method == "fits" { "&" } else { "&mut " };
    let place = if matches!(key, Key::Session) { scope.session } else { scope.shared };
    let uses = format!("{borrow}{place}.{}", names.uses).into();
    let Key::Value(key) = key else {
        return Some(Code::call(
            format!("{}.{method}_alone", names.name),
            vec![uses, scope.now.into(), amount],
        ));
    };
    let key = scope.operand(key).by_ref()?;
    Some(Code::call(format!("{}.{method}", names.name), vec![uses, key, scope.now.into(), amount]))
}

/// The limits that the event must fit (rule 15).
fn gates<'a>(scope: &Scope<'a>, gates: &'a [Gate]) -> Vec<Statement> {
    let flow = scope.flow;
    let full = gates.iter().filter(|gate| flow.limits[usize::from(gate.limit)].counts).filter_map(|gate| {
        let fits = call(scope, gate.limit, &gate.key, "fits", amount(scope, &gate.amount))?;
        Some((gate.limit, code!["!", fits]))
    });
    let full = full.collect::<Vec<_>>();
    let has_effect = |id: &LimitId| {
        let limit = flow.model.limit(*id);
        let moves =
            matches!(&limit.outcome, LimitOutcome::Trip(_) | LimitOutcome::Refuse { to: Some(_), .. });
        moves || !limit.actions.is_empty() || matches!(limit.outcome, LimitOutcome::Silent)
    };
    if !full.iter().any(|(id, _)| has_effect(id)) {
        let guarded = full
            .into_iter()
            .map(|(id, full)| (Some(flow.model.limit(id).element), full, flow.limit_reason(id)));
        return reasons(scope, "full", guarded.collect());
    }
    gates_with_effects(scope, full)
}

fn gates_with_effects(scope: &Scope, full: Vec<(LimitId, Code)>) -> Vec<Statement> {
    let flow = scope.flow;
    if let [(id, condition)] = full.as_slice() {
        let mut body = limit_effects(scope, *id);
        body.push(Statement::line(refused(&flow.limit_reason(*id), true)));
        return vec![
            comment(flow.model, flow.model.limit(*id).element),
            Statement::when(condition.clone(), body),
        ];
    }
    let locals =
        full.iter().map(|(id, _)| format!("{}_full", flow.limits[usize::from(*id)].uses)).collect::<Vec<_>>();
    let mut statements = Vec::new();
    for ((id, condition), local) in full.iter().zip(&locals) {
        statements.push(comment(flow.model, flow.model.limit(*id).element));
        statements.push(Statement::Line(Code::assign(format!("let {local}"), condition.clone(), ";")));
    }
    for ((id, _), local) in full.iter().zip(&locals) {
        if matches!(flow.model.limit(*id).outcome, LimitOutcome::Silent) {
            let line = Statement::line(refused(&flow.silence(), true));
            statements.push(Statement::when(local.clone().into(), vec![line]));
        }
    }
    statements.push(Statement::line("let mut full = Reasons::None;"));
    for ((id, _), local) in full.iter().zip(&locals) {
        let line = Statement::line(format!("full.add({});", flow.limit_reason(*id)));
        statements.push(Statement::when(local.clone().into(), vec![line]));
    }
    let effects = full.iter().zip(&locals).enumerate().map(|(index, ((id, _), local))| {
        let head = if index == 0 { "if " } else { "else if " };
        (Code::condition(head, local.clone().into()), limit_effects(scope, *id))
    });
    statements.push(Statement::Block(effects.collect(), ""));
    statements.push(Statement::line("full.none()?;"));
    statements
}

/// What happens to an event that is refused for a limit.
fn limit_effects(scope: &Scope, id: LimitId) -> Vec<Statement> {
    let limit = scope.flow.model.limit(id);
    let mut statements = actions(scope, &limit.actions.iter().collect::<Vec<_>>(), false).statements;
    let to = match &limit.outcome {
        LimitOutcome::Refuse { to, .. } => *to,
        LimitOutcome::Trip(trip) => Some(trip.to),
        LimitOutcome::Silent => None,
    };
    statements.extend(to.map(|to| Statement::line(format!("turn.enter({});", scope.flow.step(to)))));
    statements
}

/// Looks up the rows that guards read.
pub(super) fn bind_rows<'a>(scope: &mut Scope, guards: impl Iterator<Item = &'a Expr>) -> Vec<Statement> {
    let mut rows = BTreeSet::new();
    for guard in guards {
        guard.each(&mut |expr| {
            if let Expr::Attribute { row, .. } | Expr::RowExists(row) = expr {
                rows.insert(*row);
            }
        });
    }
    let statements = rows.into_iter().map(|row| {
        let record = scope.flow.model.rows[usize::from(row)].record;
        let local = scope.flow.records[usize::from(record)].local.clone();
        let line = Statement::Line(Code::assign(format!("let {local}"), scope.row(row), ";"));
        scope.rows.insert(row, local);
        line
    });
    statements.collect()
}

/// Branches of which exactly one holds, after the actions that come before all of them.
fn branches<'a>(scope: &Scope<'a>, branches: &'a [Branch], before: &[&'a Action]) -> Vec<Statement> {
    let (guarded, open): (Vec<_>, Vec<_>) = branches.iter().partition(|branch| branch.guard.is_some());
    let mut statements = Vec::new();
    let mut ordered = guarded.iter().chain(&open).peekable();
    while let Some(branch) = ordered.next() {
        let body = outcome(scope, &branch.body, before);
        if branches.len() > 1 {
            statements.push(comment(scope.flow.model, branch.element));
        }
        match &branch.guard {
            Some(guard) if ordered.peek().is_some() => {
                statements.push(Statement::when(scope.condition(guard), early(body)));
            }
            // One of them holds: the last needs no question.
            _ => statements.extend(body),
        }
    }
    statements
}

/// The same statements, whose last expression is returned.
fn early(mut body: Vec<Statement>) -> Vec<Statement> {
    match body.last_mut() {
        Some(Statement::Line(code)) => *code = code!["return ", code.clone(), ";"],
        Some(Statement::Block(parts, end)) => {
            if let Some((head, _)) = parts.first_mut() {
                *head = code!["return ", head.clone()];
            }
            *end = ";";
        }
        _ => {}
    }
    body
}

/// Actions, then what they come to; the last statement is the verdict.
fn outcome<'a>(scope: &Scope<'a>, body: &'a Body, before: &[&'a Action]) -> Vec<Statement> {
    let all: Vec<&Action> = before.iter().copied().chain(&body.actions).collect();
    match &body.outcome {
        Outcome::Silent => return vec![Statement::line(refused(&scope.flow.silence(), false))],
        Outcome::Either(bodies) => {
            let Some(first) = bodies.first() else { return Vec::new() };
            let text = format!("either: the first of {} is taken", bodies.len());
            let mut statements = vec![Statement::Comment(text)];
            statements.extend(outcome(scope, first, &all));
            return statements;
        }
        Outcome::Ask { actor, answers } => return vec![ask(scope, *actor, answers, &all)],
        _ => {}
    }
    let done = actions(scope, &all, true);
    let mut statements = done.statements;
    let to = match &body.outcome {
        Outcome::To(to) | Outcome::Refuse { to: Some(to), .. } => Some(scope.flow.step(*to)),
        Outcome::Restart => Some("turn.step()".to_owned()),
        _ => None,
    };
    statements.extend(moves(to, &done.trips, scope));
    if body.outcome == Outcome::Resume {
        statements.push(Statement::line("turn.resume();"));
    }
    statements.push(Statement::line(match &body.outcome {
        Outcome::Refuse { reason, .. } => refused(&scope.flow.reason(*reason), false),
        _ => "Ok(())".to_owned(),
    }));
    statements
}

/// Enters the step that a full limit leads to, or the branch's own.
fn moves(to: Option<String>, trips: &[(LimitId, String)], scope: &Scope) -> Vec<Statement> {
    let enter = if scope.interrupts { "interrupt" } else { "enter" };
    if trips.is_empty() {
        return to.map(|to| Statement::line(format!("turn.{enter}({to});"))).into_iter().collect();
    }
    let mut parts = Vec::new();
    for (index, (id, local)) in trips.iter().enumerate() {
        if let LimitOutcome::Trip(trip) = &scope.flow.model.limit(*id).outcome {
            let head = if index == 0 { "if " } else { "else if " };
            let enter = Statement::line(format!("turn.enter({});", scope.flow.step(trip.to)));
            parts.push((Code::condition(head, local.clone().into()), vec![enter]));
        }
    }
    if let Some(to) = to {
        parts.push(("else {".into(), vec![Statement::line(format!("turn.{enter}({to});"))]));
    }
    vec![Statement::Block(parts, "")]
}

/// What follows from what an actor answers.
fn ask<'a>(scope: &Scope<'a>, actor: ActorId, cases: &'a [AnswerCase], before: &[&'a Action]) -> Statement {
    let flow = scope.flow;
    let event = scope.event.and_then(|event| flow.events[usize::from(event)].as_ref());
    let place = event.and_then(|event| Some(format!("{}.{}", event.local, event.answers.get(&actor)?)));
    let known = &flow.answers[&actor];
    let mut arms = Vec::new();
    for case in cases {
        let Some((_, variant, fields)) =
            known.cases.iter().find(|(known, ..)| super::flow::same_case(known, case))
        else {
            continue;
        };
        let mut inner = scope.clone();
        let local = fields.as_ref().map(|fields| fields.local.clone());
        inner.answer = Some((case, local.clone().unwrap_or_default()));
        let mut body = vec![comment(flow.model, case.element)];
        body.extend(branches(&inner, &case.branches, before));
        let bound = match local {
            Some(local) if super::statement::uses(&body, &local) => format!("({local})"),
            Some(_) => "(_)".to_owned(),
            None => String::new(),
        };
        arms.push(Statement::block(format!("Some({}::{variant}{bound}) => {{", known.name), body));
    }
    let rest = if arms.len() == known.cases.len() { "None" } else { "_" };
    arms.push(Statement::line(format!("{rest} => Err(Reasons::None),")));
    Statement::block(format!("match {} {{", place.unwrap_or_default()), arms)
}

/// Actions as statements, and the limits that may move the session.
struct Done {
    statements: Vec<Statement>,
    trips: Vec<(LimitId, String)>,
}

/// Everything is read before anything changes: what is read after a change of it, or may lie outside its type, is kept
/// in a local first.
fn actions(scope: &Scope, all: &[&Action], trips: bool) -> Done {
    let mut made = Done { statements: Vec::new(), trips: Vec::new() };
    let mut changes = Vec::new();
    let mut written = Written::default();
    let mut locals =
        crate::emit::names::Names::with(&["turn", "event", "key", "value", "row", "full", "reasons"]);
    let order = |action: &&&Action| match action {
        Action::Set { .. } => 0,
        Action::Reset { .. } => 1,
        Action::Uncount { .. } => 2,
        Action::Count { .. } => 3,
        Action::Send { .. } => 4,
    };
    let mut sorted = all.to_vec();
    sorted.sort_by_key(|action| order(&action));
    for action in sorted {
        let mut early = Early { scope, written: &written, locals: &mut locals, lines: &mut made.statements };
        match action {
            Action::Set { target, value, .. } => changes.extend(set(&mut early, *target, value)),
            Action::Reset { limit, key, .. } => changes.extend(reset(scope, *limit, key)),
            Action::Uncount { limit, key, amount, .. } => {
                let amount = early.amount(amount);
                let counts = scope.flow.limits[usize::from(*limit)].counts;
                let call = call(scope, *limit, key, "uncount", amount).filter(|_| counts);
                changes.extend(call.map(|call| Statement::Line(code![call, ";"])));
            }
            Action::Count { limit, key, amount, .. } => {
                let amount = early.amount(amount);
                changes.extend(count(scope, *limit, key, amount, trips, &mut made.trips));
            }
            Action::Send { output, fields, when, .. } => {
                changes.extend(send(&mut early, *output, fields, when.as_ref()));
            }
        }
        written.add(action);
    }
    made.statements.extend(group_rows(changes));
    made
}

/// Changes of one row look it up once: what comes later joins the first.
fn group_rows(changes: Vec<Statement>) -> Vec<Statement> {
    let mut grouped: Vec<Statement> = Vec::new();
    for change in changes {
        let looked_up = |known: &Statement, change: &Statement| match (known, change) {
            (Statement::Line(known), Statement::Line(line)) => known == line && is_row(line),
            _ => false,
        };
        match &change {
            Statement::Line(_) if grouped.iter().any(|known| looked_up(known, &change)) => {}
            Statement::Block(parts, _) => {
                let [(head, body)] = parts.as_slice() else {
                    grouped.push(change);
                    continue;
                };
                let same = grouped.iter_mut().find_map(|known| match known {
                    Statement::Block(known, _) if known.len() == 1 && known[0].0 == *head => {
                        Some(&mut known[0].1)
                    }
                    _ => None,
                });
                match (same, body.first()) {
                    (Some(known), Some(row)) if known.first().is_some_and(|first| looked_up(first, row)) => {
                        known.extend(body.iter().skip(1).cloned());
                    }
                    _ => grouped.push(change),
                }
            }
            _ => grouped.push(change),
        }
    }
    grouped
}

/// `if let Some(key) = &session.phone {`
fn if_key(operand: &Operand, found: Code) -> Code {
    match operand {
        Operand::Maybe { place, .. } => format!("if let Some(key) = &{place} {{").into(),
        _ => code!["if let Some(key) = ", found, " {"],
    }
}

fn is_row(line: &Code) -> bool {
    matches!(line, Code::Text(text) if text.starts_with("let ") && text.contains(".row("))
}

/// What an earlier action of the same branch has changed.
#[derive(Default)]
struct Written {
    variables: BTreeSet<u16>,
    rows: BTreeSet<RowId>,
    outputs: BTreeSet<OutputId>,
}

impl Written {
    fn add(&mut self, action: &Action) {
        match action {
            Action::Set { target: Target::Variable(variable), .. } => drop(self.variables.insert(*variable)),
            Action::Set { target: Target::Attribute { row, .. }, .. } => drop(self.rows.insert(*row)),
            Action::Send { output, .. } => drop(self.outputs.insert(*output)),
            _ => {}
        }
    }

    /// Whether an expression reads something of it.
    fn is_read_by(&self, scope: &Scope, expr: &Expr) -> bool {
        let mut read = false;
        expr.each(&mut |expr| {
            read |= match expr {
                Expr::Variable(variable) => self.variables.contains(variable),
                Expr::Output { output, .. } => self.outputs.contains(output),
                Expr::Attribute { row, .. } | Expr::RowExists(row) | Expr::RowKey(row) => {
                    let record = |row: RowId| scope.flow.model.rows[usize::from(row)].record;
                    let key = scope
                        .key(*row)
                        .is_some_and(|key| matches!(key, Expr::Variable(v) if self.variables.contains(v)));
                    key || self.rows.iter().any(|written| record(*written) == record(*row))
                }
                _ => false,
            }
        });
        read
    }
}

/// Values that are read before anything changes.
struct Early<'s, 'a> {
    scope: &'s Scope<'a>,
    written: &'s Written,
    locals: &'s mut crate::emit::names::Names,
    lines: &'s mut Vec<Statement>,
}

impl Early<'_, '_> {
    /// A value as one of a type, to be kept or sent: an `Option` where `optional`.
    fn owned(&mut self, expr: &Expr, kind: TypeId, optional: bool, name: &str) -> Code {
        let (code, fails) = owned(self.scope, expr, kind, optional);
        if !fails && !self.written.is_read_by(self.scope, expr) {
            return code;
        }
        match self.keep(code, name) {
            Code::Owned(local) if self.scope.flow.kind(kind).is_copy() => local.into(),
            kept => kept,
        }
    }

    fn keep(&mut self, code: Code, name: &str) -> Code {
        let local = self.locals.take(name.to_owned(), "_");
        self.lines.push(Statement::Line(Code::assign(format!("let {local}"), code, ";")));
        Code::Owned(local)
    }

    /// An amount as `i64`.
    fn amount(&mut self, expr: &Expr) -> Code {
        match self.scope.operand(expr) {
            Operand::Number(code) => {
                let code = checked(self.scope, code);
                let local = self.keep(code, "amount");
                if let Code::Owned(local) = local { local.into() } else { local }
            }
            _ if self.written.is_read_by(self.scope, expr) => {
                let code = self.scope.int(expr);
                let local = self.keep(code, "amount");
                if let Code::Owned(local) = local { local.into() } else { local }
            }
            _ => self.scope.int(expr),
        }
    }
}

/// An amount that is asked for.
fn amount(scope: &Scope, expr: &Expr) -> Code {
    match expr {
        Expr::Const(value) => super::types::integer(value.as_int().unwrap_or_default()).into(),
        _ => scope.wide(expr),
    }
}

/// A computed number as `i64`, or a refusal.
fn checked(scope: &Scope, code: Code) -> Code {
    stored(scope, Code::call("i64::try_from", vec![code]))
}

/// What a `Result` holds, or a refusal.
fn stored(scope: &Scope, result: Code) -> Code {
    code![Code::call("typed::stored", vec![result, scope.flow.overflow().into()]), "?"]
}

/// A value as one of a type, and whether making it may fail.
pub(super) fn owned(scope: &Scope, expr: &Expr, kind: TypeId, optional: bool) -> (Code, bool) {
    let flow = scope.flow;
    let wanted = flow.kind(kind);
    let wrap = |code: Code| if optional { Code::call("Some", vec![code]) } else { code };
    let operand = scope.operand(expr);
    let same = operand.kind().is_some_and(|of| flow.kind(of).name == wanted.name);
    let convert = |base: Code| match wanted.shape {
        Shape::Text => code!["Text::from(", base, ")"],
        Shape::Int => base,
        _ => stored(scope, Code::call(format!("{}::new", wanted.name), vec![base])),
    };
    let fails = !matches!(wanted.shape, Shape::Text | Shape::Int);
    match (&operand, operand.found()) {
        (Operand::Const(flowspec_runtime::Value::Unset), _) => ("None".into(), false),
        (Operand::Const(value), _) => (wrap(flow.types.constant(kind, value, flow.model)), false),
        (Operand::Plain { place, .. }, _) if same && wanted.is_copy() => (wrap(place.clone().into()), false),
        (Operand::Plain { place, .. }, _) if same => (wrap(handed_over(scope, place)), false),
        (Operand::Plain { place, kind: of }, _) => (wrap(convert(flow.kind(*of).base(place).into())), fails),
        (Operand::Maybe { place, .. }, _) if same && optional => {
            (if wanted.is_copy() { place.clone().into() } else { handed_over(scope, place) }, false)
        }
        (_, Some(found)) if same => {
            let method = if wanted.is_copy() { ".copied()" } else { ".cloned()" };
            let rest = if optional { "".to_owned() } else { format!(".ok_or({})?", flow.overflow()) };
            (code![found, method, rest.clone()], !optional)
        }
        (_, Some(found)) => {
            let of = operand.kind().map(|of| flow.kind(of).base("value")).unwrap_or_default();
            let made = match wanted.shape {
                Shape::Text => format!("Text::from({of})"),
                Shape::Int => of,
                _ => format!("{}::new({of})", wanted.name),
            };
            let transposed =
                if fails { format!(".transpose().map_err(|_| {})?", flow.overflow()) } else { String::new() };
            let rest = if optional { String::new() } else { format!(".ok_or({})?", flow.overflow()) };
            (code![found, format!(".map(|value| {made}){transposed}{rest}")], fails || !optional)
        }
        (Operand::Now(now), _) => (wrap(convert((*now).into())), fails),
        (Operand::Number(code), _) => match wanted.shape {
            Shape::Int => (wrap(checked(scope, code.clone())), true),
            _ => (wrap(convert(code.clone())), true),
        },
        (Operand::Truth(code), _) => (wrap(code.clone()), false),
        _ => ("None".into(), false),
    }
}

/// A place whose value is handed over: fields of the event are moved where they can be, memory is cloned.
fn handed_over(scope: &Scope, place: &str) -> Code {
    if place.starts_with(scope.session) || place.starts_with(scope.shared) {
        return format!("{place}.clone()").into();
    }
    Code::Owned(place.to_owned())
}

fn set(early: &mut Early, target: Target, value: &Expr) -> Vec<Statement> {
    let flow = early.scope.flow;
    match target {
        Target::Variable(variable) => {
            let declared = &flow.model.variables[usize::from(variable)];
            let (name, optional) = &flow.variables[usize::from(variable)];
            let value = early.owned(value, declared.kind, *optional, name);
            vec![Statement::Line(Code::assign(format!("{}.{name}", early.scope.session), value, ";"))]
        }
        Target::Attribute { row, attribute } => {
            let record = flow.model.rows[usize::from(row)].record;
            let names = &flow.records[usize::from(record)];
            let kind = flow.model.records[usize::from(record)].attributes[usize::from(attribute)].kind;
            let name = &names.attributes[usize::from(attribute)];
            let value = early.owned(value, kind, true, name);
            row_set(early.scope, row, Code::assign(format!("{}.{name}", names.local), value, ";"))
        }
    }
}

/// A change of a row, in a block where its key may be unset.
fn row_set(scope: &Scope, row: RowId, change: Code) -> Vec<Statement> {
    let record = scope.flow.model.rows[usize::from(row)].record;
    let names = &scope.flow.records[usize::from(record)];
    let table = format!("{}.{}", scope.shared, names.table);
    let bind = |key: &str| Statement::line(format!("let {} = {table}.row({key});", names.local));
    let Some(key) = scope.key(row) else { return Vec::new() };
    let operand = scope.operand(key);
    match (&operand, operand.found()) {
        (Operand::Plain { place, .. }, _) => {
            vec![bind(&format!("&{place}")), Statement::Line(change)]
        }
        (_, Some(found)) => {
            let head = if_key(&operand, found);
            vec![Statement::block(head, vec![bind("key"), Statement::Line(change)])]
        }
        _ => Vec::new(),
    }
}

fn reset(scope: &Scope, id: LimitId, key: &Key) -> Option<Statement> {
    let names = &scope.flow.limits[usize::from(id)];
    if !names.counts {
        return None;
    }
    let place = if matches!(key, Key::Session) { scope.session } else { scope.shared };
    let uses = format!("{place}.{}", names.uses);
    let Key::Value(key) = key else { return Some(Statement::line(format!("{uses}.reset();"))) };
    let operand = scope.operand(key);
    match (&operand, operand.found()) {
        (Operand::Plain { place, .. }, _) => Some(Statement::line(format!("{uses}.reset(&{place});"))),
        (_, Some(found)) => {
            let head = if_key(&operand, found);
            Some(Statement::block(head, vec![Statement::line(format!("{uses}.reset(key);"))]))
        }
        _ => None,
    }
}

fn count(
    scope: &Scope,
    id: LimitId,
    key: &Key,
    amount: Code,
    own: bool,
    trips: &mut Vec<(LimitId, String)>,
) -> Vec<Statement> {
    let flow = scope.flow;
    let names = &flow.limits[usize::from(id)];
    if !names.counts {
        let text = format!("count {}: it never refuses", flow.model.limit(id).name);
        return vec![Statement::Comment(text)];
    }
    let method = if own { "count" } else { "add" };
    let Some(call) = call(scope, id, key, method, amount) else { return Vec::new() };
    if !own || !matches!(flow.model.limit(id).outcome, LimitOutcome::Trip(_)) {
        return vec![Statement::Line(code![call, ";"])];
    }
    let local = format!("{}_full", names.uses);
    trips.push((id, local.clone()));
    trips.sort_unstable();
    vec![Statement::Line(Code::assign(format!("let {local}"), call, ";"))]
}

/// Sends an output, and remembers what later expressions read of it.
fn send(early: &mut Early, id: OutputId, fields: &[(u16, Expr)], when: Option<&Expr>) -> Vec<Statement> {
    let scope = early.scope;
    let flow = scope.flow;
    let names = &flow.outputs[usize::from(id)];
    let mut literal = Vec::new();
    for ((index, declared), (name, optional)) in
        (0_u16..).zip(&flow.model.outputs[usize::from(id)].fields).zip(&names.fields)
    {
        let sent = fields.iter().find(|(field, _)| *field == index);
        let value = match (flow.chosen.get(&(id, index)), sent) {
            (Some(place), _) => format!("{}.{place}.pick()", scope.shared).into(),
            (None, Some((_, value))) => early.owned(value, declared.kind, *optional, name),
            (None, None) => "None".into(),
        };
        let shorthand = matches!(&value, Code::Owned(local) | Code::Text(local) if local == name);
        literal.push(if shorthand { value } else { code![format!("{name}: "), value] });
    }
    let local = &names.local;
    let made = if literal.is_empty() {
        names.name.clone().into()
    } else {
        Code::literal(names.name.clone(), literal)
    };
    let remembered = flow.last.range((id, 0)..=(id, u16::MAX)).collect::<Vec<_>>();
    let mut statements = Vec::new();
    // What is picked borrows what the turn shares, so it is picked before.
    let picks = flow.model.outputs[usize::from(id)].fields.iter().any(|field| field.chosen);
    if remembered.is_empty() && !picks {
        let output = if names.fields.is_empty() {
            format!("Output::{}", names.name).into()
        } else {
            Code::call(format!("Output::{}", names.name), vec![made])
        };
        statements.push(Statement::Line(code![Code::call("turn.send", vec![output]), ";"]));
    } else {
        statements.push(Statement::Line(Code::assign(format!("let {local}"), made, ";")));
        for ((_, field), place) in remembered {
            let (name, optional) = &names.fields[usize::from(*field)];
            let copy =
                flow.kind(flow.model.outputs[usize::from(id)].fields[usize::from(*field)].kind).is_copy();
            let value = format!("{local}.{name}{}", if copy { "" } else { ".clone()" });
            let value = if *optional { value } else { format!("Some({value})") };
            statements.push(Statement::line(format!("{}.{place} = {value};", scope.session)));
        }
        statements.push(Statement::line(format!("turn.send(Output::{}({local}));", names.name)));
    }
    match when {
        Some(when) if early.written.is_read_by(scope, when) => {
            let local = early.locals.take("sends".to_owned(), "_");
            early.lines.push(Statement::Line(Code::assign(
                format!("let {local}"),
                scope.condition(when),
                ";",
            )));
            vec![Statement::when(local.into(), statements)]
        }
        Some(when) => vec![Statement::when(scope.condition(when), statements)],
        None => statements,
    }
}
