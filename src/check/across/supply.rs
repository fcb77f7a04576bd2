//! What the flows of a folder leave behind for one another, beginning with nothing: the least that is closed under all
//! that they do.

use std::collections::HashSet;

use super::footprint::{Beginnings, Footprint, Need};
use super::written::{Values, Written, place_of};
use crate::explore::space::Elsewhere;
use crate::model::{Draft, Resolved};
use crate::source::Location;

/// Rows that there may be.
#[derive(Debug, Clone)]
pub(super) struct Supply {
    /// Records of which no flow makes a row: these are there from elsewhere, and anything may be in them.
    outside: HashSet<Location>,
    /// Records of which there may be a row by now.
    rows: HashSet<Location>,
    pub(super) written: Written,
}

impl Supply {
    /// What is there before any flow has run.
    pub(super) fn at_first(resolved: &Resolved, footprints: &[&Footprint]) -> Self {
        let drafts = &resolved.drafts;
        let footprints = drafts.iter().zip(footprints);
        let made: HashSet<Location> =
            footprints.flat_map(|(draft, footprint)| super::footprint::made_anew(draft, footprint)).collect();
        let records = drafts
            .iter()
            .flat_map(|draft| draft.model.records.iter().map(|record| draft.place(record.element).name));
        let outside = records.filter(|record| !made.contains(record)).collect();
        Self { outside, rows: HashSet::new(), written: Written::default() }
    }

    /// The beginnings of a flow that there may be by now.
    pub(super) fn open_to(&self, draft: &Draft, footprint: &Footprint) -> Beginnings {
        let met = |needs: &[Need]| needs.iter().all(|need| self.meets(draft, need));
        let open = (0..).zip(&footprint.needs).filter(|(_, needs)| met(needs));
        open.map(|(beginning, _)| beginning).collect()
    }

    /// Whether there may be what is needed.
    pub(super) fn meets(&self, draft: &Draft, need: &Need) -> bool {
        let record = draft.place(draft.model.records[usize::from(need.record)].element).name;
        if self.outside.contains(&record) {
            return true;
        }
        let Some(attribute) = need.attribute else { return self.rows.contains(&record) };
        match (self.written.of(place_of(draft, need.record, attribute)), &need.value) {
            (None, _) => false,
            (Some(Values::Only(values)), Some(value)) => values.contains(value),
            (Some(_), _) => true,
        }
    }

    /// Whether a record is one that flows of the folder make rows of.
    pub(super) fn is_made(&self, record: Location) -> bool {
        !self.outside.contains(&record)
    }

    /// Takes in what a flow leaves behind from these beginnings; whether there was something new.
    pub(super) fn take(&mut self, draft: &Draft, footprint: &Footprint, from: Beginnings) -> bool {
        let mut new = false;
        draft.model.actions(&mut |action| {
            if footprint.sets.get(&action.element()).is_some_and(|set| set.meets(from)) {
                new |= self.take_one(draft, action);
            }
        });
        new
    }

    /// Takes in all that a flow sets anywhere: so much may be left behind by one of which not all is known.
    pub(super) fn take_all(&mut self, draft: &Draft) -> bool {
        let mut new = false;
        draft.model.actions(&mut |action| new |= self.take_one(draft, action));
        new
    }

    fn take_one(&mut self, draft: &Draft, action: &crate::model::Action) -> bool {
        let Some((record, ..)) = super::written::set_by(&draft.model, action) else { return false };
        let record = draft.place(draft.model.records[usize::from(record)].element).name;
        self.rows.insert(record) | self.written.take(draft, action)
    }

    /// What others may do to the rows that a flow looks at.
    pub(super) fn elsewhere(&self, draft: &Draft) -> Vec<Elsewhere> {
        let mut all = self.written.elsewhere(draft);
        let of = |record: u16| draft.place(draft.model.records[usize::from(record)].element).name;
        // Other rows are made by the same flows.
        all.retain(|other| !other.beside || self.outside.contains(&of(other.record)));
        for (record, declared) in (0..).zip(&draft.model.records) {
            if self.outside.contains(&of(record)) {
                let attributes = 0..declared.attributes.len() as u16;
                all.extend(attributes.map(|attribute| Elsewhere {
                    record,
                    attribute,
                    only: None,
                    beside: false,
                }));
            }
        }
        all
    }
}
