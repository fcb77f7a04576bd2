//! The classes of values that a handler tells apart in a situation, a value of each: exploring with these is exploring
//! with all values.

use flowspec_runtime::machine::{Machine, Universe};
use flowspec_runtime::model::{Expr, Field, Handler, Kind, Model, TypeId};
use flowspec_runtime::suite::{Say, Seen, Term, Terms};
use flowspec_runtime::values::sent;
use flowspec_runtime::{Fields, Rows, Value};

use super::relevance::{Level, Relevance, is_equality};
use super::samples::Samples;
use crate::explore::inputs::Draft;
use crate::explore::rivals::{cases, parts, reads_fields};
use crate::explore::situations::SESSION;

/// More combinations than these are not tried in one situation.
const COMBINATIONS: usize = 512;
/// More beginnings than these are not tried.
const BEGINNINGS: usize = 192;
/// Enumerations and sets up to this many values are tried in full.
const MEMBERS: u32 = 16;
/// Numbers beside those that guards mention are tried up to so many.
const NUMBERS: usize = 24;

/// Finds the classes.
#[derive(Debug)]
pub(super) struct Classes<'m> {
    pub(super) model: &'m Model,
    pub(super) machine: &'m Machine,
    pub(super) values: Samples<'m>,
    pub(super) relevance: Relevance<'m>,
}

/// Combinations, and whether none was left out.
pub(super) struct Complete<T> {
    pub(super) all: T,
    pub(super) complete: bool,
}

/// How a value is used.
enum Use<'e> {
    /// Only whether it is set.
    Presence,
    /// It is kept, or is a key: compared elsewhere.
    Kept,
    /// It is asked to be the same as something.
    Same(&'e Expr),
    /// It is part of sums that are compared.
    Sum(&'e Expr, &'e Expr),
}

/// Which field is meant: of the event or of an answer.
type Which = fn(u16) -> Expr;

impl<'m> Classes<'m> {
    /// What may be sent to a handler: a draft for each combination of classes and of answers.
    pub(super) fn drafts(&self, universe: &Universe, handler: &Handler) -> Complete<Vec<Draft>> {
        let exprs = self.relevance.of_handler(handler);
        let event = self.model.event(handler.event);
        let (fields, mut complete) =
            self.combinations(universe, &exprs, &event.fields, Expr::Field, handler.event);
        let mut replies = Vec::new();
        for (actor, case) in cases(handler) {
            let (all, whole) =
                self.combinations(universe, &exprs, &case.fields, Expr::AnswerField, handler.event);
            complete &= whole;
            let actor = &self.model.actors[usize::from(actor)].name;
            replies.extend(all.into_iter().map(|fields| Say {
                actor: actor.clone(),
                answer: case.name.clone(),
                fields,
            }));
        }
        let with = |fields: Terms| -> Vec<Draft> {
            if replies.is_empty() {
                return vec![Draft { fields, answers: Vec::new() }];
            }
            replies.iter().map(|say| Draft { fields: fields.clone(), answers: vec![say.clone()] }).collect()
        };
        Complete { all: fields.into_iter().flat_map(with).collect(), complete }
    }

    fn combinations(
        &self,
        universe: &Universe,
        exprs: &[(&Expr, Level)],
        fields: &[Field],
        which: Which,
        event: u16,
    ) -> (Vec<Terms>, bool) {
        let mut all_classes = true;
        let candidates: Vec<Vec<Option<Term>>> = (0..)
            .zip(fields)
            .map(|(index, field)| {
                let place = which(index);
                let uses = uses_of(exprs, &place);
                let candidates = self.candidates(universe, &uses, field, &place, event);
                all_classes &= self.has_all_classes(&uses, field, &place, candidates.len());
                candidates
            })
            .collect();
        let (picks, complete) = product(&candidates, COMBINATIONS);
        let complete = complete && all_classes;
        let named = |pick: Vec<usize>| {
            let chosen = fields.iter().zip(&candidates).zip(pick);
            let terms = chosen
                .filter_map(|((field, terms), pick)| Some((field.name.clone(), terms.get(pick)?.clone()?)));
            terms.collect()
        };
        (picks.into_iter().map(named).collect(), complete)
    }

