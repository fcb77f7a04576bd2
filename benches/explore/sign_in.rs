//! The sign-in flow of `specs/`, sessions interleaved.

use crate::sessions::{self, Openings};

pub(crate) fn flow(sessions: usize, threads: usize) -> usize {
    let text = include_str!("../../specs/sign_in/sign_in.flow");
    sessions::explore(text, Openings::Any(sessions), None, threads)
}
