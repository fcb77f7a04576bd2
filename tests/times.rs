//! Small random flows of limits and time-outs: whatever walks at arbitrary times come to is among the situations that
//! exploring finds, and to each of those a run leads that plays.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use flowspec::check::{Budget, Verdict as Known};
use flowspec::explore::space::{Act, Graph, Run, Space};
use flowspec::source::{Source, SourceId, Sources};
use flowspec::{Compiled, compile_within, syntax};
use flowspec_runtime::machine::{Machine, Point, Resolve, Session, Universe};
use flowspec_runtime::model::{Handler, OutputId};
use flowspec_runtime::{Fields, Input, Observation, Rows, Text, Time, Value, Verdict};
use proptest::prelude::*;
use proptest::test_runner::RngAlgorithm;

const STEPS: usize = 4;
const MINUTE: Time = 60_000;
/// From each flow so many walks are tried, of so many acts.
const WALKS: usize = 150;
const ACTS: usize = 14;

#[derive(Debug, Clone)]
struct Flow {
    limits: Vec<Limit>,
    events: Vec<[Option<Event>; 2]>,
    timers: Vec<Option<Timer>>,
    of_flow: Option<Timer>,
}

#[derive(Debug, Clone)]
struct Limit {
    bound: u8,
    /// Minutes; none is for ever.
    window: Option<u8>,
    hourly: bool,
    of_session: bool,
    hold: Option<u8>,
    to: Option<usize>,
}

#[derive(Debug, Clone)]
struct Event {
    to: Option<usize>,
    counts: Option<usize>,
    resets: Option<usize>,
}

#[derive(Debug, Clone)]
struct Timer {
    minutes: u8,
    base: Base,
    or_later: bool,
    to: usize,
}

#[derive(Debug, Clone)]
enum Base {
    Entry,
    Idle,
    Since(usize),
}

fn timer() -> impl Strategy<Value = Timer> {
    let base = prop_oneof![
        3 => Just(Base::Entry),
        2 => Just(Base::Idle),
        2 => (0..STEPS).prop_map(Base::Since),
    ];
    let parts = (1..6_u8, base, prop::bool::weighted(0.1), 0..=STEPS);
    parts.prop_map(|(minutes, base, or_later, to)| Timer { minutes, base, or_later, to })
}

fn flow() -> impl Strategy<Value = Flow> {
    let limit = (
        1..3_u8,
        prop::option::weighted(0.85, 1..8_u8),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.6),
        prop::option::weighted(0.3, 1..5_u8),
        prop::option::weighted(0.4, 0..=STEPS),
    );
    let limit = limit.prop_map(|(bound, window, hourly, of_session, hold, to)| Limit {
        bound,
        window,
        hourly,
        of_session,
        hold,
        to,
    });
    let event = || {
        let parts = (
            prop::option::weighted(0.8, 0..=STEPS),
            prop::option::weighted(0.6, 0..2_usize),
            prop::option::weighted(0.1, 0..2_usize),
        );
        let event = parts.prop_map(|(to, counts, resets)| Event { to, counts, resets });
        prop::option::weighted(0.7, event)
    };
    (
        prop::collection::vec(limit, 2),
        prop::collection::vec([event(), event()], STEPS),
        prop::collection::vec(prop::option::weighted(0.5, timer()), STEPS),
        prop::option::weighted(0.3, timer()),
    )
        .prop_map(|(limits, events, timers, of_flow)| Flow { limits, events, timers, of_flow })
}

fn step(number: usize) -> String {
    if number == STEPS { "over".to_owned() } else { format!("s{number}") }
}

impl Timer {
    fn write(&self, indent: &str, text: &mut String) {
        let base = match self.base {
            Base::Entry => String::new(),
            Base::Idle => " idle".to_owned(),
            Base::Since(of) => format!(" since s{of}"),
        };
        let or_later = if self.or_later { " or later" } else { "" };
        let _ = writeln!(text, "{indent}after {} min{base}{or_later} -> {}", self.minutes, step(self.to));
    }
}

