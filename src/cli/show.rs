//! `flowspec show`: one flow, as data or as a diagram.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::console::Console;
use super::failure::{Failure, Outcome};
use super::loader::Project;
use crate::compile;
use crate::emit::diagram;
use crate::model::Model;

/// Prints the model of a flow, or its diagram.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flowspec show specs/sign_in.flow --as json | jq .steps
  flowspec show specs/sign_in.flow --as mermaid --lang zh
  flowspec show specs/sign_in.flow --as dot | dot -Tsvg > sign_in.svg
  flowspec show specs --flow sign_in --as json")]
pub(super) struct Show {
    /// A spec file, or a folder with spec files below it.
    spec: PathBuf,

    /// What to print: the model as JSON (docs/model.md), or a diagram for Mermaid or Graphviz.
    #[arg(long = "as", value_enum, value_name = "FORM")]
    form: Form,

    /// The flow, where there are several.
    #[arg(long, value_name = "NAME")]
    flow: Option<String>,

    /// The language of a diagram's captions; the first language of the flow unless given.
    #[arg(long, value_name = "CODE")]
    lang: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// The model, as docs/model.md describes it.
    Json,
    /// A diagram for Mermaid.
    Mermaid,
    /// A diagram for Graphviz.
    Dot,
}

impl Show {
    pub(super) fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        let project = Project::load(std::slice::from_ref(&self.spec))?;
        let compiled = compile(&project.sources, &project.parsed);
        if compiled.has_errors() {
            return console.report(&compiled.diagnostics, &project.sources);
        }
        let model = self.choose(&compiled.models)?;
        let language = self.language(model)?;
        console.print(&match self.form {
            Form::Json => serde_json::to_string_pretty(model.as_ref()).map_err(Failure::fault)? + "\n",
            Form::Mermaid => diagram::mermaid(model, language).map_err(Failure::fault)?,
            Form::Dot => diagram::dot(model, language).map_err(Failure::fault)?,
        })?;
        Ok(Outcome::Fine)
    }

    fn choose<'a>(&self, models: &'a [Arc<Model>]) -> Result<&'a Arc<Model>, Failure> {
        let chosen: Vec<_> = models
            .iter()
            .filter(|model| self.flow.as_deref().is_none_or(|name| name == model.name))
            .collect();
        let names: Vec<&str> = models.iter().map(|model| model.name.as_str()).collect();
        let names = names.join(", ");
        match (chosen.as_slice(), &self.flow) {
            ([model], _) => Ok(model),
            ([], None) => Err(Failure::usage(format!("there is no flow in {}", self.spec.display()))),
            ([], Some(name)) => {
                Err(Failure::usage(format!("there is no flow `{name}`")).help(format!("there is {names}")))
            }
            _ => Err(Failure::usage(format!("there are several flows in {}", self.spec.display()))
                .help(format!("choose one with --flow: {names}"))),
        }
    }

    fn language<'a>(&'a self, model: &'a Model) -> Result<&'a str, Failure> {
        let first = model.languages.first().map_or("en", |language| language.as_str());
        match &self.lang {
            None => Ok(first),
            Some(wanted) if model.languages.iter().any(|language| language == wanted) => Ok(wanted),
            Some(wanted) => {
                Err(Failure::usage(format!("the flow `{}` has no texts in `{wanted}`", model.name))
                    .help(format!("it has {}", model.languages.join(", "))))
            }
        }
    }
}
