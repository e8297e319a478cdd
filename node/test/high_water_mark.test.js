'use strict';
// sendHighWaterMark: a socket refuses datagrams with ENOBUFS once so many bytes wait,
// and emits 'drain' when fewer than half of them do. A datagram counts for 256 bytes
// more than its payload.
const assert = require('node:assert');
const { AsyncLocalStorage } = require('node:async_hooks');
const { once } = require('node:events');
const { BlockList } = require('node:net');
const { test } = require('node:test');
const dgram = require('..');
const testNative = require('./lib/needs_native')('results in the call');

const ENOBUFS = { code: 'ENOBUFS', syscall: 'send' };
const iterations = async (count) => {
  while (count-- > 0) await new Promise(setImmediate);
};

// once() would fail at an 'error'.
const drainOf = (socket) => new Promise((done) => socket.once('drain', done));

async function open(options) {
  const socket = dgram.createSocket({ type: 'udp4', ...options });
  await new Promise((done) => socket.bind(0, '127.0.0.1', done));
  return socket;
}

// Sends to a port that is open and reads nothing. Returns the results in order.
function sendAll(socket, count, size = 0) {
  const results = [];
  const { port } = socket.address();
  const payload = Buffer.alloc(size);
  const all = Array.from({ length: count }, (value, i) => new Promise((done) => {
    socket.send(payload, port, '127.0.0.1', (err, bytes) => {
      results[i] = err ? err.code : bytes;
      done();
    });
  }));
  return Promise.all(all).then(() => results);
}

test('without the option nothing is refused, and there is no drain', async () => {
  for (const options of [{}, { sendHighWaterMark: 0 }, { sendHighWaterMark: undefined }]) {
    const socket = await open(options);
    socket.on('drain', () => assert.fail('drain'));
    const results = sendAll(socket, 1000, 44);
    assert.strictEqual(socket.writableNeedDrain, false);
    assert.strictEqual(socket.writableLength, undefined);
    assert.deepStrictEqual(new Set(await results), new Set([44]));
    socket.close();
  }
});

test('a program may read all that the prototype has, as that of a stream', () => {
  for (const name of ['writableNeedDrain', 'writableLength'])
    assert.strictEqual(dgram.Socket.prototype[name], undefined);
});

test('a wrong mark throws', () => {
  for (const sendHighWaterMark of ['1', null, {}])
    assert.throws(() => dgram.createSocket({ type: 'udp4', sendHighWaterMark }),
                  { code: 'ERR_INVALID_ARG_TYPE' });
  for (const sendHighWaterMark of [-1, 1.5, NaN, Infinity, 2 ** 32])
    assert.throws(() => dgram.createSocket({ type: 'udp4', sendHighWaterMark }),
                  { code: 'ERR_OUT_OF_RANGE' });
});

test('a send at the mark is refused, one below it is not', async () => {
  const socket = await open({ sendHighWaterMark: 3 * 300 + 1 });
  const results = sendAll(socket, 5, 44);
  assert.strictEqual(socket.writableLength, 4 * 300);
  assert.deepStrictEqual(await results, [44, 44, 44, 44, 'ENOBUFS']);
  socket.close();
});

test('the error is that of a failed send', async () => {
  const socket = await open({ sendHighWaterMark: 1 });
  const refused = (...args) => new Promise((done) => socket.send(...args, done));
  socket.send('x', 9, '127.0.0.1');
  let isReturned = false;
  const result = refused('x', 9, '127.0.0.1').then((err) => {
    assert.ok(isReturned);
    return err;
  });
  isReturned = true;
  const { message, errno, code, syscall, address, port } = await result;
  assert.deepStrictEqual({ message, errno, code, syscall, address, port }, {
    message: 'send ENOBUFS 127.0.0.1:9', errno: -105, code: 'ENOBUFS', syscall: 'send',
    address: '127.0.0.1', port: 9,
  });
  socket.close();
});

test("without a callback 'error' reports each refused send", async () => {
  const socket = await open({ sendHighWaterMark: 1 });
  const ports = [];
  socket.on('error', (err) => {
    assert.strictEqual(err.code, 'ENOBUFS');
    ports.push(err.port);
  });
  for (const port of [7, 8, 9]) socket.send('x', port, '127.0.0.1');
  assert.deepStrictEqual(ports, []);
  await drainOf(socket);
  assert.deepStrictEqual(ports, [8, 9]);
  socket.close();
});

