//! What every statement may end with: texts, an outcome, marks.

use pest::iterators::Pair;

use super::{Parts, Rule, Translator};
use crate::syntax::tree::{Mark, MarkKind, Name, Outcome, OutcomeKind, Text};

/// The end of a statement's line.
#[derive(Default)]
pub(super) struct Tail {
    pub(super) texts: Vec<Text>,
    pub(super) outcome: Option<Outcome>,
    pub(super) marks: Vec<Mark>,
}

impl Translator<'_> {
    /// Everything that is left of a statement.
    pub(super) fn tail(&mut self, parts: &mut Parts<'_>) -> Tail {
        let mut tail = Tail::default();
        while let Some(pair) = parts.next() {
            match pair.as_rule() {
                Rule::text => push(&mut tail.texts, self.text(&pair)),
                Rule::fact | Rule::assumed | Rule::printed => {
                    if let Some(mark) = self.mark(pair) {
                        push(&mut tail.marks, mark);
                    }
                }
                _ => tail.outcome = self.outcome(pair).or(tail.outcome),
            }
        }
        tail
    }

    fn outcome(&mut self, pair: Pair<'_, Rule>) -> Option<Outcome> {
        let span = self.span(&pair);
        let rule = pair.as_rule();
        let mut parts = Parts(pair.into_inner());
        let kind = match rule {
            Rule::to => OutcomeKind::To(self.next_name(&mut parts)?),
            Rule::stay => OutcomeKind::Stay,
            Rule::restart => OutcomeKind::Restart,
            Rule::resume => OutcomeKind::Resume,
            Rule::refuse => self.refusal(&mut parts)?,
            Rule::ask => OutcomeKind::Ask(self.next_name(&mut parts)?),
            Rule::either => OutcomeKind::Either,
            Rule::silent => OutcomeKind::Silent,
            Rule::allow => OutcomeKind::Allow,
            Rule::deny => OutcomeKind::Deny(self.next_name(&mut parts)?),
            Rule::unstated => OutcomeKind::Unstated,
            _ => return None,
        };
        Some(Outcome { span, kind })
    }

    fn refusal(&mut self, parts: &mut Parts<'_>) -> Option<OutcomeKind> {
        let reason = self.next_name(parts)?;
        let hold = parts.inside(Rule::hold).and_then(|mut hold| self.next_expression(&mut hold));
        let to = parts.inside(Rule::to).and_then(|mut to| self.next_name(&mut to));
        Some(OutcomeKind::Refuse { reason, hold: hold.map(Box::new), to: to.map(Box::new) })
    }

    fn mark(&mut self, pair: Pair<'_, Rule>) -> Option<Mark> {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::fact => {
                let start = pair.as_span().start() + 1;
                let anchor = pair.as_str().trim_start_matches('@');
                MarkKind::Fact(Name { text: anchor.into(), span: self.place(start, start + anchor.len()) })
            }
            Rule::assumed => {
                let mut parts = Parts(pair.into_inner());
                let anchor = self.next_name(&mut parts)?;
                let text = parts.next().map(|text| Box::new(self.quoted(&text)));
                MarkKind::Assumed { anchor, text }
            }
            _ => MarkKind::Printed(self.quoted(&pair.into_inner().next()?)),
        };
        Some(Mark { span, kind })
    }
}

/// Most statements have one text and one mark; the usual growth to four would waste three.
fn push<T>(list: &mut Vec<T>, item: T) {
    if list.is_empty() {
        list.reserve_exact(1);
    }
    list.push(item);
}
