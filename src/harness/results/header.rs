//! What was run, and what its verdict rests on.

use flowspec_runtime::Text;
use serde::{Deserialize, Serialize};

/// The version of the format of results.
pub const FORMAT: u32 = 1;

/// What was run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The version of this format, [`FORMAT`].
    pub format: u32,
    /// The flow's name.
    pub flow: Text,
    /// What the flow is called, in its first language.
    #[serde(default)]
    pub title: String,
    /// The implementation, as it names itself.
    pub implementation: String,
    /// The spec that it was held against.
    pub spec: Spec,
    /// The version of flowspec.
    pub version: String,
    /// The version of the protocol; none where implementation and suite share a process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<u32>,
    /// Where the random part of the run began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// How the suite was derived.
    pub method: Method,
    /// How many tests the whole suite has, whichever of them this run was for.
    pub suite: SuiteSize,
    /// Which faults the tests of this run catch, where that was worked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faults: Option<Faults>,
    /// Whether only what stands on stated facts was run.
    #[serde(default)]
    pub stated_only: bool,
    /// Which part of the suite was run; none for all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// The command that runs one of the tests again, with `{id}` where its identifier belongs; empty where there is none.
    #[serde(default)]
    pub again: String,
}

/// A spec, and the text that it had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// Its files; the first holds the flow.
    pub files: Vec<String>,
    /// `sha256:` and 64 hexadecimal digits.
    pub digest: String,
}

/// How a suite was derived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// How the step that was reached is made sure of.
    pub identification: Identification,
    /// How many steps more than the spec's the implementation may have while the guarantee holds.
    pub k: u32,
    /// The part of the flow that the guarantee does not hold for, a phrase each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<String>,
}

/// How the step that was reached is made sure of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identification {
    /// It is not: only transitions are covered.
    None,
    /// Harmonised state identifiers.
    Hsi,
    /// Partial W method.
    Wp,
    /// Characterising set.
    W,
}

/// How much a suite holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SuiteSize {
    /// Its requirements.
    pub requirements: usize,
    /// Its tests.
    pub tests: usize,
    /// The steps of its tests, each time that they are done.
    pub events: usize,
}

/// Which faults tests catch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    /// How many faulty variants of the flow really differ from it.
    pub differing: usize,
    /// How many of them fail a test.
    pub caught: usize,
}

/// One part of a suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Which one, from 1.
    pub index: u32,
    /// Out of how many.
    pub of: u32,
}

impl Faults {
    /// The share of them that is caught, in tenths of a percent, rounded down: 999 is not all of them.
    pub fn per_mille(self) -> usize {
        (self.caught.saturating_mul(1000)).checked_div(self.differing).unwrap_or(1000)
    }

    /// `100 %`, `99.8 %`.
    pub fn percent(self) -> String {
        let share = self.per_mille();
        if share.is_multiple_of(10) {
            format!("{} %", share / 10)
        } else {
            format!("{}.{} %", share / 10, share % 10)
        }
    }
}

impl Identification {
    /// As people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "transition coverage",
            Self::Hsi => "HSI",
            Self::Wp => "Wp",
            Self::W => "W",
        }
    }
}
