//! Small random flows: what is said of their rules and steps is what trying every run up to a length shows, and each
//! counterexample plays as it is told.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use flowspec::check::{Budget, Verdict as Known};
use flowspec::source::{Source, SourceId, Sources};
use flowspec::{Compiled, compile_within, syntax};
use flowspec_runtime::machine::{Machine, Point, Resolve, Session, Universe};
use flowspec_runtime::model::{OutputId, StepId};
use flowspec_runtime::{Fields, Input, Rows, Text, Time, Value, Verdict};
use proptest::prelude::*;

/// Runs are tried up to so many acts.
const DEPTH: usize = 4;
const MINUTE: Time = 60_000;
const STEPS: usize = 3;

/// Where a branch leads: a step, an end, nowhere, or it refuses.
#[derive(Debug, Clone, Copy)]
enum To {
    Step(usize),
    End,
    Stay,
    Refuse,
}

/// `on a` or `on b` in a step.
#[derive(Debug, Clone, Copy)]
struct Event {
    right: To,
    wrong: To,
    keeps: bool,
    counts: bool,
}

#[derive(Debug, Clone)]
struct Flow {
    events: Vec<[Option<Event>; 2]>,
    timers: Vec<Option<(u8, To)>>,
    window: bool,
    rule: usize,
    about: usize,
}

fn to() -> impl Strategy<Value = To> {
    prop_oneof![
        4 => (0..STEPS).prop_map(To::Step),
        1 => Just(To::End),
        2 => Just(To::Stay),
        2 => Just(To::Refuse),
    ]
}

fn flow() -> impl Strategy<Value = Flow> {
    let event = || {
        let parts = (to(), to(), any::<bool>(), any::<bool>());
        parts.prop_map(|(right, wrong, keeps, counts)| Event { right, wrong, keeps, counts })
    };
    let events = [prop::option::weighted(0.8, event()), prop::option::weighted(0.8, event())];
    let timer = prop::option::weighted(0.4, (1..4_u8, to()));
    (
        prop::collection::vec(events, STEPS),
        prop::collection::vec(timer, STEPS),
        any::<bool>(),
        0..6_usize,
        0..STEPS,
    )
        .prop_map(|(events, timers, window, rule, about)| Flow { events, timers, window, rule, about })
}

impl Flow {
    fn text(&self) -> String {
        let within = if self.window { " within 3 min" } else { "" };
        let mut text = format!(
            "language 1\ndefault order strict\nreason no \"No\"\nreason full \"Full\"\nflow small {{\n  start -> s0\n  remember kept: bool = false\n  limit tries: 2 per session{within} refuse full\n"
        );
        for step in 0..STEPS {
            let _ = writeln!(text, "  step s{step} {{");
            for (name, event) in ["a", "b"].iter().zip(self.events[step]) {
                if let Some(event) = event {
                    event.write(name, step, &mut text);
                }
            }
            if let Some((minutes, to)) = self.timers[step]
                && let Some(to) = named(to, step)
            {
                let _ = writeln!(text, "    after {minutes} min {to}");
            }
            text.push_str("    on leave -> over\n  }\n");
        }
        text + &format!("  end over success\n  {}\n}}\n", self.rule())
    }

    fn rule(&self) -> String {
        let about = self.about;
        match self.rule {
            0 => format!("never entered s{about} before accepted a"),
            1 => format!("never accepted b before entered s{about}"),
            2 => "always kept == false".to_owned(),
            3 => format!("follow accepted a by entered s{about} within 2 min"),
            4 => "never refused full before refused no".to_owned(),
            _ => format!("never entered s{about} where kept == true"),
        }
    }
}

impl Event {
    fn write(&self, name: &str, step: usize, text: &mut String) {
        let branch = |to: To| named(to, step).unwrap_or_else(|| "refuse no".to_owned());
        let actions = |to: To| {
            let mut actions = String::new();
            if self.keeps && !matches!(to, To::Refuse) {
                actions += "        set kept = x\n";
            }
            if self.counts {
                actions += "        count tries\n";
            }
            if actions.is_empty() { String::new() } else { format!(" {{\n{actions}      }}") }
        };
        let _ = writeln!(text, "    on {name} {{\n      field x: bool");
        let _ =
            writeln!(text, "      when x and kept == false {}{}", branch(self.right), actions(self.right));
        let _ = writeln!(text, "      otherwise {}{}\n    }}", branch(self.wrong), actions(self.wrong));
    }
}

