'use strict';
// sendMany(): each datagram is sent or fails on its own.
const assert = require('node:assert');
const { createHook } = require('node:async_hooks');
const { once } = require('node:events');
const net = require('node:net');
const { test } = require('node:test');
const dgram = require('..');

async function received(options, send) {
  const server = dgram.createSocket('udp4');
  const client = dgram.createSocket({ type: 'udp4', ...options });
  const got = [];
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  server.on('message', (msg) => got.push(String(msg)));
  const { port } = server.address();
  const [err, bytes] = await new Promise((resolve) => {
    send(client, port, (...result) => resolve(result));
  });
  while (got.length < bytes) await once(server, 'message');
  server.close();
  client.close();
  return { err, bytes, got: got.join('') };
}

const lookups = { lookup: (host, family, callback) => callback(null, '127.0.0.1', 4) };
const blocking = { sendBlockList: new net.BlockList() };

test('after a forged port, the other datagrams are sent', async () => {
  for (const options of [{}, lookups, blocking]) {
    const { err, bytes, got } = await received(options, (client, port, done) => {
      client.sendMany([
        { msg: 'a', port, address: '127.0.0.1' },
        { msg: 'x', port: 0, address: '127.0.0.1' },
        { msg: 'b', port, address: '127.0.0.1' },
        { msg: 'x', port: 0 },
        { msg: 'c', port },
      ], done);
    });
    assert.strictEqual(err.code, 'ERR_SOCKET_BAD_PORT');
    assert.strictEqual(err.name, 'RangeError');
    assert.strictEqual(bytes, 3);
    assert.strictEqual(got, 'abc');
  }
});

test('after the kernel refuses a datagram, the others are sent', async () => {
  const { err, bytes, got } = await received({}, (client, port, done) => {
    client.sendMany([
      { msg: 'a', port },
      { msg: 'x', port, address: '255.255.255.255' },
      { msg: Buffer.alloc(65508), port },
      { msg: 'b', port },
    ], done);
  });
  assert.strictEqual(err.code, 'EACCES');
  assert.strictEqual(bytes, 2);
  assert.strictEqual(got, 'ab');
});

// The typed arrays among them are copied in one loop, the others one at a time.
test('a list may mix kinds of payloads', async () => {
  class WrongLength extends Uint8Array {
    get length() { return 7; }
    get byteLength() { return 7; }
  }
  const view = (text) => Buffer.from(text);
  const hidden = Object.defineProperty(view('f'), 'byteLength', { value: 99 });
  const { err, bytes, got } = await received({}, (client, port, done) => {
    client.sendMany([
      'a', view('b'), [view('c')], view('d'), Buffer.alloc(65508),
      new DataView(new Uint8Array([101]).buffer), hidden, new Int8Array([103]),
      new WrongLength([104]), { msg: view('i'), address: '127.0.0.1' }, view('j'),
    ], port, '127.0.0.1', done);
  });
  assert.strictEqual(err.code, 'EMSGSIZE');
  assert.strictEqual(got, 'abcdefghij');
  assert.strictEqual(bytes, 10);
});

test('a list may exceed what one call of the addon takes', async () => {
  const list = Array.from({ length: 5000 }, (_, i) => new Uint8Array(i % 3 + 1));
  const client = dgram.createSocket('udp4');
  const [err, bytes] = await new Promise((resolve) => {
    client.sendMany(list, 9, '127.0.0.1', (...result) => resolve(result));
  });
  client.close();
  assert.strictEqual(err, null);
  assert.strictEqual(bytes, 9999);
});

// The error must be that of a single send().
test('the error names the destination that was refused', async () => {
  const error = (send) => new Promise((resolve) => {
    const client = dgram.createSocket('udp4');
    send(client, (err) => {
      client.close();
      resolve({ message: err.message, address: err.address, port: err.port });
    });
  });
  for (const [msg, port, address] of [['x', 9, '255.255.255.255'], ['x', 77, '::1'],
                                      [Buffer.alloc(65508), 77, undefined]]) {
    const messages = ['a', { msg: 'b', port: 9 }, { msg, port, address }, 'c'];
    assert.deepStrictEqual(
      await error((client, done) => client.sendMany(messages, 8, done)),
      await error((client, done) => client.send(msg, port, address, done)));
  }
});

test("without callback, a failed lookup emits 'error'", async () => {
  const client = dgram.createSocket('udp4');
  client.sendMany([{ msg: 'x', address: 'a..b' }], 9);
  const [err] = await once(client, 'error');
  assert.strictEqual(err.code, 'ENOTFOUND');
  client.close();
});

test('the callback is called if all ports are forged', async () => {
  const client = dgram.createSocket('udp4');
  const err = await new Promise((resolve) => {
    client.sendMany([{ msg: 'x', port: 0 }], resolve);
  });
  assert.strictEqual(err.code, 'ERR_SOCKET_BAD_PORT');
  client.sendMany([{ msg: 'x', port: 0 }]); // without callback
  client.close();
});

test('wrong arguments throw, and nothing is sent', () => {
  const client = dgram.createSocket('udp4');
  for (const port of ['abc', -1, 65536, 1.5, {}]) {
    assert.throws(() => client.sendMany([{ msg: 'a', port: 9 }, { msg: 'x', port }]),
                  { code: 'ERR_SOCKET_BAD_PORT' });
  }
  client.close();
});

// The hook runs where the callback of sendMany() is scheduled, while the results of
// later datagrams are still to be reported.
test('a hook that sends does not change the results of other datagrams', async () => {
  const server = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const peer = dgram.createSocket('udp4');
  const client = dgram.createSocket({ type: 'udp4', ...blocking }).bind(0, '127.0.0.1');
  peer.connect(port, '127.0.0.1');
  await Promise.all([once(peer, 'connect'), once(client, 'listening')]);
  const sentMany = () => {};
  const hook = createHook({
    init(id, type, trigger, { callback }) {
      if (callback === sentMany) peer.sendMany(Array(8).fill('from the hook'));
    },
  }).enable();
  const sizes = [];
  await new Promise((resolve) => {
    client.sendMany(['a'], port, '127.0.0.1', sentMany);
    for (const text of ['b', 'cc', 'ddd']) {
      client.send(text, port, '127.0.0.1', (err, bytes) => {
        sizes.push(bytes);
        if (sizes.length === 3) resolve();
      });
    }
  });
  hook.disable();
  assert.deepStrictEqual(sizes, [1, 2, 3]);
  for (const socket of [server, peer, client]) socket.close();
});
