'use strict';
// getStats() counts what a socket has sent and received.
const assert = require('node:assert');
const { once } = require('node:events');
const { BlockList } = require('node:net');
const { test } = require('node:test');
const { Worker } = require('node:worker_threads');
const dgram = require('..');
const testNative = require('./lib/needs_native')('results in the call');

const send = (socket, ...args) => new Promise((resolve, reject) => {
  socket.send(...args, (err) => (err ? reject(err) : resolve()));
});

async function open(options) {
  const socket = dgram.createSocket({ type: 'udp4', ...options });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

test('datagrams, bytes and calls', async () => {
  const server = await open();
  const client = await open();
  const { port } = server.address();
  for (let i = 0; i < 3; i++) {
    const message = once(server, 'message');
    await send(client, 'four', port, '127.0.0.1');
    await message;
  }
  const sent = client.getStats();
  assert.strictEqual(sent.datagramsSent, 3);
  assert.strictEqual(sent.bytesSent, 12);
  assert.strictEqual(sent.datagramsReceived, 0);
  assert.ok(sent.sendCalls >= 1 && sent.sendCalls <= 3);
  const received = server.getStats();
  assert.strictEqual(received.datagramsReceived, 3);
  assert.strictEqual(received.bytesReceived, 12);
  assert.strictEqual(received.blocked, 0);
  for (const [name, value] of Object.entries(received))
    assert.ok(Number.isSafeInteger(value) && value >= 0, name);
  server.close();
  client.close();
});

testNative('what was sent in the same tick counts', async () => {
  const socket = await open();
  socket.connect(socket.address().port, '127.0.0.1');
  await once(socket, 'connect');
  socket.send('x');
  assert.strictEqual(socket.getStats().datagramsSent, 1);
  socket.close();
});

test('blocked senders', async () => {
  const receiveBlockList = new BlockList();
  receiveBlockList.addAddress('127.0.0.1');
  const server = await open({ receiveBlockList });
  server.on('message', () => assert.fail('is blocked'));
  const client = await open();
  await send(client, 'x', server.address().port, '127.0.0.1');
  while (server.getStats().blocked === 0)
    await new Promise((resolve) => setTimeout(resolve, 1));
  assert.strictEqual(server.getStats().blocked, 1);
  server.close();
  client.close();
});

test('blocked destinations', async () => {
  const sendBlockList = new BlockList();
  sendBlockList.addAddress('127.0.0.2');
  const socket = await open({ sendBlockList });
  await assert.rejects(send(socket, 'x', 9, '127.0.0.2'), { code: 'ERR_IP_BLOCKED' });
  assert.strictEqual(socket.getStats().blocked, 1);
  assert.strictEqual(socket.getStats().datagramsSent, 0);
  socket.close();
});

test('before the bind all are 0, and a closed socket has none', () => {
  const socket = dgram.createSocket('udp4');
  assert.ok(Object.values(socket.getStats()).every((value) => value === 0));
  socket.close();
  assert.throws(() => socket.getStats(), { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
});

test('in a worker thread', async () => {
  const worker = new Worker(`
    const { parentPort, workerData } = require('node:worker_threads');
    const socket = require(workerData).createSocket('udp4');
    socket.send('x', 9, '127.0.0.1', () => {
      parentPort.postMessage(socket.getStats().datagramsSent);
      socket.close();
    });
  `, { eval: true, workerData: require.resolve('..') });
  const exited = once(worker, 'exit');
  assert.deepStrictEqual(await once(worker, 'message'), [1]);
  await exited;
});
