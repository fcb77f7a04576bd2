// Puts an implementation behind flowspec's protocol: one JSON object a line on standard input and output.

'use strict';

const readline = require('node:readline');

const accepted = (step, ...outputs) => ({ accepted: true, step, outputs });
const refused = (step, ...reasons) => ({ accepted: false, reasons, step, outputs: [] });

/** The reply to one request, without its number. */
function answer(hello, app, request) {
  const { session, at = 0 } = request;
  switch (request.do) {
    case 'hello':
      return hello;
    case 'reset':
      app.reset(request.rows ?? {});
      return {};
    case 'open':
      return app.open(session, at, request.given ?? {});
    case 'apply':
      return app.apply(session, at, request.event, request.by ?? 'user', request.fields ?? {}, request.answers ?? {});
    case 'advance':
      return { sessions: app.advance(request.to) };
    case 'close':
      app.close(session);
      return {};
    case 'run':
      return { replies: request.requests.map((each) => reply(hello, app, each)) };
    case 'bye':
      return {};
    default:
      return { unsupported: request.do };
  }
}

const reply = (hello, app, request) => ({ id: request.id, ...answer(hello, app, request) });

/** Answers until told to leave, or until nobody asks any more. */
function serve(name, app, can = {}) {
  const hello = { implementation: name, clock: 'virtual', world: 'told', shows_step: true, sessions: 8, batch: true, ...can };
  const lines = readline.createInterface({ input: process.stdin, terminal: false });
  lines.on('line', (line) => {
    const request = JSON.parse(line);
    process.stdout.write(`${JSON.stringify(reply(hello, app, request))}\n`);
    if (request.do === 'bye') lines.close();
  });
}

/** The fault that the command line names, if it names one. */
function faultOf(faults) {
  const fault = process.argv[2];
  if (fault && !(fault in faults)) {
    process.stderr.write(`no such fault; one of ${Object.keys(faults).join(', ')}\n`);
    process.exit(2);
  }
  return fault;
}

module.exports = { accepted, refused, serve, faultOf };
