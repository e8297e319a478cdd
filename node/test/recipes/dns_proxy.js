'use strict';
const assert = require('node:assert');
const dgram = require('node:dgram');
const { once } = require('node:events');
const bound = require('../lib/bound');
const freePort = require('../lib/free_port');

const header = [0x12, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
const question = (name) => [name.length, ...Buffer.from(name), 0, 0, 1, 0, 1];
const query = Buffer.from([...header, ...question('example')]);

// An answer to what the proxy sent, with the text behind it.
function answerTo(msg, text) {
  const answer = Buffer.concat([msg, Buffer.from(text)]);
  answer[2] |= 0x80;
  return answer;
}

// Each true answer comes after forged ones.
async function badServer() {
  const stranger = await bound();
  const server = await bound((msg, { port }) => {
    const wrongId = answerTo(msg, 'wrong id');
    wrongId[1] ^= 1;
    const wrongQuestion = answerTo(msg, 'wrong question');
    wrongQuestion[14] ^= 1;
    stranger.send(answerTo(msg, 'wrong port'), port, '127.0.0.1', () => {
      for (const bytes of [msg, Buffer.alloc(0), wrongId, wrongQuestion, answerTo(msg, 'right')])
        server.send(bytes, port, '127.0.0.1');
    });
  });
  return server.address().port;
}

module.exports = {
  async 'dns_proxy.js'(run) {
    const nobody = await freePort(dgram);
    const client = await bound();
    const port = await badServer();
    // Two clients ask at the same time, with the same id.
    const proxy = run.start('0.0.0.0', 0, `127.0.0.1:${nobody}`, `127.0.0.1:${port}`, 2);
    const proxyPort = await proxy.port();
    const other = await bound();
    for (const bytes of [Buffer.alloc(0), Buffer.from([...header, 0xc0, 12, 0, 1, 0, 1]), query])
      client.send(bytes, proxyPort, '127.0.0.5');
    const different = Buffer.from([...header, ...question('another')]);
    other.send(different, proxyPort, '127.0.0.1');
    const answers = await Promise.all([client, other].map((socket) => once(socket, 'message')));
    for (const [i, asked] of [query, different].entries()) {
      const [msg, rinfo] = answers[i];
      assert.deepStrictEqual(msg, answerTo(asked, 'right'));
      assert.strictEqual(rinfo.address, i === 0 ? '127.0.0.5' : '127.0.0.1');
    }
    await proxy.ended();

    const failing = run.start('127.0.0.1', 0, `127.0.0.1:${nobody}`, `127.0.0.1:${nobody}`, 1);
    client.send(query, await failing.port(), '127.0.0.1');
    const [msg] = await once(client, 'message');
    assert.strictEqual(msg.toString('hex', 0, 4), '12018102');
    await failing.ended();
  },
};