impl Flow {
    fn text(&self) -> String {
        let mut text =
            "language 1\ndefault order strict\nreason full \"Full\"\nflow small {\n  start -> s0\n"
                .to_owned();
        for (number, limit) in self.limits.iter().enumerate() {
            let of = if limit.of_session { " per session" } else { "" };
            let within = match limit.window {
                _ if limit.hourly => " each hour at +00:10".to_owned(),
                Some(minutes) => format!(" within {minutes} min"),
                None => String::new(),
            };
            let hold = limit.hold.map_or(String::new(), |minutes| format!(" for {minutes} min"));
            let to = limit.to.map_or(String::new(), |to| format!(" -> {}", step(to)));
            let _ = writeln!(text, "  limit l{number}: {}{of}{within} refuse full{hold}{to}", limit.bound);
        }
        if let Some(timer) = &self.of_flow {
            timer.write("  ", &mut text);
        }
        for (number, (events, timer)) in self.events.iter().zip(&self.timers).enumerate() {
            let _ = writeln!(text, "  step s{number} {{");
            for (name, event) in ["a", "b"].iter().zip(events) {
                let Some(event) = event else { continue };
                let to = event
                    .to
                    .filter(|to| *to != number)
                    .map_or("stay".to_owned(), |to| format!("-> {}", step(to)));
                let _ = writeln!(text, "    on {name} {to} {{");
                event.resets.iter().for_each(|limit| {
                    let _ = writeln!(text, "      reset l{limit}");
                });
                event.counts.iter().for_each(|limit| {
                    let _ = writeln!(text, "      count l{limit}");
                });
                text.push_str("    }\n");
            }
            if let Some(timer) = timer {
                timer.write("    ", &mut text);
            }
            text.push_str("    on leave -> over\n  }\n");
        }
        text + "  end over success\n}\n"
    }
}

fn compiled(text: &str, situations: usize) -> Compiled {
    let source = Source::new("small.flow", text);
    let parsed = syntax::parse(&source, SourceId(0));
    let mut sources = Sources::default();
    sources.add(source);
    compile_within(&sources, &[parsed], &Budget::of(situations))
}

/// Goes on as it is told; what it is not told it does at once.
struct Told<'p>(&'p [u16], usize);

impl Resolve for Told<'_> {
    fn pick(&mut self, _: Point, _: usize) -> Option<usize> {
        let pick = self.0.get(self.1).map_or(0, |pick| usize::from(*pick));
        self.1 += 1;
        Some(pick)
    }

    fn chosen(&mut self, _: OutputId, _: u16) -> Option<Value> {
        None
    }
}

/// Goes on as chance has it.
struct Chance<'r>(&'r mut TestRng);

use proptest::test_runner::TestRng;

impl Chance<'_> {
    fn below(&mut self, most: u64) -> u64 {
        self.0.next_u64() % most
    }
}

impl Resolve for Chance<'_> {
    fn pick(&mut self, _: Point, alternatives: usize) -> Option<usize> {
        Some(self.below(alternatives as u64) as usize)
    }

    fn chosen(&mut self, _: OutputId, _: u16) -> Option<Value> {
        None
    }
}

/// What is seen: where, what was done (nothing is waiting), why it was refused, where that leads.
type Sight = (String, String, Vec<Text>, String);

struct Walks<'m> {
    machine: &'m Machine,
    seen: BTreeSet<Sight>,
}

