//! A generated machine beside the interpreter: the same is done to both, and what they show must be the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use flowspec_runtime::machine::{self, Halt, Reference, Universe};
use flowspec_runtime::model::{Model, OutputId};
use flowspec_runtime::typed::{self, Flow};
use flowspec_runtime::values::Values;
use flowspec_runtime::{
    Answer, Fields, Implementation, Input, May, Observation, Rows, SessionId, Time, Value, Verdict,
};
use serde_json::{Value as Json, json};

use crate::walk::Walk;

/// One thing that is done.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Open(SessionId, Time, Fields),
    Apply(SessionId, Time, Input, Vec<Answer>),
    Advance(Time),
    May(String, Value, Time),
    Close(SessionId),
    /// The generated machine is stored and read back.
    Store,
}

/// What is seen of it; a fault of the caller's is told, and nothing has changed.
#[derive(Debug, Clone, PartialEq)]
enum Seen {
    Fault,
    One(Observation),
    All(BTreeMap<SessionId, Observation>),
    May(May),
    Nothing,
}

/// Both machines.
pub(crate) struct Pair<F: Flow> {
    model: Arc<Model>,
    interpreter: machine::Machine,
    pub(crate) universe: Universe,
    generated: typed::Machine<F>,
    picked: BTreeMap<(OutputId, u16), u64>,
    seen: Option<(Seen, Seen)>,
}

impl<F: Flow> Pair<F> {
    pub(crate) fn new(model: &Arc<Model>, rows: &Rows, choices: &[usize]) -> Self {
        let interpreter = machine::Machine::new(model.clone()).unwrap();
        let universe = interpreter.universe(rows, choices).unwrap();
        let mut generated = serde_json::to_value(typed::Machine::<F>::default()).unwrap();
        for (choice, value) in model.choices.iter().zip(choices) {
            generated["shared"][choice.name.as_str()] = serde_json::to_value(&choice.values[*value]).unwrap();
        }
        let mut generated: typed::Machine<F> = serde_json::from_value(generated).unwrap();
        generated.reset(rows).unwrap();
        Self { model: model.clone(), interpreter, universe, generated, picked: BTreeMap::new(), seen: None }
    }

    /// Does something to both.
    pub(crate) fn take(&mut self, step: &Step, walk: &mut Walk) -> Result<(), ()> {
        let expected = self.expected(step);
        let seen = self.seen(step);
        if let Seen::One(observation) = &expected {
            walk.remember(step, observation);
        }
        let same = expected == seen && (!matches!(step, Step::Store) || self.shared() == self.kept());
        self.seen = Some((expected, seen));
        if same { Ok(()) } else { Err(()) }
    }

    pub(crate) fn difference(&self, step: &Step) -> String {
        let (expected, seen) = self.seen.as_ref().unwrap();
        let (shared, kept) = (self.shared(), self.kept());
        format!("{step:#?}\nexpected {expected:#?}\nseen {seen:#?}\nexpected {shared:#}\nseen {kept:#}")
    }

    fn expected(&mut self, step: &Step) -> Seen {
        let Self { model, interpreter, universe, picked, .. } = self;
        let mut tried = picked.clone();
        let mut reference = Reference(|output: OutputId, field: u16| {
            let n = tried.entry((output, field)).or_default();
            *n += 1;
            let kind = model.outputs[usize::from(output)].fields[usize::from(field)].kind;
            Some(made_up(model, kind, *n))
        });
        let seen = match step {
            Step::Open(session, at, given) => {
                interpreter.open(universe, *session, *at, given, &mut reference).map(Seen::One)
            }
            Step::Apply(session, at, input, answers) => {
                interpreter.apply(universe, *session, *at, input, answers, &mut reference).map(Seen::One)
            }
            Step::Advance(to) => interpreter
                .advance(universe, *to, &mut reference)
                .map(|shown| Seen::All(shown.into_iter().collect())),
            Step::May(capability, subject, at) => {
                interpreter.may(universe, capability, subject, *at, &mut reference).map(Seen::May)
            }
            Step::Close(session) => {
                interpreter.close(universe, *session).map(|()| Seen::Nothing).map_err(Halt::from)
            }
            Step::Store => Ok(Seen::Nothing),
        };
        match seen {
            Ok(seen) => {
                *picked = tried;
                sorted(seen)
            }
            Err(Halt::Fault(_)) => Seen::Fault,
            Err(halt) => panic!("{halt}"),
        }
    }

