//! Parts of a statement that stand in another order than always.

use std::ops::Range;

use pest::Parser;

use super::stop::Stop;
use super::{Slip, codes};
use crate::syntax::grammar::{Grammar, Rule, rule_of};
use crate::syntax::lines::keyword;

/// The parts that may be left out, in the order in which they stand.
const ORDER: &[(Rule, &str)] = &[
    (Rule::value, "a value"),
    (Rule::guard, "`when`"),
    (Rule::chosen, "`chosen`"),
    (Rule::fixed, "`fixed`"),
    (Rule::by, "`by`"),
    (Rule::like, "`like`"),
    (Rule::endless, "`endless`"),
    (Rule::for_each, "`for each`"),
    (Rule::needs, "`needs`"),
    (Rule::optional, "`optional`"),
    (Rule::or_more, "`or more`"),
    (Rule::per, "`per`"),
    (Rule::within, "`within`"),
    (Rule::each, "`each`"),
    (Rule::active, "`while`"),
    (Rule::idle, "`idle`"),
    (Rule::since, "`since`"),
    (Rule::or_later, "`or later`"),
    (Rule::text, "a text"),
    (Rule::refuse, OUTCOME),
    (Rule::to, OUTCOME),
    (Rule::stay, OUTCOME),
    (Rule::restart, OUTCOME),
    (Rule::resume, OUTCOME),
    (Rule::ask, OUTCOME),
    (Rule::either, OUTCOME),
    (Rule::silent, OUTCOME),
    (Rule::allow, OUTCOME),
    (Rule::deny, OUTCOME),
    (Rule::unstated, OUTCOME),
    (Rule::fact, "a mark"),
    (Rule::assumed, "a mark"),
    (Rule::printed, "a mark"),
];

const OUTCOME: &str = "the outcome";

struct Part {
    rank: usize,
    place: Range<usize>,
}

pub(super) fn propose(stop: &Stop<'_>) -> Vec<Slip> {
    slip(stop).into_iter().collect()
}

fn slip(stop: &Stop<'_>) -> Option<Slip> {
    let at = taken_for_a_language(stop).unwrap_or(stop.at);
    let late = parts_from(stop.text, at);
    let first = late.first()?;
    let mut parts = parts_before(stop, at)?;
    let outcome = |part: &Part| ORDER[part.rank].1 == OUTCOME;
    if outcome(first) && parts.iter().any(outcome) {
        return Some(second_outcome(stop, first));
    }
    let passed = parts.iter().find(|part| part.rank > first.rank)?;
    let message = format!("{} belongs before {}", ORDER[first.rank].1, ORDER[passed.rank].1);
    let place = first.place.clone();
    parts.extend(late);
    let whole = parts.first()?.place.start..parts.last()?.place.end;
    parts.sort_by_key(|part| part.rank);
    let sorted: Vec<&str> = parts.iter().map(|part| &stop.text[part.place.clone()]).collect();
    let help = "the order is always: keyword, head, texts, outcome, marks, block";
    let mut slip = Slip::new(codes::WRONG_ORDER, message, place, help, "");
    slip.edit = (whole, sorted.join(" "));
    Some(slip)
}

fn second_outcome(stop: &Stop<'_>, part: &Part) -> Slip {
    let message = "a statement has one outcome, and this is a second";
    let mut slip = Slip::new(codes::SOMETHING_EXTRA, message, part.place.clone(), "keep one of them", "");
    slip.edit.0.start = stop.text[..stop.at].trim_end().len();
    slip
}

/// Where a word of two letters stands that was read as the language of a text to come, as in `on pay "Pay" by clerk`.
fn taken_for_a_language(stop: &Stop<'_>) -> Option<usize> {
    let read = stop.text[..stop.at].trim_end();
    let word = read.rsplit(' ').next().filter(|word| word.len() == 2 && stop.expects("\""))?;
    let at = read.len() - word.len();
    part_at(stop.text, at).map(|_| at)
}

/// The parts that were read before a place.
fn parts_before(stop: &Stop<'_>, at: usize) -> Option<Vec<Part>> {
    let read = stop.text[..at].trim_end();
    let statement = Grammar::parse(rule_of(keyword(read))?, read).ok()?.next()?;
    let parts = statement.into_inner().filter_map(|pair| {
        let rank = ORDER.iter().position(|(rule, _)| *rule == pair.as_rule())?;
        Some(Part { rank, place: pair.as_span().start()..pair.as_span().end() })
    });
    Some(parts.collect())
}

/// The parts that stand from a place on, one after the other.
fn parts_from(text: &str, mut at: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    while let Some(part) = part_at(text, at) {
        at = part.place.end;
        parts.push(part);
        at += text[at..].len() - text[at..].trim_start().len();
    }
    parts
}

fn part_at(text: &str, at: usize) -> Option<Part> {
    let found = ORDER.iter().enumerate().find_map(|(rank, (rule, _))| {
        let pair = Grammar::parse(*rule, &text[at..]).ok()?.next()?;
        Some((rank, pair.as_str().len()))
    });
    found.map(|(rank, length)| Part { rank, place: at..at + length })
}