    /// Whether the candidates of a field stand for all of its values.
    fn has_all_classes(&self, uses: &[Use], field: &Field, place: &Expr, candidates: usize) -> bool {
        let told_apart = uses.iter().any(|used| !matches!(used, Use::Presence));
        let mixed = |side: &Expr| {
            side.any(&mut |part| match part {
                Expr::Field(_) | Expr::AnswerField(_) => part != place,
                // No class of these is worked out.
                Expr::Percent { .. } | Expr::DateOf { .. } | Expr::Aggregate { .. } => true,
                _ => false,
            })
        };
        let sums = uses.iter().any(|used| match used {
            Use::Sum(left, right) => mixed(left) || mixed(right),
            Use::Same(other) => !matches!(self.model.kind(field.kind).kind, Kind::Text) && mixed(other),
            _ => false,
        });
        !told_apart || (self.is_listed(field.kind) && !sums && candidates < NUMBERS)
    }

    /// Whether all values of an enumeration are known, or it is none.
    fn is_listed(&self, kind: TypeId) -> bool {
        match &self.model.kind(kind).kind {
            Kind::Word { members, others } => others.is_none() && members.len() <= MEMBERS as usize,
            Kind::Set { of } => match &self.model.kind(*of).kind {
                Kind::Word { members, others } => others.is_none() && members.len() <= 4,
                _ => false,
            },
            Kind::List { .. } => false,
            _ => true,
        }
    }

    fn candidates(
        &self,
        universe: &Universe,
        uses: &[Use],
        field: &Field,
        place: &Expr,
        event: u16,
    ) -> Vec<Option<Term>> {
        let may_be_absent = field.optional || field.default.is_some();
        let ordinary = || self.values.nth(field.kind, 0).map(Term::Value);
        if uses.is_empty() {
            return if may_be_absent { vec![None] } else { vec![ordinary()] };
        }
        if uses.iter().all(|used| matches!(used, Use::Presence)) {
            return if may_be_absent { vec![ordinary(), None] } else { vec![ordinary()] };
        }
        let mut terms: Vec<Term> = Vec::new();
        match &self.model.kind(field.kind).kind {
            Kind::Text => self.texts(universe, uses, field.kind, (place, event), &mut terms),
            Kind::Bool | Kind::Word { .. } | Kind::Set { .. } => {
                let members = self.members(field.kind).into_iter();
                terms.extend(members.map(Term::Value));
            }
            kind => {
                let numbers = self.numbers(universe, uses, field.kind, place);
                terms.extend(numbers.into_iter().map(|int| Term::Value(sent(kind, int))));
            }
        }
        let mut kept: Vec<Option<Term>> = Vec::new();
        for term in terms {
            if !kept.contains(&Some(term.clone())) {
                kept.push(Some(term));
            }
        }
        if may_be_absent {
            kept.push(None);
        }
        if kept.is_empty() {
            kept.push(ordinary());
        }
        kept
    }

    /// Every value of an enumeration, and every set of a small one.
    fn members(&self, kind: TypeId) -> Vec<Value> {
        if let Kind::Set { of } = self.model.kind(kind).kind {
            let words: Vec<Value> = (0..MEMBERS).map_while(|n| self.values.nth(of, n)).collect();
            if words.len() <= 4 {
                let subset = |bits: u32| {
                    let chosen = (0..).zip(&words).filter(|(at, _)| bits >> at & 1 == 1);
                    Value::List(chosen.map(|(_, word)| word.clone()).collect())
                };
                return (0..1 << words.len()).map(subset).collect();
            }
        }
        (0..MEMBERS).map_while(|n| self.values.nth(kind, n)).collect()
    }

