//! How each statement is written, for whoever has lost the thread. Brackets hold what may be left out.

/// The form of the statement that a keyword begins.
pub(super) fn usage(keyword: &str) -> Option<&'static str> {
    Some(match keyword {
        "language" => "`language 1`",
        "facts" => "`facts \"facts.md\"`",
        "use" => "`use Phone, Name from \"people.flow\"`",
        "type" => "`type Name text`, with its constraints in the block",
        "record" => "`record name by key: Type`, with its fields in the block",
        "reason" => "`reason name \"text\"`",
        "actor" => "`actor name \"text\"`",
        "output" => "`output name \"text\"`, with its fields in the block",
        "choice" => "`choice name: one | two`",
        "default" => "`default unlisted refuse reason`; or `missing`, `invalid`, `waiting`, `order strict`",
        "flow" | "part" => "`flow name \"text\"`, with its steps in the block",
        "stub" => "`stub name [by actor] \"text\"`, with its ends in the block",
        "start" => "`start -> step`",
        "given" | "remember" | "field" => {
            "`field name[?]: Type [= value] [when condition] [chosen] [fixed] \"text\"`"
        }
        "row" => "`row record by key`",
        "require" => "`require condition refuse reason`",
        "limit" => {
            "`limit name: 5 [or more] [per key] [within 15 min] [while condition] refuse reason [for 30 min]`"
        }
        "step" => "`step name [like other] \"text\"`, with its events in the block",
        "checklist" => "`checklist name -> step`, with its tasks in the block",
        "end" => "`end name success`; or `failure`, `handover`",
        "anywhere" => "`anywhere`, with events in the block",
        "capability" => "`capability name \"text\"`, with `when` and `otherwise` in the block",
        "never" => "`never entered step [before accepted event]`",
        "always" => "`always condition`",
        "follow" => "`follow accepted event by entered step [within 5 min]`",
        "indistinguishable" => {
            "`indistinguishable condition, condition [on event] to actor [without output]`"
        }
        "scenario" => "`scenario \"text\"`, with `do`, `answer`, `wait` and `may` in the block",
        "run" => "`run flow(given = value)`, with `do`, `answer`, `wait` and `may` in the block",
        "on" => "`on event [by actor] \"text\" -> step`",
        "after" => "`after 5 min [idle | since step] [or later] -> step`",
        "call" => "`call part(name = value)`",
        "task" => "`task name [for each list] [needs task] [optional] \"text\"`",
        "refuse" => "`refuse reason when condition`; inside `either`: `refuse reason [-> step]`",
        "when" => "`when condition -> step`",
        "otherwise" => "`otherwise refuse reason`",
        "check" | "count" | "uncount" => "`count limit [by amount]`",
        "reset" => "`reset limit`",
        "set" => "`set name [= value]`",
        "send" => "`send output(name = value) [when condition]`",
        "note" => "`note [kind] \"text\"`",
        "contact" => "`contact name [missing] \"text\"`",
        "link" => "`link name \"text\"`",
        "do" => "`do event(name = value) -> step`",
        "answer" => "`answer actor event(name = value)`",
        "wait" => "`wait 30 min`",
        "may" => "`may capability allow`; or `deny reason`, `unstated`",
        "member" => "`member name \"text\"`",
        "others" => "`others 137 \"text\"`",
        "length" | "range" => "`length 6`; or `3..64`, `1..`",
        "multiple" => "`multiple of 10.00 CNY`",
        "matches" => "`matches \"[0-9]+\"`, or the name of a check",
        _ => return None,
    })
}
