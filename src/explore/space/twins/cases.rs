//! What is of both cases: the worlds that differ in nothing else, and what may be sent in both.

use flowspec_runtime::machine::{Universe, World};
use flowspec_runtime::model::{EventId, Expr, Handler};
use flowspec_runtime::suite::{Seen as Said, Term};
use flowspec_runtime::{Fields, Rows};

use super::Promise;
use super::search::Search;
use crate::explore::inputs::Draft;
use crate::explore::situations::SESSION;
use crate::explore::space::Space;

impl Search<'_> {
    pub(super) fn opens_both_cases(&self, worlds: [&World; 2], given: &Fields) -> bool {
        let machine = self.space.machine();
        let mut cases = self.promise.cases.iter().zip(worlds);
        cases.all(|(case, world)| machine.holds_at_opening(&Universe::of_parts(world, []), given, case))
    }

    pub(super) fn is_of_both_cases(&self, universes: &[Universe; 2], event: EventId, draft: &Draft) -> bool {
        let stage = &self.space.stage;
        let declared = &stage.model.event(event).fields;
        self.promise.cases.iter().zip(universes).all(|(case, universe)| {
            let fields = stage.read(universe, declared, &draft.fields);
            stage.machine.holds_of(universe, SESSION, case, Some(event), &fields, &[])
        })
    }

    /// What may be sent to a handler, by what either world tells apart; not what only somebody else could know.
    pub(super) fn drafts(&mut self, universes: &[Universe; 2], handler: &Handler) -> Vec<Draft> {
        let mut all: Vec<Draft> = Vec::new();
        let hidden = |term: &Term| match term {
            Term::Seen(Said::Sent(output, _)) => !self.space.stage.shown.contains(output),
            _ => false,
        };
        for universe in universes {
            let drafts = self.space.classes.drafts(universe, handler);
            self.complete &= drafts.complete;
            all.extend(
                drafts.all.into_iter().filter(|draft| !draft.fields.iter().any(|(_, term)| hidden(term))),
            );
        }
        // A field that is read under a condition may be left out to see whether it is.
        let event = self.space.model().event(handler.event);
        for field in event.fields.iter().filter(|field| field.when.is_some()) {
            let without: Vec<Draft> = all
                .iter()
                .filter(|draft| draft.fields.iter().any(|(name, _)| *name == field.name))
                .map(|draft| {
                    let mut draft = draft.clone();
                    draft.fields.retain(|(name, _)| *name != field.name);
                    draft
                })
                .collect();
            all.extend(without);
        }
        all
    }
}

/// What the conditions of a promise read of rows.
pub(super) struct Read {
    records: Vec<u16>,
    attributes: Vec<(u16, u16)>,
}

impl Read {
    pub(super) fn of(space: &Space, promise: &Promise) -> Self {
        let mut read = Self { records: Vec::new(), attributes: Vec::new() };
        let record = |row: &u16| space.model().rows[usize::from(*row)].record;
        for case in promise.cases {
            case.each(&mut |part| match part {
                Expr::Attribute { row, attribute } => {
                    read.records.push(record(row));
                    read.attributes.push((record(row), *attribute));
                }
                Expr::RowExists(row) => read.records.push(record(row)),
                _ => {}
            });
        }
        read
    }

    pub(super) fn differ_in_nothing_else(&self, space: &Space, [one, other]: [&Rows; 2]) -> bool {
        (0..).zip(&space.model().records).all(|(id, record)| {
            let rows = [one, other].map(|rows| rows.get(&record.name).map(Vec::as_slice).unwrap_or_default());
            if !self.records.contains(&id) {
                return rows[0] == rows[1];
            }
            let ([(_, left)], [(_, right)]) = (rows[0], rows[1]) else { return true };
            (0..).zip(&record.attributes).all(|(attribute, declared)| {
                self.attributes.contains(&(id, attribute))
                    || left.get(&declared.name) == right.get(&declared.name)
            })
        })
    }
}