    fn texts(
        &self,
        universe: &Universe,
        uses: &[Use],
        kind: TypeId,
        (field, event): (&Expr, u16),
        terms: &mut Vec<Term>,
    ) {
        let mut fresh = 1;
        let mut known: Vec<Value> = Vec::new();
        for used in uses {
            match used {
                Use::Same(other) if reads_fields(other) => fresh += 1,
                Use::Same(other) => {
                    let value = self.machine.evaluate(universe, SESSION, other);
                    if value.is_set() && !known.contains(&value) {
                        terms.push(self.term(other, &value));
                        known.push(value);
                    }
                }
                Use::Kept => {
                    fresh = fresh.max(2);
                    terms.push(Term::Value(Value::from("")));
                    let mut keep = |value: Value| {
                        if value.is_set() && !known.contains(&value) {
                            terms.push(Term::Value(value.clone()));
                            known.push(value);
                        }
                    };
                    self.places(kind)
                        .iter()
                        .for_each(|place| keep(self.machine.evaluate(universe, SESSION, place)));
                    self.keys(universe, event, field).into_iter().for_each(keep);
                }
                Use::Presence | Use::Sum(..) => {}
            }
        }
        // Values that are kept begin with the same ones everywhere, so that not each place brings values of its own.
        let others = (0..16).filter_map(|n| self.values.nth(kind, n)).filter(|value| !known.contains(value));
        terms.extend(others.take(fresh).map(Term::Value));
        let fits = |term: &Term| match term {
            Term::Value(value) => self.machine.read_as(kind, value).is_some(),
            Term::Seen(_) => true,
        };
        terms.retain(fits);
    }

    /// A value as a test says it: what was sent, where the implementation chose it.
    fn term(&self, place: &Expr, value: &Value) -> Term {
        if let Expr::Output { output, field } = place {
            let output = &self.model.outputs[usize::from(*output)];
            let field = &output.fields[usize::from(*field)];
            if field.chosen {
                return Term::Seen(Seen::Sent(output.name.clone(), field.name.clone()));
            }
        }
        Term::Value(value.clone())
    }

    /// Places of a session that hold values of a type and matter.
    fn places(&self, kind: TypeId) -> Vec<Expr> {
        let variables = (0..).zip(&self.model.variables).filter(|(_, variable)| variable.kind == kind);
        let givens = (0..).zip(&self.model.givens).filter(|(_, given)| given.kind == kind);
        let variables = variables.map(|(index, _)| Expr::Variable(index));
        variables.chain(givens.map(|(index, _)| Expr::Given(index))).collect()
    }

    /// The keys of rows that a field of an event looks for.
    fn keys(&self, universe: &Universe, event: u16, field: &Expr) -> Vec<Value> {
        let bound =
            self.model.rows.iter().filter(|row| {
                row.key_in.get(usize::from(event)).is_some_and(|key| key.as_ref() == Some(field))
            });
        bound.flat_map(|row| universe.rows(row.record)).map(|(key, _)| key.clone()).collect()
    }

    fn numbers(&self, universe: &Universe, uses: &[Use], kind: TypeId, place: &Expr) -> Vec<i64> {
        let mut found: Vec<i128> = Vec::new();
        for used in uses {
            match used {
                Use::Same(other) if !reads_fields(other) => {
                    let value = self.machine.evaluate(universe, SESSION, other);
                    found.extend(value.as_int().map(i128::from).into_iter().flat_map(around));
                }
                Use::Sum(left, right) => {
                    let left = self.linear(universe, left, place);
                    let right = self.linear(universe, right, place);
                    if let (Some((slope, start)), Some((other, end))) = (left, right)
                        && slope != other
                    {
                        let turn = (end - start).div_euclid(slope - other);
                        found.extend(around(turn).into_iter().chain([turn + 2]));
                    }
                }
                Use::Kept => {
                    let constants = constants(self.model);
                    found.extend(constants.into_iter().flat_map(|int| around(i128::from(int))));
                }
                Use::Presence | Use::Same(_) => {}
            }
        }
        let described = &self.model.kind(kind).kind;
        let edges = self.values.taken(kind);
        let edges = edges.iter().filter_map(|raw| self.machine.read_as(kind, raw)?.as_int());
        found.extend(edges.map(i128::from));
        let mut numbers: Vec<i64> = Vec::new();
        for int in found.into_iter().filter_map(|int| i64::try_from(int).ok()) {
            let taken = self.machine.read_as(kind, &sent(described, int)).is_some();
            if taken && !numbers.contains(&int) && numbers.len() < NUMBERS {
                numbers.push(int);
            }
        }
        numbers
    }

