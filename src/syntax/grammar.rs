//! The parser that pest makes of `grammar/flow.pest`, and the keyword that leads to each statement's rule.

use pest_derive::Parser;

#[derive(Parser)]
#[grammar = "grammar/flow.pest"]
pub(super) struct Grammar;

macro_rules! statements {
    ($($keyword:literal $rule:ident)*) => {
        /// Every word that begins a statement.
        pub(super) const KEYWORDS: &[&str] = &[$($keyword),*];

        /// The rule that a statement's first word decides, found at once instead of by trying sixty alternatives. Without a
        /// word a line can only be `-> step`.
        pub(super) fn rule_of(keyword: &str) -> Option<Rule> {
            match keyword {
                $($keyword => Some(Rule::$rule),)*
                "" => Some(Rule::alternative),
                _ => None,
            }
        }
    };
}

statements! {
    "language" language
    "facts" facts
    "use" uses
    "type" type_
    "record" record
    "reason" reason
    "actor" actor
    "output" output
    "choice" choice
    "default" default
    "flow" flow
    "part" part
    "stub" stub
    "start" start
    "given" given
    "remember" remember
    "row" row
    "require" require
    "limit" limit
    "step" step
    "checklist" checklist
    "end" end
    "anywhere" anywhere
    "capability" capability
    "never" never
    "always" always
    "follow" follow
    "indistinguishable" indistinguishable
    "scenario" scenario
    "run" run
    "on" on
    "after" after
    "call" call
    "task" task
    "field" field
    "when" when
    "otherwise" otherwise
    "check" check
    "count" count
    "uncount" uncount
    "reset" reset
    "set" set
    "send" send
    "note" note
    "contact" contact
    "link" link
    "do" do_
    "answer" answer
    "wait" wait
    "may" may
    "member" member
    "others" others
    "length" length
    "range" range_
    "multiple" multiple
    "matches" matches
    "refuse" refusal
    "stay" alternative
    "restart" alternative
    "resume" alternative
    "ask" alternative
    "either" alternative
    "silent" alternative
    "allow" allowing
    "deny" alternative
    "unstated" alternative
}
