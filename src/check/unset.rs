//! A value that may be unset where only a set one can be used.
//!
//! Which remembered values and outputs are set whenever a step is entered is computed forwards over the ways of the
//! flow: what is set on every way into the step (a greatest fixed point over bit sets, each way walked until nothing
//! changes any more).

use std::collections::{HashMap, HashSet, VecDeque};

use crate::diagnostic::{Diagnostic, codes};
use crate::guards::Knowledge;
use crate::model::{Action, Body, Draft, Expr, Handler, LimitOutcome, Model, Outcome, Read, StepId, Target};

pub(super) fn find(draft: &Draft, findings: &mut Vec<Diagnostic>) {
    if draft.reads.is_empty() {
        return;
    }
    let flow = Flow::new(&draft.model);
    let known = flow.known();
    let mut told = HashSet::new();
    for read in &draft.reads {
        let tracked = flow.places.get(&key(&read.what)).copied();
        match tracked {
            None => findings.push(finding(draft, read, None)),
            Some(place) if !draft.gaps.is_empty() || told.contains(&place) => {}
            Some(place) => {
                let steps: Vec<StepId> = match read.step {
                    Some(step) => vec![step],
                    None => (0..).take(known.len()).collect(),
                };
                let unset = |step: &&StepId| {
                    known[usize::from(**step)].as_ref().is_some_and(|set| !set.contains(place))
                        && draft.model.step(**step).end.is_none()
                };
                if let Some(step) = steps.iter().find(unset) {
                    findings.push(finding(draft, read, Some(flow.way_without(place, *step))));
                    told.insert(place);
                }
            }
        }
    }
}

fn finding(draft: &Draft, read: &Read, way: Option<Vec<StepId>>) -> Diagnostic {
    let name = &read.name;
    let finding = Diagnostic::new(codes::MAY_BE_UNSET, read.location, format!("`{name}` may be unset here"))
        .here("this needs a value");
    let finding = match way.as_deref() {
        None | Some([]) => finding,
        Some(way) => {
            let way: Vec<String> = way.iter().map(|step| format!("`{}`", draft.step_name(*step))).collect();
            finding.note(format!("nothing sets it on this way: {}", way.join(", ")))
        }
    };
    match &read.what {
        Expr::Field(_) | Expr::AnswerField(_) | Expr::Given(_) => finding
            .help(format!("say what happens without it: `when {name} is missing …`, or require the value")),
        Expr::Variable(_) => finding.help(format!(
            "give it a value at first, set it on every way to this step, or ask: `{name} is set and …`"
        )),
        _ => finding.help(format!("ask first: `{name} is set and …`")),
    }
}

/// Which values are set whenever a step is entered.
#[derive(Debug)]
pub(super) struct Known {
    places: HashMap<PlaceKey, usize>,
    steps: Vec<Option<Bits>>,
}

impl Known {
    pub(super) fn of(model: &Model) -> Self {
        let flow = Flow::new(model);
        let steps = flow.known();
        Self { places: flow.places, steps }
    }
}

impl Knowledge for Known {
    fn is_set(&self, place: &Expr, step: StepId) -> bool {
        let place = self.places.get(&key(place));
        let known = self.steps.get(usize::from(step)).and_then(Option::as_ref);
        place.zip(known).is_some_and(|(place, known)| known.contains(*place))
    }
}

/// A set of small numbers.
#[derive(Debug, Clone, PartialEq)]
struct Bits(Vec<u64>);

impl Bits {
    fn none(length: usize) -> Self {
        Self(vec![0; length.div_ceil(64)])
    }

    fn contains(&self, bit: usize) -> bool {
        self.0[bit / 64] & (1 << (bit % 64)) != 0
    }

    fn put(&mut self, bit: usize, present: bool) {
        let mask = 1 << (bit % 64);
        if present { self.0[bit / 64] |= mask } else { self.0[bit / 64] &= !mask }
    }

    fn keep_common(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own &= other);
    }
}

/// What a way does to a place.
#[derive(Clone, Copy)]
enum Effect {
    Sets,
    MayUnset,
    /// It takes over another place's value.
    Copies(usize),
}

struct Way {
    to: StepId,
    effects: Vec<(usize, Effect)>,
}

struct Flow<'m> {
    model: &'m Model,
    places: HashMap<PlaceKey, usize>,
    starts: Vec<Way>,
    ways: Vec<Vec<Way>>,
}

/// What tells places apart that can be followed over the steps.
type PlaceKey = (u8, u16, u16);