impl Walks<'_> {
    fn name(&self, step: u16) -> String {
        self.machine.model().step(step).name.to_string()
    }

    fn place(&self, universe: &Universe) -> u16 {
        universe.session(0).map(Session::step).unwrap()
    }

    fn walk(&mut self, rng: &mut TestRng) {
        let mut universe = self.machine.universe(&Rows::new(), &[]).unwrap();
        let mut chance = Chance(rng);
        let clock = [0, chance.below(7_200_000) as Time, chance.below(120) as Time * MINUTE]
            [chance.below(3) as usize];
        self.machine.open(&mut universe, 0, clock, &Fields::default(), &mut chance).unwrap();
        for _ in 0..ACTS {
            let here = self.place(&universe);
            if self.machine.model().step(here).end.is_some() {
                return;
            }
            let minutes = chance.below(6) as Time * MINUTE;
            let by = match chance.below(7) {
                0 | 1 => 0,
                2 => minutes,
                3 => minutes + 1,
                4 => (minutes - 1).max(0),
                5 => chance.below(60_000) as Time,
                _ => chance.below(360_000) as Time,
            };
            self.pass(&mut universe, by, &mut chance);
            let here = self.place(&universe);
            let step = self.machine.model().step(here);
            if step.end.is_some() {
                return;
            }
            let event = Text::new(["a", "b"][chance.below(2) as usize]);
            // What no step expects is no event of the flow.
            let is_known = self.machine.model().events.iter().any(|known| known.name == event);
            // Something that may fire late would fire just before, unseen.
            let is_late = universe.session(0).is_some_and(|session| session.is_due(universe.now()));
            let is_expected =
                step.handlers.iter().any(|of| self.machine.model().event(of.event).name == event);
            if chance.below(4) == 0 || !is_known || (is_late && !is_expected) {
                continue;
            }
            let input = Input { event: event.clone(), by: Text::new("user"), fields: Fields::default() };
            let now = universe.now();
            let observed = self.machine.apply(&mut universe, 0, now, &input, &[], &mut chance).unwrap();
            self.see(here, &event, &observed, &universe);
        }
    }

    /// Lets time pass, from one time-out to the next.
    fn pass(&mut self, universe: &mut Universe, by: Time, chance: &mut Chance) {
        let (until, mut waits) = (universe.now() + by, false);
        loop {
            let now = universe.now();
            // What is due now and has been let pass may fire later.
            let next =
                if waits { until.min(now + 1) } else { universe.next_due().unwrap_or(until).min(until) };
            let here = self.place(universe);
            // What fires late fires at once: otherwise others would fire after it, unseen.
            let late = next > now && universe.session(0).is_some_and(|session| session.is_due(now));
            let seen = if late {
                self.machine.advance(universe, next, &mut Told(&[], 0)).unwrap()
            } else {
                self.machine.advance(universe, next, chance).unwrap()
            };
            waits = here == self.place(universe) && next == now;
            for (_, observed) in seen {
                self.see(here, "", &observed, universe);
            }
            let is_over = self.machine.model().step(self.place(universe)).end.is_some();
            if is_over
                || (universe.now() == until && (waits || universe.next_due().is_none_or(|due| due > until)))
            {
                return;
            }
        }
    }

    fn see(&mut self, here: u16, event: &str, observed: &Observation, universe: &Universe) {
        let there = self.place(universe);
        // What is not expected changes nothing but how long is waited.
        let is_expected = |of: &Handler| self.machine.model().event(of.event).name == event;
        if here == there && !self.machine.model().step(here).handlers.iter().any(is_expected) {
            return;
        }
        let reasons = match &observed.verdict {
            Verdict::Accepted => Vec::new(),
            Verdict::Refused(reasons) => reasons.clone(),
        };
        self.seen.insert((self.name(here), event.to_owned(), reasons, self.name(there)));
    }
}

fn sights(graph: &Graph, machine: &Machine) -> BTreeSet<Sight> {
    let name = |step: u16| machine.model().step(step).name.to_string();
    let mut sights = BTreeSet::new();
    for edge in &graph.edges {
        let here = graph.nodes[edge.source as usize].step;
        let Some(target) = edge.target else { continue };
        let there = graph.nodes[target as usize].step;
        let event = match &edge.act {
            Act::Event { handler, .. } => {
                let handler = &machine.model().step(here).handlers[usize::from(*handler)];
                machine.model().event(handler.event).name.to_string()
            }
            _ => String::new(),
        };
        sights.insert((name(here), event, edge.seen.reasons.clone(), name(there)));
    }
    sights
}