    fn seen(&mut self, step: &Step) -> Seen {
        let machine = &mut self.generated;
        let seen = match step {
            Step::Open(session, at, given) => {
                Implementation::open(machine, *session, *at, given).map(Seen::One)
            }
            Step::Apply(session, at, input, answers) => {
                Ok(Seen::One(Implementation::apply(machine, *session, *at, input, answers)))
            }
            Step::Advance(to) => {
                Implementation::advance(machine, *to).map(|shown| Seen::All(shown.into_iter().collect()))
            }
            Step::May(capability, subject, at) => {
                Implementation::may(machine, capability, subject, *at).map(Seen::May)
            }
            Step::Close(session) => Implementation::close(machine, *session).map(|()| Seen::Nothing),
            Step::Store => {
                let stored = serde_json::to_string(machine).unwrap();
                *machine = serde_json::from_str(&stored).unwrap();
                Ok(Seen::Nothing)
            }
        };
        match seen {
            Ok(Seen::One(observation)) if is_fault(&observation) => Seen::Fault,
            Ok(seen) => sorted(seen),
            Err(_) => Seen::Fault,
        }
    }

    /// The interpreter's rows and counters, in the form of the generated machine's.
    fn shared(&self) -> Json {
        let universe = serde_json::to_value(&self.universe).unwrap();
        let mut shared = serde_json::Map::new();
        for (index, record) in (0_u16..).zip(&self.model.records) {
            let rows = self.universe.rows(index).map(|(key, row)| {
                let attributes = record.attributes.iter().zip(row);
                let row = attributes.map(|(attribute, value)| {
                    (attribute.name.to_string(), json!(self.interpreter.on_wire(attribute.kind, value)))
                });
                json!([self.interpreter.on_wire(record.key_kind, key), Json::Object(row.collect())])
            });
            shared.insert(record.name.to_string(), rows.collect());
        }
        for (index, limit) in self.model.limits.iter().enumerate() {
            let counted = !limit.or_more && limit.bound != flowspec_runtime::model::Bound::Unbounded;
            if counted && limit.per.is_some() && limit.per.as_deref() != Some("session") {
                shared.insert(limit.name.to_string(), used(&universe["uses"][index]));
            }
        }
        Json::Object(shared)
    }

    /// The same of the generated machine.
    fn kept(&self) -> Json {
        let generated = serde_json::to_value(&self.generated.shared).unwrap();
        let Json::Object(kept) = self.shared() else { panic!("an object") };
        let kept = kept.keys().map(|name| {
            let own = named(&generated, name);
            let is_limit = self.model.limits.iter().any(|limit| limit.name == name.as_str());
            (name.clone(), if is_limit { used(own) } else { rows(own) })
        });
        Json::Object(kept.collect())
    }
}

/// A field by its name in the spec, which in Rust may have a suffix.
fn named<'j>(shared: &'j Json, name: &str) -> &'j Json {
    let suffixed = format!("{name}_");
    let mut fields = shared.as_object().unwrap().iter();
    fields.find(|(field, _)| *field == name || field.starts_with(&suffixed)).unwrap().1
}

/// Rows whose attributes have the names of the spec.
fn rows(table: &Json) -> Json {
    let plain = |row: &Json| {
        let fields = row.as_object().unwrap().iter();
        Json::Object(
            fields.map(|(name, value)| (name.trim_end_matches('_').to_owned(), value.clone())).collect(),
        )
    };
    table.as_array().unwrap().iter().map(|row| json!([row[0], plain(&row[1])])).collect()
}

/// Counters without those that count nothing.
fn used(uses: &Json) -> Json {
    let empty = json!({ "uses": [] });
    let uses = uses.as_array().into_iter().flatten();
    uses.filter(|pair| pair[1] != empty).cloned().collect()
}

/// The value that a generated machine makes up.
fn made_up(model: &Model, kind: u16, n: u64) -> Value {
    let width = match Values::new(model).nth(kind, 0) {
        Some(Value::Text(_)) => 6,
        _ => return Value::Int(i64::try_from(n).unwrap()),
    };
    Value::Text(typed::digits(n, width))
}

fn is_fault(observation: &Observation) -> bool {
    matches!(&observation.verdict, Verdict::Refused(reasons) if reasons.iter().any(|reason| reason.starts_with("fault:")))
}

/// Reasons are a set.
fn sorted(mut seen: Seen) -> Seen {
    if let Seen::One(Observation { verdict: Verdict::Refused(reasons), .. }) = &mut seen {
        reasons.sort_unstable();
    }
    seen
}
