//! Flows that nobody wrote, with every statement in every place: whoever does what they say passes their suites, and few
//! faults go unnoticed.

use std::fmt::Write as _;

use flowspec::source::{Source, SourceId, Sources};
use flowspec::suite::derive;
use flowspec::suite::strength::{Bounds, Telling, Verdict, strength, tells};
use flowspec::{compile, syntax};
use flowspec_runtime::Implementation;
use flowspec_runtime::conformance::{Duel, Engine, Interpreter, Make, Outcome};

/// How many are made up; `PROPTEST_CASES=1000` makes more.
const FLOWS: u64 = 20;

#[test]
fn whoever_does_what_a_made_up_flow_says_passes_its_suite() {
    let flows = std::env::var("PROPTEST_CASES").map_or(FLOWS, |cases| cases.parse().unwrap());
    let (mut caught, mut differing) = (0, 0);
    for seed in 0..flows {
        let text = Made::flow(seed);
        let source = Source::new("made_up.flow", text.as_str());
        let parsed = [syntax::parse(&source, SourceId(0))];
        let mut sources = Sources::default();
        sources.add(source);
        let compiled = compile(&sources, &parsed);
        // In some, a condition is left out or a step leads nowhere.
        if compiled.has_errors() {
            continue;
        }
        let model = compiled.models[0].clone();
        let suite = derive(&model).unwrap();
        let make: &Make = &|| Box::new(Interpreter::new(&model).unwrap()) as Box<dyn Implementation>;
        let mut engine = Engine::new(&suite, make).unwrap();
        for test in &suite.tests {
            let outcome = engine.run(test);
            assert!(!matches!(outcome, Outcome::Fail(_)), "{}: {outcome:?}\n{text}", test.title);
        }
        let strength = strength(&suite, Bounds { pairs: 400, places: 100 }).unwrap();
        let mut duel = Duel::new(&model).unwrap();
        for (mutant, verdict) in &strength.verdicts {
            if let Verdict::Survives(Telling::By(rows, steps)) = verdict {
                let told = tells(&mut duel, &suite.rows[*rows as usize], steps, mutant);
                assert!(told, "{} is said to be told\n{text}", mutant.description);
            }
        }
        caught += strength.caught();
        differing += strength.differing();
    }
    // What only shows with the help of another session may be missed.
    assert!(differing > 1_000 && caught * 100 >= differing * 98, "{caught} of {differing}");
}

/// Makes a flow up, the same for the same seed.
struct Made {
    random: u64,
    text: String,
    /// How many events there are so far.
    events: usize,
    steps: usize,
    counters: usize,
    limits: usize,
    has_row: bool,
    keeps: bool,
}

const FIELDS: [(&str, &str); 6] =
    [("amt", "Cash"), ("code", "Code"), ("n", "int"), ("yes", "bool"), ("tier", "Tier"), ("key", "Key")];

const HEAD: &str = r#"language 1
default unlisted refuse unexpected
default missing refuse missing
default invalid refuse invalid
default waiting stay
default order strict
type Code text { length 4..6
  matches digits
}
type Key text { length 1..8 }
type Tier word { member low
  member mid
  member high
}
type Cash money CNY { range 1.00 CNY..500.00 CNY }
reason r0
reason r1
reason r2
reason full
actor bank
output sms { field code: Code chosen }
output slip { field n: int
  field at: Key
}
"#;