    /// An expression as `slope` times a field, plus what it is without that field; other fields count as nothing.
    fn linear(&self, universe: &Universe, expr: &Expr, place: &Expr) -> Option<(i128, i128)> {
        Some(match expr {
            Expr::Field(_) | Expr::AnswerField(_) => (i128::from(expr == place), 0),
            Expr::Add(left, right) => {
                let (left, right) =
                    (self.linear(universe, left, place)?, self.linear(universe, right, place)?);
                (left.0 + right.0, left.1 + right.1)
            }
            Expr::Subtract(left, right) => {
                let (left, right) =
                    (self.linear(universe, left, place)?, self.linear(universe, right, place)?);
                (left.0 - right.0, left.1 - right.1)
            }
            Expr::Multiply(inner, by) => {
                let (slope, rest) = self.linear(universe, inner, place)?;
                (slope * i128::from(*by), rest * i128::from(*by))
            }
            other => (0, i128::from(self.machine.evaluate(universe, SESSION, other).as_int()?)),
        })
    }

    /// What sessions may be opened with.
    pub(super) fn openings(&self) -> Complete<Vec<Fields>> {
        let givens = &self.model.givens;
        let candidates: Vec<Vec<Option<Value>>> = (0..)
            .zip(givens)
            .map(|(index, given)| {
                let mut values = self.kept_values(self.relevance.given(index), given.kind);
                let absent = given.optional || given.default.is_some();
                if absent && (self.relevance.given(index) > Level::Nothing || values.is_empty()) {
                    values.insert(0, None);
                }
                values
            })
            .collect();
        let (picks, complete) = product(&candidates, BEGINNINGS);
        let listed = (0..)
            .zip(givens)
            .all(|(index, given)| self.relevance.given(index) < Level::Whole || self.is_listed(given.kind));
        let complete = complete && listed;
        let opening = |pick: Vec<usize>| {
            let chosen = givens.iter().zip(&candidates).zip(pick);
            let fields = chosen
                .filter_map(|((given, values), pick)| Some((given.name.clone(), values.get(pick)?.clone()?)));
            fields.collect()
        };
        Complete { all: picks.into_iter().map(opening).collect(), complete }
    }

    /// The rows that universes may begin with: at most one of each record.
    pub(super) fn beginnings(&self) -> Complete<Vec<Rows>> {
        let mut worlds = vec![Rows::new()];
        let mut complete = true;
        for (id, record) in (0..).zip(&self.model.records) {
            if !self.model.rows.iter().any(|row| row.record == id) {
                continue;
            }
            let Some(key) = self.values.nth(record.key_kind, 0) else { continue };
            let candidates: Vec<Vec<Option<Value>>> = (0..)
                .zip(&record.attributes)
                .map(|(index, attribute)| {
                    let level = self.relevance.attribute(id, index);
                    let mut values = self.kept_values(level, attribute.kind);
                    if level > Level::Nothing {
                        values.push(None)
                    } else {
                        values = vec![None]
                    }
                    values
                })
                .collect();
            let room = BEGINNINGS / worlds.len().max(1);
            let (picks, whole) = product(&candidates, room.max(2) - 1);
            complete &= whole;
            complete &= (0..).zip(&record.attributes).all(|(index, attribute)| {
                self.relevance.attribute(id, index) < Level::Whole || self.is_listed(attribute.kind)
            });
            let row = |pick: Vec<usize>| -> Fields {
                let chosen = record.attributes.iter().zip(&candidates).zip(pick);
                let set = chosen.filter_map(|((attribute, values), pick)| {
                    Some((attribute.name.clone(), values.get(pick)?.clone()?))
                });
                set.collect()
            };
            let rows: Vec<Option<Fields>> = picks.into_iter().map(row).map(Some).chain([None]).collect();
            let with = |world: &Rows, row: &Option<Fields>| {
                let mut world = world.clone();
                if let Some(row) = row {
                    world.insert(record.name.clone(), vec![(key.clone(), row.clone())]);
                }
                world
            };
            worlds = worlds.iter().flat_map(|world| rows.iter().map(move |row| with(world, row))).collect();
        }
        Complete { all: worlds, complete }
    }