/// Plays a run, and says where each thing that is done leads.
fn play(machine: &Machine, run: &Run) -> Vec<(u16, Verdict)> {
    let mut universe = machine.universe(&Rows::new(), &[]).unwrap();
    machine.open(&mut universe, 0, run.clock, &run.given, &mut Told(&run.opening.picks, 0)).unwrap();
    let place = |universe: &Universe| universe.session(0).map(Session::step).unwrap();
    let mut all = Vec::new();
    for done in &run.lines {
        let (now, here) = (universe.now() + done.wait, place(&universe));
        let verdict = match &done.act {
            Act::Event { handler, .. } => {
                machine.advance(&mut universe, now, &mut Told(&[], 0)).unwrap();
                let model = machine.model();
                let Some(handler) = model.step(here).handlers.get(usize::from(*handler)) else { return all };
                let event = model.event(handler.event).name.clone();
                let input = Input { event, by: Text::new("user"), fields: Fields::default() };
                let mut told = Told(&done.seen.picks, 0);
                machine.apply(&mut universe, 0, now, &input, &[], &mut told).unwrap().verdict
            }
            Act::Unexpected(event) => {
                machine.advance(&mut universe, now, &mut Told(&[], 0)).unwrap();
                let event = machine.model().event(*event).name.clone();
                let input = Input { event, by: Text::new("user"), fields: Fields::default() };
                let mut told = Told(&done.seen.picks, 0);
                machine.apply(&mut universe, 0, now, &input, &[], &mut told).unwrap().verdict
            }
            _ => {
                // What is late fires now, and not when something happened last.
                let last = universe.now();
                let due = |timer: u16| universe.session(0).and_then(|session| session.due(timer));
                let mut timers = 0..machine.model().timers.len() as u16;
                if last < now && !timers.any(|timer| due(timer).is_some_and(|due| last < due && due <= now)) {
                    machine.advance(&mut universe, now, &mut Told(&[], 0)).unwrap();
                }
                machine.advance(&mut universe, now, &mut Told(&done.seen.picks, 0)).unwrap();
                Verdict::Accepted
            }
        };
        all.push((place(&universe), verdict));
    }
    all
}

/// Times of hundreds of millions of years.
const FOR_EVER: &str = r#"language 1
reason full "Full"
flow for_ever {
  start -> calling
  limit calls: 2 per session within 106751991166 days refuse full for 106751991166 days
  step calling {
    on call stay {
      count calls
    }
    after 106751991166 days idle -> over
    on leave -> left
  }
  end over failure
  end left success
  follow accepted call by entered left within 106751991166 days
}
"#;

#[test]
fn nothing_is_said_of_times_that_nobody_lives_to_see() {
    let found = compiled(FOR_EVER, 2_000);
    assert!(found.diagnostics.is_empty(), "{:?}", found.diagnostics);
    assert!(matches!(found.judged[0].verdict, Known::NotDecided(_)), "{}", found.judged[0].verdict);
}

/// A limit of more uses than there is room for in halves of halves of its window.
const MANY: &str = r#"language 1
reason full "Full"
flow many {
  start -> calling
  limit calls: 15 per session within 1 min refuse full
  step calling {
    on call stay {
      count calls
    }
    on leave -> over
  }
  end over success
  never refused full
}
"#;

#[test]
fn what_takes_many_uses_at_different_times_is_found() {
    let found = compiled(MANY, 2_000);
    let codes: Vec<_> = found.diagnostics.iter().map(|finding| finding.code.id()).collect();
    assert_eq!(codes, ["F0605"]);
}

