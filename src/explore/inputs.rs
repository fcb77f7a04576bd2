//! The inputs that make a difference in a situation: for each handler one for every way that it can go.

use std::collections::HashSet;
use std::sync::Arc;

use flowspec_runtime::machine::Universe;
use flowspec_runtime::model::{Comparison, ElementId, Expr, Field, Handler, Kind, OutputId, TypeId};
use flowspec_runtime::suite::{Say, Seen, Slip, Step, Term, Terms};
use flowspec_runtime::time::DAY;
use flowspec_runtime::values::sent;
use flowspec_runtime::{SessionId, Text, Time, Value};

use super::rivals::{self, Rival};
use super::{Explorer, Taken};

/// How many combinations of field values are tried for a handler, beside those that differ in one field.
const COMBINATIONS: usize = 160;

/// How the fields of inputs are varied, the cheapest way first.
enum Round {
    Alone,
    Aimed,
    Together,
}

/// Picks among the candidates of each field: one index each.
type Assign = fn(&[Vec<Term>]) -> Vec<Vec<usize>>;

/// The parts of an input that a derivation varies.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Draft {
    /// The fields, in the order of the event's list; absent ones are not there.
    pub fields: Terms,
    /// What asked actors say.
    pub answers: Vec<Say>,
}

/// An input with what it comes to.
#[derive(Debug, Clone)]
pub struct Move {
    /// What is sent.
    pub draft: Draft,
    /// The step that sends it.
    pub step: Step,
    /// What it comes to.
    pub taken: Taken,
}