test('a datagram longer than the mark is sent when nothing waits', async () => {
  const socket = await open({ sendHighWaterMark: 1000 });
  assert.deepStrictEqual(await sendAll(socket, 2, 5000), [5000, 'ENOBUFS']);
  assert.deepStrictEqual(await sendAll(socket, 1, 5000), [5000]);
  socket.close();
});

test('drain is emitted once when the mark was reached, in a tick', async () => {
  const socket = await open({ sendHighWaterMark: 1000 });
  let drains = 0;
  socket.on('drain', () => {
    assert.strictEqual(socket.writableNeedDrain, false);
    assert.strictEqual(socket.writableLength, 0);
    drains++;
  });
  await sendAll(socket, 3); // 768
  assert.strictEqual(drains, 0);
  for (let i = 1; i <= 3; i++) {
    const results = sendAll(socket, 4);
    assert.strictEqual(socket.writableNeedDrain, true);
    assert.strictEqual(drains, i - 1);
    await results;
    await iterations(1);
    assert.strictEqual(drains, i);
  }
  socket.close();
});

test('a listener of drain that sends again gets the next drain', async () => {
  const socket = await open({ sendHighWaterMark: 1000 });
  const { port } = socket.address();
  let left = 1000;
  let refused = 0;
  const fill = () => {
    while (left > 0 && !socket.writableNeedDrain) {
      socket.send('x', port, '127.0.0.1', (err) => assert.ifError(err));
      left--;
    }
    socket.send('too much', port, '127.0.0.1', (err) => {
      assert.strictEqual(err.code, 'ENOBUFS');
      refused++;
      if (left === 0) socket.close();
    });
  };
  socket.on('drain', fill);
  fill();
  await once(socket, 'close');
  assert.strictEqual(refused, 250);
});

// The ticks of these sends were queued before that of the event.
test('drain waits if the program has filled half of the mark again', async () => {
  const socket = await open({ sendHighWaterMark: 1000 });
  const drained = drainOf(socket);
  sendAll(socket, 4);
  process.nextTick(() => sendAll(socket, 2));
  socket.once('drain', () => assert.strictEqual(socket.writableLength, 0));
  await drained;
  socket.close();
});

testNative('a connected socket counts what the kernel has not taken', async () => {
  for (const deferSends of [false, true]) {
    const peer = await open();
    const socket = dgram.createSocket({ type: 'udp4', deferSends, sendHighWaterMark: 1000 });
    socket.connect(peer.address().port, '127.0.0.1');
    await once(socket, 'connect');
    const codes = await Promise.all(Array.from({ length: 6 }, () =>
      new Promise((done) => socket.send('x', (err) => done(err ? err.code : 'sent')))));
    assert.deepStrictEqual(codes, deferSends ?
      ['sent', 'sent', 'sent', 'sent', 'ENOBUFS', 'ENOBUFS'] : Array(6).fill('sent'));
    assert.strictEqual(socket.writableLength, 0);
    assert.strictEqual(peer.writableNeedDrain, false);
    socket.close();
    peer.close();
  }
});

test('sendOne() and reply() count, too', async () => {
  const socket = await open({ sendHighWaterMark: 513 });
  const { port } = socket.address();
  const to = { port, address: '127.0.0.1' };
  const results = await Promise.all([
    (done) => socket.sendOne({ msg: 'x', ...to }, done),
    (done) => socket.reply(to, 'x', done),
    (done) => socket.sendOne({ msg: 'x', ...to }, done),
    (done) => socket.reply(to, 'x', done),
  ].map((send) => new Promise(send)));
  assert.deepStrictEqual(results.map((err) => err && err.code),
                         [null, null, 'ENOBUFS', 'ENOBUFS']);
  socket.close();
});

// ---- sendMany() ----------------------------------------------------------------------

const lookup = (host, family, callback) => setImmediate(callback, null, '127.0.0.1', 4);

test('sendMany() sends the first ones and refuses the others', async () => {
  for (const options of [{}, { lookup }, { sendBlockList: new BlockList() }]) {
    const socket = await open({ sendHighWaterMark: 600, ...options });
    const { port } = socket.address();
    const got = [];
    socket.on('message', (msg) => got.push(`${msg}`));
    let accepted;
    const [err, bytes] = await new Promise((done) => {
      accepted = socket.sendMany(['a', ['b', 'b'], { msg: 'c' }, { msg: 'd', port: 77 }, 'e'],
                                 port, '127.0.0.1', (...result) => done(result));
    });
    assert.strictEqual(accepted, 3);
    assert.strictEqual(err.message, 'send ENOBUFS 127.0.0.1:77');
    assert.strictEqual(bytes, 4);
    while (got.length < 3) await once(socket, 'message');
    assert.deepStrictEqual(got, ['a', 'bb', 'c']);
    assert.strictEqual(socket.writableLength, 0);
    socket.close();
  }
});

