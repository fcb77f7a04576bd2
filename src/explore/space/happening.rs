//! One thing that happens to a session: what is done, what is seen of it, and what is left behind.

use flowspec_runtime::machine::{Halt, Machine, Point, Resolve, Session, Universe, World};
use flowspec_runtime::model::{
    Atom, ElementId, ElementKind, EventId, Expr, Field, Handler, Model, Outcome, OutputField, OutputId,
    StepId, Timer, TimerBase, USER, Unlisted,
};
use flowspec_runtime::suite::{Say, Term, Terms};
use flowspec_runtime::{Answer, Fields, Input, Observation, Sent, Text, Time, Value, Verdict};

use super::samples::Samples;
use crate::explore::inputs::Draft;
use crate::explore::situations::SESSION;

/// More ways than these, in which an implementation may go on where the spec leaves it open, are not tried.
const WAYS: usize = 64;

/// What is done.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// A session is opened with these givens.
    Open(Fields),
    /// An event of the step that the session is in: which of its handlers, and what is sent.
    Event {
        /// The handler, by its index in the step.
        handler: u16,
        /// What is sent with it.
        draft: Draft,
    },
    /// The user sends an event that is not expected in the step.
    Unexpected(EventId),
    /// So many milliseconds pass.
    Wait(Time),
    /// Somebody else changes a row.
    Elsewhere,
}

/// What is seen of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// Why it was refused; empty where it was accepted.
    pub reasons: Vec<Text>,
    /// Whether the spec is silent on it: anything may follow.
    pub silent: bool,
    /// The step that was entered last, if one was.
    pub entered: Option<StepId>,
    /// Steps that were entered before that, by time-outs.
    pub passed: Vec<StepId>,
    /// What an asked actor answered.
    pub answered: Option<Text>,
    /// The outputs that were sent, as they are named.
    pub sent: Vec<Text>,
    /// The outputs that somebody got to see whose eyes are followed, with what they say.
    pub shown: Vec<Sent>,
    /// The statements that were performed, and the defaults and constraints that were used.
    pub visited: Vec<ElementId>,
    /// Of each thing that is watched, a bit: whether this is it.
    pub watched: u64,
    /// How the implementation went on where the spec leaves it open.
    pub picks: Vec<u16>,
}

impl Seen {
    /// Whether it was accepted.
    pub fn is_accepted(&self) -> bool {
        self.reasons.is_empty() && !self.silent
    }

    /// Whether a step was entered.
    pub fn enters(&self, step: StepId) -> bool {
        self.entered == Some(step) || self.passed.contains(&step)
    }
}

/// Something that may happen, with the parts of the universe that it leaves behind; none where no session is open then,
/// or anything may follow.
#[derive(Debug, Clone)]
pub struct Happening {
    /// What is done.
    pub act: Act,
    /// What is seen.
    pub seen: Seen,
    /// What is left of the session and of what it shares.
    pub after: Option<(Session, World)>,
}

/// Makes things happen on copies of universes with one session.
#[derive(Debug)]
pub(super) struct Stage<'m> {
    pub(super) model: &'m Model,
    pub(super) machine: &'m Machine,
    /// What is looked out for; at most 64 things.
    pub(super) watched: Vec<Atom>,
    /// The outputs that are kept with what they say.
    pub(super) shown: Vec<Text>,
    /// The statements that enter the step that a session is in already.
    pub(super) restarts: Vec<ElementId>,
    pub(super) values: Samples<'m>,
}

/// What has just happened, and what there is afterwards.
struct What<'w> {
    universe: &'w Universe,
    before: Option<StepId>,
    act: &'w Act,
    outputs: &'w [Sent],
}

/// What one way of going on came to.
struct Way {
    universe: Universe,
    result: Result<Observation, Halt>,
    visited: Vec<ElementId>,
    picks: Vec<u16>,
}

impl<'m> Stage<'m> {
    pub(super) fn new(model: &'m Model, machine: &'m Machine, watched: Vec<Atom>) -> Self {
        let mut restarts = Vec::new();
        let handlers = model.steps.iter().flat_map(|step| &step.handlers);
        for branch in handlers.flat_map(|handler| &handler.branches) {
            find_restarts(&branch.body, &mut restarts);
        }
        model.timers.iter().for_each(|timer| find_restarts(&timer.body, &mut restarts));
        Self { model, machine, watched, shown: Vec::new(), restarts, values: Samples::new(model) }
    }