impl Explorer<'_> {
    /// The step that sends a draft to a handler.
    pub fn step_of(&self, handler: &Handler, session: SessionId, at: Time, draft: &Draft) -> Step {
        let event = self.model.event(handler.event);
        let by = self.model.actors[usize::from(handler.actor)].name.clone();
        let (fields, answers) = (draft.fields.clone(), draft.answers.clone());
        Step::Apply { session, at, event: event.name.clone(), by, fields, answers }
    }

    /// One input for each way that the handler can go here, the ordinary one first.
    ///
    /// Fields are varied together only where varying them one by one leaves a branch or an answer unseen.
    pub fn moves(
        &self,
        universe: &Arc<Universe>,
        session: SessionId,
        at: Time,
        handler: &Handler,
    ) -> Vec<Move> {
        let mut moves: Vec<Move> = Vec::new();
        let mut unseen = ways(handler);
        let mut alone_drafts = Vec::new();
        for round in [Round::Alone, Round::Aimed, Round::Together] {
            if unseen.is_empty() {
                break;
            }
            let drafts = match round {
                Round::Alone => {
                    alone_drafts = self.drafts(universe, session, handler, alone);
                    alone_drafts.clone()
                }
                Round::Aimed => self.aimed(universe, session, handler, &alone_drafts),
                Round::Together => self.drafts(universe, session, handler, together),
            };
            for draft in drafts {
                let step = self.step_of(handler, session, at, &draft);
                let Some(taken) = self.runner.take(universe, &step) else { continue };
                if moves.iter().all(|known| known.taken.visited != taken.visited) {
                    unseen.retain(|way| !taken.visited.contains(way));
                    moves.push(Move { draft, step, taken });
                }
            }
        }
        moves
    }

    /// Drafts worth trying: an ordinary one, then each field varied alone, each with every answer, and then those that are
    /// aimed at conditions.
    pub fn variants(&self, universe: &Universe, session: SessionId, handler: &Handler) -> Vec<Draft> {
        let mut drafts = self.drafts(universe, session, handler, alone);
        drafts.extend(self.aimed(universe, session, handler, &drafts));
        drafts
    }

    /// An ordinary draft.
    pub fn usual_draft(&self, universe: &Universe, session: SessionId, handler: &Handler) -> Draft {
        let event = self.model.event(handler.event);
        let rivals = self.rivals(handler);
        let first = |(index, field)| {
            self.values_worth(universe, session, handler, &rivals, index, field).next().into_iter().collect()
        };
        let candidates: Vec<Vec<Term>> = (0..).zip(&event.fields).map(first).collect();
        let fields = terms(&event.fields, &candidates, &vec![0; candidates.len()]);
        Draft { fields, answers: self.replies(universe, session, handler).into_iter().take(1).collect() }
    }

    /// Drafts in which a text that must equal another one, or names a row, differs from it by as little as texts do.
    pub fn near_misses(&self, universe: &Universe, session: SessionId, handler: &Handler) -> Vec<Draft> {
        let base = self.usual_draft(universe, session, handler);
        let fields = &self.model.event(handler.event).fields;
        let mut near: Vec<(u16, Term)> = Vec::new();
        for rival in rivals::of_event(self.model, handler) {
            // A word that is spelled otherwise may be one that has no name.
            let text = self.model.kind(fields[usize::from(rival.field)].kind).kind == Kind::Text;
            let equal = matches!(rival.how, Some(Comparison::Equal | Comparison::NotEqual));
            if !text || !equal || rivals::reads_fields(rival.with) {
                continue;
            }
            if let Expr::Output { output, field } = rival.with
                && let Some((output, field)) = self.chosen(*output, *field)
            {
                let slipped = |slip| Term::Seen(Seen::Near(output.clone(), field.clone(), slip));
                near.extend(Slip::ALL.map(|slip| (rival.field, slipped(slip))));
            } else {
                let value = self.rival_value(universe, session, rival.with);
                near.extend(slips(&value).map(|slipped| (rival.field, slipped)));
            }
        }
        for (index, field) in (0..).zip(fields) {
            if self.model.kind(field.kind).kind == Kind::Text {
                for key in self.keys(handler, index) {
                    let Term::Value(key) = key else { continue };
                    near.extend(slips(&key).map(|slipped| (index, slipped)));
                }
            }
        }
        let with = |(index, slipped): (u16, Term)| {
            let mut draft = base.clone();
            let name = &fields[usize::from(index)].name;
            let (_, term) = draft.fields.iter_mut().find(|(known, _)| known == name)?;
            *term = slipped;
            Some(draft)
        };
        near.into_iter().filter_map(with).collect()
    }

    /// What a rival is here; where only the event says whose row is meant, that of the first row there is.
    fn rival_value(&self, universe: &Universe, session: SessionId, with: &Expr) -> Value {
        let value = self.runner.value(universe, session, with);
        let (false, Expr::Attribute { row, attribute }) = (value.is_set(), with) else { return value };
        let record = self.model.rows[usize::from(*row)].record;
        let first = universe.rows(record).next();
        first.and_then(|(_, row)| row.get(usize::from(*attribute)).cloned()).unwrap_or_default()
    }

    fn drafts(
        &self,
        universe: &Universe,
        session: SessionId,
        handler: &Handler,
        assign: Assign,
    ) -> Vec<Draft> {
        let event = self.model.event(handler.event);
        let rivals = self.rivals(handler);
        let candidates: Vec<Vec<Term>> = (0..)
            .zip(&event.fields)
            .map(|(index, field)| self.candidates(universe, session, handler, &rivals, index, field))
            .collect();
        let replies = self.replies(universe, session, handler);
        let mut drafts = Vec::new();
        for assignment in assign(&candidates) {
            let fields = terms(&event.fields, &candidates, &assignment);
            if replies.is_empty() {
                drafts.push(Draft { fields, answers: Vec::new() });
            } else {
                let with = |say: &Say| Draft { fields: fields.clone(), answers: vec![say.clone()] };
                drafts.extend(replies.iter().map(with));
            }
        }
        drafts
    }

    /// Values of a field that the handler tells apart here, each once; the first is the ordinary one.
    fn candidates(
        &self,
        universe: &Universe,
        session: SessionId,
        handler: &Handler,
        rivals: &[Vec<Rival>],
        index: u16,
        field: &Field,
    ) -> Vec<Term> {
        let mut known = HashSet::new();
        let worth = self.values_worth(universe, session, handler, rivals, index, field);
        worth.filter(|term| known.insert(term.clone())).collect()
    }

    /// The same, some perhaps several times.
    fn values_worth<'a>(
        &'a self,
        universe: &'a Universe,
        session: SessionId,
        handler: &'a Handler,
        rivals: &'a [Vec<Rival<'a>>],
        index: u16,
        field: &'a Field,
    ) -> impl Iterator<Item = Term> + 'a {
        let against = rivals[usize::from(index)].iter();
        let beside = against.flat_map(move |rival| self.beside(universe, session, field.kind, rival));
        let default = field.default.iter();
        let default =
            default.map(|default| Term::Value(sent_default(&self.model.kind(field.kind).kind, default)));
        let lists = std::iter::once_with(move || self.lists(universe, session, handler, index, field.kind));
        let unset = (field.optional || field.when.is_some()).then_some(Term::Value(Value::Unset));
        let keys = self.keys(handler, index).into_iter();
        keys.chain(beside).chain(default).chain(self.usual(field.kind)).chain(lists.flatten()).chain(unset)
    }

    fn usual(&self, kind: TypeId) -> impl Iterator<Item = Term> {
        let enumerated =
            matches!(self.model.kind(kind).kind, Kind::Bool | Kind::Word { .. } | Kind::Set { .. });
        let count = if enumerated { 16 } else { 2 };
        (0..count).map_while(move |n| self.values.nth(kind, n)).map(Term::Value)
    }

    /// Where the field is the key of a row: the keys of the rows that tests begin with.
    fn keys(&self, handler: &Handler, index: u16) -> Vec<Term> {
        let event = usize::from(handler.event);
        let bound = |row: &&flowspec_runtime::model::RowBinding| {
            row.key_in.get(event).is_some_and(|key| *key == Some(Expr::Field(index)))
        };
        let records =
            self.model.rows.iter().filter(bound).map(|row| &self.model.records[usize::from(row.record)]);
        records.filter_map(|record| self.values.nth(record.key_kind, 0)).map(Term::Value).collect()
    }

    /// Values beside what a field is compared with: the same, another, and its neighbours where the order counts.
    fn beside(&self, universe: &Universe, session: SessionId, kind: TypeId, rival: &Rival) -> Vec<Term> {
        if let Expr::Output { output, field } = rival.with
            && let Some((output, field)) = self.chosen(*output, *field)
        {
            let other = Seen::Other(output.clone(), field.clone());
            return vec![Term::Seen(Seen::Sent(output, field)), Term::Seen(other)];
        }
        if rivals::reads_fields(rival.with) {
            return Vec::new();
        }
        let described = &self.model.kind(kind).kind;
        let value = self.runner.value(universe, session, rival.with);
        match (value, rival.how) {
            (Value::Unset, _) => Vec::new(),
            (Value::List(members), None) => members.into_iter().map(Term::Value).collect(),
            (Value::Int(int), Some(how)) => {
                neighbours(how, int, unit(described)).map(|int| Term::Value(sent(described, int))).collect()
            }
            (value, _) => {
                let other = (0..2).filter_map(|n| self.values.nth(kind, n)).find(|other| *other != value);
                std::iter::once(value).chain(other).map(Term::Value).collect()
            }
        }
    }

    /// An output and its field by their names, where the implementation chooses the value.
    pub(super) fn chosen(&self, output: OutputId, field: u16) -> Option<(Text, Text)> {
        let output = &self.model.outputs[usize::from(output)];
        let field = &output.fields[usize::from(field)];
        field.chosen.then(|| (output.name.clone(), field.name.clone()))
    }

    fn replies(&self, universe: &Universe, session: SessionId, handler: &Handler) -> Vec<Say> {
        let mut replies = Vec::new();
        for (actor, case) in rivals::cases(handler) {
            let rivals = rivals::of_answer(case);
            let candidates: Vec<Vec<Term>> = (0..)
                .zip(&case.fields)
                .map(|(index, field)| {
                    let against = rivals.iter().filter(|rival: &&Rival| rival.field == index);
                    let beside = against.flat_map(|rival| self.beside(universe, session, field.kind, rival));
                    beside.chain(self.usual(field.kind)).collect()
                })
                .collect();
            let actor = &self.model.actors[usize::from(actor)].name;
            for assignment in alone(&candidates) {
                let fields = terms(&case.fields, &candidates, &assignment);
                replies.push(Say { actor: actor.clone(), answer: case.name.clone(), fields });
            }
        }
        replies
    }
}

