//! All that a flow can do, cut into finitely many situations: values into the classes that its guards tell apart, times
//! into zones in which nothing turns, and what can never matter forgotten.
//!
//! The machine makes every step; here it is only decided which steps are worth making, and which situations are the
//! same. [`Graph`] has all that one session can do, with everything that was seen; [`Twins`] is all that two runs can do in
//! which the same is done; [`Product`] explores several sessions side by side, by tables of what each of them can do, at the
//! times at which something turns.

mod classes;
mod elsewhere;
mod graph;
mod happening;
mod moment;
mod packed;
mod product;
mod relevance;
mod samples;
mod tables;
mod timing;
mod twins;
mod zone;

pub use elsewhere::Elsewhere;
pub use graph::{Done, Edge, Follow, From, Graph, Node, OVERDUE, Run};
pub use happening::{Act, Happening, Seen};
pub use product::{Exploration, Product, Situation, Slot};
pub use twins::{Apart, Both, Promise, Twins};

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use flowspec_runtime::machine::{Keeping, Machine, Session, Universe, World};
use flowspec_runtime::model::{Atom, Expr, Model};
use flowspec_runtime::{Fields, Rows, Time, Value};

use classes::Classes;
use happening::{Stage, is_possible};
use relevance::Relevance;
use samples::Samples;
use zone::FAR;

/// What a flow can do, a step at a time.
#[derive(Debug)]
pub struct Space<'m> {
    stage: Stage<'m>,
    classes: Classes<'m>,
    keeping: Keeping,
    /// What others may do to rows in between.
    others: Vec<Elsewhere>,
    only_beginnings: Option<Vec<Rows>>,
}

/// How far is looked.
#[derive(Debug, Clone)]
pub struct Budget {
    /// So many situations.
    pub situations: usize,
    /// Set by who does not want to wait any longer: what is known by then counts.
    pub stop: Arc<AtomicBool>,
}

impl Budget {
    /// So many situations, however long that takes.
    pub fn of(situations: usize) -> Self {
        Self { situations, stop: Arc::new(AtomicBool::new(false)) }
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// What may happen in a situation.
#[derive(Debug)]
pub struct Happenings {
    /// Each thing, in the order of the text.
    pub all: Vec<Happening>,
    /// Whether no class of values was left out.
    pub complete: bool,
    /// How many inputs were tried.
    pub tried: usize,
}

/// What universes have to remember so that those which remember the same go on alike for whoever acts, waits and asks
/// what is allowed; none where that is not known.
pub fn keeping(machine: &Machine) -> Option<Keeping> {
    let model: &Model = machine.model();
    let mut relevance = Relevance::new(model, &[]);
    // Of a session anything may be asked, also at its end.
    let asked: Option<Vec<u16>> = model.capabilities.iter().map(|capability| capability.record).collect();
    let attributes = |record: u16| 0..model.records[usize::from(record)].attributes.len() as u16;
    let of_record = |record| attributes(record).map(move |attribute| (record, attribute));
    relevance.attributes_matter(asked?.into_iter().flat_map(of_record));
    Some(relevance.keeping(machine))
}

impl<'m> Space<'m> {
    /// The space of a flow. `watched` is what is looked out for in all that happens, at most 64 things;
    /// `read_elsewhere` are attributes, by record and attribute, that other flows read.
    pub fn new(machine: &'m Machine, watched: Vec<Atom>, read_elsewhere: &[(u16, u16)]) -> Self {
        let model: &'m Model = machine.model();
        let mut relevance = Relevance::new(model, &watched);
        relevance.attributes_matter(read_elsewhere.iter().copied());
        let keeping = relevance.keeping(machine);
        let classes = Classes { model, machine, values: Samples::new(model), relevance };
        let stage = Stage::new(model, machine, watched);
        Self { stage, classes, keeping, others: Vec::new(), only_beginnings: None }
    }

    /// The space of a flow for runs side by side that must look the same to somebody.
    pub(super) fn of_twins(machine: &'m Machine, promise: &Promise) -> Self {
        let model: &'m Model = machine.model();
        let mut relevance = Relevance::new(model, &promise.conditions());
        let shown: Vec<u16> =
            (0..model.outputs.len() as u16).filter(|output| !promise.without.contains(output)).collect();
        shown.iter().for_each(|output| relevance.output_matters(*output));
        let keeping = relevance.keeping(machine);
        let classes = Classes { model, machine, values: Samples::new(model), relevance };
        let mut stage = Stage::new(model, machine, Vec::new());
        stage.shown = shown.iter().map(|output| model.outputs[usize::from(*output)].name.clone()).collect();
        Self { stage, classes, keeping, others: Vec::new(), only_beginnings: None }
    }

    /// The flow.
    pub fn model(&self) -> &'m Model {
        self.stage.model
    }

    /// Its machine.
    pub fn machine(&self) -> &'m Machine {
        self.stage.machine
    }

    /// What situations remember.
    pub fn keeping(&self) -> &Keeping {
        &self.keeping
    }

    /// What is looked out for.
    pub fn watched(&self) -> &[Atom] {
        &self.stage.watched
    }

    /// Whether situations that differ only in the time of the clock are the same.
    pub fn is_timeless(&self) -> bool {
        self.keeping.is_timeless()
    }

    /// Whether the times and amounts that are tried stand for all others: times only matter by distances, and whatever a
    /// limit counts is counted by a constant.
    pub fn is_exact(&self) -> bool {
        let model = self.model();
        let handlers = model.steps.iter().flat_map(|step| &step.handlers);
        let mut gates = handlers.flat_map(|handler| &handler.gates);
        let plain = self.machine().has_plain_times(&self.keeping, FAR);
        plain && gates.all(|gate| matches!(gate.amount, Expr::Const(_)))
    }

