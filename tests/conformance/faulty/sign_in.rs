//! Sign-in as somebody would write it who read `specs/sign_in/facts.md` and nothing else, right or with one mistake.

use std::collections::BTreeMap;

use flowspec_runtime::{
    Answer, Fields, Implementation, Input, Observation, Rows, SessionId, Text, Time, Unsupported, Value,
    Verdict,
};

const MINUTE: Time = 60_000;

/// What may be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    SixTries,
    FourTries,
    LockNeverEnds,
    LockEndsEarly,
    LockProlonged,
    LockOpensForTheRightPassword,
    TriesKeptAfterSuccess,
    AddressForgivenToo,
    CountedPerSession,
    UnknownLoginsNotCounted,
    CalendarWindow,
    PasswordNotRequired,
    LoginOneShorter,
    LoginOneLonger,
    PasswordOneShorter,
    RefusedInputCounts,
    LockNamedWrongly,
    UnexpectedAccepted,
    WrongNextStep,
    TimeOutLate,
    TimeOutAnewAfterEachTry,
    NoTimeOut,
}

/// The service.
#[derive(Debug, Clone)]
pub(crate) struct SignIn {
    fault: Fault,
    passwords: BTreeMap<Text, Text>,
    by_login: BTreeMap<Text, Tries>,
    by_address: BTreeMap<Text, Tries>,
    pages: BTreeMap<SessionId, Page>,
}

#[derive(Debug, Clone)]
struct Page {
    address: Text,
    place: &'static str,
    expires: Time,
    /// Used by one of the mistakes only.
    tries: Tries,
}

#[derive(Debug, Clone, Default)]
struct Tries {
    wrong: Vec<Time>,
    locked_until: Option<Time>,
}

impl Tries {
    fn is_locked(&mut self, now: Time) -> bool {
        match self.locked_until {
            Some(until) if now < until => true,
            Some(until) => {
                self.wrong.retain(|wrong| *wrong >= until);
                self.locked_until = None;
                false
            }
            None => false,
        }
    }

    fn add(&mut self, now: Time, fault: Fault) {
        self.wrong.push(now);
        let window = 15 * MINUTE;
        let recent = self.wrong.iter().filter(|wrong| match fault {
            Fault::CalendarWindow => **wrong / window == now / window,
            _ => now - **wrong < window,
        });
        let most = match fault {
            Fault::SixTries => 6,
            Fault::FourTries => 4,
            _ => 5,
        };
        let lock = match fault {
            Fault::LockNeverEnds => Time::MAX - now,
            Fault::LockEndsEarly => 30 * MINUTE - 1,
            _ => 30 * MINUTE,
        };
        if recent.count() >= most {
            self.locked_until = Some(now + lock);
        }
    }
}

impl SignIn {
    pub(crate) fn new(fault: Fault) -> Self {
        let (by_login, by_address) = (BTreeMap::new(), BTreeMap::new());
        Self { fault, passwords: BTreeMap::new(), by_login, by_address, pages: BTreeMap::new() }
    }

    fn expire(&mut self, now: Time) {
        let late = Time::from(self.fault == Fault::TimeOutLate);
        for page in self.pages.values_mut().filter(|page| page.place == "password") {
            if now >= page.expires + late && self.fault != Fault::NoTimeOut {
                page.place = "expired";
            }
        }
    }