/// A step that is only reached by whoever waits four to seven minutes before `go`, which no single limit or time-out
/// asks for.
const BETWEEN: &str = r#"language 1
reason full "Full"
flow between {
  start -> first
  limit a: 1 per session within 10 min refuse full -> third
  limit b: 1 per session within 10 min refuse full
  step first {
    on begin -> waiting {
      count a
      count b
    }
  }
  step waiting {
    on go -> second
  }
  step second {
    after 3 min -> trying
    on leave -> over
  }
  step trying {
    after 1 s -> over
    on try -> over {
      count a
    }
  }
  step third {
    after 3 min -> last
    on leave -> over
  }
  step last {
    after 1 s -> over
    on again -> hidden {
      count b
    }
  }
  step hidden {
    on leave -> over
  }
  end over success
}
"#;

/// A rule that only those break who come ten minutes before the day ends, by a clock eight hours east.
const AROUND_MIDNIGHT: &str = r#"language 1
reason full "Full"
flow daily {
  start -> first
  limit drawn: 1 per session each day at +08:00 refuse full
  after 10 min -> over
  step first {
    on draw -> second {
      count drawn
    }
  }
  step second {
    on again -> third {
      count drawn
    }
  }
  step third {
    on leave -> over
  }
  end over success
  never entered third
}
"#;

#[test]
fn what_takes_a_time_of_the_day_is_found() {
    let found = compiled(AROUND_MIDNIGHT, 1_000).diagnostics;
    let [broken] = found.as_slice() else { panic!("{found:?}") };
    let run = "the shortest run that breaks it is opened at 15:51 in UTC: do draw -> second, wait 9 min, do again -> third";
    assert_eq!(broken.code.id(), "F0605");
    assert!(broken.notes.iter().any(|note| note == run), "{:?}", broken.notes);
}

#[test]
fn what_takes_a_time_between_those_that_are_written_is_found() {
    let compiled = compiled(BETWEEN, 0);
    let machine = Machine::new(compiled.models[0].clone()).unwrap();
    let space = Space::new(&machine, Vec::new(), &[]);
    let graph = Graph::explore(&space, &Budget::of(1_000));
    assert!(graph.whole && graph.complete);
    let hidden = |step: u16| machine.model().step(step).name == "hidden";
    let number = graph.nodes.iter().position(|node| hidden(node.step)).unwrap();
    let (opening, way) = graph.way(number as u32);
    let run = graph.run(opening, &way).unwrap();
    let (step, _) = play(&machine, &run).pop().unwrap();
    assert!(hidden(step), "{run:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn whatever_walks_come_to_is_found_and_whatever_is_found_can_be_played(flow in flow()) {
        let text = flow.text();
        let compiled = compiled(&text, 0);
        let Some(model) = compiled.models.first() else { return Ok(()) };
        let machine = Machine::new(model.clone()).unwrap();
        let space = Space::new(&machine, Vec::new(), &[]);
        let graph = Graph::explore(&space, &Budget::of(3_000));

        for number in 0..graph.nodes.len() as u32 {
            let (opening, way) = graph.way(number);
            let run = graph.run(opening, &way);
            prop_assert!(run.is_some(), "{text}\nno run leads to situation {number}");
            let run = run.unwrap();
            for (done, (step, verdict)) in run.lines.iter().zip(play(&machine, &run)) {
                let refused = match verdict { Verdict::Accepted => Vec::new(), Verdict::Refused(reasons) => reasons };
                prop_assert_eq!(&refused, &done.seen.reasons, "{}\n{:#?}", &text, &run);
                prop_assert_eq!(Some(step), done.to, "{}\n{:#?}", &text, &run);
            }
        }
        if !graph.whole || !graph.complete {
            return Ok(());
        }
        let mut walks = Walks { machine: &machine, seen: BTreeSet::new() };
        let mut rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        (0..WALKS).for_each(|_| walks.walk(&mut rng));
        let known = sights(&graph, &machine);
        let missed: Vec<&Sight> = walks.seen.difference(&known).collect();
        prop_assert!(missed.is_empty(), "{}\n{:?}", text, missed);
    }
}
