//! The heads of the statements, one arm each, in the order of the grammar.

use super::{Parts, Rule, Translator};
use crate::syntax::tree::{
    After, AfterFrom, Argument, Atom, AtomKind, DefaultSubject, EndKind, Expression, FlowKind, Follow,
    Indistinguishable, Limit, Name, Path, Quoted, Record, StatementKind, Task, Window,
};

impl Translator<'_> {
    /// The statement of this rule; what is left of `parts` afterwards is its tail.
    pub(super) fn kind(&mut self, rule: Rule, parts: &mut Parts<'_>) -> Option<StatementKind> {
        use StatementKind as S;
        Some(match rule {
            Rule::language => S::Language { version: self.next_integer(parts)? },
            Rule::facts => S::Facts { path: self.next_quoted(parts)? },
            Rule::uses => S::Use { names: self.names(parts), from: self.next_quoted(parts)? },
            Rule::type_ => S::Type { name: self.next_name(parts)?, of: Box::new(self.next_type(parts)?) },
            Rule::record => S::Record(Box::new(Record {
                name: self.next_name(parts)?,
                key: self.next_name(parts)?,
                key_type: self.next_type(parts)?,
            })),
            Rule::reason => S::Reason { name: self.next_name(parts)? },
            Rule::actor => S::Actor { name: self.next_name(parts)? },
            Rule::output => S::Output { name: self.next_name(parts)? },
            Rule::choice => S::Choice { name: self.next_name(parts)?, of: Box::new(self.next_type(parts)?) },
            Rule::default => S::Default { subject: subject(parts.take(Rule::subject)?.as_str()) },
            Rule::flow => self.flow(FlowKind::Flow, parts)?,
            Rule::part => self.flow(FlowKind::Part, parts)?,
            Rule::stub => self.flow(FlowKind::Stub, parts)?,

            Rule::start => S::Start,
            Rule::given => S::Given(self.declaration(parts)?),
            Rule::remember => S::Remember(self.declaration(parts)?),
            Rule::row => S::Row { record: self.next_name(parts)?, by: Box::new(self.next_path(parts)?) },
            Rule::require => S::Require { condition: self.next_expression(parts)? },
            Rule::limit => S::Limit(Box::new(self.limit(parts)?)),
            Rule::step => S::Step { name: self.next_name(parts)?, like: self.name_in(Rule::like, parts) },
            Rule::checklist => S::Checklist { name: self.next_name(parts)? },
            Rule::end => S::End { name: self.next_name(parts)?, kind: end_kind(parts.next()?.as_str()) },
            Rule::anywhere => S::Anywhere,
            Rule::capability => S::Capability { name: self.next_name(parts)? },

            Rule::never => S::Never { atom: Box::new(self.atom(parts)?), before: self.before(parts) },
            Rule::always => S::Always { condition: self.next_expression(parts)? },
            Rule::follow => S::Follow(Box::new(Follow {
                cause: self.atom(parts)?,
                effect: self.atom(parts)?,
                within: self.expression_in(Rule::soon, parts),
            })),
            Rule::indistinguishable => S::Indistinguishable(Box::new(self.indistinguishable(parts)?)),
            Rule::scenario => S::Scenario,

            Rule::on => S::On { event: self.next_name(parts)?, actor: self.name_in(Rule::by, parts) },
            Rule::after => S::After(Box::new(self.after(parts)?)),
            Rule::call => S::Call { part: self.next_name(parts)?, arguments: self.arguments(parts) },
            Rule::task => S::Task(Box::new(self.task(parts)?)),

            Rule::field => S::Field(self.declaration(parts)?),
            Rule::refuse_when => S::RefuseWhen {
                reason: self.next_name(parts)?,
                condition: Box::new(self.next_expression(parts)?),
            },
            Rule::when => S::When { condition: self.next_expression(parts)? },
            Rule::otherwise => S::Otherwise,
            Rule::check => S::Check { limit: self.next_name(parts)?, by: self.boxed_in(Rule::amount, parts) },
            Rule::count => S::Count { limit: self.next_name(parts)?, by: self.boxed_in(Rule::amount, parts) },
            Rule::uncount => {
                S::Uncount { limit: self.next_name(parts)?, by: self.boxed_in(Rule::amount, parts) }
            }
            Rule::reset => S::Reset { limit: self.next_name(parts)? },
            Rule::set => S::Set { target: self.next_path(parts)?, value: self.boxed_in(Rule::value, parts) },
            Rule::send => S::Send {
                output: self.next_name(parts)?,
                arguments: self.arguments(parts).into(),
                when: self.boxed_in(Rule::guard, parts),
            },
            Rule::alternative => S::Alternative,

            Rule::allowance => S::Allow { code: self.next_name(parts)? },
            Rule::note => S::Note { kind: self.next_name(parts) },
            Rule::contact => S::Contact { name: self.next_name(parts)?, missing: parts.has(Rule::absent) },
            Rule::link => S::Link { name: self.next_name(parts)? },

            Rule::run => S::Run { flow: self.next_name(parts)?, arguments: self.arguments(parts) },
            Rule::do_ => S::Do { event: self.next_name(parts)?, arguments: self.arguments(parts) },
            Rule::answer => S::Answer {
                actor: self.next_name(parts)?,
                answer: Box::new(self.next_name(parts)?),
                arguments: self.arguments(parts).into(),
            },
            Rule::wait => S::Wait { duration: self.next_expression(parts)? },
            Rule::may => S::May { capability: self.next_name(parts)? },

            Rule::member => S::Member { name: self.next_name(parts)? },
            Rule::others => S::Others { count: self.next_integer(parts) },
            Rule::length => S::Length { range: Box::new(self.next_range(parts)?) },
            Rule::range_ => S::Range { range: Box::new(self.next_range(parts)?) },
            Rule::multiple => S::MultipleOf { step: self.next_expression(parts)? },
            Rule::matches => match self.next_name(parts) {
                Some(name) => S::MatchesCheck { name },
                None => S::MatchesPattern { pattern: self.next_quoted(parts)? },
            },
            _ => return None,
        })
    }

    fn flow(&mut self, kind: FlowKind, parts: &mut Parts<'_>) -> Option<StatementKind> {
        let name = self.next_name(parts)?;
        let actor = self.name_in(Rule::by, parts);
        Some(StatementKind::Flow { kind, name, actor, endless: parts.has(Rule::endless) })
    }

    fn limit(&mut self, parts: &mut Parts<'_>) -> Option<Limit> {
        let name = self.next_name(parts)?;
        let bound = if parts.has(Rule::unbounded) { None } else { Some(self.next_expression(parts)?) };
        let or_more = parts.has(Rule::or_more);
        let per = parts.inside(Rule::per).and_then(|mut per| self.next_path(&mut per));
        let window = self.window(parts);
        Some(Limit { name, bound, or_more, per, window, active: self.expression_in(Rule::active, parts) })
    }

    fn window(&mut self, parts: &mut Parts<'_>) -> Option<Window> {
        if let Some(mut each) = parts.inside(Rule::each) {
            let period = self.next_name(&mut each)?;
            return Some(Window::Each { period, offset: self.next_offset(&mut each)? });
        }
        self.expression_in(Rule::within, parts).map(Window::Within)
    }

    fn after(&mut self, parts: &mut Parts<'_>) -> Option<After> {
        let delay = self.next_expression(parts)?;
        let from = if parts.has(Rule::idle) {
            AfterFrom::Idle
        } else {
            self.name_in(Rule::since, parts).map_or(AfterFrom::Entry, |step| AfterFrom::Since(*step))
        };
        Some(After { delay, from, or_later: parts.has(Rule::or_later) })
    }

    fn task(&mut self, parts: &mut Parts<'_>) -> Option<Task> {
        let name = self.next_name(parts)?;
        let for_each = parts.inside(Rule::for_each).and_then(|mut each| self.next_path(&mut each));
        let needs = parts.inside(Rule::needs).map(|mut needs| self.names(&mut needs)).unwrap_or_default();
        Some(Task { name, for_each, needs, optional: parts.has(Rule::optional) })
    }

    fn before(&mut self, parts: &mut Parts<'_>) -> Option<Box<Atom>> {
        parts.inside(Rule::before).and_then(|mut before| self.atom(&mut before)).map(Box::new)
    }

    fn indistinguishable(&mut self, parts: &mut Parts<'_>) -> Option<Indistinguishable> {
        let (one, other) = (self.next_expression(parts)?, self.next_expression(parts)?);
        let event = self.name_in(Rule::meeting, parts).map(|name| *name);
        let mut audience = parts.inside(Rule::audience)?;
        let actor = self.next_name(&mut audience)?;
        let without =
            audience.inside(Rule::unseen).map(|mut unseen| self.names(&mut unseen)).unwrap_or_default();
        Some(Indistinguishable { one, other, event, actor, without })
    }

    fn atom(&mut self, parts: &mut Parts<'_>) -> Option<Atom> {
        let pair = parts.take(Rule::atom)?;
        let span = self.span(&pair);
        let mut inner = Parts(pair.into_inner());
        let Some(happening) = inner.take(Rule::happening) else {
            return Some(Atom {
                span,
                kind: AtomKind::Holds { condition: self.next_expression(&mut inner)? },
            });
        };
        let name = self.next_name(&mut inner)?;
        let condition = self.expression_in(Rule::where_, &mut inner);
        let kind = match happening.as_str() {
            "entered" => AtomKind::Entered { step: name, condition },
            "accepted" => AtomKind::Accepted { event: name, condition },
            "refused" => AtomKind::Refused { reason: name, condition },
            _ => AtomKind::Sent { output: name, condition },
        };
        Some(Atom { span, kind })
    }

    pub(super) fn arguments(&mut self, parts: &mut Parts<'_>) -> Vec<Argument> {
        let mut arguments = Vec::new();
        while let Some(mut argument) = parts.inside(Rule::argument) {
            let name = self.next_name(&mut argument);
            let value = self.next_expression(&mut argument);
            arguments.extend(name.zip(value).map(|(name, value)| Argument { name, value }));
        }
        arguments
    }

    /// The next part as a name, of whichever spelling.
    pub(super) fn next_name(&mut self, parts: &mut Parts<'_>) -> Option<Name> {
        match parts.peek()? {
            Rule::name
            | Rule::step_path
            | Rule::reason_name
            | Rule::type_name
            | Rule::anchor
            | Rule::code => parts.next().map(|pair| self.name(&pair)),
            _ => None,
        }
    }

    pub(super) fn names(&mut self, parts: &mut Parts<'_>) -> Vec<Name> {
        std::iter::from_fn(|| self.next_name(parts)).collect()
    }

    fn name_in(&mut self, rule: Rule, parts: &mut Parts<'_>) -> Option<Box<Name>> {
        parts.inside(rule).and_then(|mut inner| self.next_name(&mut inner)).map(Box::new)
    }

    fn next_path(&mut self, parts: &mut Parts<'_>) -> Option<Path> {
        parts.take(Rule::path).map(|pair| self.path(&pair))
    }

    fn next_quoted(&mut self, parts: &mut Parts<'_>) -> Option<Quoted> {
        parts.take(Rule::string).map(|pair| self.quoted(&pair))
    }

    fn expression_in(&mut self, rule: Rule, parts: &mut Parts<'_>) -> Option<Expression> {
        parts.inside(rule).and_then(|mut inner| self.next_expression(&mut inner))
    }

    fn boxed_in(&mut self, rule: Rule, parts: &mut Parts<'_>) -> Option<Box<Expression>> {
        self.expression_in(rule, parts).map(Box::new)
    }
}

fn subject(word: &str) -> DefaultSubject {
    match word {
        "unlisted" => DefaultSubject::Unlisted,
        "missing" => DefaultSubject::Missing,
        "invalid" => DefaultSubject::Invalid,
        "waiting" => DefaultSubject::Waiting,
        _ => DefaultSubject::OrderStrict,
    }
}

fn end_kind(word: &str) -> EndKind {
    match word {
        "success" => EndKind::Success,
        "failure" => EndKind::Failure,
        _ => EndKind::Handover,
    }
}
