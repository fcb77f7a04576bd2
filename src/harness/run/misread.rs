//! Inputs as a careless implementation reads them: trimmed, in any case, an old code for the last one, a number for a text.
//! The right flow, told what was read instead of what was sent, then explains what was seen.

use flowspec_runtime::conformance::Shown;
use flowspec_runtime::model::{Comparison, ElementId, Expr, Kind, Model, OutputId, Rule, TypeId};
use flowspec_runtime::suite::{Say, Step, Term, Terms};
use flowspec_runtime::{Fields, Observation, Rows, SessionId, Text, Value};

use super::diagnosis::Observed;

/// A way to read values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Trimmed,
    Blanks,
    AnyCase,
    Beginning,
    Start,
    Earlier,
    AnotherSessions,
    AnotherOutputs,
    OtherDigits,
    NumberForText,
    TextForNumber,
    Truth,
    LeftOut,
    Bytes,
    Units,
}

const HOWS: [(How, &str); 13] = [
    (How::Trimmed, "is taken without the blanks around it"),
    (How::AnyCase, "is taken in capitals and small letters alike"),
    (How::Blanks, "is compared without the blanks around it"),
    (How::Beginning, "is taken as right where it only begins with what is right"),
    (How::Start, "is taken as right where only its beginning is right"),
    (How::Earlier, "is taken as right where it was right before"),
    (How::AnotherSessions, "is taken as right where it is right in another session"),
    (How::AnotherOutputs, "is taken as right where it is another value that was sent"),
    (How::OtherDigits, "is taken in the digits of other scripts"),
    (How::NumberForText, "is taken as a number where it is a text"),
    (How::TextForNumber, "is taken as a text where it is a number, or in a form that is not asked for"),
    (How::Truth, "is taken as true or false whatever it is"),
    (How::LeftOut, "is taken as left out where it is of another kind"),
];

/// A way to read, in one field or wherever there is a value.
#[derive(Debug)]
pub(super) struct Misreading {
    how: How,
    /// The event and the field, by their names; all where there is none.
    only: Option<(Text, Text)>,
    /// The types whose values are read so; all where there are none.
    types: Vec<TypeId>,
    pub(super) element: ElementId,
    pub(super) description: String,
}

/// Every way to misread one field, or one that sessions are given.
pub(super) fn of_fields(model: &Model) -> Vec<Misreading> {
    let fields = model.events.iter().flat_map(|event| event.fields.iter().map(move |field| (event, field)));
    let all: Vec<(Text, Text, ElementId, TypeId)> = fields
        .map(|(event, field)| (event.name.clone(), field.name.clone(), field.element, field.kind))
        .chain(model.givens.iter().map(|given| ("".into(), given.name.clone(), given.element, given.kind)))
        .collect();
    let mut found = Vec::new();
    for (how, what) in HOWS {
        for (event, field, element, kind) in &all {
            if how.concerns(model, *kind) {
                let of = if event.is_empty() { String::new() } else { format!("{event}: ") };
                let description = format!("{of}{field} {what}");
                found.push(Misreading {
                    how,
                    only: Some((event.clone(), field.clone())),
                    types: Vec::new(),
                    element: *element,
                    description,
                });
            }
        }
    }
    found
}

/// Every way to misread whatever is sent.
pub(super) fn of_all(model: &Model) -> Vec<Misreading> {
    let all = HOWS.into_iter().map(|(how, what)| Misreading {
        how,
        only: None,
        types: Vec::new(),
        element: model.element,
        description: format!("everywhere: what is sent {what}"),
    });
    all.collect()
}

/// Every way to measure texts otherwise: those of one type, those of all events, and all that there are.
pub(super) fn measured(model: &Model) -> Vec<Misreading> {
    let bounded: Vec<TypeId> = (0..)
        .zip(&model.types)
        .filter(|(_, kind)| kind.constraints.iter().any(|one| matches!(one.rule, Rule::Length(_))))
        .map(|(id, _)| id)
        .collect();
    let of_events =
        |id: &&TypeId| model.events.iter().flat_map(|event| &event.fields).any(|field| field.kind == **id);
    let mut groups: Vec<Vec<TypeId>> = bounded.iter().map(|id| vec![*id]).collect();
    groups.extend([bounded.iter().filter(of_events).copied().collect(), bounded.clone()]);
    groups.dedup();
    let mut found = Vec::new();
    for (how, what) in [(How::Bytes, "in bytes"), (How::Units, "in units of UTF-16")] {
        for types in groups.iter().filter(|types| !types.is_empty()) {
            let names: Vec<&str> =
                types.iter().map(|id| model.kind(*id).name.as_deref().unwrap_or("text")).collect();
            let description =
                format!("the length of {} is measured {what} instead of characters", names.join(" and "));
            found.push(Misreading {
                how,
                only: None,
                types: types.clone(),
                element: model.element,
                description,
            });
        }
    }
    found
}