test('sendMany() refuses all of them at the mark', async () => {
  const socket = await open({ sendHighWaterMark: 1 });
  socket.send('x', 9, '127.0.0.1');
  const result = new Promise((done) => {
    assert.strictEqual(socket.sendMany(['a', 'b'], 9, (...all) => done(all)), 0);
  });
  assert.strictEqual(socket.sendMany(['a', 'b'], 9), 0);
  const [refused] = await once(socket, 'error');
  assert.strictEqual(refused.code, 'ENOBUFS');
  const [err, bytes] = await result;
  assert.strictEqual(err.code, 'ENOBUFS');
  assert.strictEqual(bytes, 0);
  socket.close();
});

test('sendMany() without the option returns the number of messages', async () => {
  const socket = await open();
  assert.strictEqual(socket.sendMany(['a', 'b'], 9), 2);
  assert.strictEqual(socket.sendMany([], 9), 0);
  socket.close();
});

test('the callback of sendMany() gets the first error of the list', async () => {
  const socket = await open({ sendHighWaterMark: 66000 });
  const messages = [{ msg: Buffer.alloc(65508), port: 9 }, { msg: 'x', port: 0 },
                    { msg: 'x', port: 9 }, { msg: 'x', port: 9 }, { msg: 'x', port: 9 }];
  const accepted = [];
  const codes = await Promise.all([messages.slice(), messages.slice(2)].map((list) =>
    new Promise((done) => {
      accepted.push(socket.sendMany(list, (err) => done(err.code)));
    })));
  assert.deepStrictEqual(accepted, [3, 0]);
  assert.deepStrictEqual(codes, ['ERR_SOCKET_BAD_PORT', 'ENOBUFS']);
  assert.strictEqual(socket.writableLength, 0);
  socket.close();
});

// ---- Waiting for a bind or a lookup --------------------------------------------------

test('what waits for the bind and for lookups counts', async () => {
  const answers = [];
  const held = (host, family, callback) => answers.push(callback);
  const socket = dgram.createSocket({ type: 'udp4', lookup: held, sendHighWaterMark: 1000 });
  const results = [];
  const send = () => socket.send('x', 9, 'name', (err) => results.push(err && err.code));
  for (let i = 0; i < 4; i++) send();
  assert.strictEqual(socket.writableLength, 4 * 257);
  send();
  await iterations(2);
  assert.deepStrictEqual(results, ['ENOBUFS']);
  answers.shift()(null, '127.0.0.1', 4);
  await iterations(2);
  assert.strictEqual(socket.writableLength, 4 * 257);
  const drained = drainOf(socket);
  answers.splice(0).forEach((answer) => answer(null, '127.0.0.1', 4));
  await drained;
  assert.strictEqual(socket.writableLength, 0);
  await iterations(1);
  assert.deepStrictEqual(results, ['ENOBUFS', null, null, null, null]);
  socket.close();
});

test('a refused send without a callback does not disturb the bind', async () => {
  let answer;
  const held = (host, family, callback) => answer = callback;
  const socket = dgram.createSocket({ type: 'udp4', lookup: held, sendHighWaterMark: 1 });
  const events = [];
  socket.on('error', (err) => events.push(err.code));
  socket.bind(0, 'name', () => events.push('bound'));
  const sent = new Promise((done) => socket.send('x', 9, '127.0.0.1', done));
  for (let i = 0; i < 3; i++) {
    socket.send('x', 9, '127.0.0.1');
    await iterations(1);
  }
  assert.deepStrictEqual(events, []);
  answer(null, '127.0.0.1', 4);
  answer(null, '127.0.0.1', 4); // the one of the datagram
  assert.strictEqual(await sent, null);
  assert.deepStrictEqual(events, ['bound', 'ENOBUFS']);
  socket.close();
});

