//! Section 7, of rows: what one session writes into a row, the next one finds there. And where a field is compared with
//! what is kept in a row, rows are made with which the comparison just holds and just fails, before and after that.

use flowspec_runtime::Rows;
use flowspec_runtime::model::{Action, Comparison, ElementId, Expr, Handler, Kind, Target};
use flowspec_runtime::suite::{Section, Step, Term};
use flowspec_runtime::values::{integer, sent};

use super::repetition::{OTHER, walk};
use super::writer::{Thread, Writer};
use crate::explore::{Draft, Move, Rival, SESSION, actions_of, place, rivals_of};

/// An attribute of a record, by their indices.
pub(super) type Attribute = (u16, u16);

/// A way in which a session writes into a row, or might have.
#[derive(Clone, Copy)]
pub(super) struct Writing<'a> {
    pub(super) attribute: Attribute,
    pub(super) situation: usize,
    pub(super) way: &'a Move,
}

/// A handler that reads an attribute, in the nearest situation where it can be used.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) attribute: Attribute,
    pub(super) situation: usize,
    pub(super) handler: &'a Handler,
}

/// Adds the tests about what is written into rows.
pub(super) fn derive(writer: &mut Writer) {
    let (writings, readings) = (writings(writer), readings(writer));
    for reading in &readings {
        just_holds(writer, *reading, None);
        for writing in writings.iter().filter(|writing| writing.attribute == reading.attribute) {
            just_holds(writer, *reading, Some(*writing));
            found(writer, *reading, *writing);
        }
    }
}

/// The first move that performs each statement which writes into a row, and the first that could have and does not.
pub(super) fn writings<'a>(writer: &Writer<'a>) -> Vec<Writing<'a>> {
    let mut known: Vec<(ElementId, bool)> = Vec::new();
    let mut writings = Vec::new();
    for (situation, at) in writer.situations.all.iter().enumerate() {
        for (handler, way) in &at.moves {
            let handler = &writer.model.step(at.place).handlers[*handler];
            for (element, attribute) in written(writer, handler) {
                let seen = (element, way.taken.visited.contains(&element));
                // What stays where it is leaves the session free to go on: other sections do.
                let leaves = place(&way.taken.universe, SESSION) != Some(at.place);
                if (seen.1 || leaves) && !known.contains(&seen) {
                    known.push(seen);
                    writings.push(Writing { attribute, situation, way });
                }
            }
        }
    }
    writings
}

/// The statements of a handler that write into rows, and what they write.
fn written(writer: &Writer, handler: &Handler) -> Vec<(ElementId, Attribute)> {
    let mut found = Vec::new();
    for (record, of) in (0..).zip(&writer.model.records) {
        for attribute in (0..).take(of.attributes.len()) {
            let sets = actions_of(handler, |action| {
                matches!(action, Action::Set { target: Target::Attribute { row, attribute: at }, .. }
                    if *at == attribute && writer.model.rows[usize::from(*row)].record == record)
            });
            found.extend(sets.into_iter().map(|element| (element, (record, attribute))));
        }
    }
    found
}

/// Every handler with each attribute that it reads.
pub(super) fn readings<'a>(writer: &Writer<'a>) -> Vec<Reading<'a>> {
    let mut readings = Vec::new();
    for situation in writer.situations.nearest() {
        for handler in &writer.model.step(writer.situations.all[situation].place).handlers {
            let mut read: Vec<Attribute> = Vec::new();
            handler.expressions(&mut |expr| read.extend(attribute_of(writer, expr)));
            read.sort_unstable();
            read.dedup();
            readings.extend(read.into_iter().map(|attribute| Reading { attribute, situation, handler }));
        }
    }
    readings
}

fn attribute_of(writer: &Writer, expr: &Expr) -> Option<Attribute> {
    let Expr::Attribute { row, attribute } = expr else { return None };
    Some((writer.model.rows[usize::from(*row)].record, *attribute))
}

/// A session writes; another one comes to where that is read, and goes each way that there is: where there was another value
/// before, and where there was none.
fn found(writer: &mut Writer, reading: Reading, writing: Writing) {
    let rows = writer.worlds[writer.situations.all[writing.situation].world].clone();
    let bare = without(writer, &rows, reading.attribute);
    for rows in [Some(rows), bare].into_iter().flatten() {
        found_among(writer, reading, writing, rows);
    }
}

/// The rows without an attribute; none where it is not there anyway.
fn without(writer: &Writer, rows: &Rows, (record, attribute): Attribute) -> Option<Rows> {
    let of = &writer.model.records[usize::from(record)];
    let name = &of.attributes[usize::from(attribute)].name;
    let mut bare = rows.clone();
    for (_, row) in bare.get_mut(&of.name)? {
        *row = row.0.iter().filter(|(known, _)| known != name).cloned().collect();
    }
    (bare != *rows).then_some(bare)
}

