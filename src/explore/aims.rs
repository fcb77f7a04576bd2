//! Inputs that are aimed: for each condition of a handler one that it decides by itself, on either side of its edge, with
//! everything else such that nothing else decides.
//!
//! Varying one field at a time never gets to a rule that several fields must fit. The conditions are solved instead: what
//! is remembered stands for what it is in the situation, and the fields of the event are what is looked for.

use std::collections::HashSet;
use std::sync::Arc;

use flowspec_runtime::machine::Universe;
use flowspec_runtime::model::{Body, Branch, Expr, Field, Handler, Model};
use flowspec_runtime::suite::{Seen, Term, Terms};
use flowspec_runtime::values::sent;
use flowspec_runtime::{SessionId, Value};
use rustc_hash::FxHashMap;

use super::{Draft, Explorer, rivals};
use crate::decide::{Budget, Formula, Literal, Point, Verdict, Witness};
use crate::guards::{Guards, Sample, Scope};

/// How many inputs are aimed at one handler in one situation.
const MOST: usize = 4_000;

/// Whether an input serves for an aim is asked of so many that were found last.
const ASKED: usize = 400;

/// How many inputs are tried for a condition that is misread.
const TELLING: usize = 4;

/// How much work one input may cost, in conditions looked at.
const QUESTION: u64 = 200_000;

/// The conditions of a handler, ready to be aimed at.
#[derive(Debug)]
pub(super) struct Aims<'m> {
    guards: Guards<'m>,
    /// When the handler refuses, for each refusal, and that it does not.
    refusals: Vec<Formula>,
    not_refused: Vec<Formula>,
    /// When each branch is taken; none where no other is.
    branches: Vec<Option<Formula>>,
    /// What inputs are looked for, the most telling first.
    wanted: Vec<Aim>,
    /// What the conditions read beside the fields.
    places: Vec<Expr>,
    /// The fields that say which row is meant.
    keys: Vec<u16>,
    /// By field, the value that it is compared with and that the implementation chose when it sent it.
    chosen: Vec<Option<Expr>>,
    /// The fields of the inputs, by the values of the places.
    found: FxHashMap<Vec<Value>, Arc<[Terms]>>,
}

/// An input that is looked for.
#[derive(Debug)]
struct Aim {
    /// How many refusals must not be.
    refusals: usize,
    /// What else must hold.
    holds: Vec<Formula>,
    /// What should hold if it can.
    edge: Option<Formula>,
}

/// A condition of a handler that is read as another.
#[derive(Debug, Clone, Copy)]
pub enum Misread<'m> {
    /// That of a branch.
    Branch(usize, &'m Expr),
    /// That of a refusal.
    Refusal(usize, &'m Expr),
}

/// Where an input is looked for.
#[derive(Clone, Copy)]
struct Here<'h> {
    universe: &'h Universe,
    session: SessionId,
    handler: &'h Handler,
    /// What the places are.
    values: &'h [Value],
    /// The fields of an ordinary input.
    usual: &'h [Value],
}

impl<'m> Aims<'m> {
    /// The conditions of a handler; none where no field decides which way it goes.
    fn of(explorer: &Explorer<'m>, handler: &Handler) -> Option<Self> {
        let model: &'m Model = explorer.model;
        let fields = &model.event(handler.event).fields;
        let refusals = handler.refusals.iter().map(|refusal| &refusal.guard);
        let conditions = refusals.chain(handler.branches.iter().filter_map(|branch| branch.guard.as_ref()));
        if !conditions.clone().any(rivals::reads_fields) {
            return None;
        }
        let scope = Scope { model, event: Some(handler.event), answer: &[], asked: None, known: None };
        let mut guards = Guards::new(scope);
        for (index, _) in (0..).zip(fields).filter(|(_, field)| field.when.is_some()) {
            guards.formula(&Expr::IsSet(Expr::Field(index).into()));
        }
        let mut places = Vec::new();
        for condition in conditions.chain(fields.iter().filter_map(|field| field.when.as_ref())) {
            condition.walk(&mut |part| {
                let fixed = matches!(part, Expr::Const(_) | Expr::Item | Expr::ItemField(_));
                if !fixed && !rivals::reads_fields(part) && !places.contains(part) {
                    places.push(part.clone());
                }
            });
        }
        let keys = model.rows.iter().filter_map(|row| match row.key_in.get(usize::from(handler.event)) {
            Some(Some(Expr::Field(field))) => Some(*field),
            _ => None,
        });
        let mut chosen = vec![None; fields.len()];
        for rival in rivals::of_event(model, handler) {
            if let Expr::Output { output, field } = rival.with
                && explorer.chosen(*output, *field).is_some()
            {
                chosen[usize::from(rival.field)] = Some(rival.with.clone());
            }
        }
        let (keys, found) = (keys.collect(), FxHashMap::default());
        let refusals: Vec<Formula> =
            handler.refusals.iter().map(|refusal| guards.formula(&refusal.guard)).collect();
        let branches: Vec<Option<Formula>> = (handler.branches.iter())
            .map(|branch| branch.guard.as_ref().map(|guard| guards.formula(guard)))
            .collect();
        let not_refused = refusals.iter().map(Formula::negated).collect();
        let wanted = wanted(&mut guards, &refusals, &branches);
        Some(Self { guards, refusals, not_refused, branches, wanted, places, keys, chosen, found })
    }
}

