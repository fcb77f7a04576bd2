//! A run as a scenario: what one would write to see it happen.

use std::fmt::Write as _;

use crate::diagnostic::Diagnostic;
use crate::explore::space::{Act, Apart, Run, Seen};
use crate::model::{Draft, Kind, Model, StepId, TypeId, duration};
use flowspec_runtime::suite::{Seen as Sent, Term, Terms};
use flowspec_runtime::{Fields, Rows, Text, Time, Value};

/// Writes runs of a flow.
pub(super) struct Example<'m> {
    pub(super) model: &'m Model,
}

/// A run as it is written: what it begins with, and what is done.
struct Written<'r> {
    rows: &'r Rows,
    given: &'r Fields,
    /// What comes of opening the session.
    opening: &'r Seen,
    lines: Vec<Line<'r>>,
}

/// One thing that is done.
struct Line<'r> {
    /// How long nothing is done before it.
    wait: Time,
    act: &'r Act,
    seen: &'r Seen,
    /// The step that has the handler.
    step: Option<StepId>,
    /// The step that the session is in before.
    before: Option<StepId>,
}

impl Example<'_> {
    /// A finding with a run (`which` says in words what kind) as a scenario to be pasted into the flow.
    pub(super) fn shown(
        finding: Diagnostic,
        draft: &Draft,
        which: &str,
        title: &str,
        run: &Run,
    ) -> Diagnostic {
        let scenario = Example { model: &draft.model }.scenario(title, run);
        if run.clock == 0 {
            let at = draft.before_brace(draft.model.element);
            let note = format!("the shortest run that {which} is below, as a scenario");
            return finding.note(note).mend("see it happen", at, scenario);
        }
        let minutes = run.clock / 60_000;
        let opened = format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60);
        let lines: Vec<&str> =
            scenario.lines().map(str::trim).filter(|line| !line.ends_with(['{', '}'])).collect();
        finding
            .note(format!("the shortest run that {which} is opened at {opened} in UTC: {}", lines.join(", ")))
            .note("a scenario begins at 00:00, so it cannot show this run")
    }

    /// The run as a scenario with a title, for the block of the flow: two blanks before each line.
    fn scenario(&self, title: &str, run: &Run) -> String {
        let mut step = run.first;
        let mut lines = Vec::new();
        for done in &run.lines {
            lines.push(Line { wait: done.wait, act: &done.act, seen: &done.seen, step, before: step });
            step = done.to.or(step);
        }
        self.written(title, &Written { rows: &run.rows, given: &run.given, opening: &run.opening, lines })
    }

    /// One of two runs in which the same is done; outside of the flow, if it takes several sessions.
    pub(super) fn twin(&self, title: &str, apart: &Apart, side: usize) -> String {
        if apart.is_of_several() {
            return self.sessions(title, apart, side);
        }
        let mut before = apart.first[side];
        let mut lines = Vec::new();
        for both in &apart.lines {
            let wait = if let Act::Wait(by) = both.act { by } else { 0 };
            lines.push(Line { wait, act: &both.act, seen: &both.seen[side], step: Some(both.step), before });
            before = both.to[side].or(before);
        }
        let (rows, opening) = (&apart.rows[side], &apart.opening[side]);
        self.written(title, &Written { rows, given: &apart.given, opening, lines })
    }

    fn sessions(&self, title: &str, apart: &Apart, side: usize) -> String {
        let mut text = format!("scenario {} {{\n", quoted(title));
        let mut rows = String::new();
        self.rows(&apart.rows[side], &mut rows);
        text += &rows.replace("\n    ", "\n  ").replacen("    ", "  ", 1);
        let mut before = apart.first[side];
        self.run(&apart.given, &apart.opening[side], &mut text);
        for both in &apart.lines {
            let seen = &both.seen[side];
            match &both.act {
                Act::Open(given) => {
                    text += "  }\n";
                    self.run(given, seen, &mut text);
                }
                act => self.event(&Line { wait: 0, act, seen, step: Some(both.step), before }, &mut text),
            }
            before = both.to[side].or(before);
        }
        // A session in which nothing is done has no block.
        (text + "  }\n").replace(" {\n  }\n", "\n") + "}\n"
    }

    fn run(&self, given: &Fields, opening: &Seen, text: &mut String) {
        let mut arguments = Vec::new();
        for declared in &self.model.givens {
            let value = given.get(&declared.name);
            if value.is_set() {
                arguments.push(format!("{} = {}", declared.name, self.value(declared.kind, value)));
            }
        }
        let arguments =
            if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let refused = opening.reasons.first().map_or(String::new(), |reason| format!(" refuse {reason}"));
        let _ = writeln!(text, "  run {}{arguments}{refused} {{", self.model.name);
    }

    fn written(&self, title: &str, run: &Written) -> String {
        let refused = run.opening.reasons.first().map_or(String::new(), |reason| format!(" refuse {reason}"));
        let mut text = format!("  scenario {}{refused} {{\n", quoted(title));
        self.givens(run.given, &mut text);
        self.rows(run.rows, &mut text);
        let mut waited = 0;
        for line in &run.lines {
            waited += line.wait;
            let waits = matches!(line.act, Act::Wait(_));
            // Waiting several times in a row with nothing to see between is waiting once.
            if waited > 0 && (!waits || line.seen.entered.is_some()) {
                self.wait(std::mem::take(&mut waited), line.seen.entered.filter(|_| waits), &mut text);
            }
            if !waits {
                self.event(line, &mut text);
            }
        }
        if waited > 0 {
            self.wait(waited, None, &mut text);
        }
        text.push_str("  }\n");
        text
    }

    fn givens(&self, given: &Fields, text: &mut String) {
        for declared in &self.model.givens {
            let value = given.get(&declared.name);
            if value.is_set() {
                let (kind, value) = (self.kind(declared.kind), self.value(declared.kind, value));
                let _ = writeln!(text, "    given {}: {kind} = {value}", declared.name);
            }
        }
    }

    fn rows(&self, rows: &Rows, text: &mut String) {
        for record in &self.model.records {
            for (key, row) in rows.get(&record.name).into_iter().flatten() {
                let _ = writeln!(text, "    row {} by {} {{", record.name, record.key);
                let _ = writeln!(text, "      set {} = {}", record.key, self.value(record.key_kind, key));
                for attribute in &record.attributes {
                    let value = row.get(&attribute.name);
                    if value.is_set() {
                        let value = self.value(attribute.kind, value);
                        let _ = writeln!(text, "      set {} = {value}", attribute.name);
                    }
                }
                text.push_str("    }\n");
            }
        }
    }

    fn event(&self, line: &Line, text: &mut String) {
        if let (Act::Unexpected(event), Some(step)) = (line.act, line.before) {
            let (event, expected) = (self.model.event(*event), self.expected(line.seen, step));
            let _ = writeln!(text, "    do {}{expected}", event.name);
        }
        let (Act::Event { handler, draft }, Some(step)) = (line.act, line.step) else { return };
        let Some(handler) = self.model.step(step).handlers.get(usize::from(*handler)) else { return };
        let event = self.model.event(handler.event);
        let kind =
            |name: &Text| event.fields.iter().find(|field| field.name == *name).map(|field| field.kind);
        let fields = self.arguments(&draft.fields, &kind);
        let expected = self.expected(line.seen, line.before.unwrap_or(step));
        let Some(say) =
            draft.answers.first().filter(|_| line.seen.answered.is_some() || self.asks(line.seen))
        else {
            let _ = writeln!(text, "    do {}{fields}{expected}", event.name);
            return;
        };
        let case = self.model.answer_cases().find(|case| case.name == say.answer);
        let kind =
            |name: &Text| case?.fields.iter().find(|field| field.name == *name).map(|field| field.kind);
        let answer = self.arguments(&say.fields, &kind);
        let _ = writeln!(text, "    do {}{fields}", event.name);
        let _ = writeln!(text, "    answer {} {}{answer}{expected}", say.actor, say.answer);
    }

    fn asks(&self, seen: &Seen) -> bool {
        let is_answer =
            |element: &u32| self.model.element(*element).kind == crate::model::ElementKind::Answer;
        seen.visited.iter().any(is_answer)
    }

    fn wait(&self, time: Time, entered: Option<StepId>, text: &mut String) {
        let entered = entered.map_or(String::new(), |step| format!(" -> {}", self.model.step(step).name));
        let _ = writeln!(text, "    wait {}{entered}", duration(time));
    }

    fn expected(&self, seen: &Seen, before: StepId) -> String {
        let moved = seen.entered.filter(|step| *step != before);
        let to = moved.map_or(String::new(), |step| format!(" -> {}", self.model.step(step).name));
        match seen.reasons.as_slice() {
            _ if seen.silent => " silent".into(),
            [] if to.is_empty() => " stay".into(),
            [] => to,
            [reason] => format!(" refuse {reason}{to}"),
            _ => String::new(),
        }
    }

    fn arguments(&self, terms: &Terms, kind: &dyn Fn(&Text) -> Option<TypeId>) -> String {
        let written: Vec<String> = terms
            .iter()
            .filter_map(|(name, term)| {
                let value = match term {
                    Term::Seen(Sent::Sent(output, field)) => format!("{output}.{field}"),
                    Term::Seen(_) => return None,
                    Term::Value(value) => self.value(kind(name)?, value),
                };
                Some(format!("{name} = {value}"))
            })
            .collect();
        if written.is_empty() { String::new() } else { format!("({})", written.join(", ")) }
    }

    /// A value on the wire as one writes it in a spec.
    fn value(&self, kind: TypeId, value: &Value) -> String {
        match (&self.model.kind(kind).kind, value) {
            (Kind::Money { currency, .. }, Value::Text(amount)) => format!("{amount} {currency}"),
            (Kind::Duration | Kind::Instant, Value::Int(time)) => duration(*time),
            (Kind::Word { .. }, Value::Text(word)) => word.to_string(),
            (Kind::Set { of }, Value::List(words)) => {
                let words: Vec<String> = words.iter().map(|word| self.value(*of, word)).collect();
                format!("[{}]", words.join(", "))
            }
            (_, Value::Text(text)) => quoted(text),
            (_, Value::Int(int)) => int.to_string(),
            (_, Value::Bool(truth)) => truth.to_string(),
            _ => "\"\"".into(),
        }
    }

    /// A type as one writes it in a spec.
    fn kind(&self, id: TypeId) -> String {
        let kind = self.model.kind(id);
        if let Some(name) = &kind.name {
            return name.to_string();
        }
        match &kind.kind {
            Kind::Bool => "bool".into(),
            Kind::Int => "int".into(),
            Kind::Money { currency, .. } => format!("money {currency}"),
            Kind::Duration => "duration".into(),
            Kind::Instant => "instant".into(),
            Kind::Word { members, .. } => {
                let words: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
                words.join(" | ")
            }
            Kind::Set { of } => format!("set of {}", self.kind(*of)),
            _ => "text".into(),
        }
    }
}

fn quoted(text: &str) -> String {
    let mut written = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(written, "\\u{{{:X}}}", u32::from(c));
            }
            c => written.push(c),
        }
    }
    written.push('"');
    written
}
