// Withdrawing cash, written from `specs/cash_withdrawal/facts.md`: `node cash_withdrawal.js [FAULT]`.

'use strict';

const { accepted, refused, serve, faultOf } = require('./protocol.js');

const FAULTS = {
  no_fee: 'the fee of one yuan is not charged',
  fee_not_checked: 'a balance that is enough for the amount, but not for the fee, is enough',
  day_begins_in_greenwich: 'the daily cap begins anew at midnight in Greenwich',
  cap_rolls: 'the daily cap looks back 24 hours',
  cap_per_session: 'the daily cap is counted for each session',
  jam_counts: 'cash that did not come out counts towards the cap',
  jam_charges: 'cash that did not come out is charged',
  right_pin_forgives_nothing: 'wrong PINs are counted over right ones',
  fourth_pin_keeps: 'the card is kept with the fourth wrong PIN',
  pins_per_session: 'taking the card out makes up for wrong PINs',
  any_amount: 'amounts need not be multiples of ten',
  up_to_510: 'up to 510 yuan are given',
  always_a_receipt: 'a receipt is printed whether it is wanted or not',
  thirty_seconds_in_all: 'thirty seconds run from the card, whatever is done',
  cap_inclusive: 'the cap itself cannot be reached',
  no_cancel_at_amount: 'nobody can cancel once the PIN was right',
};
const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;
const fault = faultOf(FAULTS);

/** An amount in fen, or nothing where it is not written as one. */
function fen(text) {
  if (typeof text !== 'string' || !/^-?(0|[1-9][0-9]*)\.[0-9]{2}$/.test(text) || text === '-0.00') return undefined;
  const amount = Number(text.replace('.', ''));
  return Number.isSafeInteger(amount) ? amount : undefined;
}

const yuan = (amount) => `${Math.trunc(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;
const absent = (value) => value === undefined || value === null;

class CashMachine {
  reset(rows) {
    this.accounts = new Map();
    for (const [card, row] of Object.entries(rows.card_account ?? {})) {
      this.accounts.set(card, { pin: row.pin, balance: fen(row.balance ?? '0.00'), wrongPins: 0, paid: [] });
    }
    this.sessions = new Map();
  }

  open(name, at, given) {
    this.advance(at);
    if (absent(given.card)) return refused(null, 'missing:card');
    if (typeof given.card !== 'string') return refused(null, 'invalid:card');
    const account = this.accounts.get(given.card);
    if (!account || absent(account.pin)) return refused(null, 'unknown_card');
    const session = { step: 'pin', account, due: at + 30 * SECOND, wrongPins: 0, paid: [] };
    this.sessions.set(name, session);
    return accepted('pin');
  }

  apply(name, at, event, by, fields, answers) {
    this.advance(at);
    const session = this.sessions.get(name);
    const open = session.step === 'pin' || session.step === 'amount';
    if (open && by === 'user' && fault !== 'thirty_seconds_in_all') session.due = at + 30 * SECOND;
    const cancels = event === 'cancel' && !(fault === 'no_cancel_at_amount' && session.step === 'amount');
    if (open && by === 'user' && cancels) return this.enter(session, 'returned', at);
    if (session.step === 'pin' && by === 'user' && event === 'enter_pin') return this.enterPin(session, at, fields);
    if (session.step === 'amount' && by === 'user' && event === 'withdraw') {
      return this.withdraw(session, at, fields, answers);
    }
    return refused(session.step, 'unexpected');
  }

  enterPin(session, at, { typed }) {
    const tries = fault === 'pins_per_session' ? session : session.account;
    const most = fault === 'fourth_pin_keeps' ? 4 : 3;
    if (absent(typed)) return refused('pin', 'missing:typed');
    if (typeof typed !== 'string' || !/^[0-9]{4}$/.test(typed)) return refused('pin', 'invalid:typed');
    if (tries.wrongPins >= most) {
      session.step = 'kept_card';
      return refused('kept_card', 'limit:wrong_pins');
    }
    if (typed === session.account.pin) {
      if (fault !== 'right_pin_forgives_nothing') tries.wrongPins = 0;
      return this.enter(session, 'amount', at);
    }
    tries.wrongPins += 1;
    if (tries.wrongPins >= most) session.step = 'kept_card';
    return refused(session.step, 'wrong_pin');
  }

  withdraw(session, at, fields, answers) {
    const { account } = session;
    const problems = [];
    const wanted = fen(fields.wanted);
    const most = fault === 'up_to_510' ? 51000 : 50000;
    const step = fault === 'any_amount' ? 1 : 1000;
    if (absent(fields.wanted)) problems.push('missing:wanted');
    else if (wanted === undefined || wanted < 2000 || wanted > most || wanted % step !== 0) problems.push('invalid:wanted');
    if (!absent(fields.with_receipt) && typeof fields.with_receipt !== 'boolean') problems.push('invalid:with_receipt');
    if (problems.length > 0) return refused('amount', ...problems);

    const paid = fault === 'cap_per_session' ? session.paid : account.paid;
    const today = paid.filter((each) => this.sameDay(each.at, at)).reduce((sum, each) => sum + each.amount, 0);
    const cap = fault === 'cap_inclusive' ? 99999 : 100000;
    if (today + wanted > cap) return refused('amount', 'over_daily_cap');
    const fee = fault === 'no_fee' ? 0 : 100;
    if (wanted > account.balance - (fault === 'fee_not_checked' ? 0 : 100)) return refused('amount', 'not_enough');

    const jammed = answers.dispenser?.answer === 'jam';
    if (!jammed || fault === 'jam_charges') account.balance -= wanted + fee;
    if (!jammed || fault === 'jam_counts') paid.push({ at, amount: wanted });
    session.step = jammed ? 'returned' : 'done';
    if (jammed) return refused('returned', 'jammed');
    const outputs = [{ output: 'cash', amount: yuan(wanted) }];
    if (fields.with_receipt === true || fault === 'always_a_receipt') {
      outputs.push({ output: 'receipt', amount: yuan(wanted) });
    }
    return accepted('done', ...outputs);
  }

  sameDay(then, now) {
    if (fault === 'cap_rolls') return now - then < DAY;
    const offset = fault === 'day_begins_in_greenwich' ? 0 : 8 * 3600 * SECOND;
    return Math.floor((then + offset) / DAY) === Math.floor((now + offset) / DAY);
  }

  enter(session, step, at) {
    session.step = step;
    if (fault !== 'thirty_seconds_in_all') session.due = at + 30 * SECOND;
    return accepted(step);
  }

  advance(to) {
    const shown = {};
    for (const [name, session] of this.sessions) {
      if ((session.step === 'pin' || session.step === 'amount') && session.due <= to) session.step = 'returned';
      shown[name] = { step: session.step, outputs: [] };
    }
    return shown;
  }

  close(name) {
    this.sessions.delete(name);
  }
}

serve('cash_withdrawal.js', new CashMachine());