/// Texts that differ from one by as little as texts do; none where it is no text.
pub fn slips(value: &Value) -> impl Iterator<Item = Term> + '_ {
    let text = value.as_text();
    let versions = text.into_iter().flat_map(|text| Slip::ALL.into_iter().filter_map(|slip| slip.of(text)));
    versions.map(|version| Term::Value(version.into()))
}

/// A default as it is sent.
fn sent_default(kind: &Kind, default: &Value) -> Value {
    match default {
        Value::Int(int) => sent(kind, *int),
        other => other.clone(),
    }
}

/// The least by which two values of a kind differ.
fn unit(kind: &Kind) -> i64 {
    if *kind == Kind::Date { DAY } else { 1 }
}

fn neighbours(how: Comparison, int: i64, unit: i64) -> impl Iterator<Item = i64> {
    let around = [Some(int), int.checked_sub(unit), int.checked_add(unit)];
    let count = if matches!(how, Comparison::Equal | Comparison::NotEqual) { 3 } else { around.len() };
    around.into_iter().take(count).flatten()
}

fn terms(fields: &[Field], candidates: &[Vec<Term>], assignment: &[usize]) -> Terms {
    let chosen = fields.iter().zip(candidates).zip(assignment);
    let named =
        chosen.filter_map(|((field, terms), pick)| Some((field.name.clone(), terms.get(*pick)?.clone())));
    named.filter(|(_, term)| *term != Term::Value(Value::Unset)).collect()
}

