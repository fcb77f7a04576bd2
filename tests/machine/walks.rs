//! Anything at all is sent to every flow there is: nothing panics, what halts changes nothing, and a universe that is
//! stored half-way goes on as if it had not been.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use flowspec::model::{self, Model};
use flowspec::source::{Source, Sources};
use flowspec::syntax;
use flowspec_runtime::machine::{Halt, Machine, Point, Resolve, Universe};
use flowspec_runtime::model::{ElementId, OutputId};
use flowspec_runtime::{Answer, Fields, Input, Observation, Rows, SessionId, Text, Time, Value};
use proptest::prelude::*;

use crate::script;

/// The machines of the specs of this repository, and of the flows in `cases/`.
static MACHINES: LazyLock<Vec<Machine>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut models = specs(&root.join("specs/sign_in"));
    models.extend(specs(&root.join("specs/alipay")));
    for file in files(&root.join("tests/machine/cases")) {
        let text = std::fs::read_to_string(&file).unwrap();
        models.push(script::flow("case", text.split("\n--- ").next().unwrap()));
    }
    let text = std::fs::read_to_string(root.join("tests/machine/interruption.txt")).unwrap();
    models.push(crate::interruptible(&script::flow("interruption", text.split("\n--- ").next().unwrap())));
    models.into_iter().map(|model| Machine::new(model).unwrap()).collect()
});

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn specs(folder: &Path) -> Vec<Arc<Model>> {
    let mut sources = Sources::default();
    for file in files(folder).iter().filter(|file| file.extension().is_some_and(|end| end == "flow")) {
        let name = file.file_name().unwrap().to_string_lossy();
        sources.add(Source::new(name, std::fs::read_to_string(file).unwrap()));
    }
    let parsed: Vec<_> = sources.iter().map(|(id, source)| syntax::parse(source, id)).collect();
    let trees: Vec<_> = parsed.iter().map(|parsed| &parsed.tree).collect();
    model::resolve(&sources, &trees).models
}

/// One thing that is done; names and values are drawn from the model by the numbers.
#[derive(Debug, Clone)]
struct Act {
    what: u8,
    session: SessionId,
    event: usize,
    values: Vec<u8>,
    pause: Time,
    picks: Vec<Option<u8>>,
}

fn act() -> impl Strategy<Value = Act> {
    let pause = prop_oneof![
        6 => 0_i64..3,
        2 => 0_i64..20_000,
        1 => prop::sample::select(vec![59_999_i64, 60_000, 600_000, 900_000, 1_800_000, 86_400_000]),
        1 => -5_i64..0,
    ];
    let picks = prop::collection::vec(prop::option::weighted(0.9, 0_u8..4), 0..4);
    (any::<u8>(), 0_u32..3, any::<usize>(), prop::collection::vec(any::<u8>(), 8), pause, picks).prop_map(
        |(what, session, event, values, pause, picks)| Act { what, session, event, values, pause, picks },
    )
}

/// A value that some field may take, or none does.
fn value(machine: &Machine, number: u8) -> Value {
    const TEXTS: [&str; 12] = [
        "",
        "ann",
        "correct-horse",
        "123456",
        "a",
        "1234",
        "20.00",
        "0.01",
        "500.00",
        "13800000000",
        "x y",
        "abc",
    ];
    let words = machine.model().types.iter().flat_map(|kind| match &kind.kind {
        flowspec_runtime::model::Kind::Word { members, .. } => members.as_slice(),
        _ => &[],
    });
    let words: Vec<&Text> = words.map(|member| &member.name).collect();
    match number % 8 {
        0 => Value::Unset,
        1 => i64::from(number).into(),
        2 => (number > 100).into(),
        3 => [i64::MAX, i64::MIN, 0, -1][usize::from(number) / 8 % 4].into(),
        4 if !words.is_empty() => words[usize::from(number) / 8 % words.len()].clone().into(),
        5 => Value::List(
            words.iter().take(usize::from(number) / 64).map(|word| (*word).clone().into()).collect(),
        ),
        6 if number > 200 => 0.5.into(),
        _ => TEXTS[usize::from(number) / 8 % TEXTS.len()].into(),
    }
}

/// Picks what the walk says, then the first; sends whatever text comes next.
struct Any<'a> {
    machine: &'a Machine,
    picks: std::slice::Iter<'a, Option<u8>>,
    values: std::iter::Cycle<std::slice::Iter<'a, u8>>,
}

impl<'a> Any<'a> {
    fn new(machine: &'a Machine, act: &'a Act) -> Self {
        Self { machine, picks: act.picks.iter(), values: act.values.iter().cycle() }
    }
}

impl Resolve for Any<'_> {
    fn pick(&mut self, _: Point, _: usize) -> Option<usize> {
        self.picks.next().copied().unwrap_or(Some(0)).map(usize::from)
    }

    fn chosen(&mut self, _: OutputId, _: u16) -> Option<Value> {
        Some(value(self.machine, *self.values.next()?))
    }

    fn silent(&mut self, _: ElementId) -> bool {
        self.values.next().is_some_and(|number| number % 2 == 0)
    }
}