    /// The rows that universes begin with, and whether these are all that are told apart.
    pub fn beginnings(&self) -> (Vec<Rows>, bool) {
        let all = self.classes.beginnings();
        (self.only_beginnings.clone().unwrap_or(all.all), all.complete)
    }

    /// What sessions are opened with, and whether these are all that are told apart.
    pub fn openings(&self) -> (Vec<Fields>, bool) {
        let all = self.classes.openings();
        (all.all, all.complete)
    }

    /// What others than the first, and the same again from elsewhere, open sessions with: each opening, and each with
    /// other texts where these are not the key of a row.
    pub(super) fn returns(&self) -> Vec<Fields> {
        let model = self.model();
        let mut all = self.openings().0;
        let is_key = |index: u16| model.rows.iter().any(|row| row.key == Some(Expr::Given(index)));
        let others: Vec<Fields> = all
            .iter()
            .map(|given| {
                let mut other = given.clone();
                for (index, declared) in (0..).zip(&model.givens) {
                    let value = self.classes.values.nth(declared.kind, 1).filter(|_| !is_key(index));
                    let known = other.0.iter_mut().find(|(name, _)| *name == declared.name);
                    if let (Some((_, known)), Some(value @ Value::Text(_))) = (known, value) {
                        *known = value;
                    }
                }
                other
            })
            .collect();
        all.extend(others.into_iter().filter(|other| !all.contains(other)).collect::<Vec<_>>());
        all
    }

    /// Every combination of what the implementation may have chosen once and for all, at most 64.
    pub fn choices(&self) -> (Vec<Vec<usize>>, bool) {
        let mut all = vec![Vec::new()];
        let mut complete = true;
        for choice in &self.model().choices {
            let values = if all.len() * choice.values.len() <= 64 { choice.values.len() } else { 1 };
            complete &= values == choice.values.len();
            all = (0..values)
                .flat_map(|value| {
                    all.iter().map(move |others: &Vec<usize>| [others.as_slice(), &[value]].concat())
                })
                .collect();
        }
        (all, complete)
    }

    /// A world with these rows and choices and nothing done in it.
    pub fn world(&self, rows: &Rows, choices: &[usize]) -> Option<World> {
        let universe = self.machine().universe(rows, choices).ok()?;
        Some(self.machine().part(universe, &self.keeping).0)
    }

    /// Everything that opening a session may come to.
    pub fn open(&self, world: &World, openings: &[Fields]) -> Vec<Happening> {
        let universe = Universe::of_parts(world, []);
        let mut done = Vec::new();
        openings.iter().for_each(|given| self.stage.open(&universe, given, &mut done));
        self.parted(done)
    }

    /// Everything that events in a session may come to.
    pub fn events(&self, session: &Session, world: &World) -> Happenings {
        let universe = Universe::of_parts(world, [session]);
        let (mut done, mut complete) = (Vec::new(), true);
        for (index, handler) in (0..).zip(&self.model().step(session.step()).handlers) {
            let drafts = self.classes.drafts(&universe, handler);
            complete &= drafts.complete;
            for draft in &drafts.all {
                self.stage.event(&universe, (index, handler), draft, &mut done);
            }
        }
        self.stage.unexpected(&universe, &mut done);
        let tried = done.len();
        Happenings { all: self.parted(done), complete, tried }
    }

    /// What becomes of a session and its world when what is due has fired.
    pub fn fired(&self, session: &Session, world: &World) -> Vec<Happening> {
        let universe = Universe::of_parts(world, [session]);
        let mut done = Vec::new();
        self.stage.fire(&universe, &mut done);
        self.parted(done)
    }

    /// Parts in the form that all have which behave alike.
    pub(super) fn normalised(&self, session: &Session, world: &World) -> (Session, World) {
        let (world, sessions) = self.machine().part(Universe::of_parts(world, [session]), &self.keeping);
        let session = sessions.into_iter().next().unwrap_or_else(|| session.clone());
        (session, world)
    }

    /// The same world so much later.
    pub fn aged_world(&self, world: &World, by: Time) -> World {
        self.machine().aged_world(world, by, &self.keeping)
    }

    /// The same session so much later, beside a world of that clock; nothing has fired.
    pub fn aged_session(&self, session: &Session, now: Time, by: Time) -> Session {
        self.machine().aged_session(session, now, by, &self.keeping)
    }

    /// How long from now until something of a world turns by itself.
    pub fn next_turn(&self, world: &World) -> Option<Time> {
        self.machine().turns(world).into_iter().min().map(|at| at - world.now())
    }

    /// How long from now until something of a session turns by itself.
    pub fn next_turn_of(&self, session: &Session, now: Time) -> Option<Time> {
        self.machine().turns_of(session, now).into_iter().min().map(|at| at - now)
    }

    fn parted(&self, done: Vec<(Act, Seen, Option<Universe>)>) -> Vec<Happening> {
        let mut all: Vec<Happening> = Vec::new();
        for (act, seen, universe) in done {
            if !is_possible(&seen) {
                continue;
            }
            let after = universe.and_then(|universe| {
                let (world, sessions) = self.machine().part(universe, &self.keeping);
                Some((sessions.into_iter().next()?, world))
            });
            let same_act = |known: &Act| match (known, &act) {
                (Act::Event { handler: known, .. }, Act::Event { handler, .. }) => known == handler,
                (known, act) => known == act,
            };
            let known = all
                .iter()
                .rev()
                .take_while(|known| same_act(&known.act))
                .any(|known| known.seen == seen && known.after == after);
            if !known {
                all.push(Happening { act, seen, after });
            }
        }
        all
    }
}
