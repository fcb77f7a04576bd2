//! What a generated module says of its flow, so that [`Machine`](crate::typed::Machine) can run it.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::typed::{Invalid, Reading, Reasons, Turn, Word};
use crate::{Answer, Input, May, Rows, Sent, Time, Value};

/// Accepted, or refused for these reasons.
pub type Verdict<R> = Result<(), Reasons<R>>;

/// What can be kept, copied and shown.
pub trait Stored: Debug + Clone + PartialEq + Serialize + DeserializeOwned {}

impl<T: Debug + Clone + PartialEq + Serialize + DeserializeOwned> Stored for T {}

/// A flow. The type itself is what all sessions share: rows, uses of limits, the implementation's choices.
pub trait Flow: Default + Stored {
    /// Steps and ends.
    type Step: Word + Stored;
    /// What a session is opened with.
    type Given;
    /// What a session remembers.
    type Session: Stored;
    /// An event whose fields are valid.
    type Event;
    /// What is sent.
    type Output: Stored + Into<Sent>;
    /// Why something is refused.
    type Reason: Word + Debug;

    /// The reason of an event that a step does not list.
    const UNLISTED: Self::Reason;
    /// The step in which a session is while it is being opened.
    const START: Self::Step;
    /// The time-outs, by their numbers, that go on when a step is left.
    const LASTING: &'static [u16] = &[];
    /// The steps that lead back to a step that was interrupted.
    const RESUMING: &'static [Self::Step] = &[];
    /// The time-outs of steps, by their numbers, that run on while their step is interrupted.
    const SINCE: &'static [u16] = &[];
    /// Whether there are time-outs.
    const TIMES: bool = false;
    /// Whether other parties are asked in the middle of an event.
    const ASKS: bool = false;

    /// Whether a session has ended in this step.
    fn ended(step: Self::Step) -> bool;

    /// What a session remembers when it begins.
    fn session(given: Self::Given) -> Self::Session;

    /// Judges whether a session may begin, and enters its first step.
    fn start(turn: &mut Turn<'_, Self>) -> Verdict<Self::Reason>;

    /// Judges an event in the session's step, and performs what follows from it; what is not asked of it there is left out
    /// of it before.
    fn judge(turn: &mut Turn<'_, Self>, event: &mut Self::Event) -> Verdict<Self::Reason>;

    /// Arms the time-outs that begin when the step is entered that the session is in now.
    fn entered(turn: &mut Turn<'_, Self>) {
        let _ = turn;
    }

    /// Arms the time-outs anew that begin with each event of the user's.
    fn active(turn: &mut Turn<'_, Self>) {
        let _ = turn;
    }

    /// Performs a time-out, by its number; a verdict other than accepted says that nothing happened.
    fn time_out(turn: &mut Turn<'_, Self>, timer: u16) -> Verdict<Self::Reason> {
        let _ = (turn, timer);
        Ok(())
    }

    /// Begins anew with these rows, and the same choices.
    ///
    /// # Errors
    /// Where a row does not fit its record.
    fn reset(&mut self, rows: &Rows) -> Result<(), Invalid> {
        let _ = rows;
        Ok(())
    }

    /// Whether the user raises this event, and no other party.
    fn by_user(event: &Self::Event) -> bool {
        let _ = event;
        true
    }

    /// Whether the session's step lists an event by an actor.
    ///
    /// # Errors
    /// The reason for which it is refused before its fields are read.
    fn expects(turn: &Turn<'_, Self>, event: &str, by: &str) -> Result<(), Self::Reason>;

    /// Reads what a session is opened with; none where something is missing or invalid.
    fn read_given(read: &mut Reading<'_, Self::Reason>) -> Option<Self::Given>;

    /// Reads an event that the session's step lists; none where something is missing or invalid.
    fn read(
        turn: &Turn<'_, Self>,
        input: &Input,
        answers: &[Answer],
        read: &mut Reading<'_, Self::Reason>,
    ) -> Option<Self::Event>;

    /// Answers whether something is allowed to a row, or to a session; none where there is no such capability.
    fn may(
        &self,
        session: Option<&Self::Session>,
        capability: &str,
        subject: &Value,
        now: Time,
    ) -> Option<May<Self::Reason>> {
        let _ = (session, capability, subject, now);
        None
    }
}
