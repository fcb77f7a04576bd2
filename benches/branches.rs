//! The check of a table of 10,000 rules over ten fields, sound and with a rule left out or doubled, beside its parse; and
//! of flows of 1,000 steps.
//!
//! Run with `cargo bench --bench branches`. The tables are made by dividing the cases at random fields and values, as
//! one does by hand; nothing of that order is left in the text, whose rules are shuffled.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::fmt::Write as _;
use std::time::Instant;

use flowspec::source::{Source, SourceId, Sources};
use flowspec::{compile, syntax};

const ROUNDS: usize = 3;

fn main() {
    println!("{:<34}{:>12}{:>12}{:>12}   findings", "", "parse", "check", "per branch");
    for rules in [100, 1_000, 10_000] {
        let table = Table::new(rules);
        report(&format!("{rules} rules, sound"), &table.text(|_| 1), rules);
        report(&format!("{rules} rules, one left out"), &table.text(|rule| usize::from(rule != 42)), rules);
        report(
            &format!("{rules} rules, one doubled"),
            &table.text(|rule| 1 + usize::from(rule == 42)),
            rules,
        );
    }
    report("a flow of 1,000 steps", &steps(1_000), 2_000);
}

fn report(name: &str, text: &str, branches: usize) {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("bench.flow", text));
    let parse = || syntax::parse(sources.get(id), SourceId(0));
    let parsed = [parse()];
    let parsing = best(|| drop(parse()));
    let checking = best(|| drop(compile(&sources, &parsed)));
    let found: Vec<_> =
        compile(&sources, &parsed).diagnostics.iter().map(|finding| finding.code.id()).collect();
    println!(
        "{name:<34}{:>9.1} ms{:>9.1} ms{:>9.1} us   {}",
        parsing * 1e3,
        checking * 1e3,
        checking * 1e6 / branches as f64,
        found.join(" ")
    );
}

fn best(mut work: impl FnMut()) -> f64 {
    let time = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(time).fold(f64::MAX, f64::min)
}

/// A small generator of numbers, the same at each run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Bounds for each of ten fields: six of numbers, two of words, two of truth values.
type Rule = [(u64, u64); 10];

const WHOLE: Rule =
    [(0, 9_999), (0, 9_999), (0, 9_999), (0, 9_999), (0, 9_999), (0, 9_999), (0, 7), (0, 7), (0, 1), (0, 1)];

struct Table(Vec<Rule>);

impl Table {
    fn new(rules: usize) -> Self {
        let mut random = Random(7);
        let mut table = vec![WHOLE];
        while table.len() < rules {
            let place = random.below(table.len() as u64) as usize;
            let field = random.below(10) as usize;
            let (low, high) = table[place][field];
            if low < high {
                let cut = low + random.below(high - low);
                let mut other = table[place];
                table[place][field] = (low, cut);
                other[field] = (cut + 1, high);
                table.push(other);
            }
        }
        for place in (1..table.len()).rev() {
            table.swap(place, random.below(place as u64 + 1) as usize);
        }
        Self(table)
    }

    fn text(&self, times: impl Fn(usize) -> usize) -> String {
        let words = "a\n  member b\n  member c\n  member d\n  member e\n  member f\n  member g\n  member h";
        let mut text = format!(
            "language 1\ntype N int {{\n  range 0..9999\n}}\ntype W word {{\n  member {words}\n}}\nflow table {{\n  \
             start -> form\n  step form {{\n    on decide {{\n"
        );
        for field in 0..10 {
            let kind = if field < 6 {
                "N"
            } else if field < 8 {
                "W"
            } else {
                "bool"
            };
            let _ = writeln!(text, "      field f{field}: {kind}");
        }
        for (number, rule) in self.0.iter().enumerate() {
            for _ in 0..times(number) {
                let _ = writeln!(text, "      when {} -> done", condition(rule));
            }
        }
        text.push_str("    }\n  }\n  end done success\n}\n");
        text
    }
}

fn condition(rule: &Rule) -> String {
    let mut parts = Vec::new();
    for (field, ((low, high), (least, greatest))) in rule.iter().zip(&WHOLE).enumerate() {
        if (low, high) == (least, greatest) {
            continue;
        }
        match field {
            0..6 => {
                parts.extend((low > least).then(|| format!("f{field} >= {low}")));
                parts.extend((high < greatest).then(|| format!("f{field} <= {high}")));
            }
            6..8 => {
                let word = |word: u64| char::from(b'a' + word as u8);
                let words: Vec<String> =
                    (*low..=*high).map(|each| format!("f{field} == {}", word(each))).collect();
                parts.push(format!("({})", words.join(" or ")));
            }
            _ => parts.push(if *low == 1 { format!("f{field}") } else { format!("not f{field}") }),
        }
    }
    if parts.is_empty() { "true".into() } else { parts.join(" and ") }
}

fn steps(count: usize) -> String {
    let mut text = String::from(
        "language 1\nreason no \"No\"\nflow long {\n  start -> s0\n  remember known: bool = false\n",
    );
    for step in 0..count {
        let next = if step + 1 == count { "done".to_owned() } else { format!("s{}", step + 1) };
        let _ = write!(
            text,
            "  step s{step} {{\n    on go_on {{\n      field amount: int\n      when amount > {step} and known -> \
             {next}\n      when amount > {step} and not known -> {next} {{\n        set known = true\n      }}\n      when \
             amount <= {step} refuse no\n    }}\n  }}\n"
        );
    }
    text.push_str("  end done success\n}\n");
    text
}
