//! A finding as a terminal shows it: the place with carets, reasons, and the change to make.
//!
//! The renderer is handed only the lines around each label, so that thousands of findings in a large file cost no
//! more than those lines; a line that is too long to be read is named but not shown.

use std::borrow::Cow;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};

use super::{Diagnostic, Edit, Help, Label, Severity, visible};
use crate::source::{Source, Sources};

/// Labels of one file that are at most this many lines apart share an excerpt.
const NEAR: u32 = 8;
/// A label that spans more lines is shown at its first line only.
const TALL: u32 = 40;
/// An excerpt of more bytes is not shown.
const WIDE: usize = 8 * 1024;

/// How findings are drawn.
#[derive(Debug, Clone)]
pub struct Terminal {
    renderer: Renderer,
}

impl Terminal {
    /// Without colour, for terminals of usual width.
    pub fn plain() -> Self {
        Self { renderer: Renderer::plain() }
    }

    /// With ANSI colours.
    pub fn coloured() -> Self {
        Self { renderer: Renderer::styled() }
    }

    /// Shortens lines of source to this many columns.
    #[must_use]
    pub fn width(self, columns: usize) -> Self {
        Self { renderer: self.renderer.term_width(columns) }
    }

    /// The finding as text of several lines, without a newline at the end.
    pub fn render(&self, diagnostic: &Diagnostic, sources: &Sources) -> String {
        let mut groups = vec![finding(diagnostic, sources)];
        groups.extend(diagnostic.helps.iter().map(|help| mend(help, sources)));
        let more = format!("flowspec explain {}", diagnostic.code.id());
        if let Some(last) = groups.pop() {
            groups.push(last.element(Level::NOTE.with_name("more").message(more)));
        }
        self.renderer.render(&groups)
    }
}

fn finding<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Group<'a> {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(visible::line(&diagnostic.message)).id(diagnostic.code.id());
    let mut group = Group::with_title(title);
    for excerpt in excerpts(diagnostic, sources) {
        group = excerpt.draw(group);
    }
    let notes = diagnostic.notes.iter().map(|note| Level::NOTE.no_name().message(visible::line(note)));
    group.elements(notes)
}

fn mend<'a>(help: &'a Help, sources: &'a Sources) -> Group<'a> {
    let group = Group::with_title(Level::HELP.secondary_title(visible::line(&help.text)));
    match help.edit.as_ref().and_then(|edit| patch(edit, sources)) {
        Some(snippet) => group.element(snippet),
        None => group,
    }
}

fn patch<'a>(edit: &'a Edit, sources: &'a Sources) -> Option<Snippet<'a, Patch<'a>>> {
    let source = sources.get(edit.location.source);
    let (start, end, replacement) = as_lines(edit, source);
    let lines = Lines::around(source, start, end);
    let text = lines.text(source)?;
    let span = lines.within(source, start, end);
    let replacement = visible::excerpt(&replacement).into_owned();
    Some(
        Snippet::source(visible::excerpt(text))
            .line_start(lines.first as usize)
            .patch(Patch::new(span, replacement)),
    )
}

/// What is inserted at the end of a line is shown as lines of their own, and the line before it is not.
fn as_lines<'a>(edit: &'a Edit, source: &Source) -> (u32, u32, Cow<'a, str>) {
    let span = edit.location.span;
    let ends_line = source.text.as_bytes().get(span.start as usize) == Some(&b'\n');
    match edit.text.strip_prefix('\n') {
        Some(lines) if ends_line && span.start == span.end => {
            (span.start + 1, span.start + 1, Cow::Owned(format!("{lines}\n")))
        }
        _ => (span.start, span.end, Cow::Borrowed(&edit.text)),
    }
}

/// Lines of one file with the labels in them, the primary one first.
struct Excerpt<'a> {
    source: &'a Source,
    lines: Lines,
    labels: Vec<(AnnotationKind, &'a Label)>,
}