fn key(place: &Expr) -> PlaceKey {
    match place {
        Expr::Variable(variable) => (0, *variable, 0),
        Expr::Output { output, field } => (1, *output, *field),
        _ => (2, 0, 0),
    }
}

impl<'m> Flow<'m> {
    fn new(model: &'m Model) -> Self {
        let variables = (0..).zip(&model.variables).map(|(variable, _)| (0, variable, 0));
        let outputs = (0..).zip(&model.outputs).flat_map(|(output, declared)| {
            (0..).zip(&declared.fields).map(move |(field, _)| (1, output, field))
        });
        let places = variables.chain(outputs).zip(0..).collect();
        let mut flow = Self { model, places, starts: Vec::new(), ways: Vec::new() };
        flow.starts =
            model.start.iter().flat_map(|branch| flow.ways_of(&branch.body, None, &[], None)).collect();
        let anywhere: Vec<_> = model.timers.iter().filter(|timer| timer.step.is_none()).collect();
        for (id, step) in (0..).zip(&model.steps) {
            let mut ways: Vec<Way> =
                step.handlers.iter().flat_map(|handler| flow.handler_ways(handler, id)).collect();
            let from_here = anywhere.iter().filter(|_| step.end.is_none());
            ways.extend(from_here.flat_map(|timer| flow.ways_of(&timer.body, Some(id), &[], None)));
            flow.ways.push(ways);
        }
        for timer in &model.timers {
            if let Some(step) = timer.step {
                let ways = flow.ways_of(&timer.body, Some(step), &[], None);
                flow.ways[usize::from(step)].extend(ways);
            }
        }
        flow
    }

    fn handler_ways(&self, handler: &Handler, step: StepId) -> Vec<Way> {
        let mut ways = Vec::new();
        for branch in &handler.branches {
            ways.extend(self.ways_of(&branch.body, Some(step), &[], Some((handler, branch.guard.as_ref()))));
        }
        let taken: Vec<(usize, Effect)> = ways
            .iter()
            .flat_map(|way| &way.effects)
            .filter(|(_, effect)| !matches!(effect, Effect::Sets))
            .map(|(place, _)| (*place, Effect::MayUnset))
            .collect();
        for gate in &handler.gates {
            let limit = self.model.limit(gate.limit);
            match &limit.outcome {
                LimitOutcome::Trip(trip) => ways.push(Way { to: trip.to, effects: taken.clone() }),
                LimitOutcome::Refuse { to, .. } => {
                    let effects = self.effects(&gate.actions, Some((handler, None)));
                    ways.push(Way { to: to.unwrap_or(step), effects });
                }
                LimitOutcome::Silent => {}
            }
        }
        ways
    }

    /// The ways that a body may take, each with all that is performed on it.
    fn ways_of(
        &self,
        body: &Body,
        step: Option<StepId>,
        before: &[(usize, Effect)],
        context: Option<(&Handler, Option<&Expr>)>,
    ) -> Vec<Way> {
        let mut effects = before.to_vec();
        effects.extend(self.effects(&body.actions, context));
        let to = match &body.outcome {
            Outcome::To(to) | Outcome::Refuse { to: Some(to), .. } => Some(*to),
            Outcome::Stay | Outcome::Restart | Outcome::Refuse { to: None, .. } => step,
            Outcome::Resume | Outcome::Silent => None,
            Outcome::Ask { answers, .. } => {
                let branches = answers.iter().flat_map(|answer| &answer.branches);
                return branches
                    .flat_map(|branch| {
                        let context = context.map(|(handler, _)| (handler, branch.guard.as_ref()));
                        self.ways_of(&branch.body, step, &effects, context)
                    })
                    .collect();
            }
            Outcome::Either(bodies) => {
                return bodies.iter().flat_map(|body| self.ways_of(body, step, &effects, context)).collect();
            }
        };
        to.map(|to| Way { to, effects }).into_iter().collect()
    }

    fn effects(
        &self,
        actions: &[Action],
        context: Option<(&Handler, Option<&Expr>)>,
    ) -> Vec<(usize, Effect)> {
        let mut effects = Vec::new();
        for action in actions {
            match action {
                Action::Set { target: Target::Variable(variable), value, .. } => {
                    effects.push((self.places[&(0, *variable, 0)], self.effect_of(value, context)));
                }
                Action::Send { output, fields, when, .. } => {
                    let declared = &self.model.outputs[usize::from(*output)].fields;
                    for (field, declared) in (0..).zip(declared) {
                        let place = self.places[&(1, *output, field)];
                        let filled = declared.chosen || fields.iter().any(|(given, _)| *given == field);
                        match (filled, when) {
                            (true, None) => effects.push((place, Effect::Sets)),
                            (true, Some(_)) => {}
                            (false, _) => effects.push((place, Effect::MayUnset)),
                        }
                    }
                }
                _ => {}
            }
        }
        effects
    }

