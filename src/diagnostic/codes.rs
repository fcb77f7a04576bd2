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
// F06 scenarios and rules · F08 machines of other tools · F09 not supported yet
codes! {
    NOT_UTF8 = "F0001" Error;
    TOO_LARGE = "F0002" Error;
    FACTS_NOT_FOUND = "F0003" Error;
    FLOW_TOO_LARGE = "F0004" Error;
    STALE_FACT = "F0005" Warning;
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
    UNKNOWN_NAME = "F0201" Error;
    UNKNOWN_TYPE = "F0202" Error;
    DUPLICATE_NAME = "F0203" Error;
    AMBIGUOUS_NAME = "F0204" Error;
    WRONG_TYPE = "F0205" Error;
    DIFFERENT_FIELDS = "F0206" Error;
    MAY_BE_UNSET = "F0207" Error;
    UNKNOWN_DECLARATION = "F0208" Error;
    UNKNOWN_USE = "F0209" Error;
    NOT_CONSTANT = "F0210" Error;
    NOT_ADMITTED = "F0211" Error;
    MISFIT_CONSTRAINT = "F0212" Error;
    NOT_A_TARGET = "F0213" Error;
    UNKNOWN_KEY = "F0214" Error;
    KEY_DIFFERS = "F0215" Error;
    WRONG_ACTOR = "F0216" Error;
    UNUSED_DECLARATION = "F0217" Warning;
    UNUSED_VALUE = "F0218" Warning;
    UNKNOWN_STEP = "F0301" Error;
    MISPLACED = "F0302" Error;
    NO_START = "F0303" Error;
    TWO_HANDLERS = "F0304" Error;
    UNREACHABLE_STEP = "F0305" Error;
    DEAD_END = "F0306" Error;
    TO_ITSELF = "F0307" Error;
    NO_OUTCOME = "F0308" Error;
    OUTCOME_AND_BRANCHES = "F0309" Error;
    TWO_OTHERWISE = "F0310" Error;
    OVERLAPPING_BRANCHES = "F0311" Error;
    MISSING_BRANCH = "F0312" Error;
    BRANCHES_NOT_SHOWN = "F0313" Error;
    SET_TWICE = "F0314" Error;
    NOTHING_TO_RESUME = "F0315" Error;
    FIXED_TWICE = "F0316" Error;
    NO_END = "F0317" Error;
    TOO_FEW_ALTERNATIVES = "F0318" Error;
    ROW_CHANGES = "F0319" Error;
    NEVER_HOLDS = "F0320" Warning;
    NEVER_ENTERED = "F0321" Warning;
    NEVER_TAKEN = "F0322" Warning;
    STRANDED = "F0323" Warning;
    SUCCESS_BY_FAILURE = "F0324" Warning;
    NEVER_DECIDES = "F0330" Warning;
    NO_CONSEQUENCE = "F0401" Error;
    NEVER_COUNTED = "F0402" Warning;
    RESET_AND_COUNT = "F0403" Error;
    TWO_AMOUNTS = "F0404" Error;
    NO_TIME = "F0405" Error;
    TIME_OUT_CYCLE = "F0406" Warning;
    ENDLESS_TIME_OUTS = "F0407" Error;
    NEVER_FULL = "F0408" Warning;
    NEVER_DUE = "F0409" Warning;
    UNLIMITED = "F0410" Warning;
    WAY_ROUND = "F0411" Warning;
    NO_MARK = "F0501" Error;
    MISSING_TRANSLATION = "F0502" Warning;
    TWO_TEXTS = "F0503" Error;
    USELESS_SILENCE = "F0510" Warning;
    NOT_SILENCED = "F0511" Error;
    UNKNOWN_EVENT = "F0601" Error;
    OVERLAPPING_RULES = "F0602" Error;
    EMPTY_JOURNEY = "F0603" Error;
    SCENARIO_FAILS = "F0604" Error;
    PROPERTY_FAILS = "F0605" Error;
    VACUOUS_PROPERTY = "F0606" Warning;
    NEVER_MET = "F0607" Warning;
    TOLD_APART = "F0608" Error;
    NOBODY_COMPLETES = "F0609" Warning;
    NEVER_SUPPLIED = "F0610" Warning;
    TWO_CALLS = "F0701" Error;
    CALL_CYCLE = "F0702" Error;
    MISSING_ARGUMENT = "F0703" Error;
    UNHANDLED_END = "F0704" Error;
    END_STAYS = "F0705" Error;
    READ_AT_ONCE = "F0706" Error;
    CASES_HERE = "F0707" Error;
    LIMIT_ENTERS = "F0708" Error;
    LIKE_ITSELF = "F0720" Error;
    NOTHING_TO_DO = "F0721" Error;
    NOT_DOT = "F0801" Error;
    NO_OUTPUT = "F0802" Error;
    NONDETERMINISTIC = "F0803" Error;
    PARTIAL = "F0804" Error;
}
