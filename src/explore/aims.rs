//! Inputs that are aimed: for each condition of a handler one that it decides by itself, on either side of its edge, with
//! everything else such that nothing else decides.
//!
//! Varying one field at a time never gets to a rule that several fields must fit. The conditions are solved instead: what
//! is remembered stands for what it is in the situation, and the fields of the event are what is looked for.

use std::collections::HashSet;
use std::sync::Arc;

use flowspec_runtime::machine::Universe;
use flowspec_runtime::model::{AnswerCase, Body, Branch, ElementId, Expr, Field, Handler, Model, Outcome};
use flowspec_runtime::suite::{Say, Seen, Term, Terms};
use flowspec_runtime::values::sent;
use flowspec_runtime::{SessionId, Text, Value};
use rustc_hash::FxHashMap;

use super::{Draft, Explorer, rivals};
use crate::decide::{Budget, Formula, Literal, Point, Verdict, Witness};
use crate::guards::{Guards, Sample, Scope};

/// How many inputs are aimed at one handler in one situation.
const MOST: usize = 100_000;

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
    /// When the handler refuses, for each refusal.
    refusals: Vec<Formula>,
    /// That it does not; and where the conditions are an answer's, that it is asked for.
    not_refused: Vec<Formula>,
    /// When each branch of the handler, or of the answer, is taken; none where no other is.
    branches: Vec<Option<Formula>>,
    /// What inputs are looked for, the most telling first.
    wanted: Vec<Aim>,
    /// What the conditions read beside the fields.
    places: Vec<Expr>,
    /// The fields of the event, then those of the answer, each as conditions read it.
    fields: Vec<(Expr, Field)>,
    /// The answer whose conditions these are: its statement, who gives it, its name; none where they are the handler's own.
    answer: Option<(ElementId, Text, Text)>,
    /// The fields that say which row is meant.
    keys: Vec<u16>,
    /// By field, the value that it is compared with and that the implementation chose when it sent it.
    chosen: Vec<Option<Expr>>,
    /// The inputs, by the values of the places.
    found: FxHashMap<Vec<Value>, Arc<[Draft]>>,
}

/// An answer that a branch of a handler asks for.
#[derive(Clone, Copy)]
struct Case<'m> {
    branch: usize,
    actor: u16,
    case: &'m AnswerCase,
}

/// An input that is looked for.
#[derive(Debug)]
struct Aim {
    /// How many of the refusals, and of what else must not be, stand before it.
    before: usize,
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
    /// That of a branch of the answer of this statement.
    Answer(ElementId, usize, &'m Expr),
    /// That of a refusal.
    Refusal(usize, &'m Expr),
}

/// Where an input is looked for.
#[derive(Clone, Copy)]
struct Here<'h> {
    universe: &'h Universe,
    session: SessionId,
    /// What the places are.
    values: &'h [Value],
    /// An ordinary input, and its fields as the machine holds them.
    draft: &'h Draft,
    usual: &'h [Value],
}

impl<'m> Aims<'m> {
    /// The conditions of a handler, or of an answer that it asks for; none where no field decides which way it goes.
    fn of(explorer: &Explorer<'m>, handler: &'m Handler, case: Option<Case<'m>>) -> Option<Self> {
        let model: &'m Model = explorer.model;
        let of_event = &model.event(handler.event).fields;
        let of_answer: &'m [Field] = case.map_or(&[], |case| &case.case.fields);
        let guards_of = |branches: &'m [Branch]| branches.iter().filter_map(|branch| branch.guard.as_ref());
        let refusals = handler.refusals.iter().map(|refusal| &refusal.guard);
        let outer = refusals.chain(guards_of(&handler.branches));
        let inner = guards_of(case.map_or(&[], |case| &case.case.branches));
        let decides = if case.is_some() {
            inner.clone().any(rivals::reads_fields)
        } else {
            outer.clone().any(rivals::reads_fields)
        };
        if !decides {
            return None;
        }
        let scope = Scope { model, event: Some(handler.event), answer: of_answer, asked: None, known: None };
        let mut guards = Guards::new(scope);
        let fields: Vec<(Expr, Field)> = ((0..).map(Expr::Field).zip(of_event.iter().cloned()))
            .chain((0..).map(Expr::AnswerField).zip(of_answer.iter().cloned()))
            .collect();
        for (field, _) in fields.iter().filter(|(_, field)| field.when.is_some()) {
            guards.formula(&Expr::IsSet(field.clone().into()));
        }
        let whens = of_event.iter().chain(of_answer).filter_map(|field| field.when.as_ref());
        let conditions = outer.chain(inner).chain(whens);
        let mut places = Vec::new();
        for condition in conditions {
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
        let keys = keys.collect();
        let refusals: Vec<Formula> =
            handler.refusals.iter().map(|refusal| guards.formula(&refusal.guard)).collect();
        let mut formulas = |branches: &[Branch]| -> Vec<Option<Formula>> {
            branches.iter().map(|branch| branch.guard.as_ref().map(|guard| guards.formula(guard))).collect()
        };
        let mut branches = formulas(&handler.branches);
        let mut not_refused: Vec<Formula> = refusals.iter().map(Formula::negated).collect();
        let (answer, wanted) = match case {
            None => (None, wanted(&mut guards, &refusals, &branches)),
            Some(Case { branch, actor, case }) => {
                let inner = formulas(&case.branches);
                // It is asked for only where its branch is taken.
                match &branches[branch] {
                    Some(taken) => not_refused.push(taken.clone()),
                    None => not_refused.extend(branches.iter().flatten().map(Formula::negated)),
                }
                branches = inner;
                let mut wanted = wanted(&mut guards, &[], &branches);
                wanted.iter_mut().for_each(|aim| aim.before = not_refused.len());
                let actor = model.actors[usize::from(actor)].name.clone();
                (Some((case.element, actor, case.name.clone())), wanted)
            }
        };
        let found = FxHashMap::default();
        Some(Self {
            guards,
            refusals,
            not_refused,
            branches,
            wanted,
            places,
            fields,
            answer,
            keys,
            chosen,
            found,
        })
    }
}

impl Aims<'_> {
    /// What holds whatever is sent: what is remembered, the row that is meant, and that words have a name.
    fn held(&mut self, here: Here) -> Vec<Formula> {
        let Self { guards, places, keys, .. } = self;
        let mut held = guards.held(&|place| match place {
            Expr::Field(field) if keys.contains(field) => here.usual.get(usize::from(*field)).cloned(),
            place => remembered(places, here.values, place),
        });
        held.extend(guards.only_named());
        held
    }

