//! Texts that differ from one by as little as texts do: what comes of trimming, of folding case, of looking at a part only.

use serde::{Deserialize, Serialize};

/// By how little a text differs from another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slip {
    /// Its letters are capitals where they were small, or small where all were capitals.
    OtherCase,
    /// Another last character.
    OtherEnd,
    /// A blank behind it.
    BlankBehind,
    /// A blank in front of it.
    BlankBefore,
    /// One character more.
    Longer,
    /// One character less.
    Shorter,
}

impl Slip {
    /// Every one, in the order in which they are tried.
    pub const ALL: [Self; 6] =
        [Self::OtherCase, Self::OtherEnd, Self::BlankBehind, Self::BlankBefore, Self::Longer, Self::Shorter];

    /// The text that differs so; none where there is none.
    pub fn of(self, text: &str) -> Option<String> {
        let version = match self {
            Self::OtherCase => {
                let upper = text.to_uppercase();
                if upper == text { text.to_lowercase() } else { upper }
            }
            Self::OtherEnd => {
                let mut all: Vec<char> = text.chars().collect();
                let last = all.last_mut()?;
                *last = if *last == '0' { '1' } else { '0' };
                all.into_iter().collect()
            }
            Self::BlankBehind => format!("{text} "),
            Self::BlankBefore => format!(" {text}"),
            Self::Longer => format!("{text}{}", text.chars().next_back()?),
            Self::Shorter => {
                let mut shorter = text.to_owned();
                shorter.pop();
                shorter
            }
        };
        (version != text && !version.is_empty()).then_some(version)
    }
}