    fn effect_of(&self, value: &Expr, context: Option<(&Handler, Option<&Expr>)>) -> Effect {
        match value {
            Expr::Variable(_) | Expr::Output { .. } => {
                self.places.get(&key(value)).map_or(Effect::Sets, |place| Effect::Copies(*place))
            }
            Expr::Attribute { .. } | Expr::AnswerField(_) | Expr::Field(_)
                if context.is_some_and(|(_, guard)| guard.is_some_and(|guard| asks(guard, value))) =>
            {
                Effect::Sets
            }
            Expr::Attribute { .. } => Effect::MayUnset,
            Expr::Field(index) => {
                let fields = context.map(|(handler, _)| &self.model.event(handler.event).fields);
                let field = fields.and_then(|fields| fields.get(usize::from(*index)));
                match field {
                    Some(field) if field.optional && field.default.is_none() || field.when.is_some() => {
                        Effect::MayUnset
                    }
                    _ => Effect::Sets,
                }
            }
            Expr::Given(given) => match &self.model.givens[usize::from(*given)] {
                given if given.optional && given.default.is_none() => Effect::MayUnset,
                _ => Effect::Sets,
            },
            _ => Effect::Sets,
        }
    }

    /// What is set whenever a step is entered; nothing for steps that are never entered.
    fn known(&self) -> Vec<Option<Bits>> {
        let mut known: Vec<Option<Bits>> = vec![None; self.ways.len()];
        let mut first = Bits::none(self.places.len());
        for (variable, declared) in (0..).zip(&self.model.variables) {
            first.put(self.places[&(0, variable, 0)], declared.default.is_some());
        }
        let mut open = VecDeque::new();
        for way in &self.starts {
            flow_into(&first, way, &mut known, &mut open);
        }
        while let Some(step) = open.pop_front() {
            let Some(set) = known[usize::from(step)].clone() else { continue };
            for way in &self.ways[usize::from(step)] {
                flow_into(&set, way, &mut known, &mut open);
            }
        }
        known
    }

    /// A shortest way from the start to a step on which a place is not set.
    fn way_without(&self, place: usize, to: StepId) -> Vec<StepId> {
        let unset = |way: &&Way| {
            !way.effects.iter().any(|(set, effect)| *set == place && matches!(effect, Effect::Sets))
        };
        let mut from: Vec<Option<StepId>> = vec![None; self.ways.len()];
        let mut seen = vec![false; self.ways.len()];
        let mut open: VecDeque<StepId> = self.starts.iter().filter(unset).map(|way| way.to).collect();
        open.iter().for_each(|step| seen[usize::from(*step)] = true);
        while let Some(step) = open.pop_front() {
            if step == to {
                let mut way = vec![step];
                while let Some(before) = from[usize::from(way[way.len() - 1])] {
                    way.push(before);
                }
                way.reverse();
                return way;
            }
            for way in self.ways[usize::from(step)].iter().filter(unset) {
                if !std::mem::replace(&mut seen[usize::from(way.to)], true) {
                    from[usize::from(way.to)] = Some(step);
                    open.push_back(way.to);
                }
            }
        }
        Vec::new()
    }
}

fn flow_into(set: &Bits, way: &Way, known: &mut [Option<Bits>], open: &mut VecDeque<StepId>) {
    let mut after = set.clone();
    for (place, effect) in &way.effects {
        let present = match effect {
            Effect::Sets => true,
            Effect::MayUnset => false,
            Effect::Copies(from) => set.contains(*from),
        };
        after.put(*place, present);
    }
    let entry = &mut known[usize::from(way.to)];
    if let Some(before) = entry {
        after.keep_common(before);
        if after == *before {
            return;
        }
    }
    *entry = Some(after);
    open.push_back(way.to);
}

/// Whether a guard holds only if a value is set.
fn asks(guard: &Expr, value: &Expr) -> bool {
    match guard {
        Expr::And(parts) => parts.iter().any(|part| asks(part, value)),
        Expr::IsSet(place) => **place == *value,
        _ => false,
    }
}
