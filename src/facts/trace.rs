//! The report of tracing: each fact with what carries it, and everything that hangs in the air.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use flowspec_runtime::model::{Element, Provenance};
use flowspec_runtime::suite::Suite;

use super::citation::{Citation, citations, head};
use super::tests_of::{TestName, tests_of};
use super::{Fact, Facts, Kind, Known, Lock, State, named_by};
use crate::diagnostic::counted;
use crate::source::{SourceId, Sources};
use crate::syntax::Parsed;

/// A file of facts and what was written from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The file.
    pub name: String,
    /// Its rows, in the order of the file.
    pub facts: Vec<Traced>,
    /// What hangs in the air.
    pub faults: Vec<Fault>,
}

/// A fact and what carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traced {
    /// The row.
    pub fact: Fact,
    /// How its text stands to the one that was confirmed.
    pub state: State,
    /// The statements that cite it, in the order of the files and of the text.
    pub carriers: Vec<Carrier>,
    /// The tests that serve these.
    pub tests: Vec<TestName>,
}

/// A statement that cites a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrier {
    /// Its file.
    pub source: SourceId,
    /// Its line, from 1.
    pub line: u32,
    /// Its head as written, without marks.
    pub head: String,
}

/// Something that hangs in the air.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The id that it is about; empty where it is about a statement without any.
    pub id: String,
    /// The file to look at.
    pub file: String,
    /// The line, from 1; 0 where it is about the whole file.
    pub line: u32,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
}

/// What can be wrong, in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// No statement carries a fact.
    NotCarried,
    /// No statement cites a reading.
    NotCited,
    /// A statement stands on no fact and no reading.
    NoGround,
    /// A statement cites what the file does not have.
    Unknown,
    /// Two rows have one id.
    Twice,
    /// A text is another than the one that was confirmed.
    Changed,
    /// What was confirmed is no longer in the file.
    Gone,
    /// A line of the confirmed texts cannot be read.
    UnreadableLock,
}

/// Relates facts, statements and tests: a trace for each file of facts, by name.
pub fn trace(sources: &Sources, parsed: &[Parsed], facts: &Facts, suites: &[Suite]) -> Vec<Trace> {
    let named: HashMap<&str, String> = sources
        .iter()
        .zip(parsed)
        .filter_map(|((_, source), parsed)| Some((source.name.as_str(), named_by(source, &parsed.tree)?)))
        .collect();
    let mut cited: BTreeMap<(&str, &str), Vec<Citation>> = BTreeMap::new();
    for ((id, source), parsed) in sources.iter().zip(parsed) {
        if let Some(name) = named.get(source.name.as_str()) {
            for citation in citations(id, &parsed.tree) {
                cited.entry((name, citation.id)).or_default().push(citation);
            }
        }
    }
    let tests = tests_of(suites, &named);
    let run = Run { sources, cited, tests, named: &named, suites };
    facts.iter().map(|(name, known)| run.of_file(name, known)).collect()
}

/// What the traces of a run draw on.
struct Run<'a> {
    sources: &'a Sources,
    cited: BTreeMap<(&'a str, &'a str), Vec<Citation<'a>>>,
    tests: BTreeMap<(String, &'a str), BTreeSet<TestName>>,
    named: &'a HashMap<&'a str, String>,
    suites: &'a [Suite],
}