impl How {
    /// Whether values of a type can be read so.
    fn concerns(self, model: &Model, kind: TypeId) -> bool {
        match (&model.kind(kind).kind, self) {
            (Kind::List { of, .. } | Kind::Set { of }, how) => how.concerns(model, *of),
            (Kind::Entry { fields }, how) => fields.iter().any(|field| how.concerns(model, field.kind)),
            (_, Self::LeftOut) => true,
            (Kind::Text, how) => !matches!(how, Self::TextForNumber | Self::Truth),
            (Kind::Word { .. } | Kind::Date, Self::Trimmed | Self::AnyCase) => true,
            (Kind::Bool, Self::Truth | Self::AnyCase) => true,
            (
                Kind::Money { .. } | Kind::Int | Kind::Duration | Kind::Instant,
                Self::TextForNumber | Self::NumberForText,
            ) => true,
            _ => false,
        }
    }
}

/// What is known where a value is read.
struct Known<'a> {
    model: &'a Model,
    /// Texts of rows.
    texts: Vec<&'a str>,
    /// What was sent: to which session, as which output, in which field.
    sent: Vec<(SessionId, &'a str, &'a str, &'a Value)>,
}

impl Misreading {
    /// What was done in a test, as it was read; none where it was read as it was sent.
    pub(super) fn reread(&self, model: &Model, test: &Observed) -> Option<(Rows, Vec<Step>)> {
        let mut known = Known { model, texts: texts_of(test.rows), sent: Vec::new() };
        let mut changed = false;
        let mut steps = Vec::new();
        for (step, line) in test.steps.iter().zip(&test.play.lines) {
            let mut read = (*step).clone();
            match &mut read {
                Step::Open { session, given, .. } => {
                    let kinds = |name: &str| kind_of(model.givens.iter().map(|of| (&of.name, of.kind)), name);
                    *given = self.terms(&known, *session, "", &line.fields, &kinds, &mut changed);
                }
                Step::Apply { session, event, fields, answers, .. } => {
                    let declared = model.events.iter().find(|known| known.name == *event);
                    let of = || declared.into_iter().flat_map(|event| &event.fields);
                    let kinds = |name: &str| kind_of(of().map(|of| (&of.name, of.kind)), name);
                    *fields = self.terms(&known, *session, event, &line.fields, &kinds, &mut changed);
                    let say = |answer: &flowspec_runtime::Answer| Say {
                        actor: answer.actor.clone(),
                        answer: answer.answer.clone(),
                        fields: as_terms(&answer.fields),
                    };
                    *answers = line.answers.iter().map(say).collect();
                }
                Step::May { subject, .. } => {
                    if let Some((_, value)) = line.fields.0.first() {
                        *subject = Term::Value(value.clone());
                    }
                }
                Step::Advance { .. } | Step::Close { .. } => {}
            }
            steps.push(read);
            match &line.seen {
                Shown::Observation(seen) => known.saw(step.session().unwrap_or_default(), seen),
                Shown::Sessions(all) => all.iter().for_each(|(session, seen)| known.saw(*session, seen)),
                _ => {}
            }
        }
        let rows = self.rows(model, test.rows);
        (changed || rows != *test.rows).then_some((rows, steps))
    }

    fn terms(
        &self,
        known: &Known,
        session: SessionId,
        event: &str,
        fields: &Fields,
        kinds: &dyn Fn(&str) -> Option<TypeId>,
        changed: &mut bool,
    ) -> Terms {
        let mut terms = Terms::new();
        for (name, value) in &fields.0 {
            let meant = self.only.as_ref().is_none_or(|(of, field)| of == event && field == name);
            let read = kinds(name)
                .filter(|kind| meant && (self.types.is_empty() || self.types.contains(kind)))
                .and_then(|kind| self.read(known, kind, value, &|| known.asked_for(event, name), session));
            *changed |= read.is_some();
            let value = read.unwrap_or_else(|| value.clone());
            if value.is_set() {
                terms.push((name.clone(), Term::Value(value)));
            }
        }
        terms
    }

    /// A value as it is read; none where that is as it was sent.
    fn read(
        &self,
        known: &Known,
        kind: TypeId,
        value: &Value,
        asked: &dyn Fn() -> Vec<(OutputId, u16)>,
        session: SessionId,
    ) -> Option<Value> {
        let kind = &known.model.kind(kind).kind;
        match (kind, value) {
            (Kind::List { of, .. } | Kind::Set { of }, Value::List(items)) => {
                let read: Vec<Option<Value>> =
                    items.iter().map(|item| self.read(known, *of, item, &Vec::new, session)).collect();
                let items =
                    || read.iter().zip(items).map(|(read, item)| read.clone().unwrap_or(item.clone()));
                read.iter().any(Option::is_some).then(|| Value::List(items().filter(Value::is_set).collect()))
            }
            (Kind::Entry { fields }, Value::Object(members)) => {
                let mut read = members.clone();
                for field in fields {
                    if let Some(value) = members.get(&field.name)
                        && let Some(value) = self.read(known, field.kind, value, &Vec::new, session)
                    {
                        read.insert(field.name.clone(), value);
                    }
                }
                (read != *members).then_some(Value::Object(read))
            }
            _ => self.one(known, kind, value, asked, session).filter(|read| read != value),
        }
    }

