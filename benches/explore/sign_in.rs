//! Signing in with a password and a code, each of which may be wrong only so often; several people at it side by side.
//! Also the sign-in flow of `specs/`, with its windows and locks, which nobody wrote by hand.

use flowspec_runtime::Fields;
use stateright::{Model, Property};

use crate::sessions::{self, Openings};

/// How often a password may be wrong, and how often a code may be asked for.
const MOST: u8 = 6;

/// The flow of `specs/`, sessions interleaved.
pub(crate) fn with_clocks(sessions: usize, threads: usize) -> usize {
    let text = include_str!("../../specs/sign_in/sign_in.flow");
    sessions::explore(text, Openings::Any(sessions), None, threads)
}

pub(crate) fn flow(sessions: usize, threads: usize) -> usize {
    let text = format!(
        "language 1
default order strict
reason wrong \"Wrong\"
reason enough \"Too often\"
flow sign_in {{
  start -> password
  limit tries: {MOST} per session refuse enough
  limit codes: {MOST} per session refuse enough
  step password {{
    on submit {{
      field right: bool
      when right -> code
      otherwise refuse wrong {{
        count tries
      }}
    }}
    on leave -> left
  }}
  step code {{
    on send_again stay {{
      count codes
    }}
    on enter {{
      field right: bool
      when right -> inside
      otherwise refuse wrong {{
        count tries
      }}
    }}
    on go_back -> password
  }}
  step inside {{
    on sign_out -> password
  }}
  end left success
}}
"
    );
    sessions::explore(&text, Openings::Of(vec![Fields::default(); sessions]), None, threads)
}

pub(crate) fn by_hand(sessions: usize, threads: usize) -> usize {
    match sessions {
        2 => sessions::by_hand(People::<2>, threads),
        3 => sessions::by_hand(People::<3>, threads),
        _ => panic!("not so many"),
    }
}

#[derive(Debug)]
struct People<const N: usize>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Person {
    Away,
    At { step: Step, tries: u8, codes: u8 },
    Left,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Password,
    Code,
    Inside,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Open,
    Submit(bool),
    Leave,
    SendAgain,
    Enter(bool),
    GoBack,
    SignOut,
}

impl Person {
    fn events(self) -> &'static [Event] {
        match self {
            Self::Away => &[Event::Open],
            Self::At { step: Step::Password, tries, .. } if tries == MOST => &[Event::Leave],
            Self::At { step: Step::Password, .. } => {
                &[Event::Submit(true), Event::Submit(false), Event::Leave]
            }
            Self::At { step: Step::Code, tries, codes } => match (tries == MOST, codes == MOST) {
                (true, true) => &[Event::GoBack],
                (true, false) => &[Event::SendAgain, Event::GoBack],
                (false, true) => &[Event::Enter(true), Event::Enter(false), Event::GoBack],
                (false, false) => &[Event::SendAgain, Event::Enter(true), Event::Enter(false), Event::GoBack],
            },
            Self::At { step: Step::Inside, .. } => &[Event::SignOut],
            Self::Left => &[],
        }
    }

    fn after(self, event: Event) -> Self {
        let (tries, codes) = if let Self::At { tries, codes, .. } = self { (tries, codes) } else { (0, 0) };
        match event {
            Event::Open | Event::GoBack | Event::SignOut => Self::At { step: Step::Password, tries, codes },
            Event::Submit(true) => Self::At { step: Step::Code, tries, codes },
            Event::Submit(false) => Self::At { step: Step::Password, tries: tries + 1, codes },
            Event::SendAgain => Self::At { step: Step::Code, tries, codes: codes + 1 },
            Event::Enter(true) => Self::At { step: Step::Inside, tries, codes },
            Event::Enter(false) => Self::At { step: Step::Code, tries: tries + 1, codes },
            Event::Leave => Self::Left,
        }
    }
}

impl<const N: usize> Model for People<N> {
    type State = [Person; N];
    /// What one of them does.
    type Action = (usize, Event);

    fn init_states(&self) -> Vec<[Person; N]> {
        vec![[Person::Away; N]]
    }

    fn actions(&self, state: &[Person; N], actions: &mut Vec<(usize, Event)>) {
        for (index, person) in state.iter().enumerate() {
            actions.extend(person.events().iter().map(|event| (index, *event)));
        }
    }

    fn next_state(&self, state: &[Person; N], (index, event): (usize, Event)) -> Option<[Person; N]> {
        let mut state = *state;
        state[index] = state[index].after(event);
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("nobody is lost", |_, _| true)]
    }
}
