//! What a run leaves open, and who decides it.

use std::fmt;

use crate::model::{ElementId, LimitId, OutputId};
use crate::{Text, Value};

/// Decides what the spec leaves open, and is told what a run uses of it.
///
/// The machine asks in an order that depends on nothing but the run so far: who answers with the recorded picks of an
/// earlier try comes to the same place again. A run that halts may have asked and told before it did.
pub trait Resolve {
    /// Which of several alternatives is taken, from 0; none if that is not decided, which halts the run.
    ///
    /// Alternative 0 is what the reference takes.
    fn pick(&mut self, point: Point, alternatives: usize) -> Option<usize>;

    /// The value of a `chosen` field of the output that is being sent, as it stands on the wire.
    ///
    /// Asked once for each such field, in the order of sending and of the fields.
    fn chosen(&mut self, output: OutputId, field: u16) -> Option<Value>;

    /// Which flow speaks from now on, where several run together: a position in [`Machines`](super::Machines).
    fn enter(&mut self, flow: usize) {
        let _ = flow;
    }

    /// A statement was performed, or a default or a constraint used.
    fn visit(&mut self, element: ElementId) {
        let _ = element;
    }

    /// The spec is silent here: whether to refuse for that reason and go on. Otherwise the run halts.
    fn silent(&mut self, element: ElementId) -> bool {
        let _ = element;
        false
    }
}

/// Where a spec leaves a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Point {
    /// Which alternative of an `either` is taken; this is the statement.
    Either(ElementId),
    /// Whether a limit with `or more` is full beyond its bound: 0 no, 1 yes.
    OrMore(LimitId),
    /// Whether a time-out with `or later` that is due fires now, an index into `Model::timers`: 0 no, 1 yes.
    OrLater(u16),
    /// Which of the failing stages decides. They come in the order of the language: fields, limits, `refuse … when`
    /// or the refusing branches. The last alternative has the reasons of all, and the effect of the first.
    Order,
}

/// Why a run did not go on. The universe is then what it was before, its clock too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Halt {
    /// The caller's fault.
    Fault(Fault),
    /// Nobody picked.
    Undecided {
        /// Where.
        point: Point,
        /// Out of how many.
        alternatives: usize,
    },
    /// The spec is silent: this statement, or the flow itself, says so.
    Silent(ElementId),
}

/// What a caller did wrong, or a model that no compiler made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The instant lies before the universe's clock.
    TimeGoesBack,
    /// No such session is open.
    UnknownSession,
    /// A session of this name is open.
    SessionExists,
    /// An asked actor's answer is missing, unknown or ill-typed.
    Answer(Text),
    /// A chosen value is missing or ill-typed: of this output, this field.
    Chosen(Text, Text),
    /// There are fewer alternatives than the pick.
    Pick,
    /// The rows do not fit the records: this is the first record, key or attribute that does not.
    Rows(Text),
    /// There is no such value of a choice.
    Choice(Text),
    /// No such capability.
    UnknownCapability,
    /// A capability is asked about something that is no key of its record, or no session.
    Subject,
    /// No branch holds, or there is nothing to resume: the spec's fault, which the compiler would have told.
    Spec(ElementId),
    /// Time-outs lead to one another without end.
    EndlessTimeouts,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::TimeGoesBack => formatter.write_str("the instant lies before the clock"),
            Self::UnknownSession => formatter.write_str("no such session is open"),
            Self::SessionExists => formatter.write_str("a session of this name is open"),
            Self::Answer(actor) => {
                write!(formatter, "the answer of `{actor}` is missing, unknown or ill-typed")
            }
            Self::Chosen(output, field) => {
                write!(formatter, "the chosen value `{output}.{field}` is missing or ill-typed")
            }
            Self::Pick => formatter.write_str("there are fewer alternatives than the pick"),
            Self::Rows(what) => write!(formatter, "`{what}` does not fit the records"),
            Self::Choice(name) => write!(formatter, "no such value of the choice `{name}`"),
            Self::UnknownCapability => formatter.write_str("no such capability"),
            Self::Subject => formatter.write_str("the capability cannot be asked about this"),
            Self::Spec(element) => write!(formatter, "the spec has no outcome at its statement {element}"),
            Self::EndlessTimeouts => formatter.write_str("time-outs lead to one another without end"),
        }
    }
}

impl std::error::Error for Fault {}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl fmt::Display for Halt {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(formatter),
            Self::Undecided { alternatives, .. } => write!(formatter, "one of {alternatives} must be picked"),
            Self::Silent(element) => write!(formatter, "the spec is silent at its statement {element}"),
        }
    }
}

impl std::error::Error for Halt {}

/// What the reference implementation decides: always the first alternative; where the spec is silent it refuses with
/// the reason `silent`. Chosen values come from the source that is handed in.
#[derive(Debug, Clone)]
pub struct Reference<F>(pub F);

impl Reference<fn(OutputId, u16) -> Option<Value>> {
    /// A reference for flows in which the implementation chooses nothing.
    pub fn without_chosen() -> Self {
        Self(|_, _| None)
    }
}

impl<F: FnMut(OutputId, u16) -> Option<Value>> Resolve for Reference<F> {
    fn pick(&mut self, _: Point, _: usize) -> Option<usize> {
        Some(0)
    }

    fn chosen(&mut self, output: OutputId, field: u16) -> Option<Value> {
        (self.0)(output, field)
    }

    fn silent(&mut self, _: ElementId) -> bool {
        true
    }
}

/// Asks for a pick, and halts where there is none.
pub(super) fn pick(resolve: &mut impl Resolve, point: Point, alternatives: usize) -> Result<usize, Halt> {
    match resolve.pick(point, alternatives) {
        Some(pick) if pick < alternatives => Ok(pick),
        Some(_) => Err(Fault::Pick.into()),
        None => Err(Halt::Undecided { point, alternatives }),
    }
}
