//! Section 9, of rows: what one person does leaves the rows of another one alone, and what is right for one is wrong for
//! another.

use flowspec_runtime::model::{Comparison, Expr, Handler, Kind, Model, Record};
use flowspec_runtime::suite::{Section, Step, Term, Terms};
use flowspec_runtime::{Fields, Rows, Time, Value};

use super::aftermath;
use super::repetition::{OTHER, of_session};
use super::writer::{Thread, Writer, at};
use crate::explore::{SESSION, place, rivals_of};

/// Another person: the rows with one more of each record, and what is this person's of what was the first one's.
struct Other {
    rows: Rows,
    instead: Vec<(Value, Value)>,
}

/// Adds the tests with two persons.
pub(super) fn derive(writer: &mut Writer) {
    if writer.model.rows.is_empty() {
        return;
    }
    for situation in writer.situations.nearest() {
        let place = writer.situations.all[situation].place;
        if writer.model.step(place).end.is_none() {
            anothers(writer, situation);
        }
    }
    untouched(writer);
}

/// Where a field must equal what is in a row: what is in the other one.
fn anothers(writer: &mut Writer, situation: usize) {
    let rows = writer.worlds[writer.situations.all[situation].world].clone();
    let Some(other) = other(writer, &rows) else { return };
    let here = writer.situations.all[situation].place;
    for handler in &writer.model.step(here).handlers {
        for rival in rivals_of(writer.model, handler) {
            let equal = matches!(rival.how, Some(Comparison::Equal | Comparison::NotEqual));
            let Expr::Attribute { row, attribute } = rival.with else { continue };
            let record = &writer.model.records[usize::from(writer.model.rows[usize::from(*row)].record)];
            let value = other.rows[&record.name].last().map(|(_, row)| row);
            let name = &record.attributes[usize::from(*attribute)].name;
            let Some(value) = value.map(|row| row.get(name).clone()).filter(|value| value.is_set() && equal)
            else {
                continue;
            };
            let usual =
                writer.explorer.usual_draft(&writer.situations.all[situation].universe, SESSION, handler);
            let field = &writer.model.event(handler.event).fields[usize::from(rival.field)].name;
            let mut draft = usual;
            draft.fields.iter_mut().filter(|(known, _)| known == field).for_each(|(_, term)| {
                *term = Term::Value(value.clone());
            });
            let path: Vec<Step> = writer.situations.path(situation).into_iter().cloned().collect();
            let Some(mut thread) = writer.begin_with(other.rows.clone()) else { continue };
            if !path.into_iter().all(|step| writer.go(&mut thread, step)) {
                continue;
            }
            let step = writer.explorer.step_of(handler, SESSION, thread.universe.now(), &draft);
            if writer.go(&mut thread, step) {
                let title =
                    format!("{}: {field} as it is right for another row", event(writer.model, handler));
                conclude(writer, &thread, title);
            }
        }
    }
}

/// One person writes; the other one comes to where that is read, and goes each way that there is.
fn untouched(writer: &mut Writer) {
    let (writings, readings) = (aftermath::writings(writer), aftermath::readings(writer));
    for writing in &writings {
        let rows = writer.worlds[writer.situations.all[writing.situation].world].clone();
        let Some(other) = other(writer, &rows) else { continue };
        for reading in readings.iter().filter(|reading| reading.attribute == writing.attribute) {
            let Some(mut thread) = writer.begin_with(other.rows.clone()) else { continue };
            let path: Vec<Step> = writer.situations.path(writing.situation).into_iter().cloned().collect();
            let wrote =
                path.into_iter().chain([writing.way.step.clone()]).all(|step| writer.go(&mut thread, step));
            if !wrote || !walk(writer, &mut thread, reading.situation, &other) {
                continue;
            }
            if place(&thread.universe, OTHER) != Some(writer.situations.all[reading.situation].place) {
                continue;
            }
            let now = thread.universe.now();
            for way in writer.explorer.moves(&thread.universe, OTHER, now, reading.handler) {
                let mut thread = thread.clone();
                if writer.go(&mut thread, way.step) {
                    let title = format!(
                        "{} after what was done for another row",
                        event(writer.model, reading.handler)
                    );
                    conclude(writer, &thread, title);
                }
            }
        }
    }
}

/// The other person goes the way to a situation.
fn walk(writer: &mut Writer, thread: &mut Thread, situation: usize, other: &Other) -> bool {
    let now = thread.universe.now();
    let path: Vec<Step> = writer.situations.path(situation).into_iter().cloned().collect();
    path.iter().all(|step| match step {
        Step::Advance { .. } => false,
        step => writer.go(thread, as_other(step, now, other)),
    })
}

/// The same step of the other person.
fn as_other(step: &Step, now: Time, other: &Other) -> Step {
    let mut step = at(&of_session(step, OTHER), now);
    let exchange = |terms: &mut Terms| {
        for (_, term) in terms {
            if let Some((_, instead)) =
                other.instead.iter().find(|(known, _)| *term == Term::Value(known.clone()))
            {
                *term = Term::Value(instead.clone());
            }
        }
    };
    match &mut step {
        Step::Open { given, .. } => exchange(given),
        Step::Apply { fields, .. } => exchange(fields),
        Step::Advance { .. } | Step::May { .. } | Step::Close { .. } => {}
    }
    step
}

/// The rows with those of another person; none where there are none to add to.
fn other(writer: &Writer, rows: &Rows) -> Option<Other> {
    let mut other = Other { rows: rows.clone(), instead: Vec::new() };
    for record in &writer.model.records {
        let Some([(key, row)]) = rows.get(&record.name).map(Vec::as_slice) else { continue };
        let another = writer.explorer.values.nth(record.key_kind, 1)?;
        let theirs = another_row(writer, record, row, &mut other.instead);
        other.instead.push((key.clone(), another.clone()));
        other.rows.get_mut(&record.name)?.push((another, theirs));
    }
    (!other.instead.is_empty()).then_some(other)
}

/// A row like another one, with other texts.
fn another_row(writer: &Writer, record: &Record, row: &Fields, instead: &mut Vec<(Value, Value)>) -> Fields {
    let attributes = record.attributes.iter().filter(|attribute| row.get(&attribute.name).is_set());
    let of = |attribute: &flowspec_runtime::model::Variable| {
        let value = row.get(&attribute.name);
        let is_text = writer.model.kind(attribute.kind).kind == Kind::Text;
        let another =
            writer.explorer.values.nth(attribute.kind, 1).filter(|another| is_text && another != value);
        if let Some(another) = &another {
            instead.push((value.clone(), another.clone()));
        }
        (attribute.name.clone(), another.unwrap_or_else(|| value.clone()))
    };
    attributes.map(of).collect()
}

fn event<'m>(model: &'m Model, handler: &Handler) -> &'m str {
    &model.event(handler.event).name
}

fn conclude(writer: &mut Writer, thread: &Thread, title: String) {
    let requirement = writer.decisive(&thread.visited);
    writer.test(Section::Repetition, thread, &[requirement], title);
}
