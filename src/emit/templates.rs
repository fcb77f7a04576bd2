//! The template engine, one set-up for all emitters: templates loop and print, and what they are given is already text.

use flowspec_runtime::machine::Unfit;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

/// A file that could not be made: a fault of ours, whatever the flow.
#[derive(Debug)]
pub enum Fault {
    /// A template could not be printed.
    Template(minijinja::Error),
    /// No machine can run a model that was resolved.
    Model(Unfit),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Template(error) => write!(f, "a template could not be printed: {error:#}"),
            Self::Model(unfit) => write!(f, "no machine can run a model: {unfit}"),
        }
    }
}

impl std::error::Error for Fault {}

impl From<minijinja::Error> for Fault {
    fn from(error: minijinja::Error) -> Self {
        Self::Template(error)
    }
}

impl From<Unfit> for Fault {
    fn from(unfit: Unfit) -> Self {
        Self::Model(unfit)
    }
}

/// Compiled templates.
pub(crate) struct Templates(Environment<'static>);

impl Templates {
    /// Compiles templates, each with its name.
    pub(crate) fn new(sources: &[(&'static str, &'static str)]) -> Result<Self, Fault> {
        let mut engine = Environment::new();
        engine.set_undefined_behavior(UndefinedBehavior::Strict);
        engine.set_auto_escape_callback(|_| AutoEscape::None);
        engine.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .keep_trailing_newline(true)
                .build()?,
        );
        for (name, source) in sources {
            engine.add_template(name, source)?;
        }
        Ok(Self(engine))
    }

    /// Prints a view.
    pub(crate) fn print(&self, name: &str, view: &impl Serialize) -> Result<String, Fault> {
        Ok(self.0.get_template(name)?.render(Serde(view))?)
    }
}