    /// Opens a session, in every way that the spec leaves open.
    pub(super) fn open(
        &self,
        universe: &Universe,
        given: &Fields,
        done: &mut Vec<(Act, Seen, Option<Universe>)>,
    ) {
        let now = universe.now();
        let ways = self
            .ways(universe, |universe, resolve| self.machine.open(universe, SESSION, now, given, resolve));
        for way in ways {
            done.push(self.told(Act::Open(given.clone()), None, way));
        }
    }

    /// Sends an event, in every way that the spec leaves open.
    pub(super) fn event(
        &self,
        universe: &Universe,
        handler: (u16, &Handler),
        draft: &Draft,
        done: &mut Vec<(Act, Seen, Option<Universe>)>,
    ) {
        let (index, handler) = handler;
        let input = Input {
            event: self.model.event(handler.event).name.clone(),
            by: self.model.actors[usize::from(handler.actor)].name.clone(),
            fields: self.fields(universe, &draft.fields),
        };
        let answers: Vec<Answer> = draft.answers.iter().map(|say| self.answer(universe, say)).collect();
        let (now, before) = (universe.now(), universe.session(SESSION).map(Session::step));
        let ways = self.ways(universe, |universe, resolve| {
            self.machine.apply(universe, SESSION, now, &input, &answers, resolve)
        });
        for way in ways {
            done.push(self.told(Act::Event { handler: index, draft: draft.clone() }, before, way));
        }
    }

    /// Sends something that nobody expects, where that keeps a time-out waiting.
    pub(super) fn unexpected(&self, universe: &Universe, done: &mut Vec<(Act, Seen, Option<Universe>)>) {
        let Some(session) = universe.session(SESSION) else { return };
        // Also where it has fired: then it is armed anew.
        let is_here = |timer: &Timer| timer.step.is_none_or(|step| step == session.step());
        let waits = self.model.timers.iter().any(|timer| timer.base == TimerBase::Idle && is_here(timer));
        let handlers = &self.model.step(session.step()).handlers;
        let is_expected = |id: EventId| handlers.iter().any(|of| of.event == id && of.actor == USER);
        let mut events = (0..).zip(&self.model.events);
        let event = events.find(|(id, _)| !is_expected(*id));
        let (Some((id, event)), true, Unlisted::Refuse(_)) = (event, waits, self.model.defaults.unlisted.0)
        else {
            return;
        };
        let input = Input {
            event: event.name.clone(),
            by: self.model.actors[usize::from(USER)].name.clone(),
            fields: Fields::default(),
        };
        let (now, before) = (universe.now(), session.step());
        let ways = self.ways(universe, |universe, resolve| {
            self.machine.apply(universe, SESSION, now, &input, &[], resolve)
        });
        for way in ways {
            done.push(self.told(Act::Unexpected(id), Some(before), way));
        }
    }

    /// Lets fire what is due now, in every way that the spec leaves open.
    pub(super) fn fire(&self, universe: &Universe, done: &mut Vec<(Act, Seen, Option<Universe>)>) {
        let (now, before) = (universe.now(), universe.session(SESSION).map(Session::step));
        let ways = self.ways(universe, |universe, resolve| {
            let seen = self.machine.advance(universe, now, resolve)?;
            let own = seen.into_iter().find(|(id, _)| *id == SESSION);
            Ok(own.map_or_else(|| Observation::accepted(""), |(_, seen)| seen))
        });
        for way in ways {
            done.push(self.told(Act::Wait(0), before, way));
        }
    }

    fn ways(
        &self,
        universe: &Universe,
        act: impl Fn(&mut Universe, &mut Ways) -> Result<Observation, Halt>,
    ) -> Vec<Way> {
        let mut done = Vec::new();
        let mut open: Vec<Vec<u16>> = vec![Vec::new()];
        while let Some(picks) = open.pop() {
            let mut after = universe.clone();
            let mut ways = Ways { stage: self, picks: &picks, asked: 0, open: None, visited: Vec::new() };
            let result = act(&mut after, &mut ways);
            let (undecided, visited) = (ways.open, ways.visited);
            match undecided {
                Some(alternatives) if result.is_err() && done.len() + open.len() < WAYS => {
                    let next = (0..alternatives as u16).rev();
                    open.extend(next.map(|next| [picks.as_slice(), &[next]].concat()));
                }
                _ => done.push(Way { universe: after, result, visited, picks }),
            }
        }
        done
    }

