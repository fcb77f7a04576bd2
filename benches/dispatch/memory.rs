//! What the machines written by hand remember, and the few things that all of them do with it.

use std::collections::BTreeMap;

use flowspec_generated::register_web_phone::{
    Account, BindCard, CardNo, CodeModel, FillIn, IdNumber, Name, Next, Output, Phone, Picture, PictureCode,
    Reason, Registration, Sms, SmsCode,
};
use flowspec_runtime::typed::Sample;

/// What all sessions share: rows, the choice of the implementation, and how many codes were made up.
#[derive(Default)]
pub(crate) struct Shared {
    accounts: BTreeMap<Phone, Account>,
    one_code: bool,
    pictures: u64,
    messages: u64,
}

/// What a session remembers.
#[derive(Default)]
pub(crate) struct Memory {
    phone: Option<Phone>,
    real_name: Option<Name>,
    id_number: Option<IdNumber>,
    card: Option<CardNo>,
    bank_phone: Option<Phone>,
    picture: Option<PictureCode>,
    sms: Option<SmsCode>,
}

impl Shared {
    pub(crate) fn code_model(&self) -> CodeModel {
        if self.one_code { CodeModel::One } else { CodeModel::Two }
    }
}

impl Memory {
    pub(crate) fn send_picture(&mut self, shared: &mut Shared) -> Output {
        shared.pictures += 1;
        let code = PictureCode::sample(shared.pictures);
        self.picture = Some(code.clone());
        Output::Picture(Picture { code })
    }

    pub(crate) fn send_sms(&mut self, shared: &mut Shared, to: Option<Phone>) -> Output {
        shared.messages += 1;
        let code = SmsCode::sample(shared.messages);
        self.sms = Some(code.clone());
        Output::Sms(Sms { to, code })
    }

    pub(crate) fn resend(&mut self, shared: &mut Shared) -> Output {
        self.send_sms(shared, self.phone.clone())
    }

    pub(crate) fn check_next(&self, shared: &Shared, next: &Next) -> Result<(), Reason> {
        if shared.one_code {
            return Ok(());
        }
        let Some(code) = &next.page_code else { return Err(Reason::MissingPageCode) };
        if self.picture.as_ref() == Some(code) { Ok(()) } else { Err(Reason::WrongCode) }
    }

    pub(crate) fn next(&mut self, shared: &mut Shared, next: Next) -> Output {
        self.phone = Some(next.phone.clone());
        self.send_sms(shared, Some(next.phone))
    }

    /// The page on identity begins with nothing filled in.
    pub(crate) fn confirmed(&mut self) {
        self.real_name = None;
        self.id_number = None;
    }

    pub(crate) fn check_code(&self, shared: &Shared, code: &SmsCode) -> Result<(), Reason> {
        if self.sms.as_ref() != Some(code) {
            return Err(Reason::WrongCode);
        }
        if self.phone.as_ref().is_some_and(|phone| shared.accounts.contains_key(phone)) {
            return Err(Reason::Silent);
        }
        Ok(())
    }

    pub(crate) fn fill_in(&mut self, fill_in: FillIn) {
        self.real_name = Some(fill_in.real_name);
        self.id_number = Some(fill_in.id_number);
        self.card = None;
        self.bank_phone = None;
    }

    pub(crate) fn register(&mut self, shared: &mut Shared, bind_card: BindCard) {
        self.card = Some(bind_card.card.clone());
        self.bank_phone = Some(bind_card.bank_phone);
        let Some(phone) = &self.phone else { return };
        let account = shared.accounts.entry(phone.clone()).or_default();
        account.registered_by = Some(Registration::ByPhone);
        account.bound_phone = self.phone.clone();
        account.real_name = self.real_name.clone();
        account.id_number = self.id_number.clone();
        account.card = Some(bind_card.card);
    }
}
