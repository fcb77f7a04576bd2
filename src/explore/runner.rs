//! One step of a suite, performed on a copy of a universe, and what was used on the way.

use std::sync::Arc;

use flowspec_runtime::machine::{Machine, Point, Resolve, Session, Universe};
use flowspec_runtime::model::{ElementId, Expr, Model, OutputId, StepId, TypeId};
use flowspec_runtime::suite::{Say, Seen, Step, Term, Terms};
use flowspec_runtime::values::Values;
use flowspec_runtime::{Answer, Fields, Input, May, Observation, Rows, SessionId, Value};

/// What a step came to.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The universe afterwards.
    pub universe: Arc<Universe>,
    /// What was seen; none where a step shows nothing of a session.
    pub observation: Option<Observation>,
    /// The statements that were performed, and the defaults and constraints that were used.
    pub visited: Vec<ElementId>,
}

/// How many statements a step uses as a rule.
const USUAL: usize = 12;

/// Performs steps on copies of universes.
#[derive(Debug)]
pub struct Runner<'m> {
    model: &'m Model,
    machine: &'m Machine,
}

impl<'m> Runner<'m> {
    /// A runner for the machine of a model.
    pub fn new(model: &'m Model, machine: &'m Machine) -> Self {
        Self { model, machine }
    }

    /// The machine.
    pub fn machine(&self) -> &'m Machine {
        self.machine
    }

    /// A universe with these rows, every choice at its first value.
    pub fn universe(&self, rows: &Rows) -> Option<Universe> {
        self.machine.universe(rows, &vec![0; self.model.choices.len()]).ok()
    }

    /// Performs a step; none where the spec is silent on it or it cannot be done.
    pub fn take(&self, universe: &Arc<Universe>, step: &Step) -> Option<Taken> {
        let mut universe = Arc::clone(universe);
        let (observation, visited) = self.go(&mut universe, step)?;
        Some(Taken { universe, observation, visited })
    }

    /// The same to the universe itself, which is copied only where it is shared; it is unchanged where there is nothing.
    pub fn go(
        &self,
        universe: &mut Arc<Universe>,
        step: &Step,
    ) -> Option<(Option<Observation>, Vec<ElementId>)> {
        let universe = Arc::make_mut(universe);
        let mut tracer = Tracer { model: self.model, visited: Vec::with_capacity(USUAL) };
        let observation = match step {
            Step::Open { session, at, given } => {
                let given = self.fields(universe, *session, given);
                Some(self.machine.open(universe, *session, *at, &given, &mut tracer).ok()?)
            }
            Step::Apply { session, at, event, by, fields, answers } => {
                let fields = self.fields(universe, *session, fields);
                let input = Input { event: event.clone(), by: by.clone(), fields };
                let answers: Vec<Answer> =
                    answers.iter().map(|say| self.answer(universe, *session, say)).collect();
                Some(self.machine.apply(universe, *session, *at, &input, &answers, &mut tracer).ok()?)
            }
            Step::Advance { to } => {
                self.machine.advance(universe, *to, &mut tracer).ok()?;
                None
            }
            Step::May { capability, subject, at } => {
                let subject = self.known(universe, 0, subject);
                let mut asked = universe.clone();
                let answer = self.machine.may(&mut asked, capability, &subject, *at, &mut tracer).ok()?;
                if answer == May::Unstated {
                    return None;
                }
                *universe = asked;
                None
            }
            Step::Close { session } => {
                self.machine.close(universe, *session).ok()?;
                None
            }
        };
        Some((observation, tracer.visited))
    }

    /// The value of an expression that reads no field, as the machine holds it.
    pub fn value(&self, universe: &Universe, session: SessionId, expr: &Expr) -> Value {
        self.machine.evaluate(universe, session, expr)
    }

    /// The same as it is sent in a field of this type.
    pub fn sent_value(&self, universe: &Universe, session: SessionId, expr: &Expr, kind: TypeId) -> Value {
        self.machine.value(universe, session, expr, kind).unwrap_or_default()
    }

    fn answer(&self, universe: &Universe, session: SessionId, say: &Say) -> Answer {
        let fields = self.fields(universe, session, &say.fields);
        Answer { actor: say.actor.clone(), answer: say.answer.clone(), fields }
    }

    fn fields(&self, universe: &Universe, session: SessionId, terms: &Terms) -> Fields {
        let known = |term: &Term| self.known(universe, session, term);
        terms
            .iter()
            .map(|(name, term)| (name.clone(), known(term)))
            .filter(|(_, value)| value.is_set())
            .collect()
    }

    fn known(&self, universe: &Universe, session: SessionId, term: &Term) -> Value {
        match term {
            Term::Value(value) => value.clone(),
            Term::Seen(Seen::Sent(output, field)) => self.sent(universe, session, output, field).0,
            Term::Seen(Seen::Of(other, output, field)) => self.sent(universe, *other, output, field).0,
            Term::Seen(Seen::Near(output, field, slip)) => {
                let (sent, _) = self.sent(universe, session, output, field);
                sent.as_text().and_then(|text| slip.of(text)).map_or(Value::Unset, Value::from)
            }
            Term::Seen(Seen::Other(output, field) | Seen::Earlier(output, field, _)) => {
                let (sent, kind) = self.sent(universe, session, output, field);
                let values = Values::new(self.model);
                let others =
                    kind.into_iter().flat_map(|kind| (0..2).filter_map(move |n| values.nth(kind, n)));
                others.into_iter().find(|value| *value != sent).unwrap_or_default()
            }
        }
    }

    fn sent(
        &self,
        universe: &Universe,
        session: SessionId,
        output: &str,
        field: &str,
    ) -> (Value, Option<u16>) {
        let Some((output_id, output)) =
            (0..).zip(&self.model.outputs).find(|(_, known)| known.name == output)
        else {
            return (Value::Unset, None);
        };
        let Some((field_id, field)) = (0..).zip(&output.fields).find(|(_, known)| known.name == field) else {
            return (Value::Unset, None);
        };
        let expr = Expr::Output { output: output_id, field: field_id };
        (self.value(universe, session, &expr), Some(field.kind))
    }
}

/// Takes the first alternative everywhere, the same chosen value each time, and remembers what was used.
struct Tracer<'m> {
    model: &'m Model,
    visited: Vec<ElementId>,
}

impl Resolve for Tracer<'_> {
    fn pick(&mut self, _: Point, _: usize) -> Option<usize> {
        Some(0)
    }

    fn chosen(&mut self, output: OutputId, field: u16) -> Option<Value> {
        let kind = self.model.outputs[usize::from(output)].fields[usize::from(field)].kind;
        Values::new(self.model).nth(kind, 0)
    }

    fn visit(&mut self, element: ElementId) {
        self.visited.push(element);
    }
}

/// Where a session is; none where it is not open.
pub fn place(universe: &Universe, session: SessionId) -> Option<StepId> {
    universe.session(session).map(Session::step)
}
