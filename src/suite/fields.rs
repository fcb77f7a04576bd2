//! Section 3: every field missing, at each bound and one beyond, each check broken alone, and neighbours broken together; what
//! is written otherwise than the type says.

use flowspec_runtime::model::{ElementId, Expr, Handler, RowBinding};
use flowspec_runtime::suite::{Section, Step, Term};
use flowspec_runtime::{Value, Verdict};

use super::transitions::proceed;
use super::writer::Writer;
use crate::explore::{Draft, Move, SESSION, cases, slips};

/// A field changed, what for, and what it is about.
struct Change {
    value: Option<Term>,
    title: String,
    element: ElementId,
    breaks: bool,
}

/// Adds the tests of section 3.
pub(super) fn derive(writer: &mut Writer) {
    givens(writer);
    for situation in writer.situations.nearest() {
        let step = writer.model.step(writer.situations.all[situation].place);
        for (index, handler) in step.handlers.iter().enumerate() {
            if let Some(draft) = ordinary(writer, situation, index) {
                let changes: Vec<_> =
                    (0..handler.fields.len()).map(|field| changes(writer, handler, field)).collect();
                singles(writer, situation, handler, &draft, &changes);
                pairs(writer, situation, handler, &draft, &changes);
                foreign(writer, situation, handler, &draft);
            }
            answers(writer, situation, index, handler);
        }
    }
}

/// Each field of an answer at its edges; the world says nothing that a field does not take.
fn answers(writer: &mut Writer, situation: usize, index: usize, handler: &Handler) {
    let moves = &writer.situations.all[situation].moves;
    for (_, case) in cases(handler).filter(|(_, case)| !case.fields.is_empty()) {
        let asked = |(of, way): &&(usize, Move)| *of == index && way.taken.visited.contains(&case.element);
        let Some((_, way)) = moves.iter().find(asked) else { continue };
        for field in &case.fields {
            for taken in writer.explorer.values.taken(field.kind).into_iter().skip(1) {
                let title = format!("{}: {} at an edge, {}", case.name, field.name, shown(&taken));
                let mut draft = way.draft.clone();
                for say in draft.answers.iter_mut().filter(|say| say.answer == case.name) {
                    say.fields.retain(|(name, _)| *name != field.name);
                    say.fields.push((field.name.clone(), Term::Value(taken.clone())));
                }
                send(writer, situation, handler, &draft, &[field.element], title);
            }
        }
    }
}

/// Everything that a session is given, changed alone.
fn givens(writer: &mut Writer) {
    let model = writer.model;
    for (index, given) in model.givens.iter().enumerate() {
        let refused = writer.explorer.values.refused(given.kind).into_iter();
        let mut changes: Vec<(Option<Value>, ElementId, String)> =
            vec![(None, given.element, format!("{} is left out", given.name))];
        changes.extend(refused.map(|refused| {
            let element = refused.element.unwrap_or(given.element);
            (Some(refused.value), element, format!("{} breaks {}", given.name, writer.path(element)))
        }));
        changes.extend(writer.explorer.values.taken(given.kind).into_iter().skip(1).map(|taken| {
            let title = format!("{} at an edge, {}", given.name, shown(&taken));
            (Some(taken), given.element, title)
        }));
        changes.extend(writer.explorer.values.foreign(given.kind).into_iter().map(|value| {
            let title = format!("{} written otherwise than it should be, as {}", given.name, shown(&value));
            (Some(value), given.element, title)
        }));
        let names_row =
            |row: &RowBinding| matches!(row.key, Some(Expr::Given(of)) if usize::from(of) == index);
        if model.rows.iter().any(names_row)
            && let Some(key) = writer.explorer.values.nth(given.kind, 0)
        {
            changes.extend(slips(&key).filter_map(|slipped| {
                let Term::Value(slipped) = slipped else { return None };
                Some((Some(slipped), given.element, format!("{} almost names a row", given.name)))
            }));
        }
        for (value, element, title) in changes {
            let mut opening = writer.explorer.opening(SESSION, 0, 0);
            if let Step::Open { given: terms, .. } = &mut opening {
                terms.retain(|(name, _)| *name != given.name);
                terms.extend(value.map(|value| (given.name.clone(), Term::Value(value))));
            }
            let Some(mut thread) = writer.begin(0) else { continue };
            if writer.go(&mut thread, opening) {
                writer.test(Section::Field, &thread, &[element], title);
            }
        }
    }
}

/// The draft that is accepted, or else the first.
fn ordinary(writer: &Writer, situation: usize, handler: usize) -> Option<Draft> {
    let ways: Vec<_> = writer.situations.all[situation]
        .moves
        .iter()
        .filter(|(index, _)| *index == handler)
        .map(|(_, way)| way)
        .collect();
    let accepted = ways
        .iter()
        .find(|way| way.taken.observation.as_ref().is_some_and(|seen| seen.verdict == Verdict::Accepted));
    accepted.or(ways.first()).map(|way| way.draft.clone())
}

