//! Arbitrary trees: every statement, every expression, comments at every place.

use flowspec::source::Span;
use flowspec::syntax::Tree;
use flowspec::syntax::tree::*;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

/// A tree as the parser could have made it, but for its places.
pub(crate) fn tree() -> impl Strategy<Value = Tree> {
    (vec(statement(), 0..6), vec(comment(), 0..2))
        .prop_map(|(statements, closing_comments)| Tree { statements, closing_comments })
}

fn statement() -> BoxedStrategy<Statement> {
    let leaf = (full(), comments()).prop_map(|(statement, comments)| commented(statement, None, comments));
    let with_tail = leaf.prop_recursive(3, 24, 4, |inner| {
        (full(), of(vec(inner, 0..4)), comments())
            .prop_map(|(statement, block, comments)| commented(statement, block, comments))
    });
    let bare = (bare(), comments()).prop_map(|(kind, comments)| commented(plain(kind), None, comments));
    prop_oneof![6 => with_tail, 1 => bare].boxed()
}

fn commented(mut statement: Statement, block: Option<Vec<Statement>>, mut comments: Comments) -> Statement {
    if block.is_none() {
        (comments.closing, comments.after) = (Vec::new(), None);
    }
    statement.block = block;
    statement.comments = (comments != Comments::default()).then(|| Box::new(comments));
    statement
}

fn plain(kind: StatementKind) -> Statement {
    let (span, head) = (Span::default(), Span::default());
    Statement {
        span,
        head,
        kind,
        texts: [].into(),
        outcome: None,
        marks: [].into(),
        block: None,
        comments: None,
    }
}

/// A statement with texts, outcome and marks.
fn full() -> impl Strategy<Value = Statement> {
    let usual = (kind(), vec(text(), 0..3), of(outcome()), vec(mark(), 0..3)).prop_map(
        |(kind, mut texts, mut outcome, marks)| {
            // `note zh "…"` is a note of the kind `zh`, and `note stay` one of the kind `stay`.
            if let StatementKind::Note { kind: None } = kind {
                texts.iter_mut().take(1).for_each(|first| first.language = None);
                outcome = outcome.filter(|_| !texts.is_empty());
            }
            Statement { texts: texts.into(), outcome, marks: marks.into(), ..plain(kind) }
        },
    );
    let alternative = (outcome(), vec(mark(), 0..2)).prop_map(|(outcome, marks)| Statement {
        outcome: Some(outcome),
        marks: marks.into(),
        ..plain(StatementKind::Alternative)
    });
    prop_oneof![8 => usual, 1 => alternative]
}

/// The statements that end with their head.
fn bare() -> impl Strategy<Value = StatementKind> {
    use StatementKind as S;
    prop_oneof![
        integer().prop_map(|version| S::Language { version }),
        quoted().prop_map(|path| S::Facts { path }),
        (vec(prop_oneof![name(), type_name()], 1..4), quoted())
            .prop_map(|(names, from)| S::Use { names, from }),
    ]
}

fn kind() -> impl Strategy<Value = StatementKind> {
    prop_oneof![
        of_a_file(),
        of_a_flow(),
        of_a_session(),
        of_a_step(),
        of_a_branch(),
        of_anything(),
        of_a_type()
    ]
}

fn of_a_file() -> BoxedStrategy<StatementKind> {
    use StatementKind as S;
    let subject = select(vec![
        DefaultSubject::Unlisted,
        DefaultSubject::Missing,
        DefaultSubject::Invalid,
        DefaultSubject::Waiting,
        DefaultSubject::OrderStrict,
    ]);
    let flow = select(vec![FlowKind::Flow, FlowKind::Part, FlowKind::Stub]);
    prop_oneof![
        (type_name(), type_reference()).prop_map(|(name, of)| S::Type { name, of: Box::new(of) }),
        (name(), name(), type_reference()).prop_map(|(name, key, key_type)| S::Record(Box::new(Record {
            name,
            key,
            key_type
        }))),
        name().prop_map(|name| S::Reason { name }),
        name().prop_map(|name| S::Actor { name }),
        name().prop_map(|name| S::Output { name }),
        (name(), type_reference()).prop_map(|(name, of)| S::Choice { name, of: Box::new(of) }),
        subject.prop_map(|subject| S::Default { subject }),
        (flow, name(), of(name().prop_map(Box::new)), any::<bool>())
            .prop_map(|(kind, name, actor, endless)| S::Flow { kind, name, actor, endless }),
    ]
    .boxed()
}

