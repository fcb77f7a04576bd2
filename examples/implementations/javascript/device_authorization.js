// Device authorization, written from RFC 8628 and `specs/device_authorization/facts.md`: `node device_authorization.js [FAULT]`.

'use strict';

const { accepted, refused, serve, faultOf } = require('./protocol.js');

const FAULTS = {
  interval_stays: 'slow_down does not lengthen the interval',
  interval_doubles: 'slow_down doubles the interval',
  fast_polls_forgotten: 'a poll that was too fast does not count as a poll',
  polls_not_paced: 'any pace of polling is taken',
  user_code_guessed_at_will: 'user codes can be guessed as often as one likes',
  sixth_guess_ends: 'the sixth wrong user code ends the authorization',
  life_starts_again: 'the life of the codes starts again when the owner types one',
  approval_never_expires: 'an approval can be fetched for ever',
  revoked_client_served: 'a client that is no longer known is served',
  any_device_code: 'whatever device code is sent is taken',
  token_before_approval: 'the token is given out once the owner has typed the code',
  denial_forgotten: 'after a denial the device may go on asking',
};
const fault = faultOf(FAULTS);
const absent = (value) => value === undefined || value === null;

class Server {
  reset(rows) {
    this.clients = rows.client ?? {};
    this.sessions = new Map();
    this.given = 0;
  }

  open(name, at, given) {
    this.advance(at);
    const life = given.expires_in ?? 1800_000;
    if (!Number.isInteger(life) || life < 1) return refused(null, 'invalid_request:expires_in');
    this.sessions.set(name, { step: 'asking', life, interval: 5000, polled: undefined, guesses: 0, expires: Infinity });
    return accepted('asking');
  }

  apply(name, at, event, by, fields) {
    this.advance(at);
    const session = this.sessions.get(name);
    const key = `${event} by ${by}`;
    if (session.step === 'asking' && key === 'request by user') return this.request(session, at, fields);
    const polls = ['pending', 'deciding', 'approved', 'denied', 'expired'];
    if (key === 'poll by user' && polls.includes(session.step)) return this.poll(session, at, fields);
    if (session.step === 'pending' && key === 'type_code by owner') return this.typeCode(session, at, fields);
    if (session.step === 'deciding' && key === 'approve by owner') return this.go(session, 'approved');
    if (session.step === 'deciding' && key === 'deny by owner') {
      return this.go(session, fault === 'denial_forgotten' ? 'pending' : 'denied');
    }
    return refused(session.step, 'invalid_request');
  }

  request(session, at, { client_id: id, scope }) {
    const problems = [];
    if (absent(id)) problems.push('invalid_request:client_id');
    else if (typeof id !== 'string' || [...id].length < 1 || [...id].length > 64) problems.push('invalid_request:client_id');
    if (!absent(scope) && typeof scope !== 'string') problems.push('invalid_request:scope');
    if (problems.length > 0) return refused('asking', ...problems);
    const client = Object.hasOwn(this.clients, id) ? this.clients[id] : undefined;
    if (!client || (client.revoked === true && fault !== 'revoked_client_served')) return refused('asking', 'invalid_client');
    this.given += 1;
    session.deviceCode = `device-${this.given}`;
    session.userCode = `USER-${this.given}`;
    session.expires = at + session.life;
    session.step = 'pending';
    return accepted('pending', {
      output: 'codes',
      device_code: session.deviceCode,
      user_code: session.userCode,
      verification_uri: 'https://example.com/device',
    });
  }

  poll(session, at, { device_code: code }) {
    if (absent(code)) return refused(session.step, 'invalid_request:device_code');
    if (typeof code !== 'string') return refused(session.step, 'invalid_request:device_code');
    const waits = session.step === 'pending' || session.step === 'deciding';
    if (waits && this.tooFast(session, at)) return refused(session.step, 'slow_down');
    if (code !== session.deviceCode && fault !== 'any_device_code') return refused(session.step, 'invalid_grant');
    if (waits && !(session.step === 'deciding' && fault === 'token_before_approval')) {
      session.polled = at;
      return refused(session.step, 'authorization_pending');
    }
    if (session.step === 'denied') {
      session.step = 'turned_away';
      return refused('turned_away', 'access_denied');
    }
    if (session.step === 'expired') {
      session.step = 'out_of_time';
      return refused('out_of_time', 'expired_token');
    }
    session.step = 'granted';
    return accepted('granted', { output: 'token', access_token: `token-${session.deviceCode}` });
  }

  tooFast(session, at) {
    if (session.polled === undefined || at - session.polled >= session.interval || fault === 'polls_not_paced') return false;
    if (fault === 'interval_doubles') session.interval *= 2;
    else if (fault !== 'interval_stays') session.interval += 5000;
    if (fault !== 'fast_polls_forgotten') session.polled = at;
    return true;
  }

  typeCode(session, at, { user_code: code }) {
    if (absent(code) || typeof code !== 'string') return refused('pending', 'invalid_request:user_code');
    if (code === session.userCode) {
      if (fault === 'life_starts_again') session.expires = at + session.life;
      return this.go(session, 'deciding');
    }
    session.guesses += 1;
    const most = { user_code_guessed_at_will: Infinity, sixth_guess_ends: 6 }[fault] ?? 5;
    if (session.guesses >= most) session.step = 'denied';
    return refused(session.step, 'wrong_user_code');
  }

  go(session, step) {
    session.step = step;
    return accepted(step);
  }

  advance(to) {
    const shown = {};
    for (const [name, session] of this.sessions) {
      const mortal = fault === 'approval_never_expires' ? ['pending', 'deciding'] : ['pending', 'deciding', 'approved'];
      if (mortal.includes(session.step) && session.expires <= to) session.step = 'expired';
      shown[name] = { step: session.step, outputs: [] };
    }
    return shown;
  }

  close(name) {
    this.sessions.delete(name);
  }
}

serve('device_authorization.js', new Server());