/// An outcome in words; a refusal is none for a time-out.
fn named(to: To, from: usize) -> Option<String> {
    Some(match to {
        To::Step(step) if step != from => format!("-> s{step}"),
        To::End => "-> over".to_owned(),
        To::Step(_) | To::Stay => "stay".to_owned(),
        To::Refuse => return None,
    })
}

fn compiled(text: &str) -> Compiled {
    let source = Source::new("small.flow", text);
    let parsed = syntax::parse(&source, SourceId(0));
    let mut sources = Sources::default();
    sources.add(source);
    compile_within(&sources, &[parsed], &Budget::of(100_000))
}

/// Nothing is open in these flows.
struct Nothing;

impl Resolve for Nothing {
    fn pick(&mut self, _: Point, _: usize) -> Option<usize> {
        None
    }

    fn chosen(&mut self, _: OutputId, _: u16) -> Option<Value> {
        None
    }
}

/// What is known of a run as far as it has gone.
#[derive(Debug, Clone, Default)]
struct Trace {
    accepted: BTreeSet<Text>,
    refused: BTreeSet<Text>,
    entered: BTreeSet<String>,
    /// When something was done that is still to be followed.
    open: Option<Time>,
}

/// One thing that was seen.
#[derive(Default)]
struct Seen {
    accepted: Option<Text>,
    refused: Vec<Text>,
    entered: Option<String>,
}

/// Tries every run.
struct Force<'a> {
    machine: &'a Machine,
    flow: &'a Flow,
    reached: BTreeSet<String>,
    broken: bool,
}

