//! The beginnings of the statements: keyword and head.

use std::fmt::{self, Display, Formatter};

use crate::syntax::tree::{
    After, AfterFrom, Argument, Atom, AtomKind, DefaultSubject, EndKind, Expression, FlowKind,
    Indistinguishable, Limit, Name, StatementKind, Task, Window,
};

impl Display for StatementKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        use StatementKind as S;
        match self {
            S::Language { version } => write!(f, "language {version}"),
            S::Facts { path } => write!(f, "facts {path}"),
            S::Use { names, from } => write!(f, "use {} from {from}", Listed(names)),
            S::Type { name, of } => write!(f, "type {name} {of}"),
            S::Record(record) => write!(f, "record {} by {}: {}", record.name, record.key, record.key_type),
            S::Reason { name } => write!(f, "reason {name}"),
            S::Actor { name } => write!(f, "actor {name}"),
            S::Output { name } => write!(f, "output {name}"),
            S::Choice { name, of } => write!(f, "choice {name}: {of}"),
            S::Default { subject } => write!(f, "default {}", self::subject(*subject)),
            S::Flow { kind, name, actor, endless } => {
                write!(f, "{} {name}", flow_kind(*kind))?;
                after_word(f, "by", actor.as_deref())?;
                f.write_str(if *endless { " endless" } else { "" })
            }

            S::Start => f.write_str("start"),
            S::Given(declaration) => write!(f, "given {declaration}"),
            S::Remember(declaration) => write!(f, "remember {declaration}"),
            S::Row { record, by } => write!(f, "row {record} by {by}"),
            S::Require { condition } => write!(f, "require {condition}"),
            S::Limit(limit) => limit.fmt(f),
            S::Step { name, like } => {
                write!(f, "step {name}")?;
                after_word(f, "like", like.as_deref())
            }
            S::Checklist { name } => write!(f, "checklist {name}"),
            S::End { name, kind } => write!(f, "end {name} {}", end_kind(*kind)),
            S::Anywhere => f.write_str("anywhere"),
            S::Capability { name } => write!(f, "capability {name}"),
            S::Never { atom, before } => {
                write!(f, "never {atom}")?;
                after_word(f, "before", before.as_deref())
            }
            S::Always { condition } => write!(f, "always {condition}"),
            S::Follow(follow) => {
                write!(f, "follow {} by {}", follow.cause, follow.effect)?;
                after_word(f, "within", follow.within.as_ref())
            }
            S::Indistinguishable(rule) => rule.fmt(f),
            S::Scenario => f.write_str("scenario"),

            S::On { event, actor } => {
                write!(f, "on {event}")?;
                after_word(f, "by", actor.as_deref())
            }
            S::After(after) => after.fmt(f),
            S::Call { part, arguments } => write!(f, "call {part}{}", Given(arguments)),
            S::Task(task) => task.fmt(f),

            S::Field(declaration) => write!(f, "field {declaration}"),
            S::RefuseWhen { reason, condition } => write!(f, "refuse {reason} when {condition}"),
            S::When { condition } => write!(f, "when {condition}"),
            S::Otherwise => f.write_str("otherwise"),
            S::Check { limit, by } => counting(f, "check", limit, by.as_deref()),
            S::Count { limit, by } => counting(f, "count", limit, by.as_deref()),
            S::Uncount { limit, by } => counting(f, "uncount", limit, by.as_deref()),
            S::Reset { limit } => write!(f, "reset {limit}"),
            S::Set { target, value } => {
                write!(f, "set {target}")?;
                after_word(f, "=", value.as_deref())
            }
            S::Send { output, arguments, when } => {
                write!(f, "send {output}{}", Given(arguments))?;
                after_word(f, "when", when.as_deref())
            }
            // The outcome follows, and is all there is.
            S::Alternative => Ok(()),

            S::Allow { code } => write!(f, "allow {code}"),
            S::Note { kind } => {
                f.write_str("note")?;
                kind.iter().try_for_each(|kind| write!(f, " {kind}"))
            }
            S::Contact { name, missing } => {
                write!(f, "contact {name}{}", if *missing { " missing" } else { "" })
            }
            S::Link { name } => write!(f, "link {name}"),

            S::Run { flow, arguments } => write!(f, "run {flow}{}", Given(arguments)),
            S::Do { event, arguments } => write!(f, "do {event}{}", Given(arguments)),
            S::Answer { actor, answer, arguments } => {
                write!(f, "answer {actor} {answer}{}", Given(arguments))
            }
            S::Wait { duration } => write!(f, "wait {duration}"),
            S::May { capability } => write!(f, "may {capability}"),

            S::Member { name } => write!(f, "member {name}"),
            S::Others { count } => {
                f.write_str("others")?;
                count.iter().try_for_each(|count| write!(f, " {count}"))
            }
            S::Length { range } => write!(f, "length {range}"),
            S::Range { range } => write!(f, "range {range}"),
            S::MultipleOf { step } => write!(f, "multiple of {step}"),
            S::MatchesCheck { name } => write!(f, "matches {name}"),
            S::MatchesPattern { pattern } => write!(f, "matches {pattern}"),

            // Whoever formats a file has none of these; a comment is the safe way to show one.
            S::Unreadable => f.write_str("// unreadable"),
        }
    }
}