    fn told(&self, act: Act, before: Option<StepId>, way: Way) -> (Act, Seen, Option<Universe>) {
        let Way { universe, result, visited, picks } = way;
        let mut seen = Seen { visited, picks, ..Seen::default() };
        let observation = match result {
            Ok(observation) => observation,
            Err(halt) => {
                seen.silent = true;
                // What nobody could do at all is not said to have happened; see `is_possible`.
                if !matches!(halt, Halt::Silent(_)) {
                    seen.reasons.push(Text::new_static(IMPOSSIBLE));
                }
                return (act, seen, None);
            }
        };
        if let Verdict::Refused(reasons) = observation.verdict {
            seen.reasons = reasons;
        }
        let outputs = observation.outputs;
        seen.sent = outputs.iter().map(|sent| sent.output.clone()).collect();
        seen.shown = outputs.iter().filter(|sent| self.shown.contains(&sent.output)).cloned().collect();
        let Some(session) = universe.session(SESSION) else { return (act, seen, None) };
        let step = session.step();
        let restarted = || seen.visited.iter().any(|element| self.restarts.contains(element));
        if before != Some(step) || (seen.is_accepted() && restarted()) {
            seen.entered = Some(step);
        }
        self.passed(before, &mut seen);
        if let Act::Event { draft, .. } = &act {
            seen.answered =
                draft.answers.first().filter(|_| self.has_answered(&seen)).map(|say| say.answer.clone());
        }
        let what = What { universe: &universe, before, act: &act, outputs: &outputs };
        let is = |atom: &&Atom| self.is(atom, &what, &seen);
        let bits = (0..).zip(&self.watched).filter(|(_, atom)| is(atom)).map(|(bit, _)| 1 << bit);
        seen.watched = bits.sum();
        (act, seen, Some(universe))
    }

    /// Whether what happened is what is meant.
    fn is(&self, atom: &Atom, what: &What, seen: &Seen) -> bool {
        match atom {
            Atom::Entered(step) => seen.enters(*step),
            Atom::Accepted(event) => self.event_of(what) == Some(*event) && seen.is_accepted(),
            Atom::Answered(answer) => seen.answered.as_ref() == Some(answer) && seen.is_accepted(),
            Atom::Refused(reason) => seen.reasons.contains(self.model.reason(*reason)),
            Atom::Sent(output) => seen.sent.contains(&self.model.outputs[usize::from(*output)].name),
            Atom::Holds(condition) => self.machine.holds(what.universe, SESSION, condition),
            Atom::Where { what: kind, condition } => {
                self.is(kind, what, seen) && self.holds_of(kind, condition, what)
            }
        }
    }

    /// Whether a condition on what happened holds.
    fn holds_of(&self, kind: &Atom, condition: &Expr, what: &What) -> bool {
        let holds = |event: Option<EventId>, fields: &[Value], answer: &[Value]| {
            self.machine.holds_of(what.universe, SESSION, condition, event, fields, answer)
        };
        match (kind, what.act) {
            (Atom::Sent(output), _) => {
                let declared = &self.model.outputs[usize::from(*output)];
                let mut sent = what.outputs.iter().filter(|sent| sent.output == declared.name);
                sent.any(|sent| {
                    let read =
                        |field: &OutputField| self.machine.read_as(field.kind, sent.fields.get(&field.name));
                    let fields: Vec<Value> =
                        declared.fields.iter().map(|field| read(field).unwrap_or_default()).collect();
                    holds(None, &fields, &[])
                })
            }
            (_, Act::Event { draft, .. }) => {
                let event = self.event_of(what);
                let declared = event.map_or(&[][..], |event| self.model.event(event).fields.as_slice());
                let fields = self.read(what.universe, declared, &draft.fields);
                let say = draft.answers.first();
                let case = say.and_then(|say| self.model.answer_cases().find(|case| case.name == say.answer));
                let answer = match (say, case) {
                    (Some(say), Some(case)) => self.read(what.universe, &case.fields, &say.fields),
                    _ => Vec::new(),
                };
                holds(event, &fields, &answer)
            }
            _ => holds(None, &[], &[]),
        }
    }

    /// Fields as the machine holds them.
    pub(super) fn read(&self, universe: &Universe, declared: &[Field], terms: &Terms) -> Vec<Value> {
        let sent = self.fields(universe, terms);
        let read = |field: &Field| match sent.get(&field.name) {
            Value::Unset => field.default.clone(),
            raw => self.machine.read_as(field.kind, raw),
        };
        declared.iter().map(|field| read(field).unwrap_or_default()).collect()
    }

