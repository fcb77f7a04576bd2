//! A case in the author's own terms: as values that one can imagine, and as a condition to paste.

use flowspec_runtime::Value;
use flowspec_runtime::time::write_date;

use super::{Dim, Guards, Meaning, Values, Word};
use crate::decide::{Part, Point, Relation};
use crate::model::{Expr, Kind, Rounding, duration};

/// A sum with the least and the most that it is said to be.
type Bounded = (Vec<(Dim, i128)>, Option<i128>, Option<i128>);

/// A case that conditions leave, or that two of them share.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) part: Part,
    /// A value of each dimension in it.
    pub(crate) values: Vec<Point>,
}

impl Case {
    /// Values that make it happen: `usual = false, methods = {}`.
    pub(crate) fn example(&self, guards: &Guards) -> String {
        let telling = Telling { case: self, guards };
        let mut parts: Vec<String> = Vec::new();
        for dim in guards.spoken_of(&self.part) {
            parts.extend(telling.example_of(dim).filter(|part| !parts.contains(part)));
        }
        if parts.is_empty() { "always".into() } else { parts.join(", ") }
    }

    /// The condition under which it happens, `not usual and methods is empty`; nothing where it cannot be written.
    pub(crate) fn condition(&self, guards: &Guards) -> Option<String> {
        let telling = Telling { case: self, guards };
        let mut parts: Vec<String> = Vec::new();
        for dim in guards.spoken_of(&self.part) {
            for part in telling.conditions_of(dim)? {
                if !parts.contains(&part) {
                    parts.push(part);
                }
            }
        }
        parts.extend(telling.relations()?);
        Some(if parts.is_empty() { "true".into() } else { parts.join(" and ") })
    }
}

/// A case with what its dimensions stand for.
struct Telling<'c, 'm> {
    case: &'c Case,
    guards: &'c Guards<'m>,
}

impl Telling<'_, '_> {
    fn meaning(&self, dim: Dim) -> &Meaning {
        &self.guards.meanings[dim.index()]
    }

    fn value(&self, dim: Dim) -> Point {
        self.case.values.get(dim.index()).copied().unwrap_or(Point::Unset)
    }

    fn constant(&self, word: Word) -> &Value {
        self.guards.words.get(word.0 as usize).unwrap_or(&Value::Unset)
    }

    fn example_of(&self, dim: Dim) -> Option<String> {
        let (place, name) = match self.meaning(dim) {
            Meaning::Member(set, _) | Meaning::OtherMembers(set) => return self.members_example(set),
            Meaning::Opaque(expr) => (expr, written(self.guards, expr)?),
            Meaning::Place(place) => (place, self.guards.name(place)),
        };
        let value = self.value(dim);
        if let Expr::RowExists(row) = place {
            let attribute = |dim: &Dim| match self.meaning(*dim) {
                Meaning::Place(Expr::Attribute { row: known, .. }) => {
                    known == row && self.value(*dim) != Point::Unset
                }
                _ => false,
            };
            let exists = matches!(value, Point::Word(word) if *self.constant(word) == Value::Bool(true));
            let told = exists && self.guards.spoken_of(&self.case.part).iter().any(attribute);
            return (!told).then(|| format!("{name} is {}", if exists { "set" } else { "missing" }));
        }
        match value {
            Point::Unset => Some(format!("{} is missing", self.guards.presence(place, name))),
            Point::Int(int) => Some(format!("{name} = {}", self.number(place, int))),
            Point::Word(_) if matches!(self.guards.kind(place), Some(Kind::Set { .. })) => {
                self.members_example(place)
            }
            Point::Word(word) => Some(format!("{name} = {}", self.text(place, word))),
            Point::Other(_) => Some(self.other_example(dim, &name)),
        }
    }

