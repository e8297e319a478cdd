'use strict';
// Many sockets: open at once, one after the other, and collected without close().
const assert = require('node:assert');
const { once } = require('node:events');
const fs = require('node:fs');
const { test } = require('node:test');
const v8 = require('node:v8');
const vm = require('node:vm');
const dgram = require('../..');

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');
const turn = () => new Promise((resolve) => setImmediate(resolve));
const descriptors = () => fs.readdirSync('/proc/self/fd').length;
const limit = Number(
  /^Max open files\s+(\d+)/m.exec(fs.readFileSync('/proc/self/limits', 'utf8'))[1]);
const timeout = 60000;

async function collect() {
  for (let i = 0; i < 4; i++) {
    gc();
    await turn();
  }
}

async function open() {
  const socket = dgram.createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

async function close(socket) {
  socket.close();
  await once(socket, 'close');
}

test('10,000 are open at once', { timeout }, async (t) => {
  const count = Math.min(10000, limit - 100);
  const before = descriptors();
  const sockets = [];
  for (let i = 0; i < count; i++) sockets.push(await open());
  assert.strictEqual(descriptors(), before + count);
  const last = sockets[count - 1];
  sockets[0].send('over', last.address().port, '127.0.0.1');
  const [msg] = await once(last, 'message');
  assert.strictEqual(String(msg), 'over');
  await Promise.all(sockets.map(close));
  assert.strictEqual(descriptors(), before);
  if (count < 10000) t.diagnostic(`the system allows for ${count}`);
});

// Bytes that 2000 of them leave; a leaked socket is some thousands.
async function growth(use) {
  for (let i = 0; i < 500; i++) await use();
  await collect();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 2000; i++) await use();
  await collect();
  return process.memoryUsage().heapUsed - before;
}

test('opening and closing leaks nothing', { timeout }, async () => {
  const before = descriptors();
  const peer = await open();
  peer.on('message', () => {});
  const more = await growth(async () => {
    const socket = await open();
    socket.send('x', peer.address().port, '127.0.0.1');
    await turn();
    await close(socket);
  });
  await close(peer);
  assert.ok(more < 1e6, `${more} bytes more`);
  assert.strictEqual(descriptors(), before);
});

test('an unbound socket can be collected', { timeout }, async () => {
  const gone = [];
  const registry = new FinalizationRegistry((i) => gone.push(i));
  for (let i = 0; i < 1000; i++)
    registry.register(dgram.createSocket('udp4', () => {}), i);
  for (let i = 0; i < 50 && gone.length < 990; i++) await collect();
  assert.ok(gone.length >= 990, `${gone.length} of 1000 are gone`);
});

test('a closed socket and its messages can be collected', { timeout }, async () => {
  const gone = [];
  const registry = new FinalizationRegistry((i) => gone.push(i));
  for (let i = 0; i < 200; i++) {
    const socket = await open();
    const { port } = socket.address();
    socket.send('x', port, '127.0.0.1', () => {});
    const [msg] = await once(socket, 'message');
    registry.register(socket, i);
    registry.register(msg, i);
    await close(socket);
  }
  for (let i = 0; i < 50 && gone.length < 390; i++) await collect();
  assert.ok(gone.length >= 390, `${gone.length} of 400 are gone`);
});

test('a bound socket stays open without references', { timeout }, async () => {
  const got = [];
  let port;
  await (async () => {
    const socket = await open();
    ({ port } = socket.address());
    socket.on('message', function(msg) {
      got.push(String(msg));
      this.close();
    });
  })();
  await collect();
  const client = dgram.createSocket('udp4');
  client.send('still there', port, '127.0.0.1');
  while (got.length === 0) await turn();
  assert.deepStrictEqual(got, ['still there']);
  await close(client);
});
