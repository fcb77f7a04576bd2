//! Sessions as people might have them: mostly the right event, often another, and codes right or wrong.

use flowspec_generated::register_web_phone::{
    AccountType, Bank, BindCard, CardNo, Event, FillIn, HomeAddress, IdNumber, Name, Next, Occupation, Phone,
    PictureCode, SmsCode, Step, WebRegion,
};
use flowspec_runtime::typed::Sample;

use crate::hand::Hand;
use crate::memory::Shared;
use crate::service::{Session, Shown};

/// The events of so many sessions, 15 each.
pub(crate) fn sessions(count: usize) -> Vec<Vec<Event>> {
    let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
    let session = |_| {
        let (mut hand, mut shared) = (Hand::new(), Shared::default());
        let (mut step, mut messages) = (Step::Landing, 0);
        let events = (0..15).map(|_| {
            let event = event(step, messages, &mut dice);
            let Shown { step: now, output, .. } = hand.apply(&mut shared, event.clone());
            messages += u64::from(output.is_some() && step != Step::Terms);
            step = now;
            event
        });
        events.collect()
    };
    (0..count).map(session).collect()
}

fn next(dice: &mut u64) -> u64 {
    *dice ^= *dice << 13;
    *dice ^= *dice >> 7;
    *dice ^= *dice << 17;
    *dice
}

fn event(step: Step, messages: u64, dice: &mut u64) -> Event {
    let right = next(dice) % 10 < 5;
    let kind = if right { step as u64 } else { next(dice) % 8 };
    let good = next(dice) % 10 < 7;
    match kind {
        0 => Event::ClickRegister,
        1 => Event::Agree,
        2 => Event::Next(Next {
            account_type: AccountType::Personal,
            region: WebRegion::MainlandChina,
            phone: text(Phone::new("13800000000")),
            page_code: Some(PictureCode::sample(if good { 1 } else { 2 })),
        }),
        3 => Event::SubmitCode(flowspec_generated::register_web_phone::SubmitCode {
            code: SmsCode::sample(if good { messages } else { 999_999 }),
        }),
        4 => Event::FillIn(FillIn {
            real_name: text(Name::new("Li Lei")),
            id_number: text(IdNumber::new("110101199001011234")),
            occupation: text(Occupation::new("Teacher")),
            address: text(HomeAddress::new("1 Lake Road")),
        }),
        5 => Event::BindCard(BindCard {
            card: text(CardNo::new("6222020200112233")),
            bank_phone: text(Phone::new("13800000000")),
            bank: Some(if good { Bank::NumberMatches } else { Bank::NumberDiffers }),
        }),
        6 => Event::Resend,
        _ => Event::Decline,
    }
}

fn text<T>(made: Result<T, flowspec_runtime::typed::Invalid>) -> T {
    made.expect("a valid value")
}
