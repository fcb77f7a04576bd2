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
use made_up::Table;

#[path = "made_up/table.rs"]
mod made_up;

const ROUNDS: usize = 3;

fn main() {
    println!("{:<34}{:>12}{:>12}{:>12}   findings", "", "parse", "check", "per branch");
    for rules in [100, 1_000, 10_000] {
        let table = Table::new(rules, 7);
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
