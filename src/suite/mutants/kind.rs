//! The kinds of faults, and what they are called.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of mistake; what it means is the first line of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each has a file of its own name")]
pub enum Kind {
    WrongTarget,
    WrongReason,
    WrongOutput,
    OutputMissing,
    OutputTwice,
    MissingBranch,
    UnexpectedAccepted,
    ExtraState,
    GuardNegated,
    GuardWeakened,
    GuardTightened,
    BoundOffByOne,
    OtherBoundary,
    FieldCheck,
    RequiredOptional,
    DefaultLost,
    ValueNotKept,
    WrongCalculation,
    LimitOffByOne,
    LimitMissing,
    CountLost,
    NotIdempotent,
    ResetLost,
    ResetAdded,
    WrongKey,
    CapPerItem,
    WindowOffByOne,
    WindowExchanged,
    TimeZoneLost,
    HoldOffByOne,
    TimerOffByOne,
    TimerNeverFires,
    TimerNotStopped,
    TimerRestarted,
    ChecksSwapped,
    AnswersSwapped,
    AnswerIgnored,
    SharedState,
    WrongAnswer,
}

impl Kind {
    /// Every kind, in the order in which they are listed.
    pub const ALL: [Self; 39] = [
        Self::WrongTarget,
        Self::WrongReason,
        Self::WrongOutput,
        Self::OutputMissing,
        Self::OutputTwice,
        Self::MissingBranch,
        Self::UnexpectedAccepted,
        Self::ExtraState,
        Self::GuardNegated,
        Self::GuardWeakened,
        Self::GuardTightened,
        Self::BoundOffByOne,
        Self::OtherBoundary,
        Self::FieldCheck,
        Self::RequiredOptional,
        Self::DefaultLost,
        Self::ValueNotKept,
        Self::WrongCalculation,
        Self::LimitOffByOne,
        Self::LimitMissing,
        Self::CountLost,
        Self::NotIdempotent,
        Self::ResetLost,
        Self::ResetAdded,
        Self::WrongKey,
        Self::CapPerItem,
        Self::WindowOffByOne,
        Self::WindowExchanged,
        Self::TimeZoneLost,
        Self::HoldOffByOne,
        Self::TimerOffByOne,
        Self::TimerNeverFires,
        Self::TimerNotStopped,
        Self::TimerRestarted,
        Self::ChecksSwapped,
        Self::AnswersSwapped,
        Self::AnswerIgnored,
        Self::SharedState,
        Self::WrongAnswer,
    ];

    /// The kind in a few words.
    pub fn title(self) -> &'static str {
        match self {
            Self::WrongTarget => "wrong target",
            Self::WrongReason => "wrong reason",
            Self::WrongOutput => "wrong output",
            Self::OutputMissing => "output missing",
            Self::OutputTwice => "output twice",
            Self::MissingBranch => "missing branch",
            Self::UnexpectedAccepted => "unexpected event accepted",
            Self::ExtraState => "extra state",
            Self::GuardNegated => "guard negated",
            Self::GuardWeakened => "guard weakened",
            Self::GuardTightened => "guard tightened",
            Self::BoundOffByOne => "bound off by one",
            Self::OtherBoundary => "`<` for `<=`",
            Self::FieldCheck => "field check missing or wrong",
            Self::RequiredOptional => "required made optional",
            Self::DefaultLost => "default lost",
            Self::ValueNotKept => "value not kept",
            Self::WrongCalculation => "wrong calculation",
            Self::LimitOffByOne => "limit off by one",
            Self::LimitMissing => "limit missing",
            Self::CountLost => "count lost",
            Self::NotIdempotent => "counted twice",
            Self::ResetLost => "reset lost",
            Self::ResetAdded => "reset added",
            Self::WrongKey => "counted by another key",
            Self::CapPerItem => "cap per item",
            Self::WindowOffByOne => "window off by one",
            Self::WindowExchanged => "calendar window for rolling",
            Self::TimeZoneLost => "time zone lost",
            Self::HoldOffByOne => "hold off by one",
            Self::TimerOffByOne => "time-out off by one",
            Self::TimerNeverFires => "time-out never fires",
            Self::TimerNotStopped => "time-out not stopped",
            Self::TimerRestarted => "time-out restarted by activity",
            Self::ChecksSwapped => "order of checks swapped",
            Self::AnswersSwapped => "answers of the world swapped",
            Self::AnswerIgnored => "answer of the world ignored",
            Self::SharedState => "state shared between sessions",
            Self::WrongAnswer => "wrong answer to what is allowed",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(self.title())
    }
}