    /// The statement of the answer whose conditions these are.
    fn statement(&self) -> Option<ElementId> {
        self.answer.as_ref().map(|(element, ..)| *element)
    }

    /// What holds where a handler goes another way for a condition that is misread, a case each.
    fn ways(&mut self, handler: &Handler, misread: Misread) -> Vec<Vec<Formula>> {
        let (Misread::Branch(_, faulty) | Misread::Answer(_, _, faulty) | Misread::Refusal(_, faulty)) =
            misread;
        let faulty = self.guards.formula(faulty);
        let either =
            |right: &Formula| [vec![faulty.clone(), right.negated()], vec![right.clone(), faulty.negated()]];
        let at = match misread {
            Misread::Refusal(at, _) => return either(&self.refusals[at]).into(),
            Misread::Branch(at, _) | Misread::Answer(_, at, _) => at,
        };
        let of_answer = rivals::cases(handler).find(|(_, case)| Some(case.element) == self.statement());
        let of = of_answer.map_or(&handler.branches, |(_, case)| &case.branches);
        let Some(right) = &self.branches[at] else { return Vec::new() };
        let [more, less] = either(right);
        let body = &of[at].body;
        let differs = |other: &Branch| !come_to_the_same(body, &other.body);
        let others = || {
            let all = of.iter().zip(&self.branches).enumerate().filter(|(other, _)| *other != at);
            all.filter_map(|(other, (branch, formula))| Some((other, branch, formula.as_ref()?)))
        };
        // Where it is read to hold as well, one that stands before it decides, but not one that comes later.
        let later = others().filter(|(other, branch, _)| *other > at && differs(branch));
        let later = self.guards.meeting(&faulty, later.map(|(_, _, formula)| formula).collect());
        let mut ways = vec![less];
        ways.extend(later.into_iter().map(|instead| vec![faulty.clone(), instead.clone()]));
        if of.iter().any(|branch| branch.guard.is_none() && differs(branch)) {
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
fn remembered(places: &[Expr], values: &[Value], place: &Expr) -> Option<Value> {
    let known = places.iter().position(|known| known == place)?;
    values.get(known).cloned()
}

/// An input for each way that a handler can go, and two for each condition on the way.
fn wanted(guards: &mut Guards, refusals: &[Formula], branches: &[Option<Formula>]) -> Vec<Aim> {
    let ways = || {
        let taken = branches.iter().flatten().map(|branch| (refusals.len(), branch));
        (0..).zip(refusals).chain(taken)
    };
    let aim = |(before, way): (usize, &Formula)| Aim { before, holds: vec![way.clone()], edge: None };
    let mut wanted: Vec<Aim> = ways().map(aim).collect();
    if branches.iter().any(Option::is_none) {
        let holds = branches.iter().flatten().map(Formula::negated).collect();
        wanted.push(Aim { before: refusals.len(), holds, edge: None });
    }
    for (before, way) in ways() {
        decided_alone(way, &mut Vec::new(), &mut |literal, others| {
            for truth in [literal.truth, !literal.truth] {
                if wanted.len() < MOST {
                    let holds = [others, &[Formula::literal(literal.atom, truth)]].concat();
                    wanted.push(Aim { before, holds, edge: guards.edges(&literal.atom, truth) });
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
    /// Inputs aimed at the conditions of a handler, and of the answers that it asks for, for which none of the others
    /// serves that vary one field each.
    pub(super) fn aimed(
        &self,
        universe: &Universe,
        session: SessionId,
        handler: &Handler,
        others: &[Draft],
    ) -> Vec<Draft> {
        let mut all = self.aims.borrow_mut();
        let mut drafts = Vec::new();
        for aims in self.aims_of(&mut all, handler) {
            let of_answer = |draft: &&Draft| match (&aims.answer, draft.answers.first()) {
                (Some((.., answer)), Some(say)) => say.answer == *answer,
                (answer, _) => answer.is_none(),
            };
            let others: Vec<&Draft> = others.iter().filter(of_answer).collect();
            let Some(draft) = others.first() else { continue };
            let usual = self.held_fields(aims, draft);
            let values = self.values_of(aims, universe, session, handler, &usual);
            if let Some(found) = aims.found.get(&values) {
                drafts.extend_from_slice(found);
                continue;
            }
            let here = Here { universe, session, values: &values, draft, usual: &usual };
            let found = self.solve(aims, here, &others);
            drafts.extend_from_slice(&found);
            aims.found.insert(values, found.into());
        }
        drafts
    }

    /// Inputs that go another way where a condition of a handler is misread; none where it is not known whether there are
    /// any.
    pub fn telling(
        &self,
        universe: &Universe,
        session: SessionId,
        handler: &Handler,
        misread: Misread,
    ) -> Option<Vec<Draft>> {
        let mut all = self.aims.borrow_mut();
        let of = if let Misread::Answer(element, ..) = misread { Some(element) } else { None };
        let aims = self.aims_of(&mut all, handler).iter_mut().find(|aims| aims.statement() == of)?;
        let draft = &self.usual_draft(universe, session, handler);
        let usual = self.held_fields(aims, draft);
        let values = self.values_of(aims, universe, session, handler, &usual);
        let here = Here { universe, session, values: &values, draft, usual: &usual };
        let (ways, held) = (aims.ways(handler, misread), aims.held(here));
        // Which row is meant is known only of the ordinary input.
        let mut known = aims.keys.is_empty();
        let mut found = Vec::new();
        for way in &ways {
            let all: Vec<&Formula> = held.iter().chain(&aims.not_refused).chain(way).collect();
            let verdict = aims.guards.ask(&all, &mut Budget(QUESTION));
            known &= !matches!(verdict, Verdict::Open);
            if let Verdict::Possible(case) = verdict {
                let draft = self.draft_in(aims, &case, here);
                known &= draft.is_some();
                found.extend(draft);
            }
            if found.len() == TELLING {
                break;
            }
        }
        (known || !found.is_empty()).then_some(found)
    }

    /// The conditions of a handler and of the answers that it asks for.
    fn aims_of<'a>(&self, all: &'a mut AllAims<'m>, handler: &Handler) -> &'a mut [Aims<'m>] {
        all.entry(std::ptr::from_ref(handler).addr()).or_insert_with(|| {
            let Some(handler) = self.own(handler) else { return Vec::new() };
            let cases = handler.branches.iter().enumerate().flat_map(|(branch, of)| match &of.body.outcome {
                Outcome::Ask { actor, answers } => {
                    answers.iter().map(|case| Case { branch, actor: *actor, case }).collect()
                }
                _ => Vec::new(),
            });
            std::iter::once(None)
                .chain(cases.map(Some))
                .filter_map(|case| Aims::of(self, handler, case))
                .collect()
        })
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
        let mut keyed = vec![Value::Unset; self.model.event(handler.event).fields.len()];
        aims.keys.iter().for_each(|key| keyed[usize::from(*key)] = usual[usize::from(*key)].clone());
        let machine = self.runner.machine();
        let value = |place| machine.evaluate_in(universe, session, place, handler.event, &keyed);
        aims.places.iter().map(value).collect()
    }

    fn solve(&self, aims: &mut Aims<'m>, here: Here, others: &[&Draft]) -> Vec<Draft> {
        let held = aims.held(here);
        let aims = &*aims;
        let point = |draft: &Draft| {
            let fields = self.held_fields(aims, draft);
            aims.guards.at(&|place| match aims.fields.iter().position(|(field, _)| field == place) {
                Some(field) => fields.get(field).cloned(),
                None => remembered(&aims.places, here.values, place),
            })
        };
        let mut points: Vec<Vec<Point>> = others.iter().map(|draft| point(draft)).collect();
        let (mut found, mut known) = (Vec::new(), HashSet::new());
        for Aim { before, holds, edge } in &aims.wanted {
            let must: Vec<&Formula> = aims.not_refused[..*before].iter().chain(holds).collect();
            let serves = |point: &Vec<Point>| {
                must.iter().copied().chain(edge).all(|one| aims.guards.holds_at(one, point))
            };
            if points.iter().rev().take(ASKED).any(serves) {
                continue;
            }
            let all: Vec<&Formula> = held.iter().chain(must).collect();
            let at_edge = edge.as_ref().and_then(|edge| ask(&aims.guards, &[&all[..], &[edge]].concat()));
            let case = at_edge.or_else(|| ask(&aims.guards, &all));
            let Some(draft) = case.and_then(|case| self.draft_in(aims, &case, here)) else { continue };
            if known.insert(draft.clone()) {
                points.push(point(&draft));
                found.push(draft);
            }
        }
        found
    }

    /// The input in a case; none where there are no such texts.
    fn draft_in(&self, aims: &Aims, case: &Witness, here: Here) -> Option<Draft> {
        let (mut fields, mut of_answer) = (Terms::new(), Terms::new());
        for (((place, field), usual), chosen) in aims.fields.iter().zip(here.usual).zip(&aims.chosen) {
            let value = match aims.guards.sample(place, case, usual) {
                Sample::Usual => usual.clone(),
                Sample::Value(value) => value,
                Sample::Other(number) => self.values.nth(field.kind, 2 + number % 32)?,
            };
            let term = match (chosen, value) {
                (_, Value::Unset) => continue,
                // What was chosen is known only once it is sent.
                (Some(with @ Expr::Output { output, field }), value) => {
                    let (output, field) = self.chosen(*output, *field)?;
                    let same = self.runner.value(here.universe, here.session, with) == value;
                    Term::Seen(if same { Seen::Sent(output, field) } else { Seen::Other(output, field) })
                }
                (_, Value::Int(int)) => Term::Value(sent(&self.model.kind(field.kind).kind, int)),
                (_, value) => Term::Value(value),
            };
            let terms = if matches!(place, Expr::Field(_)) { &mut fields } else { &mut of_answer };
            terms.push((field.name.clone(), term));
        }
        let answers = match &aims.answer {
            Some((_, actor, answer)) => {
                vec![Say { actor: actor.clone(), answer: answer.clone(), fields: of_answer }]
            }
            None => here.draft.answers.clone(),
        };
        Some(Draft { fields, answers })
    }

    /// The fields of an input, and of its answer, as the machine holds them.
    fn held_fields(&self, aims: &Aims, draft: &Draft) -> Vec<Value> {
        let of_answer = draft.answers.first().map(|say| &say.fields);
        let held = |(place, field): &(Expr, Field)| {
            let terms = if matches!(place, Expr::Field(_)) { Some(&draft.fields) } else { of_answer };
            let term = terms.and_then(|terms| terms.iter().find(|(name, _)| *name == field.name));
            let value = match term {
                Some((_, Term::Value(value))) => self.runner.machine().read_as(field.kind, value),
                Some((_, Term::Seen(Seen::Sent(..) | Seen::Of(..)))) => self.values.nth(field.kind, 0),
                Some((_, Term::Seen(_))) => self.values.nth(field.kind, 1),
                None => field.default.clone(),
            };
            value.unwrap_or_default()
        };
        aims.fields.iter().map(held).collect()
    }
}

/// By the address of a handler of the flow, what inputs are aimed at there.
pub(super) type AllAims<'m> = FxHashMap<usize, Vec<Aims<'m>>>;

/// A case in which all of these hold, if one is found soon.
fn ask(guards: &Guards, formulas: &[&Formula]) -> Option<Witness> {
    match guards.ask(formulas, &mut Budget(QUESTION)) {
        Verdict::Possible(case) => Some(case),
        Verdict::Impossible | Verdict::Open => None,
    }
}