fn perform(
    machine: &Machine,
    universe: &mut Universe,
    act: &Act,
) -> Result<Vec<(SessionId, Observation)>, Halt> {
    let model = machine.model();
    let resolve = &mut Any::new(machine, act);
    let at = universe.now() + act.pause;
    let mut values = act.values.iter().map(|number| value(machine, *number));
    let one = |seen| vec![(act.session, seen)];
    match act.what % 16 {
        0 => machine.advance(universe, at, resolve),
        1 => machine.close(universe, act.session).map(|()| Vec::new()).map_err(Halt::Fault),
        2 => {
            let names = model.capabilities.iter().map(|capability| capability.name.as_str());
            let names: Vec<&str> = names.chain(["nothing"]).collect();
            let subject = values.next().unwrap_or_default();
            machine.may(universe, names[act.event % names.len()], &subject, at, resolve).map(|_| Vec::new())
        }
        3 => {
            let given: Fields = model.givens.iter().map(|given| given.name.clone()).zip(values).collect();
            machine.open(universe, act.session, at, &given, resolve).map(one)
        }
        _ => {
            let event = &model.events[act.event % model.events.len()];
            let fields = event.fields.iter().map(|field| field.name.clone()).zip(values.by_ref()).collect();
            let by = model.actors[act.event / 64 % model.actors.len()].name.clone();
            let input = Input { event: event.name.clone(), by, fields };
            let answers = answers(machine, act);
            machine.apply(universe, act.session, at, &input, &answers, resolve).map(one)
        }
    }
}

/// An answer of every actor, with any word that some step asks for.
fn answers(machine: &Machine, act: &Act) -> Vec<Answer> {
    let names = ["matches", "differs", "gone", "later", "unknown", "number_matches", "number_differs"];
    let fields = ["holder", "days"].into_iter().zip(act.values.iter().map(|number| value(machine, *number)));
    let fields: Fields = fields.collect();
    let answer = names[usize::from(act.what) / 16 % names.len()];
    let actors = machine.model().actors.iter();
    actors
        .map(|actor| Answer { actor: actor.name.clone(), answer: answer.into(), fields: fields.clone() })
        .collect()
}

proptest! {
    #[test]
    fn a_walk_never_panics_a_halt_changes_nothing_and_a_stored_universe_goes_on(
        which: prop::sample::Index, acts in prop::collection::vec(act(), 1..60), stored in 0_usize..60
    ) {
        let machine = which.get(&MACHINES);
        let mut universe = machine.universe(&Rows::new(), &[]).unwrap();
        let given: Fields = [("ip", "1.1.1.1")].into_iter().collect();
        let _ = machine.open(&mut universe, 0, 0, &given, &mut Any::new(machine, &acts[0]));
        let mut other: Option<Universe> = None;
        for (index, act) in acts.iter().enumerate() {
            if index == stored {
                let json = serde_json::to_string(&universe).unwrap();
                other = Some(serde_json::from_str(&json).unwrap());
            }
            let before = universe.clone();
            let seen = perform(machine, &mut universe, act);
            if seen.is_err() {
                prop_assert_eq!(&universe, &before);
            }
            if let Some(other) = &mut other {
                prop_assert_eq!(&perform(machine, other, act), &seen);
                prop_assert_eq!(&*other, &universe);
            }
        }
    }
}

#[test]
fn every_flow_there_is_takes_part() {
    assert!(MACHINES.len() >= 12, "{}", MACHINES.len());
}

/// Every number in a JSON value.
fn numbers<'v>(value: &'v mut serde_json::Value, found: &mut Vec<&'v mut serde_json::Value>) {
    match value {
        serde_json::Value::Number(_) => found.push(value),
        serde_json::Value::Array(list) => list.iter_mut().for_each(|inner| numbers(inner, found)),
        serde_json::Value::Object(object) => object.values_mut().for_each(|inner| numbers(inner, found)),
        _ => {}
    }
}

proptest! {
    #[test]
    fn a_model_with_a_wrong_number_is_refused_or_runs(
        which: prop::sample::Index, place: prop::sample::Index, number in prop_oneof![0_u32..12, any::<u32>()],
        acts in prop::collection::vec(act(), 1..20)
    ) {
        let mut json = serde_json::to_value(&**which.get(&MACHINES).model()).unwrap();
        let mut found = Vec::new();
        // What says where statements stand is nothing to the machine.
        let object = json.as_object_mut().unwrap();
        for (_, inner) in object.iter_mut().filter(|(name, _)| *name != "elements") {
            numbers(inner, &mut found);
        }
        let index = place.index(found.len());
        *found[index] = number.into();
        let model: Result<Model, _> = serde_json::from_value(json);
        if let Ok(machine) = model.map_err(|_| ()).and_then(|model| Machine::new(Arc::new(model)).map_err(|_| ())) {
            let mut universe = machine.universe(&Rows::new(), &[]).unwrap();
            let given: Fields = [("ip", "1.1.1.1")].into_iter().collect();
            let _ = machine.open(&mut universe, 0, 0, &given, &mut Any::new(&machine, &acts[0]));
            for act in &acts {
                let _ = perform(&machine, &mut universe, act);
            }
        }
    }
}