fn of_a_flow() -> BoxedStrategy<StatementKind> {
    use StatementKind as S;
    let end = select(vec![EndKind::Success, EndKind::Failure, EndKind::Handover]);
    prop_oneof![
        Just(S::Start),
        declaration().prop_map(S::Given),
        declaration().prop_map(S::Remember),
        (name(), path()).prop_map(|(record, by)| S::Row { record, by: Box::new(by) }),
        expression().prop_map(|condition| S::Require { condition }),
        limit().prop_map(|limit| S::Limit(Box::new(limit))),
        (name(), of(name().prop_map(Box::new))).prop_map(|(name, like)| S::Step { name, like }),
        name().prop_map(|name| S::Checklist { name }),
        (name(), end).prop_map(|(name, kind)| S::End { name, kind }),
        Just(S::Anywhere),
        name().prop_map(|name| S::Capability { name }),
    ]
    .boxed()
}

fn limit() -> impl Strategy<Value = Limit> {
    let window = prop_oneof![
        sum().prop_map(Window::Within),
        (name(), offset()).prop_map(|(period, offset)| Window::Each { period, offset }),
    ];
    (name(), of((sum(), any::<bool>())), of(path()), of(window), of(expression())).prop_map(
        |(name, bound, per, window, active)| {
            let or_more = bound.as_ref().is_some_and(|(_, or_more)| *or_more);
            Limit { name, bound: bound.map(|(bound, _)| bound), or_more, per, window, active }
        },
    )
}

fn of_a_session() -> BoxedStrategy<StatementKind> {
    use StatementKind as S;
    prop_oneof![
        (atom(), of(atom().prop_map(Box::new)))
            .prop_map(|(atom, before)| S::Never { atom: Box::new(atom), before }),
        expression().prop_map(|condition| S::Always { condition }),
        (atom(), atom(), of(expression())).prop_map(|(cause, effect, within)| S::Follow(Box::new(Follow {
            cause,
            effect,
            within
        }))),
        (expression(), expression(), of(name()), name(), vec(name(), 0..3)).prop_map(
            |(one, other, event, actor, without)| S::Indistinguishable(Box::new(Indistinguishable {
                one,
                other,
                event,
                actor,
                without
            }))
        ),
        Just(S::Scenario),
        (name(), vec(argument(), 0..3)).prop_map(|(flow, arguments)| S::Run { flow, arguments }),
        (name(), vec(argument(), 0..3)).prop_map(|(event, arguments)| S::Do { event, arguments }),
        (name(), name(), vec(argument(), 0..3)).prop_map(|(actor, answer, arguments)| S::Answer {
            actor,
            answer: Box::new(answer),
            arguments: arguments.into(),
        }),
        expression().prop_map(|duration| S::Wait { duration }),
        name().prop_map(|capability| S::May { capability }),
    ]
    .boxed()
}

fn atom() -> impl Strategy<Value = Atom> {
    let named = (0..4, name(), of(expression())).prop_map(|(which, name, condition)| match which {
        0 => AtomKind::Entered { step: name, condition },
        1 => AtomKind::Accepted { event: name, condition },
        2 => AtomKind::Refused { reason: name, condition },
        _ => AtomKind::Sent { output: name, condition },
    });
    let kind = prop_oneof![named, expression().prop_map(|condition| AtomKind::Holds { condition })];
    kind.prop_map(|kind| Atom { span: Span::default(), kind })
}

fn of_a_step() -> BoxedStrategy<StatementKind> {
    use StatementKind as S;
    let from = prop_oneof![Just(AfterFrom::Entry), Just(AfterFrom::Idle), name().prop_map(AfterFrom::Since)];
    prop_oneof![
        (name(), of(name().prop_map(Box::new))).prop_map(|(event, actor)| S::On { event, actor }),
        (sum(), from, any::<bool>()).prop_map(|(delay, from, or_later)| S::After(Box::new(After {
            delay,
            from,
            or_later
        }))),
        (name(), vec(argument(), 0..3)).prop_map(|(part, arguments)| S::Call { part, arguments }),
        (name(), of(path()), vec(name(), 0..3), any::<bool>()).prop_map(
            |(name, for_each, needs, optional)| S::Task(Box::new(Task { name, for_each, needs, optional }))
        ),
    ]
    .boxed()
}

