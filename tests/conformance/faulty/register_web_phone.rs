//! Registration on the web by phone as somebody would write it who read `specs/alipay/facts.md`, right or with one
//! mistake.

use std::collections::BTreeMap;

use flowspec_runtime::{
    Answer, Fields, Implementation, Input, May, Observation, Rows, Sent, SessionId, Text, Time, Unsupported,
    Value, Verdict,
};

/// What may be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    OneCode,
    OneCodeOrTwo,
    RegionDefaultLost,
    NameNotRequired,
    AddressOfAnyKind,
    PageCodeNotChecked,
    AnyCode,
    OldCodeStillValid,
    CodeSharedBySessions,
    MessageTwice,
    MessageToNobody,
    NoMessageOnResend,
    ResendRefused,
    ResendStartsAnew,
    WrongCodeStartsAnew,
    CardStepSkipped,
    AgreementNotNeeded,
    AnswersSwapped,
    DifferentNumberEndsIt,
    WrongReason,
    AnsweredAfterTheEnd,
    NoAccount,
    PhoneUnbindable,
}

/// The website.
#[derive(Debug, Clone)]
pub(crate) struct Register {
    fault: Fault,
    universes: u32,
    codes: u32,
    accounts: BTreeMap<Text, Fields>,
    visits: BTreeMap<SessionId, Visit>,
    last_code: Value,
}

#[derive(Debug, Clone, Default)]
struct Visit {
    place: &'static str,
    phone: Value,
    page_code: Value,
    /// The codes that were sent, the last one at the end.
    codes: Vec<Value>,
    person: Fields,
    sent: Vec<Sent>,
}

type Judged = Result<(), Vec<Text>>;

impl Register {
    pub(crate) fn new(fault: Fault) -> Self {
        let (accounts, visits) = (BTreeMap::new(), BTreeMap::new());
        Self { fault, universes: 0, codes: 0, accounts, visits, last_code: Value::Unset }
    }

    /// Whether a code is shown on the page.
    fn has_page_code(&self) -> bool {
        match self.fault {
            Fault::OneCode => false,
            Fault::OneCodeOrTwo => self.universes.is_multiple_of(2),
            _ => true,
        }
    }

    fn fresh_code(&mut self) -> Value {
        self.codes += 1;
        Value::from(format!("{:06}", 100_000 + self.codes).as_str())
    }

    fn judge(&mut self, visit: &mut Visit, input: &Input, answers: &[Answer]) -> Judged {
        let fields = &input.fields;
        match (visit.place, input.event.as_str()) {
            ("landing", "click_register") => {
                visit.place = if self.fault == Fault::AgreementNotNeeded { "identify" } else { "terms" };
                Ok(())
            }
            ("terms", "agree") => {
                visit.place = "identify";
                if self.has_page_code() {
                    visit.page_code = self.fresh_code();
                    let code = Fields::from_iter([("code", visit.page_code.clone())]);
                    visit.sent.push(Sent { output: "picture".into(), fields: code });
                }
                Ok(())
            }
            ("identify", "next") => self.next(visit, fields),
            ("code_wait/code", "submit_code") => self.submit_code(visit, fields),
            ("code_wait/code", "resend") => self.resend(visit),
            ("profile/page", "fill_in") => self.fill_in(visit, fields),
            ("payment/card", "bind_card") => self.bind_card(visit, fields, answers),
            ("registered", _) if self.fault == Fault::AnsweredAfterTheEnd => Ok(()),
            _ => Err(vec!["unexpected".into()]),
        }
    }

