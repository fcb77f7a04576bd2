//! What a diagram shows: nodes, and edges with short labels.
//!
//! Plain refusals are left out, as is whatever stays at a step without saying anything. Several ways out of one event
//! part at a node of their own; what is the same at many steps is drawn once, from “any step”.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use flowspec_runtime::model::{
    ActorId, Body, Branch, ElementId, EndKind, Handler, LimitOutcome, Model, Outcome, StepId, TimerBase, USER,
};

use crate::emit::words::{PLAIN, Scope, Words, fill, is_task, step_numbers};

/// From how many steps on the same way is drawn once.
const MANY: usize = 3;

/// A diagram.
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
}

/// What is drawn as a box.
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) shape: Shape,
}

/// How a node looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Where a session begins.
    Begin,
    /// A step.
    Step,
    /// An end.
    End(EndKind),
    /// Where the ways of one event part.
    Parting,
    /// Where an actor is asked.
    Asked,
    /// Any step, or the one that was interrupted.
    Elsewhere,
}

/// What is drawn as an arrow.
pub(crate) struct Edge {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) labels: Vec<String>,
    pub(crate) way: Way,
    /// The statements that lead along it.
    pub(crate) elements: Vec<ElementId>,
}

/// What leads along an edge.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Way {
    /// Something accepted.
    Accepted,
    /// A refusal that moves, or a limit that is full.
    Refused,
    /// Time.
    TimeOut,
}

/// Where an outcome leads.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Goal {
    Step(StepId),
    Same,
    Back,
}

/// One way on: what leads there, where a label says it, and where to.
struct Move {
    element: ElementId,
    label: Option<String>,
    goal: Goal,
    way: Way,
}

/// The diagram of a flow, with captions in a language.
pub(crate) fn graph(model: &Model, language: &str) -> Graph {
    let mut drawing = Drawing::new(model, Words::new(model, language, PLAIN));
    drawing.start();
    for (id, step) in (0..).zip(&model.steps) {
        for handler in &step.handlers {
            drawing.handler(id, handler);
        }
    }
    drawing.timers();
    drawing.finish()
}

struct Drawing<'m> {
    model: &'m Model,
    words: Words<'m>,
    partings: Vec<Node>,
    edges: Vec<Edge>,
    known: HashMap<(String, String, Way), usize>,
    /// Handlers that stand at many steps, by their file and line, and whether they are drawn already.
    common: BTreeMap<(u16, u32), bool>,
    elsewhere: BTreeSet<&'static str>,
}

/// Where a handler is written: one that many steps have stands at one place.
fn place(model: &Model, handler: &Handler) -> (u16, u32) {
    let element = model.element(handler.element);
    (element.file, element.line)
}

impl<'m> Drawing<'m> {
    fn new(model: &'m Model, words: Words<'m>) -> Self {
        let mut places: BTreeMap<(u16, u32), usize> = BTreeMap::new();
        for handler in model.steps.iter().flat_map(|step| &step.handlers) {
            *places.entry(place(model, handler)).or_default() += if handler.anywhere { MANY } else { 1 };
        }
        let common =
            places.into_iter().filter(|(_, n)| *n >= MANY).map(|(element, _)| (element, false)).collect();
        Self {
            model,
            words,
            partings: Vec::new(),
            edges: Vec::new(),
            known: HashMap::new(),
            common,
            elsewhere: BTreeSet::new(),
        }
    }

    fn start(&mut self) {
        for branch in &self.model.start {
            let label = branch.guard.as_ref().map(|guard| self.words.guard(guard, Scope::default()));
            for way in self.moves(&branch.body, label) {
                self.edge("begin".to_owned(), None, way);
            }
        }
    }

    fn handler(&mut self, step: StepId, handler: &Handler) {
        if is_task(self.model, handler) {
            return self.task(step, handler);
        }
        let from = match self.common.get_mut(&place(self.model, handler)) {
            Some(drawn) if *drawn => return,
            Some(drawn) => {
                *drawn = true;
                self.elsewhere.insert("any");
                "any".to_owned()
            }
            None => node_id(step),
        };
        self.limits(&from, handler);
        let event = self.event(handler);
        let moves = self.branches(&handler.branches, Scope::event(self.model.event(handler.event)));
        let leading = moves.iter().filter(|way| way.goal != Goal::Same);
        let goals: BTreeSet<_> = leading.clone().map(|way| (way.goal, way.way)).collect();
        let ways = leading.count();
        match ways {
            // Whatever is the case, it leads to the same place.
            2.. if goals.len() == 1 && asked(handler).is_none() => {
                for way in moves.into_iter().filter(|way| way.goal != Goal::Same) {
                    self.edge(from.clone(), Some(step), Move { label: Some(event.clone()), ..way });
                }
            }
            0 => {
                if let Some(stay) = moves.into_iter().next() {
                    self.edge(from, Some(step), Move { label: Some(event), ..stay });
                }
            }
            1 => {
                for way in moves.into_iter().filter(|way| way.goal != Goal::Same) {
                    let asked = asked(handler);
                    let label = match (way.label, asked) {
                        (Some(answer), Some(actor)) => format!("{event}\n{}", self.by(actor, answer)),
                        _ => event.clone(),
                    };
                    self.edge(from.clone(), Some(step), Move { label: Some(label), ..way });
                }
            }
            _ => self.part(from, step, handler, event, moves),
        }
    }

