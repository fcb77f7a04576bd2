//! Tables of rules that are made up: cases divided at random fields and values, as one does by hand.

use std::fmt::Write as _;

/// A small generator of numbers, the same at each run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Bounds for each of ten fields: six of numbers, two of words, two of truth values.
type Rule = [(u64, u64); 10];

const WHOLE: Rule =
    [(0, 9_999), (0, 9_999), (0, 9_999), (0, 9_999), (0, 9_999), (0, 9_999), (0, 7), (0, 7), (0, 1), (0, 1)];

/// Rules of which exactly one holds, whatever comes.
pub(crate) struct Table(Vec<Rule>);

impl Table {
    /// Made by so many divisions of all cases; nothing of their order is left.
    pub(crate) fn new(rules: usize, seed: u64) -> Self {
        let mut random = Random(seed);
        let mut table = vec![WHOLE];
        while table.len() < rules {
            let place = random.below(table.len() as u64) as usize;
            let field = random.below(10) as usize;
            let (low, high) = table[place][field];
            if low < high {
                let cut = low + random.below(high - low);
                let mut other = table[place];
                table[place][field] = (low, cut);
                other[field] = (cut + 1, high);
                table.push(other);
            }
        }
        for place in (1..table.len()).rev() {
            table.swap(place, random.below(place as u64 + 1) as usize);
        }
        Self(table)
    }

    /// A flow in which each rule stands so many times.
    pub(crate) fn text(&self, times: impl Fn(usize) -> usize) -> String {
        let words = "a\n  member b\n  member c\n  member d\n  member e\n  member f\n  member g\n  member h";
        let mut text = format!(
            "language 1\ntype N int {{\n  range 0..9999\n}}\ntype W word {{\n  member {words}\n}}\nflow table {{\n  \
             start -> form\n  step form {{\n    on decide {{\n"
        );
        for field in 0..10 {
            let kind = if field < 6 {
                "N"
            } else if field < 8 {
                "W"
            } else {
                "bool"
            };
            let _ = writeln!(text, "      field f{field}: {kind}");
        }
        for (number, rule) in self.0.iter().enumerate() {
            for _ in 0..times(number) {
                let _ = writeln!(text, "      when {} -> done", condition(rule));
            }
        }
        text.push_str("    }\n  }\n  end done success\n}\n");
        text
    }
}

fn condition(rule: &Rule) -> String {
    let mut parts = Vec::new();
    for (field, ((low, high), (least, greatest))) in rule.iter().zip(&WHOLE).enumerate() {
        if (low, high) == (least, greatest) {
            continue;
        }
        match field {
            0..6 => {
                parts.extend((low > least).then(|| format!("f{field} >= {low}")));
                parts.extend((high < greatest).then(|| format!("f{field} <= {high}")));
            }
            6..8 => {
                let word = |word: u64| char::from(b'a' + word as u8);
                let words: Vec<String> =
                    (*low..=*high).map(|each| format!("f{field} == {}", word(each))).collect();
                parts.push(format!("({})", words.join(" or ")));
            }
            _ => parts.push(if *low == 1 { format!("f{field}") } else { format!("not f{field}") }),
        }
    }
    if parts.is_empty() { "true".into() } else { parts.join(" and ") }
}