    /// Some text that is not named: what it equals, or what it does not.
    fn other_example(&self, dim: Dim, name: &str) -> String {
        for (relation, truth) in &self.case.part.relations {
            let Relation::Same(left, right) = self.guards.space.relation(*relation) else { continue };
            if *left != dim && *right != dim {
                continue;
            }
            let (left, right) = (self.dim_name(*left), self.dim_name(*right));
            return if *truth { format!("{left} = {right}") } else { format!("{left} differs from {right}") };
        }
        match &self.case.part.extents[dim.index()].values {
            Values::Except(words) if !words.is_empty() => {
                let words: Vec<String> = words.iter().map(|word| self.text_of(dim, *word)).collect();
                format!("{name} is something other than {}", words.join(", "))
            }
            _ => format!("{name} is set"),
        }
    }

    fn dim_name(&self, dim: Dim) -> String {
        match self.meaning(dim) {
            Meaning::Place(place) => self.guards.name(place),
            Meaning::Opaque(expr) => written(self.guards, expr).unwrap_or_else(|| "…".into()),
            Meaning::Member(set, word) => format!("{word} in {}", self.guards.name(set)),
            Meaning::OtherMembers(set) => format!("other words in {}", self.guards.name(set)),
        }
    }

    /// A set with its members: `methods = {card, face}`.
    fn members_example(&self, set: &Expr) -> Option<String> {
        let of_set = |dim: &usize| match &self.guards.meanings[*dim] {
            Meaning::Member(of, word) if of == set => Some(word.to_string()),
            Meaning::OtherMembers(of) if of == set => Some("…".into()),
            _ => None,
        };
        let present = (0..self.guards.meanings.len())
            .filter(|dim| matches!(self.case.values.get(*dim), Some(Point::Int(count)) if *count > 0));
        let words: Vec<String> = present.filter_map(|dim| of_set(&dim)).collect();
        Some(format!("{} = {{{}}}", self.guards.name(set), words.join(", ")))
    }

    /// What a condition says of a dimension; nothing where it cannot be written.
    fn conditions_of(&self, dim: Dim) -> Option<Vec<String>> {
        let extent = &self.case.part.extents[dim.index()];
        let full = self.guards.space.extent(dim);
        let place = match self.meaning(dim) {
            Meaning::Member(set, word) => return Some(self.member_conditions(set, word, dim)),
            Meaning::OtherMembers(_) if extent == full => return Some(Vec::new()),
            Meaning::OtherMembers(_) => return None,
            Meaning::Place(place) | Meaning::Opaque(place) => place,
        };
        let name = written(self.guards, place)?;
        if extent.is_unset() {
            return Some(vec![format!("{} is missing", self.guards.presence(place, name))]);
        }
        let mut parts = match (&extent.values, &full.values) {
            (values, full) if values == full => Vec::new(),
            (
                Values::Range { least, greatest, .. },
                Values::Range { least: lowest, greatest: highest, .. },
            ) => self.bounds(place, &name, (*least, *greatest), (*lowest, *highest)),
            (Values::Only(words), all) => self.choice(place, &name, words, all)?,
            (Values::Except(words), _) => {
                let all = matches!(full.values, Values::Except(ref known) if known == words);
                let words = words.iter().filter(|_| !all);
                words.map(|word| format!("{name} != {}", self.text(place, *word))).collect()
            }
            _ => return None,
        };
        let equal = matches!(parts.as_slice(), [part] if part.contains(" == "));
        if full.unset && !extent.unset && !equal {
            parts.insert(0, format!("{} is set", self.guards.presence(place, name)));
        }
        Some(parts)
    }

    fn bounds(&self, place: &Expr, name: &str, own: (i128, i128), full: (i128, i128)) -> Vec<String> {
        if own.0 == own.1 {
            return vec![format!("{name} == {}", self.number(place, own.0))];
        }
        let time = matches!(self.guards.kind(place), Some(Kind::Duration | Kind::Instant));
        let low = (own.0 > full.0).then(|| match own.0 - 1 {
            below if time && is_rounder(below, own.0) => format!("{name} > {}", self.number(place, below)),
            _ => format!("{name} >= {}", self.number(place, own.0)),
        });
        let high = (own.1 < full.1).then(|| match own.1 + 1 {
            above if time && is_rounder(above, own.1) => format!("{name} < {}", self.number(place, above)),
            _ => format!("{name} <= {}", self.number(place, own.1)),
        });
        low.into_iter().chain(high).collect()
    }

