//! Random walks by proptest: long sequences of what a step expects, and of what it does not.
//!
//! proptest draws a number for each event and shrinks a failing walk by leaving events out; what a number means is
//! decided where the universe then is. A strategy for every field would cost thirty times as much.

mod guide;
mod plan;
mod seeds;

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    thread,
};

use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

use super::{About, Engine, Judgement, Make, Oracle, Outcome, Section, Step, Suite, bindings::Bindings};
use crate::{
    Implementation, Rows, Unsupported,
    machine::Unfit,
    model::{ElementId, Model},
};
use guide::{Action, Guide, Kind};
use plan::Plan;
use seeds::Seeds;

/// How many walks, and how long.
#[derive(Debug, Clone)]
pub struct Walks {
    /// How proptest runs them; `PROPTEST_CASES` says how many there are.
    pub config: Config,
    /// How many events a walk has at most.
    pub most: usize,
    /// On how many threads; with more than one, which walks there are depends on it.
    pub threads: u32,
}

/// What walks came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Walked {
    /// How many events were judged.
    pub events: u64,
    /// How many walks came to something that the spec is silent on.
    pub undetermined: u64,
}

impl Default for Walks {
    fn default() -> Self {
        // What failed is kept as a sequence of steps, which outlives a change of the guide.
        Self { config: Config { failure_persistence: None, ..Config::default() }, most: 128, threads: 1 }
    }
}

impl Walks {
    /// Walks through the flow of an engine.
    ///
    /// # Errors
    /// Where no machine can run the flow.
    pub fn run(&self, engine: &mut Engine) -> Result<(Walked, Outcome), Unfit> {
        let plan = Plan::new(engine.model());
        let (suite, make, model) = (engine.suite(), engine.make(), engine.model());
        let mut strolls = thread::scope(|scope| {
            let plan = &plan;
            let start = |part| scope.spawn(move || self.stroll(part, Walker::new(suite, make, plan)?));
            let running: Vec<_> = (0..self.threads.max(1)).map(start).collect();
            let ended =
                running.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
            ended.collect::<Result<Vec<_>, _>>()
        })?;
        let mut walked = Walked::default();
        strolls.iter().for_each(|(part, _)| walked.add(*part));
        let Some(Stray { seeds, visits }) = strolls.iter_mut().find_map(|(_, stray)| stray.take()) else {
            return Ok((walked, Outcome::Pass));
        };
        let mut walker = Walker::new(suite, make, &plan)?;
        walker.guide.visits = visits;
        walker.stands_still = true;
        let mut steps = Vec::new();
        // What the walk comes to is said again by the engine.
        let _ = walker.walk(&seeds, Some(&mut steps));
        let about = walker.about(model);
        Ok((walked, engine.hold(|| about, plan.world(seeds.first()), &steps)))
    }

    /// One thread's part of the walks, until one goes astray.
    fn stroll(&self, part: u32, walker: Walker) -> Result<(Walked, Option<Stray>), Unfit> {
        let rng_seed = match self.config.rng_seed {
            RngSeed::Fixed(seed) => RngSeed::Fixed(seed.wrapping_add(u64::from(part))),
            RngSeed::Random => RngSeed::Random,
        };
        let cases = self.config.cases.div_ceil(self.threads.max(1));
        let config = Config { cases, rng_seed, ..self.config.clone() };
        let walker = RefCell::new(walker);
        let found = TestRunner::new(config).run(&Seeds { most: self.most }, |seeds| {
            let mut walker = walker.borrow_mut();
            walker.walk(&seeds, None).map_err(|Astray| {
                walker.stands_still = true;
                TestCaseError::fail("a walk went astray")
            })
        });
        let walker = walker.into_inner();
        let stray = match found {
            Err(TestError::Fail(_, seeds)) => Some(Stray { seeds, visits: walker.guide.visits }),
            _ => None,
        };
        Ok((walker.walked, stray))
    }
}

impl Walked {
    fn add(&mut self, other: Self) {
        self.events += other.events;
        self.undetermined += other.undetermined;
    }
}

/// A walk that went astray, with what its guide had seen before.
struct Stray {
    seeds: Vec<u64>,
    visits: Vec<u32>,
}

/// The implementation did what the spec does not allow.
struct Astray;

/// Walks, one after another, with as little to do for each event as can be.
struct Walker<'a> {
    model: &'a Model,
    plan: &'a Plan,
    oracle: Oracle,
    guide: Guide<'a>,
    make: &'a Make<'a>,
    implementation: Box<dyn Implementation>,
    bindings: Bindings,
    action: Action,
    /// The step of the session before the last action.
    place: Option<u16>,
    walked: Walked,
    /// While a walk is shrunk, none must change what another one does.
    stands_still: bool,
}

