//! The same as a table of rules by step and event: a check, what is then done, and where it leads.

use flowspec_generated::register_web_phone::{Bank, CodeModel, Event, Output, Reason, Step};

use crate::memory::{Memory, Shared};
use crate::service::{Session, Shown};

struct Rule {
    step: Step,
    event: fn(&Event) -> bool,
    check: fn(&Memory, &Shared, &Event) -> Result<(), Reason>,
    perform: fn(&mut Memory, &mut Shared, Event) -> Option<Output>,
    to: Step,
}

const RULES: &[Rule] = &[
    Rule {
        step: Step::Landing,
        event: |event| matches!(event, Event::ClickRegister),
        check: |_, _, _| Ok(()),
        perform: |_, _, _| None,
        to: Step::Terms,
    },
    Rule {
        step: Step::Terms,
        event: |event| matches!(event, Event::Agree),
        check: |_, _, _| Ok(()),
        perform: |memory, shared, _| {
            (shared.code_model() == CodeModel::Two).then(|| memory.send_picture(shared))
        },
        to: Step::Identify,
    },
    Rule {
        step: Step::Terms,
        event: |event| matches!(event, Event::Decline),
        check: |_, _, _| Err(Reason::Silent),
        perform: |_, _, _| None,
        to: Step::Terms,
    },
    Rule {
        step: Step::Identify,
        event: |event| matches!(event, Event::Next(_)),
        check: |memory, shared, event| {
            if let Event::Next(next) = event { memory.check_next(shared, next) } else { Ok(()) }
        },
        perform: |memory, shared, event| {
            if let Event::Next(next) = event { Some(memory.next(shared, next)) } else { None }
        },
        to: Step::CodeWaitCode,
    },
    Rule {
        step: Step::CodeWaitCode,
        event: |event| matches!(event, Event::SubmitCode(_)),
        check: |memory, shared, event| {
            if let Event::SubmitCode(submit) = event {
                memory.check_code(shared, &submit.code)
            } else {
                Ok(())
            }
        },
        perform: |memory, _, _| {
            memory.confirmed();
            None
        },
        to: Step::ProfilePage,
    },
    Rule {
        step: Step::CodeWaitCode,
        event: |event| matches!(event, Event::Resend),
        check: |_, _, _| Ok(()),
        perform: |memory, shared, _| Some(memory.resend(shared)),
        to: Step::CodeWaitCode,
    },
    Rule {
        step: Step::ProfilePage,
        event: |event| matches!(event, Event::FillIn(_)),
        check: |_, _, _| Ok(()),
        perform: |memory, _, event| {
            if let Event::FillIn(fill_in) = event {
                memory.fill_in(fill_in);
            }
            None
        },
        to: Step::PaymentCard,
    },
    Rule {
        step: Step::PaymentCard,
        event: |event| matches!(event, Event::BindCard(_)),
        check: |_, _, event| match event {
            Event::BindCard(bind_card) if bind_card.bank == Some(Bank::NumberMatches) => Ok(()),
            _ => Err(Reason::NumberDiffers),
        },
        perform: |memory, shared, event| {
            if let Event::BindCard(bind_card) = event {
                memory.register(shared, bind_card);
            }
            None
        },
        to: Step::Registered,
    },
];

pub(crate) struct Tabled {
    step: Step,
    memory: Memory,
}

impl Session for Tabled {
    fn new() -> Self {
        Self { step: Step::Landing, memory: Memory::default() }
    }

    fn apply(&mut self, shared: &mut Shared, event: Event) -> Shown {
        let rule = RULES.iter().find(|rule| rule.step == self.step && (rule.event)(&event));
        let (verdict, output) = match rule {
            None => (Err(Reason::Unexpected), None),
            Some(rule) => match (rule.check)(&self.memory, shared, &event) {
                Err(reason) => (Err(reason), None),
                Ok(()) => {
                    self.step = rule.to;
                    (Ok(()), (rule.perform)(&mut self.memory, shared, event))
                }
            },
        };
        Shown { verdict, step: self.step, output }
    }
}
