//! A case in the author's own terms: as values that one can imagine, and as a condition to paste.

use flowspec_runtime::Value;
use flowspec_runtime::time::write_date;

use super::guards::{Guards, Literal, Sum};
use super::state::{State, range};
use crate::model::{Aggregate, Expr, Kind, Rounding};

/// A case that conditions leave, or that two of them share.
pub(super) struct Case<'m> {
    guards: Guards<'m>,
    state: State,
    places: Vec<Expr>,
}

impl<'m> Case<'m> {
    pub(super) fn new(guards: Guards<'m>, state: State) -> Self {
        let mut places: Vec<Expr> = Vec::new();
        let mut add = |place: &Expr| {
            if !matches!(place, Expr::Const(_)) && !places.contains(place) {
                places.push(place.clone());
            }
        };
        for literal in state.literals() {
            match literal {
                Literal::Set(place, _) | Literal::Member(place, ..) => add(place),
                Literal::Equal(left, right, _) => {
                    add(left);
                    add(right);
                }
                Literal::AtMost(sum, _) => sum.iter().for_each(|(place, _)| add(place)),
                Literal::Opaque(..) => {}
            }
        }
        // A row is said before its attributes, and not where one of these is set.
        places.sort_by_key(|place| !matches!(place, Expr::RowExists(_)));
        Self { guards, state, places }
    }

    /// What was taken to hold.
    pub(super) fn literals(&self) -> &[Literal] {
        self.state.literals()
    }

    /// Values that make it happen: `usual = false, methods = {}`.
    pub(super) fn example(&self) -> String {
        let parts: Vec<String> = self.places.iter().filter_map(|place| self.example_of(place)).collect();
        if parts.is_empty() { "always".into() } else { parts.join(", ") }
    }

    /// The condition under which it happens: `not usual and methods is empty`.
    pub(super) fn condition(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        for place in &self.places {
            parts.extend(self.conditions_of(place));
        }
        parts.extend(self.between_places());
        parts.dedup();
        if parts.is_empty() { "true".into() } else { parts.join(" and ") }
    }

    fn is_set(&self, place: &Expr) -> Option<bool> {
        self.state.literals().iter().find_map(|literal| match literal {
            Literal::Set(known, truth) if known == place => Some(*truth),
            _ => None,
        })
    }