    /// One of several words, as what it is or as what it is not, whichever is shorter.
    fn choice(&self, place: &Expr, name: &str, words: &[Word], all: &Values) -> Option<Vec<String>> {
        if let [word] = words {
            return Some(vec![match self.constant(*word) {
                Value::Bool(_) if matches!(place, Expr::RowExists(_)) => {
                    let exists = *self.constant(*word) == Value::Bool(true);
                    format!("{name} is {}", if exists { "set" } else { "missing" })
                }
                Value::Bool(true) => name.to_owned(),
                Value::Bool(false) => format!("not {name}"),
                Value::List(_) => return None,
                _ => format!("{name} == {}", self.text(place, *word)),
            }]);
        }
        let excluded: Option<Vec<Word>> = match all {
            Values::Only(all) => Some(all.iter().copied().filter(|word| !words.contains(word)).collect()),
            _ => None,
        };
        if let Some(excluded) = excluded.filter(|excluded| excluded.len() < words.len()) {
            let part = |word: &Word| format!("{name} != {}", self.text(place, *word));
            return Some(excluded.iter().map(part).collect());
        }
        let parts: Vec<String> =
            words.iter().map(|word| format!("{name} == {}", self.text(place, *word))).collect();
        Some(vec![format!("({})", parts.join(" or "))])
    }

    fn member_conditions(&self, set: &Expr, word: &str, dim: Dim) -> Vec<String> {
        let name = self.guards.name(set);
        let extent = |dim: usize| &self.case.part.extents[dim].values;
        let zero = |values: &Values| matches!(values, Values::Range { greatest: 0, .. });
        let mut own = (0..self.guards.meanings.len()).filter(|dim| match &self.guards.meanings[*dim] {
            Meaning::Member(of, _) | Meaning::OtherMembers(of) => of == set,
            _ => false,
        });
        if own.all(|dim| zero(extent(dim))) {
            return vec![format!("{name} is empty")];
        }
        match extent(dim.index()) {
            Values::Range { greatest: 0, .. } => vec![format!("not {word} in {name}")],
            Values::Range { least: 1, .. } => vec![format!("{word} in {name}")],
            _ => Vec::new(),
        }
    }

    /// What relations say, sums of the same values once.
    fn relations(&self) -> Option<Vec<String>> {
        let mut parts: Vec<String> = Vec::new();
        let mut sums: Vec<Bounded> = Vec::new();
        for (relation, truth) in &self.case.part.relations {
            match self.guards.space.relation(*relation) {
                Relation::Same(left, right) => {
                    let how = if *truth { "==" } else { "!=" };
                    parts.push(format!("{} {how} {}", self.term(*left)?, self.term(*right)?));
                }
                Relation::AtMost(sum, bound) => {
                    // A sum and its opposite are bounds of one sum from both sides.
                    let turned = sum.first().is_some_and(|(_, factor)| *factor < 0);
                    let own: Vec<(Dim, i128)> = sum
                        .iter()
                        .map(|(dim, factor)| (*dim, if turned { -factor } else { *factor }))
                        .collect();
                    let place = sums.iter().position(|(known, ..)| *known == own).unwrap_or_else(|| {
                        sums.push((own, None, None));
                        sums.len() - 1
                    });
                    let (_, least, greatest) = &mut sums[place];
                    match (turned, truth) {
                        (false, true) => *greatest = Some(greatest.map_or(*bound, |known| known.min(*bound))),
                        (false, false) => {
                            *least = Some(least.map_or(bound + 1, |known| known.max(bound + 1)))
                        }
                        (true, true) => *least = Some(least.map_or(-bound, |known| known.max(-bound))),
                        (true, false) => {
                            *greatest = Some(greatest.map_or(-bound - 1, |known| known.min(-bound - 1)));
                        }
                    }
                }
            }
        }
        for (sum, least, greatest) in sums {
            match (least, greatest) {
                (Some(least), Some(greatest)) if least == greatest => {
                    parts.push(self.inequality(&sum, "==", least)?);
                }
                (least, greatest) => {
                    for (bound, how, strict) in [(least, ">=", ">"), (greatest, "<=", "<")] {
                        let Some(bound) = bound else { continue };
                        // What is more than nothing is said so, rather than by the least amount.
                        let beside = if how == ">=" { bound - 1 } else { bound + 1 };
                        let rounder = beside == 0 || (self.is_time(&sum) && is_rounder(beside, bound));
                        let (how, bound) = if rounder { (strict, beside) } else { (how, bound) };
                        parts.push(self.inequality(&sum, how, bound)?);
                    }
                }
            }
        }
        Some(parts)
    }