    /// Values of a type that are told apart where they are kept.
    pub(super) fn kept_values(&self, level: Level, kind: TypeId) -> Vec<Option<Value>> {
        let described = &self.model.kind(kind).kind;
        let values: Vec<Value> = match (level, described) {
            (Level::Whole, Kind::Bool | Kind::Word { .. } | Kind::Set { .. }) => self.members(kind),
            (Level::Whole, Kind::Int | Kind::Money { .. } | Kind::Duration | Kind::Instant) => {
                let numbers = self.numbers_of(kind);
                numbers.into_iter().map(|int| sent(described, int)).collect()
            }
            _ => self.values.nth(kind, 0).into_iter().collect(),
        };
        values.into_iter().map(Some).collect()
    }

    fn numbers_of(&self, kind: TypeId) -> Vec<i64> {
        let described = &self.model.kind(kind).kind;
        let constants = constants(self.model).into_iter().flat_map(|int| around(i128::from(int)));
        let edges = self.values.taken(kind);
        let edges = edges.iter().filter_map(|raw| self.machine.read_as(kind, raw)?.as_int());
        let mut numbers: Vec<i64> = edges.collect();
        for int in constants.filter_map(|int| i64::try_from(int).ok()) {
            let taken = self.machine.read_as(kind, &sent(described, int)).is_some();
            if taken && !numbers.contains(&int) && numbers.len() < NUMBERS {
                numbers.push(int);
            }
        }
        numbers
    }
}

/// Every integer that guards mention.
fn constants(model: &Model) -> Vec<i64> {
    let mut found = Vec::new();
    model.expressions(&mut |expr| {
        if let Expr::Compare { left, right, .. } = expr {
            for side in [left, right] {
                side.each(&mut |part| {
                    if let Expr::Const(Value::Int(int)) = part {
                        found.push(*int);
                    }
                });
            }
        }
    });
    found.sort_unstable();
    found.dedup();
    found
}

fn around(int: i128) -> [i128; 3] {
    [int, int - 1, int + 1]
}

fn uses_of<'e>(exprs: &[(&'e Expr, Level)], field: &Expr) -> Vec<Use<'e>> {
    let mut uses = Vec::new();
    exprs.iter().for_each(|(expr, level)| collect(expr, *level, field, &mut uses));
    uses
}

fn collect<'e>(expr: &'e Expr, level: Level, field: &Expr, uses: &mut Vec<Use<'e>>) {
    if expr == field {
        match level {
            Level::Nothing => {}
            Level::Presence => uses.push(Use::Presence),
            Level::Whole => uses.push(Use::Kept),
        }
        return;
    }
    match expr {
        Expr::IsSet(inner) if **inner == *field => uses.push(Use::Presence),
        Expr::Compare { how, left, right } if **left == *field && is_equality(*how) => {
            uses.push(Use::Same(right))
        }
        Expr::Compare { how, left, right } if **right == *field && is_equality(*how) => {
            uses.push(Use::Same(left))
        }
        Expr::Compare { left, right, .. } => {
            let reads = |side: &Expr| side.any(&mut |part| part == field);
            if reads(left) || reads(right) {
                uses.push(Use::Sum(left, right));
            }
        }
        _ => parts(expr).into_iter().for_each(|part| collect(part, level, field, uses)),
    }
}

/// Indices into candidates: every combination, or where there are too many each varied alone.
fn product<T>(candidates: &[Vec<T>], most: usize) -> (Vec<Vec<usize>>, bool) {
    let all = candidates.iter().try_fold(1_usize, |all, one| all.checked_mul(one.len()));
    let base = vec![0; candidates.len()];
    if all.is_some_and(|all| all <= most) {
        let mut picks = vec![base];
        for (place, options) in candidates.iter().enumerate() {
            let varied = |pick: &Vec<usize>, option: usize| {
                let mut varied = pick.clone();
                varied[place] = option;
                varied
            };
            picks = picks
                .iter()
                .flat_map(|pick| (0..options.len()).map(move |option| varied(pick, option)))
                .collect();
        }
        return (picks, true);
    }
    let mut picks = vec![base.clone()];
    for (place, options) in candidates.iter().enumerate() {
        for option in 1..options.len() {
            let mut varied = base.clone();
            varied[place] = option;
            picks.push(varied);
        }
    }
    picks.truncate(most.max(1));
    (picks, false)
}