    fn one(
        &self,
        known: &Known,
        kind: &Kind,
        value: &Value,
        asked: &dyn Fn() -> Vec<(OutputId, u16)>,
        session: SessionId,
    ) -> Option<Value> {
        let text = value.as_text();
        match self.how {
            How::Trimmed => Some(text?.trim().into()),
            How::AnyCase if *kind == Kind::Bool => match text?.to_lowercase().as_str() {
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                _ => None,
            },
            How::AnyCase => {
                let folded = text?.to_lowercase();
                known.like(kind, session, &|other| other.to_lowercase() == folded)
            }
            How::Blanks => {
                let text = text?;
                known.like(kind, session, &|other| other != text && other.trim() == text.trim())
            }
            How::Beginning => {
                let text = text?;
                known.like(kind, session, &|other| {
                    other != text && !other.is_empty() && text.starts_with(other)
                })
            }
            How::Start => {
                let text = text?;
                known.like(kind, session, &|other| {
                    let same =
                        text.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
                    other != text && same >= 3 && same + 2 > other.chars().count()
                })
            }
            How::Earlier | How::AnotherSessions | How::AnotherOutputs => {
                asked().into_iter().find_map(|asked| known.instead(self.how, session, asked, value))
            }
            How::OtherDigits => Some(text?.chars().map(ascii_digit).collect::<String>().into()),
            How::NumberForText => {
                let int = value.as_int()?;
                match kind {
                    Kind::Text => Some(int.to_string().into()),
                    Kind::Money { digits: 0, .. } => Some(int.to_string().into()),
                    Kind::Money { digits, .. } => {
                        Some(format!("{int}.{}", "0".repeat(usize::from(*digits))).into())
                    }
                    _ => None,
                }
            }
            How::TextForNumber => match kind {
                Kind::Money { digits, .. } => loose_money(text?, usize::from(*digits)).map(Value::from),
                _ => text?.trim().parse::<i64>().ok().map(Value::Int),
            },
            How::Truth => match value {
                Value::Bool(_) => None,
                Value::Text(text) => Some(Value::Bool(!text.is_empty())),
                Value::Int(int) => Some(Value::Bool(*int != 0)),
                _ => Some(Value::Bool(true)),
            },
            How::LeftOut => {
                let fits = match kind {
                    Kind::Bool => matches!(value, Value::Bool(_)),
                    Kind::Int | Kind::Duration | Kind::Instant => value.as_int().is_some(),
                    Kind::Set { .. } | Kind::List { .. } => matches!(value, Value::List(_)),
                    Kind::Entry { .. } => matches!(value, Value::Object(_)),
                    Kind::Text | Kind::Word { .. } | Kind::Date | Kind::Money { .. } => text.is_some(),
                };
                (!fits).then_some(Value::Unset)
            }
            How::Bytes => Some(text?.bytes().map(char::from).collect::<String>().into()),
            How::Units => Some(text?.encode_utf16().map(unit).collect::<String>().into()),
        }
    }

    /// The rows, where what is measured otherwise must still be what it equals.
    fn rows(&self, model: &Model, rows: &Rows) -> Rows {
        let mut rows = rows.clone();
        if !matches!(self.how, How::Bytes | How::Units) {
            return rows;
        }
        let map = |kind: TypeId, value: &Value| match (self.how, value) {
            (_, value) if !self.types.contains(&kind) => value.clone(),
            (How::Bytes, Value::Text(text)) => Value::from(text.bytes().map(char::from).collect::<String>()),
            (_, Value::Text(text)) => Value::from(text.encode_utf16().map(unit).collect::<String>()),
            (_, value) => value.clone(),
        };
        for record in &model.records {
            for (key, row) in rows.get_mut(&record.name).into_iter().flatten() {
                *key = map(record.key_kind, key);
                let kind =
                    |name: &Text| kind_of(record.attributes.iter().map(|of| (&of.name, of.kind)), name);
                let mapped = row.0.iter().map(|(name, value)| {
                    (name.clone(), kind(name).map_or_else(|| value.clone(), |kind| map(kind, value)))
                });
                *row = mapped.collect();
            }
        }
        rows
    }
}