    /// Whether a sum is one of times.
    fn is_time(&self, sum: &[(Dim, i128)]) -> bool {
        sum.iter().any(|(dim, _)| match self.meaning(*dim) {
            Meaning::Place(place) => {
                matches!(place, Expr::Now | Expr::DateOf { .. })
                    || matches!(self.guards.kind(place), Some(Kind::Duration | Kind::Instant | Kind::Date))
            }
            _ => false,
        })
    }

    fn term(&self, dim: Dim) -> Option<String> {
        match self.meaning(dim) {
            Meaning::Place(place) | Meaning::Opaque(place) => written(self.guards, place),
            Meaning::Member(set, _) | Meaning::OtherMembers(set) => {
                Some(format!("number {}", self.guards.name(set)))
            }
        }
    }

    /// How a sum stands to a bound, with what is subtracted on the other side.
    fn inequality(&self, sum: &[(Dim, i128)], how: &str, bound: i128) -> Option<String> {
        let (mut left, mut right): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        let mut first = None;
        for (dim, factor) in sum {
            let of_set = match self.meaning(*dim) {
                Meaning::Place(place) | Meaning::Opaque(place) => {
                    first = first.or(Some(place));
                    false
                }
                Meaning::Member(..) | Meaning::OtherMembers(_) => true,
            };
            let name = self.term(*dim)?;
            let term = if factor.abs() == 1 { name } else { format!("{name} * {}", factor.unsigned_abs()) };
            let side = if *factor > 0 { &mut left } else { &mut right };
            // The members of a set are counted together.
            if !of_set || !side.contains(&term) {
                side.push(term);
            }
        }
        let number = |amount: i128| first.map_or(amount.to_string(), |place| self.distance(place, amount));
        if bound > 0 || right.is_empty() {
            right.push(number(bound));
        } else if bound < 0 {
            left.push(number(-bound));
        }
        Some(format!("{} {how} {}", left.join(" + "), right.join(" + ")))
    }

    /// The distance of two numbers: a duration between instants, otherwise what they are themselves.
    fn distance(&self, place: &Expr, amount: i128) -> String {
        let instant = matches!(place, Expr::Now | Expr::DateOf { .. })
            || matches!(self.guards.kind(place), Some(Kind::Instant | Kind::Date));
        match i64::try_from(amount) {
            Ok(amount) if instant => duration(amount),
            _ => self.number(place, amount),
        }
    }

    fn number(&self, place: &Expr, value: i128) -> String {
        let Ok(value) = i64::try_from(value) else { return value.to_string() };
        if let Expr::Percent { of, .. } = place {
            return self.number(of, value.into());
        }
        match self.guards.kind(place) {
            Some(Kind::Date) => format!("\"{}\"", write_date(value)),
            _ if matches!(place, Expr::DateOf { .. }) => format!("\"{}\"", write_date(value)),
            Some(Kind::Money { currency, digits }) => money(value, *digits, currency),
            Some(Kind::Duration | Kind::Instant) => duration(value),
            _ if matches!(place, Expr::Now) => duration(value),
            _ => value.to_string(),
        }
    }

    fn text_of(&self, dim: Dim, word: Word) -> String {
        match self.meaning(dim) {
            Meaning::Place(place) => self.text(place, word),
            _ => self.text(&Expr::Now, word),
        }
    }

    fn text(&self, place: &Expr, word: Word) -> String {
        match (self.guards.kind(place), self.constant(word)) {
            (Some(Kind::Text), Value::Text(text)) => format!("{text:?}"),
            (_, Value::Text(word)) => word.to_string(),
            (_, Value::Bool(truth)) => truth.to_string(),
            _ => "another word".into(),
        }
    }
}