impl Aims<'_> {
    /// What holds whatever is sent: what is remembered, the row that is meant, and that words have a name.
    fn held(&mut self, here: Here) -> Vec<Formula> {
        let Self { guards, places, keys, .. } = self;
        let mut held = guards.held(&|place| match place {
            Expr::Field(field) if keys.contains(field) => here.usual.get(usize::from(*field)).cloned(),
            place => remembered(places, here, place),
        });
        held.extend(guards.only_named());
        held
    }

    /// What holds where a handler goes another way for a condition that is misread, a case each.
    fn ways(&mut self, handler: &Handler, misread: Misread) -> Vec<Vec<Formula>> {
        let (Misread::Branch(_, faulty) | Misread::Refusal(_, faulty)) = misread;
        let faulty = self.guards.formula(faulty);
        let either =
            |right: &Formula| [vec![faulty.clone(), right.negated()], vec![right.clone(), faulty.negated()]];
        let at = match misread {
            Misread::Refusal(at, _) => return either(&self.refusals[at]).into(),
            Misread::Branch(at, _) => at,
        };
        let Some(right) = &self.branches[at] else { return Vec::new() };
        let [more, less] = either(right);
        let body = &handler.branches[at].body;
        let differs = |other: &Branch| !come_to_the_same(body, &other.body);
        let others = || {
            let all =
                handler.branches.iter().zip(&self.branches).enumerate().filter(|(other, _)| *other != at);
            all.filter_map(|(other, (branch, formula))| Some((other, branch, formula.as_ref()?)))
        };
        // Where it is read to hold as well, one that stands before it decides, but not one that comes later.
        let later = others().filter(|(other, branch, _)| *other > at && differs(branch));
        let later = self.guards.meeting(&faulty, later.map(|(_, _, formula)| formula).collect());
        let mut ways = vec![less];
        ways.extend(later.into_iter().map(|instead| vec![faulty.clone(), instead.clone()]));
        if handler.branches.iter().any(|branch| branch.guard.is_none() && differs(branch)) {
            let none = self.guards.meeting(&faulty, others().map(|(_, _, formula)| formula).collect());
            ways.push(more.into_iter().chain(none.into_iter().map(Formula::negated)).collect());
        }
        ways
    }
}

/// Whether it makes no difference which of two is performed, as far as can be seen at once.
pub fn come_to_the_same(one: &Body, other: &Body) -> bool {
    one.actions.is_empty() && other.actions.is_empty() && one.outcome == other.outcome
}

/// What is known of a place that is not of the event.
fn remembered(places: &[Expr], here: Here, place: &Expr) -> Option<Value> {
    let known = places.iter().position(|known| known == place)?;
    here.values.get(known).cloned()
}

