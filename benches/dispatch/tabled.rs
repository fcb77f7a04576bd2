//! The same as a table of rules by step and event: a check, what is then done, and where it leads.

use flowspec_generated::register_web_phone::{Bank, CodeModel, Event, Output, Reason, Step};

use crate::memory::Memory;
use crate::{Candidate, Shown};

struct Rule {
    step: Step,
    event: fn(&Event) -> bool,
    check: fn(&Memory, &Event) -> Result<(), Reason>,
    perform: fn(&mut Memory, Event) -> Option<Output>,
    to: Step,
}

const RULES: &[Rule] = &[
    Rule {
        step: Step::Landing,
        event: |event| matches!(event, Event::ClickRegister),
        check: |_, _| Ok(()),
        perform: |_, _| None,
        to: Step::Terms,
    },
    Rule {
        step: Step::Terms,
        event: |event| matches!(event, Event::Agree),
        check: |_, _| Ok(()),
        perform: |memory, _| (memory.code_model() == CodeModel::Two).then(|| memory.send_picture()),
        to: Step::Identify,
    },
    Rule {
        step: Step::Terms,
        event: |event| matches!(event, Event::Decline),
        check: |_, _| Err(Reason::Silent),
        perform: |_, _| None,
        to: Step::Terms,
    },
    Rule {
        step: Step::Identify,
        event: |event| matches!(event, Event::Next(_)),
        check: |memory, event| if let Event::Next(next) = event { memory.check_next(next) } else { Ok(()) },
        perform: |memory, event| if let Event::Next(next) = event { Some(memory.next(next)) } else { None },
        to: Step::CodeWaitCode,
    },
    Rule {
        step: Step::CodeWaitCode,
        event: |event| matches!(event, Event::SubmitCode(_)),
        check: |memory, event| {
            if let Event::SubmitCode(submit) = event { memory.check_code(&submit.code) } else { Ok(()) }
        },
        perform: |_, _| None,
        to: Step::ProfilePage,
    },
    Rule {
        step: Step::CodeWaitCode,
        event: |event| matches!(event, Event::Resend),
        check: |_, _| Ok(()),
        perform: |memory, _| Some(memory.resend()),
        to: Step::CodeWaitCode,
    },
    Rule {
        step: Step::ProfilePage,
        event: |event| matches!(event, Event::FillIn(_)),
        check: |_, _| Ok(()),
        perform: |memory, event| {
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
        check: |_, event| match event {
            Event::BindCard(bind_card) if bind_card.bank == Some(Bank::NumberMatches) => Ok(()),
            _ => Err(Reason::NumberDiffers),
        },
        perform: |memory, _| {
            memory.register();
            None
        },
        to: Step::Registered,
    },
];

pub(crate) struct Tabled {
    step: Step,
    memory: Memory,
}

impl Candidate for Tabled {
    fn new() -> Self {
        Self { step: Step::Landing, memory: Memory::default() }
    }

    fn apply(&mut self, event: Event) -> Shown {
        let rule = RULES.iter().find(|rule| rule.step == self.step && (rule.event)(&event));
        let (verdict, output) = match rule {
            None => (Err(Reason::Unexpected), None),
            Some(rule) => match (rule.check)(&self.memory, &event) {
                Err(reason) => (Err(reason), None),
                Ok(()) => {
                    self.step = rule.to;
                    (Ok(()), (rule.perform)(&mut self.memory, event))
                }
            },
        };
        Shown { verdict, step: self.step, output }
    }
}