impl<'a> Walker<'a> {
    fn new(suite: &'a Suite, make: &'a Make<'a>, plan: &'a Plan) -> Result<Self, Unfit> {
        let model = &*suite.model;
        Ok(Self {
            model,
            plan,
            oracle: Oracle::new(suite.model.clone())?.without_marks(),
            guide: Guide::new(model, plan),
            make,
            implementation: make(),
            bindings: Bindings::default(),
            action: Action::new(),
            place: None,
            walked: Walked::default(),
            stands_still: false,
        })
    }

    fn walk(&mut self, seeds: &[u64], mut kept: Option<&mut Vec<Step>>) -> Result<(), Astray> {
        let rows = self.plan.world(seeds.first());
        let walked = catch_unwind(AssertUnwindSafe(|| self.steps(rows, seeds, &mut kept)));
        let walked = match walked {
            Ok(walked) => walked,
            // An implementation that cannot cause an event says so in this way.
            Err(panic) if panic.is::<Unsupported>() => Ok(()),
            Err(_) => {
                self.implementation = (self.make)();
                return Err(Astray);
            }
        };
        if !self.stands_still {
            self.guide.visits.copy_from_slice(&self.guide.counts);
        }
        walked
    }

    fn steps(&mut self, rows: &Rows, seeds: &[u64], kept: &mut Option<&mut Vec<Step>>) -> Result<(), Astray> {
        let begun = self.oracle.reset(rows, self.oracle.every_combination());
        if begun != Judgement::Consistent || self.implementation.reset(rows).is_err() {
            return Ok(());
        }
        self.bindings.clear();
        self.guide.begin();
        for &seed in seeds.iter().skip(1) {
            self.guide.decide(seed, &self.oracle, &self.bindings, &mut self.action);
            if let Some(kept) = kept {
                kept.push(self.action.step(self.model));
                let session =
                    self.oracle.universe().and_then(|universe| universe.session(self.action.session));
                self.place = session.map(|session| session.step());
            }
            match self.act() {
                Ok(Judgement::Consistent) => self.walked.events += 1,
                Ok(Judgement::Contradiction(_)) => return Err(Astray),
                Ok(Judgement::Undetermined(_)) => {
                    self.walked.undetermined += 1;
                    return Ok(());
                }
                Ok(Judgement::Fault(_)) | Err(Unsupported) => return Ok(()),
            }
        }
        Ok(())
    }

    fn act(&mut self) -> Result<Judgement, Unsupported> {
        let Action { kind, session, at, input, answers, capability, subject, .. } = &self.action;
        let (session, at, implementation) = (*session, *at, &mut *self.implementation);
        Ok(match kind {
            Kind::Apply => {
                let seen = implementation.apply(session, at, input, answers);
                self.bindings.saw(session, &seen);
                self.oracle.apply(session, at, input, answers, &seen)
            }
            Kind::Open => {
                let seen = implementation.open(session, at, &input.fields);
                if seen.is_err() && self.bindings.has_sessions() {
                    self.guide.many = false;
                    return Err(Unsupported);
                }
                self.bindings.opened(session);
                if let Ok(seen) = &seen {
                    self.bindings.saw(session, seen);
                }
                self.oracle.open(session, at, &input.fields, seen.as_ref().ok())
            }
            Kind::Advance => {
                let seen = implementation.advance(at)?;
                seen.iter().for_each(|(session, seen)| self.bindings.saw(*session, seen));
                self.oracle.advance(at, &seen)
            }
            Kind::May => {
                let seen = implementation.may(capability, subject, at)?;
                self.oracle.may(capability, subject, at, &seen)
            }
            Kind::Close => {
                implementation.close(session)?;
                self.oracle.close(session)
            }
        })
    }

    /// What the last action is about: the handler of the event, or the step it came to.
    fn about(&self, model: &Model) -> About {
        let step = self.place.map(|step| model.step(step));
        let handler = step.and_then(|step| {
            let event =
                |handler: &&crate::model::Handler| model.event(handler.event).name == self.action.input.event;
            step.handlers.iter().find(event).filter(|_| self.action.kind == Kind::Apply)
        });
        let element = handler.map(|handler| handler.element).or(step.map(|step| step.element));
        let requirement: ElementId = element.unwrap_or(model.element);
        let title = "a random walk".to_owned();
        About { id: "".into(), section: Section::Walk, title, requirement }
    }
}
