//! What the fields of a handler are compared with, and so which values of them make a difference.

use flowspec_runtime::model::{AnswerCase, Branch, Comparison, Expr, Handler, Model, Outcome};

/// A place where a field is compared with something else.
#[derive(Debug, Clone, Copy)]
pub struct Rival<'m> {
    /// The field, by its index in the event's list (or the answer's).
    pub field: u16,
    /// How it is compared; none where it is looked up in a set.
    pub how: Option<Comparison>,
    /// What with.
    pub with: &'m Expr,
}

/// Everything that the fields of an event are compared with in a handler, in the order of the text.
pub fn of_event<'m>(model: &'m Model, handler: &'m Handler) -> Vec<Rival<'m>> {
    let mut rivals = Vec::new();
    let is_field = |expr: &Expr| if let Expr::Field(field) = expr { Some(*field) } else { None };
    for expr in guards(model, handler) {
        collect(expr, &is_field, &mut rivals);
    }
    rivals
}

/// The same for each field of the event.
pub(super) fn by_field<'m>(model: &'m Model, handler: &'m Handler) -> Vec<Vec<Rival<'m>>> {
    let mut by_field = vec![Vec::new(); model.event(handler.event).fields.len()];
    for rival in of_event(model, handler) {
        by_field[usize::from(rival.field)].push(rival);
    }
    by_field
}

/// The same for the fields of an answer.
pub(super) fn of_answer(case: &AnswerCase) -> Vec<Rival<'_>> {
    let mut rivals = Vec::new();
    let is_field = |expr: &Expr| if let Expr::AnswerField(field) = expr { Some(*field) } else { None };
    let conditions = case.fields.iter().filter_map(|field| field.when.as_ref());
    for expr in conditions.chain(branch_guards(&case.branches)) {
        collect(expr, &is_field, &mut rivals);
    }
    rivals
}

pub(super) fn guards<'m>(model: &'m Model, handler: &'m Handler) -> impl Iterator<Item = &'m Expr> {
    let event = model.event(handler.event);
    let conditions = event.fields.iter().filter_map(|field| field.when.as_ref());
    let active = handler.gates.iter().filter_map(|gate| model.limit(gate.limit).active.as_ref());
    let refusals = handler.refusals.iter().map(|refusal| &refusal.guard);
    let answers = cases(handler).flat_map(|(_, case)| branch_guards(&case.branches));
    conditions.chain(active).chain(refusals).chain(branch_guards(&handler.branches)).chain(answers)
}

fn branch_guards(branches: &[Branch]) -> impl Iterator<Item = &Expr> {
    branches.iter().filter_map(|branch| branch.guard.as_ref())
}

/// Every answer that the handler may ask for, with the actor that gives it.
pub fn cases(handler: &Handler) -> impl Iterator<Item = (u16, &AnswerCase)> {
    handler.branches.iter().flat_map(|branch| match &branch.body.outcome {
        Outcome::Ask { actor, answers } => answers.iter().map(|case| (*actor, case)).collect(),
        _ => Vec::new(),
    })
}

fn collect<'m>(expr: &'m Expr, is_field: &dyn Fn(&Expr) -> Option<u16>, rivals: &mut Vec<Rival<'m>>) {
    match expr {
        Expr::Compare { how, left, right } => {
            if let Some(field) = is_field(left) {
                rivals.push(Rival { field, how: Some(*how), with: right });
            }
            if let Some(field) = is_field(right) {
                rivals.push(Rival { field, how: Some(*how), with: left });
            }
        }
        Expr::In { word, set } => {
            rivals.extend(is_field(word).map(|field| Rival { field, how: None, with: set }));
        }
        _ => {}
    }
    for part in parts(expr) {
        collect(part, is_field, rivals);
    }
}

/// The expressions that an expression is made of.
pub(super) fn parts(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::IsSet(part)
        | Expr::IsEmpty(part)
        | Expr::Not(part)
        | Expr::Number(part)
        | Expr::Percent { of: part, .. }
        | Expr::DateOf { instant: part, .. }
        | Expr::Multiply(part, _) => {
            vec![part]
        }
        Expr::And(parts) | Expr::Or(parts) => parts.iter().collect(),
        Expr::Compare { left, right, .. }
        | Expr::In { word: left, set: right }
        | Expr::Add(left, right)
        | Expr::Subtract(left, right) => vec![left, right],
        Expr::Aggregate { over, of, filter, .. } => {
            std::iter::once(&**over).chain(of.as_deref()).chain(filter.as_deref()).collect()
        }
        Expr::Item
        | Expr::ItemField(_)
        | Expr::Const(_)
        | Expr::Field(_)
        | Expr::AnswerField(_)
        | Expr::Variable(_)
        | Expr::Given(_)
        | Expr::Choice(_)
        | Expr::Output { .. }
        | Expr::Attribute { .. }
        | Expr::RowKey(_)
        | Expr::RowExists(_)
        | Expr::Asked(_)
        | Expr::Now => Vec::new(),
    }
}

/// Whether an expression reads a field of the event or of an answer.
pub(super) fn reads_fields(expr: &Expr) -> bool {
    matches!(expr, Expr::Field(_) | Expr::AnswerField(_)) || parts(expr).into_iter().any(reads_fields)
}