impl Run<'_> {
    fn of_file(&self, name: &str, known: &Known) -> Trace {
        let rows = known.document.rows().iter().map(|fact| self.traced(name, known, fact));
        let facts: Vec<_> = rows.collect();
        let mut faults: Vec<_> = facts.iter().flat_map(|traced| of_fact(name, traced)).collect();
        faults.extend(self.without_ground(name));
        faults.extend(self.unknown(name, known));
        faults.extend(twice(name, &facts));
        faults.extend(self.of_lock(name, known));
        faults.sort_by_key(|fault| fault.kind);
        Trace { name: name.to_owned(), facts, faults }
    }

    fn traced(&self, name: &str, known: &Known, fact: &Fact) -> Traced {
        let cited = self.cited.get(&(name, fact.id.as_str())).map_or(&[][..], Vec::as_slice);
        let tests = self.tests.get(&(name.to_owned(), fact.id.as_str()));
        Traced {
            state: known.lock.as_ref().map_or(State::New, |lock| lock.state(fact)),
            carriers: cited.iter().map(|citation| self.carrier(citation)).collect(),
            tests: tests.into_iter().flatten().cloned().collect(),
            fact: fact.clone(),
        }
    }

    fn carrier(&self, citation: &Citation) -> Carrier {
        let source = self.sources.get(citation.at.source);
        let line = source.lines.line(citation.at.span.start);
        Carrier { source: citation.at.source, line, head: head(source, citation.statement) }
    }

    /// Statements of files that name these facts, and that neither have a mark nor stand in something that has one.
    fn without_ground(&self, name: &str) -> impl Iterator<Item = Fault> {
        let mut places = BTreeSet::new();
        for model in self.suites.iter().map(|suite| &suite.model) {
            for element in model.elements.iter().filter(|element| hangs(element)) {
                let file = model.files.get(usize::from(element.file)).map_or("", |file| file.as_str());
                if self.named.get(file).is_some_and(|named| named == name) {
                    places.insert((file, element.line, element.source.as_str()));
                }
            }
        }
        places.into_iter().map(|(file, line, head)| {
            let message = format!("no fact, assumption or silence is behind `{head}`");
            fault(FaultKind::NoGround, "", file, line, message)
        })
    }

    fn unknown(&self, name: &str, known: &Known) -> Vec<Fault> {
        let of_file =
            self.cited.iter().filter(|((file, id), _)| *file == name && known.document.get(id).is_none());
        of_file
            .flat_map(|((_, id), citations)| {
                // What is assumed may be said once, where it is assumed first.
                let explained = citations.iter().any(|citation| citation.explains);
                citations.iter().filter(move |_| !explained).map(move |citation| {
                    let file = &self.sources.get(citation.at.source).name;
                    let message = format!("the statement cites `{id}`, which {name} does not have");
                    fault(FaultKind::Unknown, id, file, self.carrier(citation).line, message)
                })
            })
            .collect()
    }

    fn of_lock(&self, name: &str, known: &Known) -> Vec<Fault> {
        let (Some(lock), file) = (&known.lock, Lock::name(name)) else { return Vec::new() };
        let unreadable = lock.unreadable().iter().map(|line| {
            let message = "the line is no id with a digest; `flowspec facts --confirm` writes the file anew";
            fault(FaultKind::UnreadableLock, "", &file, *line, message)
        });
        let gone = lock.gone(&known.document).map(|id| {
            let message = format!("`{id}` was confirmed, and {name} does not have it any more");
            fault(FaultKind::Gone, id, &file, 0, message)
        });
        unreadable.chain(gone).collect()
    }
}

/// Whether nothing is behind a statement. One that says the source to be silent is no claim.
fn hangs(element: &Element) -> bool {
    element.provenance == Provenance::Unmarked && element.source.split_whitespace().last() != Some("silent")
}

fn of_fact(name: &str, traced: &Traced) -> Vec<Fault> {
    let Traced { fact, state, carriers, .. } = traced;
    let at = |kind, message: String| fault(kind, &fact.id, name, fact.line, message);
    let mut faults = Vec::new();
    match (fact.kind, carriers.is_empty()) {
        (Kind::Fact, true) => faults.push(at(FaultKind::NotCarried, "no statement carries it".to_owned())),
        (Kind::Reading, true) => faults.push(at(FaultKind::NotCited, "no statement cites it".to_owned())),
        _ => {}
    }
    match state {
        // A text that nobody confirmed yet holds nobody up.
        State::Confirmed | State::New => {}
        State::Changed => {
            let cite = if carriers.len() == 1 { "cites" } else { "cite" };
            let who = format!("{} {cite} it", counted(carriers.len(), "statement"));
            faults.push(at(FaultKind::Changed, format!("its text is another than the confirmed one; {who}")));
        }
    }
    faults
}

fn twice(name: &str, facts: &[Traced]) -> Vec<Fault> {
    let mut seen = HashMap::new();
    let twice = facts.iter().filter_map(|Traced { fact, .. }| {
        let first = *seen.entry(fact.id.as_str()).or_insert(fact.line);
        let message = format!("line {first} has this id already, and only that row counts");
        (first != fact.line).then(|| fault(FaultKind::Twice, &fact.id, name, fact.line, message))
    });
    twice.collect()
}

fn fault(kind: FaultKind, id: &str, file: &str, line: u32, message: impl Into<String>) -> Fault {
    Fault { kind, id: id.to_owned(), file: file.to_owned(), line, message: message.into() }
}