    /// A checklist has one way out, whichever task is the last.
    fn task(&mut self, step: StepId, handler: &Handler) {
        let first = self.model.step(step).handlers.iter().find(|other| {
            let leads = |branch: &Branch| matches!(branch.body.outcome, Outcome::To(_));
            is_task(self.model, other) && other.branches.iter().any(leads)
        });
        if first.is_some_and(|first| first.element == handler.element) {
            let to = handler.branches.iter().find_map(|branch| match branch.body.outcome {
                Outcome::To(to) => Some(to),
                _ => None,
            });
            if let Some(to) = to {
                let label = self.words.say.all_tasks_done.to_owned();
                let tasks = self.model.step(step).handlers.iter().filter(|other| is_task(self.model, other));
                let last = tasks
                    .flat_map(|task| &task.branches)
                    .filter(|branch| matches!(branch.body.outcome, Outcome::To(_)));
                let elements: Vec<_> = last.map(|branch| branch.body.element).collect();
                self.add(node_id(step), node_id(to), label, Way::Accepted, &elements);
            }
        }
    }

    /// Several ways out of one event, from a node of its own.
    fn part(&mut self, from: String, step: StepId, handler: &Handler, event: String, moves: Vec<Move>) {
        let id = format!("p{}", self.partings.len());
        let (label, shape) = match asked(handler) {
            Some(actor) => (self.words.capital(&self.words.actor(actor)), Shape::Asked),
            None => (String::new(), Shape::Parting),
        };
        self.partings.push(Node { id: id.clone(), label, shape });
        self.add(from, id.clone(), event, Way::Accepted, &[handler.element]);
        for way in moves.into_iter().filter(|way| way.goal != Goal::Same) {
            self.edge(id.clone(), Some(step), way);
        }
    }

    fn event(&self, handler: &Handler) -> String {
        let event = self.words.event(handler);
        self.by(handler.actor, event)
    }

    fn by(&self, actor: ActorId, what: String) -> String {
        if actor == USER {
            return what;
        }
        let actor = self.words.capital(&self.words.actor(actor));
        fill(self.words.say.answer_of, &[("actor", &actor), ("answer", &what)])
    }

    fn branches(&self, branches: &[Branch], scope: Scope<'m>) -> Vec<Move> {
        let mut moves = Vec::new();
        for branch in branches {
            let label = (branches.len() > 1).then(|| self.condition(branch, scope));
            moves.extend(self.moves(&branch.body, label));
        }
        moves
    }

    fn condition(&self, branch: &Branch, scope: Scope<'m>) -> String {
        let text = self.words.text(&self.model.element(branch.element).texts);
        match (text, &branch.guard) {
            (Some(text), _) => text.to_owned(),
            (None, Some(guard)) => self.words.guard(guard, scope),
            (None, None) => self.words.say.else_way.to_owned(),
        }
    }

    fn moves(&self, body: &Body, label: Option<String>) -> Vec<Move> {
        let one = |goal, way| vec![Move { element: body.element, label: label.clone(), goal, way }];
        match &body.outcome {
            Outcome::To(step) => one(Goal::Step(*step), Way::Accepted),
            Outcome::Stay | Outcome::Restart => one(Goal::Same, Way::Accepted),
            Outcome::Resume => one(Goal::Back, Way::Accepted),
            Outcome::Refuse { to: Some(step), .. } => one(Goal::Step(*step), Way::Refused),
            Outcome::Refuse { to: None, .. } | Outcome::Silent => Vec::new(),
            Outcome::Either(bodies) => {
                bodies.iter().flat_map(|body| self.moves(body, label.clone())).collect()
            }
            Outcome::Ask { answers, .. } => answers
                .iter()
                .flat_map(|answer| {
                    let name = self.words.label(Some(answer.element), &answer.name);
                    answer
                        .branches
                        .iter()
                        .flat_map(move |branch| self.moves(&branch.body, Some(name.clone())))
                })
                .collect(),
        }
    }