test('each failed bind releases what waited for it', async () => {
  let answer;
  const lookup = (host, family, callback) => answer = callback;
  const socket = dgram.createSocket({ type: 'udp4', lookup, sendHighWaterMark: 500 });
  const events = [];
  socket.on('error', (err) => events.push(`${err.syscall} ${err.code}`));
  socket.on('drain', () => events.push('drain'));
  for (let i = 0; i < 2; i++) {
    socket.bind(9, 'name');
    for (let j = 0; j < 2; j++)
      socket.send('x', 9, '127.0.0.1', () => assert.fail('is lost, as in Node'));
    socket.send('x', 9, '127.0.0.1');
    await iterations(1);
    assert.strictEqual(socket.writableLength, 2 * 257);
    answer(null, '192.0.2.1', 4);
    assert.strictEqual(socket.writableLength, 0);
    await iterations(1);
  }
  const failed = ['bind EADDRNOTAVAIL', 'drain'];
  assert.deepStrictEqual(events, [...failed, ...failed]);
  socket.bind(0, 'name');
  for (let j = 0; j < 3; j++) socket.send('x', 9, '127.0.0.1');
  await iterations(1);
  answer(null, '127.0.0.1', 4);
  await iterations(1);
  assert.deepStrictEqual(events.slice(4), ['send ENOBUFS']);
  socket.close();
});

// Answers when the test says so, for the name 'throw' by an exception.
function heldLookup() {
  const answers = [];
  return {
    lookup(host, family, callback) {
      if (host === 'throw') throw new Error('of the lookup');
      answers.push(() => callback(null, '127.0.0.1', 4));
    },
    answer() {
      while (answers.length > 0) answers.shift()();
    },
  };
}

testNative('an exception of the lookup releases what it was called for', async () => {
  const { lookup, answer } = heldLookup();
  const socket = dgram.createSocket({ type: 'udp4', lookup, sendHighWaterMark: 1000 });
  socket.bind(0, 'name');
  answer();
  const expected = { message: 'of the lookup' };
  assert.throws(() => socket.send('x', 9, 'throw'), expected);
  assert.strictEqual(socket.writableLength, 0);
  assert.throws(() => socket.sendMany(['x', { msg: 'y', address: 'throw' }, 'z'], 9), expected);
  assert.strictEqual(socket.writableLength, 257);
  answer();
  assert.strictEqual(socket.writableLength, 0);
  socket.close();
});

test('an exception in the queue of the bind releases the rest of it', async () => {
  const { lookup, answer } = heldLookup();
  const socket = dgram.createSocket({ type: 'udp4', lookup, sendHighWaterMark: 1285 });
  socket.bind(0, 'name');
  socket.send('x', 9);
  socket.send('x', 9, 'throw');
  socket.send('x', 9);
  socket.sendMany(['x', 'y'], 9);
  assert.strictEqual(socket.writableLength, 5 * 257);
  assert.throws(answer, { message: 'of the lookup' });
  assert.strictEqual(socket.writableLength, 257);
  const drained = drainOf(socket);
  answer();
  await drained;
  assert.strictEqual(socket.writableLength, 0);
  socket.close();
});

test('a bind that throws leaves nothing counted', () => {
  const lookup = () => {
    throw new Error('of the lookup');
  };
  const socket = dgram.createSocket({ type: 'udp4', lookup, sendHighWaterMark: 1000 });
  assert.throws(() => socket.send('x', 9), { message: 'of the lookup' });
  assert.strictEqual(socket.writableLength, 0);
  socket.close();
});

test('a failed lookup releases its datagram', async () => {
  const lookup = (host, family, callback) =>
    setImmediate(callback, host === 'bad' ? new Error('no such name') : null, '127.0.0.1', 4);
  const socket = dgram.createSocket({ type: 'udp4', lookup, sendHighWaterMark: 1000 });
  socket.bind();
  await once(socket, 'listening');
  const errors = [];
  socket.on('error', (err) => errors.push(err.message));
  socket.send('x', 9, 'bad');
  const result = new Promise((done) => socket.send('x', 9, 'bad', done));
  socket.sendMany(['x', { msg: 'y', address: 'bad' }], 9, '127.0.0.1');
  assert.strictEqual(socket.writableNeedDrain, true);
  await drainOf(socket);
  assert.strictEqual((await result).message, 'no such name');
  await iterations(2);
  assert.strictEqual(socket.writableLength, 0);
  assert.deepStrictEqual(errors, ['no such name', 'no such name']);
  socket.close();
});