fn found_among(writer: &mut Writer, reading: Reading, writing: Writing, rows: Rows) {
    let Some(thread) = at_reader(writer, rows, reading.situation, Some(writing)) else { return };
    if place(&thread.universe, OTHER) != Some(writer.situations.all[reading.situation].place) {
        return;
    }
    let now = thread.universe.now();
    for way in writer.explorer.moves(&thread.universe, OTHER, now, reading.handler) {
        let mut thread = thread.clone();
        if writer.go(&mut thread, way.step) {
            let title = format!("{} finds what another session left", event(writer, reading));
            conclude(writer, &thread, title);
        }
    }
}

/// Tests with rows for which a field of the handler is just as much as what it is compared with, and one more and less.
fn just_holds(writer: &mut Writer, reading: Reading, writing: Option<Writing>) {
    for rival in rivals_of(writer.model, reading.handler) {
        let ordered = rival.how.is_some_and(|how| !matches!(how, Comparison::Equal | Comparison::NotEqual));
        let mut of_this = false;
        rival.with.each(&mut |expr| of_this |= attribute_of(writer, expr) == Some(reading.attribute));
        if ordered && of_this {
            around(writer, reading, writing, &rival);
        }
    }
}

fn around(writer: &mut Writer, reading: Reading, writing: Option<Writing>, rival: &Rival) {
    let rows = writer.worlds[writer.situations.all[reading.situation].world].clone();
    let Some(thread) = at_reader(writer, rows.clone(), reading.situation, writing) else { return };
    let session = if writing.is_some() { OTHER } else { SESSION };
    let drafts = writer.explorer.variants(&thread.universe, session, reading.handler);
    let answers: Vec<_> = drafts.iter().map(|draft| draft.answers.clone()).collect();
    let Some(mut draft) = drafts.into_iter().next() else { return };
    let field = &writer.model.event(reading.handler.event).fields[usize::from(rival.field)];
    let kind = &writer.model.kind(field.kind).kind;
    let Some(usual) = writer.explorer.values.nth(field.kind, 0) else { return };
    let value = writer.explorer.runner.value(&thread.universe, session, rival.with);
    let (Some(amount), Some(value)) = (integer(kind, &usual), value.as_int()) else { return };
    draft.fields.retain(|(name, _)| *name != field.name);
    draft.fields.push((field.name.clone(), Term::Value(usual)));
    let half = (amount / 2).max(2);
    let distances =
        [(0, "just as much as"), (-1, "one more than"), (1, "one less than"), (-half, "far more than")];
    for (more, what) in distances {
        let Some(rows) = shifted(writer, &rows, reading.attribute, amount + more - value) else { return };
        let Some(thread) = at_reader(writer, rows, reading.situation, writing) else { continue };
        let mut tried = Vec::new();
        for answers in &answers {
            if tried.contains(answers) {
                continue;
            }
            tried.push(answers.clone());
            let draft = Draft { answers: answers.clone(), ..draft.clone() };
            let now = thread.universe.now();
            let step = writer.explorer.step_of(reading.handler, session, now, &draft);
            let mut thread = thread.clone();
            if writer.go(&mut thread, step) {
                let before = if writing.is_some() { ", after what another session did" } else { "" };
                let event = event(writer, reading);
                let title = format!("{event}: {} {what} it is compared with{before}", field.name);
                conclude(writer, &thread, title);
            }
        }
    }
}

/// A thread in which a session is where a handler can be used; before that another one wrote, if one is to.
fn at_reader(writer: &mut Writer, rows: Rows, reader: usize, writing: Option<Writing>) -> Option<Thread> {
    let path = |situation| -> Vec<Step> { writer.situations.path(situation).into_iter().cloned().collect() };
    let (to_reader, to_writer) = (path(reader), writing.map(|writing| path(writing.situation)));
    let mut thread = writer.begin_with(rows)?;
    let Some((writing, to_writer)) = writing.zip(to_writer) else {
        return to_reader.into_iter().all(|step| writer.go(&mut thread, step)).then_some(thread);
    };
    let wrote =
        to_writer.into_iter().chain([writing.way.step.clone()]).all(|step| writer.go(&mut thread, step));
    (wrote && walk(writer, &mut thread, &to_reader)).then_some(thread)
}

/// The rows with so much more in an attribute.
fn shifted(writer: &Writer, rows: &Rows, (record, attribute): Attribute, by: i64) -> Option<Rows> {
    let of = &writer.model.records[usize::from(record)];
    let attribute = &of.attributes[usize::from(attribute)];
    let kind: &Kind = &writer.model.kind(attribute.kind).kind;
    let mut rows = rows.clone();
    for (_, row) in rows.get_mut(&of.name)? {
        let now = integer(kind, row.get(&attribute.name))?;
        row.set(attribute.name.clone(), sent(kind, now.checked_add(by)?));
    }
    Some(rows)
}

fn event<'a>(writer: &Writer<'a>, reading: Reading) -> &'a str {
    &writer.model.event(reading.handler.event).name
}

fn conclude(writer: &mut Writer, thread: &Thread, title: String) {
    let requirement = writer.decisive(&thread.visited);
    writer.test(Section::Memory, thread, &[requirement], title);
}