    fn kind(&self, place: &Expr) -> Option<&'m Kind> {
        self.guards.type_of(place).map(|of| &of.kind)
    }

    fn example_of(&self, place: &Expr) -> Option<String> {
        let name = self.name(place);
        if let Expr::RowExists(row) = place
            && self.is_set(place)?
        {
            let of_row = |place: &Expr| matches!(place, Expr::Attribute { row: known, .. } if known == row);
            return (!self.places.iter().any(of_row)).then(|| format!("{name} is set"));
        }
        if self.is_set(place) == Some(false) {
            return Some(format!("{name} is missing"));
        }
        match self.kind(place) {
            Some(Kind::Set { of }) => {
                let words: Vec<String> = self.members(place, true);
                let all = self.guards.words(*of).is_some();
                Some(if all {
                    format!("{name} = {{{}}}", words.join(", "))
                } else {
                    format!("{name} has {}", words.join(", "))
                })
            }
            Some(Kind::Int | Kind::Money { .. } | Kind::Duration | Kind::Instant | Kind::Date) => {
                self.number_example(place, &name)
            }
            _ => self.plain_example(place, &name),
        }
    }

    fn plain_example(&self, place: &Expr, name: &str) -> Option<String> {
        let class = self.state.class(place, &self.guards);
        if let Some(constant) =
            class.constant.clone().or_else(|| class.left().and_then(|left| left.into_iter().next()))
        {
            return Some(format!("{name} = {}", self.value(place, &constant)));
        }
        let partner = self.partner(place);
        match (partner, class.excluded.as_slice()) {
            (Some((other, true)), _) => Some(format!("{name} = {}", self.name(&other))),
            (Some((other, false)), []) => Some(format!("{name} differs from {}", self.name(&other))),
            (_, []) => self.is_set(place).map(|_| format!("{name} is set")),
            (_, excluded) => {
                let excluded: Vec<String> = excluded.iter().map(|value| self.value(place, value)).collect();
                Some(format!("{name} is something other than {}", excluded.join(", ")))
            }
        }
    }

    /// Another place that this is compared with; told at the first of the two.
    fn partner(&self, place: &Expr) -> Option<(Expr, bool)> {
        self.state.literals().iter().find_map(|literal| match literal {
            Literal::Equal(left, right, equal) if left == place && !matches!(right, Expr::Const(_)) => {
                Some((right.clone(), *equal))
            }
            _ => None,
        })
    }

    fn number_example(&self, place: &Expr, name: &str) -> Option<String> {
        let (least, greatest) = self.state.bounds(place, &self.guards);
        let value = least.or(greatest)?;
        let value = Value::Int(i64::try_from(value).ok()?);
        Some(format!("{name} = {}", self.value(place, &value)))
    }

    fn members(&self, set: &Expr, wanted: bool) -> Vec<String> {
        let members = self.state.literals().iter().filter_map(|literal| match literal {
            Literal::Member(known, word, truth) if known == set && *truth == wanted => Some(word.to_string()),
            _ => None,
        });
        members.collect()
    }

    fn conditions_of(&self, place: &Expr) -> Vec<String> {
        let name = self.name(place);
        match (place, self.is_set(place)) {
            (Expr::RowExists(_), Some(true)) => return vec![format!("{name} is set")],
            (_, Some(false)) => return vec![format!("{name} is missing")],
            _ => {}
        }
        let parts = match self.kind(place) {
            Some(Kind::Set { of }) => self.set_conditions(place, &name, *of),
            Some(Kind::Int | Kind::Money { .. } | Kind::Duration | Kind::Instant | Kind::Date) => {
                self.number_conditions(place, &name)
            }
            _ => self.plain_conditions(place, &name),
        };
        let certain = parts.iter().any(|part| part.contains(" == "));
        let asked = self.is_set(place) == Some(true) && !certain;
        asked.then(|| format!("{name} is set")).into_iter().chain(parts).collect()
    }

    fn set_conditions(&self, place: &Expr, name: &str, of: u16) -> Vec<String> {
        let (present, absent) = (self.members(place, true), self.members(place, false));
        if self.guards.words(of).is_some_and(|words| words.len() == absent.len()) {
            return vec![format!("{name} is empty")];
        }
        let present = present.into_iter().map(|word| format!("{word} in {name}"));
        present.chain(absent.into_iter().map(|word| format!("not {word} in {name}"))).collect()
    }

    fn number_conditions(&self, place: &Expr, name: &str) -> Vec<String> {
        let alone = self.state.literals().iter().any(|literal| {
            matches!(literal, Literal::AtMost(sum, _) if matches!(sum.as_slice(), [(only, _)] if only == place))
        });
        if !alone {
            return Vec::new();
        }
        let (least, greatest) = self.state.bounds(place, &self.guards);
        let (lowest, highest) = range(place, &self.guards);
        let written =
            |value: i128| i64::try_from(value).map(|value| self.value(place, &Value::Int(value))).ok();
        if let (Some(least), Some(greatest)) = (least, greatest)
            && least == greatest
        {
            return written(least).map(|value| format!("{name} == {value}")).into_iter().collect();
        }
        let low = least.filter(|least| Some(*least) != lowest).and_then(written);
        let high = greatest.filter(|greatest| Some(*greatest) != highest).and_then(written);
        let low = low.map(|value| format!("{name} >= {value}"));
        low.into_iter().chain(high.map(|value| format!("{name} <= {value}"))).collect()
    }

    fn plain_conditions(&self, place: &Expr, name: &str) -> Vec<String> {
        let class = self.state.class(place, &self.guards);
        let truth = matches!(self.kind(place), Some(Kind::Bool));
        let left = class.left().filter(|left| left.len() == 1).and_then(|left| left.into_iter().next());
        match class.constant.or(left) {
            Some(Value::Bool(true)) if truth => vec![name.to_owned()],
            Some(Value::Bool(false)) if truth => vec![format!("not {name}")],
            Some(constant) => vec![format!("{name} == {}", self.value(place, &constant))],
            None => {
                class.excluded.iter().map(|value| format!("{name} != {}", self.value(place, value))).collect()
            }
        }
    }

    /// Whether a sum is bounded from below by what bounds it from above.
    fn is_exact(&self, sum: &Sum, bound: i128) -> bool {
        self.state.literals().iter().any(|literal| match literal {
            Literal::AtMost(other, opposite) => {
                *opposite == -bound
                    && other.len() == sum.len()
                    && sum.iter().all(|(place, factor)| other.contains(&(place.clone(), -factor)))
            }
            _ => false,
        })
    }

    /// Comparisons of two places with one another.
    fn between_places(&self) -> Vec<String> {
        let comparison = |literal: &Literal| match literal {
            Literal::Equal(left, right, equal)
                if !matches!(left, Expr::Const(_)) && !matches!(right, Expr::Const(_)) =>
            {
                let how = if *equal { "==" } else { "!=" };
                Some(format!("{} {how} {}", self.name(left), self.name(right)))
            }
            Literal::AtMost(sum, bound) => match sum.as_slice() {
                [(plus, 1), (minus, -1)] if self.is_exact(sum, *bound) => {
                    Some(self.distance(plus, minus, *bound))
                }
                [(_, -1), (_, 1)] if self.is_exact(sum, *bound) => None,
                [(plus, 1), (minus, -1)] | [(minus, -1), (plus, 1)] => {
                    Some(self.difference(plus, minus, *bound))
                }
                _ => None,
            },
            _ => None,
        };
        self.state.literals().iter().filter_map(comparison).collect()
    }

    /// `plus - minus <= bound`, as one writes it.
    fn difference(&self, plus: &Expr, minus: &Expr, bound: i128) -> String {
        let (left, right) = (self.name(plus), self.name(minus));
        let amount =
            |bound: i128| i64::try_from(bound).map_or("0".into(), |bound| self.amount(plus, minus, bound));
        match bound {
            0 => format!("{left} <= {right}"),
            -1 => format!("{left} < {right}"),
            bound if bound > 0 => format!("{left} <= {right} + {}", amount(bound)),
            bound => format!("{left} <= {right} - {}", amount(-bound)),
        }
    }

    /// `plus - minus == bound`, as one writes it.
    fn distance(&self, plus: &Expr, minus: &Expr, bound: i128) -> String {
        let (left, right) = (self.name(plus), self.name(minus));
        let amount = i64::try_from(bound.abs()).map_or("0".into(), |bound| self.amount(plus, minus, bound));
        match bound {
            0 => format!("{left} == {right}"),
            bound if bound > 0 => format!("{left} == {right} + {amount}"),
            _ => format!("{left} == {right} - {amount}"),
        }
    }

    /// The distance of two numbers: a duration between instants, otherwise what they are themselves.
    fn amount(&self, plus: &Expr, minus: &Expr, bound: i64) -> String {
        let instants = [plus, minus].iter().any(|place| {
            matches!(place, Expr::Now) || matches!(self.kind(place), Some(Kind::Instant | Kind::Date))
        });
        if instants { duration(bound) } else { self.value(plus, &Value::Int(bound)) }
    }

    fn value(&self, place: &Expr, value: &Value) -> String {
        match (self.kind(place), value) {
            (Some(Kind::Money { currency, digits }), Value::Int(units)) => money(*units, *digits, currency),
            (Some(Kind::Duration | Kind::Instant), Value::Int(time)) => duration(*time),
            (Some(Kind::Date), Value::Int(at)) => format!("\"{}\"", write_date(*at)),
            (Some(Kind::Text), Value::Text(text)) => format!("{text:?}"),
            (_, Value::Text(word)) => word.to_string(),
            (_, Value::Int(int)) => int.to_string(),
            (_, Value::Bool(truth)) => truth.to_string(),
            _ => "…".into(),
        }
    }

    /// How the author calls a place.
    fn name(&self, place: &Expr) -> String {
        let model = self.guards.model;
        let row = |row: u16| model.records[usize::from(model.rows[usize::from(row)].record)].clone();
        match place {
            Expr::Field(index) => {
                let fields = self.guards.event.map(|event| &model.event(event).fields);
                fields
                    .and_then(|fields| fields.get(usize::from(*index)))
                    .map_or_else(String::new, |field| field.name.to_string())
            }
            Expr::AnswerField(index) => self
                .guards
                .answer
                .get(usize::from(*index))
                .map_or_else(String::new, |field| field.name.to_string()),
            Expr::Variable(id) => {
                let name = &model.variables[usize::from(*id)].name;
                let fields = self.guards.event.map_or(&[][..], |event| &model.event(event).fields);
                let hidden = fields.iter().chain(self.guards.answer).any(|field| field.name == *name);
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
            Expr::Asked(attribute) => self.guards.asked.map_or_else(String::new, |record| {
                model.records[usize::from(record)].attributes[usize::from(*attribute)].name.to_string()
            }),
            Expr::Now => "now".into(),
            Expr::Number(of) => format!("number {}", self.name(of)),
            Expr::Aggregate { how, over, filter, .. } => {
                let word = match how {
                    Aggregate::Number => "number",
                    Aggregate::Total => "total",
                    Aggregate::Every => "every",
                    Aggregate::Some => "some",
                };
                let filter = if filter.is_some() { " where (…)" } else { "" };
                format!("{word} {}{filter}", self.name(over))
            }
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

/// A time in the largest unit that it is a whole number of.
fn duration(time: i64) -> String {
    let units = [(86_400_000, "days"), (3_600_000, "h"), (60_000, "min"), (1_000, "s")];
    match units.iter().find(|(unit, _)| time != 0 && time % unit == 0) {
        Some((unit, word)) => format!("{} {word}", time / unit),
        None => format!("{time} ms"),
    }
}
