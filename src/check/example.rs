//! A run as a scenario: what one would write to see it happen.

use std::fmt::Write as _;

use super::properties::Way;
use crate::explore::space::{Act, Edge, Graph, Seen};
use crate::model::{Kind, Model, StepId, TypeId};
use flowspec_runtime::suite::{Seen as Sent, Term, Terms};
use flowspec_runtime::{Fields, Rows, Text, Time, Value};

/// Writes runs of a flow.
pub(super) struct Example<'m> {
    pub(super) model: &'m Model,
    pub(super) graph: &'m Graph,
}

impl Example<'_> {
    /// The run as a scenario with a title, for the block of the flow: two blanks before each line.
    pub(super) fn scenario(&self, title: &str, way: &Way) -> String {
        let mut text = format!("  scenario {title:?} {{\n");
        let (rows, _, opening) = &self.graph.openings[way.opening as usize];
        if let Act::Open(given) = &opening.act {
            self.givens(given, &mut text);
        }
        self.rows(&self.graph.beginnings[*rows as usize], &mut text);
        let mut step = opening.target.map(|node| self.graph.nodes[node as usize].step);
        let edges: Vec<&Edge> = way.edges.iter().map(|edge| &self.graph.edges[*edge as usize]).collect();
        let mut waited = 0;
        for (index, edge) in edges.iter().enumerate() {
            let next_waits = edges.get(index + 1).is_some_and(|next| matches!(next.act, Act::Wait(_)));
            let quiet = edge.seen.entered.is_none();
            match &edge.act {
                // Waiting twice in a row with nothing to see between is waiting once.
                Act::Wait(by) if quiet && next_waits => waited += by,
                Act::Wait(by) => {
                    self.wait(waited + by, &edge.seen, step, &mut text);
                    waited = 0;
                }
                _ => self.event(edge, step, &mut text),
            }
            step = edge.target.map(|node| self.graph.nodes[node as usize].step).or(step);
        }
        if way.wait > 0 {
            let _ = writeln!(text, "    wait {}", duration(way.wait));
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

    fn event(&self, edge: &Edge, step: Option<StepId>, text: &mut String) {
        let (Act::Event { handler, draft }, Some(step)) = (&edge.act, step) else { return };
        let Some(handler) = self.model.step(step).handlers.get(usize::from(*handler)) else { return };
        let event = self.model.event(handler.event);
        let kind =
            |name: &Text| event.fields.iter().find(|field| field.name == *name).map(|field| field.kind);
        let fields = self.arguments(&draft.fields, &kind);
        let expected = self.expected(&edge.seen, step);
        let Some(say) =
            draft.answers.first().filter(|_| edge.seen.answered.is_some() || self.asks(&edge.seen))
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

    fn wait(&self, time: Time, seen: &Seen, step: Option<StepId>, text: &mut String) {
        let expected = match (seen.entered, step) {
            (Some(entered), _) => format!(" -> {}", self.model.step(entered).name),
            (None, _) => String::new(),
        };
        let _ = writeln!(text, "    wait {}{expected}", duration(time));
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

/// A time in the largest unit that it is a whole number of.
fn duration(time: Time) -> String {
    let units = [(86_400_000, "days"), (3_600_000, "h"), (60_000, "min"), (1_000, "s")];
    match units.iter().find(|(unit, _)| time != 0 && time % unit == 0) {
        Some((unit, word)) => format!("{} {word}", time / unit),
        None => format!("{time} ms"),
    }
}