impl Force<'_> {
    fn name(&self, step: StepId) -> String {
        self.machine.model().step(step).name.to_string()
    }

    fn place(&self, universe: &Universe) -> StepId {
        universe.session(0).map(Session::step).unwrap()
    }

    fn kept(&self, universe: &Universe) -> bool {
        let session = universe.session(0).unwrap();
        *self.machine.remembered(session, 0) == Value::Bool(true)
    }

    /// Takes in what was seen, and says whether the rule is broken by it.
    fn see(&mut self, trace: &mut Trace, seen: Seen, universe: &Universe) {
        let about = format!("s{}", self.flow.about);
        let entered = seen.entered.as_deref() == Some(about.as_str());
        let accepted = |name: &str| seen.accepted.as_deref() == Some(name);
        let refused = |name: &str| seen.refused.iter().any(|reason| reason == name);
        let over = self.machine.model().step(self.place(universe)).end.is_some();
        self.broken |= match self.flow.rule {
            0 => entered && !trace.accepted.contains("a") && !accepted("a"),
            1 => accepted("b") && !trace.entered.contains(&about) && !entered,
            2 => self.kept(universe),
            3 => trace.open.is_some_and(|at| universe.now() > at + 2 * MINUTE),
            4 => refused("full") && !trace.refused.contains("no") && !refused("no"),
            _ => entered && self.kept(universe),
        };
        if entered {
            trace.open = None;
        } else if accepted("a") && trace.open.is_none() {
            trace.open = Some(universe.now());
        }
        // An end lasts: nothing follows any more.
        self.broken |= self.flow.rule == 3 && over && trace.open.is_some();
        trace.accepted.extend(seen.accepted);
        trace.refused.extend(seen.refused);
        if let Some(entered) = seen.entered {
            self.reached.insert(entered.clone());
            trace.entered.insert(entered);
        }
    }

    fn from(&mut self, universe: &Universe, trace: &Trace, depth: usize) {
        if self.machine.model().step(self.place(universe)).end.is_some() || depth == 0 {
            return;
        }
        for name in ["a", "b", "leave"] {
            for x in [true, false] {
                if name == "leave" && x {
                    continue;
                }
                let (mut next, mut trace) = (universe.clone(), trace.clone());
                let fields = if name == "leave" {
                    Fields::default()
                } else {
                    Fields(vec![(Text::new("x"), Value::Bool(x))])
                };
                let input = Input { event: Text::new(name), by: Text::new("user"), fields };
                let (before, now) = (self.place(&next), next.now());
                let observed = self.machine.apply(&mut next, 0, now, &input, &[], &mut Nothing).unwrap();
                let mut seen = Seen::default();
                match observed.verdict {
                    Verdict::Accepted => seen.accepted = Some(Text::new(name)),
                    Verdict::Refused(reasons) => seen.refused = reasons,
                }
                let after = self.place(&next);
                seen.entered = (after != before).then(|| self.name(after));
                self.see(&mut trace, seen, &next);
                self.from(&next, &trace, depth - 1);
            }
        }
        for by in [1, MINUTE, 2 * MINUTE + 1] {
            let (mut next, mut trace) = (universe.clone(), trace.clone());
            self.wait(&mut next, &mut trace, by);
            self.from(&next, &trace, depth - 1);
        }
    }

    /// Lets time pass, from one time-out to the next.
    fn wait(&mut self, universe: &mut Universe, trace: &mut Trace, by: Time) {
        let until = universe.now() + by;
        loop {
            let next = universe.next_due().filter(|due| *due < until).unwrap_or(until);
            let before = self.place(universe);
            self.machine.advance(universe, next, &mut Nothing).unwrap();
            let after = self.place(universe);
            let entered = (after != before).then(|| self.name(after));
            self.see(trace, Seen { entered, ..Seen::default() }, universe);
            if next == until {
                return;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_is_said_of_rules_and_steps_is_what_every_run_shows(flow in flow()) {
        let text = flow.text();
        let compiled = compiled(&text);
        let Some(model) = compiled.models.first() else { return Ok(()) };
        let machine = Machine::new(model.clone()).unwrap();
        let mut universe = machine.universe(&Rows::new(), &[]).unwrap();
        machine.open(&mut universe, 0, 0, &Fields::default(), &mut Nothing).unwrap();
        let mut force =
            Force { machine: &machine, flow: &flow, reached: BTreeSet::new(), broken: false };
        let mut trace = Trace::default();
        let first = Seen { entered: Some("s0".to_owned()), ..Seen::default() };
        force.see(&mut trace, first, &universe);
        force.from(&universe, &trace, DEPTH);

        let findings = |code: &str| compiled.diagnostics.iter().filter(|one| one.code.id() == code).count();
        if let Some(judged) = compiled.judged.first() {
            let refuted = matches!(judged.verdict, Known::Refuted(_));
            prop_assert!(!force.broken || refuted, "{}: {}\n{text}", judged.rule, judged.verdict);
            prop_assert!(
                refuted || matches!(judged.verdict, Known::Proved | Known::Exhaustive(_)),
                "{}: {}\n{text}", judged.rule, judged.verdict
            );
            if let Known::Refuted(way) = &judged.verdict {
                prop_assert!(findings("F0605") == 1);
                let run = plays(&text)?;
                // A run as short as those that were tried must have been among them; it may wait for other times.
                let tried = way.lines.len() < DEPTH && !run.contains("wait ");
                prop_assert!(force.broken || !tried, "{}\n{text}\n{run}", judged.rule);
            }
        }
        for finding in compiled.diagnostics.iter().filter(|one| one.code.id() == "F0321") {
            let told = finding.message.split('`').nth(1).unwrap().to_owned();
            prop_assert!(!force.reached.contains(&told), "{told} is reached\n{text}");
        }
        for finding in compiled.diagnostics.iter().filter(|one| one.code.id() == "F0323") {
            prop_assert!(false, "one can always leave: {}\n{text}", finding.message);
        }
    }
}

/// The run that is told with a finding plays as it is told, and breaks the rule in the interpreter.
fn plays(text: &str) -> Result<String, TestCaseError> {
    let found = compiled(text);
    let broken = found.diagnostics.iter().find(|finding| finding.code.id() == "F0605").unwrap();
    let edit = broken.helps.iter().find_map(|help| help.edit.as_ref()).unwrap();
    let at = edit.location.span.start as usize;
    let with_run = format!("{}{}{}", &text[..at], edit.text, &text[at..]);
    let again = compiled(&with_run);
    let wrong = again.diagnostics.iter().find(|finding| finding.code.id() == "F0604");
    prop_assert!(wrong.is_none(), "{with_run}\n{wrong:?}");
    Ok(edit.text.clone())
}
