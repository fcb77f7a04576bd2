//! Gaps, overlaps and branches that never happen, in random branches beside all values tried one by one, and in tables
//! of rules of the kind that business users write.

use std::fs;
use std::path::Path;

use flowspec::diagnostic::Diagnostic;
use flowspec::diagnostic::terminal::Terminal;
use flowspec::source::{Source, Sources};
use flowspec::{compile, syntax};
use proptest::prelude::*;

fn findings(name: &str, text: &str) -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let id = sources.add(Source::new(name, text));
    let parsed = syntax::parse(sources.get(id), id);
    let compiled = compile(&sources, &[parsed]);
    (sources, compiled.diagnostics)
}

/// The fields that random conditions read, each with all that it can be.
const DECLARATIONS: &str = "\
type Small int {
  range 0..4
}
type Tiny int {
  range 0..2
}
type Even int {
  range 0..4
  multiple of 2
}
type Kind word {
  member a
  member b
  member c
}
";

const FIELDS: &str = "\
      field x: Small
      field y: Tiny
      field e: Even
      field k: Kind
      field l: Kind
      field f: bool
      field m: Kind when f
      field s: set of Kind
      field o?: Small
";

/// A case: a value for each field.
#[derive(Debug, Clone)]
struct Case {
    x: i64,
    y: i64,
    e: i64,
    k: u8,
    l: u8,
    m: Option<u8>,
    f: bool,
    s: u8,
    o: Option<i64>,
}

/// A condition, as text and as what it says of a case.
#[derive(Debug, Clone)]
enum Condition {
    Less(Sum, Sum),
    Equal(Sum, Sum),
    Word(usize, u8),
    SameWords(usize, usize),
    Flag,
    In(u8),
    KindIn,
    Empty,
    Optional(Box<Condition>),
    Missing,
    /// What another was replaced by.
    Always(bool),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// Values with factors, and a constant.
#[derive(Debug, Clone)]
struct Sum {
    terms: Vec<(usize, i64)>,
    constant: i64,
}

const NUMBERS: [&str; 4] = ["x", "y", "e", "number s"];
const WORDS: [&str; 3] = ["k", "l", "m"];
const KINDS: [&str; 3] = ["a", "b", "c"];

impl Sum {
    fn text(&self) -> String {
        let terms = self.terms.iter().map(|(number, factor)| {
            let name = NUMBERS[*number];
            if *factor == 1 { name.to_owned() } else { format!("{name} * {factor}") }
        });
        terms.chain([self.constant.to_string()]).collect::<Vec<_>>().join(" + ")
    }

    fn value(&self, case: &Case) -> i64 {
        let number = |number: usize| [case.x, case.y, case.e, i64::from(case.s.count_ones())][number];
        self.terms.iter().map(|(of, factor)| number(*of) * factor).sum::<i64>() + self.constant
    }
}

impl Condition {
    fn text(&self) -> String {
        match self {
            Self::Less(left, right) => format!("{} < {}", left.text(), right.text()),
            Self::Equal(left, right) => format!("{} == {}", left.text(), right.text()),
            Self::Word(word, kind) => format!("{} == {}", WORDS[*word], KINDS[usize::from(*kind)]),
            Self::SameWords(one, other) => format!("{} == {}", WORDS[*one], WORDS[*other]),
            Self::Flag => "f".into(),
            Self::In(kind) => format!("{} in s", KINDS[usize::from(*kind)]),
            Self::KindIn => "k in s".into(),
            Self::Empty => "s is empty".into(),
            Self::Optional(inner) => format!("o is set and ({})", inner.text().replace('x', "o")),
            Self::Missing => "o is missing".into(),
            Self::Always(truth) => truth.to_string(),
            Self::Not(inner) => format!("not ({})", inner.text()),
            Self::All(parts) => joined(parts, " and "),
            Self::Any(parts) => joined(parts, " or "),
        }
    }