/// An input for each way that a handler can go, and two for each condition on the way.
fn wanted(guards: &mut Guards, refusals: &[Formula], branches: &[Option<Formula>]) -> Vec<Aim> {
    let ways = || {
        let taken = branches.iter().flatten().map(|branch| (refusals.len(), branch));
        (0..).zip(refusals).chain(taken)
    };
    let aim = |(refusals, way): (usize, &Formula)| Aim { refusals, holds: vec![way.clone()], edge: None };
    let mut wanted: Vec<Aim> = ways().map(aim).collect();
    if branches.iter().any(Option::is_none) {
        let holds = branches.iter().flatten().map(Formula::negated).collect();
        wanted.push(Aim { refusals: refusals.len(), holds, edge: None });
    }
    for (refusals, way) in ways() {
        decided_alone(way, &mut Vec::new(), &mut |literal, others| {
            for truth in [literal.truth, !literal.truth] {
                if wanted.len() < MOST {
                    let holds = [others, &[Formula::literal(literal.atom, truth)]].concat();
                    wanted.push(Aim { refusals, holds, edge: guards.edges(&literal.atom, truth) });
                }
            }
        });
    }
    wanted
}

/// Visits the literals of a formula, each with what must hold for it alone to decide.
fn decided_alone(formula: &Formula, given: &mut Vec<Formula>, visit: &mut impl FnMut(&Literal, &[Formula])) {
    let (parts, all) = match formula {
        Formula::Literal(literal) => return visit(literal, given),
        Formula::All(parts) => (parts, true),
        Formula::Any(parts) => (parts, false),
    };
    for (index, part) in parts.iter().enumerate() {
        let before = given.len();
        let others = parts.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, other)| other);
        given.extend(others.map(|other| if all { other.clone() } else { other.negated() }));
        decided_alone(part, given, visit);
        given.truncate(before);
    }
}

impl<'m> Explorer<'m> {
    /// Inputs aimed at the conditions of a handler, for which none of the others serves that vary one field each.
    pub(super) fn aimed(
        &self,
        universe: &Universe,
        session: SessionId,
        handler: &Handler,
        others: &[Draft],
    ) -> Vec<Draft> {
        let mut all = self.aims.borrow_mut();
        let address = std::ptr::from_ref(handler).addr();
        let aims = all.entry(address).or_insert_with(|| Aims::of(self, handler).map(Box::new));
        let (Some(aims), Some(first)) = (aims, others.first()) else { return Vec::new() };
        let usual = self.held_fields(handler, &first.fields);
        let values = self.values_of(aims, universe, session, handler, &usual);
        let found = match aims.found.get(&values) {
            Some(found) => Arc::clone(found),
            None => {
                let here = Here { universe, session, handler, values: &values, usual: &usual };
                let found: Arc<[Terms]> = self.solve(aims, here, others).into();
                aims.found.insert(values, Arc::clone(&found));
                found
            }
        };
        found.iter().map(|fields| Draft { fields: fields.clone(), answers: first.answers.clone() }).collect()
    }

    /// Inputs that go another way where a condition of a handler is misread, if there are any.
    pub fn telling(
        &self,
        universe: &Universe,
        session: SessionId,
        handler: &Handler,
        misread: Misread,
    ) -> Vec<Draft> {
        let usual = self.usual_draft(universe, session, handler);
        let mut all = self.aims.borrow_mut();
        let address = std::ptr::from_ref(handler).addr();
        let aims = all.entry(address).or_insert_with(|| Aims::of(self, handler).map(Box::new));
        let Some(aims) = aims else { return Vec::new() };
        let fields = self.held_fields(handler, &usual.fields);
        let values = self.values_of(aims, universe, session, handler, &fields);
        let here = Here { universe, session, handler, values: &values, usual: &fields };
        let (ways, held) = (aims.ways(handler, misread), aims.held(here));
        let Aims { guards, not_refused, chosen, .. } = &**aims;
        let found = ways.iter().filter_map(|way| {
            let case = ask(guards, &held.iter().chain(not_refused.iter()).chain(way).collect::<Vec<_>>())?;
            let fields = self.terms(guards, &case, chosen, here)?;
            Some(Draft { fields, answers: usual.answers.clone() })
        });
        found.take(TELLING).collect()
    }

    /// What the places are that conditions read; a row is the one that an ordinary input means.
    fn values_of(
        &self,
        aims: &Aims<'m>,
        universe: &Universe,
        session: SessionId,
        handler: &Handler,
        usual: &[Value],
    ) -> Vec<Value> {
        let mut keyed = vec![Value::Unset; usual.len()];
        aims.keys.iter().for_each(|key| keyed[usize::from(*key)] = usual[usize::from(*key)].clone());
        let machine = self.runner.machine();
        let value = |place| machine.evaluate_in(universe, session, place, handler.event, &keyed);
        aims.places.iter().map(value).collect()
    }

