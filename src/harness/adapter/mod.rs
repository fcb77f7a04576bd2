//! Adapters to start from: each is at most sixty lines, runs as it is, and says of what it does not do that it does not.

use std::path::Path;

use flowspec_runtime::model::Model;

/// A language that an adapter can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Language {
    Python,
    TypeScript,
    Java,
    Go,
    Rust,
}

/// Every language with its name.
pub const LANGUAGES: [(&str, Language); 5] = [
    ("python", Language::Python),
    ("typescript", Language::TypeScript),
    ("java", Language::Java),
    ("go", Language::Go),
    ("rust", Language::Rust),
];

impl Language {
    /// What the file is called.
    pub fn file(self) -> &'static str {
        match self {
            Self::Python => "adapter.py",
            Self::TypeScript => "adapter.ts",
            Self::Java => "Adapter.java",
            Self::Go => "adapter.go",
            Self::Rust => "src/main.rs",
        }
    }

    fn template(self) -> &'static str {
        match self {
            Self::Python => include_str!("python.py.j2"),
            Self::TypeScript => include_str!("typescript.ts.j2"),
            Self::Java => include_str!("java.java.j2"),
            Self::Go => include_str!("go.go.j2"),
            Self::Rust => include_str!("rust.rs.j2"),
        }
    }
}

/// An adapter for a flow, or for any where none is named; `spec` is how its file is called in the comments.
pub fn adapter(language: Language, model: Option<&Model>, spec: &str) -> String {
    let flow = model.map_or("flow", |model| model.name.as_str());
    let events = model.map_or_else(|| "those of your flow".to_owned(), events);
    let file =
        Path::new(language.file()).file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
    // Names of the language are words of letters, digits and `_`; only the path of the spec could hold anything else.
    let spec = spec.replace(|sign: char| sign.is_control(), "?");
    [("flow", flow), ("start", start(model)), ("events", &events), ("file", &file), ("spec", &spec)]
        .iter()
        .fold(language.template().to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{{ {name} }}}}"), value)
        })
}

/// The step in which a session begins, where that does not depend on anything.
fn start(model: Option<&Model>) -> &str {
    use flowspec_runtime::model::Outcome;
    let Some(model) = model else { return "start" };
    let to = model.start.iter().find_map(|branch| match branch.body.outcome {
        Outcome::To(step) => Some(model.step(step).name.as_str()),
        _ => None,
    });
    to.or_else(|| model.steps.first().map(|step| step.name.as_str())).unwrap_or("start")
}

/// The names of the events, as many as a line holds.
fn events(model: &Model) -> String {
    let mut line = String::new();
    for event in &model.events {
        if line.len() + event.name.len() > 60 {
            line.push_str(", …");
            break;
        }
        if !line.is_empty() {
            line.push_str(", ");
        }
        line.push_str(&event.name);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_has_at_most_sixty_lines_and_nothing_left_to_fill_in() {
        for (name, language) in LANGUAGES {
            let text = adapter(language, None, "specs/flow.flow");
            assert!(text.lines().count() <= 60, "{name} has {} lines", text.lines().count());
            assert!(!text.contains("{{ ") && !text.contains("TODO"), "{name}");
        }
    }
}
