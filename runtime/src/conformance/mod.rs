//! Holds an implementation against a flow.

mod bindings;
mod candidates;
mod engine;
mod interpreter;
mod marks;
mod matching;
mod oracle;
mod patience;
mod play;
mod regressions;
mod report;
mod script;
mod shrink;
mod subject;
mod suites;
mod target;
mod tests_macro;
mod trial;
mod walk;

pub use crate::suite::*;
pub use candidates::{Candidates, Combinations, combinations};
pub use engine::{About, Engine, Failure, Make, Outcome};
pub use interpreter::Interpreter;
pub use oracle::{Judgement, Oracle, Shown};
pub use play::{End, Line, Play};
pub use regressions::{FOLDER, Kept, Regressions};
pub use report::report;
pub use shrink::shrink;
pub use subject::{Report, Subject, Tally, Tested, tested};
pub use suites::Suites;
pub use target::{InProcess, Lapse, Target};
pub use walk::{Walked, Walks};