test('an answer that comes twice is counted once', async () => {
  const lookup = (host, family, callback) => {
    for (let i = 0; i < 2; i++) setImmediate(callback, null, '127.0.0.1', 4);
  };
  const socket = await open({ sendHighWaterMark: 1000 });
  const twice = dgram.createSocket({ type: 'udp4', lookup, sendHighWaterMark: 1000 });
  twice.bindSync?.();
  twice.send('x', socket.address().port, 'name');
  await once(socket, 'message');
  await iterations(3);
  assert.strictEqual(twice.writableLength, 0);
  socket.close();
  twice.close();
});

test('an exception of the block list releases its datagram', async () => {
  const sendBlockList = new BlockList();
  sendBlockList.check = () => {
    throw new Error('of the list');
  };
  const { lookup, answer } = heldLookup();
  const socket = dgram.createSocket({ type: 'udp4', lookup, sendBlockList,
                                      sendHighWaterMark: 1000 });
  socket.bind(0, 'name');
  answer();
  for (let i = 0; i < 4; i++) socket.send('x', 9);
  assert.strictEqual(socket.writableNeedDrain, true);
  const drained = drainOf(socket);
  for (let i = 0; i < 4; i++) assert.throws(answer, { message: 'of the list' });
  await drained;
  assert.strictEqual(socket.writableLength, 0);
  socket.close();
});

// ---- The event -----------------------------------------------------------------------

testNative('drain is not emitted after close()', async () => {
  const socket = await open({ sendHighWaterMark: 1000 });
  socket.on('drain', () => assert.fail('drain'));
  const closed = once(socket, 'close');
  sendAll(socket, 4);
  process.nextTick(() => {
    assert.strictEqual(socket.writableLength, 0);
    assert.strictEqual(socket.writableNeedDrain, true);
    socket.close();
    assert.strictEqual(socket.writableNeedDrain, false);
  });
  await closed;
  await iterations(3);
});

test('drain is emitted in the async context of the creation', async () => {
  const storage = new AsyncLocalStorage();
  const socket = await storage.run('creation', () => open({ sendHighWaterMark: 1000 }));
  const drained = new Promise((done) => {
    socket.once('drain', () => done(storage.getStore()));
  });
  storage.run('send', () => sendAll(socket, 4));
  assert.strictEqual(await drained, 'creation');
  socket.close();
});

// ---- All together --------------------------------------------------------------------

function generator() {
  let state = 1;
  return (below) => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

async function sendAtRandom(options, random, server) {
  const { port } = server.address();
  const socket = await open({ sendHighWaterMark: 20000, offload: 'off', ...options });
  const counts = { sent: 0, refused: 0, failed: 0, left: 0, drains: 0 };
  const note = (err) => {
    counts[!err ? 'sent' : err.code === 'ENOBUFS' ? 'refused' : 'failed']++;
    counts.left--;
  };
  socket.on('drain', () => counts.drains++);
  for (let round = 0; round < 200; round++) {
    for (let i = random(60); i > 0; i--) {
      const address = (options.names ?? ['127.0.0.1'])[random(options.names?.length ?? 1)];
      const msg = Buffer.alloc(random(20) === 0 ? 65508 : random(500));
      counts.left++;
      if (random(2) === 0) socket.sendMany([{ msg, port, address }], note);
      else socket.send(msg, port, address, note);
    }
    if (random(2) === 0) await iterations(1);
  }
  while (counts.left > 0) await iterations(1);
  await iterations(1);
  assert.strictEqual(socket.writableLength, 0);
  assert.strictEqual(socket.writableNeedDrain, false);
  socket.close();
  return counts;
}

test('every datagram has one result, and nothing stays counted', async () => {
  const random = generator();
  const lookup = (host, family, callback) => {
    const run = [process.nextTick, setImmediate, (call, ...args) => call(...args)][random(3)];
    if (host === 'bad') run(callback, new Error('no such name'));
    else run(callback, null, '127.0.0.1', 4);
  };
  const server = await open();
  let received = 0;
  server.on('message', () => received++);
  let sent = 0;
  for (const options of [{}, { deferSends: true },
                         { lookup, names: ['127.0.0.1', 'name', 'bad'] },
                         { lookupTTL: 1000, names: ['127.0.0.1', 'localhost', 'a..b'] }]) {
    const counts = await sendAtRandom(options, random, server);
    for (const [name, count] of Object.entries(counts))
      assert.ok(name === 'left' ? count === 0 : count > 0, `${name}: ${count}`);
    sent += counts.sent;
  }
  while (received < sent - (server.getStats().receiveDrops ?? 0)) await iterations(1);
  server.close();
});
