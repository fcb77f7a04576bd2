"""Returns of orders, written from `specs/order_return/facts.md`: `python3 order_return.py [FAULT]`.

It reckons in decimal fractions and in days of the calendar, as people do. Without an argument it does what the facts say;
with the name of a fault it goes wrong in that one way.
"""

import re
import sys
from datetime import datetime, timedelta, timezone
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from protocol import accepted, refused, serve

FAULTS = {
    "days_in_greenwich": "the days of delivery and return are those of Greenwich",
    "fourteen_times_24_hours": "the time for returns is over 14 times 24 hours after the delivery",
    "last_day_missing": "the fourteenth day is too late",
    "paid_by_greenwich": "the day until which is paid is reckoned in Greenwich",
    "all_damaged": "only where every line is damaged the return is refused",
    "first_damaged": "only the first line is looked at for damage",
    "one_ordered": "one line of the order is enough",
    "opened_rounded_up": "what opened goods are worth is rounded to the nearest cent",
    "rounded_by_line": "what opened goods are worth is rounded line by line",
    "floats": "opened goods are reckoned in floating-point numbers",
    "fee_half_even": "the fee is rounded half to even, as the language does by default",
    "fee_of_opened": "the fee is taken of opened goods only",
    "unopened_by_hand": "only unopened goods count towards the two thousand yuan",
    "two_thousand_by_hand": "two thousand yuan are looked at by hand",
    "same_line_once": "a line that is named twice is refunded once",
    "loose_prices": "whatever the language takes for a decimal number is a price",
    "line_as_text": "the number of a line may be a text",
    "remark_needed": "each line needs a remark",
    "late_ends": "whoever is too late cannot try again",
    "anybody_delivers": "whoever says so has delivered the order",
}
PRICE = re.compile(r"(0|[1-9][0-9]*)\.[0-9]{2}\Z")
CENT = Decimal("0.01")
CHINA = timezone(timedelta(hours=8))


def day(instant, zone=CHINA):
    """The day that a clock shows."""
    return (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=instant)).astimezone(zone).date()


def cents(amount, rounding):
    return amount.quantize(CENT, rounding=rounding)


class Session:
    def __init__(self, lines):
        self.lines = lines
        self.step = "under_way"
        self.delivered = None


class OrderReturn:
    def __init__(self, fault=None):
        self.fault = fault
        self.sessions = {}

    def reset(self, rows):
        self.sessions = {}

    def open(self, name, at, given):
        lines = given.get("lines")
        if lines is None:
            return refused(None, "missing:lines")
        numbers = isinstance(lines, list) and all(type(line) is int and 1 <= line <= 20 for line in lines)
        if not numbers or not 1 <= len(lines) <= 20:
            return refused(None, "invalid:lines")
        self.sessions[name] = Session(lines)
        return accepted("under_way")

    def apply(self, name, at, event, by, fields, answers):
        session = self.sessions[name]
        carrier = by == "carrier" or self.fault == "anybody_delivers"
        if session.step == "under_way" and event == "delivered" and carrier:
            session.step, session.delivered = "at_home", at
            return accepted("at_home")
        if session.step == "at_home" and (event, by) == ("request", "user"):
            return self.request(session, at, fields.get("items"))
        return refused(session.step, "unexpected")

    def request(self, session, at, items):
        if items is None:
            return refused("at_home", "missing:items")
        read = [self.item(item) for item in items] if isinstance(items, list) else []
        if None in read or not 1 <= len(read) <= 20:
            return refused("at_home", "invalid:items")
        reasons = self.reasons(session, at, read)
        if reasons:
            if "too_late" in reasons and self.fault == "late_ends":
                session.step = "refunded"
            return refused(session.step, *reasons)
        if self.fault == "same_line_once":
            read = list({line: (line, price, condition) for line, price, condition in read}.values())
        return self.refund(session, at, read)

    def item(self, item):
        """A line as it is read: its number, its price and its condition; none where it is malformed."""
        if not isinstance(item, dict):
            return None
        line, price, condition, remark = map(item.get, ("line", "price", "condition", "remark"))
        if self.fault == "line_as_text" and isinstance(line, str) and line.isdigit():
            line = int(line)
        if type(line) is not int or not 1 <= line <= 20 or condition not in ("unopened", "opened", "damaged"):
            return None
        if not isinstance(price, str) or not (PRICE.match(price) or self.fault == "loose_prices"):
            return None
        try:
            price = Decimal(price)
        except ArithmeticError:
            return None
        if not CENT <= price <= Decimal("9999.99") or not (remark is None or isinstance(remark, str)):
            return None
        if remark is None and self.fault == "remark_needed":
            return None
        return line, price, condition

    def reasons(self, session, at, items):
        zone = timezone.utc if self.fault == "days_in_greenwich" else CHINA
        last = day(session.delivered, zone) + timedelta(days=14)
        late = day(at, zone) > last
        if self.fault == "fourteen_times_24_hours":
            late = at - session.delivered > 14 * 86_400_000
        if self.fault == "last_day_missing":
            late = day(at, zone) >= last
        damaged = [condition == "damaged" for _, _, condition in items]
        foreign = [line not in session.lines for line, _, _ in items]
        is_damaged = {"all_damaged": all(damaged), "first_damaged": damaged[0]}.get(self.fault, any(damaged))
        is_foreign = all(foreign) if self.fault == "one_ordered" else any(foreign)
        every = [("too_late", late), ("damaged", is_damaged), ("not_ordered", is_foreign)]
        return [reason for reason, holds in every if holds]

    def refund(self, session, at, items):
        def total(*conditions):
            return sum((price for _, price, condition in items if condition in conditions), Decimal(0))

        everything = total("unopened", "opened", "damaged")
        looked_at = total("unopened") if self.fault == "unopened_by_hand" else everything
        if looked_at > 2000 or (looked_at == 2000 and self.fault == "two_thousand_by_hand"):
            session.step = "by_hand"
            return accepted("by_hand")
        opened = cents(total("opened") * 85 / 100, ROUND_HALF_UP if self.fault == "opened_rounded_up" else ROUND_DOWN)
        if self.fault == "rounded_by_line":
            each = (price for _, price, condition in items if condition == "opened")
            opened = sum((cents(price * 85 / 100, ROUND_DOWN) for price in each), Decimal(0))
        if self.fault == "floats":
            opened = Decimal(int(float(total("opened")) * 0.85 * 100)) / 100
        base = total("opened") if self.fault == "fee_of_opened" else everything
        fee = cents(base * 2 / 100, ROUND_HALF_EVEN if self.fault == "fee_half_even" else ROUND_HALF_UP)
        paid_by = day(at, timezone.utc if self.fault == "paid_by_greenwich" else CHINA) + timedelta(days=7)
        session.step = "refunded"
        amount = total("unopened") + opened - fee
        note = {"output": "refund", "amount": f"{amount:.2f}", "fee": f"{fee:.2f}", "paid_by": paid_by.isoformat()}
        return accepted("refunded", note)

    def advance(self, to):
        return {name: {"step": each.step, "outputs": []} for name, each in self.sessions.items()}

    def close(self, name):
        del self.sessions[name]


if __name__ == "__main__":
    fault = sys.argv[1] if len(sys.argv) > 1 else None
    if fault and fault not in FAULTS:
        sys.exit(f"no such fault; one of {', '.join(FAULTS)}")
    serve("order_return.py", OrderReturn(fault))
