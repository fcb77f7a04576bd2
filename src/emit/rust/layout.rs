//! Rust code laid out as rustfmt lays it out: on one line where it fits, otherwise broken at its outermost parts.

/// How wide a line may be (`rustfmt.toml`).
const WIDTH: usize = 110;

/// A piece of code.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Code {
    /// Text without a line break.
    Text(String),
    /// A local that is handed over: it is moved where nothing reads it later, and cloned otherwise.
    Owned(String),
    /// One after another.
    All(Vec<Code>),
    /// On one line if it fits; otherwise every break within, but not within groups of its own, is a new line.
    Group(Vec<Code>),
    /// Four spaces further in where it is broken.
    Nest(Vec<Code>),
    /// A new line where the group around is broken, otherwise the text.
    Break(&'static str),
    /// Text that stands only where the group around is broken.
    Broken(&'static str),
    /// `left = right`, with what stands behind it; the right side goes to the next line where it then fits on one.
    Assign(Box<[Code; 3]>),
    /// `pattern => expression,`; the expression goes between braces where it then fits on one line.
    Arm(String, Box<Code>),
}

impl From<&str> for Code {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Code {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Pieces one after another.
macro_rules! code {
    ($($piece:expr),* $(,)?) => { Code::All(vec![$(Code::from($piece)),*]) };
}
pub(super) use code;

impl Code {
    /// `head(a, b)`, or an argument a line.
    pub(super) fn call(head: impl Into<Code>, arguments: Vec<Code>) -> Self {
        if arguments.is_empty() {
            return code![head.into(), "()"];
        }
        if let [only] = arguments.as_slice()
            && only.has_brackets()
        {
            // An only argument that has brackets of its own is broken within them.
            return code![head.into(), "(", only.clone(), ")"];
        }
        Self::Group(vec![head.into(), "(".into(), Self::listed(arguments, ""), ")".into()])
    }

    /// Whether it is broken within brackets of its own.
    fn has_brackets(&self) -> bool {
        match self {
            Self::Group(parts) => Self::is_bracketed(parts),
            Self::All(pieces) => match pieces.as_slice() {
                [Self::Group(parts), Self::Text(end)] => end == "?" && Self::is_bracketed(parts),
                // Around something that is broken within brackets of its own.
                [.., inner, Self::Text(end)] if matches!(end.as_str(), ")" | "]") => inner.has_brackets(),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a group ends with the bracket that it is broken within.
    fn is_bracketed(parts: &[Code]) -> bool {
        matches!(parts.last(), Some(Self::Text(end)) if matches!(end.as_str(), ")" | "}" | "]"))
    }

    /// `head.a().b()`, or a call a line.
    pub(super) fn chain(head: Code, calls: Vec<Code>) -> Self {
        let calls = calls.into_iter().flat_map(|call| [Self::Break(""), call]).collect();
        Self::Group(vec![head, Self::Nest(calls)])
    }

    /// `Head { a, b }`, or a field a line.
    pub(super) fn literal(head: impl Into<Code>, fields: Vec<Code>) -> Self {
        Self::Group(vec![head.into(), " {".into(), Self::listed(fields, " "), "}".into()])
    }

    /// `&[a, b]`, or an item a line.
    pub(super) fn slice(items: Vec<Code>) -> Self {
        if let [only] = items.as_slice()
            && only.has_brackets()
        {
            return code!["&[", only.clone(), "]"];
        }
        Self::Group(vec!["&[".into(), Self::items(items), "]".into()])
    }

    /// `a, b`, or an item a line, between brackets of the caller's.
    pub(super) fn items(items: Vec<Code>) -> Self {
        if items.is_empty() { Self::All(Vec::new()) } else { Self::listed(items, "") }
    }

    fn listed(items: Vec<Code>, space: &'static str) -> Self {
        let last = items.len().saturating_sub(1);
        let mut nested = vec![Self::Break(space)];
        for (index, item) in items.into_iter().enumerate() {
            let base = matches!(&item, Self::Text(text) if text.starts_with(".."));
            nested.push(item);
            if index < last {
                nested.extend([",".into(), Self::Break(" ")]);
            } else if !base {
                nested.push(Self::Broken(","));
            }
        }
        code![Self::Nest(nested), Self::Break(space)]
    }

    /// `a && b`, or an operand a line, the operator before it.
    pub(super) fn joined(operator: &str, operands: Vec<Code>) -> Self {
        let mut operands = operands.into_iter();
        let first = operands.next().unwrap_or_else(|| "true".into());
        let rest = operands.flat_map(|operand| [Self::Break(" "), format!("{operator} ").into(), operand]);
        Self::Group(vec![first, Self::Nest(rest.collect())])
    }

    /// `left = right`, then `end`.
    pub(super) fn assign(left: impl Into<Code>, right: impl Into<Code>, end: &str) -> Self {
        Self::Assign(Box::new([left.into(), right.into(), end.into()]))
    }

    /// `pattern => expression,`, the expression in braces where it does not fit.
    pub(super) fn arm(pattern: &str, expression: Code) -> Self {
        Self::Arm(format!("{pattern} => "), Box::new(expression))
    }

    /// `if condition {`, the brace on a line of its own where the condition is broken.
    pub(super) fn condition(head: &str, condition: Code) -> Self {
        match condition {
            Self::Group(parts) if !Self::is_bracketed(&parts) => {
                Self::Group(vec![head.into(), Self::All(parts), Self::Break(" "), "{".into()])
            }
            condition => code![head, condition, " {"],
        }
    }

    /// Every place that is handed over, from the last to the first: moved where it was not in `later` yet.
    pub(super) fn settle(&mut self, later: &mut Vec<String>) {
        match self {
            Self::Owned(place) => {
                let moved = !later.iter().any(|text| mentions(text, place));
                later.push(place.clone());
                *self = Self::Text(if moved { place.clone() } else { format!("{place}.clone()") });
            }
            Self::All(pieces) | Self::Group(pieces) | Self::Nest(pieces) => {
                pieces.iter_mut().rev().for_each(|piece| piece.settle(later));
            }
            Self::Assign(parts) => parts.iter_mut().rev().for_each(|piece| piece.settle(later)),
            Self::Arm(_, expression) => expression.settle(later),
            Self::Text(text) => later.push(text.clone()),
            Self::Break(_) | Self::Broken(_) => {}
        }
    }

    /// The code as lines that begin at a column.
    pub(super) fn print(&self, column: usize) -> String {
        let mut printer = Printer { out: String::new(), column };
        printer.print(self, column, false, 0);
        printer.out
    }

    /// Whether a new line begins with it where the group around is broken.
    fn breaks(&self) -> bool {
        match self {
            Self::Break(_) => true,
            Self::All(pieces) | Self::Nest(pieces) => pieces.first().is_some_and(Self::breaks),
            _ => false,
        }
    }

    /// Whether it begins with a text, however it is laid out.
    pub(super) fn starts_with(&self, start: &str) -> bool {
        match self {
            Self::Text(text) | Self::Owned(text) => text.starts_with(start),
            Self::All(pieces) | Self::Group(pieces) | Self::Nest(pieces) => {
                pieces.first().is_some_and(|piece| piece.starts_with(start))
            }
            Self::Assign(parts) => parts[0].starts_with(start),
            Self::Arm(pattern, _) => pattern.starts_with(start),
            Self::Break(_) | Self::Broken(_) => false,
        }
    }

    /// Whether it ends with a question mark.
    fn is_tried(&self) -> bool {
        matches!(self, Self::All(pieces) if matches!(pieces.last(), Some(Self::Text(end)) if end == "?"))
    }

    /// How wide it is on one line.
    fn width(&self) -> usize {
        match self {
            Self::Text(text) | Self::Owned(text) => columns(text),
            Self::All(pieces) | Self::Group(pieces) | Self::Nest(pieces) => {
                pieces.iter().map(Self::width).sum()
            }
            Self::Assign(parts) => parts.iter().map(Self::width).sum::<usize>() + " = ".len(),
            Self::Arm(pattern, expression) => pattern.chars().count() + expression.width() + 1,
            Self::Break(space) => space.len(),
            Self::Broken(_) => 0,
        }
    }
}

/// Whether a text names a place, and not only one whose name begins like it.
fn mentions(text: &str, place: &str) -> bool {
    text.match_indices(place).any(|(at, _)| {
        let continues = |c: char| c.is_ascii_alphanumeric() || c == '_';
        !text[at + place.len()..].starts_with(continues)
            && !text[..at].ends_with(|c: char| continues(c) || c == '.')
    })
}

/// How many characters a text has.
fn columns(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

struct Printer {
    out: String,
    column: usize,
}

impl Printer {
    /// Prints a piece; `behind` is how much more stands on its last line.
    fn print(&mut self, code: &Code, indent: usize, broken: bool, behind: usize) {
        match code {
            Code::Text(text) | Code::Owned(text) => self.text(text),
            Code::All(pieces) => self.pieces(pieces, indent, broken, behind),
            Code::Group(pieces) => {
                let broken = self.column + code.width() + behind > WIDTH;
                self.pieces(pieces, indent, broken, behind);
            }
            Code::Nest(pieces) => self.pieces(pieces, indent + if broken { 4 } else { 0 }, broken, behind),
            Code::Arm(pattern, expression) => self.arm(pattern, expression, indent),
            Code::Assign(parts) => self.assign(parts, indent, behind),
            Code::Break(_) if broken => self.line(indent),
            Code::Break(space) => self.text(space),
            Code::Broken(text) if broken => self.text(text),
            Code::Broken(_) => {}
        }
    }

    fn pieces(&mut self, pieces: &[Code], indent: usize, broken: bool, behind: usize) {
        // How much more stands on the last line of each, worked out from the last to the first.
        let mut behinds = vec![behind; pieces.len()];
        for index in (1..pieces.len()).rev() {
            let next = &pieces[index];
            behinds[index - 1] = if broken && next.breaks() { 0 } else { next.width() + behinds[index] };
        }
        for (piece, behind) in pieces.iter().zip(behinds) {
            self.print(piece, indent, broken, behind);
        }
    }

    fn assign(&mut self, [left, right, end]: &[Code; 3], indent: usize, behind: usize) {
        let behind = behind + end.width();
        self.print(left, indent, false, 2);
        self.text(" =");
        let next = indent + 4 + right.width() + behind <= WIDTH;
        // Rustfmt leaves two columns free behind what ends with a question mark, but not on the next line.
        let free = if right.is_tried() { 2 } else { 0 };
        if next && self.column + 1 + right.width() + behind + free > WIDTH {
            self.line(indent + 4);
        } else {
            self.text(" ");
        }
        self.print(right, indent, false, behind);
        self.print(end, indent, false, 0);
    }

    fn arm(&mut self, pattern: &str, expression: &Code, indent: usize) {
        self.text(pattern);
        let fits = |column: usize, behind| column + expression.width() + behind <= WIDTH;
        if !fits(self.column, 1) && fits(indent + 4, 0) {
            self.text("{");
            self.line(indent + 4);
            self.print(expression, indent + 4, false, 0);
            self.line(indent);
            self.text("}");
        } else {
            self.print(expression, indent, false, 1);
            self.text(",");
        }
    }

    fn line(&mut self, indent: usize) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', indent));
        self.column = indent;
    }

    fn text(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += columns(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_broken_at_its_outermost_parts() {
        let argument = || Code::from("a".repeat(50));
        let call = Code::call("call", vec![argument(), Code::call("inner", vec!["b".into()]), argument()]);
        let broken = format!("call(\n    {0},\n    inner(b),\n    {0},\n)", "a".repeat(50));
        assert_eq!(call.print(0), broken);
        assert_eq!(Code::call("call", vec!["a".into(), "b".into()]).print(0), "call(a, b)");
    }

    #[test]
    fn a_condition_that_is_broken_has_its_brace_on_a_line_of_its_own() {
        let side = || Code::from("a".repeat(60));
        let condition = Code::condition("if ", Code::joined("&&", vec![side(), side()]));
        assert_eq!(condition.print(0), format!("if {0}\n    && {0}\n{{", "a".repeat(60)));
    }

    #[test]
    fn what_is_read_later_is_cloned_and_the_last_is_moved() {
        let mut code = code![
            Code::Owned("next.phone".into()),
            ", ",
            "next.phone_number",
            Code::Owned("next.phone".into())
        ];
        code.settle(&mut Vec::new());
        assert_eq!(code.print(0), "next.phone.clone(), next.phone_numbernext.phone");
    }
}
