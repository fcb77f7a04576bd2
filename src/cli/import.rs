//! `flowspec import`: Mealy machines of other tools, and how large suites of them would be.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::console::Console;
use super::failure::{Failure, Outcome};
use super::loader;
use crate::source::{Source, Sources};
use crate::suite::identification::{Method, Read, read, tests};

/// Reads Mealy machines in DOT, and says how many inputs W, Wp and HSI need for them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flowspec import machine.dot
  flowspec import models/*.dot --extra 1   for implementations with one state more
  flowspec import machine.dot --format json | jq .hsi")]
pub(super) struct Import {
    /// Files in DOT: complete, deterministic Mealy machines with labels `input/output`.
    #[arg(required = true)]
    files: Vec<PathBuf>,

    /// How many states more an implementation may have that is still caught.
    #[arg(long, value_name = "COUNT", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=2))]
    extra: u8,
}

impl Import {
    pub(super) fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        let mut sources = Sources::default();
        let mut findings = Vec::new();
        for file in &self.files {
            let text = loader::text(file)?;
            let name = file.to_string_lossy().into_owned();
            let id = sources.add(Source::new(name.as_str(), text));
            match read(sources.get(id), id) {
                Ok(machine) => console.print(&self.sizes(&name, &machine, console.is_json()))?,
                Err(finding) => findings.push(*finding),
            }
        }
        if findings.is_empty() { Ok(Outcome::Fine) } else { console.report(&findings, &sources) }
    }

    fn sizes(&self, name: &str, read: &Read, as_json: bool) -> String {
        let machine = read.machine.minimal();
        let of = |method| tests(&machine, method, usize::from(self.extra));
        let (w, wp, hsi) = (of(Method::W), of(Method::Wp), of(Method::Hsi));
        if as_json {
            let size = |tests: &crate::suite::identification::Tests| json!({"tests": tests.sequences().len(), "inputs": tests.symbols()});
            let line = json!({
                "file": name, "states": read.states.len(), "minimal": machine.states(),
                "inputs": read.inputs.len(), "outputs": read.outputs.len(), "extra": self.extra,
                "w": size(&w), "wp": size(&wp), "hsi": size(&hsi),
            });
            return format!("{line}\n");
        }
        let mut text = format!(
            "{name}: {} states ({} that differ), {} inputs, {} outputs\n",
            read.states.len(),
            machine.states(),
            read.inputs.len(),
            read.outputs.len()
        );
        for (method, tests) in [("W", &w), ("Wp", &wp), ("HSI", &hsi)] {
            let share = tests.symbols() as u128 * 100 / (w.symbols().max(1) as u128);
            text += &format!(
                "  {method:<4}{:>8} tests{:>10} inputs{:>6} % of W\n",
                tests.sequences().len(),
                tests.symbols(),
                share
            );
        }
        text
    }
}
