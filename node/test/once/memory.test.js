'use strict';
// The memory of pooled messages goes back to the system when no socket is open.
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const test = require('../lib/needs_native')('the pool');

const root = path.join(__dirname, '..', '..');

// Receives 120 messages, each of which needs a block of the pool. Prints by how many
// megabytes the process shrinks: when the socket is closed after its messages were dropped,
// and when the messages are dropped after it was closed.
const program = `
  const { createSocket } = require(${JSON.stringify(root)});
  const payload = Buffer.alloc(60000, 1);
  const kept = [];
  const options = { type: 'udp4', pooled: true, recvBufferSize: 1 << 20 };
  const settle = async () => {
    for (let i = 0; i < 5; i++) {
      gc();
      await new Promise(setImmediate);
    }
    return process.memoryUsage.rss();
  };
  const receive = () => new Promise((resolve) => {
    kept.length = 0;
    const socket = createSocket(options, (msg) => {
      if (msg.length !== payload.length || msg[9999] !== 1) throw new Error('damaged');
      kept.push(msg);
      if (kept.length === 120) resolve(socket);
      else socket.send(payload, socket.address().port, '127.0.0.1');
    });
    socket.bind(0, '127.0.0.1', () =>
      socket.send(payload, socket.address().port, '127.0.0.1'));
  });
  (async () => {
    let socket = await receive();
    kept.length = 0;
    const before = await settle();
    await new Promise((resolve) => socket.close(resolve));
    console.log((before - await settle()) / 2 ** 20);

    // The messages outlive their socket. Then blocks are used again.
    socket = await receive();
    const during = await settle();
    await new Promise((resolve) => socket.close(resolve));
    kept.length = 0;
    console.log((during - await settle()) / 2 ** 20);
    socket = await receive();
    socket.close();
  })();`;

test('a closed pooled socket leaves no blocks', () => {
  const shrunk = execFileSync(process.execPath, ['--expose-gc', '-e', program], {
    encoding: 'utf8', timeout: 60000,
  }).trim().split('\n').map(Number);
  assert.strictEqual(shrunk.length, 2);
  for (const megabytes of shrunk) assert.ok(megabytes > 4, `${megabytes} MB`);
});