impl<'a> Known<'a> {
    fn saw(&mut self, session: SessionId, seen: &'a Observation) {
        for sent in &seen.outputs {
            let fields = sent.fields.0.iter();
            self.sent
                .extend(fields.map(|(name, value)| (session, sent.output.as_str(), name.as_str(), value)));
        }
    }

    /// A text of the rows, of what was sent, or of the words of a type, that is like another one.
    fn like(&self, kind: &Kind, session: SessionId, like: &dyn Fn(&str) -> bool) -> Option<Value> {
        let sent = self.sent.iter().rev().filter(|(of, ..)| *of == session);
        let sent = sent.filter_map(|(.., value)| value.as_text());
        let words: Vec<&str> = match kind {
            Kind::Word { members, .. } => members.iter().map(|member| member.name.as_str()).collect(),
            _ => Vec::new(),
        };
        let mut all = self.texts.iter().copied().chain(sent).chain(words);
        all.find(|text| like(text)).map(Value::from)
    }

    /// The chosen values that a field must equal.
    fn asked_for(&self, event: &str, name: &str) -> Vec<(OutputId, u16)> {
        let mut found = Vec::new();
        for handler in self.model.steps.iter().flat_map(|step| &step.handlers) {
            let declared = self.model.event(handler.event);
            let at = declared.fields.iter().position(|field| field.name == name);
            let Some(at) = at.filter(|_| declared.name == event) else { continue };
            handler.expressions(&mut |expr| {
                let Expr::Compare { how: Comparison::Equal | Comparison::NotEqual, left, right } = expr
                else {
                    return;
                };
                for (one, other) in [(left, right), (right, left)] {
                    if let (Expr::Field(field), Expr::Output { output, field: of }) = (&**one, &**other)
                        && usize::from(*field) == at
                        && !found.contains(&(*output, *of))
                    {
                        found.push((*output, *of));
                    }
                }
            });
        }
        found
    }

    /// The last value of its own, where another one was sent that is taken for it.
    fn instead(
        &self,
        how: How,
        session: SessionId,
        (output, field): (OutputId, u16),
        value: &Value,
    ) -> Option<Value> {
        let declared = &self.model.outputs[usize::from(output)];
        let (output, field) = (declared.name.as_str(), declared.fields[usize::from(field)].name.as_str());
        let own = |one: &&(SessionId, &str, &str, &Value)| (one.0, one.1, one.2) == (session, output, field);
        let last = self.sent.iter().rev().find(own)?.3;
        let taken = self.sent.iter().any(|one| {
            one.3 == value
                && match how {
                    How::Earlier => own(&one),
                    How::AnotherSessions => one.0 != session && (one.1, one.2) == (output, field),
                    _ => one.0 == session && (one.1, one.2) != (output, field),
                }
        });
        (taken && last != value).then(|| last.clone())
    }
}

fn texts_of(rows: &Rows) -> Vec<&str> {
    let rows = rows.values().flatten();
    let values = rows.flat_map(|(key, row)| std::iter::once(key).chain(row.0.iter().map(|(_, value)| value)));
    values.filter_map(Value::as_text).collect()
}

fn kind_of<'a>(mut all: impl Iterator<Item = (&'a Text, TypeId)>, name: &str) -> Option<TypeId> {
    all.find(|(known, _)| *known == name).map(|(_, kind)| kind)
}

fn as_terms(fields: &Fields) -> Terms {
    fields.0.iter().map(|(name, value)| (name.clone(), Term::Value(value.clone()))).collect()
}

/// A digit of another script as one of ours.
fn ascii_digit(character: char) -> char {
    let zeros = [0x660, 0x6F0, 0x966, 0xFF10];
    let digit =
        zeros.into_iter().find_map(|zero| u32::from(character).checked_sub(zero).filter(|digit| *digit < 10));
    digit.and_then(|digit| char::from_digit(digit, 10)).unwrap_or(character)
}

/// A unit of UTF-16 as a character; halves of a pair lie where no text has any.
fn unit(unit: u16) -> char {
    char::from_u32(u32::from(unit)).or_else(|| char::from_u32(0x000F_0000 + u32::from(unit))).unwrap_or(' ')
}

/// An amount as libraries read it: with a sign, with blanks, with as many places as one likes.
fn loose_money(text: &str, digits: usize) -> Option<String> {
    let plain = text.trim().trim_start_matches('+').replace(',', ".");
    let (sign, plain) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
    let (whole, places) = plain.split_once('.').unwrap_or((plain, ""));
    if whole.is_empty() || !whole.chars().chain(places.chars()).all(|one| one.is_ascii_digit()) {
        return None;
    }
    let places = places.trim_end_matches('0');
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    match digits {
        _ if places.len() > digits => None,
        0 => Some(format!("{sign}{whole}")),
        _ => Some(format!("{sign}{whole}.{places:0<digits$}")),
    }
}