    fn holds(&self, case: &Case) -> bool {
        let word = |word: usize| [Some(case.k), Some(case.l), case.m][word];
        match self {
            Self::Less(left, right) => left.value(case) < right.value(case),
            Self::Equal(left, right) => left.value(case) == right.value(case),
            Self::Word(of, kind) => word(*of) == Some(*kind),
            Self::SameWords(one, other) => word(*one).is_some() && word(*one) == word(*other),
            Self::Flag => case.f,
            Self::In(kind) => case.s & (1 << kind) != 0,
            Self::KindIn => case.s & (1 << case.k) != 0,
            Self::Empty => case.s == 0,
            Self::Optional(inner) => case.o.is_some_and(|o| inner.holds(&Case { x: o, ..case.clone() })),
            Self::Missing => case.o.is_none(),
            Self::Always(truth) => *truth,
            Self::Not(inner) => !inner.holds(case),
            Self::All(parts) => parts.iter().all(|part| part.holds(case)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(case)),
        }
    }
}

impl Condition {
    /// Itself with one of the conditions that it is joined of replaced, counted in the order of the text. That a value
    /// is set is not counted: it guards what is read beside it.
    fn with(&self, number: usize, truth: bool, count: &mut usize) -> Self {
        let mut parts = |parts: &[Self]| parts.iter().map(|part| part.with(number, truth, count)).collect();
        match self {
            Self::All(all) => Self::All(parts(all)),
            Self::Any(any) => Self::Any(parts(any)),
            Self::Not(inner) => Self::Not(inner.with(number, truth, count).into()),
            Self::Optional(inner) => Self::Optional(inner.with(number, truth, count).into()),
            Self::Missing => Self::Missing,
            leaf => {
                *count += 1;
                if *count == number + 1 { Self::Always(truth) } else { leaf.clone() }
            }
        }
    }

    /// Whether one of the conditions that it is joined of makes no difference in any case.
    fn has_a_part_that_decides_nothing(&self, cases: &[Case]) -> bool {
        let mut count = 0;
        self.with(usize::MAX - 1, true, &mut count);
        let joined = !matches!(self.without_not(), Self::All(_) | Self::Any(_) | Self::Optional(_));
        !joined
            && (0..count).any(|number| {
                [true, false].into_iter().any(|truth| {
                    let changed = self.with(number, truth, &mut 0);
                    cases.iter().all(|case| changed.holds(case) == self.holds(case))
                })
            })
    }

    fn without_not(&self) -> &Self {
        if let Self::Not(inner) = self { inner.without_not() } else { self }
    }
}

fn joined(parts: &[Condition], word: &str) -> String {
    let parts: Vec<String> = parts.iter().map(|part| format!("({})", part.text())).collect();
    parts.join(word)
}

fn sum() -> impl Strategy<Value = Sum> {
    (proptest::collection::vec((0..4_usize, 1..3_i64), 0..3), -3..7_i64)
        .prop_map(|(terms, constant)| Sum { terms, constant: constant.max(0) })
}

fn condition() -> impl Strategy<Value = Condition> {
    let only_x = (0..5_i64).prop_map(|bound| {
        let x = Sum { terms: vec![(0, 1)], constant: 0 };
        Condition::Less(x, Sum { terms: Vec::new(), constant: bound })
    });
    let leaf = prop_oneof![
        (sum(), sum()).prop_map(|(left, right)| Condition::Less(left, right)),
        (sum(), sum()).prop_map(|(left, right)| Condition::Equal(left, right)),
        (0..3_usize, 0..3_u8).prop_map(|(word, kind)| Condition::Word(word, kind)),
        (0..3_usize, 0..3_usize).prop_map(|(one, other)| Condition::SameWords(one, other)),
        Just(Condition::Flag),
        (0..3_u8).prop_map(Condition::In),
        Just(Condition::KindIn),
        Just(Condition::Empty),
        only_x.prop_map(|inner| Condition::Optional(inner.into())),
        Just(Condition::Missing),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| Condition::Not(inner.into())),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Condition::All),
            proptest::collection::vec(inner, 2..4).prop_map(Condition::Any),
        ]
    })
}

/// Every case that there is.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let optional: Vec<Option<i64>> = (0..=4).map(Some).chain([None]).collect();
    for x in 0..=4 {
        for y in 0..=2 {
            for e in [0, 2, 4] {
                for words in 0..9 {
                    for m in 0..4 {
                        for s in 0..8 {
                            for o in &optional {
                                let (f, m) = (m < 3, (m < 3).then_some(m));
                                let (k, l) = (words % 3, words / 3);
                                cases.push(Case { x, y, e, k, l, m, f, s, o: *o });
                            }
                        }
                    }
                }
            }
        }
    }
    cases
}

