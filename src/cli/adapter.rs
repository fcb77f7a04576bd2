//! `flowspec adapter new`: an adapter to start from.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::console::Console;
use super::failure::{Failure, Outcome, USAGE};
use super::loader::Project;
use super::test::choose;
use super::writer::replace;
use crate::compile;
use crate::harness::adapter::{LANGUAGES, Language, adapter};
use crate::model::Model;

/// Writes adapters, which put an implementation behind the protocol (docs/protocol.md)
#[derive(Debug, Args)]
pub(super) struct Adapter {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(New),
}

/// Writes an adapter to start from, which runs as it is; never over another file
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flowspec adapter new --language python --flow specs/sign_in
  flowspec adapter new --language java --flow specs/alipay --name register_web_phone
  flowspec adapter new --language typescript --output web/adapter.ts")]
struct New {
    /// Which language.
    #[arg(long, value_parser = language, value_name = "LANGUAGE")]
    language: Language,

    /// The spec whose flow it is for.
    #[arg(long, value_name = "SPEC")]
    flow: Option<PathBuf>,

    /// The flow, where the spec has several.
    #[arg(long, value_name = "NAME", requires = "flow")]
    name: Option<String>,

    /// Where to.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Adapter {
    pub(super) fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        let Command::New(new) = &self.command;
        new.run(console)
    }
}

impl New {
    fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        let mut model: Option<Arc<Model>> = None;
        if let Some(spec) = &self.flow {
            let project = Project::load(std::slice::from_ref(spec))?;
            let compiled = compile(&project.sources, &project.parsed);
            if compiled.has_errors() {
                console.report(&compiled.diagnostics, &project.sources)?;
                return Ok(Outcome::Tested(USAGE));
            }
            model = Some(Arc::clone(choose(&compiled.models, self.name.as_deref(), spec)?));
        }
        let path = self.output.as_deref().unwrap_or_else(|| Path::new(self.language.file()));
        if path.exists() {
            return Err(Failure::usage(format!("there is a file {} already", path.display()))
                .help("name another one with --output"));
        }
        let spec = self.flow.as_deref().unwrap_or_else(|| Path::new("specs")).to_string_lossy().into_owned();
        replace(path, &adapter(self.language, model.as_deref(), &spec))?;
        console.say(&format!("wrote {}; what to do next stands in its first lines", path.display()));
        Ok(Outcome::Fine)
    }
}

fn language(text: &str) -> Result<Language, String> {
    let known = LANGUAGES.iter().find(|(name, _)| *name == text);
    let names = LANGUAGES.map(|(name, _)| name).join(", ");
    known.map(|(_, language)| *language).ok_or_else(|| format!("there are {names}"))
}