/// Every way that a handler may go: its refusals, its branches, and the answers that they ask for.
pub(super) fn ways(handler: &Handler) -> Vec<ElementId> {
    let branches = handler.branches.iter().map(|branch| branch.element);
    let refusals = handler.refusals.iter().map(|refusal| refusal.element);
    let answers = rivals::cases(handler).map(|(_, case)| case.element);
    branches.chain(refusals).chain(answers).collect()
}

/// Indices into the candidates of each field: the first of each, then each field varied alone.
fn alone(candidates: &[Vec<Term>]) -> Vec<Vec<usize>> {
    let base = vec![0; candidates.len()];
    let mut assignments = vec![base.clone()];
    for (field, terms) in candidates.iter().enumerate() {
        for pick in 1..terms.len() {
            let mut varied = base.clone();
            varied[field] = pick;
            assignments.push(varied);
        }
    }
    assignments
}

/// Combinations in which at least two fields are varied, up to a bound.
fn together(candidates: &[Vec<Term>]) -> Vec<Vec<usize>> {
    let mut assignments = Vec::new();
    let mut wheels = vec![0; candidates.len()];
    for _ in 0..COMBINATIONS {
        if !turn(&mut wheels, candidates) {
            break;
        }
        if wheels.iter().filter(|pick| **pick > 0).count() > 1 {
            assignments.push(wheels.clone());
        }
    }
    assignments
}

/// The next combination, like the wheels of a counter; false after the last.
fn turn(wheels: &mut [usize], candidates: &[Vec<Term>]) -> bool {
    for (wheel, terms) in wheels.iter_mut().zip(candidates) {
        *wheel += 1;
        if *wheel < terms.len() {
            return true;
        }
        *wheel = 0;
    }
    false
}
