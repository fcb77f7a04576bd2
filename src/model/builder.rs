//! What one flow is built in: its model so far, what it has taken from the files, and what was found wrong.

use std::collections::{HashMap, HashSet};

use flowspec_runtime::Text;

use super::call::{Frame, Goal};
use super::names::Candidates;
use super::program::{DeclaredId, Program, Space};
use super::{
    Action, Defaults, Draft, ElementId, Expr, Model, Named, Order, Place, Read, TypeId, Unlisted, Waiting,
};
use crate::diagnostic::{Code, Diagnostic, Severity, UNCOUNTED, codes};
use crate::source::{Location, SourceId, Span};
use crate::syntax::tree::{self, Statement};

/// Findings about names that mean nothing.
const UNKNOWN: [Code; 6] = [
    codes::UNKNOWN_NAME,
    codes::UNKNOWN_DECLARATION,
    codes::UNKNOWN_TYPE,
    codes::UNKNOWN_STEP,
    codes::UNKNOWN_EVENT,
    codes::NOT_A_TARGET,
];

/// A model under construction.
pub(super) struct Builder<'a> {
    pub(super) program: &'a Program<'a>,
    /// The file whose statements are being read.
    pub(super) file: usize,
    /// The file that the statements stand in, where that is not the one whose names they use.
    pub(super) written_in: Option<usize>,
    pub(super) model: Model,
    pub(super) places: Vec<Place>,
    pub(super) reads: Vec<Read>,
    pub(super) arguments: Vec<Expr>,
    pub(super) findings: Vec<Diagnostic>,
    pub(super) sound: bool,
    pub(super) gaps: Vec<Location>,
    /// What was taken from the files, and under which index.
    pub(super) taken: HashMap<(Space, DeclaredId), u16>,
    /// Declarations that something refers to.
    pub(super) used: HashSet<DeclaredId>,
    /// Types that are being taken, to notice one that is made of itself.
    pub(super) taking: Vec<DeclaredId>,
    /// Types without a name, by what they are.
    pub(super) nameless: HashMap<String, TypeId>,
    pub(super) paths: HashMap<String, u32>,
    /// What names refer to in the flow or part that is being read.
    pub(super) names: Names<'a>,
    /// What names refer to in the whole flow, its parts too.
    pub(super) wide: Wide<'a>,
    /// The flow, and each part that is called, once for each call; the one that is being read lends its names.
    pub(super) frames: Vec<Frame<'a>>,
    pub(super) frame: usize,
    /// Whether constants are read at the instant at which a scenario begins.
    pub(super) opening: bool,
    /// What is performed together with what is being read.
    pub(super) around: Vec<Action>,
    /// Words of statements that could not be read: what is missing because of them was reported there.
    excused: HashSet<&'a str>,
    pub(super) rows: Vec<RowHead<'a>>,
    pub(super) limits: Vec<&'a tree::Limit>,
    /// The limits that are declared, by their place: the calls of one part count together.
    pub(super) limits_of_parts: HashMap<DeclaredId, u16>,
    /// What the key of each limit meant where it was first counted, and where that was.
    pub(super) keys: HashMap<u16, (Expr, Location)>,
    files: HashMap<SourceId, u16>,
}

/// What is known of a row while the flow is built.
pub(super) struct RowHead<'a> {
    /// The name whose value is the key.
    pub(super) by: &'a tree::Path,
    /// Whose names it is read with.
    pub(super) frame: usize,
    /// What that name meant where the row was read first, and where that was.
    pub(super) meant: Option<(Expr, Location)>,
}

/// What the names of a flow or of a part refer to.
#[derive(Default)]
pub(super) struct Names<'a> {
    pub(super) givens: HashMap<&'a str, u16>,
    /// What a part is given that stands for a value of its caller.
    pub(super) aliases: HashMap<&'a str, (Expr, TypeId)>,
    pub(super) variables: HashMap<&'a str, u16>,
    pub(super) choices: HashMap<&'a str, u16>,
    pub(super) rows: HashMap<&'a str, u16>,
    pub(super) steps: HashMap<&'a str, Goal>,
    pub(super) limits: HashMap<&'a str, u16>,
}

