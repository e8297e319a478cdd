'use strict';
const assert = require('node:assert');
const dgram = require('node:dgram');
const { once } = require('node:events');
const bound = require('../lib/bound');
const freePort = require('../lib/free_port');

// The first copy of each request is lost. Forged answers come before the true one, which
// comes twice.
async function badServer() {
  const seen = new Set();
  const stranger = await bound();
  const server = await bound((msg, { port }) => {
    const key = msg.toString('hex');
    if (!seen.has(key)) return seen.add(key);
    const wrong = Buffer.concat([msg.subarray(0, 8), Buffer.from('forged')]);
    stranger.send(wrong, port, '127.0.0.1', () => {
      wrong[3] ^= 1; // of the id
      for (const answer of [wrong, '', 'short', msg, msg]) server.send(answer, port, '127.0.0.1');
    });
  });
  return { port: server.address().port, close: () => [server, stranger].map((s) => s.close()) };
}

module.exports = {
  async 'request.js'(run) {
    const server = await badServer();
    const lines = (await run.start('127.0.0.1', server.port, 5, 60000, 20).ended())
      .trim().split('\n');
    server.close();
    const last = lines.pop();
    assert.match(last, /^5 answered, 0 failed, \d+ ignored$/);
    assert.ok(Number(last.match(/(\d+) ignored/)[1]) >= 24, last); // 5 of each, or 4 of the last
    assert.deepStrictEqual(lines.sort(),
                           [1, 2, 3, 4, 5].map((i) => `request ${i}: 'request ${i}'`));

    const silent = await bound();
    const { port } = silent.address();
    assert.match(await run.start('127.0.0.1', port, 1, 100).ended(1), /^request 1: ETIMEDOUT$/m);
    const asked = await bound();
    const cancelled = run.start('127.0.0.1', asked.address().port, 2, 60000);
    await once(asked, 'message');
    cancelled.child.kill('SIGINT');
    assert.match(await cancelled.ended(1), /cancelled\nrequest 2: cancelled\n0 answered, 2 failed/);
    silent.close();
    asked.close();
    const nobody = run.start('127.0.0.1', await freePort(dgram), 2, 60000);
    assert.match(await nobody.ended(1), /^request 2: ECONNREFUSED$/m);
  },
};
