'use strict';
const assert = require('node:assert');
const path = require('node:path');
const dgram = require('../..');

const cases = [
  ['<34>Oct 11 22:14:15 host su: old', 'auth.crit SENDER: host su: old'],
  ['<165>1 2026-10-11T22:14:15Z host app 7 ID47 [a b="]\\"x"][c] new\n',
   'local4.notice SENDER: app: new'],
  ['<14>1 2026-10-11T22:14:15Z host app - - - \ufeffno data', 'user.info SENDER: app: no data'],
  ['<192>too large', 'user.notice SENDER: <192>too large'],
  ['<>none', 'user.notice SENDER: <>none'],
  ['<1', 'user.notice SENDER: <1'],
  ['<13>1 broken [a b="', 'user.notice SENDER: 1 broken [a b="'],
  ['two\nlines \x1b[31m and \x9b\0', 'user.notice SENDER: two\\x0alines \\x1b[31m and \\x9b'],
  ['<13>1 - - - - - [' + '"\\""'.repeat(3000), /^user.notice SENDER: 1 - .* \[truncated\]$/],
  [`<13>${'0'.repeat(9000)}`, /^user.notice SENDER: 0+ \[truncated\]$/],
];

module.exports = {
  async 'syslog_server.js'(run) {
    const local = path.join(run.folder, 'log');
    const server = run.start(0, local, 2 * cases.length);
    const port = await server.port();
    const sockets = [dgram.createSocket('udp6'), dgram.createSocket('unix_dgram')];
    const to = [[port, '::1'], [local]];
    try {
      sockets.forEach((socket, i) => {
        for (const [text] of cases) socket.send(text, ...to[i]);
      });
      const lines = (await server.ended()).split('\n').slice(1, -1);
      for (const sender of ['::1', `pid ${process.pid} uid ${process.getuid()}`]) {
        const received = lines.filter((line) => line.includes(` ${sender}: `))
          .map((line) => line.replace(sender, 'SENDER'));
        assert.strictEqual(received.length, cases.length, lines.join('\n'));
        for (const [i, [, expected]] of cases.entries()) {
          if (expected instanceof RegExp) assert.match(received[i], expected);
          else assert.strictEqual(received[i], expected);
        }
      }
    } finally {
      for (const socket of sockets) socket.close();
    }
  },
};