fn singles(writer: &mut Writer, situation: usize, handler: &Handler, draft: &Draft, changes: &[Vec<Change>]) {
    for (field, changes) in changes.iter().enumerate() {
        for change in changes {
            let changed = apply(writer, handler, draft, &[(field, change)]);
            // Of a value that nothing is asked of, what comes of it is what is tested.
            let event = writer.model.event(handler.event);
            let free = writer.model.kind(event.fields[field].kind).constraints.is_empty();
            let named = [change.element];
            let named = if change.value.is_some() && !change.breaks && free { &[][..] } else { &named };
            send(writer, situation, handler, &changed, named, change.title.clone());
        }
    }
}

fn pairs(writer: &mut Writer, situation: usize, handler: &Handler, draft: &Draft, changes: &[Vec<Change>]) {
    for (first, pair) in changes.windows(2).enumerate() {
        let broken = |changes: &'_ [Change]| changes.iter().position(|change| change.breaks);
        let (Some(left), Some(right)) = (broken(&pair[0]), broken(&pair[1])) else { continue };
        let (left, right) = (&pair[0][left], &pair[1][right]);
        let changed = apply(writer, handler, draft, &[(first, left), (first + 1, right)]);
        let title = format!("{}, and {}", left.title, right.title);
        send(writer, situation, handler, &changed, &[left.element, right.element], title);
    }
}

/// Every other way to write a value of a field, one after the other: each leaves everything as it was.
fn foreign(writer: &mut Writer, situation: usize, handler: &Handler, draft: &Draft) {
    let event = writer.model.event(handler.event);
    for (field, element) in event.fields.iter().zip(&handler.fields) {
        let mut thread = writer.at(situation);
        let mut tried = 0;
        for value in writer.explorer.values.foreign(field.kind) {
            let mut changed = draft.clone();
            changed.fields.retain(|(name, _)| *name != field.name);
            changed.fields.push((field.name.clone(), Term::Value(value)));
            let step = writer.explorer.step_of(handler, SESSION, thread.universe.now(), &changed);
            tried += usize::from(writer.go(&mut thread, step));
        }
        if tried > 0 {
            proceed(writer, &mut thread, situation);
            let title = format!("{}: {} written otherwise than it should be", event.name, field.name);
            writer.test(Section::Field, &thread, &[*element], title);
        }
    }
}

fn send(
    writer: &mut Writer,
    situation: usize,
    handler: &Handler,
    draft: &Draft,
    requirements: &[ElementId],
    title: String,
) {
    let mut thread = writer.at(situation);
    let step = writer.explorer.step_of(handler, SESSION, thread.universe.now(), draft);
    if writer.go(&mut thread, step) {
        let decisive = writer.decisive(&thread.visited);
        proceed(writer, &mut thread, situation);
        match requirements {
            [] => writer.test(Section::Field, &thread, &[decisive], title),
            named => writer.test(Section::Field, &thread, named, title),
        }
    }
}

/// What can be done to a field: left out, refused values, values at the edges.
fn changes(writer: &Writer, handler: &Handler, index: usize) -> Vec<Change> {
    let event = writer.model.event(handler.event);
    let field = &event.fields[index];
    let element = handler.fields[index];
    let name = format!("{}: {}", event.name, field.name);
    let required = !field.optional && field.default.is_none();
    let mut changes =
        vec![Change { value: None, title: format!("{name} is left out"), element, breaks: required }];
    for refused in writer.explorer.values.refused(field.kind) {
        let what = refused
            .element
            .map_or_else(|| "is of another kind".to_owned(), |id| format!("breaks {}", writer.path(id)));
        let element = refused.element.unwrap_or(element);
        changes.push(Change {
            value: Some(Term::Value(refused.value)),
            title: format!("{name} {what}"),
            element,
            breaks: true,
        });
    }
    for taken in writer.explorer.values.taken(field.kind).into_iter().skip(1) {
        let title = format!("{name} at an edge, {}", shown(&taken));
        changes.push(Change { value: Some(Term::Value(taken)), title, element, breaks: false });
    }
    changes
}

fn apply(writer: &Writer, handler: &Handler, draft: &Draft, changes: &[(usize, &Change)]) -> Draft {
    let event = writer.model.event(handler.event);
    let mut changed = draft.clone();
    for (index, change) in changes {
        let name = &event.fields[*index].name;
        changed.fields.retain(|(field, _)| field != name);
        changed.fields.extend(change.value.clone().map(|value| (name.clone(), value)));
    }
    changed
}

/// A value as titles show it: of texts only how long they are.
fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) if text.parse::<f64>().is_err() || text.len() > 12 => {
            format!("{} characters", text.chars().count())
        }
        Value::Text(text) => text.to_string(),
        Value::Int(int) => int.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::List(members) => format!("{} members", members.len()),
        Value::Unset | Value::Real(_) | Value::Object(_) => "another kind".to_owned(),
    }
}