impl Made {
    fn flow(seed: u64) -> String {
        let (text, random) = (HEAD.to_owned(), (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut made =
            Self { random, text, events: 0, steps: 0, counters: 0, limits: 0, has_row: false, keeps: false };
        made.write();
        made.text
    }

    /// A number below a bound (xorshift).
    fn below(&mut self, bound: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as usize % bound
    }

    fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn line(&mut self, line: &str) {
        writeln!(self.text, "{line}").unwrap();
    }

    fn write(&mut self) {
        self.has_row = self.percent(60);
        if self.has_row {
            self.line(
                "record acct by name: Key { field pin: Code\n  field bal: money CNY = 0.00 CNY\n  field tier: Tier = low\n  \
                 field on: bool = false\n}",
            );
        }
        self.line("flow made_up {\n  given who: Key");
        if self.has_row {
            self.line("  row acct by who");
        }
        (self.steps, self.counters) = (2 + self.below(4), self.below(3));
        self.line("  start -> s0");
        for counter in 0..self.counters {
            let first = self.below(3);
            self.line(&format!("  remember m{counter}: int = {first}"));
        }
        self.keeps = self.percent(30);
        if self.keeps {
            self.line("  remember kept: Key");
        }
        self.limits = self.below(4);
        for limit in 0..self.limits {
            let key = self.one(&[" per session", " per who", " per session", " per who", ""]);
            let window = self.one(&["", " within 15 min", " within 1 h", " each day at +08:00", ""]);
            let outcome = self.one(&["refuse full", "refuse r1", "-> bad"]);
            let holds = outcome != "-> bad" && !window.starts_with(" each") && self.percent(40);
            let (most, hold) = (1 + self.below(4), if holds { " for 30 min" } else { "" });
            self.line(&format!("  limit l{limit}: {most}{key}{window} {outcome}{hold}"));
        }
        for step in 0..self.steps {
            self.line(&format!("  step s{step} {{"));
            for _ in 0..=self.below(3) {
                self.event(step);
            }
            if self.percent(50) {
                let (time, idle) = (self.one(&["10 min", "90 s", "1 h"]), self.one(&["", " idle"]));
                let end = self.one(&["bad", "ok", "bad"]);
                self.line(&format!("    after {time}{idle} -> {end}"));
            }
            self.line("  }");
        }
        self.line("  end ok success\n  end bad failure\n}");
    }

    fn event(&mut self, step: usize) {
        self.events += 1;
        let by = if self.percent(10) { " by bank" } else { "" };
        let mut fields = Vec::new();
        let mut body = Vec::new();
        for (name, kind) in FIELDS {
            if self.percent(28) {
                let default = match name {
                    "yes" if self.percent(40) => " = false",
                    "n" if self.percent(30) => " = 2",
                    _ => "",
                };
                fields.push(name);
                body.push(format!("field {name}: {kind}{default}"));
            }
        }
        let guard = self.guard(&fields);
        for limit in 0..self.limits {
            if self.percent(15) {
                body.push(format!("check l{limit}"));
            }
        }
        let event = self.events;
        match guard {
            Some(guard) => {
                let outcome = self.outcome(step);
                body.push(format!("when {guard} {}", self.block(&outcome, &fields)));
                if self.percent(20) {
                    let (yes, no) = (self.outcome(step), self.outcome(step));
                    let (yes, no) = (self.block(&yes, &fields), self.block(&no, &fields));
                    body.push(format!(
                        "otherwise ask bank {{\n on yes_{event} {yes}\n on no_{event} {no}\n}}"
                    ));
                } else {
                    let outcome = self.outcome(step);
                    body.push(format!("otherwise {}", self.block(&outcome, &fields)));
                }
                self.line(&format!("    on e{event}{by} {{\n{}\n    }}", body.join("\n")));
            }
            None => {
                let outcome = self.outcome(step);
                body.extend(self.actions(&fields));
                self.line(&format!("    on e{event}{by} {outcome} {{\n{}\n    }}", body.join("\n")));
            }
        }
    }

    fn outcome(&mut self, step: usize) -> String {
        if self.percent(30) {
            let (reason, to) = (self.one(&["r0", "r1", "r2"]), if self.percent(10) { " -> bad" } else { "" });
            return format!("refuse {reason}{to}");
        }
        match self.below(20) {
            0..10 if step + 1 < self.steps => format!("-> s{}", step + 1),
            0..13 => "-> ok".into(),
            13..15 => "-> bad".into(),
            15..18 => match self.below(self.steps) {
                same if same == step => "restart".into(),
                other => format!("-> s{other}"),
            },
            _ => "stay".into(),
        }
    }

    fn block(&mut self, outcome: &str, fields: &[&str]) -> String {
        let actions = self.actions(fields);
        if actions.is_empty() { outcome.into() } else { format!("{outcome} {{\n{}\n}}", actions.join("\n")) }
    }

    fn actions(&mut self, fields: &[&str]) -> Vec<String> {
        let mut actions = Vec::new();
        for limit in 0..self.limits {
            match self.below(20) {
                0..5 => actions.push(format!("count l{limit}")),
                5..7 => actions.push(format!("reset l{limit}")),
                _ => {}
            }
        }
        for counter in 0..self.counters {
            if self.percent(25) {
                let value = self.one(&["m + 1", "0", "3"]).replace('m', &format!("m{counter}"));
                actions.push(format!("set m{counter} = {value}"));
            }
        }
        if self.keeps && fields.contains(&"key") && self.percent(50) {
            actions.push("set kept = key".into());
        }
        if self.percent(20) {
            actions.push("send sms".into());
        }
        if self.percent(15) {
            let n = if self.counters > 0 { "m0" } else { "7" };
            actions.push(format!("send slip(n = {n}, at = who)"));
        }
        if self.has_row && self.percent(20) {
            let sets = [
                "set acct.on = true",
                "set acct.bal = 5.00 CNY",
                "set acct.tier = high",
                "set acct.pin = code",
            ];
            let most = if fields.contains(&"code") { 4 } else { 3 };
            actions.push(self.one(&sets[..most]).into());
        }
        actions
    }

    fn guard(&mut self, fields: &[&str]) -> Option<String> {
        let mut guards: Vec<String> = Vec::new();
        for field in fields {
            let (small, large) = (1 + self.below(8), 2 + self.below(398));
            guards.extend(match *field {
                "amt" => vec![format!("amt <= {large}.00 CNY"), "amt > 100.00 CNY".into()],
                "code" => vec![self.one(&["code == sms.code", "code == \"1234\""]).into()],
                "n" => vec![format!("n >= {small}"), format!("n == {small}")],
                "yes" => vec!["yes".into(), "not yes".into()],
                "tier" => vec!["tier == high".into(), "tier == low or tier == mid".into()],
                _ => Vec::new(),
            });
        }
        if self.keeps {
            guards.push("kept is set".into());
            guards.extend(fields.contains(&"key").then(|| "kept == key".into()));
        }
        for counter in 0..self.counters {
            guards.extend([format!("m{counter} < 3"), format!("m{counter} == 0")]);
        }
        if self.has_row {
            guards.extend(
                ["acct is set and acct.on", "acct is missing", "acct is set and acct.tier == high"]
                    .map(String::from),
            );
            guards.extend(fields.contains(&"code").then(|| "acct is set and acct.pin == code".into()));
            guards.extend(fields.contains(&"amt").then(|| "acct is set and amt <= acct.bal".into()));
        }
        if guards.is_empty() {
            return None;
        }
        let first = guards[self.below(guards.len())].clone();
        if self.percent(30) {
            let (second, how) = (guards[self.below(guards.len())].clone(), self.one(&["and", "or"]));
            return Some(format!("({first}) {how} ({second})"));
        }
        Some(first)
    }
}