/// Whether one time is a whole number of seconds and the other is not.
fn is_rounder(one: i128, other: i128) -> bool {
    one % 1000 == 0 && other % 1000 != 0
}

/// An expression as the author would write it; nothing for what has no name.
fn written(guards: &Guards, expr: &Expr) -> Option<String> {
    // What a total is an amount of is not known here.
    if matches!(expr, Expr::Aggregate { .. }) {
        return None;
    }
    Some(guards.name(expr)).filter(|name| !name.contains('…'))
}

impl Guards<'_> {
    /// What one asks of to learn whether a place is set: its row, where an attribute is set whenever there is one.
    fn presence(&self, place: &Expr, name: String) -> String {
        match place {
            Expr::Attribute { row, .. } if self.has_default(place) => self.name(&Expr::RowExists(*row)),
            _ => name,
        }
    }

    /// How the author calls a place.
    pub(super) fn name(&self, place: &Expr) -> String {
        let (scope, model) = (&self.scope, self.scope.model);
        let row = |row: u16| model.records[usize::from(model.rows[usize::from(row)].record)].clone();
        match place {
            Expr::Field(index) => {
                let fields = scope.event.map(|event| &model.event(event).fields);
                fields
                    .and_then(|fields| fields.get(usize::from(*index)))
                    .map_or_else(String::new, |field| field.name.to_string())
            }
            Expr::AnswerField(index) => {
                scope.answer.get(usize::from(*index)).map_or_else(String::new, |field| field.name.to_string())
            }
            Expr::Variable(id) => {
                let name = &model.variables[usize::from(*id)].name;
                let fields = scope.event.map_or(&[][..], |event| &model.event(event).fields);
                let hidden = fields.iter().chain(scope.answer).any(|field| field.name == *name);
                if hidden { format!("kept.{name}") } else { name.to_string() }
            }
            Expr::Given(id) => model.givens[usize::from(*id)].name.to_string(),
            Expr::Choice(id) => model.choices[usize::from(*id)].name.to_string(),
            Expr::Output { output, field } => {
                let output = &model.outputs[usize::from(*output)];
                format!("{}.{}", output.name, output.fields[usize::from(*field)].name)
            }
            Expr::Attribute { row: id, attribute } => {
                let record = row(*id);
                format!("{}.{}", record.name, record.attributes[usize::from(*attribute)].name)
            }
            Expr::RowKey(id) => {
                let record = row(*id);
                format!("{}.{}", record.name, record.key)
            }
            Expr::RowExists(id) => row(*id).name.to_string(),
            Expr::Asked(attribute) => scope.asked.map_or_else(String::new, |record| {
                model.records[usize::from(record)].attributes[usize::from(*attribute)].name.to_string()
            }),
            Expr::Now => "now".into(),
            Expr::Number(of) => format!("number {}", self.name(of)),
            Expr::Percent { percent, of, rounding } => {
                let rounding = match rounding {
                    Rounding::Down => "down",
                    Rounding::Up => "up",
                    Rounding::HalfUp => "half_up",
                    Rounding::HalfEven => "half_even",
                };
                format!("{percent} % of {} rounded {rounding}", self.name(of))
            }
            Expr::DateOf { instant, offset } => {
                let sign = if *offset < 0 { '-' } else { '+' };
                let (hours, minutes) = (offset.unsigned_abs() / 60, offset.unsigned_abs() % 60);
                format!("date of {} at {sign}{hours:02}:{minutes:02}", self.name(instant))
            }
            _ => "…".into(),
        }
    }
}

fn money(units: i64, digits: u8, currency: &str) -> String {
    if digits == 0 {
        return format!("{units} {currency}");
    }
    let scale = 10_u64.pow(u32::from(digits));
    let sign = if units < 0 { "-" } else { "" };
    let (whole, rest) = (units.unsigned_abs() / scale, units.unsigned_abs() % scale);
    format!("{sign}{whole}.{rest:0width$} {currency}", width = usize::from(digits))
}