    fn event_of(&self, what: &What) -> Option<EventId> {
        let Act::Event { handler, .. } = what.act else { return None };
        let handler = self.model.step(what.before?).handlers.get(usize::from(*handler))?;
        Some(handler.event)
    }

    /// Steps that time-outs have led through.
    fn passed(&self, before: Option<StepId>, seen: &mut Seen) {
        for timer in &self.model.timers {
            let fired = seen.visited.contains(&timer.element);
            if let (true, Outcome::To(step)) = (fired, &timer.body.outcome)
                && seen.entered != Some(*step)
                && before != Some(*step)
            {
                seen.passed.push(*step);
            }
        }
    }

    fn has_answered(&self, seen: &Seen) -> bool {
        let is_answer = |element: &ElementId| self.model.element(*element).kind == ElementKind::Answer;
        seen.visited.iter().any(is_answer)
    }

    fn answer(&self, universe: &Universe, say: &Say) -> Answer {
        let fields = self.fields(universe, &say.fields);
        Answer { actor: say.actor.clone(), answer: say.answer.clone(), fields }
    }

    /// Terms as they are sent.
    pub(super) fn fields(&self, universe: &Universe, terms: &Terms) -> Fields {
        let named = terms.iter().map(|(name, term)| (name.clone(), self.value(universe, term)));
        named.filter(|(_, value)| value.is_set()).collect()
    }

    fn value(&self, universe: &Universe, term: &Term) -> Value {
        let (output, field) = match term {
            Term::Value(value) => return value.clone(),
            Term::Seen(flowspec_runtime::suite::Seen::Sent(output, field)) => (output, field),
            Term::Seen(_) => return Value::Unset,
        };
        let Some((id, output)) = (0..).zip(&self.model.outputs).find(|(_, known)| known.name == *output)
        else {
            return Value::Unset;
        };
        let Some((at, field)) = (0..).zip(&output.fields).find(|(_, known)| known.name == *field) else {
            return Value::Unset;
        };
        let expr = Expr::Output { output: id, field: at };
        self.machine.value(universe, SESSION, &expr, field.kind).unwrap_or_default()
    }
}

/// The reason of what cannot be done at all.
const IMPOSSIBLE: &str = "\0impossible";

/// Whether something can be done: no answer was missing, no branch was.
pub(super) fn is_possible(seen: &Seen) -> bool {
    !seen.reasons.iter().any(|reason| reason == IMPOSSIBLE)
}

fn find_restarts(body: &flowspec_runtime::model::Body, found: &mut Vec<ElementId>) {
    match &body.outcome {
        Outcome::Restart => found.push(body.element),
        Outcome::Either(bodies) => bodies.iter().for_each(|body| find_restarts(body, found)),
        Outcome::Ask { answers, .. } => {
            let branches = answers.iter().flat_map(|answer| &answer.branches);
            branches.for_each(|branch| find_restarts(&branch.body, found));
        }
        _ => {}
    }
}

/// Goes on as it is told, and says where it was not told.
struct Ways<'w> {
    stage: &'w Stage<'w>,
    picks: &'w [u16],
    asked: usize,
    /// How many alternatives there are where nothing was told.
    open: Option<usize>,
    visited: Vec<ElementId>,
}

impl Ways<'_> {
    fn next(&mut self, alternatives: usize) -> Option<usize> {
        let pick = self.picks.get(self.asked).map(|pick| usize::from(*pick));
        self.asked += 1;
        if pick.is_none() {
            self.open = self.open.or(Some(alternatives));
        }
        pick
    }
}

impl Resolve for Ways<'_> {
    fn pick(&mut self, _: Point, alternatives: usize) -> Option<usize> {
        self.next(alternatives)
    }

    /// Values that are compared with others are told apart by their output; those of enumerations are all tried.
    fn chosen(&mut self, output: OutputId, field: u16) -> Option<Value> {
        let kind = self.stage.model.outputs[usize::from(output)].fields[usize::from(field)].kind;
        let few = self.stage.values.nth(kind, 12).is_none();
        if few {
            let count = (0..12).take_while(|n| self.stage.values.nth(kind, *n).is_some()).count();
            let pick = if count > 1 { self.next(count)? } else { 0 };
            return self.stage.values.nth(kind, pick as u32);
        }
        let own = 12 + u32::from(output) * 8 + u32::from(field);
        self.stage.values.nth(kind, own).or_else(|| self.stage.values.nth(kind, 12))
    }

    fn visit(&mut self, element: ElementId) {
        self.visited.push(element);
    }
}
