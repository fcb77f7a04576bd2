"""Sign-in with locks, written from `specs/sign_in/facts.md`: `python3 sign_in.py [FAULT]`.

Without an argument it does what the facts say. With the name of a fault it goes wrong in that one way.
"""

import sys

from protocol import accepted, refused, serve

MINUTE = 60_000
FAULTS = {
    "locks_at_the_6th": "five wrong tries are forgiven, the sixth locks",
    "locks_at_the_4th": "the fourth wrong try locks",
    "lock_ends_early": "a lock ends a millisecond early",
    "lock_never_ends": "a lock is for ever",
    "tries_kept_after_success": "the right password does not forget the wrong tries of the login",
    "address_forgotten_after_success": "the right password forgets the wrong tries of the address, too",
    "unknown_logins_not_counted": "tries for logins that do not exist are not counted",
    "window_opens_with_the_first_try": "fifteen minutes run from the first try, not back from the last",
    "tries_prolong_the_lock": "whoever tries while locked waits longer",
    "right_password_unlocks": "the right password is taken while the lock lasts",
    "counted_per_session": "each session has counters of its own",
    "short_passwords": "a password of seven characters is taken",
    "expiry_starts_again": "the page expires ten minutes after the last try",
    "unknown_logins_told_apart": "a login that does not exist is answered otherwise than a wrong password",
    "malformed_is_a_try": "a password of the wrong form counts as a wrong try",
}


class Tries:
    """Wrong tries for one login, or from one address."""

    def __init__(self, fault):
        self.fault = fault
        self.most = {"locks_at_the_6th": 6, "locks_at_the_4th": 4}.get(fault, 5)
        self.instants = []
        self.locked_until = 0

    def locked(self, now):
        return now < self.locked_until

    def count(self, now):
        window = 15 * MINUTE
        if self.fault == "window_opens_with_the_first_try":
            if self.instants and now - self.instants[0] >= window:
                self.instants = []
        else:
            self.instants = [then for then in self.instants if now - then < window]
        self.instants.append(now)
        if len(self.instants) >= self.most:
            self.instants = []
            self.lock(now)

    def lock(self, now):
        length = {"lock_ends_early": 30 * MINUTE - 1, "lock_never_ends": 10**12}.get(self.fault, 30 * MINUTE)
        self.locked_until = now + length


class Session:
    def __init__(self, opened, ip):
        self.ip = ip
        self.expires = opened + 10 * MINUTE
        self.step = "password"


class SignIn:
    def __init__(self, fault=None):
        self.fault = fault
        self.reset({})

    def reset(self, rows):
        self.passwords = {login: row.get("password") for login, row in rows.get("account", {}).items()}
        self.sessions = {}
        self.tries = {}

    def open(self, name, at, given):
        self.advance(at)
        ip = given.get("ip")
        if ip is None:
            return refused(None, "missing:ip")
        if not isinstance(ip, str) or not 2 <= len(ip) <= 45:
            return refused(None, "invalid:ip")
        self.sessions[name] = Session(at, ip)
        return accepted("password")

    def apply(self, name, at, event, by, fields, answers):
        self.advance(at)
        session = self.sessions[name]
        if session.step != "password" or (event, by) != ("submit", "user"):
            return refused(session.step, "unexpected")
        if self.fault == "expiry_starts_again":
            session.expires = at + 10 * MINUTE
        least = 7 if self.fault == "short_passwords" else 8
        problems = [self.form("login", fields, 3, 64), self.form("password", fields, least, 128)]
        problems = [problem for problem in problems if problem]
        if problems:
            login = fields.get("login")
            if self.fault == "malformed_is_a_try" and problems == ["invalid:password"]:
                self.of("login", name, login).count(at)
            return refused("password", *problems)
        return self.sign_in(name, session, at, fields["login"], fields["password"])

    def sign_in(self, name, session, at, login, password):
        by_login, by_ip = self.of("login", name, login), self.of("ip", name, session.ip)
        known = login in self.passwords
        right = known and self.passwords[login] == password
        locked = [tries for tries in (by_login, by_ip) if tries.locked(at)]
        if locked and not (right and self.fault == "right_password_unlocks"):
            if self.fault == "tries_prolong_the_lock":
                for tries in locked:
                    tries.lock(at)
            return refused("password", "locked")
        if right:
            if self.fault != "tries_kept_after_success":
                by_login.instants, by_login.locked_until = [], 0
            if self.fault == "address_forgotten_after_success":
                by_ip.instants = []
            session.step = "signed_in"
            return accepted("signed_in")
        if known or self.fault != "unknown_logins_not_counted":
            by_login.count(at)
            by_ip.count(at)
        unknown = not known and self.fault == "unknown_logins_told_apart"
        return refused("password", "unknown_login" if unknown else "wrong_password")

    def advance(self, to):
        for session in self.sessions.values():
            if session.step == "password" and session.expires <= to:
                session.step = "expired"
        return {name: {"step": each.step, "outputs": []} for name, each in self.sessions.items()}

    def close(self, name):
        del self.sessions[name]

    def of(self, kind, session, key):
        session = session if self.fault == "counted_per_session" else None
        return self.tries.setdefault((kind, session, key), Tries(self.fault))

    @staticmethod
    def form(name, fields, least, most):
        value = fields.get(name)
        if value is None:
            return f"missing:{name}"
        if not isinstance(value, str) or not least <= len(value) <= most:
            return f"invalid:{name}"
        return None


if __name__ == "__main__":
    fault = sys.argv[1] if len(sys.argv) > 1 else None
    if fault and fault not in FAULTS:
        sys.exit(f"no such fault; one of {', '.join(FAULTS)}")
    serve("sign_in.py", SignIn(fault))
