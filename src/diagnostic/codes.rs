//! Every code there is, in one table: its identifier, how bad it is and its explanation.
//!
//! An explanation is a Markdown file in `explanations/`: a title, why it matters, a `flow bad` example that gives this
//! code and a `flow good` example that gives nothing; the tests compile both.

use super::Severity;

/// A stable code such as `F0203`.
#[derive(Debug, Clone, Copy)]
pub struct Code(&'static Row);

#[derive(Debug)]
struct Row {
    id: &'static str,
    severity: Severity,
    explanation: &'static str,
}

impl Code {
    /// The identifier, `F` and four digits.
    pub fn id(self) -> &'static str {
        self.0.id
    }

    /// How bad a finding with this code is.
    pub fn severity(self) -> Severity {
        self.0.severity
    }

    /// What `flowspec explain` shows, in Markdown.
    pub fn explanation(self) -> &'static str {
        self.0.explanation
    }

    /// The first line of the explanation, without its mark.
    pub fn title(self) -> &'static str {
        self.0.explanation.lines().next().unwrap_or_default().trim_start_matches("# ")
    }

    /// The code with this identifier, in any case of its letter.
    pub fn find(id: &str) -> Option<Self> {
        ALL.iter().copied().find(|code| code.id().eq_ignore_ascii_case(id))
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for Code {}

macro_rules! codes {
    ($($name:ident = $id:literal $severity:ident;)*) => {
        $(
            #[doc = concat!("`", $id, "`; `explanations/", $id, ".md` explains it.")]
            pub const $name: Code = Code(&Row {
                id: $id,
                severity: Severity::$severity,
                explanation: include_str!(concat!("explanations/", $id, ".md")),
            });
        )*

        /// Every code, in the order of the identifiers.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

// F00 files · F01 syntax · F02 names and types · F03 steps and branches · F04 limits and time · F05 sources and texts
// F06 scenarios and rules · F09 not supported yet
codes! {
    NOT_UTF8 = "F0001" Error;
    TOO_LARGE = "F0002" Error;
    UNREADABLE_SYNTAX = "F0101" Error;
    MISSING_LANGUAGE = "F0102" Error;
    UNKNOWN_KEYWORD = "F0103" Error;
    MISSING_BRACE = "F0104" Error;
    STRAY_BRACE = "F0105" Error;
    BRACE_WITHOUT_STATEMENT = "F0106" Error;
    TWO_STATEMENTS = "F0107" Error;
    WRONG_ORDER = "F0108" Error;
    WRONG_SYMBOL = "F0109" Error;
    WRONG_COMMENT = "F0110" Error;
    WRONG_QUOTES = "F0111" Error;
    UNKNOWN_ESCAPE = "F0112" Error;
    WRONG_NAME = "F0113" Error;
    WRONG_UNIT = "F0114" Error;
    TOO_DEEP = "F0115" Error;
    INVISIBLE_CHARACTER = "F0116" Error;
    NUMBER_TOO_LARGE = "F0117" Error;
    AMBIGUOUS_EXPRESSION = "F0118" Error;
    TOO_MANY_MISTAKES = "F0119" Error;
    SOMETHING_MISSING = "F0120" Error;
    UNKNOWN_VERSION = "F0121" Error;
    SOMETHING_EXTRA = "F0122" Error;
}