    fn solve(&self, aims: &mut Aims<'m>, here: Here, others: &[Draft]) -> Vec<Terms> {
        let held = aims.held(here);
        let Aims { guards, not_refused, wanted, places, chosen, .. } = aims;
        let point = |guards: &Guards, terms: &Terms| {
            let fields = self.held_fields(here.handler, terms);
            guards.at(&|place| match place {
                Expr::Field(field) => fields.get(usize::from(*field)).cloned(),
                place => remembered(places, here, place),
            })
        };
        let mut points: Vec<Vec<Point>> = others.iter().map(|draft| point(guards, &draft.fields)).collect();
        let (mut found, mut known) = (Vec::new(), HashSet::new());
        for Aim { refusals, holds, edge } in wanted.iter() {
            let must: Vec<&Formula> = not_refused[..*refusals].iter().chain(holds).collect();
            let serves =
                |point: &Vec<Point>| must.iter().copied().chain(edge).all(|one| guards.holds_at(one, point));
            if points.iter().rev().take(ASKED).any(serves) {
                continue;
            }
            let all: Vec<&Formula> = held.iter().chain(must).collect();
            let at_edge = edge.as_ref().and_then(|edge| ask(guards, &[&all[..], &[edge]].concat()));
            let Some(case) = at_edge.or_else(|| ask(guards, &all)) else {
                continue;
            };
            let Some(terms) = self.terms(guards, &case, chosen, here) else { continue };
            if known.insert(terms.clone()) {
                points.push(point(guards, &terms));
                found.push(terms);
            }
        }
        found
    }

    /// The fields of an input in a case; none where there are no such texts.
    fn terms(&self, guards: &Guards, case: &Witness, chosen: &[Option<Expr>], here: Here) -> Option<Terms> {
        let fields = &self.model.event(here.handler.event).fields;
        let mut terms = Vec::new();
        for (index, (field, usual)) in (0..).zip(fields.iter().zip(here.usual)) {
            let value = match guards.sample(&Expr::Field(index), case, usual) {
                Sample::Usual => usual.clone(),
                Sample::Value(value) => value,
                Sample::Other(number) => self.values.nth(field.kind, 2 + number % 32)?,
            };
            let term = match (&chosen[usize::from(index)], value) {
                (_, Value::Unset) => continue,
                // What was chosen is known only once it is sent.
                (Some(with @ Expr::Output { output, field }), value) => {
                    let Some((output, field)) = self.chosen(*output, *field) else { continue };
                    let same = self.runner.value(here.universe, here.session, with) == value;
                    Term::Seen(if same { Seen::Sent(output, field) } else { Seen::Other(output, field) })
                }
                (_, Value::Int(int)) => Term::Value(sent(&self.model.kind(field.kind).kind, int)),
                (_, value) => Term::Value(value),
            };
            terms.push((field.name.clone(), term));
        }
        Some(terms)
    }

    /// The fields of an input as the machine holds them, in the order of the event's list.
    fn held_fields(&self, handler: &Handler, terms: &Terms) -> Vec<Value> {
        let held = |field: &Field| {
            let value = match terms.iter().find(|(name, _)| *name == field.name) {
                Some((_, Term::Value(value))) => self.runner.machine().read_as(field.kind, value),
                Some((_, Term::Seen(Seen::Sent(..) | Seen::Of(..)))) => self.values.nth(field.kind, 0),
                Some((_, Term::Seen(_))) => self.values.nth(field.kind, 1),
                None => field.default.clone(),
            };
            value.unwrap_or_default()
        };
        self.model.event(handler.event).fields.iter().map(held).collect()
    }
}

/// A case in which all of these hold, if one is found soon.
fn ask(guards: &Guards, formulas: &[&Formula]) -> Option<Witness> {
    match guards.ask(formulas, &mut Budget(QUESTION)) {
        Verdict::Possible(case) => Some(case),
        Verdict::Impossible | Verdict::Open => None,
    }
}
