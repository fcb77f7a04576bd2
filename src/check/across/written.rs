//! What flows set in the rows that they share: the values that each attribute may get from any of them.

use std::collections::BTreeMap;

use crate::explore::space::Elsewhere;
use crate::model::{Action, Draft, Expr, Model, Target};
use crate::source::Location;
use flowspec_runtime::Value;

/// The values that an attribute is set to.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::check) enum Values {
    /// These constants.
    Only(Vec<Value>),
    /// What somebody enters, or what is computed.
    Any,
}

/// The values of attributes, by the place of their declaration: flows number them as they like, and folders may have
/// records of the same name.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::check) struct Written(BTreeMap<Location, Values>);

impl Written {
    /// All that some flows set somewhere.
    pub(in crate::check) fn by_all(drafts: &[Draft]) -> Self {
        let mut written = Self::default();
        for draft in drafts {
            draft.model.actions(&mut |action| {
                written.take(draft, action);
            });
        }
        written
    }

    /// Takes an action in; whether that is new.
    pub(super) fn take(&mut self, draft: &Draft, action: &Action) -> bool {
        let Some((record, attribute, value)) = set_by(&draft.model, action) else { return false };
        let value = if let Expr::Const(value) = value { Some(value.clone()) } else { None };
        self.add(place_of(draft, record, attribute), value)
    }

    /// Adds a value, or any, to those of an attribute; whether that is new.
    pub(super) fn add(&mut self, attribute: Location, value: Option<Value>) -> bool {
        let known = self.0.entry(attribute).or_insert_with(|| Values::Only(Vec::new()));
        match (known, value) {
            (Values::Any, _) => false,
            (Values::Only(values), Some(value)) if values.contains(&value) => false,
            (Values::Only(values), Some(value)) => {
                values.push(value);
                true
            }
            (known, None) => {
                *known = Values::Any;
                true
            }
        }
    }

    /// The values of an attribute; none if nobody sets it.
    pub(super) fn of(&self, attribute: Location) -> Option<&Values> {
        self.0.get(&attribute)
    }

    /// What others may do to the rows that a flow looks at, by this.
    pub(in crate::check) fn elsewhere(&self, draft: &Draft) -> Vec<Elsewhere> {
        let model = &draft.model;
        let mut all = Vec::new();
        for (record, declared) in (0..).zip(&model.records) {
            if model.rows.iter().all(|row| row.record != record) {
                continue;
            }
            let several = looks_at_several(model, record);
            for attribute in 0..declared.attributes.len() as u16 {
                let only = self.of(place_of(draft, record, attribute)).map(|values| match values {
                    Values::Any => None,
                    Values::Only(values) => Some(values.clone()),
                });
                all.extend(only.map(|only| Elsewhere { record, attribute, only, beside: false }));
                if several {
                    all.push(Elsewhere { record, attribute, only: None, beside: true });
                }
            }
        }
        all
    }
}

/// What an action sets of a row: record, attribute and value.
pub(super) fn set_by<'m>(model: &Model, action: &'m Action) -> Option<(u16, u16, &'m Expr)> {
    let Action::Set { target: Target::Attribute { row, attribute }, value, .. } = action else { return None };
    Some((model.rows[usize::from(*row)].record, *attribute, value))
}

/// Where an attribute is declared.
pub(super) fn place_of(draft: &Draft, record: u16, attribute: u16) -> Location {
    let attributes = &draft.model.records[usize::from(record)].attributes;
    draft.place(attributes[usize::from(attribute)].element).name
}

/// Whether a session may look at one row of a record and later at another.
fn looks_at_several(model: &Model, record: u16) -> bool {
    let mut several = false;
    for row in model.rows.iter().filter(|row| row.record == record) {
        let Some(key) = &row.key else { return true };
        let Expr::Variable(variable) = key else { continue };
        let mut set = 0;
        model.actions(&mut |action| {
            let keeps = matches!(action, Action::Set { target: Target::Variable(to), .. } if to == variable);
            set += usize::from(keeps);
        });
        several |= set > 1;
    }
    several
}
