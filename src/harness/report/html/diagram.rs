//! The diagram of a flow as inline SVG, coloured by what was seen at work.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use super::layout::{Arrow, Link, Placed, Size, place};
use crate::harness::report::xml::escape;
use crate::harness::results::{Coverage, Edge, Node, Shape, Way};

/// A diagram with more arrows is left out: nobody could read it.
const MOST_EDGES: usize = 400;
/// A caption has at most so many lines, and a line so many columns.
const LINES: usize = 3;
const COLUMNS: usize = 30;
/// The height of a line, and the space in a box beside its text.
const LINE: i64 = 15;
const PADDING: i64 = 12;

/// Draws the diagram; empty where there is none. `failing` has the paths of the requirements that are not kept.
pub(super) fn draw(coverage: &Coverage, failing: &BTreeSet<&str>) -> String {
    if coverage.nodes.is_empty() || coverage.edges.len() > MOST_EDGES {
        return String::new();
    }
    let mut svg = String::new();
    // Writing to a string does not fail.
    let _ = Drawing::new(coverage, failing).write(&mut svg);
    svg
}

struct Drawing<'r> {
    coverage: &'r Coverage,
    /// The edges both of whose boxes are there, with how they look.
    edges: Vec<(&'r Edge, Look)>,
    placed: Placed,
    sizes: Vec<Size>,
    /// The boxes that a session was seen in.
    seen: Vec<bool>,
}

/// How an arrow looks.
#[derive(Clone, Copy)]
struct Look {
    tests: u64,
    fails: bool,
}

impl<'r> Drawing<'r> {
    fn new(coverage: &'r Coverage, failing: &BTreeSet<&str>) -> Self {
        let index: HashMap<&str, usize> =
            coverage.nodes.iter().enumerate().map(|(at, node)| (node.id.as_str(), at)).collect();
        let mut edges = Vec::new();
        let mut links = Vec::new();
        let mut seen: Vec<_> = coverage.nodes.iter().map(|node| node.shape == Shape::Begin).collect();
        for edge in &coverage.edges {
            let (Some(&from), Some(&to)) = (index.get(edge.from.as_str()), index.get(edge.to.as_str()))
            else {
                continue;
            };
            let look = look(coverage, edge, failing);
            seen[to] |= look.tests > 0;
            edges.push((edge, look));
            links.push(Link { from, to, caption: caption_size(&edge.labels) });
        }
        let sizes: Vec<_> = coverage.nodes.iter().map(size).collect();
        Self { coverage, edges, placed: place(&sizes, &links), sizes, seen }
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let Size { width, height } = self.placed.size;
        writeln!(
            out,
            r#"<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="The flow, coloured by what was seen at work">"#
        )?;
        writeln!(out, "<defs>")?;
        for (id, class) in [("seen", "good"), ("unseen", "open"), ("fails", "bad")] {
            writeln!(
                out,
                r#"<marker id="to-{id}" class="{class}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z"/></marker>"#
            )?;
        }
        writeln!(out, "</defs>")?;
        for ((edge, look), arrow) in self.edges.iter().zip(&self.placed.arrows) {
            write_edge(out, edge, *look, arrow)?;
        }
        for (at, node) in self.coverage.nodes.iter().enumerate() {
            self.write_node(out, at, node)?;
        }
        writeln!(out, "</svg>")
    }