impl Display for Limit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "limit {}: ", self.name)?;
        match &self.bound {
            None => f.write_str("unbounded")?,
            Some(bound) => write!(f, "{bound}{}", if self.or_more { " or more" } else { "" })?,
        }
        after_word(f, "per", self.per.as_ref())?;
        match &self.window {
            None => Ok(()),
            Some(Window::Within(duration)) => write!(f, " within {duration}"),
            Some(Window::Each { period, offset }) => write!(f, " each {period} at {offset}"),
        }?;
        after_word(f, "while", self.active.as_ref())
    }
}

impl Display for After {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "after {}", self.delay)?;
        match &self.from {
            AfterFrom::Entry => Ok(()),
            AfterFrom::Idle => f.write_str(" idle"),
            AfterFrom::Since(step) => write!(f, " since {step}"),
        }?;
        f.write_str(if self.or_later { " or later" } else { "" })
    }
}

impl Display for Task {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "task {}", self.name)?;
        after_word(f, "for each", self.for_each.as_ref())?;
        after_word(f, "needs", (!self.needs.is_empty()).then_some(&Listed(&self.needs)))?;
        f.write_str(if self.optional { " optional" } else { "" })
    }
}

impl Display for Indistinguishable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "indistinguishable {}, {}", self.one, self.other)?;
        after_word(f, "on", self.event.as_ref())?;
        write!(f, " to {}", self.actor)?;
        after_word(f, "without", (!self.without.is_empty()).then_some(&Listed(&self.without)))
    }
}

impl Display for Atom {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (word, name, condition) = match &self.kind {
            AtomKind::Entered { step, condition } => ("entered", step, condition),
            AtomKind::Accepted { event, condition } => ("accepted", event, condition),
            AtomKind::Refused { reason, condition } => ("refused", reason, condition),
            AtomKind::Sent { output, condition } => ("sent", output, condition),
            AtomKind::Holds { condition } => return write!(f, "holds {condition}"),
        };
        write!(f, "{word} {name}")?;
        after_word(f, "where", condition.as_ref())
    }
}

fn counting(f: &mut Formatter<'_>, keyword: &str, limit: &Name, by: Option<&Expression>) -> fmt::Result {
    write!(f, "{keyword} {limit}")?;
    after_word(f, "by", by)
}

/// A part that may be left out, with the word before it.
fn after_word(f: &mut Formatter<'_>, word: &str, part: Option<&impl Display>) -> fmt::Result {
    part.map_or(Ok(()), |part| write!(f, " {word} {part}"))
}

/// Names with commas between them.
struct Listed<'a>(&'a [Name]);

impl Display for Listed<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            write!(f, "{}{name}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

/// Arguments in parentheses; nothing if there are none.
struct Given<'a>(&'a [Argument]);

impl Display for Given<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, argument) in self.0.iter().enumerate() {
            write!(f, "{}{} = {}", if index == 0 { "(" } else { ", " }, argument.name, argument.value)?;
        }
        f.write_str(if self.0.is_empty() { "" } else { ")" })
    }
}

fn subject(subject: DefaultSubject) -> &'static str {
    match subject {
        DefaultSubject::Unlisted => "unlisted",
        DefaultSubject::Missing => "missing",
        DefaultSubject::Invalid => "invalid",
        DefaultSubject::Waiting => "waiting",
        DefaultSubject::OrderStrict => "order strict",
    }
}

fn flow_kind(kind: FlowKind) -> &'static str {
    match kind {
        FlowKind::Flow => "flow",
        FlowKind::Part => "part",
        FlowKind::Stub => "stub",
    }
}

fn end_kind(kind: EndKind) -> &'static str {
    match kind {
        EndKind::Success => "success",
        EndKind::Failure => "failure",
        EndKind::Handover => "handover",
    }
}