    fn submit(&mut self, session: SessionId, now: Time, fields: &Fields) -> Result<(), Vec<Text>> {
        let fault = self.fault;
        let least = if fault == Fault::LoginOneShorter { 2 } else { 3 };
        let most = if fault == Fault::LoginOneLonger { 65 } else { 64 };
        let login = text(fields, "login", least, most);
        let least = if fault == Fault::PasswordOneShorter { 7 } else { 8 };
        let mut password = text(fields, "password", least, 128);
        if fault == Fault::PasswordNotRequired && !fields.get("password").is_set() {
            password = Ok(Text::default());
        }
        let Some(page) = self.pages.get_mut(&session) else { return Err(vec!["unexpected".into()]) };
        let (login, password) = match (login, password) {
            (Ok(login), Ok(password)) => (login, password),
            (login, password) => {
                if let (Fault::RefusedInputCounts, Ok(login)) = (fault, &login) {
                    self.by_login.entry(login.clone()).or_default().add(now, fault);
                }
                return Err([login.err(), password.err()].into_iter().flatten().collect());
            }
        };
        let tries = match fault {
            Fault::CountedPerSession => &mut page.tries,
            _ => self.by_login.entry(login.clone()).or_default(),
        };
        let from = self.by_address.entry(page.address.clone()).or_default();
        let right = self.passwords.get(&login) == Some(&password);
        let locked = [tries.is_locked(now), from.is_locked(now)].contains(&true);
        if locked && !(right && fault == Fault::LockOpensForTheRightPassword) {
            if fault == Fault::LockProlonged {
                for tries in [tries, from] {
                    tries.locked_until = tries.locked_until.map(|_| now + 30 * MINUTE);
                }
            }
            let named = if fault == Fault::LockNamedWrongly { "wrong_password" } else { "locked" };
            return Err(vec![named.into()]);
        }
        if right {
            if fault != Fault::TriesKeptAfterSuccess {
                *tries = Tries::default();
            }
            if fault == Fault::AddressForgivenToo {
                *from = Tries::default();
            }
            page.place = if fault == Fault::WrongNextStep { "expired" } else { "signed_in" };
            return Ok(());
        }
        if fault != Fault::UnknownLoginsNotCounted || self.passwords.contains_key(&login) {
            tries.add(now, fault);
        }
        from.add(now, fault);
        if fault == Fault::TimeOutAnewAfterEachTry {
            page.expires = now + 10 * MINUTE;
        }
        Err(vec!["wrong_password".into()])
    }

    fn shown(&self, session: SessionId, verdict: Verdict) -> Observation {
        let step = self.pages.get(&session).map(|page| page.place.into());
        Observation { verdict, step, outputs: Vec::new(), answers: Vec::new() }
    }
}

/// A text of so many characters, or why it is none.
fn text(fields: &Fields, name: &str, least: usize, most: usize) -> Result<Text, Text> {
    match fields.get(name) {
        Value::Unset => Err(format!("missing:{name}").into()),
        Value::Text(text) if (least..=most).contains(&text.chars().count()) => Ok(text.clone()),
        _ => Err(format!("invalid:{name}").into()),
    }
}

impl Implementation for SignIn {
    fn reset(&mut self, rows: &Rows) -> Result<(), Unsupported> {
        *self = Self::new(self.fault);
        for (login, account) in rows.get("account").into_iter().flatten() {
            if let (Value::Text(login), Value::Text(password)) = (login, account.get("password")) {
                self.passwords.insert(login.clone(), password.clone());
            }
        }
        Ok(())
    }

    fn open(&mut self, session: SessionId, at: Time, given: &Fields) -> Result<Observation, Unsupported> {
        self.expire(at);
        Ok(match text(given, "ip", 2, 45) {
            Ok(address) => {
                let page =
                    Page { address, place: "password", expires: at + 10 * MINUTE, tries: Tries::default() };
                self.pages.insert(session, page);
                self.shown(session, Verdict::Accepted)
            }
            Err(reason) => self.shown(session, Verdict::Refused(vec![reason])),
        })
    }

    fn apply(&mut self, session: SessionId, at: Time, input: &Input, _: &[Answer]) -> Observation {
        self.expire(at);
        let is_open = self.pages.get(&session).is_some_and(|page| page.place == "password");
        let done = match (is_open, input.event.as_str(), input.by.as_str()) {
            (true, "submit", "user") => self.submit(session, at, &input.fields),
            (false, ..) if self.fault == Fault::UnexpectedAccepted => Ok(()),
            _ => Err(vec!["unexpected".into()]),
        };
        self.shown(session, done.map_or_else(Verdict::Refused, |()| Verdict::Accepted))
    }

    fn advance(&mut self, to: Time) -> Result<Vec<(SessionId, Observation)>, Unsupported> {
        self.expire(to);
        Ok(self.pages.keys().map(|session| (*session, self.shown(*session, Verdict::Accepted))).collect())
    }

    fn close(&mut self, session: SessionId) -> Result<(), Unsupported> {
        self.pages.remove(&session);
        Ok(())
    }
}
