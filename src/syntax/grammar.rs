//! The parser that pest makes of `grammar/flow.pest`, and the keyword that leads to each statement's rule.

use pest_derive::Parser;

#[derive(Parser)]
#[grammar = "grammar/flow.pest"]
pub(super) struct Grammar;

/// Every word that begins a statement.
pub(super) const KEYWORDS: &[&str] = &[
    "actor",
    "after",
    "allow",
    "always",
    "answer",
    "anywhere",
    "ask",
    "call",
    "capability",
    "check",
    "checklist",
    "choice",
    "contact",
    "count",
    "default",
    "deny",
    "do",
    "drop",
    "either",
    "end",
    "facts",
    "field",
    "flow",
    "follow",
    "given",
    "language",
    "length",
    "limit",
    "link",
    "matches",
    "may",
    "member",
    "multiple",
    "never",
    "note",
    "on",
    "others",
    "otherwise",
    "output",
    "part",
    "range",
    "reason",
    "record",
    "refuse",
    "remember",
    "require",
    "reset",
    "restart",
    "resume",
    "row",
    "scenario",
    "send",
    "set",
    "silent",
    "start",
    "stay",
    "step",
    "stub",
    "task",
    "type",
    "uncount",
    "unstated",
    "use",
    "wait",
    "when",
];

/// The rule that a statement's first word decides, found at once instead of by trying sixty alternatives.
pub(super) fn rule_of(keyword: &str) -> Option<Rule> {
    Some(match keyword {
        "language" => Rule::language,
        "facts" => Rule::facts,
        "use" => Rule::uses,
        "type" => Rule::type_,
        "record" => Rule::record,
        "reason" => Rule::reason,
        "actor" => Rule::actor,
        "output" => Rule::output,
        "choice" => Rule::choice,
        "default" => Rule::default,
        "flow" => Rule::flow,
        "part" => Rule::part,
        "stub" => Rule::stub,
        "start" => Rule::start,
        "given" => Rule::given,
        "remember" => Rule::remember,
        "row" => Rule::row,
        "require" => Rule::require,
        "limit" => Rule::limit,
        "step" => Rule::step,
        "checklist" => Rule::checklist,
        "end" => Rule::end,
        "anywhere" => Rule::anywhere,
        "capability" => Rule::capability,
        "never" => Rule::never,
        "always" => Rule::always,
        "follow" => Rule::follow,
        "scenario" => Rule::scenario,
        "on" => Rule::on,
        "after" => Rule::after,
        "call" => Rule::call,
        "task" => Rule::task,
        "field" => Rule::field,
        "when" => Rule::when,
        "otherwise" => Rule::otherwise,
        "check" => Rule::check,
        "count" => Rule::count,
        "uncount" => Rule::uncount,
        "reset" => Rule::reset,
        "set" => Rule::set,
        "send" => Rule::send,
        "drop" => Rule::drop,
        "note" => Rule::note,
        "contact" => Rule::contact,
        "link" => Rule::link,
        "do" => Rule::do_,
        "answer" => Rule::answer,
        "wait" => Rule::wait,
        "may" => Rule::may,
        "member" => Rule::member,
        "others" => Rule::others,
        "length" => Rule::length,
        "range" => Rule::range_,
        "multiple" => Rule::multiple,
        "matches" => Rule::matches,
        "refuse" => Rule::refusal,
        "stay" | "restart" | "resume" | "ask" | "either" | "silent" | "allow" | "deny" | "unstated" => {
            Rule::alternative
        }
        _ if keyword.is_empty() => Rule::alternative,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_has_a_rule() {
        let without: Vec<_> = KEYWORDS.iter().filter(|keyword| rule_of(keyword).is_none()).collect();
        assert!(without.is_empty(), "{without:?}");
    }
}