    fn write_node(&self, out: &mut String, at: usize, node: &Node) -> std::fmt::Result {
        let ((x, y), Size { width, height }) = (self.placed.boxes[at], self.sizes[at]);
        let (left, top) = (x - width / 2, y - height / 2);
        let state = if self.seen[at] { "good" } else { "open" };
        let seen = if self.seen[at] { "seen at work" } else { "never seen" };
        let label = escape(&node.label);
        write!(out, r#"<g class="node {state}"><title>{label}: {seen}</title>"#)?;
        match node.shape {
            Shape::Begin => write!(out, r#"<circle cx="{x}" cy="{y}" r="7" class="begin"/>"#)?,
            Shape::Parting => {
                let half = width / 2;
                write!(out, r#"<path d="M{x} {top} {} {y} {x} {} {} {y}z"/>"#, x + half, y + half, x - half)?;
            }
            Shape::Asked => {
                let (right, bottom, cut) = (left + width, top + height, 8);
                write!(
                    out,
                    r#"<path d="M{} {top} {} {top} {right} {y} {} {bottom} {} {bottom} {left} {y}z"/>"#,
                    left + cut,
                    right - cut,
                    right - cut,
                    left + cut
                )?;
            }
            shape => {
                let round = if matches!(shape, Shape::Step | Shape::Elsewhere) { 5 } else { height / 2 };
                let class = shape_class(shape);
                write!(
                    out,
                    r#"<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="{round}" class="{class}"/>"#
                )?;
            }
        }
        write_lines(out, &wrapped(&node.label), x, y)?;
        writeln!(out, "</g>")
    }
}

fn write_edge(out: &mut String, edge: &Edge, look: Look, arrow: &Arrow) -> std::fmt::Result {
    let (class, marker) = match look {
        Look { fails: true, .. } => ("bad", "fails"),
        Look { tests: 0, .. } => ("open", "unseen"),
        _ => ("good", "seen"),
    };
    let way = match edge.way {
        Way::Accepted => "",
        Way::Refused => " refused",
        Way::TimeOut => " timed",
    };
    // An arrow grows with the number of tests that went along it, slowly.
    let weight = (10 + 4 * look.tests.checked_ilog2().unwrap_or(0)).min(35);
    let all: Vec<_> = edge.labels.iter().map(|label| label.replace('\n', ", ")).collect();
    let title = escape(&format!("{}: {} tests", all.join(" / "), look.tests));
    write!(out, r#"<g class="edge {class}{way}"><title>{title}</title>"#)?;
    write!(
        out,
        r#"<path d="{}" stroke-width="{}.{}" marker-end="url(#to-{marker})"/>"#,
        path(&arrow.points),
        weight / 10,
        weight % 10
    )?;
    let (x, y) = arrow.caption;
    write_lines(out, &caption(&edge.labels), x, y)?;
    writeln!(out, "</g>")
}

/// A smooth line through points, upright at each of them; one back to the same box leaves it on the right.
fn path(points: &[(i64, i64)]) -> String {
    if let [(x, y), (out, _), (end_x, end_y)] = points
        && x == end_x
    {
        let out = out + (out - x) / 3;
        return format!("M{x} {y}C{out} {y} {out} {end_y} {end_x} {end_y}");
    }
    let mut path = String::new();
    for (at, (x, y)) in points.iter().enumerate() {
        match at.checked_sub(1).and_then(|before| points.get(before)) {
            None => path.push_str(&format!("M{x} {y}")),
            Some((from_x, from_y)) => {
                let middle = (from_y + y) / 2;
                path.push_str(&format!("C{from_x} {middle} {x} {middle} {x} {y}"));
            }
        }
    }
    path
}

fn write_lines(out: &mut String, lines: &[String], x: i64, y: i64) -> std::fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    let first = y - (count(lines.len()) - 1) * LINE / 2 + 4;
    for (line, number) in lines.iter().zip(0..) {
        write!(out, r#"<text x="{x}" y="{}">{}</text>"#, first + number * LINE, escape(line))?;
    }
    Ok(())
}

fn look(coverage: &Coverage, edge: &Edge, failing: &BTreeSet<&str>) -> Look {
    let statements = edge.elements.iter().filter_map(|element| {
        let at = coverage.statements.binary_search_by_key(element, |statement| statement.element).ok()?;
        coverage.statements.get(at)
    });
    let mut look = Look { tests: 0, fails: false };
    for statement in statements {
        look.tests += statement.tests;
        look.fails |= failing.contains(statement.path.as_str());
    }
    look
}

fn size(node: &Node) -> Size {
    match node.shape {
        Shape::Begin => Size { width: 16, height: 16 },
        Shape::Parting => Size { width: 18, height: 18 },
        _ => {
            let lines = wrapped(&node.label);
            let text = text_size(&lines);
            Size { width: (text.width + 2 * PADDING).max(48), height: text.height + PADDING }
        }
    }
}

fn caption_size(labels: &[String]) -> Size {
    text_size(&caption(labels))
}

/// The lines of a caption: each label in one, and what is too much is in the tooltip only.
fn caption(labels: &[String]) -> Vec<String> {
    let mut lines: Vec<_> = labels.iter().flat_map(|label| label.split(['\n', '␊'])).map(shortened).collect();
    if lines.len() > LINES {
        lines.truncate(LINES - 1);
        lines.push("…".to_owned());
    }
    lines
}

/// A label in lines of its words.
fn wrapped(label: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in label.split_whitespace() {
        match lines.last_mut() {
            Some(line) if columns(line) + columns(word) < COLUMNS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(shortened(word)),
        }
    }
    if lines.len() > LINES {
        lines.truncate(LINES - 1);
        lines.push("…".to_owned());
    }
    lines
}

fn shortened(text: &str) -> String {
    if columns(text) <= COLUMNS {
        return text.to_owned();
    }
    let mut taken = 0;
    let kept = text.chars().take_while(|sign| {
        taken += column(*sign);
        taken < COLUMNS
    });
    kept.collect::<String>() + "…"
}

fn text_size(lines: &[String]) -> Size {
    let widest = lines.iter().map(|line| columns(line)).max().unwrap_or(0);
    Size { width: count(widest) * 7, height: count(lines.len()) * LINE }
}

fn columns(text: &str) -> usize {
    text.chars().map(column).sum()
}

/// A sign of Chinese is as wide as two others.
fn column(sign: char) -> usize {
    if sign >= '\u{1100}' { 2 } else { 1 }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn shape_class(shape: Shape) -> &'static str {
    match shape {
        Shape::Success => "success",
        Shape::Failure => "failure",
        Shape::Handover => "handover",
        Shape::Elsewhere => "elsewhere",
        Shape::Begin | Shape::Step | Shape::Parting | Shape::Asked => "step",
    }
}
