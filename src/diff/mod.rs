//! Two versions of specs compared: what callers notice, what implementers must change, what only the pages show.
//!
//! What is declared (fields, types, limits, texts) is compared statement by statement. What happens is compared by running
//! both machines side by side from matching steps: each input that makes a difference to either is sent to both, nearest
//! situations first, so the first way to each difference is a shortest one. Both are cut to a number of situations for
//! each pair of steps, and where that cut something off it is said.

mod declared;
mod pairing;
mod report;
mod types;
mod walk;

use std::sync::Arc;

pub use report::{human, json, markdown};

use crate::model::Model;
use pairing::Pairing;

/// Who notices a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Readers of the pages.
    Readers,
    /// Those who build it: something is demanded that was not.
    Implementers,
    /// Those who use it: something that was promised is not any more.
    Callers,
}

/// How a version must be raised, in the terms of semantic versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing differs.
    None,
    /// Only pages read differently.
    Patch,
    /// Something is demanded that was not.
    Minor,
    /// Something that was promised is not any more.
    Major,
}

impl Level {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

impl From<Audience> for Level {
    fn from(audience: Audience) -> Self {
        match audience {
            Audience::Readers => Self::Patch,
            Audience::Implementers => Self::Minor,
            Audience::Callers => Self::Major,
        }
    }
}

/// Something that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Who notices it.
    pub audience: Audience,
    /// Where, as the path of a statement: `step/code/on/submit`.
    pub place: String,
    /// What, in a sentence without a full stop.
    pub text: String,
    /// The shortest way to see it, where it shows in what happens.
    pub witness: Option<Witness>,
}

/// A way to see a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// What is done, a line each, as in a scenario; the last one comes out differently.
    pub lines: Vec<String>,
    /// What the last line came to.
    pub before: String,
    /// What it comes to now.
    pub now: String,
}

/// How a flow differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowChanges {
    /// Its name, the new one.
    pub flow: String,
    /// What differs, callers first.
    pub changes: Vec<Change>,
    /// Whether there were more situations than were compared.
    pub cut: bool,
    /// How many pairs of situations were compared.
    pub compared: usize,
}

impl FlowChanges {
    /// How its version must be raised.
    pub fn level(&self) -> Level {
        self.changes.iter().map(|change| change.audience.into()).max().unwrap_or(Level::None)
    }
}

/// How specs differ, flow by flow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// The flows, in the order of the new specs, then those that are gone.
    pub flows: Vec<FlowChanges>,
}

impl Comparison {
    /// How the version of the specs must be raised.
    pub fn level(&self) -> Level {
        self.flows.iter().map(FlowChanges::level).max().unwrap_or(Level::None)
    }
}

/// Compares two versions of specs.
pub fn compare(old: &[Arc<Model>], new: &[Arc<Model>]) -> Comparison {
    let pairs = pairing::flows(old, new);
    let whole = |model: &Model, audience, text: &str| FlowChanges {
        flow: model.name.to_string(),
        changes: vec![Change { audience, place: model.name.to_string(), text: text.into(), witness: None }],
        cut: false,
        compared: 0,
    };
    let mut flows: Vec<FlowChanges> = Vec::new();
    for (index, model) in new.iter().enumerate() {
        match pairs.iter().find(|(_, to)| *to == index) {
            Some((from, _)) => flows.push(of_flow(&old[*from], model)),
            None => flows.push(whole(model, Audience::Implementers, "the flow is new")),
        }
    }
    for (index, model) in old.iter().enumerate() {
        if pairs.iter().all(|(from, _)| *from != index) {
            flows.push(whole(model, Audience::Callers, "the flow is gone"));
        }
    }
    Comparison { flows }
}

fn of_flow(old: &Arc<Model>, new: &Arc<Model>) -> FlowChanges {
    let pairing = Pairing::new(old, new);
    let mut changes = declared::changes(&pairing);
    let walked = walk::changes(&pairing);
    for change in walked.changes {
        let told = changes.iter_mut().find(|known| known.explains(&change));
        match told {
            // What is declared says why; what happens shows it.
            Some(known) => known.change.witness = known.change.witness.take().or(change.witness),
            None => changes.push(declared::Declared::of(change)),
        }
    }
    let mut changes: Vec<Change> = changes.into_iter().map(|declared| declared.change).collect();
    changes.sort_by_key(|change| std::cmp::Reverse(change.audience));
    FlowChanges { flow: new.name.to_string(), changes, cut: walked.cut, compared: walked.compared }
}