fn of_a_branch() -> BoxedStrategy<StatementKind> {
    use StatementKind as S;
    let by = || of(expression().prop_map(Box::new));
    prop_oneof![
        declaration().prop_map(S::Field),
        (name(), expression())
            .prop_map(|(reason, condition)| S::RefuseWhen { reason, condition: Box::new(condition) }),
        expression().prop_map(|condition| S::When { condition }),
        Just(S::Otherwise),
        (name(), by()).prop_map(|(limit, by)| S::Check { limit, by }),
        (name(), by()).prop_map(|(limit, by)| S::Count { limit, by }),
        (name(), by()).prop_map(|(limit, by)| S::Uncount { limit, by }),
        name().prop_map(|limit| S::Reset { limit }),
        (path(), by()).prop_map(|(target, value)| S::Set { target, value }),
        (name(), vec(argument(), 0..3), by()).prop_map(|(output, arguments, when)| S::Send {
            output,
            arguments: arguments.into(),
            when
        }),
    ]
    .boxed()
}

fn of_anything() -> BoxedStrategy<StatementKind> {
    use StatementKind as S;
    prop_oneof![
        of(name()).prop_map(|kind| S::Note { kind }),
        (0..9_999_u32).prop_map(|code| S::Allow { code: named(format!("F{code:04}")) }),
        (name(), any::<bool>()).prop_map(|(name, missing)| S::Contact { name, missing }),
        name().prop_map(|name| S::Link { name }),
    ]
    .boxed()
}

fn of_a_type() -> BoxedStrategy<StatementKind> {
    use StatementKind as S;
    prop_oneof![
        name().prop_map(|name| S::Member { name }),
        of(integer()).prop_map(|count| S::Others { count }),
        range().prop_map(|range| S::Length { range: Box::new(range) }),
        range().prop_map(|range| S::Range { range: Box::new(range) }),
        expression().prop_map(|step| S::MultipleOf { step }),
        name().prop_map(|name| S::MatchesCheck { name }),
        quoted().prop_map(|pattern| S::MatchesPattern { pattern }),
    ]
    .boxed()
}

fn declaration() -> impl Strategy<Value = Box<Declaration>> {
    let expression = || of(expression().prop_map(Box::new));
    (name(), any::<bool>(), type_reference(), expression(), expression(), any::<[bool; 2]>()).prop_map(
        |(name, optional, of, default, when, [chosen, fixed])| {
            Box::new(Declaration { name, optional, of, default, when, chosen, fixed })
        },
    )
}

fn type_reference() -> impl Strategy<Value = TypeReference> {
    let named = prop_oneof![
        (name(), of(currency())).prop_map(|(name, currency)| TypeKind::Named { name, currency }),
        type_name().prop_map(|name| TypeKind::Named { name, currency: None }),
    ];
    let named = (named, any::<bool>(), vec(name(), 0..3)).prop_map(|(kind, secret, words)| TypeReference {
        span: Span::default(),
        kind,
        secret,
        words: words.into(),
    });
    named.prop_recursive(2, 4, 1, |of| {
        let kind = prop_oneof![
            (range(), of.clone())
                .prop_map(|(length, of)| TypeKind::List { length: Box::new(length), of: Box::new(of) }),
            of.prop_map(|of| TypeKind::Set { of: Box::new(of) }),
        ];
        kind.prop_map(|kind| TypeReference { span: Span::default(), kind, secret: false, words: [].into() })
    })
}

fn range() -> impl Strategy<Value = Range> {
    let end = prop_oneof![Just(RangeEnd::Exact), Just(RangeEnd::Open), sum().prop_map(RangeEnd::To)];
    (sum(), end).prop_map(|(low, end)| Range { low, end })
}

fn text() -> impl Strategy<Value = Text> {
    let language = select(vec![*b"zh", *b"en", *b"de"]).prop_map(Language);
    (of(language), quoted()).prop_map(|(language, value)| Text { language, value })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let kind = prop_oneof![
        name().prop_map(OutcomeKind::To),
        Just(OutcomeKind::Stay),
        Just(OutcomeKind::Restart),
        Just(OutcomeKind::Resume),
        (name(), of(sum().prop_map(Box::new)), of(name().prop_map(Box::new)))
            .prop_map(|(reason, hold, to)| OutcomeKind::Refuse { reason, hold, to }),
        name().prop_map(OutcomeKind::Ask),
        Just(OutcomeKind::Either),
        Just(OutcomeKind::Silent),
        Just(OutcomeKind::Allow),
        name().prop_map(OutcomeKind::Deny),
        Just(OutcomeKind::Unstated),
    ];
    kind.prop_map(|kind| Outcome { span: Span::default(), kind })
}

