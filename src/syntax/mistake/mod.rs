//! What is wrong with a line that is no statement, said in the author's words and mended in a copy.
//!
//! Nothing is guessed unseen. Each file here proposes changes for one kind of slip at the place where pest stopped; a
//! change counts only if the line then reads on beyond it. So every help is one that works, one line may have several
//! slips, and the mended line still gives its statement.

pub(super) mod brace;
mod comment;
mod copy;
mod invisible;
mod keyword;
mod missing;
mod name;
mod order;
mod phrase;
mod quotes;
mod stop;
mod symbol;
mod unit;
mod unknown;
mod usage;

pub(super) use comment::comment_line;
pub(super) use copy::Copy;

use std::ops::Range;

use stop::Stop;

use super::findings::Findings;
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::source::Location;

/// Lines longer than this are reported as they are: nobody typed them.
const LONGEST: usize = 2_000;

/// A line has more slips than this only if it is something else altogether.
const MOST_SLIPS: usize = 6;

/// One slip and the change that mends it; places are bytes of the line.
struct Slip {
    code: Code,
    message: String,
    /// What the message is about.
    place: Range<usize>,
    /// What to do, in words.
    help: String,
    /// What is replaced, and by what.
    edit: (Range<usize>, String),
    /// Where the line is cut in two afterwards.
    cut: Option<usize>,
    /// Whether the change counts only if the line is a statement with it.
    whole: bool,
}

impl Slip {
    /// A slip whose place is what is replaced.
    fn new(
        code: Code,
        message: impl Into<String>,
        place: Range<usize>,
        help: impl Into<String>,
        replacement: impl Into<String>,
    ) -> Self {
        let edit = (place.clone(), replacement.into());
        Self { code, message: message.into(), place, help: help.into(), edit, cut: None, whole: false }
    }
}

/// Who proposes changes, the most specific first.
const PROPOSERS: [fn(&Stop<'_>) -> Vec<Slip>; 14] = [
    invisible::propose,
    symbol::propose,
    quotes::propose_straight,
    comment::propose,
    phrase::propose,
    keyword::propose,
    unit::propose,
    name::propose,
    order::propose,
    missing::propose_newline,
    missing::propose_once,
    missing::propose_word,
    quotes::propose_around,
    missing::propose_removal,
];

/// Finds what is wrong with a line that begins at `start`, reports it, and mends it in a copy: the statements that it
/// then consists of, none if nothing helped.
pub(super) fn mend(line: &str, start: usize, findings: &mut Findings) -> Vec<Copy> {
    let mut copy = Copy::new(line, start);
    let mut done = Vec::new();
    for _ in 0..MOST_SLIPS {
        let Some(stop) = Stop::of(&copy.text) else {
            done.push(copy);
            return done;
        };
        let Some(slip) = (line.len() <= LONGEST && !unit::is_unknown(&stop)).then(|| best(&stop)).flatten()
        else {
            findings.add(unknown::report(&stop, |range| copy.location(range, findings)));
            return done;
        };
        findings.add(report(&slip, &copy, findings));
        let (range, replacement) = &slip.edit;
        copy.splice(range.clone(), replacement);
        if let Some(at) = slip.cut {
            let rest = copy.split_off(at);
            done.push(std::mem::replace(&mut copy, rest));
            if copy.text.starts_with("//") {
                return done;
            }
        }
    }
    done
}

/// What the first proposer says that has anything helpful to say: a change that makes a statement of the line, else one
/// after which it reads on beyond the change.
fn best(stop: &Stop<'_>) -> Option<Slip> {
    PROPOSERS.iter().find_map(|propose| {
        let mut helpful = None;
        for slip in propose(stop) {
            match effect(&slip, stop.text) {
                Effect::Whole => return Some(slip),
                Effect::Further if helpful.is_none() && !slip.whole => helpful = Some(slip),
                _ => {}
            }
        }
        helpful
    })
}

enum Effect {
    Whole,
    Further,
    None,
}

fn effect(slip: &Slip, line: &str) -> Effect {
    let (range, replacement) = &slip.edit;
    let mut mended = String::with_capacity(line.len() + replacement.len());
    mended.push_str(&line[..range.start]);
    mended.push_str(replacement);
    let end = mended.len();
    mended.push_str(&line[range.end..]);
    if let Some(at) = slip.cut {
        let before = Stop::of(mended[..at].trim_end()).is_none();
        let after = mended[at..].starts_with("//") || Stop::of(&mended[at..]).is_none_or(|stop| stop.at > 0);
        return if before && after { Effect::Whole } else { Effect::None };
    }
    match Stop::of(&mended) {
        None => Effect::Whole,
        Some(stop) if stop.at > end => Effect::Further,
        Some(_) => Effect::None,
    }
}

fn report(slip: &Slip, copy: &Copy, findings: &Findings) -> Diagnostic {
    let (range, replacement) = &slip.edit;
    let place = copy.location(slip.place.clone(), findings);
    let edit = copy.location(range.clone(), findings);
    Diagnostic::new(slip.code, place, slip.message.clone()).mend(slip.help.clone(), edit, replacement.clone())
}

/// A line beyond the bound.
pub(super) fn too_long(place: Location) -> Diagnostic {
    Diagnostic::new(codes::TOO_DEEP, place, "this line is too long to be a statement")
        .help("a statement has at most 65536 bytes; write a list as a type with members, a long text as several notes")
}

/// Parentheses beyond the bound.
pub(super) fn too_many_parentheses(place: Location) -> Diagnostic {
    Diagnostic::new(codes::TOO_DEEP, place, "too many parentheses inside one another")
        .help("at most 32 may be open at once; keep a part of the expression in a remembered value")
}
