"""Registration on the web by phone, written from the facts RWP-01 to RWP-30: `python3 register_web_phone.py [FAULT]`.

It asks for two codes, one shown on the page and one by text message. It does not say in which step it is, and it asks its
own bank: what the bank answered is told with each reply.
"""

import sys

from protocol import accepted, refused, serve

FAULTS = {
    "old_code_stays_valid": "after a resend the code sent before is still taken",
    "any_code_is_right": "whatever is entered as the text-message code is taken",
    "page_code_not_checked": "whatever is entered as the code of the page is taken",
    "phone_not_required": "the phone number may be left out",
    "address_not_required": "the home address may be left out",
    "identity_page_skipped": "the right code leads to the payment method at once",
    "terms_skipped": "the first button leads past the agreement",
    "no_message_on_resend": "asking for another text message sends none",
    "bank_not_heeded": "a card whose number the bank does not confirm is taken",
    "message_to_the_bank_number": "the text message goes to another number than the one entered",
    "resend_refused": "the text message cannot be asked for again",
    "bank_refusal_ends": "a number that the bank does not confirm throws the person out",
}


class Session:
    def __init__(self):
        self.step = "landing"
        self.phone = None
        self.page_code = None
        self.codes = []


class Register:
    def __init__(self, fault=None):
        self.fault = fault
        self.sent = 0
        self.reset({})

    def reset(self, rows):
        self.accounts = {phone: dict(row) for phone, row in rows.get("account", {}).items()}
        self.sessions = {}

    def open(self, name, at, given):
        self.sessions[name] = Session()
        return accepted("landing")

    def apply(self, name, at, event, by, fields, answers):
        session = self.sessions[name]
        handler = getattr(self, f"{session.step}_{event}", None)
        if handler is None or by != "user":
            return refused(session.step, "unexpected")
        return handler(session, fields)

    def close(self, name):
        del self.sessions[name]

    def advance(self, to):
        return {name: {"step": each.step, "outputs": []} for name, each in self.sessions.items()}

    def landing_click_register(self, session, fields):
        if self.fault == "terms_skipped":
            return self.terms_agree(session, fields)
        session.step = "terms"
        return accepted("terms")

    def terms_agree(self, session, fields):
        session.step = "identify"
        session.page_code = self.code("page")
        return accepted("identify", {"output": "picture", "code": session.page_code})

    def terms_decline(self, session, fields):
        return refused("terms", "silent")

    def identify_next(self, session, fields):
        known = {"account_type": "personal", "region": "mainland_china"}
        problems = [
            f"invalid:{name}" for name, only in known.items() if fields.get(name, only) != only
        ]
        for name in ("phone", "page_code"):
            optional = name == "phone" and self.fault == "phone_not_required"
            problems += self.text(name, fields, optional)
        if problems:
            return refused("identify", *problems)
        if fields["page_code"] != session.page_code and self.fault != "page_code_not_checked":
            return refused("identify", "wrong_code")
        session.phone = fields.get("phone", "")
        session.step = "code_wait"
        return accepted("code_wait/code", self.message(session))

    def code_wait_resend(self, session, fields):
        if self.fault == "resend_refused":
            return refused("code_wait/code", "limit:resends")
        if self.fault == "no_message_on_resend":
            return accepted("code_wait/code")
        return accepted("code_wait/code", self.message(session))

    def code_wait_submit_code(self, session, fields):
        problems = self.text("code", fields)
        if problems:
            return refused("code_wait/code", *problems)
        right = session.codes if self.fault == "old_code_stays_valid" else session.codes[-1:]
        if fields["code"] not in right and self.fault != "any_code_is_right":
            return refused("code_wait/code", "wrong_code")
        session.step = "payment" if self.fault == "identity_page_skipped" else "profile"
        return accepted(session.step)

    def profile_fill_in(self, session, fields):
        names = ["real_name", "id_number", "occupation", "address"]
        problems = []
        for name in names:
            optional = name == "address" and self.fault == "address_not_required"
            problems += self.text(name, fields, optional)
        if problems:
            return refused("profile/page", *problems)
        session.step = "payment"
        return accepted("payment/card")

    def payment_bind_card(self, session, fields):
        problems = self.text("card", fields) + self.text("bank_phone", fields)
        if problems:
            return refused("payment/card", *problems)
        knows = self.bank_knows(fields["bank_phone"])
        answers = {"bank": {"answer": "number_matches" if knows else "number_differs"}}
        if knows or self.fault == "bank_not_heeded":
            session.step = "registered"
            return accepted("registered") | {"answers": answers}
        if self.fault == "bank_refusal_ends":
            session.step = "thrown_out"
        return refused("payment/card", "number_differs") | {"answers": answers}

    @staticmethod
    def bank_knows(phone):
        """A bank of our own: always of the same mind on one number, and of different minds on different ones."""
        return sum(phone.encode()) % 3 != 0

    def message(self, session):
        session.codes.append(self.code("sms"))
        to = "13000000000" if self.fault == "message_to_the_bank_number" else session.phone
        return {"output": "sms", "to": to, "code": session.codes[-1]}

    def code(self, kind):
        self.sent += 1
        return f"{kind}-{self.sent}"

    @staticmethod
    def text(name, fields, optional=False):
        value = fields.get(name)
        if value is None:
            return [] if optional else [f"missing:{name}"]
        return [] if isinstance(value, str) else [f"invalid:{name}"]


if __name__ == "__main__":
    fault = sys.argv[1] if len(sys.argv) > 1 else None
    if fault and fault not in FAULTS:
        sys.exit(f"no such fault; one of {', '.join(FAULTS)}")
    serve("register_web_phone.py", Register(fault), world="reported", shows_step=False)