fn mark() -> impl Strategy<Value = Mark> {
    let anchor = || "[A-Z]{2,4}-[A-Z]?[0-9]{2}".prop_map(named);
    let kind = prop_oneof![
        anchor().prop_map(MarkKind::Fact),
        (anchor(), of(quoted().prop_map(Box::new)))
            .prop_map(|(anchor, text)| MarkKind::Assumed { anchor, text }),
        quoted().prop_map(MarkKind::Printed),
    ];
    kind.prop_map(|kind| Mark { span: Span::default(), kind })
}

fn comments() -> impl Strategy<Value = Comments> {
    let sometimes = || prop_oneof![4 => Just(None), 1 => comment().prop_map(Some)];
    let few = || prop_oneof![4 => Just(Vec::new()), 1 => vec(comment(), 1..3)];
    (few(), sometimes(), few(), sometimes()).prop_map(|(leading, trailing, closing, after)| Comments {
        leading,
        trailing,
        closing,
        after,
    })
}

fn comment() -> impl Strategy<Value = Comment> {
    ("( [a-z{}\"“/]{1,9}){0,3}", any::<bool>()).prop_map(|(text, doc)| Comment {
        text: text.into(),
        span: Span::default(),
        doc,
    })
}

/// Any expression; each function below makes one level of precedence out of the next tighter one.
fn expression() -> BoxedStrategy<Expression> {
    disjunction(operand(2))
}

fn disjunction(operand: BoxedStrategy<Expression>) -> BoxedStrategy<Expression> {
    let all = several(negation(operand), ExpressionKind::And);
    several(all, ExpressionKind::Or)
}

/// What bounds and times take.
fn sum() -> BoxedStrategy<Expression> {
    sum_of(operand(2))
}

fn several(
    part: BoxedStrategy<Expression>,
    kind: fn(Vec<Expression>) -> ExpressionKind,
) -> BoxedStrategy<Expression> {
    prop_oneof![3 => part.clone(), 1 => vec(part, 2..4).prop_map(move |parts| at_no_place(kind(parts)))]
        .boxed()
}

fn negation(operand: BoxedStrategy<Expression>) -> BoxedStrategy<Expression> {
    let not = |inner| at_no_place(ExpressionKind::Not(Box::new(inner)));
    let comparison = comparison(operand);
    let twice = comparison.clone().prop_map(move |inner| not(not(inner)));
    prop_oneof![4 => comparison.clone(), 1 => comparison.prop_map(not), 1 => twice].boxed()
}

fn comparison(operand: BoxedStrategy<Expression>) -> BoxedStrategy<Expression> {
    let operator = select(vec![
        CompareOperator::Equal,
        CompareOperator::NotEqual,
        CompareOperator::LessOrEqual,
        CompareOperator::GreaterOrEqual,
        CompareOperator::Less,
        CompareOperator::Greater,
    ]);
    let presence = select(vec![Presence::Set, Presence::Missing, Presence::Empty]);
    let sum = || sum_of(operand.clone()).prop_map(Box::new);
    prop_oneof![
        sum_of(operand.clone()),
        (operator, sum(), sum()).prop_map(|(operator, left, right)| at_no_place(ExpressionKind::Compare {
            operator,
            left,
            right
        })),
        (sum(), sum()).prop_map(|(item, list)| at_no_place(ExpressionKind::In { item, list })),
        (sum(), presence).prop_map(|(value, presence)| at_no_place(ExpressionKind::Is { value, presence })),
    ]
    .boxed()
}

fn sum_of(operand: BoxedStrategy<Expression>) -> BoxedStrategy<Expression> {
    let product = (operand, vec(integer(), 0..2)).prop_map(|(first, factors)| {
        factors
            .into_iter()
            .fold(first, |left, factor| at_no_place(ExpressionKind::Times { left: Box::new(left), factor }))
    });
    let operator = select(vec![SumOperator::Plus, SumOperator::Minus]);
    let product = product.boxed();
    (product.clone(), vec((operator, product), 0..2))
        .prop_map(|(first, rest)| {
            rest.into_iter().fold(first, |left, (operator, right)| {
                let (left, right) = (Box::new(left), Box::new(right));
                at_no_place(ExpressionKind::Sum { operator, left, right })
            })
        })
        .boxed()
}