    fn next(&mut self, visit: &mut Visit, fields: &Fields) -> Judged {
        let mut wrong = texts(fields, &["phone"]);
        for name in ["account_type", "region"] {
            match fields.get(name) {
                Value::Unset if name == "region" && self.fault == Fault::RegionDefaultLost => {
                    wrong.push("missing:region".into());
                }
                Value::Unset | Value::Text(_) => {}
                _ => wrong.push(format!("invalid:{name}").into()),
            }
        }
        let asked = self.has_page_code();
        if asked {
            wrong.extend(texts(fields, &["page_code"]));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        if asked && *fields.get("page_code") != visit.page_code && self.fault != Fault::PageCodeNotChecked {
            return Err(vec!["wrong_code".into()]);
        }
        visit.phone = fields.get("phone").clone();
        visit.place = "code_wait/code";
        self.send_code(visit);
        if self.fault == Fault::MessageTwice {
            self.send_code(visit);
        }
        Ok(())
    }

    fn send_code(&mut self, visit: &mut Visit) {
        let code = self.fresh_code();
        visit.codes.push(code.clone());
        self.last_code = code.clone();
        let to = if self.fault == Fault::MessageToNobody { "".into() } else { visit.phone.clone() };
        visit
            .sent
            .push(Sent { output: "sms".into(), fields: Fields::from_iter([("to", to), ("code", code)]) });
    }

    fn submit_code(&mut self, visit: &mut Visit, fields: &Fields) -> Judged {
        let wrong = texts(fields, &["code"]);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let code = fields.get("code");
        let right = match self.fault {
            Fault::AnyCode => true,
            Fault::OldCodeStillValid => visit.codes.contains(code),
            Fault::CodeSharedBySessions => self.last_code == *code,
            _ => visit.codes.last() == Some(code),
        };
        if right {
            visit.place = if self.fault == Fault::CardStepSkipped { "payment/card" } else { "profile/page" };
            return Ok(());
        }
        if self.fault == Fault::WrongCodeStartsAnew {
            visit.place = "identify";
        }
        Err(vec![if self.fault == Fault::WrongReason { "invalid:code" } else { "wrong_code" }.into()])
    }

    fn resend(&mut self, visit: &mut Visit) -> Judged {
        match self.fault {
            Fault::ResendRefused => return Err(vec!["limit:resends".into()]),
            Fault::ResendStartsAnew => visit.place = "identify",
            Fault::NoMessageOnResend => return Ok(()),
            _ => {}
        }
        self.send_code(visit);
        Ok(())
    }

    fn fill_in(&mut self, visit: &mut Visit, fields: &Fields) -> Judged {
        let needed: &[&str] = match self.fault {
            Fault::NameNotRequired => &["id_number", "occupation", "address"],
            Fault::AddressOfAnyKind => &["real_name", "id_number", "occupation"],
            _ => &["real_name", "id_number", "occupation", "address"],
        };
        let mut wrong = texts(fields, needed);
        if self.fault == Fault::AddressOfAnyKind && !fields.get("address").is_set() {
            wrong.push("missing:address".into());
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        visit.person = fields.clone();
        visit.place = "payment/card";
        Ok(())
    }

    fn bind_card(&mut self, visit: &mut Visit, fields: &Fields, answers: &[Answer]) -> Judged {
        let wrong = texts(fields, &["card", "bank_phone"]);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let answer = answers.iter().find(|answer| answer.actor == "bank").expect("the bank answers");
        if (answer.answer == "number_matches") == (self.fault == Fault::AnswersSwapped) {
            if self.fault == Fault::DifferentNumberEndsIt {
                visit.place = "registered";
            }
            return Err(vec!["number_differs".into()]);
        }
        visit.place = "registered";
        if let (Value::Text(phone), true) = (&visit.phone, self.fault != Fault::NoAccount) {
            let mut account = Fields::from_iter([("registered_by", "by_phone")]);
            account.set("bound_phone", phone.clone());
            self.accounts.insert(phone.clone(), account);
        }
        Ok(())
    }

    fn shown(&mut self, session: SessionId, verdict: Verdict) -> Observation {
        let visit = self.visits.get_mut(&session);
        let step = visit.as_ref().map(|visit| visit.place.into());
        let outputs = visit.map(|visit| std::mem::take(&mut visit.sent)).unwrap_or_default();
        Observation { verdict, step, outputs, answers: Vec::new() }
    }
}

/// What is wrong with fields that must be texts.
fn texts(fields: &Fields, names: &[&str]) -> Vec<Text> {
    let wrong = names.iter().filter_map(|name| match fields.get(name) {
        Value::Unset => Some(format!("missing:{name}").into()),
        Value::Text(_) => None,
        _ => Some(format!("invalid:{name}").into()),
    });
    wrong.collect()
}

impl Implementation for Register {
    fn reset(&mut self, rows: &Rows) -> Result<(), Unsupported> {
        *self = Self { universes: self.universes + 1, codes: self.codes, ..Self::new(self.fault) };
        for (phone, account) in rows.get("account").into_iter().flatten() {
            if let Value::Text(phone) = phone {
                self.accounts.insert(phone.clone(), account.clone());
            }
        }
        Ok(())
    }

    fn open(&mut self, session: SessionId, _: Time, _: &Fields) -> Result<Observation, Unsupported> {
        self.visits.insert(session, Visit { place: "landing", ..Visit::default() });
        Ok(self.shown(session, Verdict::Accepted))
    }

    fn apply(&mut self, session: SessionId, _: Time, input: &Input, answers: &[Answer]) -> Observation {
        let mut visit = self.visits.remove(&session).expect("the session is open");
        let judged = if input.by == "user" {
            self.judge(&mut visit, input, answers)
        } else {
            Err(vec!["unexpected".into()])
        };
        self.visits.insert(session, visit);
        self.shown(session, judged.map_or_else(Verdict::Refused, |()| Verdict::Accepted))
    }

    fn advance(&mut self, _: Time) -> Result<Vec<(SessionId, Observation)>, Unsupported> {
        let sessions: Vec<_> = self.visits.keys().copied().collect();
        Ok(sessions.into_iter().map(|session| (session, self.shown(session, Verdict::Accepted))).collect())
    }

    fn close(&mut self, session: SessionId) -> Result<(), Unsupported> {
        self.visits.remove(&session);
        Ok(())
    }

    fn may(&mut self, capability: &str, subject: &Value, _: Time) -> Result<May, Unsupported> {
        let account = subject.as_text().and_then(|phone| self.accounts.get(phone));
        let by_phone = account.filter(|account| account.get("registered_by").as_text() == Some("by_phone"));
        Ok(match (capability, by_phone) {
            ("unbind_phone", Some(account)) => {
                if account.get("email_login").is_set() || self.fault == Fault::PhoneUnbindable {
                    May::Allowed
                } else {
                    May::Denied("needs_email_login".into())
                }
            }
            ("pay_by_finger", _) if account.is_some_and(|account| account.get("finger").is_set()) => {
                May::Allowed
            }
            _ => account.map_or(May::Unstated, |account| by_identity(capability, account)),
        })
    }
}

/// What an account may do, by how far its owner is known.
fn by_identity(capability: &str, account: &Fields) -> May {
    let real_named = *account.get("real_named") == Value::Bool(true);
    let check = account.get("id_check").as_text();
    match capability {
        "shop_online" if real_named || check.is_some() => May::Allowed,
        "receive" | "top_up" | "query_income" | "use_received" if real_named || check == Some("passed") => {
            May::Allowed
        }
        "top_up" | "query_income" | "use_received" if check.is_some() => {
            May::Denied("needs_real_name".into())
        }
        _ => May::Unstated,
    }
}