fn spec(conditions: &[Condition]) -> String {
    let branches: String =
        conditions.iter().map(|condition| format!("      when {} stay\n", condition.text())).collect();
    format!(
        "language 1\n{DECLARATIONS}flow random {{\n  start -> here\n  step here {{\n    on leave -> gone\n    on judge \
         {{\n{FIELDS}{branches}    }}\n  }}\n  end gone success\n}}\n"
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_said_of_branches_is_what_trying_every_case_shows(
        conditions in proptest::collection::vec(condition(), 1..4)
    ) {
        let text = spec(&conditions);
        let (sources, found) = findings("random.flow", &text);
        let shown: String = found.iter().map(|finding| Terminal::plain().render(finding, &sources)).collect();
        let broken = found.iter().any(|finding| finding.code.id() < "F03");
        prop_assume!(!broken || found.iter().all(|finding| finding.code.id() == "F0218"));
        let count = |code: &str| found.iter().filter(|finding| finding.code.id() == code).count();
        let (mut gap, mut held, mut overlapped) =
            (false, vec![false; conditions.len()], vec![false; conditions.len()]);
        let all = cases();
        for case in &all {
            let holding: Vec<usize> =
                (0..conditions.len()).filter(|index| conditions[*index].holds(case)).collect();
            gap |= holding.is_empty();
            holding.iter().for_each(|index| held[*index] = true);
            holding.iter().skip(1).for_each(|index| overlapped[*index] = true);
        }
        let expected = |truths: &[bool], wanted: bool| truths.iter().filter(|truth| **truth == wanted).count();
        prop_assert_eq!(count("F0312") > 0, gap, "gap\n{}\n{}", text, shown);
        prop_assert_eq!(count("F0311"), expected(&overlapped, true), "overlaps\n{}\n{}", text, shown);
        prop_assert_eq!(count("F0320"), expected(&held, false), "never\n{}\n{}", text, shown);
        if !broken {
            let useless = (0..conditions.len())
                .filter(|index| held[*index] && conditions[*index].has_a_part_that_decides_nothing(&all));
            prop_assert_eq!(count("F0330"), useless.count(), "decides nothing\n{}\n{}", text, shown);
        }
        prop_assert_eq!(count("F0313"), 0, "all is decided\n{}\n{}", text, shown);
    }
}

#[path = "../benches/made_up/table.rs"]
mod made_up;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_large_table_is_decided_and_mended(seed in any::<u64>(), rules in 100..400_usize, slip in 0..100_usize) {
        let table = made_up::Table::new(rules, seed);
        let codes = |found: &[Diagnostic]| found.iter().map(|finding| finding.code.id()).collect::<Vec<_>>();
        let sound = table.text(|_| 1);
        let (_, found) = findings("sound.flow", &sound);
        prop_assert!(found.is_empty(), "{:?}\n{}", codes(&found), sound);
        for (times, code) in [(0, "F0312"), (2, "F0311")] {
            let text = table.text(|rule| if rule == slip { times } else { 1 });
            let (_, found) = findings("slip.flow", &text);
            prop_assert_eq!(codes(&found), [code], "{}", text);
            let edit = found[0].helps[0].edit.clone().unwrap();
            let mut mended = text;
            mended.replace_range(edit.location.span.start as usize..edit.location.span.end as usize, &edit.text);
            let (_, found) = findings("mended.flow", &mended);
            prop_assert!(found.is_empty(), "{:?}\n{}", codes(&found), mended);
        }
    }
}

#[test]
fn each_gap_and_each_overlap_of_a_table_of_rules_is_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables");
    let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "flow"));
    paths.sort();
    assert!(paths.len() >= 8);
    for path in paths {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let (sources, found) = findings(&format!("{name}.flow"), &text);
        let shown: String =
            found.iter().map(|finding| Terminal::plain().render(finding, &sources) + "\n").collect();
        // The first line says how much is wrong: `// gaps: a case, another; overlaps: 1`.
        let expected = text.lines().next().unwrap().trim_start_matches("// ");
        let gaps: usize = found
            .iter()
            .filter(|finding| finding.code.id() == "F0312")
            .map(|finding| 1 + finding.notes.iter().filter(|note| note.starts_with("nor when")).count())
            .sum();
        let overlaps = found.iter().filter(|finding| finding.code.id() == "F0311").count();
        assert_eq!(format!("gaps: {gaps}, overlaps: {overlaps}"), expected, "{name}\n{shown}");
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name, shown));
    }
}