/// What names refer to everywhere in a flow.
#[derive(Default)]
pub(super) struct Wide<'a> {
    pub(super) events: HashMap<&'a str, u16>,
    pub(super) answers: HashSet<&'a str>,
    pub(super) reasons: HashMap<Text, u16>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(program: &'a Program<'a>, file: usize, name: &str) -> Self {
        let mut builder = Self {
            program,
            file,
            written_in: None,
            model: empty(name),
            places: Vec::new(),
            reads: Vec::new(),
            arguments: Vec::new(),
            findings: Vec::new(),
            sound: true,
            gaps: Vec::new(),
            taken: HashMap::new(),
            used: HashSet::new(),
            taking: Vec::new(),
            nameless: HashMap::new(),
            paths: HashMap::new(),
            names: Names::default(),
            wide: Wide::default(),
            frames: Vec::new(),
            frame: 0,
            opening: false,
            around: Vec::new(),
            excused: HashSet::new(),
            rows: Vec::new(),
            limits: Vec::new(),
            limits_of_parts: HashMap::new(),
            keys: HashMap::new(),
            files: HashMap::new(),
        };
        builder.file_index();
        builder
    }

    /// What was built, as it is.
    pub(super) fn finish(self) -> Draft {
        Draft {
            model: self.model.into(),
            places: self.places,
            reads: self.reads,
            arguments: self.arguments,
            sound: self.sound,
            gaps: self.gaps,
        }
    }

    pub(super) fn at(&self, span: Span) -> Location {
        Location { source: self.program.files[self.written()].id, span }
    }

    pub(super) fn text(&self, span: Span) -> &'a str {
        self.program.sources.get(self.program.files[self.written()].id).slice(span)
    }

    pub(super) fn finding(&self, code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, self.at(span), message)
    }

    /// Reports a finding, unless it is about a name that a statement which could not be read may have declared.
    pub(super) fn report(&mut self, finding: Diagnostic) {
        let Location { source, span } = finding.primary.location;
        if UNKNOWN.contains(&finding.code)
            && self.excused.contains(self.program.sources.get(source).slice(span))
        {
            self.sound = false;
            self.gaps.push(finding.primary.location);
            return;
        }
        self.sound &= finding.severity() != Severity::Error;
        if self.findings.len() < UNCOUNTED {
            self.findings.push(finding);
        }
    }

    /// Names that could have been meant; none once so much is wrong that comparing would take long.
    pub(super) fn candidates<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Candidates<'n> {
        let few = self.findings.len() < 200;
        Candidates::new(names.into_iter().filter(|_| few))
    }

    /// Something is missing here that was reported where it should stand.
    pub(super) fn poison(&mut self, span: Span) {
        self.sound = false;
        self.gap(span);
    }

    /// Something about a statement is not known.
    pub(super) fn gap(&mut self, span: Span) {
        self.gaps.push(self.at(span));
    }

    /// Takes in the words of a statement that is not used, and of those in it.
    pub(super) fn excuse(&mut self, statement: &Statement) {
        self.poison(statement.span);
        let mut open = vec![statement];
        while let Some(next) = open.pop() {
            self.excused.extend(words(self.text(next.head)));
            open.extend(next.children());
        }
    }

    /// Does something with the statements of another file.
    pub(super) fn in_file<R>(&mut self, file: usize, action: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.file, file);
        let written_in = self.written_in.take();
        let result = action(self);
        (self.file, self.written_in) = (before, written_in);
        result
    }

    /// The file that the statements stand in.
    pub(super) fn written(&self) -> usize {
        self.written_in.unwrap_or(self.file)
    }

    /// The index of the current file in the model.
    pub(super) fn file_index(&mut self) -> u16 {
        let file = &self.program.files[self.written()];
        let files = &mut self.model.files;
        *self.files.entry(file.id).or_insert_with(|| {
            files.push(self.program.sources.get(file.id).name.as_str().into());
            index(files.len() - 1)
        })
    }

    /// Where an element stands.
    pub(super) fn place(&self, element: ElementId) -> Place {
        self.places[element as usize]
    }
}

/// A position in one of the model's lists. Lists that grow too long are reported in [`super::flow`].
pub(super) fn index(position: usize) -> u16 {
    u16::try_from(position).unwrap_or(u16::MAX)
}

/// The names in a piece of text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty())
}

fn empty(name: &str) -> Model {
    let word = |word: &'static str| Text::new_static(word);
    Model {
        format: 1,
        name: name.into(),
        element: 0,
        endless: false,
        languages: Vec::new(),
        files: Vec::new(),
        facts: None,
        elements: Vec::new(),
        types: Vec::new(),
        defaults: Defaults {
            unlisted: (Unlisted::Refuse(0), None),
            missing: (word("missing"), None),
            invalid: (word("invalid"), None),
            waiting: (Waiting::Silent, None),
            order: (Order::Free, None),
        },
        actors: vec![Named { name: word("user"), element: None }],
        reasons: Vec::new(),
        outputs: Vec::new(),
        choices: Vec::new(),
        records: Vec::new(),
        rows: Vec::new(),
        givens: Vec::new(),
        variables: Vec::new(),
        requires: Vec::new(),
        start: Vec::new(),
        limits: Vec::new(),
        events: Vec::new(),
        steps: Vec::new(),
        timers: Vec::new(),
        capabilities: Vec::new(),
        properties: Vec::new(),
        scenarios: Vec::new(),
    }
}
