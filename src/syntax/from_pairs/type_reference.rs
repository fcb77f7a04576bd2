//! Types as they are referred to, and the declarations that name one.

use pest::iterators::Pair;

use super::limits::MOST_IN_A_ROW;
use super::{Parts, Rule, Translator};
use crate::diagnostic::codes;
use crate::syntax::tree::{Currency, Declaration, Range, RangeEnd, TypeKind, TypeReference};

/// What stands before the element's type.
enum Around {
    List(Range),
    Set,
}

impl Translator<'_> {
    /// `phone?: Phone = default when usual chosen fixed`.
    pub(super) fn declaration(&mut self, parts: &mut Parts<'_>) -> Option<Box<Declaration>> {
        let name = self.next_name(parts)?;
        let optional = parts.has(Rule::may_be_left_out);
        let of = self.next_type(parts)?;
        let default = parts.inside(Rule::value).and_then(|mut value| self.next_expression(&mut value));
        let when = parts.inside(Rule::guard).and_then(|mut guard| self.next_expression(&mut guard));
        Some(Box::new(Declaration {
            name,
            optional,
            of,
            default: default.map(Box::new),
            when: when.map(Box::new),
            chosen: parts.has(Rule::chosen),
            fixed: parts.has(Rule::fixed),
        }))
    }

    /// `list 1..50 of Line secret | none`.
    pub(super) fn next_type(&mut self, parts: &mut Parts<'_>) -> Option<TypeReference> {
        let whole = parts.take(Rule::type_reference)?;
        let span = self.span(&whole);
        let mut inner = Parts(whole.into_inner());
        let mut around = Vec::new();
        while let Some(Rule::list_of | Rule::set_of) = inner.peek() {
            let pair = inner.next()?;
            let start = self.span(&pair);
            if around.len() == MOST_IN_A_ROW {
                let message = "too many lists inside one another";
                self.report(codes::TOO_DEEP, start, message.into(), "give the inner list's elements a type");
                return None;
            }
            let mut list = Parts(pair.into_inner());
            let what =
                if list.peek().is_some() { Around::List(self.next_range(&mut list)?) } else { Around::Set };
            around.push((start, what));
        }
        let named = self.named_type(&mut inner)?;
        Some(around.into_iter().rev().fold(named, |inner, (start, what)| {
            let of = Box::new(inner);
            let kind = match what {
                Around::List(length) => TypeKind::List { length: Box::new(length), of },
                Around::Set => TypeKind::Set { of },
            };
            TypeReference { span: start.to(span), kind, secret: false, words: Box::default() }
        }))
    }

    fn named_type(&mut self, parts: &mut Parts<'_>) -> Option<TypeReference> {
        let name = self.next_name(parts)?;
        let mut span = name.span;
        let mut extend = |translator: &Self, pair: &Pair<'_, Rule>| span = span.to(translator.span(pair));
        let currency = parts.take(Rule::currency).and_then(|pair| {
            extend(self, &pair);
            currency(&pair)
        });
        let secret = parts.take(Rule::secret);
        secret.iter().for_each(|pair| extend(self, pair));
        let mut words = Vec::new();
        while let Some(word) = parts.take(Rule::name) {
            extend(self, &word);
            words.push(self.name(&word));
        }
        let kind = TypeKind::Named { name, currency };
        Some(TypeReference { span, kind, secret: secret.is_some(), words: words.into() })
    }

    /// `3..64`.
    pub(super) fn next_range(&mut self, parts: &mut Parts<'_>) -> Option<Range> {
        let mut inner = parts.inside(Rule::range)?;
        let low = self.next_expression(&mut inner)?;
        let open = inner.has(Rule::to_end);
        let end = match self.next_expression(&mut inner) {
            Some(high) => RangeEnd::To(high),
            None if open => RangeEnd::Open,
            None => RangeEnd::Exact,
        };
        Some(Range { low, end })
    }
}

/// `CNY`.
pub(super) fn currency(pair: &Pair<'_, Rule>) -> Option<Currency> {
    pair.as_str().as_bytes().try_into().ok().map(Currency)
}
