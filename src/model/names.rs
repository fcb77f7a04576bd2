//! What to say of a name that is not known or not new: did you mean.

use crate::diagnostic::{Diagnostic, codes};
use crate::source::Location;
use crate::syntax::tree::Name;

/// Names that could have been meant.
pub(super) struct Candidates<'a>(Vec<&'a str>);

impl<'a> Candidates<'a> {
    pub(super) fn new(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().collect())
    }
}

impl Candidates<'_> {
    /// All of them as a list; nothing if there is none.
    fn listed(&self) -> Option<String> {
        let mut listed: Vec<String> = self.0.iter().map(|name| format!("`{name}`")).collect();
        listed.sort();
        listed.dedup();
        (!listed.is_empty()).then(|| listed.join(", "))
    }
}

/// The candidate that is nearest, if it is near enough to be what was meant.
pub(super) fn closest<'a>(name: &str, candidates: Candidates<'a>) -> Option<&'a str> {
    let tolerance = name.chars().count().div_ceil(3).max(1);
    let near = candidates.0.into_iter().filter(|candidate| *candidate != name);
    let near = near.filter(|candidate| candidate.chars().count().abs_diff(name.chars().count()) <= tolerance);
    let measured = near.map(|candidate| (strsim::osa_distance(name, candidate), candidate));
    measured.filter(|(distance, _)| *distance <= tolerance).min().map(|(_, candidate)| candidate)
}

/// Adds what was probably meant, or what there is.
pub(super) fn suggest(finding: Diagnostic, name: &Name, at: Location, candidates: Candidates) -> Diagnostic {
    let listed = if candidates.0.len() <= 6 { candidates.listed() } else { None };
    match closest(name.as_str(), candidates) {
        Some(meant) => finding.mend(format!("did you mean `{meant}`?"), at, meant),
        None => {
            listed.into_iter().fold(finding, |finding, listed| finding.help(format!("there is {listed}")))
        }
    }
}

/// Adds what was probably meant, or else how to declare it.
pub(super) fn suggest_or(
    finding: Diagnostic,
    name: &Name,
    at: Location,
    candidates: Candidates,
    declare: String,
) -> Diagnostic {
    match closest(name.as_str(), candidates) {
        Some(meant) => finding.mend(format!("did you mean `{meant}`?"), at, meant),
        None => finding.help(declare),
    }
}

/// A name that conditions and values take for something else, so that what it names could never be read.
pub(super) fn unreadable(name: &str, at: Location) -> Option<Diagnostic> {
    let meaning = match name {
        "now" => "the instant at which something happens",
        "true" | "false" => "a truth value",
        _ => return None,
    };
    let finding = Diagnostic::new(codes::WRONG_NAME, at, format!("what is named `{name}` cannot be read"));
    Some(finding.note(format!("in conditions and values `{name}` is {meaning}")).mend(
        "give it another name",
        at,
        format!("{name}_2"),
    ))
}

/// A name that stands for two things of one kind.
pub(super) fn duplicate(noun: &str, name: &str, again: Location, first: Location) -> Diagnostic {
    Diagnostic::new(codes::DUPLICATE_NAME, again, format!("there are two {noun}s named `{name}`"))
        .here("the second")
        .label(first, "the first")
        .mend("give this one another name", again, format!("{name}_2"))
}
