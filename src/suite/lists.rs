//! Section 4, of lists: several items of different kinds in either order, and amounts whose parts do not come out even.

use flowspec_runtime::model::{Handler, Kind, TypeId};
use flowspec_runtime::suite::{Section, Term};
use flowspec_runtime::{Text, Value};

use super::transitions::proceed;
use super::writer::Writer;
use crate::explore::{Draft, SESSION, place};

/// So many different items are put beside one another.
const ITEMS: usize = 8;

/// Amounts in hundredths that shares of do not come out even: a half of the smallest unit among them.
const UNEVEN: [i64; 8] = [25, 125, 99, 3333, 920, 75, 123_456, 66_667];

/// Adds the tests with several items.
pub(super) fn derive(writer: &mut Writer) {
    for situation in writer.situations.nearest() {
        let here = writer.situations.all[situation].place;
        for handler in &writer.model.step(here).handlers {
            let event = writer.model.event(handler.event);
            for field in &event.fields {
                let Kind::List { of, max, .. } = writer.model.kind(field.kind).kind else { continue };
                if max > 1 {
                    let universe = &writer.situations.all[situation].universe;
                    let draft = writer.explorer.usual_draft(universe, SESSION, handler);
                    several(writer, situation, handler, &draft, &field.name, of);
                }
            }
        }
    }
}

fn several(
    writer: &mut Writer,
    situation: usize,
    handler: &Handler,
    draft: &Draft,
    field: &Text,
    of: TypeId,
) {
    let items = items(writer, of);
    let mut lists: Vec<Vec<Value>> = Vec::new();
    for one in &items {
        lists
            .extend(items.iter().filter(|other| *other != one).map(|other| vec![one.clone(), other.clone()]));
        lists.extend(
            items
                .iter()
                .filter(|other| *other != one)
                .map(|other| vec![one.clone(), other.clone(), one.clone()]),
        );
    }
    lists.extend(uneven(writer, of, &items));
    let event = &writer.model.event(handler.event).name;
    let here = writer.situations.all[situation].place;
    let mut refused = writer.at(situation);
    let mut tried = 0;
    for list in lists {
        let count = list.len();
        let mut draft = draft.clone();
        draft.fields.retain(|(name, _)| name != field);
        draft.fields.push((field.clone(), Term::Value(Value::List(list))));
        let mut thread = refused.clone();
        let step = writer.explorer.step_of(handler, SESSION, thread.universe.now(), &draft);
        if !writer.go(&mut thread, step.clone()) {
            continue;
        }
        if place(&thread.universe, SESSION) == Some(here) {
            refused = thread;
            tried += 1;
            continue;
        }
        let mut thread = writer.at(situation);
        if writer.go(&mut thread, super::writer::at(&step, writer.situations.all[situation].universe.now())) {
            let requirement = writer.decisive(&thread.visited);
            let title = format!("{event} with {count} {field} that differ");
            writer.test(Section::Guard, &thread, &[requirement], title);
        }
    }
    if tried > 0 {
        let requirement = writer.decisive(&refused.visited);
        proceed(writer, &mut refused, situation);
        let title = format!("{event} with several {field}, one of which decides");
        writer.test(Section::Guard, &refused, &[requirement], title);
    }
}

/// An ordinary item, and one for each other value of one of its fields.
fn items(writer: &Writer, of: TypeId) -> Vec<Value> {
    let values = writer.explorer.values;
    let Kind::Entry { fields } = &writer.model.kind(of).kind else {
        return (0..3).filter_map(|n| values.nth(of, n)).collect();
    };
    let Some(Value::Object(usual)) = values.nth(of, 0) else { return Vec::new() };
    let mut items = vec![Value::Object(usual.clone())];
    for field in fields {
        let words = matches!(writer.model.kind(field.kind).kind, Kind::Word { .. } | Kind::Bool);
        for other in (1..if words { 6 } else { 2 }).filter_map(|n| values.nth(field.kind, n)) {
            let mut item = usual.clone();
            item.insert(field.name.clone(), other);
            items.push(Value::Object(item));
        }
    }
    items.truncate(ITEMS);
    items
}

/// Lists of one and of three items, with amounts that do not come out even.
fn uneven(writer: &Writer, of: TypeId, items: &[Value]) -> Vec<Vec<Value>> {
    let Kind::Entry { fields } = &writer.model.kind(of).kind else { return Vec::new() };
    let amounts =
        fields.iter().filter(|field| matches!(writer.model.kind(field.kind).kind, Kind::Money { .. }));
    let mut lists = Vec::new();
    for field in amounts {
        let Kind::Money { digits, .. } = writer.model.kind(field.kind).kind else { continue };
        let with = |item: &Value, amount: i64| {
            let Value::Object(mut entry) = item.clone() else { return item.clone() };
            entry.insert(field.name.clone(), flowspec_runtime::write_money(amount, digits).into());
            Value::Object(entry)
        };
        for edge in writer.explorer.values.taken(field.kind) {
            let at_edge = |item: &Value| match item.clone() {
                Value::Object(mut entry) => {
                    entry.insert(field.name.clone(), edge.clone());
                    Value::Object(entry)
                }
                other => other,
            };
            lists.extend(items.iter().map(|item| vec![at_edge(item)]));
        }
        for (at, amount) in UNEVEN.into_iter().enumerate() {
            lists.extend(items.iter().map(|item| vec![with(item, amount)]));
            let nth = |n: usize| with(&items[(at + n) % items.len()], UNEVEN[(at + n) % UNEVEN.len()]);
            lists.push((0..3).map(nth).collect());
            lists.extend(
                items
                    .iter()
                    .map(|item| (0..3).map(|n| with(item, UNEVEN[(at + n) % UNEVEN.len()])).collect()),
            );
        }
    }
    lists
}
