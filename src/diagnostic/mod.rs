//! What is wrong with a spec, where, why, and what to write instead: one type for every room.

pub mod codes;
pub mod handbook;
pub mod json;
mod report;
pub mod terminal;
pub mod visible;

pub use codes::Code;
pub use report::{MOST, Summary, UNCOUNTED, arrange, counted};

use crate::source::Location;

/// One finding about what an author wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code; its severity comes with it.
    pub code: Code,
    /// What is wrong, in one sentence without a full stop; names in backticks.
    pub message: String,
    /// The place that the author should look at first.
    pub primary: Label,
    /// Further places that explain it.
    pub labels: Vec<Label>,
    /// Consequences and reasons, a sentence each.
    pub notes: Vec<String>,
    /// What to do about it.
    pub helps: Vec<Help>,
}

/// A place and what is to be said about it there; the text may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub location: Location,
    /// What to say there.
    pub text: String,
}

/// A way to mend a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// What to do, in one sentence.
    pub text: String,
    /// The change itself, where it is known.
    pub edit: Option<Edit>,
}

/// A replacement of text; an empty span inserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub location: Location,
    /// What stands there afterwards.
    pub text: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The spec is not built.
    Error,
    /// The spec is built; the author should look.
    Warning,
}

impl Diagnostic {
    /// A finding at a place, with nothing further said yet.
    pub fn new(code: Code, location: Location, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            primary: Label { location, text: String::new() },
            labels: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
        }
    }

    /// Says something at the primary place.
    #[must_use]
    pub fn here(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn label(mut self, location: Location, text: impl Into<String>) -> Self {
        self.labels.push(Label { location, text: text.into() });
        self
    }

    /// Adds a consequence or a reason.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.helps.push(Help { text: text.into(), edit: None });
        self
    }

    /// Says what to do and shows the change.
    #[must_use]
    pub fn mend(
        mut self,
        text: impl Into<String>,
        location: Location,
        replacement: impl Into<String>,
    ) -> Self {
        self.helps.push(Help { text: text.into(), edit: Some(Edit { location, text: replacement.into() }) });
        self
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}