/// The excerpt with the primary label first, then the others in the order of their labels.
fn excerpts<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Vec<Excerpt<'a>> {
    let primary = (AnnotationKind::Primary, &diagnostic.primary);
    let context = diagnostic.labels.iter().map(|label| (AnnotationKind::Context, label));
    let mut excerpts: Vec<Excerpt<'a>> = Vec::new();
    for (kind, label) in std::iter::once(primary).chain(context) {
        let source = sources.get(label.location.source);
        let lines = Lines::around(source, label.location.span.start, label.location.span.end);
        match excerpts.iter_mut().find(|other| other.source.name == source.name && other.lines.near(&lines)) {
            Some(excerpt) => {
                excerpt.lines = excerpt.lines.with(&lines);
                excerpt.labels.push((kind, label));
            }
            None => excerpts.push(Excerpt { source, lines, labels: vec![(kind, label)] }),
        }
    }
    excerpts
}

impl<'a> Excerpt<'a> {
    fn draw(&self, group: Group<'a>) -> Group<'a> {
        let Some(text) = self.lines.text(self.source) else {
            return self.name_places(group);
        };
        let annotations = self.labels.iter().map(|(kind, label)| self.annotate(*kind, label));
        group.element(
            Snippet::source(visible::excerpt(text))
                .line_start(self.lines.first as usize)
                .path(visible::line(&self.source.path))
                .annotations(annotations),
        )
    }

    fn annotate(&self, kind: AnnotationKind, label: &'a Label) -> Annotation<'a> {
        let span = label.location.span;
        let text = (!label.text.is_empty()).then(|| visible::line(&label.text));
        kind.span(self.lines.within(self.source, span.start, span.end)).label(text)
    }

    fn name_places(&self, mut group: Group<'a>) -> Group<'a> {
        for (_, label) in &self.labels {
            let place = self.source.lines.locate(&self.source.text, label.location.span.start);
            let origin = Origin::path(visible::line(&self.source.path))
                .line(place.line as usize)
                .char_column(place.column as usize);
            group = group.element(origin);
            if !label.text.is_empty() {
                group = group.element(Level::NOTE.no_name().message(visible::line(&label.text)));
            }
        }
        group
    }
}

/// A range of lines, both ends included and counted from 1.
#[derive(Clone, Copy)]
struct Lines {
    first: u32,
    last: u32,
}

impl Lines {
    /// The lines that a span touches.
    fn around(source: &Source, start: u32, end: u32) -> Self {
        let beyond = source.lines.start(u32::MAX);
        let start = start.min(beyond);
        let first = source.lines.line(start);
        let last = source.lines.line(end.saturating_sub(1).min(beyond).max(start));
        Self { first, last: if last - first > TALL { first } else { last } }
    }

    fn near(&self, other: &Self) -> bool {
        let joined = self.with(other);
        joined.last - joined.first <= (self.last - self.first) + (other.last - other.first) + NEAR
    }

    fn with(&self, other: &Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }

    fn bytes(&self, source: &Source) -> (usize, usize) {
        (source.lines.start(self.first) as usize, source.lines.start(self.last + 1) as usize)
    }

    /// The text of the lines, unless it is too long to be read.
    fn text<'a>(&self, source: &'a Source) -> Option<&'a str> {
        let (start, end) = self.bytes(source);
        source.text.get(start..end).filter(|text| text.len() <= WIDE)
    }

    /// Where a span of the file lies in the lines as they are shown, which have signs in place of some characters.
    fn within(&self, source: &Source, start: u32, end: u32) -> std::ops::Range<usize> {
        let (first, last) = self.bytes(source);
        let shown = |offset: usize| visible::excerpt(&source.text[first..offset]).len();
        let start = source.text.floor_char_boundary((start as usize).clamp(first, last));
        let end = source.text.ceil_char_boundary((end as usize).clamp(start, last));
        shown(start)..shown(end)
    }
}
