//! What the machines written by hand remember, and the few things that all of them do with it.

use std::collections::BTreeMap;

use flowspec_generated::register_web_phone::{
    Account, CodeModel, FillIn, IdNumber, Name, Next, Output, Phone, Picture, PictureCode, Reason,
    Registration, Sms, SmsCode,
};
use flowspec_runtime::typed::Sample;

/// Rows, the session, and how many codes were made up.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) accounts: BTreeMap<Phone, Account>,
    pub(crate) one_code: bool,
    phone: Option<Phone>,
    real_name: Option<Name>,
    id_number: Option<IdNumber>,
    picture: Option<PictureCode>,
    sms: Option<SmsCode>,
    pictures: u64,
    messages: u64,
}

impl Memory {
    pub(crate) fn code_model(&self) -> CodeModel {
        if self.one_code { CodeModel::One } else { CodeModel::Two }
    }

    pub(crate) fn send_picture(&mut self) -> Output {
        self.pictures += 1;
        let code = PictureCode::sample(self.pictures);
        self.picture = Some(code.clone());
        Output::Picture(Picture { code })
    }

    pub(crate) fn send_sms(&mut self, to: Option<Phone>) -> Output {
        self.messages += 1;
        let code = SmsCode::sample(self.messages);
        self.sms = Some(code.clone());
        Output::Sms(Sms { to, code })
    }

    pub(crate) fn resend(&mut self) -> Output {
        self.send_sms(self.phone.clone())
    }

    pub(crate) fn check_next(&self, next: &Next) -> Result<(), Reason> {
        if self.one_code {
            return Ok(());
        }
        let Some(code) = &next.page_code else { return Err(Reason::MissingPageCode) };
        if self.picture.as_ref() == Some(code) { Ok(()) } else { Err(Reason::WrongCode) }
    }

    pub(crate) fn next(&mut self, next: Next) -> Output {
        self.phone = Some(next.phone.clone());
        self.send_sms(Some(next.phone))
    }

    pub(crate) fn check_code(&self, code: &SmsCode) -> Result<(), Reason> {
        if self.sms.as_ref() != Some(code) {
            return Err(Reason::WrongCode);
        }
        if self.phone.as_ref().is_some_and(|phone| self.accounts.contains_key(phone)) {
            return Err(Reason::Silent);
        }
        Ok(())
    }

    pub(crate) fn fill_in(&mut self, fill_in: FillIn) {
        self.real_name = Some(fill_in.real_name);
        self.id_number = Some(fill_in.id_number);
    }

    pub(crate) fn register(&mut self) {
        let Some(phone) = &self.phone else { return };
        let account = self.accounts.entry(phone.clone()).or_default();
        account.registered_by = Some(Registration::ByPhone);
        account.bound_phone = self.phone.clone();
        account.real_name = self.real_name.clone();
        account.id_number = self.id_number.clone();
    }
}