    /// Limits that move what they refuse, or whom they catch.
    fn limits(&mut self, from: &str, handler: &Handler) {
        for gate in &handler.gates {
            let limit = self.model.limit(gate.limit);
            let to = match limit.outcome {
                LimitOutcome::Trip(trip) => trip.to,
                LimitOutcome::Refuse { to: Some(to), .. } => to,
                LimitOutcome::Refuse { to: None, .. } | LimitOutcome::Silent => continue,
            };
            let label = self.words.label(Some(limit.element), &limit.name);
            self.add(from.to_owned(), node_id(to), label, Way::Refused, &[limit.element]);
        }
    }

    fn timers(&mut self) {
        for timer in &self.model.timers {
            let from = timer.step.map_or_else(
                || {
                    self.elsewhere.insert("any");
                    "any".to_owned()
                },
                node_id,
            );
            let scope = Scope::default();
            let time = self.words.length(&timer.delay, scope);
            let phrase = match timer.base {
                TimerBase::Entry => self.words.say.time_out,
                TimerBase::Idle => self.words.say.idle_time_out,
                TimerBase::Since(_) => self.words.say.since_time_out,
            };
            let since =
                if let TimerBase::Since(step) = timer.base { self.words.step(step) } else { String::new() };
            let mut label = fill(phrase, &[("time", &time), ("step", &since)]);
            if timer.or_later {
                label = fill(self.words.say.later, &[("when", &label)]);
            }
            for way in self.moves(&timer.body, Some(label)) {
                self.edge(from.clone(), timer.step, Move { way: Way::TimeOut, ..way });
            }
        }
    }

    fn edge(&mut self, from: String, step: Option<StepId>, way: Move) {
        let to = match way.goal {
            Goal::Step(step) => node_id(step),
            Goal::Same => step.filter(|_| from != "any").map_or_else(|| from.clone(), node_id),
            Goal::Back => {
                self.elsewhere.insert("back");
                "back".to_owned()
            }
        };
        self.add(from, to, way.label.unwrap_or_default(), way.way, &[way.element]);
    }

    /// Adds an edge, or its label to the edge that is there.
    fn add(&mut self, from: String, to: String, label: String, way: Way, elements: &[ElementId]) {
        let key = (from.clone(), to.clone(), way);
        let index = *self.known.entry(key).or_insert(self.edges.len());
        if index == self.edges.len() {
            self.edges.push(Edge { from, to, labels: Vec::new(), way, elements: Vec::new() });
        }
        let Edge { labels, elements: known, .. } = &mut self.edges[index];
        known.extend(elements);
        if !label.is_empty() && !labels.contains(&label) {
            labels.push(label);
        }
    }

    fn finish(self) -> Graph {
        let mut nodes = vec![Node { id: "begin".to_owned(), label: String::new(), shape: Shape::Begin }];
        let steps = (0..).zip(&self.model.steps).zip(step_numbers(self.model));
        nodes.extend(steps.map(|((id, step), number)| {
            let caption = self.words.step(id);
            let label = number.map_or(caption.clone(), |number| format!("{number}. {caption}"));
            Node { id: node_id(id), label, shape: step.end.map_or(Shape::Step, Shape::End) }
        }));
        nodes.extend(self.partings);
        nodes.extend(self.elsewhere.into_iter().map(|id| Node {
            id: id.to_owned(),
            label: (if id == "any" { self.words.say.any_step } else { self.words.say.back }).to_owned(),
            shape: Shape::Elsewhere,
        }));
        Graph { nodes, edges: self.edges }
    }
}

/// Who is asked, where that alone decides where an event leads.
fn asked(handler: &Handler) -> Option<ActorId> {
    let mut leading = handler.branches.iter().filter(|branch| leads(&branch.body));
    match (leading.next().map(|branch| &branch.body.outcome), leading.next()) {
        (Some(Outcome::Ask { actor, .. }), None) => Some(*actor),
        _ => None,
    }
}

/// Whether an outcome may lead elsewhere.
fn leads(body: &Body) -> bool {
    match &body.outcome {
        Outcome::To(_) | Outcome::Resume | Outcome::Refuse { to: Some(_), .. } => true,
        Outcome::Ask { answers, .. } => {
            answers.iter().flat_map(|answer| &answer.branches).any(|branch| leads(&branch.body))
        }
        Outcome::Either(bodies) => bodies.iter().any(leads),
        Outcome::Stay | Outcome::Restart | Outcome::Refuse { to: None, .. } | Outcome::Silent => false,
    }
}

fn node_id(step: StepId) -> String {
    format!("s{step}")
}