/// An operand with parentheses up to `depth` deep.
fn operand(depth: u32) -> BoxedStrategy<Expression> {
    let path = || path().prop_map(ExpressionKind::Path).prop_map(at_no_place);
    if depth == 0 {
        return prop_oneof![literal(), path()].boxed();
    }
    let inner = disjunction(operand(depth - 1));
    let parenthesised =
        inner.clone().prop_map(Box::new).prop_map(ExpressionKind::Parenthesised).prop_map(at_no_place);
    let rounding = select(vec![Rounding::Up, Rounding::Down, Rounding::HalfUp, Rounding::HalfEven]);
    let percent = (integer(), prop_oneof![path(), parenthesised.clone()], rounding).prop_map(
        |(percent, of, rounding)| {
            at_no_place(ExpressionKind::Percent { percent, of: Box::new(of), rounding })
        },
    );
    let now = Just(at_no_place(ExpressionKind::Now));
    let date = (prop_oneof![path(), now, parenthesised.clone()], offset()).prop_map(|(instant, offset)| {
        at_no_place(ExpressionKind::DateOf { instant: Box::new(instant), offset })
    });
    let aggregate = select(vec![Aggregate::Total, Aggregate::Number, Aggregate::Every, Aggregate::Some]);
    let aggregate =
        (aggregate, self::path(), of(inner.prop_map(Box::new))).prop_map(|(aggregate, over, filter)| {
            at_no_place(ExpressionKind::Aggregate { aggregate, over: Box::new(over), filter })
        });
    prop_oneof![6 => literal(), 6 => path(), 1 => parenthesised, 1 => percent, 1 => date, 1 => aggregate]
        .boxed()
}

fn literal() -> impl Strategy<Value = Expression> {
    let unit = select(vec![Unit::Milliseconds, Unit::Seconds, Unit::Minutes, Unit::Hours, Unit::Days]);
    let kind = prop_oneof![
        ("(0|[1-9][0-9]{0,3})(\\.[0-9]{2})?", currency())
            .prop_map(|(amount, currency)| ExpressionKind::Money { amount: amount.into(), currency }),
        (integer(), unit).prop_map(|(amount, unit)| ExpressionKind::Quantity { amount, unit }),
        integer().prop_map(ExpressionKind::Integer),
        characters().prop_map(|text| ExpressionKind::Text(text.into())),
        any::<bool>().prop_map(ExpressionKind::Boolean),
        Just(ExpressionKind::Now),
        vec(name(), 0..3).prop_map(|names| {
            let word = |name: Name| {
                at_no_place(ExpressionKind::Path(Path { text: name.text, span: Span::default() }))
            };
            ExpressionKind::Members(names.into_iter().map(word).collect())
        }),
    ];
    kind.prop_map(at_no_place)
}

fn at_no_place(kind: ExpressionKind) -> Expression {
    Expression { span: Span::default(), kind }
}

fn argument() -> impl Strategy<Value = Argument> {
    (name(), expression()).prop_map(|(name, value)| Argument { name, value })
}

fn offset() -> impl Strategy<Value = Offset> {
    (-1439..=1439).prop_map(|minutes| Offset { minutes })
}

fn currency() -> impl Strategy<Value = Currency> {
    select(vec![*b"CNY", *b"JPY", *b"EUR"]).prop_map(Currency)
}

fn integer() -> impl Strategy<Value = i64> {
    prop_oneof![0..100_i64, Just(i64::MAX)]
}

/// Names, keywords among them: no word is reserved.
fn name() -> impl Strategy<Value = Name> {
    let keywords = vec![
        "step", "on", "end", "field", "flow", "start", "limit", "set", "after", "given", "record", "day",
    ];
    prop_oneof![4 => "q[a-zA-Z0-9_]{0,6}", 1 => select(keywords).prop_map(str::to_owned)].prop_map(named)
}

fn type_name() -> impl Strategy<Value = Name> {
    "[A-Z][a-z][a-zA-Z0-9_]{0,6}".prop_map(named)
}

fn named(text: String) -> Name {
    Name { text: text.into(), span: Span::default() }
}

fn path() -> impl Strategy<Value = Path> {
    vec(name(), 1..3).prop_map(|names| {
        let names: Vec<&str> = names.iter().map(Name::as_str).collect();
        Path { text: names.join(".").into(), span: Span::default() }
    })
}

fn quoted() -> impl Strategy<Value = Quoted> {
    characters().prop_map(|value| Quoted { value: value.into(), span: Span::default() })
}

/// Texts with everything that someone could trip over.
fn characters() -> impl Strategy<Value = String> {
    let hard = "[\"\\\\{}/\n\t\r\0<>|`*#@a中“”\u{202E}\u{FEFF}]{0,8}";
    prop_oneof![4 => "[a-z ]{0,12}", 1 => hard]
}
