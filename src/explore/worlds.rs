//! The universes that tests begin in, and the ways a session can open there.

use flowspec_runtime::machine::Universe;
use flowspec_runtime::model::{Bound, Capability, Expr, Kind, Record, Variable};
use flowspec_runtime::suite::{Step, Term, Terms};
use flowspec_runtime::values::{sent, without_repeats};
use flowspec_runtime::{Fields, Rows, SessionId, Text, Time, Value};

use super::Explorer;
use super::rivals::parts;

/// A universe that tests begin in: at most one row of each record, under the first value of its key.
pub type World = Rows;

/// How many times as much as any limit allows is enough for everything that a test does.
const PLENTY: i64 = 5;

/// How many variants of a record's row are tried together.
const VARIANTS: usize = 96;

impl Explorer<'_> {
    /// The worlds that make a difference: every attribute set, each of them varied alone, then together, and no row.
    pub fn worlds(&self) -> Vec<World> {
        let mut worlds = vec![World::new()];
        let bound = |index: usize| self.model.rows.iter().any(|row| usize::from(row.record) == index);
        for (_, record) in self.model.records.iter().enumerate().filter(|(index, _)| bound(*index)) {
            let Some(key) = self.values.nth(record.key_kind, 0) else { continue };
            let rows = self.rows(record);
            let with = |world: &World, row: Option<&Fields>| {
                let mut world = world.clone();
                if let Some(row) = row {
                    world.insert(record.name.clone(), vec![(key.clone(), row.clone())]);
                }
                world
            };
            let every = rows.iter().map(Some).chain([None]);
            worlds = every
                .flat_map(|row| worlds.iter().map(move |world| with(world, row)))
                .take(VARIANTS)
                .collect();
        }
        worlds
    }

    /// The rows of a record that guards may tell apart, the fullest first.
    fn rows(&self, record: &Record) -> Vec<Fields> {
        let values: Vec<(Text, Vec<Value>)> = record
            .attributes
            .iter()
            .map(|attribute| {
                let described = self.model.kind(attribute.kind);
                let enumerated = matches!(described.kind, Kind::Bool | Kind::Word { .. } | Kind::Set { .. });
                // What is calculated with comes first in an amount that is enough for everything.
                let plenty = self.plenty(&attribute.name).map(|int| sent(&described.kind, int));
                let ordinary =
                    (0..if enumerated { 8 } else { 1 }).map_while(|n| self.values.nth(attribute.kind, n));
                let mut values: Vec<Value> = plenty.into_iter().chain(ordinary).collect();
                values.extend(self.constants(&attribute.name).map(|int| sent(&described.kind, int)));
                values.push(Value::Unset);
                (attribute.name.clone(), without_repeats(values))
            })
            .collect();
        let full: Vec<usize> = vec![0; values.len()];
        let mut picks = vec![full.clone()];
        for (attribute, (_, options)) in values.iter().enumerate() {
            for option in 1..options.len() {
                let mut varied = full.clone();
                varied[attribute] = option;
                picks.push(varied);
            }
        }
        for first in 0..values.len() {
            for second in first + 1..values.len() {
                let (a, b) = (values[first].1.len(), values[second].1.len());
                for (left, right) in (1..a).flat_map(|left| (1..b).map(move |right| (left, right))) {
                    let mut varied = full.clone();
                    (varied[first], varied[second]) = (left, right);
                    picks.push(varied);
                }
            }
        }
        // One place is left for the world without a row.
        picks.truncate(VARIANTS - 1);
        let row = |pick: Vec<usize>| {
            let named = values
                .iter()
                .zip(pick)
                .map(|((name, options), option)| (name.clone(), options[option].clone()));
            named.filter(|(_, value)| value.is_set()).collect()
        };
        picks.into_iter().map(row).collect()
    }

    /// Integers that an attribute of this name is compared with, and their neighbours.
    fn constants(&self, attribute: &str) -> impl Iterator<Item = i64> {
        let mut found = Vec::new();
        for expr in self.guards() {
            self.compared(expr, attribute, &mut found);
        }
        found.into_iter().flat_map(|int: i64| [int, int.saturating_sub(1), int.saturating_add(1)])
    }

    /// Several times what any limit of the flow allows, for an attribute that is calculated with.
    fn plenty(&self, attribute: &str) -> Option<i64> {
        let mut calculated = false;
        self.model.expressions(&mut |expr| {
            if let Expr::Add(left, right) | Expr::Subtract(left, right) = expr {
                let mut sides = [left, right].into_iter().filter_map(|side| self.attribute_name(side));
                calculated |= sides.any(|name| name == attribute);
            }
        });
        let bounds = self.model.limits.iter().filter_map(|limit| match &limit.bound {
            Bound::AtMost(Expr::Const(Value::Int(bound))) => Some(*bound),
            _ => None,
        });
        bounds.max().filter(|_| calculated).map(|most| most.saturating_mul(PLENTY))
    }

    fn guards(&self) -> Vec<&Expr> {
        let steps = self.model.steps.iter().flat_map(|step| &step.handlers);
        let branches =
            steps.flat_map(|handler| handler.branches.iter().filter_map(|branch| branch.guard.as_ref()));
        let requires = self.model.requires.iter().map(|require| &require.guard);
        let start = self.model.start.iter().filter_map(|branch| branch.guard.as_ref());
        let asked = self.model.capabilities.iter().flat_map(|capability| &capability.rules);
        branches.chain(requires).chain(start).chain(asked.filter_map(|rule| rule.guard.as_ref())).collect()
    }

    fn compared(&self, expr: &Expr, attribute: &str, found: &mut Vec<i64>) {
        if let Expr::Compare { left, right, .. } = expr {
            for (side, other) in [(left, right), (right, left)] {
                if let (Some(name), Expr::Const(Value::Int(int))) = (self.attribute_name(side), &**other) {
                    found.extend((name == attribute).then_some(*int));
                }
            }
        }
        for part in parts(expr) {
            self.compared(part, attribute, found);
        }
    }

    fn attribute_name(&self, expr: &Expr) -> Option<&Text> {
        let Expr::Attribute { row, attribute } = expr else { return None };
        let record = &self.model.records[usize::from(self.model.rows[usize::from(*row)].record)];
        Some(&record.attributes[usize::from(*attribute)].name)
    }

    /// What a capability is asked about: the row that the session looks at, or else the first there is; or the session.
    pub fn subject(&self, universe: &Universe, session: SessionId, capability: &Capability) -> Option<Value> {
        let Some(record) = capability.record else { return Some(Value::Int(i64::from(session))) };
        let binding = self.model.rows.iter().find(|row| row.record == record);
        let key =
            binding.and_then(|row| row.key.as_ref()).map(|key| self.runner.value(universe, session, key));
        key.filter(Value::is_set).or_else(|| universe.rows(record).next().map(|(key, _)| key.clone()))
    }

    /// The ordinary way to open a session; the n-th tells how far the values of givens are varied, so
    /// that two openings of different `n` share no value but those that a default makes the usual ones.
    pub fn opening(&self, session: SessionId, at: Time, n: u32) -> Step {
        let given = self.model.givens.iter().filter_map(|given| {
            let usual = self.usual_of(given, n);
            let value = usual
                .or_else(|| self.values.nth(given.kind, n))
                .or_else(|| self.values.nth(given.kind, 0))?;
            Some((given.name.clone(), Term::Value(value)))
        });
        Step::Open { session, at, given: given.collect() }
    }

    /// What a given is if nobody says otherwise: a life of half an hour, say, in which more can happen than in the
    /// shortest there is.
    fn usual_of(&self, given: &Variable, n: u32) -> Option<Value> {
        let kind = &self.model.kind(given.kind).kind;
        match given.default.as_ref()? {
            Value::Int(int) => Some(sent(kind, *int)),
            other => (n == 0).then(|| other.clone()),
        }
    }

    /// Every way to open a session: the ordinary one, and each given varied alone.
    pub fn openings(&self, session: SessionId, at: Time) -> Vec<Step> {
        let mut openings = vec![self.opening(session, at, 0)];
        for (index, given) in self.model.givens.iter().enumerate() {
            let described = self.model.kind(given.kind);
            let enumerated = matches!(described.kind, Kind::Bool | Kind::Word { .. } | Kind::Set { .. });
            let constants = self.constants(&given.name).map(|int| sent(&described.kind, int));
            let others = (0..if enumerated { 8 } else { 2 }).map_while(|n| self.values.nth(given.kind, n));
            for value in others.chain(constants).chain([Value::Unset]) {
                let mut opening = self.opening(session, at, 0);
                let Step::Open { given: usual, .. } = &opening else { continue };
                if usual.get(index).is_some_and(|(_, usual)| *usual == Term::Value(value.clone())) {
                    continue;
                }
                if let Step::Open { given, .. } = &mut opening {
                    replace(given, index, value);
                }
                openings.push(opening);
            }
        }
        openings
    }
}

fn replace(given: &mut Terms, index: usize, value: Value) {
    if !value.is_set() {
        given.remove(index);
    } else if let Some((_, term)) = given.get_mut(index) {
        *term = Term::Value(value);
    }
}
