'use strict';
const assert = require('node:assert');
const { createHash } = require('node:crypto');
const { once } = require('node:events');
const dgram = require('../..');

const CLIENTS = 16;
const ROUNDS = 40;

// Each client sends so many datagrams, one after the other. Returns the threads that
// answered.
async function ask(port) {
  const threads = new Set();
  await Promise.all(Array.from({ length: CLIENTS }, async (value, i) => {
    const client = dgram.createSocket('udp4');
    for (let round = 0; round < ROUNDS; round++) {
      const text = `${i} ${round}`;
      client.send(text, port, '127.0.0.1');
      const [answer] = await once(client, 'message');
      const [hash, thread] = String(answer).split(' by thread ');
      assert.strictEqual(hash, createHash('sha256').update(text).digest('hex'));
      threads.add(thread);
    }
    client.close();
  }));
  return threads.size;
}

async function end(program) {
  program.child.kill('SIGTERM');
  await program.ended();
}

module.exports = {
  async 'socket_per_thread.js'(run) {
    const program = run.start(0, 3);
    assert.ok(await ask(await program.port()) > 1);
    await end(program);
  },

  async 'one_receiver.js'(run) {
    const program = run.start(0, 3);
    assert.ok(await ask(await program.port()) > 1);
    await end(program);
  },
};
